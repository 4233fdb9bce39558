//! `POST /$batch`.

use std::collections::{BTreeMap, HashSet};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::Call;
use crate::{
    http::{Answer, Content, Delivery, Place, Reply, Request},
    json::quote,
    page::join,
};

/// The most requests of one batch.
const MOST: usize = 20;

#[derive(Deserialize)]
struct Batch {
    requests: Vec<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

pub(super) fn answer(call: &Call<'_>) -> Reply {
    let batch: Batch =
        serde_json::from_slice(&call.request.body).map_err(|error| call.bad(&error.to_string()))?;
    if batch.requests.len() > MOST {
        return Err(call.bad("Number of batch request steps exceeds the maximum value of 20."));
    }
    let ids: HashSet<&str> = batch.requests.iter().map(|inner| inner.id.as_str()).collect();
    if ids.len() < batch.requests.len() {
        return Err(call.bad("The id of each batch request step must be unique."));
    }
    // Graph may answer in any order; the last first shows who relies on one.
    let answers: Vec<String> =
        batch.requests.iter().rev().filter_map(|inner| answer_inner(call, inner)).collect();
    let mut body = String::from(r#"{"responses":["#);
    join(&mut body, &answers);
    body.push_str("]}");
    Ok(Answer::json(200, body))
}

/// The answer as it stands in the batch's; none where the fault is that there is none.
fn answer_inner(call: &Call<'_>, inner: &Inner) -> Option<String> {
    let url = inner.url.trim_start_matches('/');
    let target = format!("/{}/{url}", call.version.name());
    let mut request = Request::new(call.request.host.clone(), &inner.method, &target, Place::Inner);
    request.headers =
        inner.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    let token = call.request.header("authorization").unwrap_or_default();
    request.headers.push(("authorization".to_owned(), token.to_owned()));
    let answer = call.context.state.answer(&request);
    (answer.delivery != Delivery::Reset).then(|| shown(&inner.id, &answer))
}

fn shown(id: &str, answer: &Answer) -> String {
    let is_json = answer.content == Content::Json
        && serde_json::from_str::<serde::de::IgnoredAny>(&answer.body).is_ok();
    // What is no JSON travels as Base64.
    let (kind, body) = if is_json {
        ("application/json", answer.body.clone())
    } else {
        ("text/html", quote(&STANDARD.encode(&answer.body)))
    };
    let retry = answer.headers.iter().find(|(name, _)| *name == "retry-after");
    let retry = retry.map(|(_, value)| format!(r#","Retry-After":{}"#, quote(value))).unwrap_or_default();
    format!(
        r#"{{"id":{},"status":{},"headers":{{"Content-Type":"{kind}"{retry}}},"body":{body}}}"#,
        quote(id),
        answer.status
    )
}
