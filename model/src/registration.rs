//! What registries say about an identity, beside who owns it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Evidence, Period, Text};

/// Something that is written down, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stated<T> {
    /// What.
    pub value: T,
    /// `file:line`.
    pub at: Text,
}

impl<T> Stated<T> {
    /// The same place, with what is made of the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Stated<U> {
        Stated { value: change(self.value), at: self.at }
    }
}

impl<T: ToString> Stated<T> {
    /// As evidence under a label.
    pub fn evidence(&self, label: &str) -> Evidence {
        Evidence::new(label, self.value.to_string()).from_source(&*self.at)
    }
}

/// What the registry says about one identity. Each field is that of the entry which names the identity most closely
/// among those that have it. Entries as broad as a whole scope, and names that several identities bear, register nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The identity or pattern of the closest entry, as written.
    pub entry: Stated<Text>,
    /// Whether that entry names this identity alone.
    pub closeness: Closeness,
    /// Who stands in for the owner.
    pub backup: Option<Stated<Text>>,
    /// What it is for.
    pub purpose: Option<Stated<Text>>,
    /// The class of the data that it may touch.
    pub data_class: Option<Stated<Text>>,
    /// The class of risk under which it was approved.
    pub risk_class: Option<Stated<Text>>,
    /// The environment that it belongs to.
    pub environment: Option<Stated<Text>>,
    /// The third party that uses or supplies it.
    pub vendor: Option<Stated<Text>>,
    /// The ticket under which it was approved.
    pub ticket: Option<Stated<Text>>,
    /// The approved pattern that it follows.
    pub approved_pattern: Option<Stated<Text>>,
    /// How often its owner is asked again.
    pub review_every: Option<Stated<Period>>,
    /// How often it is used at least, where it has a reason to rest: a yearly job.
    pub used_every: Option<Stated<Period>>,
    /// How long it may rest before it is to be retired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<Stated<Period>>,
}

/// How closely an entry names an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closeness {
    /// By a pattern.
    Pattern,
    /// By an id or a name.
    Exact,
}

/// What somebody attests. Business ownership and technical necessity are two things, with two dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attests {
    /// That the business still owns it: purpose and budget.
    BusinessOwnership,
    /// That it is still technically needed as it is.
    TechnicalNecessity,
}

impl Attests {
    /// Both.
    pub const ALL: [Self; 2] = [Self::BusinessOwnership, Self::TechnicalNecessity];

    /// The kebab-case name, as in files and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BusinessOwnership => "business-ownership",
            Self::TechnicalNecessity => "technical-necessity",
        }
    }
}

/// What an attestation decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewDecision {
    /// It stays as it is.
    Keep,
    /// It stays, but something about it has to change.
    Change,
    /// It goes.
    Remove,
}

impl ReviewDecision {
    /// The lower-case name, as in files and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Change => "change",
            Self::Remove => "remove",
        }
    }
}

/// What shows who attested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authorship {
    /// Nothing: a date in a registry entry.
    RegistryEntry,
    /// Their own word.
    SelfClaimed,
    /// A signature by a key that the company lists as theirs.
    Signed,
}

impl Authorship {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RegistryEntry => "registry-entry",
            Self::SelfClaimed => "self-claimed",
            Self::Signed => "signed",
        }
    }
}

/// An attestation that counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attested {
    /// The day, in UTC.
    pub on: Date,
    /// What it decided; of a date in an entry, that the identity stays.
    pub decision: ReviewDecision,
    /// Who, as written; a date in an entry does not say.
    pub by: Option<Text>,
    /// What shows who.
    pub authorship: Authorship,
    /// Where it is written: `file:line`.
    pub at: Text,
}

/// A registry entry that registers nothing, because it matches identities whatever they are called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BroadEntry {
    /// The entry's pattern, as written.
    pub identity: Text,
    /// `file:line`.
    pub location: Text,
    /// The entry's owner.
    pub business_owner: Option<Text>,
    /// How many identities it matches so.
    pub matches: usize,
}
