//! The simulator's format: what a line may have in it, and what is said of the rest.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that stops says why")]

use census_privilege::aws::simulate::Simulator;
use serde_json::{Value, json};

fn request() -> Value {
    json!({
        "id": 1, "principal": "arn:aws:iam::111122223333:user/a", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
        "identity_policies": [{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } }]
    })
}

fn answer(simulator: &mut Simulator, line: &Value) -> Value {
    serde_json::to_value(simulator.answer(&line.to_string())).unwrap()
}

#[test]
fn unknown_members_change_no_answer_and_are_named_in_order() {
    let mut simulator = Simulator::default();
    let plain = answer(&mut simulator, &request());
    assert_eq!(plain["decision"], "allowed");
    assert!(simulator.take_notes().is_empty());
    let mut noted = request();
    for (name, value) in
        [("z", json!({ "deep": [1, null] })), ("expect", json!("allowed")), ("boundary", json!(0.5))]
    {
        noted[name] = value;
    }
    assert_eq!(answer(&mut simulator, &noted), plain);
    assert_eq!(answer(&mut simulator, &noted), plain);
    assert_eq!(Vec::from_iter(simulator.take_notes()), ["boundary", "expect", "z"]);
    assert!(simulator.take_notes().is_empty());
}

#[test]
fn unknown_members_are_named_whatever_becomes_of_the_line() {
    let mut simulator = Simulator::default();
    let mut bad = request();
    bad["principal"] = json!("nobody");
    bad["note"] = json!(true);
    assert!(answer(&mut simulator, &bad)["error"].is_string());
    assert_eq!(Vec::from_iter(simulator.take_notes()), ["note"]);
}

#[test]
fn errors_point_into_the_line_and_keep_its_id() {
    let answer = serde_json::to_value(Simulator::default().answer(r#"{"id": "x", "principal": 5}"#)).unwrap();
    assert_eq!(answer["id"], "x");
    let error = answer["error"].as_str().unwrap();
    assert!(error.contains("at column ") && !error.contains("at line"), "{error}");
}

#[test]
fn every_open_key_is_named_however_many_statements_there_are() {
    let keys: Vec<String> = (0..20).map(|number| format!("x:k{number:02}")).collect();
    let statements: Vec<_> = keys
        .iter()
        .map(|key| json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": { "Bool": { key: "true" } } }))
        .collect();
    let line = json!({
        "principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
        "context_complete": false, "identity_policies": [{ "Statement": statements }],
    });
    let answer = serde_json::to_value(Simulator::default().answer(&line.to_string())).unwrap();
    assert_eq!(answer["open"], json!(keys));
}

#[test]
fn what_aws_does_not_document_is_open_and_with_a_complete_context_denied() {
    let decide = |complete: bool| {
        let line = json!({
            "principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
            "resource": "arn:aws:s3:::b/k", "context": { "x:m": ["a", "b"] }, "context_complete": complete,
            "identity_policies": [{ "Statement": [{
                "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": { "StringEquals": { "x:m": "a" } },
            }] }],
        });
        let answer = serde_json::to_value(Simulator::default().answer(&line.to_string())).unwrap();
        (answer["decision"].clone(), answer["denied_by"].clone())
    };
    assert_eq!(decide(true), (json!("denied"), json!("implicit")));
    assert_eq!(decide(false), (json!("conditional"), json!(null)));
}
