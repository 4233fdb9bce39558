//! The literate cases of `cases/aws`: what AWS documents of its policy language, and whether the engine agrees.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod literate;

use census_privilege::aws::simulate::Simulator;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::literate::{Run, Told};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    source: Option<String>,
    defaults: Option<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    why: String,
    source: Option<String>,
    request: String,
    expect: String,
    says: Option<String>,
    #[serde(default)]
    unknown: bool,
    #[serde(default)]
    open: Vec<String>,
}

/// The least number of cases; fewer means that some were lost.
const LEAST: usize = 400;

#[test]
fn every_case_comes_out_as_aws_documents() {
    let mut simulator = Simulator::default();
    let mut all = Run::new("https://docs.aws.amazon.com/");
    for (shown, text) in literate::chapters("aws") {
        let chapter: Chapter = literate::read(&shown, &text);
        let defaults = chapter.defaults.as_deref().map_or_else(Map::new, |text| object(&shown, text));
        for case in &chapter.case {
            let told = Told {
                name: &case.name,
                why: &case.why,
                source: case.source.as_ref().or(chapter.source.as_ref()),
            };
            all.case(&shown, &told, |place| {
                let request = request(place, &defaults, case);
                run(&mut simulator, &request, case).map_err(|problem| format!("{problem}\n    {request}"))
            });
        }
    }
    all.end(LEAST);
}

fn object(place: &str, text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{place}: {e}: {text}"))
}

/// The request with its defaults, and lists of statements as documents.
fn request(place: &str, defaults: &Map<String, Value>, case: &Case) -> Value {
    let mut request = defaults.clone();
    request.extend(object(place, &case.request));
    request.retain(|_, value| !value.is_null());
    for (name, value) in &mut request {
        match (name.as_str(), value) {
            ("identity_policies" | "boundaries" | "endpoint_policies", Value::Array(list)) => {
                list.iter_mut().for_each(document);
            }
            ("scps" | "rcps", Value::Array(levels)) => {
                levels.iter_mut().filter_map(Value::as_array_mut).flatten().for_each(document);
            }
            ("session_policy" | "resource_policy", value) => document(value),
            _ => {}
        }
    }
    request.insert("id".to_owned(), json!(case.name));
    request.insert("context_complete".to_owned(), json!(!case.unknown));
    Value::Object(request)
}

fn document(value: &mut Value) {
    if value.is_array() {
        *value = json!({ "Version": "2012-10-17", "Statement": value.take() });
    }
}

fn run(simulator: &mut Simulator, request: &Value, case: &Case) -> Result<(), String> {
    let answer = simulator.answer(&request.to_string());
    let answer = serde_json::to_value(&answer).unwrap();
    assert_eq!(answer["id"], json!(case.name));
    let got = match (&answer["error"], &answer["decision"], &answer["denied_by"]) {
        (Value::String(error), ..) => {
            let said = case.says.as_deref().unwrap_or_default();
            if case.expect == "error" && !error.contains(said) {
                return Err(format!("the error does not say `{said}`: {error}"));
            }
            "error"
        }
        (_, Value::String(decision), Value::Null) => decision,
        (_, _, Value::String(denied_by)) => denied_by,
        _ => panic!("{answer}"),
    };
    if got != case.expect {
        return Err(format!("expected {}, got {got}: {answer}", case.expect));
    }
    let open: BTreeSet<&str> =
        answer["open"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let wanted: BTreeSet<String> = case.open.iter().map(|key| key.to_ascii_lowercase()).collect();
    if open != wanted.iter().map(String::as_str).collect() {
        return Err(format!("expected {wanted:?} to stay open, got {open:?}"));
    }
    Ok(())
}
