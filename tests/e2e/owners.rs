//! `census owners` and `census registry`, with what other programs keep about owners.

use serde_json::{Value, json};

use crate::support::{
    census::Census,
    export::{AS_OF, details, role, user},
};

const CONFIG: &str = r#"
[registry]
files = ["registry.yaml"]
[[sources.servicenow]]
files = ["cmdb.csv"]
[[sources.backstage]]
files = ["catalog"]
[[sources.directory]]
file = "people.csv"
columns = { mail = "mail", name = "name", status = "status", termination_date = "last day" }
"#;

/// Five roles: one registered and reviewed, one overdue, one whose owner left, one of a catalogue, one of nobody.
fn company() -> Census {
    let census = Census::offline();
    let service = json!({ "Service": "lambda.amazonaws.com" });
    let roles = ["reviewed", "late", "orphan", "catalogued", "stray"].map(|name| role(name, &service));
    census.file("export/authorization-details.json", details(&[user("ci")], &roles).to_string());
    census.file("census.toml", CONFIG);
    census.file(
        "registry.yaml",
        "- identity: \"arn:aws:iam::*:role/reviewed\"\n  business_owner: ada@example.com\n  \
         last_business_attestation: 2026-05-01\n  last_technical_attestation: 2026-05-01\n\
         - identity: \"arn:aws:iam::*:role/orphan\"\n  business_owner: bob@example.com\n",
    );
    census.file(
        "cmdb.csv",
        "\"name\",\"object_id\",\"owned_by\",\"operational_status\"\n\
         \"late\",\"arn:aws:iam::111122223333:role/late\",\"Ada Lovelace\",\"1\"\n",
    );
    census.file(
        "catalog/late/catalog-info.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: catalogued\n  annotations:\n    \
         amazonaws.com/arn: arn:aws:iam::111122223333:role/catalogued\nspec:\n  type: service\n  lifecycle: \
         production\n  owner: payments\n",
    );
    census.file(
        "people.csv",
        "mail,name,status,last day\nada@example.com,Ada Lovelace,active,\nbob@example.com,Bob,terminated,2026-03-31\n",
    );
    census
}

/// The names of the identities that a question lists.
fn listed(census: &Census, question: &[&str]) -> Vec<String> {
    let mut arguments = vec!["owners", "--from", "export", "--as-of", AS_OF, "--config", "census.toml"];
    arguments.extend(["--format", "json"]);
    arguments.extend(question);
    let report: Value = census.expect(0, &arguments).json();
    let names = report["identities"].as_array().unwrap().iter();
    names.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_source_speaks_and_filters_choose() {
    let census = company();
    for (question, names) in [
        (&["--status", "registered"][..], &["late", "reviewed"][..]),
        (&["--status", "departed"], &["orphan"]),
        (&["--status", "inferred,departed"], &["catalogued", "orphan"]),
        (&["--state", "active"], &["reviewed"]),
        (&["--state", "overdue,active", "--owner", "ADA"], &["late", "reviewed"]),
        (&["--owner", "payments"], &["catalogued"]),
        (&["--unowned", "--scope", "111122223333"], &["stray"]),
        (&["--unowned", "--scope", "999999999999"], &[]),
    ] {
        let mut found = listed(&census, question);
        found.sort();
        assert_eq!(found, names, "{question:?}");
    }
    let wrong = ["owners", "--from", "export", "--status", "lost"];
    assert!(census.expect(2, &wrong).stderr.contains("possible values"));
    census.expect(2, &["owners", "--from", "export", "--unowned", "--status", "departed"]);
}

#[test]
fn a_registry_is_checked_with_all_its_sources() {
    let census = company();
    let check = ["registry", "--config", "census.toml"];
    let run = census.expect(0, &check);
    let text = run.text();
    for part in ["registry.yaml  registry: 2 taken", "cmdb.csv  servicenow: 1 taken", "2 people"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // The same twice is no mistake; another owner is one.
    census.file("twice.csv", "identity,business_owner\narn:aws:iam::*:role/reviewed,ada@example.com\n");
    census.expect(
        0,
        &["registry", "--config", "census.toml", "--registry", "registry.yaml", "--registry", "twice.csv"],
    );
    census.file("other.csv", "identity,business_owner\narn:aws:iam::*:role/reviewed,eve@example.com\n");
    let mut arguments = check.to_vec();
    arguments.extend(["--registry", "registry.yaml", "--registry", "other.csv", "--format", "json"]);
    let report: Value = census.expect(1, &arguments).json();
    assert_eq!(report["clashes"][0]["kind"], "contradiction", "{report}");
    assert_eq!(report["clashes"][0]["entries"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_wrong_in_a_source_is_told_with_its_place_and_nothing_is_taken() {
    let census = company();
    census.file("people.csv", "mail,name,status,last day\nada@example.com,Ada,terminated,03/04/2026\n");
    for command in [
        &["registry", "--config", "census.toml"][..],
        &["owners", "--from", "export", "--config", "census.toml"],
    ] {
        let run = census.expect(2, command);
        assert!(run.stdout.is_empty());
        for part in ["people.csv", "line 2", "last day", "ambiguous"] {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
    }
    census.file("people.csv", "mail,name,status,last day\n");
    census.file("catalog/late/catalog-info.yaml", "kind: [\n");
    assert!(census.expect(2, &["registry", "--config", "census.toml"]).stderr.contains("catalog-info.yaml"));
    census.expect(2, &["registry"]);
}
