//! How much of an estate has an owner.

use std::collections::BTreeMap;

use census_model::{OwnerStatus, ScopeId};

use crate::{Input, view::View};

/// Every status, in the order in which reports list them.
pub(crate) const STATUSES: [OwnerStatus; 7] = [
    OwnerStatus::Registered,
    OwnerStatus::Inferred,
    OwnerStatus::Conflict,
    OwnerStatus::Departed,
    OwnerStatus::Unowned,
    OwnerStatus::Unknown,
    OwnerStatus::NotApplicable,
];

/// Numbers of identities by owner status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<OwnerStatus, usize>);

impl Coverage {
    /// Counts one identity.
    pub fn add(&mut self, status: OwnerStatus) {
        *self.0.entry(status).or_default() += 1;
    }

    /// The number of identities with a status.
    pub fn count(&self, status: OwnerStatus) -> usize {
        self.0.get(&status).copied().unwrap_or(0)
    }

    /// All identities.
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }

    /// The identities that somebody in the company should own.
    pub fn ownable(&self) -> usize {
        self.total() - self.count(OwnerStatus::NotApplicable)
    }

    /// Registered identities in percent of those that somebody should own, rounded down, so that 100 means all.
    /// `None` when there is none.
    pub fn registered_percent(&self) -> Option<usize> {
        (self.count(OwnerStatus::Registered) * 100).checked_div(self.ownable())
    }
}

/// The coverage of one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeCoverage {
    /// The scope.
    pub scope: ScopeId,
    /// Its identities.
    pub coverage: Coverage,
}

/// The coverage of everything, and of each scope that holds identities, by id.
pub fn coverage(input: &Input<'_>) -> (Coverage, Vec<ScopeCoverage>) {
    coverage_of(&View::new(input))
}

pub(crate) fn coverage_of(view: &View<'_>) -> (Coverage, Vec<ScopeCoverage>) {
    let mut total = Coverage::default();
    let mut scopes: BTreeMap<&ScopeId, Coverage> = BTreeMap::new();
    for identity in &view.identities {
        let status = view.owner_status(&identity.id);
        total.add(status);
        scopes.entry(&identity.scope).or_default().add(status);
    }
    let by_scope = scopes
        .into_iter()
        .map(|(scope, coverage)| ScopeCoverage { scope: scope.clone(), coverage })
        .collect();
    (total, by_scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_of_what_can_be_owned_and_never_rounds_up_to_all() {
        let mut coverage = Coverage::default();
        assert_eq!(coverage.registered_percent(), None);
        coverage.add(OwnerStatus::NotApplicable);
        assert_eq!(coverage.registered_percent(), None);
        for _ in 0..999 {
            coverage.add(OwnerStatus::Registered);
        }
        assert_eq!(coverage.registered_percent(), Some(100));
        coverage.add(OwnerStatus::Unowned);
        assert_eq!(coverage.registered_percent(), Some(99));
        assert_eq!(coverage.total(), 1001);
    }
}
