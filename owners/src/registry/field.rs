//! The fields of an entry: one table for YAML, CSV and the messages about them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A field of a registry entry; [`RegistryEntry`](super::RegistryEntry) says what each means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the fields are documented where they are read into")]
pub enum Field {
    Identity,
    BusinessOwner,
    TechnicalSteward,
    Backup,
    Purpose,
    DataClass,
    RiskClass,
    Environment,
    ReviewEvery,
    UsedEvery,
    LastBusinessAttestation,
    LastTechnicalAttestation,
    ProjectEnd,
    VendorChange,
    Idle,
    Date,
    Vendor,
    Ticket,
    Expires,
    ApprovedPattern,
}

/// The field that holds the nested ones in YAML.
pub(super) const TRIGGER: &str = "offboarding_trigger";

impl Field {
    pub(crate) const ALL: [Self; 20] = [
        Self::Identity,
        Self::BusinessOwner,
        Self::TechnicalSteward,
        Self::Backup,
        Self::Purpose,
        Self::DataClass,
        Self::RiskClass,
        Self::Environment,
        Self::ReviewEvery,
        Self::UsedEvery,
        Self::LastBusinessAttestation,
        Self::LastTechnicalAttestation,
        Self::ProjectEnd,
        Self::VendorChange,
        Self::Idle,
        Self::Date,
        Self::Vendor,
        Self::Ticket,
        Self::Expires,
        Self::ApprovedPattern,
    ];

    /// The name of the field's CSV column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::BusinessOwner => "business_owner",
            Self::TechnicalSteward => "technical_steward",
            Self::Backup => "backup",
            Self::Purpose => "purpose",
            Self::DataClass => "data_class",
            Self::RiskClass => "risk_class",
            Self::Environment => "environment",
            Self::ReviewEvery => "review_every",
            Self::UsedEvery => "used_every",
            Self::LastBusinessAttestation => "last_business_attestation",
            Self::LastTechnicalAttestation => "last_technical_attestation",
            Self::ProjectEnd => "offboarding_trigger.project_end",
            Self::VendorChange => "offboarding_trigger.vendor_change",
            Self::Idle => "offboarding_trigger.idle",
            Self::Date => "offboarding_trigger.date",
            Self::Vendor => "vendor",
            Self::Ticket => "ticket",
            Self::Expires => "expires",
            Self::ApprovedPattern => "approved_pattern",
        }
    }

    /// The field of a CSV column.
    pub(super) fn from_column(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// The field of a YAML key, inside `offboarding_trigger` or beside it.
    pub(super) fn from_key(nesting: Nesting, key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| nesting.key(*field) == Some(key))
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_column(&name)
            .ok_or_else(|| de::Error::custom(unknown("field", &name, Self::ALL.into_iter().map(Self::name))))
    }
}

impl JsonSchema for Field {
    fn schema_name() -> Cow<'static, str> {
        "Field".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": Self::ALL.map(Self::name) })
    }
}

/// Which mapping of an entry a YAML key stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nesting {
    Entry,
    Trigger,
}

impl Nesting {
    fn key(self, field: Field) -> Option<&'static str> {
        match (self, field.name().split_once('.')) {
            (Self::Entry, None) => Some(field.name()),
            (Self::Trigger, Some((_, key))) => Some(key),
            _ => None,
        }
    }

    fn keys(self) -> impl Iterator<Item = &'static str> {
        let trigger = (self == Self::Entry).then_some(TRIGGER);
        Field::ALL.into_iter().filter_map(move |field| self.key(field)).chain(trigger)
    }
}

/// What to say about a YAML key that is no field.
pub(super) fn unknown_key(nesting: Nesting, key: &str) -> String {
    unknown("field", key, nesting.keys())
}

/// What to say about a CSV column that is no field.
pub(super) fn unknown_column(name: &str) -> String {
    unknown("column", name, Field::ALL.into_iter().map(Field::name))
}

fn unknown(what: &str, name: &str, known: impl Iterator<Item = &'static str>) -> String {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' ', '_', '.'], "");
    let wanted = plain(name);
    let known: Vec<_> = known.collect();
    let nearest = known
        .iter()
        .map(|candidate| (distance(&wanted, &plain(candidate)), *candidate))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    let shown = super::error::shown(name);
    match nearest {
        Some((_, candidate)) => format!("unknown {what} {shown}, did you mean `{candidate}`?"),
        None => format!("unknown {what} {shown}, known are {}", known.join(", ")),
    }
}

/// The Levenshtein distance; texts of very different lengths are not compared in detail.
fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 8 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((y, above), diagonal) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            let left = next.last().copied().unwrap_or_default();
            next.push((above + 1).min(left + 1).min(diagonal + usize::from(x != *y)));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
