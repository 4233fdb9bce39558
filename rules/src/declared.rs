//! What registrations declare, and what that allows: classes of risk and data, approved patterns.

use std::{collections::BTreeMap, fmt};

use census_model::{IdentityKind, Level, Period};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

/// What registrations have to say, and what the classes and patterns that they name allow. Names of classes and patterns
/// compare without case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Declared {
    /// The fields of a registry entry without which a registration is incomplete. Default: `business_owner`,
    /// `technical_steward`, `purpose`.
    pub required: Vec<RequiredField>,
    /// The highest level of reach that each risk class covers; this table replaces the default: `low` covers `limited`,
    /// `medium` `sensitive`, `high` `admin`.
    #[schemars(with = "BTreeMap<String, HighestLevel>")]
    pub risk_classes: Classes,
    /// The highest level, as far as reading data goes, of what is registered for data of each class: `limited` reads what
    /// it is given by name, `sensitive` all secrets or all data, administrators whatever they want. This table replaces
    /// the default: `public` and `internal` cover `limited`, `confidential` and `restricted` `sensitive`.
    #[schemars(with = "BTreeMap<String, HighestLevel>")]
    pub data_classes: Classes,
    /// Approved patterns: what holds of identities whose registration names one. Default: none, and names of patterns
    /// are not checked.
    #[serde(deserialize_with = "distinct")]
    pub patterns: Vec<ApprovedPattern>,
}

impl Default for Declared {
    fn default() -> Self {
        use HighestLevel::{Admin, Limited, Sensitive};
        Self {
            required: vec![
                RequiredField::BusinessOwner,
                RequiredField::TechnicalSteward,
                RequiredField::Purpose,
            ],
            risk_classes: Classes::of([("low", Limited), ("medium", Sensitive), ("high", Admin)]),
            data_classes: Classes::of([
                ("public", Limited),
                ("internal", Limited),
                ("confidential", Sensitive),
                ("restricted", Sensitive),
            ]),
            patterns: Vec::new(),
        }
    }
}

impl Declared {
    /// The approved pattern of a name.
    pub fn pattern(&self, name: &str) -> Option<&ApprovedPattern> {
        self.patterns.iter().find(|pattern| folded(&pattern.name) == folded(name))
    }
}

/// The highest level of reach that something allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HighestLevel {
    /// No permission at all.
    None,
    /// Anything less than sensitive.
    Limited,
    /// No way to administration.
    Sensitive,
    /// A way to administration, but not yet there.
    Escalates,
    /// Everything.
    Admin,
}

impl HighestLevel {
    /// As a level of reach.
    pub fn level(self) -> Level {
        match self {
            Self::None => Level::None,
            Self::Limited => Level::Limited,
            Self::Sensitive => Level::Sensitive,
            Self::Escalates => Level::Escalates,
            Self::Admin => Level::Admin,
        }
    }
}

/// Classes with the level that each covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, HighestLevel>")]
pub struct Classes(BTreeMap<String, HighestLevel>);

impl Classes {
    fn of<const N: usize>(classes: [(&str, HighestLevel); N]) -> Self {
        Self(classes.into_iter().map(|(name, level)| (name.to_owned(), level)).collect())
    }

    /// What a class covers; nothing of one that the table does not know.
    pub fn get(&self, class: &str) -> Option<Level> {
        self.0.get(&folded(class)).map(|highest| highest.level())
    }

    /// The classes, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl TryFrom<BTreeMap<String, HighestLevel>> for Classes {
    type Error = String;

    fn try_from(table: BTreeMap<String, HighestLevel>) -> Result<Self, String> {
        let mut classes = BTreeMap::new();
        for (name, level) in table {
            if classes.insert(folded(&name), level).is_some() {
                return Err(format!("the class `{name}` stands here twice, case does not count"));
            }
        }
        Ok(Self(classes))
    }
}

/// A field of a registry entry that may be required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequiredField {
    /// Who answers for it.
    BusinessOwner,
    /// Who operates it.
    TechnicalSteward,
    /// Who stands in for the owner.
    Backup,
    /// What it is for.
    Purpose,
    /// The class of its data.
    DataClass,
    /// The class of its risk.
    RiskClass,
    /// The environment that it belongs to.
    Environment,
    /// How often its owner is asked again.
    ReviewEvery,
    /// What ends it.
    OffboardingTrigger,
    /// The ticket under which it was approved.
    Ticket,
    /// The approved pattern that it follows.
    ApprovedPattern,
}

