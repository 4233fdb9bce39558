//! What has changed of a principal since the estate was read, should it have taken a step.

use census_model::GroupId;

/// A change that a principal can bring about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Its own policies allow everything. What denies or limits it still does.
    Raised,
    /// It has no permissions boundary any more.
    Freed,
    /// It is in this group too.
    Joined(GroupId),
}

/// All changes of a principal, none for how it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// The groups that were joined.
    pub fn joined(&self) -> impl Iterator<Item = &GroupId> {
        self.0.iter().filter_map(|change| match change {
            Change::Joined(group) => Some(group),
            Change::Raised | Change::Freed => None,
        })
    }
}
