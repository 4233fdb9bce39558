//! What identities were seen to use of what they may do.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{IdentityId, LastUse, Observed, Text};

/// What is known of an identity's use of services and their actions. An identity without one is one of whom nothing is
/// known: gaps of its scope tell why. It is never one that uses nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Whose.
    pub identity: IdentityId,
    /// Who tells it, and of which time; sorted, never empty.
    pub sources: Vec<UsageSource>,
    /// By the service's namespace, in lower case: `s3`.
    pub services: BTreeMap<Text, ServiceUse>,
}

/// Where usage is known from, and the time that the source looks back on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UsageSource {
    /// What it is.
    pub kind: UsageKind,
    /// The first instant that it tells of; never before the identity was made.
    pub from: Timestamp,
    /// The last.
    pub to: Timestamp,
}

/// What tells of usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UsageKind {
    /// The provider's last use of each service. AWS: service last accessed details of granularity `SERVICE_LEVEL`.
    Services,
    /// The provider's last use of each service, and of those actions that it tracks. AWS: `ACTION_LEVEL`.
    Actions,
    /// A log of calls, reads and writes, that holds none about data. AWS: CloudTrail with management events alone.
    ManagementLog,
    /// A log of calls, reads and writes, of which some are about data.
    DataLog,
    /// A log of calls in which all are reads, or all are writes: what it does not hold may have been left out.
    PartialLog,
}

impl UsageKind {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Actions => "actions",
            Self::ManagementLog => "management-log",
            Self::DataLog => "data-log",
            Self::PartialLog => "partial-log",
        }
    }

    /// Whether a management call that it does not hold was not made.
    pub fn holds_all_management(self) -> bool {
        matches!(self, Self::ManagementLog | Self::DataLog)
    }
}

/// The use of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceUse {
    /// The last use of any of its actions.
    pub last_used: Observed<LastUse>,
    /// The last use of single actions, by name without prefix; empty of a service that was not used, where what holds
    /// of the service holds of each action.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub actions: BTreeMap<Text, Observed<LastUse>>,
    /// What holds of its other actions.
    pub others: OtherActions,
}

/// What is known of the actions of a service that are not listed by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OtherActions {
    /// Each of them would have been seen, and was not since then.
    NotSince(Timestamp),
    /// No source tells single ones: they may have been used whenever the service was.
    Untracked,
}

impl Usage {
    /// The time that its sources look back on together: from the first instant to the last.
    pub fn window(&self) -> Option<(Timestamp, Timestamp)> {
        let from = self.sources.iter().map(|source| source.from).min()?;
        let to = self.sources.iter().map(|source| source.to).max()?;
        Some((from, to))
    }

    /// Takes in what another source knows of the same identity.
    pub fn join(&mut self, other: Self) {
        self.sources.extend(other.sources);
        self.sources.sort_unstable();
        self.sources.dedup();
        for (name, service) in other.services {
            match self.services.get_mut(&name) {
                Some(known) => known.join(service),
                None => drop(self.services.insert(name, service)),
            }
        }
    }
}

impl ServiceUse {
    /// A service of which only its own last use is known.
    pub fn whole(last_used: Observed<LastUse>) -> Self {
        Self { last_used, actions: BTreeMap::new(), others: OtherActions::Untracked }
    }

    /// Takes in what another source knows of the same service.
    pub fn join(&mut self, other: Self) {
        // A service that was not used lists no action, so each is known by what holds of the others.
        let (mine, theirs) = (self.rest(), other.rest());
        for (name, seen) in other.actions {
            let known = self.actions.remove(&name).or_else(|| mine.map(Observed::NotSince));
            let seen = known.map_or(seen.clone(), |known| joined(known, seen));
            self.actions.insert(name, seen);
        }
        if let Some(since) = theirs {
            for seen in self.actions.values_mut() {
                *seen = joined(seen.clone(), Observed::NotSince(since));
            }
        }
        // A use that one source saw before the other begins may be of any action that the first does not tell apart.
        let unexplained = |since: Timestamp| {
            [&self.last_used, &other.last_used]
                .iter()
                .any(|seen| seen.known().is_some_and(|used| used.at < since))
        };
        self.others = match (mine, theirs) {
            (None, None) => OtherActions::Untracked,
            (Some(one), Some(two)) => OtherActions::NotSince(one.min(two)),
            (Some(since), None) | (None, Some(since)) if unexplained(since) => OtherActions::Untracked,
            (Some(since), None) | (None, Some(since)) => OtherActions::NotSince(since),
        };
        self.last_used = joined(self.last_used.clone(), other.last_used);
    }

    /// Since when an action that is not listed was certainly not used.
    fn rest(&self) -> Option<Timestamp> {
        match (&self.others, &self.last_used) {
            (OtherActions::NotSince(since), _) | (OtherActions::Untracked, Observed::NotSince(since)) => {
                Some(*since)
            }
            (OtherActions::Untracked, Observed::Known(_) | Observed::NotVisible(_)) => None,
        }
    }
}

/// What two sources know together: the later use; without any, the longer time without.
fn joined(one: Observed<LastUse>, other: Observed<LastUse>) -> Observed<LastUse> {
    use Observed::{Known, NotSince, NotVisible};
    match (one, other) {
        (Known(one), Known(other)) => {
            Known(if (other.at, &other.region) > (one.at, &one.region) { other } else { one })
        }
        (Known(used), _) | (_, Known(used)) => Known(used),
        (NotSince(one), NotSince(other)) => NotSince(one.min(other)),
        (NotSince(since), NotVisible(_)) | (NotVisible(_), NotSince(since)) => NotSince(since),
        (NotVisible(one), NotVisible(other)) => NotVisible(one.min(other)),
    }
}
