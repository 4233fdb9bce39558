//! What has changed of a principal since the estate was read, should it have taken a step.

use census_model::{Attachment, Grant, GroupId, PolicyId, SharedText, Text, Via};

/// A change that a principal can bring about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Its own policies allow everything. What denies or limits it still does.
    Raised,
    /// This managed policy, by its ARN, is attached to it too.
    Given(Text),
    /// Its permissions boundary holds it back no more.
    Freed(Boundary),
    /// It is in this group too.
    Joined(GroupId),
    /// It is in this group no more.
    Left(GroupId),
    /// A policy is attached there no more.
    Without(Attachment, Via),
    /// What this managed policy, by its ARN, said of it counts no more.
    Rewritten(SharedText),
    /// It has this tag, by its key and value.
    Tagged(Text, Text),
    /// This managed policy, by its ARN, says again what it said in an older version.
    Reverted(SharedText, PolicyId),
}

/// What has become of a permissions boundary that holds nobody back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Boundary {
    /// There is none.
    Gone,
    /// Another policy, which allows everything, stands in its place.
    Replaced,
    /// It is the same policy with another text.
    Rewritten,
}

/// All changes of a principal, none for how it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form(Vec<Change>);

impl Form {
    /// The same with one more change.
    #[must_use]
    pub fn with(&self, change: Change) -> Self {
        let mut changes = self.0.clone();
        changes.push(change);
        changes.sort_unstable();
        changes.dedup();
        Self(changes)
    }

    /// Whether nothing has changed.
    pub fn is_as_read(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a change is among them.
    pub fn has(&self, change: &Change) -> bool {
        self.0.contains(change)
    }

    /// What has become of its boundary, if that holds it back no more.
    pub fn freed(&self) -> Option<Boundary> {
        self.0.iter().find_map(|change| match change {
            Change::Freed(boundary) => Some(*boundary),
            _ => None,
        })
    }

    /// The managed policies that were attached to it, by their ARNs.
    pub fn given(&self) -> impl Iterator<Item = &Text> {
        self.0.iter().filter_map(|change| match change {
            Change::Given(policy) => Some(policy),
            _ => None,
        })
    }

    /// Whether it was given permissions.
    pub fn is_raised(&self) -> bool {
        self.has(&Change::Raised) || self.given().next().is_some()
    }

    /// The changes, in order.
    pub fn changes(&self) -> &[Change] {
        &self.0
    }

    /// The changes that another form does not have.
    pub fn beyond(&self, other: &Self) -> impl Iterator<Item = &Change> {
        self.0.iter().filter(|change| !other.has(change))
    }

    /// Whether it came about by one change alone, and which.
    pub fn only(&self) -> Option<&Change> {
        match self.0.as_slice() {
            [change] => Some(change),
            _ => None,
        }
    }

    /// The groups that were joined.
    pub fn joined(&self) -> impl Iterator<Item = &GroupId> {
        self.0.iter().filter_map(|change| match change {
            Change::Joined(group) => Some(group),
            _ => None,
        })
    }

    /// How many of its policies were taken away.
    pub fn taken(&self) -> usize {
        let is_taking =
            |change: &&Change| matches!(change, Change::Left(_) | Change::Without(..) | Change::Rewritten(_));
        self.0.iter().filter(is_taking).count()
    }

    /// The tags that it was given, by key and value.
    pub fn tags(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.0.iter().filter_map(|change| match change {
            Change::Tagged(key, value) => Some((key, value)),
            _ => None,
        })
    }

    /// The text that an attached policy has again, should an older version have been brought back.
    pub fn reverted(&self, grant: &Grant) -> Option<&PolicyId> {
        let (Via::Managed { native_id, .. } | Via::Boundary { native_id }) = &grant.via else { return None };
        self.0.iter().find_map(|change| match change {
            Change::Reverted(arn, text) if arn == native_id => Some(text),
            _ => None,
        })
    }

    /// Whether an attachment counts no more.
    pub fn drops(&self, grant: &Grant) -> bool {
        self.0.iter().any(|change| match change {
            Change::Left(group) => {
                matches!(&grant.attached_to, Attachment::Group(attached) if attached == group)
            }
            Change::Without(attached_to, via) => grant.attached_to == *attached_to && grant.via == *via,
            Change::Rewritten(arn) => {
                matches!(&grant.via, Via::Managed { native_id, .. } if native_id == arn)
            }
            Change::Raised
            | Change::Given(_)
            | Change::Freed(_)
            | Change::Joined(_)
            | Change::Tagged(..)
            | Change::Reverted(..) => false,
        })
    }
}
