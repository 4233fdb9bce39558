//! A live scan finds exactly what was put in.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{
    answers::Answer,
    details::{Documents, Paging, Shape},
    proxy::{Fault, Rule},
    report::{assert_complete, assert_gap, credentials, findings, identity, list},
    world::{World, text},
};

#[test]
fn what_was_put_in_comes_out() {
    let world = World::company();
    let (code, report) = world.census().scan(&["--deep"]);
    assert_complete(code, &report);
    assert_valid(&world, &report);
    let put = &world.put;
    for user in list(put, "users") {
        compare_user(&report, user);
    }
    for role in list(put, "roles") {
        let found = identity(&report, &text(role, "arn"));
        assert_eq!((&found["kind"], &found["name"]), (&"aws-role".into(), &role["name"]));
        assert_eq!((&found["immutable_id"], &found["tags"]), (&role["id"], &role["tags"]));
        assert!(same_instant(&found["created"], &role["created"]), "{found}");
        assert_eq!(found["usage"]["own"]["state"], "known", "{found}");
    }
    let root = identity(&report, "arn:aws:iam::123456789012:root");
    assert_eq!(root["kind"], "aws-root-user");
    let principals = list(put, "users").len() + list(put, "roles").len() + 1;
    assert_eq!(list(&report, "identities").len(), principals);
    assert_eq!(report["summary"]["identities"], principals);
    assert_eq!(report["summary"]["groups"], list(put, "groups").len());
    let issuers: BTreeSet<String> = list(&report, "issuers").iter().map(|i| text(i, "native_id")).collect();
    let providers = list(put, "oidc").iter().chain(list(put, "saml"));
    assert_eq!(issuers, providers.map(|p| text(p, "arn")).collect());
    assert_eq!(list(&report, "scope_credentials").len(), list(put, "server_certificates").len());
}

fn compare_user(report: &Value, user: &Value) {
    let found = identity(report, &text(user, "arn"));
    assert_eq!((&found["kind"], &found["name"]), (&"aws-user".into(), &user["name"]));
    assert_eq!((&found["immutable_id"], &found["tags"]), (&user["id"], &user["tags"]));
    assert!(same_instant(&found["created"], &user["created"]), "{found}");
    assert_eq!(found["groups"], user["groups"]);
    let keys = list(user, "keys").iter().map(|key| (text(key, "id"), text(key, "status").to_lowercase()));
    assert_eq!(credentials(found, "access-key"), keys.collect(), "{found}");
    for key in list(user, "keys") {
        let mut credentials = list(found, "credentials").iter();
        let credential = credentials.find(|c| c["key_id"] == key["id"]).expect("compared above");
        assert!(same_instant(&credential["created"], &key["created"]), "{credential}");
    }
    let count = |kind: &str| credentials(found, kind).len();
    assert_eq!(count("console-password"), usize::from(user["console"] == true), "{found}");
    assert_eq!(count("signing-certificate"), list(user, "certificates").len(), "{found}");
    assert_eq!(count("ssh-public-key"), list(user, "ssh").len(), "{found}");
    assert_eq!(count("service-specific-credential"), usize::from(user["name"] == "legacy-git"), "{found}");
}

/// AWS's own reports are precise to the second.
fn same_instant(left: &Value, right: &Value) -> bool {
    let seconds = |value: &Value| value.as_str().map(|text| text.get(..19).unwrap_or(text).to_owned());
    left.is_string() && seconds(left) == seconds(right)
}

fn assert_valid(world: &World, report: &Value) {
    let schema = world.census().expect(0, &["schema", "report"]).json();
    let validator = jsonschema::validator_for(&schema).expect("the published schema is a schema");
    let errors: Vec<String> =
        validator.iter_errors(report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "the report does not follow the published schema: {errors:#?}");
}

