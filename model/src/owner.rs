//! Who owns an identity, and by which evidence.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{Evidence, GapId, IdentityId, Text};

/// The outcome of the correlation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerStatus {
    /// A registry record names the owner (band I).
    Registered,
    /// Only weaker evidence (bands II and III) names one.
    Inferred,
    /// Two claims of the deciding band disagree.
    Conflict,
    /// The owner is named, but has left.
    Departed,
    /// Every source was read, and none names anyone.
    Unowned,
    /// A source that could have named an owner could not be read.
    Unknown,
    /// Nobody in the company can own it: the provider manages it, or it is a person's own account.
    NotApplicable,
}

impl OwnerStatus {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Inferred => "inferred",
            Self::Conflict => "conflict",
            Self::Departed => "departed",
            Self::Unowned => "unowned",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
        }
    }
}

impl fmt::Display for OwnerStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much a claim weighs. Only band I makes an identity registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Band {
    /// Registry records.
    I,
    /// The provider's own owner field, required tags, infrastructure as code.
    II,
    /// Free tags, consuming workloads, assigned groups, creators, naming patterns, account owners.
    III,
}

impl Band {
    /// The Roman numeral.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::I => "I",
            Self::II => "II",
            Self::III => "III",
        }
    }
}

/// Where a claim comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimSource {
    /// A registry record with a current attestation.
    AttestedRegistryRecord,
    /// A registry record.
    RegistryRecord,
    /// A registry record whose pattern is as broad as a whole scope: never more than inferred.
    BroadRegistryPattern,
    /// A registry record under a name that several identities bear: never more than inferred.
    AmbiguousRegistryName,
    /// A registry record that has ended: never more than inferred.
    ExpiredRegistryRecord,
    /// A tag that the configuration requires.
    RequiredTag,
    /// A tag that happens to look like an owner.
    FreeTag,
    /// A pattern over names from the configuration.
    NamingPattern,
    /// The owner of a workload that runs as it, by the workload's tags or those of its stack.
    ConsumingWorkload,
    /// A group to which the permission set that it is kept for is assigned.
    AssignedGroup,
    /// The owner of the account it lives in.
    AccountOwner,
}

impl ClaimSource {
    /// The band of this source.
    pub fn band(self) -> Band {
        match self {
            Self::AttestedRegistryRecord | Self::RegistryRecord => Band::I,
            Self::RequiredTag => Band::II,
            Self::BroadRegistryPattern
            | Self::AmbiguousRegistryName
            | Self::ExpiredRegistryRecord
            | Self::FreeTag
            | Self::NamingPattern
            | Self::ConsumingWorkload
            | Self::AssignedGroup
            | Self::AccountOwner => Band::III,
        }
    }

    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AttestedRegistryRecord => "attested-registry-record",
            Self::RegistryRecord => "registry-record",
            Self::BroadRegistryPattern => "broad-registry-pattern",
            Self::AmbiguousRegistryName => "ambiguous-registry-name",
            Self::ExpiredRegistryRecord => "expired-registry-record",
            Self::RequiredTag => "required-tag",
            Self::FreeTag => "free-tag",
            Self::NamingPattern => "naming-pattern",
            Self::ConsumingWorkload => "consuming-workload",
            Self::AssignedGroup => "assigned-group",
            Self::AccountOwner => "account-owner",
        }
    }
}

/// One source says: this is the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What kind of source; gives the band.
    pub source: ClaimSource,
    /// Answers for the purpose and the budget.
    pub business_owner: Option<Text>,
    /// Operates it.
    pub technical_steward: Option<Text>,
    /// Where exactly: file and line, tag key, pattern.
    pub evidence: Vec<Evidence>,
}

impl Claim {
    /// The band of its source.
    pub fn band(&self) -> Band {
        self.source.band()
    }
}

/// What the correlator says about one identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerRecord {
    /// The outcome.
    pub status: OwnerStatus,
    /// The owner of the deciding band; empty in a conflict.
    pub business_owner: Option<Text>,
    /// The steward of the deciding band.
    pub technical_steward: Option<Text>,
    /// Every claim, strongest first; dissent of lower bands is kept.
    pub claims: Vec<Claim>,
    /// The gaps that make the status unknown, or that may hide further claims.
    pub gaps: Vec<GapId>,
    /// Why this status, in one sentence.
    pub because: Text,
}

/// A registry entry that matches no identity of the estate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ghost {
    /// The entry's identity or pattern, as written.
    pub identity: Text,
    /// `file:line`.
    pub location: Text,
    /// The entry's owner.
    pub business_owner: Option<Text>,
    /// Gaps because of which the identity may exist unseen; empty when the scopes it could be in were read.
    pub gaps: Vec<GapId>,
}

/// The correlation of a whole estate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ownership {
    /// One record for every identity of the estate.
    pub records: BTreeMap<IdentityId, OwnerRecord>,
    /// Entries without an identity, sorted.
    pub ghosts: Vec<Ghost>,
    /// Number of registry entries that were read.
    pub entries: usize,
    /// Number of entries without an identity that are about accounts which this scan did not ask for. They are
    /// no ghosts: nobody looked.
    #[serde(default)]
    pub outside: usize,
}
