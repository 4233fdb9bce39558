//! What has changed of a principal since the estate was read, should it have taken a step.

use census_model::{Attachment, Grant, GroupId, Text, Via};

/// A change that a principal can bring about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Its own policies allow everything. What denies or limits it still does.
    Raised,
    /// It has no permissions boundary any more.
    Freed,
    /// It is in this group too.
    Joined(GroupId),
    /// It is in this group no more.
    Left(GroupId),
    /// A policy is attached there no more.
    Without(Attachment, Via),
    /// What this managed policy, by its ARN, said of it counts no more.
    Rewritten(Text),
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
            Change::Raised | Change::Freed | Change::Joined(_) => false,
        })
    }
}