#[test]
fn grants_trusts_and_ceilings_come_out() {
    let world = World::company();
    let (_, report) = world.census().scan(&[]);
    let attached = |arn: &str| -> BTreeSet<(String, String)> {
        let policies = list(identity(&report, &format!("arn:aws:iam::123456789012:{arn}")), "policies");
        policies.iter().map(|policy| (text(policy, "how"), text(policy, "name"))).collect()
    };
    let pairs = |expected: &[(&str, &str)]| -> BTreeSet<(String, String)> {
        expected.iter().map(|(how, name)| ((*how).to_owned(), (*name).to_owned())).collect()
    };
    assert_eq!(
        attached("user/ci-runner"),
        pairs(&[("inline", "inline"), ("managed", "deploy")]),
        "by its group"
    );
    assert_eq!(attached("user/batch/backup"), pairs(&[("inline", "own")]));
    assert_eq!(attached("user/carol"), pairs(&[("managed", "ReadOnlyAccess")]));
    assert_eq!(attached("role/web-server"), pairs(&[("boundary", "boundary")]));
    assert_eq!(attached("role/lambda-exec"), pairs(&[("managed", "deploy")]));
    let oidc = text(&list(&world.put, "oidc")[0], "arn");
    let saml = text(&list(&world.put, "saml")[0], "arn");
    for (role, who, value, mechanism) in [
        ("lambda-exec", "service", "lambda.amazonaws.com", "assume-role"),
        ("web-server", "service", "ec2.amazonaws.com", "assume-role"),
        ("partners/vendor", "account", "999988887777", "assume-role"),
        ("github-deploy", "external", oidc.as_str(), "web-identity"),
        ("saml-admin", "external", saml.as_str(), "saml"),
    ] {
        let trusts = list(identity(&report, &format!("arn:aws:iam::123456789012:role/{role}")), "trusts");
        assert_eq!(trusts.len(), 1, "{role}: {trusts:?}");
        assert_eq!(trusts[0]["who"]["type"], who, "{role}: {trusts:?}");
        assert_eq!(trusts[0]["who"]["value"], value, "{role}: {trusts:?}");
        assert_eq!(trusts[0]["mechanism"], mechanism, "{role}: {trusts:?}");
    }
}

#[test]
fn pages_and_encodings_change_nothing() {
    let world = World::company();
    let scan = |documents, paging| {
        let role_last_used = Some(text(&world.put, "now"));
        world.proxy.shape(Shape { documents, paging, role_last_used });
        world.proxy.faults(Vec::new());
        let (code, mut report) = world.census().scan(&["--deep", "--as-of", "2030-01-01"]);
        assert_complete(code, &report);
        // The clock of the fetch itself.
        report["scan"]["started"].take();
        report["scan"]["finished"].take();
        (report, world.proxy.counts()["iam:GetAccountAuthorizationDetails"])
    };
    let (whole, calls) = scan(Documents::Encoded, Paging::Whole);
    for (documents, paging) in [
        (Documents::Plain, Paging::Whole),
        (Documents::Encoded, Paging::Pages(1)),
        (Documents::Encoded, Paging::Pages(3)),
        (Documents::Plain, Paging::Pages(1000)),
    ] {
        let (other, other_calls) = scan(documents, paging);
        assert_eq!(other, whole, "{documents:?} {paging:?}");
        let cut = matches!(paging, Paging::Pages(1 | 3));
        assert_eq!(other_calls > calls, cut, "{documents:?} {paging:?} took {other_calls} calls");
    }
}

#[test]
fn totals_that_do_not_agree_are_a_gap() {
    let world = World::company();
    let (users, roles) = (list(&world.put, "users").len(), list(&world.put, "roles").len());
    let (groups, policies) = (list(&world.put, "groups").len(), list(&world.put, "policies").len());
    let totals = [("Users", users), ("Roles", roles), ("Groups", groups), ("Policies", policies)];
    for wrong in [None, Some(0), Some(1), Some(2), Some(3)] {
        let mut numbers = totals.to_vec();
        numbers.extend([("Providers", 2), ("ServerCertificates", 1), ("InstanceProfiles", 1)]);
        if let Some(index) = wrong {
            numbers[index].1 += 3;
        }
        let answer = Fault::Answer(Answer::account_summary(&numbers));
        world.proxy.faults(vec![Rule::new("iam:GetAccountSummary", answer)]);
        let (code, report) = world.census().scan(&[]);
        match wrong {
            None => assert_complete(code, &report),
            Some(index) => {
                assert_gap(code, &report, "iam:GetAccountSummary", &["inconsistent"]);
                let name = numbers[index].0.to_lowercase();
                let told = list(&report, "gaps")
                    .iter()
                    .any(|gap| text(gap, "detail").to_lowercase().contains(&name));
                assert!(told, "no gap speaks of {name}: {:#}", report["gaps"]);
            }
        }
    }
}

#[test]
fn every_partition_is_scanned_under_its_own_name() {
    for (region, partition) in
        [("eu-west-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")]
    {
        let world = World::region(region);
        let (code, report) = world.census().with("AWS_REGION", region).scan(&[]);
        assert_complete(code, &report);
        for put in list(&world.put, "users").iter().chain(list(&world.put, "roles")) {
            assert!(text(put, "arn").starts_with(&format!("arn:{partition}:")), "moto makes {put}");
            identity(&report, &text(put, "arn"));
        }
        identity(&report, &format!("arn:{partition}:iam::123456789012:root"));
    }
}

#[test]
fn a_second_scan_finds_the_same_findings() {
    let world = World::company();
    let (_, first) = world.census().scan(&["--as-of", "2030-01-01"]);
    let (_, second) = world.census().scan(&["--as-of", "2030-01-01"]);
    assert_eq!(findings(&first), findings(&second));
    assert!(!findings(&first).is_empty(), "nothing to compare");
}
