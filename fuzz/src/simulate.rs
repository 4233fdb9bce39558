//! Lines of the simulator: one line of JSON answers each, the same whatever was asked before.

use census_privilege::aws::simulate::{Reply, Simulator, Verdict};
use serde_json::Value;

pub(crate) fn run(line: &str) {
    let mut simulator = Simulator::default();
    let answer = simulator.answer(line);
    let text = serde_json::to_string(&answer).unwrap_or_else(|error| panic!("no JSON: {error}"));
    assert!(!text.contains(['\n', '\r']), "an answer is one line: {text}");
    let shown: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert!(shown.get("id").is_some(), "an answer says to what: {text}");
    assert_eq!(answer, simulator.answer(line), "what is compiled already decides the same");
    let request: Option<Value> = serde_json::from_str(line).ok();
    match &answer.reply {
        Reply::Error { error } => assert!(!error.is_empty(), "an error says why"),
        Reply::Decided { decision, denied_by, open, because } => {
            let request = request.unwrap_or_else(|| panic!("what is no JSON is decided: {text}"));
            assert_eq!(shown.get("id"), Some(request.get("id").unwrap_or(&Value::Null)), "the request's id");
            assert_eq!(*decision == Verdict::Denied, denied_by.is_some(), "a denial has its reason: {text}");
            assert!(
                *decision == Verdict::Conditional || open.is_empty(),
                "what is decided is not open: {text}"
            );
            let complete = request.get("context_complete") != Some(&Value::Bool(false));
            assert!(!complete || *decision != Verdict::Conditional, "nothing is unknown: {text}");
            assert!(because.iter().all(|one| !one.policy.is_empty() && !one.says.is_empty()), "{text}");
        }
    }
}
