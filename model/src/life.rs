//! Where a registered identity stands between its registration and its retirement.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Attested, Attests, Evidence, GapId, Period, ReviewDecision, Stated, Text};

/// The stages of a registered identity's life, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LifeState {
    /// An entry names it; it was not attested yet, and no attestation is due.
    Registered,
    /// Every attestation that it needs is current.
    Active,
    /// One is due soon.
    ReviewDue,
    /// One is missing.
    Overdue,
    /// Something happened that should have retired it.
    RetirementDue,
    /// It should have been retired, and nobody can act as it any more.
    Retired,
}

impl LifeState {
    /// Every state, in order.
    pub const ALL: [Self; 6] =
        [Self::Registered, Self::Active, Self::ReviewDue, Self::Overdue, Self::RetirementDue, Self::Retired];

    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Active => "active",
            Self::ReviewDue => "review-due",
            Self::Overdue => "overdue",
            Self::RetirementDue => "retirement-due",
            Self::Retired => "retired",
        }
    }
}

/// The life of a registered identity, computed from what is written down and what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// Where it stands.
    pub state: LifeState,
    /// Since when, where that is known.
    pub since: Option<Date>,
    /// Why, in one sentence.
    pub because: Text,
    /// The attestation of business ownership.
    pub business: Review,
    /// The attestation of technical necessity.
    pub technical: Review,
    /// What would retire it, or should have, by kind.
    pub triggers: Vec<Trigger>,
}

impl Life {
    /// One of the two reviews.
    pub fn review(&self, of: Attests) -> &Review {
        match of {
            Attests::BusinessOwnership => &self.business,
            Attests::TechnicalNecessity => &self.technical,
        }
    }

    /// The triggers that fired, by kind.
    pub fn fired(&self) -> impl Iterator<Item = &Trigger> {
        self.triggers.iter().filter(|one| matches!(one.state, TriggerState::Fired(_)))
    }
}

/// How one attestation of an identity stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// How it stands.
    pub state: ReviewState,
    /// The last that counts.
    pub last: Option<Attested>,
    /// How often it is asked for, and who says so; nothing: once is enough.
    pub every: Option<Stated<Period>>,
    /// The day by which the next one is due: that of the last, or of the identity's creation, and the cadence.
    pub due: Option<Date>,
    /// Attestations that do not count, with the reason.
    pub ignored: Vec<Evidence>,
}

impl Review {
    /// Whether somebody lately said that the identity stays.
    pub fn holds(&self) -> bool {
        let stays = |last: &Attested| last.decision != ReviewDecision::Remove;
        matches!(self.state, ReviewState::Current | ReviewState::Due) && self.last.as_ref().is_some_and(stays)
    }
}

/// How an attestation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewState {
    /// Nobody attested, and none is due yet or ever.
    Never,
    /// It holds.
    Current,
    /// It holds, and is due again soon.
    Due,
    /// It is missing since the day on which it was due.
    Overdue,
}

impl ReviewState {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Current => "current",
            Self::Due => "due",
            Self::Overdue => "overdue",
        }
    }
}

/// What ends an identity's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerKind {
    /// The project that it serves ended.
    ProjectEnd,
    /// The vendor changed, or the contract ended.
    VendorChange,
    /// It was not used for as long as its entry allows.
    Idle,
    /// The day for its end passed.
    Date,
    /// Its entry expired.
    EntryExpired,
    /// The inventory says that it was retired.
    RecordRetired,
    /// Whoever reviewed it decided that it goes.
    ReviewedAway,
}

impl TriggerKind {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProjectEnd => "project-end",
            Self::VendorChange => "vendor-change",
            Self::Idle => "idle",
            Self::Date => "date",
            Self::EntryExpired => "entry-expired",
            Self::RecordRetired => "record-retired",
            Self::ReviewedAway => "reviewed-away",
        }
    }
}

/// Something that ends an identity's life, and whether it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// What.
    pub kind: TriggerKind,
    /// Whether it happened.
    pub state: TriggerState,
    /// What is written or was seen.
    pub evidence: Evidence,
}

/// Whether a trigger happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerState {
    /// It did, on this day where it is known.
    Fired(Option<Date>),
    /// Not yet: on this day, where it is known.
    Pending(Option<Date>),
    /// Whether it did cannot be told: the use of an identity is not visible.
    Unknown(GapId),
}
