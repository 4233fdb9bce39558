//! Whether a principal may do something, and why.

use serde::{Deserialize, Serialize};

use crate::{Attachment, ConditionLanguage, Gap, Text, Via};

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It may.
    Allowed,
    /// It may if what is open at run time comes out so.
    Conditional,
    /// What was not read decides.
    Unknown,
    /// It may not.
    Denied,
}

impl Decision {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Conditional => "conditional",
            Self::Unknown => "unknown",
            Self::Denied => "denied",
        }
    }
}

/// What denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeniedBy {
    /// A statement that denies.
    Explicit,
    /// A resource control policy that does not allow.
    Rcp,
    /// A service control policy that does not allow.
    Scp,
    /// The policy of the VPC endpoint.
    Endpoint,
    /// Neither the principal's nor the resource's policies allow it, or the provider itself refuses it.
    Implicit,
    /// The permissions boundary.
    Boundary,
    /// The session policy.
    Session,
}

impl DeniedBy {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::Rcp => "rcp",
            Self::Scp => "scp",
            Self::Endpoint => "endpoint",
            Self::Implicit => "implicit",
            Self::Boundary => "boundary",
            Self::Session => "session",
        }
    }
}

/// What a statement has to do with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// It decides.
    Decides,
    /// It decides if what is open comes out so.
    MayDecide,
    /// It would decide otherwise; of all those it comes nearest.
    Nearest,
    /// It allows what is denied all the same: it is not enough, or something stronger stands against it.
    NotEnough,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatementEffect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
}

/// A statement that has to do with an answer: which policy, attached to what, and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// Its part.
    pub part: Part,
    /// What it does.
    pub effect: StatementEffect,
    /// What the policy is attached to: the principal itself, a group, a scope above, the resource.
    pub attached_to: Attachment,
    /// How.
    pub via: Via,
    /// Which statement.
    pub statement: Text,
    /// What the statement comes to for this request, in words.
    pub says: Text,
}

/// What stays open at run time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Residual {
    /// The language of the conditions.
    pub language: ConditionLanguage,
    /// All of it in words.
    pub text: Text,
    /// The condition keys that decide.
    pub atoms: Vec<Text>,
}

/// An answer with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The answer.
    pub decision: Decision,
    /// What denies, where something does.
    pub denied_by: Option<DeniedBy>,
    /// What the provider does whatever the policies say, where that decides.
    pub rule: Option<Text>,
    /// What stays open, for a conditional answer.
    pub residual: Option<Residual>,
    /// The statements that decide, then the nearest that did not.
    pub because: Vec<Because>,
    /// What was not read and could give more.
    pub may_widen: Vec<Gap>,
    /// What was not read and could take something away.
    pub may_narrow: Vec<Gap>,
}
