//! Who owns an identity, and by which evidence.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{BroadEntry, DirectorySize, Evidence, GapId, IdentityId, Life, NamedParty, Registration, Text};

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
    /// Every status, the best first.
    pub const ALL: [Self; 7] = [
        Self::Registered,
        Self::Inferred,
        Self::Conflict,
        Self::Departed,
        Self::Unowned,
        Self::Unknown,
        Self::NotApplicable,
    ];

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
    /// A record of an inventory that says itself that it was retired: never more than inferred.
    RetiredRegistryRecord,
    /// A tag that the configuration requires.
    RequiredTag,
    /// An owner of its application or service principal in Entra ID, or a sponsor of an agent.
    DirectoryOwner,
    /// A software catalogue, whose entity names the identity.
    CatalogRecord,
    /// The owner of the code that made it, by the state of infrastructure as code.
    InfrastructureCode,
    /// A tag that happens to look like an owner.
    FreeTag,
    /// A pattern over names from the configuration.
    NamingPattern,
    /// The owner of a workload that runs as it, by the workload's tags or those of its stack.
    ConsumingWorkload,
    /// A group to which the permission set that it is kept for is assigned.
    AssignedGroup,
    /// The owner of the repository whose pipeline becomes it.
    PipelineRepository,
    /// Who made it, by a log of calls: the owner of the repository whose pipeline did, or the person.
    Creator,
    /// A software catalogue's entity that nothing refers to any more.
    OrphanCatalogRecord,
    /// The owner of the account it lives in.
    AccountOwner,
}

impl ClaimSource {
    /// The band of this source.
    pub fn band(self) -> Band {
        match self {
            Self::AttestedRegistryRecord | Self::RegistryRecord => Band::I,
            Self::RequiredTag | Self::DirectoryOwner | Self::CatalogRecord | Self::InfrastructureCode => {
                Band::II
            }
            Self::BroadRegistryPattern
            | Self::AmbiguousRegistryName
            | Self::ExpiredRegistryRecord
            | Self::RetiredRegistryRecord
            | Self::FreeTag
            | Self::NamingPattern
            | Self::ConsumingWorkload
            | Self::AssignedGroup
            | Self::PipelineRepository
            | Self::Creator
            | Self::OrphanCatalogRecord
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
            Self::RetiredRegistryRecord => "retired-registry-record",
            Self::RequiredTag => "required-tag",
            Self::DirectoryOwner => "directory-owner",
            Self::CatalogRecord => "catalog-record",
            Self::InfrastructureCode => "infrastructure-code",
            Self::FreeTag => "free-tag",
            Self::NamingPattern => "naming-pattern",
            Self::ConsumingWorkload => "consuming-workload",
            Self::AssignedGroup => "assigned-group",
            Self::PipelineRepository => "pipeline-repository",
            Self::Creator => "creator",
            Self::OrphanCatalogRecord => "orphan-catalog-record",
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

/// What somebody answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerRole {
    /// The purpose and the budget.
    BusinessOwner,
    /// Its operation.
    TechnicalSteward,
}

impl OwnerRole {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BusinessOwner => "business-owner",
            Self::TechnicalSteward => "technical-steward",
        }
    }
}

/// Somebody who is named and has left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Departure {
    /// As what they are named.
    pub role: OwnerRole,
    /// Who.
    pub who: Text,
    /// When they left, and where that is written.
    pub evidence: Evidence,
}

/// Why somebody may take an identity over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuccessorReason {
    /// The registry names them to stand in for the owner.
    Backup,
    /// They operate it.
    Steward,
    /// The owner reported to them, or to somebody who left too and reported to them.
    Manager,
    /// The owner was in this team.
    Team,
    /// They own what runs as it.
    WorkloadOwner,
    /// Another, weaker source names them.
    OtherClaim,
}

impl SuccessorReason {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Steward => "steward",
            Self::Manager => "manager",
            Self::Team => "team",
            Self::WorkloadOwner => "workload-owner",
            Self::OtherClaim => "other-claim",
        }
    }
}

/// Somebody who may take over what an owner who left owned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    /// Why.
    pub reason: SuccessorReason,
    /// Who.
    pub who: Text,
    /// What shows it.
    pub evidence: Option<Evidence>,
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
    /// Whom the names of the deciding band mean, by role and name. Says nothing where nobody was read, as
    /// [`Ownership::directory`] tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<NamedParty>,
    /// Those of the deciding band who have left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departed: Vec<Departure>,
    /// Who may take over where the owner has left, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<Successor>,
    /// What the registry says beside who owns it; nothing where no entry registers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Box<Registration>>,
    /// Where it stands between registration and retirement; nothing where no entry registers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<Box<Life>>,
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
    /// Entries that register nothing because they match whatever an identity is called, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broad: Vec<BroadEntry>,
    /// Among how many people and teams owners were looked for.
    #[serde(default)]
    pub directory: DirectorySize,
}
