//! Microsoft's own clients list the tenant; and each of these checks sees one item that is not as it should be.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use census_fake_azure::{Fake, Settings, Tenant};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{edited, small};

/// Where `az` looks for newer releases of itself; it does without.
const UPDATES: &str = "azcliprod.blob.core.windows.net:443";

fn environment() -> PathBuf {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::var_os("CENSUS_AZURE_TEST_ENV")
        .map_or_else(|| repository.join("target/azure-test-env"), PathBuf::from)
}

fn python(folder: &Path) -> PathBuf {
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    assert!(
        python.is_file(),
        "`{}` is missing: run `cargo xtask test`, or point CENSUS_AZURE_TEST_ENV at an environment with \
         tests/azure-requirements.txt",
        python.display()
    );
    python
}

/// Runs a script, with the parts of it that are wanted, against a fake that serves `served`, comparing with the small tenant's documents.
fn run(script: &[&str], served: &Path, settings: Value) -> Output {
    let (name, parts) = script.split_first().unwrap();
    let settings: Settings = serde_json::from_value(settings).unwrap();
    let fake = Fake::start(Tenant::open_all(served).unwrap(), settings).unwrap();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let environment = environment();
    let done = Command::new(python(&environment))
        .arg(scripts.join(format!("{name}.py")))
        .arg(small())
        .args(parts)
        .envs(fake.environment())
        // Compiled once for all runs, and not beside the scripts.
        .env("PYTHONPYCACHEPREFIX", environment.join("pycache"))
        .env_remove("PYTHONDONTWRITEBYTECODE")
        .output()
        .unwrap();
    let foreign: Vec<_> = fake.refused_hosts().into_iter().filter(|host| host != UPDATES).collect();
    assert!(foreign.is_empty(), "{name} went to {foreign:?}");
    assert!(!fake.calls().is_empty(), "{name} asked for nothing: {done:?}");
    done
}

fn said(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

fn succeeds(script: &str, lists: u32) {
    let small_pages = json!({ "page_size": 3 });
    let done = run(&[script], &small(), small_pages);
    assert!(done.status.success(), "{}", said(&done));
    let counted = String::from_utf8_lossy(&done.stdout);
    let counted: u32 = counted.split_whitespace().next().unwrap().parse().unwrap();
    assert!(counted >= lists, "only {counted} lists were compared");
}

/// The script must fail, and say each of these.
fn fails(script: &[&str], served: &TempDir, texts: &[&str]) {
    let done = run(script, served.path(), json!({}));
    assert!(!done.status.success(), "{script:?} saw nothing");
    for text in texts {
        assert!(said(&done).contains(text), "`{text}` is not in: {}", said(&done));
    }
}

#[test]
fn az_lists_the_tenant() {
    succeeds("az", 10);
}

#[test]
fn az_sees_that_an_assignment_is_missing() {
    let served = edited("arm/roleAssignments", |document| {
        document["value"].as_array_mut().unwrap().pop();
    });
    fails(&["az", "assignments"], &served, &["role assignments: missing ['/subscriptions/"]);
}

#[test]
fn the_sdks_of_arm_and_key_vault_list_the_tenant() {
    succeeds("arm", 21);
}

#[test]
fn the_sdks_of_arm_and_key_vault_see_what_is_wrong() {
    let served = edited("arm/vaults", |document| {
        let properties = document["value"][0]["properties"].as_object_mut().unwrap();
        properties.insert("softDeleteRetention".to_owned(), 1.into());
        properties.insert("enableSoftDelete".to_owned(), "yes".into());
        let first = properties.remove("tenantId").unwrap();
        properties.insert("tenantID".to_owned(), first);
    });
    fails(
        &["arm"],
        &served,
        &[
            "vaults.properties.softDeleteRetention: VaultProperties has no such key",
            "vaults.properties.tenantID: VaultProperties has no such key",
            "vaults.properties.enableSoftDelete: no bool but 'yes'",
        ],
    );
}

#[test]
fn the_sdks_of_graph_list_the_tenant() {
    succeeds("graph", 41);
}

#[test]
fn the_sdks_of_graph_see_what_is_wrong() {
    let served = edited("graph/applications", |document| {
        let application = document["value"][0].as_object_mut().unwrap();
        application.insert("colour".to_owned(), "blue".into());
        application.insert("createdDateTime".to_owned(), 7.into());
        let first = application.remove("signInAudience").unwrap();
        application.insert("signinAudience".to_owned(), first);
    });
    fails(
        &["graph"],
        &served,
        &[
            "graph/applications[0].colour: Application has no such key",
            "graph/applications[0].signinAudience: Application has no such key",
            "graph/applications[0].createdDateTime: sent 7",
        ],
    );
}
