//! Permission denied on each single read in turn: always a gap at that read, never a clean result.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{
    census::Census,
    proxy::{Fault, Rule},
    report::{assert_complete, assert_gap, failures, identity, list},
    world::{IAM_ALONE, World, text},
};

/// A registry that names an identity which exists and one which does not.
const REGISTRY: &str = "\
- identity: arn:aws:iam::123456789012:user/ci-runner
  business_owner: ci@example.com
- identity: arn:aws:iam::123456789012:user/long-gone
  business_owner: gone@example.com
";

/// Says only who calls; AWS allows it to everybody, and no policy can take it away.
const FREE: &str = "sts:GetCallerIdentity";

/// Called only where the tree of the organization could not be read to its end.
pub(crate) const FALLBACK: &str = "organizations:ListAccounts";

/// The options of a scan that makes every read there is, and of the policy for it.
pub(crate) const EVERYTHING: [&str; 9] = [
    "--organization",
    "--role-name",
    "OrganizationAccountAccessRole",
    "--include-tag",
    "stage=live",
    "--include-tag",
    "stage=test",
    "--config",
    "deep.toml",
];

/// The policy for a scan with these options; the file `deep.toml` switches on what only a deep scan reads.
pub(crate) fn published(census: &Census, options: &[&str]) -> Value {
    census.file("deep.toml", format!("{IAM_ALONE}deep = true\n"));
    census.file("census.toml", IAM_ALONE);
    census.expect(0, &[["permissions", "aws"].as_slice(), options].concat()).json()
}

/// The actions that a policy grants.
pub(crate) fn actions(policy: &Value) -> BTreeSet<String> {
    let actions: BTreeSet<String> = list(policy, "Statement")
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
    called.remove(FREE);
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
    let mut made_up_things = Vec::new();
    for read in &reads {
        world.proxy.faults(vec![Rule::new(read, Fault::Denied)]);
        let (code, report) = census.scan(&arguments);
        assert_gap(code, &report, read, &["denied"]);
        made_up_things.extend(made_up(read, &complete, &report));
    }
    assert!(made_up_things.is_empty(), "{made_up_things:#?}");
}

/// What a gap made up: a finding other than the one that says so, or an owner status that it had no reason for.
fn made_up(read: &str, complete: &Value, partial: &Value) -> Vec<String> {
    // Not by fingerprint: without authorization details nothing tells the immutable ids that it is made of.
    let found = |report: &Value| -> BTreeSet<(String, String)> {
        list(report, "findings").iter().map(|f| (text(f, "rule"), f["subject"].to_string())).collect()
    };
    let mut made_up: Vec<String> = found(partial)
        .difference(&found(complete))
        .filter(|(rule, _)| rule != "coverage-gap")
        .map(|(rule, subject)| format!("without `{read}`: finding {rule} about {subject}"))
        .collect();
    for now in list(partial, "identities") {
        let id = text(now, "native_id");
        let before = &identity(complete, &id)["owner"]["status"];
        if now["owner"]["status"] == "unowned" && before != "unowned" {
            made_up.push(format!("without `{read}`: {id} is unowned, with it {before}"));
        }
    }
    made_up
}

#[test]
fn each_read_of_an_organization_denied_is_a_gap() {
    let world = World::organization();
    let census = world.census();
    published(&census, &[]);
    let arguments = [EVERYTHING.as_slice(), &["--as-of", "2030-01-01"]].concat();
    let (code, complete) = census.scan(&arguments);
    assert_complete(code, &complete);
    let reads: BTreeSet<String> =
        called(&world).into_iter().filter(|read| !read.starts_with("iam:")).collect();
    assert!(reads.len() > 5, "an organization takes more than {reads:?}");
    let mut made_up_things = Vec::new();
    for read in &reads {
        world.proxy.faults(vec![Rule::new(read, Fault::Denied)]);
        let (code, report) = census.scan(&arguments);
        assert_gap(code, &report, read, &["denied"]);
        made_up_things.extend(made_up(read, &complete, &report));
    }
    assert!(made_up_things.is_empty(), "{made_up_things:#?}");
}

#[test]
fn a_unit_that_cannot_be_listed_does_not_hide_its_accounts() {
    let world = World::organization();
    let census = world.census();
    published(&census, &[]);
    let (code, complete) = census.scan(&EVERYTHING);
    assert_complete(code, &complete);
    let read = "organizations:ListAccountsForParent";
    let unit = text(&world.put["units"], "production");
    let rule = Rule::new(read, Fault::Denied).parameter("ParentId", &unit);
    // The plain list names the accounts whose unit is not known.
    world.proxy.faults(vec![rule.clone()]);
    let (code, report) = census.scan(&EVERYTHING);
    assert_gap(code, &report, read, &["denied"]);
    assert_eq!(list(&report, "identities").len(), list(&complete, "identities").len());
    world.proxy.faults(vec![rule, Rule::new(FALLBACK, Fault::Denied)]);
    let (code, report) = census.scan(&EVERYTHING);
    assert_gap(code, &report, read, &["denied"]);
    assert_gap(code, &report, FALLBACK, &["denied"]);
    assert_eq!(made_up(FALLBACK, &complete, &report), Vec::<String>::new());
    assert!(!failures(&report).is_empty());
}

#[test]
fn an_organization_that_shows_no_account_is_an_error_that_says_what_to_do() {
    let world = World::organization();
    let census = world.census();
    published(&census, &[]);
    let reads = ["organizations:ListRoots", FALLBACK];
    world.proxy.faults(reads.map(|read| Rule::new(read, Fault::Denied)).to_vec());
    let run = census.expect(1, &[["scan", "aws"].as_slice(), &EVERYTHING].concat());
    assert!(run.stdout.is_empty() && run.stderr.contains("help: "), "{run}");
}

#[test]
fn the_policy_grants_what_is_called_and_no_more() {
    let company = World::company();
    let organization = World::organization();
    // A deep scan of one account with one of everything; a plain scan; an organization chosen by tags.
    for (world, options) in
        [(&company, ["--config", "deep.toml"].as_slice()), (&company, &[]), (&organization, &EVERYTHING)]
    {
        let census = world.census();
        let declared = actions(&published(&census, options));
        world.proxy.faults(Vec::new());
        let (code, report) = census.scan(options);
        assert_complete(code, &report);
        let called = called(world);
        let missing: Vec<&String> = called.difference(&declared).collect();
        assert!(missing.is_empty(), "{options:?}: called without being granted: {missing:?}");
        // The accounts of the organization hold less than one of everything.
        let held =
            |action: &&String| *action != FALLBACK && (options != EVERYTHING || !action.starts_with("iam:"));
        let never: Vec<&String> = declared.difference(&called).filter(held).collect();
        assert!(never.is_empty(), "{options:?}: granted and never called: {never:?}");
        for action in declared {
            let verb = action.split_once(':').expect("service:Action").1;
            let reads = ["Get", "List", "Describe"].iter().any(|prefix| verb.starts_with(prefix));
            // The report that it generates is metadata; the role that it assumes gets a session that only reads.
            let known =
                ["iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails", "sts:AssumeRole"]
                    .contains(&action.as_str());
            assert!(reads || known, "`{action}` is no read");
        }
    }
}
