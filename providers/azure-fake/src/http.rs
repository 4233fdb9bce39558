//! A request and its answer, apart from how they travel.

use percent_encoding::percent_decode_str;

use crate::{cloud::Host, json::quote};

/// A request to one of the hosts.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) host: Host,
    pub(crate) method: String,
    /// As it was sent.
    pub(crate) path: String,
    /// The path's parts, decoded.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Query,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) place: Place,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On the wire.
    Outer,
    /// In a batch.
    Inner,
}

impl Request {
    pub(crate) fn new(host: Host, method: &str, target: &str, place: Place) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            host,
            method: method.to_owned(),
            path: path.to_owned(),
            segments: path.split('/').filter(|part| !part.is_empty()).map(decode).collect(),
            query: Query::parse(query),
            headers: Vec::new(),
            body: Vec::new(),
            place,
        }
    }

    pub(crate) fn is_inner(&self) -> bool {
        self.place == Place::Inner
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The path's parts, to be matched.
    pub(crate) fn parts(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }
}

/// A query as it was sent: pairs of name and value, still encoded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    /// The decoded value of a name, whose case does not matter.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(key, _)| decode(key).eq_ignore_ascii_case(name))
            .map(|(_, value)| decode(&value.replace('+', " ")))
    }

    /// The decoded names.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(name, _)| decode(name))
    }

    /// The same query with another value of a name.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let mut text: String = self
            .0
            .iter()
            .filter(|(key, _)| !decode(key).eq_ignore_ascii_case(name))
            .map(|(key, value)| format!("{key}={value}&"))
            .collect();
        text.push_str(name);
        text.push('=');
        text.push_str(value);
        text
    }

    /// The query as it was sent.
    pub(crate) fn sent(&self) -> String {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }

    pub(crate) fn decoded(&self) -> String {
        decode(&self.sent().replace('+', " "))
    }
}

pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
    pub(crate) body: String,
    pub(crate) delivery: Delivery,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Json,
    Html,
}

/// How an answer reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    /// Its head and half its body.
    Cut,
    /// Not at all.
    Reset,
}

/// An answer, or the refusal that takes its place.
pub(crate) type Reply = Result<Answer, Box<Answer>>;

impl Answer {
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content: Content::Json,
            body: body.into(),
            delivery: Delivery::Whole,
        }
    }

    /// The error envelope that ARM and Key Vault share.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let (code, message) = (quote(code), quote(message));
        Self::json(status, format!(r#"{{"error":{{"code":{code},"message":{message}}}}}"#))
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn html(status: u16) -> Self {
        let text = "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h2>Our \
                    services aren't available right now</h2></body></html>";
        Self { content: Content::Html, ..Self::json(status, text) }
    }
}
