//! What fuzzing found and the engine does not do yet. A test here that no longer panics loses its attribute, and its promise
//! moves to where it belongs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that stops says why")]

use census_privilege::{
    aws::{
        condition::Test,
        context::{Context, Rest},
        document::{Document, Version},
        pattern::{Pattern, Wildcards},
        simulate::{Reply, Simulator},
    },
    truth::Truth,
};
use serde_json::json;

/// A member that no request has changes nothing, and is noted. Today the line is refused: a flattened map cannot borrow raw
/// values. Belongs to the target `simulate`.
#[test]
#[should_panic(expected = "refused")]
fn a_member_of_no_request_is_noted() {
    let line = r#"{"principal":{"type":"Anonymous"},"action":"a:b","resource":"*","note":1}"#;
    let mut simulator = Simulator::default();
    if let Reply::Error { error } = simulator.answer(line).reply {
        panic!("refused: {error}");
    }
    assert_eq!(simulator.take_notes(), ["note"]);
}

/// Every key that leaves the decision open is named, however many statements there are. Today the first three statements
/// alone are looked at. Belongs to the law `order_says_nothing_in_reasons`.
#[test]
#[should_panic(expected = "x:d")]
fn every_open_key_is_named() {
    let statements: Vec<_> = ["x:a", "x:b", "x:c", "x:d"]
        .map(|key| json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": { "Bool": { key: "true" } } }))
        .into();
    let line = json!({
        "principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
        "context_complete": false, "identity_policies": [{ "Statement": statements }],
    });
    let Reply::Decided { open, .. } = Simulator::default().answer(&line.to_string()).reply else { return };
    assert!(open.contains("x:d"), "x:d is not among {open:?}");
}

/// What is certain while a variable's value is unknown is so with every value. Today a value with colons adds parts to an
/// ARN's pattern, which an unknown value never does. Belongs to the target `conditions`.
#[test]
#[should_panic(expected = "became Yes")]
fn a_variable_of_several_parts_is_unknown_too() {
    let pattern = Pattern::new("arn:aws:sns:r:${x:y}", Wildcards::Expanded, Version::V2012);
    let arn = "arn:aws:sns:r:111122223333:topic";
    let mut known = Context::new(Rest::Unknown);
    known.set("x:y", ["111122223333:topic"]);
    let (open, closed) =
        (pattern.matches_arn(arn, &Context::new(Rest::Unknown)), pattern.matches_arn(arn, &known));
    assert!(open == Truth::Maybe || open == closed, "a certain {open:?} became {closed:?}");
}

/// Knowing more never unsettles. Today a test that holds for every one value and for none counts as certain, and becomes
/// open once the request is known to carry two values. Belongs to the target `conditions`.
#[test]
#[should_panic(expected = "became Maybe")]
fn several_values_without_a_quantifier_are_unknown_too() {
    let policy =
        r#"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"StringLikeIfExists":{"x:y":"*"}}}}"#;
    let document = Document::parse(policy).unwrap();
    let test = Test::compile(&document.statements[0].condition[0], document.version).unwrap();
    let mut known = Context::new(Rest::Unknown);
    known.set("x:y", ["a", "b"]);
    let (open, closed) = (test.holds(&Context::new(Rest::Unknown)), test.holds(&known));
    assert!(open == Truth::Maybe || open == closed, "a certain {open:?} became {closed:?}");
}

/// The same for a value of another type. Today `true` or `false` counts as all that a key may hold.
#[test]
#[should_panic(expected = "became No")]
fn a_value_that_is_no_truth_is_unknown_too() {
    let policy =
        r#"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"BoolIfExists":{"x:y":[true,false]}}}}"#;
    let document = Document::parse(policy).unwrap();
    let test = Test::compile(&document.statements[0].condition[0], document.version).unwrap();
    let mut known = Context::new(Rest::Unknown);
    known.set("x:y", ["perhaps"]);
    let (open, closed) = (test.holds(&Context::new(Rest::Unknown)), test.holds(&known));
    assert!(open == Truth::Maybe || open == closed, "a certain {open:?} became {closed:?}");
}

/// One more denial never widens. Today what stays open for want of a documented reading (two values without a quantifier)
/// counts as denied, but as conditional once any other statement is open. Belongs to the laws.
#[test]
#[should_panic(expected = "became Conditional")]
fn a_denial_never_widens_a_simulated_decision() {
    let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"x:m":"a"}}}"#;
    let deny = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"x:u":"true"}}}"#;
    let decide = |statements: &str| {
        let line = format!(
            r#"{{"principal":"arn:aws:iam::111122223333:user/alice","action":"s3:GetObject","resource":"arn:aws:s3:::b/k",
            "context":{{"x:m":["a","b"]}},"context_complete":false,"identity_policies":[{{"Statement":[{statements}]}}]}}"#
        );
        match Simulator::default().answer(&line).reply {
            Reply::Decided { decision, .. } => format!("{decision:?}"),
            Reply::Error { error } => error,
        }
    };
    let (before, after) = (decide(allow), decide(&format!("{allow},{deny}")));
    assert!(before != "Denied" || after == "Denied", "{before} became {after}");
}
