//! First inputs: what the literate cases of the engine are about.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::Target;

/// Inputs by target.
pub type Inputs = BTreeMap<Target, BTreeSet<String>>;

#[derive(Deserialize)]
struct Chapter {
    defaults: Option<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    request: String,
    #[serde(default)]
    unknown: bool,
}

/// The repository's folder of fuzzing.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The first inputs of every target.
///
/// # Errors
/// Where the cases cannot be read.
pub fn all() -> io::Result<Inputs> {
    let mut inputs = Inputs::new();
    for entry in fs::read_dir(folder().join("../privilege/tests/cases/aws"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, error);
            let chapter: Chapter = toml::from_str(&fs::read_to_string(&path)?).map_err(invalid)?;
            let defaults: Map<String, Value> =
                serde_json::from_str(chapter.defaults.as_deref().unwrap_or("{}"))?;
            for case in &chapter.case {
                add(&mut inputs, request(&defaults, case)?);
            }
        }
    }
    Ok(inputs)
}

/// A case's request with its defaults, and lists of statements as documents.
fn request(defaults: &Map<String, Value>, case: &Case) -> io::Result<Map<String, Value>> {
    let mut request = defaults.clone();
    request.extend(serde_json::from_str::<Map<String, Value>>(&case.request)?);
    request.retain(|_, value| !value.is_null());
    for (name, value) in &mut request {
        match (name.as_str(), value) {
            ("identity_policies" | "boundaries" | "endpoint_policies", Value::Array(list)) => {
                list.iter_mut().for_each(whole);
            }
            ("scps" | "rcps", Value::Array(levels)) => {
                levels.iter_mut().filter_map(Value::as_array_mut).flatten().for_each(whole);
            }
            ("session_policy" | "resource_policy", value) => whole(value),
            _ => {}
        }
    }
    request.insert("context_complete".to_owned(), json!(!case.unknown));
    Ok(request)
}

fn whole(value: &mut Value) {
    if value.is_array() {
        *value = json!({ "Version": "2012-10-17", "Statement": value.take() });
    }
}

fn add(inputs: &mut Inputs, request: Map<String, Value>) {
    let line = Value::Object(request);
    let mut documents = Vec::new();
    collect(&line, &mut documents);
    let mut put = |target, text: String| _ = inputs.entry(target).or_default().insert(text);
    let caller =
        line.get("principal").and_then(Value::as_str).unwrap_or("arn:aws:iam::111122223333:user/alice");
    let resource = line.get("resource").and_then(Value::as_str).unwrap_or_default();
    let context = listed(line.get("context"));
    for document in documents {
        put(Target::Documents, document.to_string());
        let statements = match document.get("Statement") {
            Some(Value::Array(list)) => list.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        for statement in statements {
            for name in ["Principal", "NotPrincipal"] {
                if let Some(principal) = statement.get(name) {
                    let input = json!({ "caller": caller, "principal": principal });
                    put(Target::Principals, input.to_string());
                }
            }
            if let Some(condition) = statement.get("Condition") {
                let input = json!({
                    "version": document.get("Version"),
                    "condition": condition,
                    "context": context,
                    "complete": line.get("context_complete"),
                });
                put(Target::Conditions, input.to_string());
            }
            for name in ["Resource", "NotResource", "Action"] {
                for pattern in texts(statement.get(name)) {
                    put(Target::Patterns, format!("{pattern}\n{resource}\narn:aws:s3:::*\nalice"));
                }
            }
        }
    }
    put(Target::Simulate, line.to_string());
}

fn collect<'a>(value: &'a Value, documents: &mut Vec<&'a Value>) {
    match value {
        Value::Object(object) if object.contains_key("Statement") => documents.push(value),
        Value::Object(object) => object.values().for_each(|one| collect(one, documents)),
        Value::Array(list) => list.iter().for_each(|one| collect(one, documents)),
        _ => {}
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        other => other.and_then(Value::as_str).into_iter().collect(),
    }
}

/// A context whose keys all have lists of texts.
fn listed(context: Option<&Value>) -> BTreeMap<&String, Vec<String>> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let values = |value: &Value| match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => vec![text(one)],
    };
    let members = context.and_then(Value::as_object).into_iter().flatten();
    members.filter(|(_, value)| !value.is_null()).map(|(key, value)| (key, values(value))).collect()
}
