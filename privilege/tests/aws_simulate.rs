//! The simulator's format: what a line may have in it, and what is said of the rest.
#![allow(clippy::unwrap_used, reason = "a test that stops says why")]

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
