//! Scans of a tenant, live: the built binary with its production settings, behind the proxy that plays Microsoft.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use census_fake_azure::{Fake, Fault, HostKind, Rule, Settings, Tenant};
use serde_json::Value;

use crate::support::census::{Census, Run, files};

pub(crate) const TENANT: &str = "b41d1e00-0000-4000-8000-000000000001";
pub(crate) const CLIENT: &str = "b41d1e00-0003-4000-8000-00000000000d";
pub(crate) const SECRET: &str = "the-scanner-of-brindlemoor";

/// What the tenant holds and nobody may see.
const CANARIES: [&str; 5] =
    ["canary-hint", "Y2FuYXJ5LWtleQ==", "canary-setting", "canary-secret-value", SECRET];

pub(crate) fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("providers/azure-fake/tenants/small")
}

pub(crate) fn fake(settings: Settings) -> Fake {
    Fake::start(vec![Tenant::open(&small()).unwrap()], settings).unwrap()
}

fn with(faults: Vec<Rule>) -> Fake {
    fake(Settings { faults, ..Settings::default() })
}

/// The binary behind the proxy, with the scanner's secret.
fn census(fake: &Fake) -> Census {
    behind(fake).with("AZURE_CLIENT_ID", CLIENT).with("AZURE_CLIENT_SECRET", SECRET)
}

pub(crate) fn behind(fake: &Fake) -> Census {
    let census = Census::offline().with("AZURE_TENANT_ID", TENANT);
    fake.environment().into_iter().fold(census, |census, (name, value)| census.with(name, &value))
}

pub(crate) fn scan(census: &Census, more: &[&str]) -> (i32, Run) {
    let words = ["scan", "azure", "--format", "json", "--output", "-"];
    let words: Vec<&str> = words.into_iter().chain(more.iter().copied()).collect();
    let run = census.run(&words);
    (run.status.code().unwrap(), run)
}

