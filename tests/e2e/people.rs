//! `--redact-people`: what is handed on names nobody, and says the same.

use std::fs;

use serde_json::{Value, json};

use crate::support::{
    census::{Census, files},
    export::{AS_OF, details, role, user},
};

/// Two roles of a person and a team, whose names also occur where nobody is meant.
fn company() -> Census {
    let census = Census::offline();
    let service = json!({ "Service": "lambda.amazonaws.com" });
    census.file(
        "export/authorization-details.json",
        details(&[user("ada@example.com")], &[role("backup", &service), role("payments-api", &service)])
            .to_string(),
    );
    census.file(
        "registry.csv",
        "identity,business_owner,technical_steward,backup\n\
         role/backup,Ada Lovelace <ada@example.com>,backup,Grace Hopper\n\
         arn:aws:iam::*:role/backup,ada@example.com,backup,Grace Hopper\n\
         arn:aws:iam::*:role/payments-*,team:payments,,ada@example.com\n",
    );
    census
}

const SCAN: [&str; 7] = ["scan", "--from", "export", "--registry", "registry.csv", "--as-of", AS_OF];

fn report(census: &Census, folder: &str) -> Value {
    serde_json::from_slice(&fs::read(census.work().join(folder).join("report.json")).unwrap()).unwrap()
}

fn scan(census: &Census, folder: &str, more: &[&str]) -> Value {
    let mut arguments = SCAN.to_vec();
    arguments.extend(["--output", folder]);
    arguments.extend(more);
    census.expect(0, &arguments);
    report(census, folder)
}

#[test]
fn reports_name_nobody_and_say_the_same() {
    let census = company();
    let plain = scan(&census, "plain", &[]);
    let redacted = scan(&census, "redacted", &["--redact-people"]);
    for (name, bytes) in files(&census.work().join("redacted")) {
        let text = String::from_utf8(bytes).unwrap();
        for person in ["ada@example.com", "Ada", "Lovelace", "Grace", "Hopper"] {
            assert!(!text.contains(person), "{name} names {person}");
        }
        assert!(text.contains("team:payments") || !name.contains("owners"), "{name}: teams stay");
    }
    let statuses = |report: &Value| -> Vec<Value> {
        let owners = report["identities"].as_array().unwrap().iter();
        owners
            .map(|one| json!([one["owner"]["status"], one["reach"]["level"], one["immutable_id"]]))
            .collect()
    };
    assert_eq!(statuses(&plain), statuses(&redacted));
    let fingerprints = |report: &Value| -> Vec<Value> {
        let mut all: Vec<Value> =
            report["findings"].as_array().unwrap().iter().map(|one| one["fingerprint"].clone()).collect();
        all.sort_by_key(Value::to_string);
        all
    };
    assert_eq!(fingerprints(&plain), fingerprints(&redacted));
    let again = scan(&census, "again", &["--redact-people"]);
    assert_eq!(redacted["identities"], again["identities"], "pseudonyms stay");
}

#[test]
fn the_secret_decides_the_pseudonyms_and_a_short_one_is_refused() {
    let census = company();
    let owner = |folder: &str, secret: &str| {
        census.file("secret", secret);
        census.file("census.toml", "[people]\nredact = true\nsecret_file = \"secret\"\n");
        scan(&census, folder, &["--config", "census.toml"])["identities"].clone()
    };
    let (one, other) = (owner("one", "0123456789abcdef\n"), owner("other", "fedcba9876543210\n"));
    assert_ne!(one, other);
    assert_eq!(one, owner("same", "0123456789abcdef"));
    census.file("secret", "short");
    let mut arguments = SCAN.to_vec();
    arguments.extend(["--config", "census.toml"]);
    let run = census.expect(2, &arguments);
    assert!(run.stderr.contains("16 characters"), "{}", run.stderr);
    census.expect(2, &["owners", "--from", "export", "--suggest", "stub.yaml", "--redact-people"]);
}