impl RequiredField {
    /// The field in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::BusinessOwner => "business owner",
            Self::TechnicalSteward => "technical steward",
            Self::Backup => "backup",
            Self::Purpose => "purpose",
            Self::DataClass => "data class",
            Self::RiskClass => "risk class",
            Self::Environment => "environment",
            Self::ReviewEvery => "review cadence",
            Self::OffboardingTrigger => "offboarding trigger",
            Self::Ticket => "ticket",
            Self::ApprovedPattern => "approved pattern",
        }
    }
}

/// An approved pattern: what must hold of an identity that is registered to follow it. What is left out is not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovedPattern {
    /// Its name, as `approved_pattern` of registry entries says it.
    pub name: String,
    /// `required`: only identities of an external issuer become it, and nothing else does.
    #[serde(default)]
    pub federated: Option<Demand>,
    /// `forbidden`: no access key, or other credential that lasts, works.
    #[serde(default)]
    pub static_keys: Option<Ban>,
    /// The oldest that a credential that lasts may be, in days.
    #[serde(default)]
    pub key_max_age_days: Option<u32>,
    /// The longest time between two reviews, as an ISO 8601 duration in years, months, weeks and days.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "duration"))]
    pub review_every: Option<Period>,
    /// The highest level of reach.
    #[serde(default)]
    pub max_level: Option<HighestLevel>,
    /// The kinds of identity that may follow it: `aws-role`, `aws-user`. Default: any.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub kinds: Vec<IdentityKind>,
    /// `required`: a permissions boundary is set.
    #[serde(default)]
    pub boundary: Option<Demand>,
}

/// That something must be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Demand {
    /// It must.
    Required,
}

/// That something must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ban {
    /// It must not.
    Forbidden,
}

impl fmt::Display for RequiredField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// Refuses two patterns of one name.
fn distinct<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ApprovedPattern>, D::Error> {
    let patterns = Vec::<ApprovedPattern>::deserialize(deserializer)?;
    let twice = patterns
        .iter()
        .enumerate()
        .find(|(at, one)| patterns.iter().take(*at).any(|other| folded(&other.name) == folded(&one.name)));
    match twice {
        Some((_, one)) => Err(de::Error::custom(format!("there are two patterns `{}`", one.name))),
        None => Ok(patterns),
    }
}

/// What two spellings of a name have in common.
pub(crate) fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Declared, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn an_empty_table_gives_the_defaults_and_a_table_of_classes_replaces_theirs() {
        assert_eq!(read("{}").unwrap(), Declared::default());
        let declared = read(r#"{"risk_classes": {"Tier 1": "admin"}}"#).unwrap();
        assert_eq!(declared.risk_classes.get(" tier 1 "), Some(Level::Admin));
        assert_eq!(declared.risk_classes.get("low"), None);
        assert_eq!(declared.data_classes.get("Public"), Some(Level::Limited));
    }

    #[test]
    fn what_is_not_meant_is_refused() {
        for (json, says) in [
            (r#"{"required": ["owner"]}"#, "owner"),
            (r#"{"risk_classes": {"low": "much"}}"#, "much"),
            (r#"{"risk_classes": {"low": "unknown"}}"#, "unknown"),
            (r#"{"risk_classes": {"low": "admin", "LOW": "none"}}"#, "twice"),
            (r#"{"patterns": [{"name": "a"}, {"name": "A "}]}"#, "two patterns"),
            (r#"{"patterns": [{}]}"#, "name"),
            (r#"{"patterns": [{"name": "a", "static_keys": "required"}]}"#, "required"),
            (r#"{"patterns": [{"name": "a", "federated": true}]}"#, "federated"),
            (r#"{"patterns": [{"name": "a", "kinds": ["robot"]}]}"#, "robot"),
            (r#"{"patterns": [{"name": "a", "review_every": "yearly"}]}"#, "yearly"),
            (r#"{"risk": {}}"#, "risk"),
        ] {
            let error = read(json).unwrap_err().to_string();
            assert!(error.contains(says) || says == "federated", "{json}: {error}");
        }
    }
}
