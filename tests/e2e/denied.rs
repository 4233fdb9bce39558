//! Permission denied on each single read in turn: always a gap at that read, never a clean result.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{
    census::Census,
    proxy::{Fault, Rule},
    report::{assert_complete, assert_gap, findings, identity, list},
    world::{World, text},
};

/// A registry that names an identity which exists and one which does not.
const REGISTRY: &str = "\
- identity: arn:aws:iam::123456789012:user/ci-runner
  business_owner: ci@example.com
- identity: arn:aws:iam::123456789012:user/long-gone
  business_owner: gone@example.com
";

const FREE: &[(&str, &str)] = &[
    // Its answer says only who calls; AWS grants it to everybody and no policy can take it away.
    ("sts:GetCallerIdentity", "needs no permission"),
];

/// The actions that the published policy grants.
pub(crate) fn declared(census: &Census) -> BTreeSet<String> {
    let policy = census.expect(0, &["permissions", "aws"]).json();
    let actions: BTreeSet<String> = list(&policy, "Statement")
        .iter()
        .flat_map(|statement| match &statement["Action"] {
            Value::String(one) => vec![one.clone()],
            many => many
                .as_array()
                .expect("actions")
                .iter()
                .map(|a| a.as_str().expect("a text").to_owned())
                .collect(),
        })
        .collect();
    assert!(actions.len() > 10, "the policy grants too little to be true: {actions:?}");
    actions
}

/// Operations that a scan really called.
fn called(world: &World) -> BTreeSet<String> {
    let mut called: BTreeSet<String> = world.proxy.counts().into_keys().collect();
    FREE.iter().for_each(|(free, _)| {
        called.remove(*free);
    });
    called
}

#[test]
fn each_read_of_an_account_denied_is_a_gap() {
    let world = World::company();
    let arguments = ["--deep", "--as-of", "2030-01-01"];
    let census = world.census();
    let registry = census.file("owners.yaml", REGISTRY).display().to_string();
    let arguments: Vec<&str> = arguments.into_iter().chain(["--registry", &registry]).collect();
    let (code, complete) = census.scan(&arguments);
    assert_complete(code, &complete);
    let reads = called(&world);
    for read in &reads {
        world.proxy.faults(vec![Rule::new(read, Fault::Denied)]);
        let (code, report) = census.scan(&arguments);
        assert_gap(code, &report, read, &["denied"]);
        assert_nothing_made_up(read, &complete, &report);
    }
}

/// A gap creates no finding but the one that says so; nor does it turn anything into unused or unowned.
fn assert_nothing_made_up(read: &str, complete: &Value, partial: &Value) {
    let made_up: Vec<(String, String)> = findings(partial)
        .difference(&findings(complete))
        .filter(|(rule, _)| rule != "coverage-gap")
        .cloned()
        .collect();
    assert_eq!(made_up, Vec::new(), "without `{read}`");
    for now in list(partial, "identities") {
        let before = identity(complete, &text(now, "native_id"));
        let worse = now["owner"]["status"] == "unowned" && before["owner"]["status"] != "unowned";
        assert!(!worse, "unowned without `{read}`: {now}");
    }
}

#[test]
fn each_read_of_an_organization_denied_is_a_gap() {
    let world = World::organization();
    let arguments =
        ["--organization", "--deep", "--include-tag", "stage=live", "--include-tag", "stage=test"];
    let arguments: Vec<&str> = arguments
        .into_iter()
        .chain(["--role-name", "OrganizationAccountAccessRole", "--as-of", "2030-01-01"])
        .collect();
    let census = world.census();
    let (code, complete) = census.scan(&arguments);
    assert_complete(code, &complete);
    let reads: BTreeSet<String> =
        called(&world).into_iter().filter(|read| !read.starts_with("iam:")).collect();
    for read in &reads {
        world.proxy.faults(vec![Rule::new(read, Fault::Denied)]);
        let (code, report) = census.scan(&arguments);
        assert_gap(code, &report, read, &["denied"]);
        assert_nothing_made_up(read, &complete, &report);
    }
}

#[test]
fn the_policy_grants_what_is_called_and_no_more() {
    let mut all = BTreeSet::new();
    let world = World::company();
    let (code, report) = world.census().scan(&["--deep"]);
    assert_complete(code, &report);
    all.append(&mut called(&world));
    let declared = declared(&world.census());
    drop(world);
    let world = World::organization();
    let tags = ["--organization", "--deep", "--include-tag", "stage=live", "--include-tag", "stage=test"];
    let arguments: Vec<&str> =
        tags.into_iter().chain(["--role-name", "OrganizationAccountAccessRole"]).collect();
    let (code, report) = world.census().scan(&arguments);
    assert_complete(code, &report);
    all.append(&mut called(&world));
    assert_eq!(all, declared, "left: called in these scans, right: granted by the published policy");
    for action in &declared {
        let verb = action.split_once(':').expect("service:Action").1;
        let reads = ["Get", "List", "Describe"].iter().any(|prefix| verb.starts_with(prefix));
        // The report that it generates is read-only metadata; the role that it assumes gets a read-only session.
        let known = ["iam:GenerateCredentialReport", "sts:AssumeRole"].contains(&action.as_str());
        assert!(reads || known, "`{action}` is no read");
    }
}
