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
    let mut roles = ["backup", "payments-api", "mailer", "tagged"].map(|name| role(name, &service));
    let tag = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    roles[3]["Tags"] =
        json!([tag("owner", "Karla"), tag("team", "Heinz"), tag("mail", "rené@example.xn--p1ai")]);
    census.file("export/authorization-details.json", details(&[user("ada@example.com")], &roles).to_string());
    census.file(
        "registry.csv",
        "identity,business_owner,technical_steward,backup\n\
         role/backup,Ada Lovelace <ada@example.com>,backup,Grace Hopper\n\
         arn:aws:iam::*:role/backup,ada@example.com,backup,Grace Hopper\n\
         arn:aws:iam::*:role/payments-*,team:payments,,ada@example.com\n\
         arn:aws:iam::*:role/mailer,Zora,王伟,high\n",
    );
    census.file("people.csv", "mail,name,status\nada@example.com,Ada Lovelace,active\n");
    census.file("census.toml", DIRECTORY);
    census.file("log.jsonl", LOG);
    census
}

const DIRECTORY: &str = "[[sources.directory]]\nfile = \"people.csv\"\n\
                         columns = { mail = \"mail\", name = \"name\", status = \"status\" }\n";

/// A word about somebody who bore the name before, which does not count.
const LOG: &str = concat!(
    r#"{"schema":"census.attestation/1","identity":"arn:aws:iam::111122223333:role/mailer","immutable_id":"AROAOLD","#,
    r#""attests":"business-ownership","decision":"keep","by":"Petra Predecessor","at":"2026-05-01T00:00:00Z","#,
    r#""comment":null,"ticket":null,"signature":null}"#,
    "\n"
);

const SCAN: [&str; 9] = [
    "scan",
    "--from",
    "export",
    "--registry",
    "registry.csv",
    "--attestations",
    "log.jsonl",
    "--as-of",
    AS_OF,
];

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
    assert!(plain["findings"].as_array().unwrap().iter().any(|one| one["rule"] == "owner-invalid"));
    let redacted = scan(&census, "redacted", &["--redact-people"]);
    for (name, bytes) in files(&census.work().join("redacted")) {
        let text = String::from_utf8(bytes).unwrap();
        for person in [
            "ada@example.com",
            "Ada",
            "Lovelace",
            "Grace",
            "Hopper",
            "Zora",
            "王伟",
            "Karla",
            "Heinz",
            "xn--p1ai",
            "Petra",
        ] {
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
        census.file("named.toml", "[people]\nredact = true\nsecret_file = \"secret\"\n");
        scan(&census, folder, &["--config", "named.toml"])["identities"].clone()
    };
    let (one, other) = (owner("one", "0123456789abcdef\n"), owner("other", "fedcba9876543210\n"));
    assert_ne!(one, other);
    assert_eq!(one, owner("same", "0123456789abcdef"));
    census.file("secret", "short");
    let mut arguments = SCAN.to_vec();
    arguments.extend(["--config", "named.toml"]);
    let run = census.expect(2, &arguments);
    assert!(run.stderr.contains("16 characters"), "{}", run.stderr);
    census.expect(2, &["owners", "--from", "export", "--suggest", "stub.yaml", "--redact-people"]);
}
