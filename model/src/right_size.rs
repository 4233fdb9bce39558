//! What an identity may do beside what it was seen to do, and the smallest policy that would have sufficed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Confidence, IdentityId, Text};

/// The smallest policies that would have sufficed for what an identity was seen to use. They replace the policies that
/// are attached to it and to its groups: allowances are narrowed, denials are kept as they are. Boundaries, control
/// policies and resources' own policies stay where they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightSize {
    /// The first instant that the sources of usage tell of.
    pub from: Timestamp,
    /// The last.
    pub to: Timestamp,
    /// How sure it is that they suffice.
    pub confidence: Confidence,
    /// Why it is not surer, and what to know before they are put in place.
    pub remarks: Vec<Text>,
    /// The policies, to be attached together; none where nothing that is allowed was used and nothing is denied.
    pub policies: Vec<SizedPolicy>,
    /// Characters of the policies that they replace, without white space.
    pub characters_before: usize,
    /// What is granted in each service, by namespace.
    pub services: Vec<ServiceSize>,
}

/// A policy text with what AWS counts against its quota.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizedPolicy {
    /// Compact JSON.
    pub text: Text,
    /// Characters, without white space.
    pub characters: usize,
}

/// What is granted in one service, beside what was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceSize {
    /// The namespace: `s3`.
    pub service: Text,
    /// What is known of the service as a whole.
    pub state: UseState,
    /// The last use that was seen, or since when there was none.
    pub at: Option<Timestamp>,
    /// How many known actions are granted, by what is known of each.
    pub actions: UseCounts,
    /// Those of them that weigh and were not used.
    pub unused_weighty: Vec<WeightyAction>,
    /// Those of them that weigh and of which nobody can tell; they are kept.
    pub untold_weighty: Vec<WeightyAction>,
    /// How many unused ones change permissions.
    pub unused_permission_changes: usize,
}

/// An action that weighs, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WeightyAction {
    /// As the cloud spells it: `iam:PassRole`.
    pub action: Text,
    /// What it gives.
    pub why: Text,
}

/// What is known of the use of something that is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UseState {
    /// It was used.
    Used,
    /// It was not used for as far back as is seen.
    Unused,
    /// Nobody can tell.
    Untold,
}

impl UseState {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Unused => "unused",
            Self::Untold => "untold",
        }
    }
}

/// How many things are granted, by what is known of their use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseCounts {
    /// Used.
    pub used: usize,
    /// Not used for as far back as is seen.
    pub unused: usize,
    /// Nobody can tell.
    pub untold: usize,
}

impl UseCounts {
    /// All that are granted.
    pub fn granted(self) -> usize {
        self.used + self.unused + self.untold
    }

    /// Counts one more.
    pub fn add(&mut self, state: UseState) {
        match state {
            UseState::Used => self.used += 1,
            UseState::Unused => self.unused += 1,
            UseState::Untold => self.untold += 1,
        }
    }

    /// Counts others too.
    pub fn extend(&mut self, other: Self) {
        self.used += other.used;
        self.unused += other.unused;
        self.untold += other.untold;
    }
}

/// What an identity is granted beside what it used, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivilegeUse {
    /// Services in which an `Allow` statement grants something.
    pub services: UseCounts,
    /// Granted actions that weigh.
    pub weighty: UseCounts,
    /// The time that the sources of usage look back on; `None` where there is none, and all is untold.
    pub window: Option<(Timestamp, Timestamp)>,
}

/// The same of every identity of an estate.
pub type PrivilegeUses = BTreeMap<IdentityId, PrivilegeUse>;
