//! Policy documents: their syntax, without any judgement of what they allow.

use std::borrow::Cow;

pub use census_model::StatementEffect;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    json,
    operator::{Comparison, Operator},
};

/// The largest policy text that is parsed, in bytes. The largest quotas of AWS are 32 KB for a key policy, 30 KB for a
/// topic's and 20 KB for a bucket's; URL-encoding can triple that. What pattern matching costs at most grows with it.
pub const MAX_POLICY_BYTES: usize = 128 << 10;

/// Why a text is no policy document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct DocumentError {
    /// Where: `Statement[2].Effect`.
    pub place: String,
    /// The label of the statement, where the document itself parses: it can be found in whatever order the statements
    /// are stored.
    pub statement: Option<String>,
    /// What is wrong there.
    pub problem: String,
}

impl DocumentError {
    /// Where it is, for a reader who does not see the text as it is stored: the element and the statement's label, or
    /// the place in a text that does not parse.
    pub fn whereabouts(&self) -> String {
        match (&self.statement, self.place.rsplit('.').next()) {
            (Some(label), Some(element)) => format!("{element} of statement `{label}`"),
            _ => self.place.clone(),
        }
    }
}

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// `2012-10-17` or `2008-10-17`; AWS takes an absent version for the older one.
    pub version: Version,
    /// The statements, in order.
    pub statements: Vec<Statement>,
}

/// Version of the policy language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// `2008-10-17`: no policy variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// An element that has a `Not` form: `Action`/`NotAction`, `Resource`/`NotResource`, `Principal`/`NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element<T> {
    /// What is listed.
    Only(Vec<T>),
    /// Everything but what is listed.
    AllBut(Vec<T>),
}

impl<T> Element<T> {
    /// The same element of other things.
    pub fn map<U>(&self, list: impl FnOnce(&Vec<T>) -> Vec<U>) -> Element<U> {
        match self {
            Self::Only(items) => Element::Only(list(items)),
            Self::AllBut(items) => Element::AllBut(list(items)),
        }
    }
}

/// One entry of `Principal`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrincipalEntry {
    /// Under which key it stands.
    pub kind: PrincipalKey,
    /// The value as written.
    pub value: String,
}

/// The keys of `Principal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrincipalKey {
    /// `"*"` without a key.
    Star,
    /// `AWS`.
    Aws,
    /// `Service`.
    Service,
    /// `Federated`.
    Federated,
    /// `CanonicalUser` (S3).
    CanonicalUser,
}

/// One test of a `Condition`: an operator applied to one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The operator.
    pub operator: Operator,
    /// The context key as written. Keys compare without case.
    pub key: String,
    /// The values; any of them satisfies a positive operator, none of them a negated one.
    pub values: Vec<String>,
}

impl Test {
    /// Whether the test is about this key.
    pub fn is_about(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }

    /// Whether the test holds when the request does not carry the key at all. `Null` asks for just that.
    pub fn holds_when_absent(&self) -> bool {
        match self.operator.comparison {
            Comparison::Null => self.values.iter().any(|value| value.eq_ignore_ascii_case("true")),
            _ => self.operator.holds_when_absent(),
        }
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `Sid`.
    pub sid: Option<String>,
    /// The `Sid`, else `#` and a digest of the statement: unlike its position, it stays the same when statements
    /// before it come and go.
    pub label: String,
    /// `Effect`.
    pub effect: StatementEffect,
    /// `Principal` or `NotPrincipal`; absent in identity policies.
    pub principal: Option<Element<PrincipalEntry>>,
    /// `Action` or `NotAction`.
    pub action: Element<String>,
    /// `Resource` or `NotResource`; absent in trust policies.
    pub resource: Option<Element<String>>,
    /// All of these must hold.
    pub condition: Vec<Test>,
    /// The `Condition` element as canonical JSON; `None` when absent or empty.
    pub condition_text: Option<String>,
}

/// Decodes the URL encoding (RFC 3986) in which the IAM API sends documents; plain text stays as it is, and so does
/// what does not decode to UTF-8. A JSON document can never begin with `%`, an encoded one always does.
pub fn decode(text: &str) -> Cow<'_, str> {
    if text.trim_start().starts_with('%') {
        percent_decode_str(text.trim()).decode_utf8().unwrap_or(Cow::Borrowed(text))
    } else {
        Cow::Borrowed(text)
    }
}