pub(crate) fn gaps(report: &Value) -> Vec<(String, String)> {
    let gaps = report["gaps"].as_array().unwrap().iter();
    let failures =
        gaps.filter(|gap| !["not-provided", "not-requested"].contains(&gap["reason"].as_str().unwrap()));
    failures.map(|gap| (text(&gap["read"]), text(&gap["reason"]))).collect()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn ids(report: &Value) -> BTreeSet<String> {
    report["identities"].as_array().unwrap().iter().map(|one| text(&one["native_id"])).collect()
}

#[test]
fn a_live_scan_is_whole_and_its_documents_give_the_same_report() {
    let fake = fake(Settings { page_size: Some(2), ..Settings::default() });
    let census = census(&fake);
    let raw = census.work().join("raw");
    let (code, live) = scan(&census, &["--save-raw", raw.to_str().unwrap()]);
    assert_eq!(code, 0, "{live}");
    let report = live.json();
    assert_eq!(report["scan"]["targets"], serde_json::json!([format!("azure:tenant/{TENANT}")]));
    let documents: Value =
        serde_json::from_slice(&fs::read(small().join("graph/servicePrincipals.json")).unwrap()).unwrap();
    for principal in documents["value"].as_array().unwrap() {
        assert!(ids(&report).contains(&text(&principal["id"])), "{principal}");
    }
    assert!(fake.refused_hosts().is_empty());
    // Nothing else than what was saved is needed, and the order of what it says is the same.
    let (code, replay) = scan(&Census::offline(), &["--from", raw.to_str().unwrap()]);
    assert_eq!(code, 0, "{replay}");
    assert!(replay.json() == report, "a replay differs from its scan");
    // An export by hand tells the same identities.
    let (_, export) = scan(&Census::offline(), &["--from", small().to_str().unwrap()]);
    assert_eq!(ids(&export.json()), ids(&report));
}

#[test]
fn no_secret_leaves_the_wire_and_nobody_asks_for_one() {
    let fake = fake(Settings::default());
    let census = census(&fake);
    let raw = census.work().join("raw");
    let out = census.work().join("out");
    let run = census.run(&[
        "scan",
        "azure",
        "-vv",
        "--deep",
        "--save-raw",
        raw.to_str().unwrap(),
        "--format",
        "table,json,csv,privilege,vaults",
        "--output",
        out.to_str().unwrap(),
    ]);
    assert_eq!(run.status.code(), Some(0), "{run}");
    let mut seen: Vec<(String, String)> = files(&raw)
        .into_iter()
        .chain(files(&out))
        .chain(files(&census.home()))
        .map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    assert!(seen.len() > 40, "{}", seen.len());
    seen.push(("output".to_owned(), run.to_string()));
    for (place, text) in &seen {
        for canary in CANARIES {
            assert!(!text.contains(canary), "{canary} in {place}");
        }
        // The beginning of every token that the tenant gives out.
        assert!(!text.contains("eyJ"), "a token in {place}");
    }
    let calls = fake.calls();
    assert!(
        calls.iter().all(|call| call.method == "GET"
            || call.path.ends_with("/$batch")
            || call.kind == HostKind::Login)
    );
    let value = |path: &str| path.strip_prefix("/secrets/").is_some_and(|rest| !rest.is_empty());
    assert!(!calls.iter().any(|call| call.kind == HostKind::Vault && value(&call.path)));
}

#[test]
fn reads_that_are_denied_are_gaps_of_their_own() {
    let rows = [
        (HostKind::Graph, "/v1.0/applications", "Application.Read.All"),
        (HostKind::Graph, "/v1.0/servicePrincipals/*/owners", "Application.Read.All/owners"),
        (HostKind::Graph, "/v1.0/oauth2PermissionGrants", "Directory.Read.All/oauth2PermissionGrants"),
        (HostKind::Graph, "/v1.0/roleManagement/directory/roleAssignments", "RoleManagement.Read.Directory"),
        (HostKind::Graph, "/beta/reports/servicePrincipalSignInActivities", "AuditLog.Read.All"),
        (
            HostKind::Arm,
            "/subscriptions/*/providers/Microsoft.Authorization/roleAssignments",
            "Microsoft.Authorization/roleAssignments/read",
        ),
        (
            HostKind::Arm,
            "/subscriptions/*/providers/Microsoft.KeyVault/vaults",
            "Microsoft.KeyVault/vaults/read",
        ),
        (HostKind::Vault, "/secrets", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"),
    ];
    let fake = fake(Settings::default());
    let census = census(&fake);
    for (host, path, read) in rows {
        fake.set_faults(vec![Rule::new(host, path, Fault::Denied)]);
        let (code, run) = scan(&census, &[]);
        assert_eq!(code, 3, "{path}: {run}");
        let report = run.json();
        assert!(
            gaps(&report).contains(&(read.to_owned(), "denied".to_owned())),
            "{path}: {:?}",
            gaps(&report)
        );
        assert_eq!(report["scan"]["complete"], false);
        assert!(run.stderr.contains("partial result"), "{run}");
    }
}

#[test]
fn owners_that_were_not_read_leave_nobody_unowned() {
    let fake = with(vec![Rule::new(HostKind::Graph, "/v1.0/*/*/owners", Fault::Denied)]);
    let (code, run) = scan(&census(&fake), &[]);
    assert_eq!(code, 3, "{run}");
    let report = run.json();
    let of_applications = report["identities"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == "entra-service-principal");
    for one in of_applications.filter(|one| one["managed_by"].is_null()) {
        assert_ne!(one["owner"]["status"], "unowned", "{}", one["name"]);
    }
}

/// Several reads take one permission. Who owns what is known though another of them was denied.
#[test]
fn owners_that_were_read_stay_known_whatever_else_was_denied() {
    let fake = fake(Settings::default());
    let census = census(&fake);
    let owners = |report: &serde_json::Value| -> Vec<(String, serde_json::Value)> {
        let all = report["identities"].as_array().unwrap().iter();
        all.map(|one| (one["id"].to_string(), one["owner"]["status"].clone())).collect()
    };
    let whole = owners(&scan(&census, &[]).1.json());
    for (path, read) in [
        (
            "/v1.0/applications/*/federatedIdentityCredentials",
            "Application.Read.All/federatedIdentityCredentials",
        ),
        ("/v1.0/servicePrincipals/*/appRoleAssignments", "Application.Read.All/appRoleAssignments"),
        ("/v1.0/groups/*/appRoleAssignments", "Directory.Read.All/appRoleAssignments"),
        ("/v1.0/oauth2PermissionGrants", "Directory.Read.All/oauth2PermissionGrants"),
        ("/v1.0/groups/*/owners", "GroupMember.Read.All/owners"),
    ] {
        fake.set_faults(vec![Rule::new(HostKind::Graph, path, Fault::Denied)]);
        let report = scan(&census, &[]).1.json();
        assert!(
            gaps(&report).contains(&(read.to_owned(), "denied".to_owned())),
            "{path}: {:?}",
            gaps(&report)
        );
        assert_eq!(owners(&report), whole, "{path}");
    }
    // Of what was deleted the identities are missing, and nobody else's owner is less known.
    fake.set_faults(vec![Rule::new(HostKind::Graph, "/v1.0/directory/deletedItems/*", Fault::Denied)]);
    let report = scan(&census, &[]).1.json();
    assert!(owners(&report).iter().all(|one| whole.contains(one)));
    assert!(owners(&report).len() < whole.len());
}

#[test]
fn a_link_to_another_host_is_not_followed_and_no_token_goes_there() {
    let link = || "https://graph.microsoft.com.evil.example/v1.0/applications?$skiptoken=x".to_owned();
    let fake = with(vec![
        Rule::new(HostKind::Graph, "/v1.0/applications", Fault::ForeignNextLink { link: link() }),
        Rule::new(
            HostKind::Vault,
            "/secrets",
            Fault::ForeignNextLink {
                link: "https://kv-payroll.vault.azure.net.evil.example/secrets".to_owned(),
            },
        ),
    ]);
    let (code, run) = scan(&census(&fake), &[]);
    assert_eq!(code, 3, "{run}");
    assert!(fake.refused_hosts().is_empty(), "{:?}", fake.refused_hosts());
    let reads: BTreeSet<String> = gaps(&run.json()).into_iter().map(|(read, _)| read).collect();
    assert!(reads.contains("Application.Read.All"), "{reads:?}");
    assert!(reads.contains("Microsoft.KeyVault/vaults/secrets/readMetadata/action"), "{reads:?}");
}

#[test]
fn a_vault_that_lies_elsewhere_is_not_asked() {
    let folder = tempfile::TempDir::new().unwrap();
    copy(&small(), folder.path());
    let path = folder.path().join("arm/vaults.json");
    let vaults = fs::read_to_string(&path).unwrap();
    assert!(vaults.contains("https://kv-payroll.vault.azure.net/"));
    fs::write(
        &path,
        vaults.replace(
            "https://kv-payroll.vault.azure.net/",
            "https://kv-payroll.vault.azure.net.evil.example/",
        ),
    )
    .unwrap();
    let fake = Fake::start(vec![Tenant::open(folder.path()).unwrap()], Settings::default()).unwrap();
    let (code, run) = scan(&census(&fake), &[]);
    assert_eq!(code, 3, "{run}");
    assert!(fake.refused_hosts().is_empty(), "{:?}", fake.refused_hosts());
    assert!(gaps(&run.json()).iter().any(|(_, reason)| reason == "invalid"), "{:?}", gaps(&run.json()));
}

#[test]
fn a_challenge_that_names_another_resource_gets_no_token_for_it() {
    let fake = with(vec![Rule::new(
        HostKind::Vault,
        "/secrets",
        Fault::Challenge {
            resource: "https://evil.example".to_owned(),
            authority: Some("https://evil.example".to_owned()),
        },
    )]);
    let (code, run) = scan(&census(&fake), &[]);
    assert_eq!(code, 3, "{run}");
    assert!(fake.refused_hosts().is_empty(), "{:?}", fake.refused_hosts());
}

#[test]
fn a_token_that_ends_within_the_scan_is_renewed() {
    let fake = fake(Settings { token_lifetime: 2, ..Settings::default() });
    let (code, run) = scan(&census(&fake), &["--requests-per-second", "30"]);
    assert_eq!(code, 0, "{run}");
    let tokens = fake.calls().iter().filter(|call| call.kind == HostKind::Login).count();
    assert!(tokens > 1, "{tokens}");
}

#[test]
fn throttling_and_resets_pass() {
    let fake = with(vec![
        Rule::new(HostKind::Graph, "/v1.0/applications", Fault::Throttled { retry_after: 1 }).times(2),
        Rule::new(HostKind::Arm, "/subscriptions", Fault::Reset).times(1),
        Rule::new(HostKind::Graph, "/v1.0/servicePrincipals/*/owners", Fault::Throttled { retry_after: 1 })
            .times(3),
    ]);
    let (code, run) = scan(&census(&fake), &[]);
    assert_eq!(code, 0, "{run}");
}

#[test]
fn whoever_cannot_sign_in_is_told_why() {
    let fake = fake(Settings::default());
    let run = behind(&fake).with("AZURE_CLIENT_ID", CLIENT).with("AZURE_CLIENT_SECRET", "wrong").run(&[
        "scan",
        "azure",
        "--sign-in",
        "client-secret",
    ]);
    assert_eq!(run.status.code(), Some(1), "{run}");
    assert!(run.stderr.contains("nobody could sign in to tenant"), "{run}");
    assert!(run.stderr.contains("the client secret is not the application's"), "{run}");
    assert!(run.stderr.contains("help:"), "{run}");
    let run = behind(&fake).run(&["scan", "azure", "--sign-in", "client-secret,workload-identity"]);
    assert_eq!(run.status.code(), Some(1), "{run}");
    assert!(run.stderr.contains("AZURE_CLIENT_ID is not set"), "{run}");
}

#[test]
fn a_managed_identity_and_a_federated_token_sign_in_too() {
    let fake = fake(Settings::default());
    let run = behind(&fake).run(&["scan", "azure", "--sign-in", "workload-identity"]);
    assert_eq!(run.status.code(), Some(1), "{run}");
    let census = behind(&fake).with("AZURE_CLIENT_ID", CLIENT);
    let claims = r#"{"iss":"https://token.actions.githubusercontent.com","sub":"repo:brindlemoor/census:ref:refs/heads/main","aud":"api://AzureADTokenExchange","exp":4102444800}"#;
    let token = format!("{}.{}.c2ln", base64(r#"{"alg":"RS256","typ":"JWT"}"#), base64(claims));
    let file = census.file("token", token);
    let census = census.with("AZURE_FEDERATED_TOKEN_FILE", file.to_str().unwrap());
    let (code, run) = scan(&census, &["--sign-in", "client-certificate,workload-identity"]);
    assert_eq!(code, 0, "{run}");
}

#[test]
fn any_name_finds_an_identity() {
    let census = Census::offline();
    let folder = small();
    for name in [
        "payroll-export",
        "b41d1e00-0001-4000-8000-000000000001",
        "b41d1e00-0002-4000-8000-000000000001",
        "B41D1E00-0003-4000-8000-000000000001",
        "b41d1e00-0006-4000-8000-000000000002",
        "000000000000000000000000000000B41D1E0003",
    ] {
        let run = census.run(&["explain", name, "--from", folder.to_str().unwrap()]);
        assert!(matches!(run.status.code(), Some(0 | 3)), "{name}: {run}");
        assert!(run.words().contains("payroll-export entra-service-principal"), "{name}: {run}");
    }
    let run = census.run(&["can", "payroll-export", "iam:PassRole", "*", "--from", folder.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(1), "{run}");
}

/// What may be done in the small tenant, with the exit status of each answer.
#[test]
fn questions_about_azure_are_answered() {
    let census = Census::offline();
    let folder = small();
    let secret = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
    let person = "b41d1e00-0004-4000-8000-000000000001";
    for (code, who, action, resource, says) in [
        (0, "payroll-export", secret, "kv-payroll", "permission secrets get"),
        (0, "payroll-export", secret, "https://kv-payroll.vault.azure.net/secrets/x", "ALLOWED"),
        (
            4,
            "payroll-export",
            "Microsoft.KeyVault/vaults/secrets/purge/action",
            "kv-payroll",
            "no role and no access policy",
        ),
        (5, person, secret, "kv-payroll", "MAY DECIDE"),
        (1, "payroll-export", secret, "kv-nowhere", "is none of the tenant's"),
    ] {
        let run = census.run(&["can", who, action, resource, "--from", folder.to_str().unwrap()]);
        assert_eq!(run.status.code(), Some(code), "{who} {action} {resource}: {run}");
        assert!(run.to_string().contains(says), "{who} {action} {resource}: {run}");
    }
    let who = census.run(&[
        "who-can",
        secret,
        "kv-payroll",
        "--format",
        "json",
        "--from",
        folder.to_str().unwrap(),
    ]);
    let allowed = |one: &&Value| one["decision"] == "allowed";
    let answers = who.json();
    let names: Vec<String> = answers["identities"]
        .as_array()
        .unwrap()
        .iter()
        .filter(allowed)
        .map(|one| text(&one["name"]))
        .collect();
    assert!(names.contains(&"payroll-export".to_owned()), "{who}");
    // What is not in the folder may allow.
    let partial = census.work().join("partial");
    copy(&folder, &partial);
    fs::remove_file(partial.join("arm/roleAssignments.json")).unwrap();
    let action = "Microsoft.Storage/storageAccounts/listKeys/action";
    let subscription = "b41d1e00-0007-4000-8000-000000000001";
    let run =
        census.run(&["can", "payroll-export", action, subscription, "--from", partial.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(6), "{run}");
    assert!(run.text().contains("Microsoft.Authorization/roleAssignments/read"), "{run}");
}

/// What may be done in the directory of the small tenant, with the exit status of each answer.
#[test]
fn questions_about_the_directory_are_answered() {
    let census = Census::offline();
    let folder = small();
    let credentials = "microsoft.directory/applications/credentials/update";
    let members = "microsoft.directory/groups/members/update";
    let assign = "microsoft.directory/roleAssignments/allProperties/allTasks";
    let ada = "b41d1e00-0004-4000-8000-000000000001";
    for (code, who, action, resource, says) in [
        (0, "release-pipeline", credentials, "payroll-export", "directory role Application Administrator"),
        (0, "release-pipeline", credentials, TENANT, "in the whole directory"),
        (0, "legacy-sync", credentials, "payroll-export", "directory role Credential keeper"),
        (4, "legacy-sync", members, TENANT, "no directory role, no permission and no ownership"),
        (0, ada, credentials, "payroll-export", "on the application that it owns"),
        // The members of a group that holds the role of administrators are not all in the folder.
        (4, ada, "microsoft.directory/applications/owners/update", "release-pipeline", "DENIED"),
        (0, "payroll-export", "graph/RoleManagement.ReadWrite.Directory", TENANT, "app role"),
        (4, "payroll-export", "graph/Mail.Read", TENANT, "DENIED"),
        (0, "payroll-export", assign, TENANT, "permission RoleManagement.ReadWrite.Directory"),
        (5, "intranet-sso", "graph/User.Read", TENANT, "signed-in user"),
        (
            1,
            "payroll-export",
            "microsoft.directory/users/password/update",
            "release-pipeline",
            "is done to a user",
        ),
        (1, "payroll-export", credentials, "nobody-here", "is no tenant"),
        (1, "payroll-export", "nothing/Read.All", TENANT, "no service principal"),
        (
            2,
            "payroll-export",
            "microsoft.directory/applications",
            "/",
            "is not an operation of the directory",
        ),
    ] {
        let run = census.run(&["can", who, action, resource, "--from", folder.to_str().unwrap()]);
        assert_eq!(run.status.code(), Some(code), "{who} {action} {resource}: {run}");
        assert!(run.to_string().contains(says), "{who} {action} {resource}: {run}");
    }
    let words = ["who-can", "graph/Application.ReadWrite.All", TENANT, "--format", "json", "--from"];
    let who = census.run(&words.into_iter().chain([folder.to_str().unwrap()]).collect::<Vec<_>>());
    let answers = who.json();
    let answers = answers["identities"].as_array().unwrap();
    let allowed = answers.iter().filter(|one| one["decision"] == "allowed");
    assert_eq!(allowed.map(|one| text(&one["name"])).collect::<Vec<_>>(), ["id-orders"], "{who}");
    // What is not in the folder may allow.
    let partial = census.work().join("partial");
    copy(&folder, &partial);
    fs::remove_file(partial.join("graph/roleAssignments.json")).unwrap();
    let run = census.run(&["can", "legacy-sync", credentials, TENANT, "--from", partial.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(6), "{run}");
    assert!(run.text().contains("RoleManagement.Read.Directory"), "{run}");
}

/// Levels with their places and proofs, and the ways on.
#[test]
fn how_far_identities_of_azure_reach_is_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/brindlemoor");
    let folder = folder.to_str().unwrap();
    let census = Census::offline();
    let explained = census.run(&["explain", "infra-terraform", "--from", folder]).words();
    for says in [
        "REACH admin",
        "Production (brindlemoor-production) admin",
        "gives anybody any role, itself included",
        "Microsoft.Authorization/roleAssignments/write on /providers/Microsoft.Management/managementGroups/",
    ] {
        assert!(explained.contains(says), "{says}: {explained}");
    }
    let json = census.run(&["explain", "azure-data-pipeline", "--format", "json", "--from", folder]).json();
    let reach = &json["identity"]["reach"];
    assert_eq!((&reach["level"], &reach["bound"]), (&"sensitive".into(), &"exact".into()), "{json}");
    assert!(
        !reach["because"].as_array().unwrap().is_empty() && reach["at"][0]["level"] == "sensitive",
        "{json}"
    );
    let paths = census.run(&["paths", "azure-data-pipeline", "--from", folder]).words();
    assert!(paths.contains("no path to administration was found"), "{paths}");
    let paths = census.run(&["paths", "Ines Albrecht", "--from", folder]).words();
    for says in [
        "to admin of Production (brindlemoor-production) in 1 step",
        "adds a credential to the application",
        "becomes entra-service-principal infra-terraform",
        "remove the ownership of application",
    ] {
        assert!(paths.contains(says), "{says}: {paths}");
    }
    let report = census.run(&["scan", "--from", folder, "--format", "json", "--output", "-"]).json();
    let identities = report["identities"].as_array().unwrap();
    let untold = identities.iter().find(|one| one["reach"].is_null());
    assert!(untold.is_none(), "{untold:?}");
}

#[test]
fn what_was_planted_in_the_example_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let (folder, config) = (root.join("brindlemoor"), root.join("brindlemoor/census.toml"));
    let census = Census::offline();
    let words = ["scan", "--from", folder.to_str().unwrap(), "--config", config.to_str().unwrap()];
    let run = census.run(&words.into_iter().chain(["--format", "json", "--output", "-"]).collect::<Vec<_>>());
    assert_eq!(run.status.code(), Some(0), "{run}");
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let table = fs::read_to_string(root.join("README.md")).unwrap();
    let mut rows = 0;
    for line in table.lines().filter(|line| line.contains("| tenant |")) {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let (problem, name) = (cells[1], cells[3]);
        // What no rule finds yet is named in words.
        if problem.contains(' ') {
            continue;
        }
        rows += 1;
        let is_it = |finding: &&Value| {
            let subject = finding["subject"]["name"].as_str().or(finding["subject"]["id"].as_str());
            finding["rule"] == problem && subject.is_some_and(|subject| subject.contains(name))
        };
        assert!(findings.iter().any(|finding| is_it(&finding)), "{problem}: {name}");
    }
    assert!(rows >= 30, "{rows}");
}

#[test]
fn hostile_names_stay_text() {
    let census = Census::offline();
    let out = census.work().join("out");
    let folder = small();
    census.run(&[
        "scan",
        "azure",
        "--from",
        folder.to_str().unwrap(),
        "--format",
        "csv,vaults",
        "--output",
        out.to_str().unwrap(),
    ]);
    let population = fs::read_to_string(out.join("population.csv")).unwrap();
    assert!(population.contains("'=quarterly-report"), "a formula is a formula still");
    assert!(!population.contains(",=quarterly-report"));
}

#[test]
fn permissions_are_tried_one_by_one() {
    let fake = fake(Settings::default());
    let census = census(&fake);
    let run = census.run(&["permissions", "azure", "--check"]);
    assert_eq!(run.status.code(), Some(0), "{run}");
    assert!(!run.text().contains("DENIED"), "{run}");
    fake.set_faults(vec![Rule::new(HostKind::Graph, "/v1.0/policies/authorizationPolicy", Fault::Denied)]);
    let run = census.run(&["permissions", "azure", "--check"]);
    assert_eq!(run.status.code(), Some(1), "{run}");
    assert!(run.text().contains("DENIED"), "{run}");
}

/// URL-safe base64 without padding.
fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    out
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let target = to.join(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, bytes).unwrap();
    }
}
