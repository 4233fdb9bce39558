//! One line as it is written.

use std::{borrow::Cow, fmt};

use census_model::{Attests, ReviewDecision, Text};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::ATTESTATION_SCHEMA;
use crate::registry::{control_character, shown};

/// The longest value, in characters: an ARN has at most 2,048.
const MAX_VALUE: usize = 4096;

/// The longest signature, in characters.
const MAX_SIGNATURE: usize = 16 << 10;

/// What a line says, in the order in which it is written. Its JSON without spaces is what a signature signs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    schema: Schema,
    pub(crate) identity: Value,
    #[serde(default)]
    pub(crate) immutable_id: Option<Value>,
    pub(crate) attests: Attests,
    pub(crate) decision: ReviewDecision,
    pub(crate) by: Value,
    pub(crate) at: At,
    #[serde(default)]
    pub(crate) comment: Option<Value>,
    #[serde(default)]
    pub(crate) ticket: Option<Value>,
    /// Not part of what it signs.
    #[serde(default, skip_serializing)]
    pub(crate) signature: Option<Armor>,
}

/// What a new line says, checked as one that is read.
pub(super) struct Said<'a> {
    pub(super) identity: &'a str,
    pub(super) immutable_id: Option<&'a str>,
    pub(super) attests: Attests,
    pub(super) decision: ReviewDecision,
    pub(super) by: &'a str,
    pub(super) at: Timestamp,
    pub(super) comment: Option<&'a str>,
    pub(super) ticket: Option<&'a str>,
}

impl Line {
    /// # Errors
    /// Where a value could not be read back; names the value.
    pub(super) fn new(said: &Said<'_>) -> Result<Self, String> {
        let value = |name: &str, text: &str| Value::new(text).map_err(|why| format!("`{name}`: {why}"));
        let optional = |name: &str, text: Option<&str>| text.map(|text| value(name, text)).transpose();
        Ok(Self {
            schema: Schema,
            identity: value("identity", said.identity)?,
            immutable_id: optional("immutable_id", said.immutable_id)?,
            attests: said.attests,
            decision: said.decision,
            by: value("by", said.by)?,
            at: At(said.at),
            comment: optional("comment", said.comment)?,
            ticket: optional("ticket", said.ticket)?,
            signature: None,
        })
    }

    /// What a signature signs: the line's JSON without spaces and without the signature.
    ///
    /// # Errors
    /// When the JSON writer refuses, which writing to memory gives no cause for.
    pub(super) fn canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The line with its end: what is signed, and the signature as one member more.
    ///
    /// # Errors
    /// As [`Line::canonical`].
    pub(super) fn to_line(&self) -> Result<String, serde_json::Error> {
        let canonical = self.canonical()?;
        let open = canonical.strip_suffix('}').unwrap_or(&canonical);
        let signature = serde_json::to_string(&self.signature.as_ref().map(|armor| &armor.0))?;
        Ok(format!("{open},\"signature\":{signature}}}\n"))
    }
}

/// The schema of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Schema;

impl Serialize for Schema {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(ATTESTATION_SCHEMA)
    }
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        if text == ATTESTATION_SCHEMA {
            return Ok(Self);
        }
        Err(D::Error::custom(format_args!(
            "schema {} is not supported, expected `{ATTESTATION_SCHEMA}`",
            shown(&text)
        )))
    }
}

/// A text of one line that says something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub(crate) struct Value(pub(crate) Text);

impl Value {
    fn new(text: &str) -> Result<Self, String> {
        check(text, MAX_VALUE)?;
        if text.trim().is_empty() {
            return Err("it is empty, write null where there is nothing to say".to_owned());
        }
        if text.trim() != text {
            return Err(format!("{} begins or ends with a space, remove it", shown(text)));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&Cow::<str>::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn check(text: &str, limit: usize) -> Result<(), String> {
    if text.chars().nth(limit).is_some() {
        return Err(format!("{} is longer than {limit} characters", shown(text)));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(c) => Err(control_character(text, c)),
        None => Ok(()),
    }
}

/// When: RFC 3339 in UTC, in the one form in which it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub(crate) struct At(pub(crate) Timestamp);

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let at = text.parse::<Timestamp>().ok().filter(|at| at.to_string() == *text);
        at.map(Self).ok_or_else(|| {
            let shown = shown(&text);
            D::Error::custom(format_args!(
                "{shown} is not an instant in UTC, write it like `2026-06-01T12:00:00Z`"
            ))
        })
    }
}

/// A signature as `ssh-keygen -Y sign` writes it, line breaks and all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Armor(pub(super) Text);

impl<'de> Deserialize<'de> for Armor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let bare: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
        check(&bare, MAX_SIGNATURE).map_err(D::Error::custom)?;
        Ok(Self(text.as_ref().into()))
    }
}

/// A line of an attestation log; only its schema is used.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "Census attestation")]
#[expect(dead_code, reason = "it exists for its schema; `Line` checks every value as it reads")]
pub(super) struct LogLine {
    /// `census.attestation/1`.
    #[schemars(extend("const" = ATTESTATION_SCHEMA))]
    schema: String,
    /// Which identity: its native id, an ARN.
    #[schemars(length(min = 1, max = 4096))]
    identity: String,
    /// The id that a re-created identity of the same name does not inherit (`AROA…`, `AIDA…`).
    immutable_id: Option<String>,
    /// What is attested: that the business still owns it, or that it is still technically needed as it is.
    #[schemars(extend("enum" = ["business-ownership", "technical-necessity"]))]
    attests: String,
    /// What was decided.
    #[schemars(extend("enum" = ["keep", "change", "remove"]))]
    decision: String,
    /// Who attests.
    #[schemars(length(min = 1, max = 4096))]
    by: String,
    /// When, in UTC: `2026-06-01T12:00:00Z`.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// Why, in their words.
    comment: Option<String>,
    /// The ticket that follows.
    ticket: Option<String>,
    /// An OpenSSH signature (SSHSIG, armored, namespace `census-attestation`) over the same object without this member,
    /// with its members in this order and without spaces.
    signature: Option<String>,
}