impl Document {
    /// Parses a document, URL-encoded or plain.
    ///
    /// # Errors
    /// When AWS would refuse the text: broken JSON, a key twice, a missing or misspelt element, a wrong type.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        Self::from_value(&parse_json(text)?)
    }

    /// Parses a document and also gives its canonical text: no insignificant space, keys and statements sorted, also in
    /// the document. The order of statements means nothing, so two texts that differ in it alone are one policy.
    ///
    /// # Errors
    /// As [`Document::parse`].
    pub fn parse_canonical(text: &str) -> Result<(Self, String), DocumentError> {
        let mut value = parse_json(text)?;
        let mut document = Self::from_value(&value)?;
        if let Some(Value::Array(written)) = value.get_mut("Statement") {
            let mut both: Vec<_> = std::mem::take(written).into_iter().zip(document.statements).collect();
            both.sort_by_cached_key(|(value, _)| json::canonical(value));
            (*written, document.statements) = both.into_iter().unzip();
        }
        Ok((document, json::canonical(&value)))
    }

    /// Reads a document that is already JSON.
    ///
    /// # Errors
    /// As [`Document::parse`].
    pub fn from_value(value: &Value) -> Result<Self, DocumentError> {
        let object = as_object("document", value)?;
        known_keys("document", object, &["Version", "Id", "Statement"])?;
        let version = match object.get("Version") {
            None => Version::V2008,
            Some(Value::String(s)) if s == "2012-10-17" => Version::V2012,
            Some(Value::String(s)) if s == "2008-10-17" => Version::V2008,
            Some(other) => {
                return Err(error("Version", format!("{other} is not a version of the policy language")));
            }
        };
        let statements = match object.get("Statement") {
            None => return Err(error("Statement", "is missing")),
            Some(Value::Array(list)) => list
                .iter()
                .enumerate()
                .map(|(i, one)| statement(&format!("Statement[{i}]"), one))
                .collect::<Result<_, _>>()?,
            Some(one) => vec![statement("Statement", one)?],
        };
        Ok(Self { version, statements })
    }
}

fn parse_json(text: &str) -> Result<Value, DocumentError> {
    if text.len() > MAX_POLICY_BYTES {
        return Err(error("document", format!("{} bytes, more than any policy may have", text.len())));
    }
    json::parse(&decode(text)).map_err(|e| error("document", format!("not JSON: {e}")))
}

fn statement(place: &str, value: &Value) -> Result<Statement, DocumentError> {
    let object = as_object(place, value)?;
    known_keys(
        place,
        object,
        &[
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ],
    )?;
    let effect = match object.get("Effect").and_then(Value::as_str) {
        Some("Allow") => StatementEffect::Allow,
        Some("Deny") => StatementEffect::Deny,
        _ => return Err(error(&format!("{place}.Effect"), "must be `Allow` or `Deny`")),
    };
    let sid = match object.get("Sid") {
        None => None,
        Some(Value::String(s)) => Some(s.clone()).filter(|s| !s.is_empty()),
        Some(_) => return Err(error(&format!("{place}.Sid"), "must be a string")),
    };
    let action = element(place, object, "Action", "NotAction", strings)?
        .ok_or_else(|| error(place, "has neither `Action` nor `NotAction`"))?;
    let (condition, condition_text) = conditions(&format!("{place}.Condition"), object.get("Condition"))?;
    let label = sid.clone().unwrap_or_else(|| {
        let digest = census_model::Digest::new("statement").part(&json::canonical(value));
        format!("#{}", digest.hex(4))
    });
    Ok(Statement {
        sid,
        label,
        effect,
        principal: element(place, object, "Principal", "NotPrincipal", principals)?,
        action,
        resource: element(place, object, "Resource", "NotResource", strings)?,
        condition,
        condition_text,
    })
}

