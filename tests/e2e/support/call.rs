//! The requests that the proxy sees, and what is to happen to them.

use std::{collections::BTreeMap, time::Duration};

use hyper::header::{AUTHORIZATION, HeaderMap};
use serde_json::Value;

use super::{answers::Answer, details::between};

/// One request that came through.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// `iam:ListAccessKeys`.
    pub(crate) operation: String,
    /// The account that the credentials belong to; `caller` for those of the environment.
    pub(crate) account: String,
    /// The access key.
    pub(crate) key: String,
    /// The parameters of the request, where they are text.
    pub(crate) form: BTreeMap<String, String>,
}

impl Call {
    /// The service.
    pub(super) fn service(&self) -> &str {
        self.operation.split_once(':').map_or("", |(service, _)| service)
    }

    /// The operation without its service.
    pub(super) fn verb(&self) -> &str {
        self.operation.split_once(':').map_or("", |(_, verb)| verb)
    }

    /// The account of the role that the call assumes.
    pub(super) fn entered(&self) -> Option<&str> {
        self.form.get("RoleArn").and_then(|arn| arn.split(':').nth(4))
    }
}

/// What happens to a request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Permission denied.
    Denied,
    /// Too many calls: status 429 with `Retry-After`, or 400, which IAM itself sends.
    Throttled(u16),
    /// Status 500.
    Broken,
    /// The connection is reset.
    Reset,
    /// The answer ends in the middle, although `Content-Length` promised more.
    Truncated,
    /// The answer is whole as HTTP, but only half a document.
    Malformed,
    /// The answer comes late.
    Slow(Duration),
    /// This answer instead.
    Answer(Answer),
}

/// A fault for some requests.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    operation: String,
    account: Option<String>,
    parameter: Option<(String, String)>,
    fault: Fault,
    left: Option<usize>,
}

impl Rule {
    /// A fault for every call of an operation, `iam:ListAccessKeys`; `*` means every operation.
    pub(crate) fn new(operation: &str, fault: Fault) -> Self {
        Self { operation: operation.to_owned(), account: None, parameter: None, fault, left: None }
    }

    /// The operation that it is for.
    pub(crate) fn operation(&self) -> &str {
        &self.operation
    }

    /// Only for calls with credentials of this account, and for entering it.
    pub(crate) fn account(self, account: &str) -> Self {
        Self { account: Some(account.to_owned()), ..self }
    }

    /// Only for calls with this parameter.
    pub(crate) fn parameter(self, name: &str, value: &str) -> Self {
        Self { parameter: Some((name.to_owned(), value.to_owned())), ..self }
    }

    /// Only for the first calls.
    pub(crate) fn times(self, times: usize) -> Self {
        Self { left: Some(times), ..self }
    }

    /// Whether a call is meant.
    pub(super) fn applies(&self, call: &Call) -> bool {
        let fits = |account: &String| *account == call.account || Some(account.as_str()) == call.entered();
        (self.operation == "*" || self.operation == call.operation)
            && self.account.as_ref().is_none_or(fits)
            && self.parameter.as_ref().is_none_or(|(name, value)| call.form.get(name) == Some(value))
            && self.left != Some(0)
    }

    /// What happens to a call that is meant; counts down.
    pub(super) fn strike(&mut self) -> Fault {
        self.left = self.left.map(|left| left - 1);
        self.fault.clone()
    }
}

/// Access key and service, from `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn credential_scope(headers: &HeaderMap) -> (String, String) {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scope: Vec<&str> =
        between(authorization, "Credential=", ",").unwrap_or_default().split('/').collect();
    let part = |index: usize| scope.get(index).copied().unwrap_or_default().to_owned();
    (part(0), part(3))
}

/// What a request asks for, and with whose key.
pub(super) fn describe(headers: &HeaderMap, body: &[u8]) -> Call {
    let (key, service) = credential_scope(headers);
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let form: BTreeMap<String, String> = match target {
        Some(_) => {
            let parameters: serde_json::Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
            parameters
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
                .collect()
        }
        None => {
            let pairs = std::str::from_utf8(body).unwrap_or_default().split('&');
            pairs.filter_map(|pair| pair.split_once('=')).map(|(k, v)| (decode(k), decode(v))).collect()
        }
    };
    let operation = target
        .and_then(|target| target.rsplit('.').next())
        .or(form.get("Action").map(String::as_str))
        .unwrap_or("unknown");
    Call { operation: format!("{service}:{operation}"), account: String::new(), key, form }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