fn element<T>(
    place: &str,
    object: &Map<String, Value>,
    positive: &str,
    negative: &str,
    read: fn(&str, &Value) -> Result<Vec<T>, DocumentError>,
) -> Result<Option<Element<T>>, DocumentError> {
    match (object.get(positive), object.get(negative)) {
        (None, None) => Ok(None),
        (Some(value), None) => read(&format!("{place}.{positive}"), value).map(|v| Some(Element::Only(v))),
        (None, Some(value)) => read(&format!("{place}.{negative}"), value).map(|v| Some(Element::AllBut(v))),
        (Some(_), Some(_)) => Err(error(place, format!("has both `{positive}` and `{negative}`"))),
    }
}

fn principals(place: &str, value: &Value) -> Result<Vec<PrincipalEntry>, DocumentError> {
    let object = match value {
        Value::String(s) if s == "*" => {
            return Ok(vec![PrincipalEntry { kind: PrincipalKey::Star, value: s.clone() }]);
        }
        other => as_object(place, other)?,
    };
    let mut entries = Vec::new();
    for (key, value) in object {
        let kind = match key.as_str() {
            "AWS" => PrincipalKey::Aws,
            "Service" => PrincipalKey::Service,
            "Federated" => PrincipalKey::Federated,
            "CanonicalUser" => PrincipalKey::CanonicalUser,
            _ => return Err(error(place, format!("`{key}` is not a kind of principal"))),
        };
        for value in strings(&format!("{place}.{key}"), value)? {
            entries.push(PrincipalEntry { kind, value });
        }
    }
    Ok(entries)
}

fn conditions(place: &str, value: Option<&Value>) -> Result<(Vec<Test>, Option<String>), DocumentError> {
    let Some(value) = value else { return Ok((Vec::new(), None)) };
    let mut tests = Vec::new();
    for (operator, keys) in as_object(place, value)? {
        let Some(known) = Operator::parse(operator) else {
            return Err(error(place, format!("`{operator}` is not a condition operator")));
        };
        let place = format!("{place}.{operator}");
        for (key, values) in as_object(&place, keys)? {
            let values = scalars(&format!("{place}.{key}"), values)?;
            tests.push(Test { operator: known, key: key.clone(), values });
        }
    }
    let text = (!tests.is_empty()).then(|| json::canonical(value));
    Ok((tests, text))
}

fn strings(place: &str, value: &Value) -> Result<Vec<String>, DocumentError> {
    list(place, value, |one| one.as_str().map(str::to_owned))
}

/// Condition values may be strings, numbers or booleans; AWS compares all of them as text.
fn scalars(place: &str, value: &Value) -> Result<Vec<String>, DocumentError> {
    list(place, value, |one| match one {
        Value::String(s) => Some(s.clone()),
        Value::Bool(b) => Some(b.to_string()),
        Value::Number(n) => Some(n.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}

fn list(
    place: &str,
    value: &Value,
    read: impl Fn(&Value) -> Option<String>,
) -> Result<Vec<String>, DocumentError> {
    let wrong = || error(place, "must be a string or a list of strings");
    match value {
        Value::Array(items) => items.iter().map(|one| read(one).ok_or_else(wrong)).collect(),
        one => Ok(vec![read(one).ok_or_else(wrong)?]),
    }
}

fn as_object<'a>(place: &str, value: &'a Value) -> Result<&'a Map<String, Value>, DocumentError> {
    value.as_object().ok_or_else(|| error(place, "must be an object"))
}

fn known_keys(place: &str, object: &Map<String, Value>, known: &[&str]) -> Result<(), DocumentError> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(error(place, format!("`{key}` is not an element of the policy language"))),
    }
}

fn error(place: &str, problem: impl Into<String>) -> DocumentError {
    DocumentError { place: place.to_owned(), statement: None, problem: problem.into() }
}
