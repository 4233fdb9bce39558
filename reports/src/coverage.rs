//! How much of an estate is owned, reviewed, and retired when its end came.

use std::collections::BTreeMap;

use census_model::{IdentityId, Level, LifeState, OwnerStatus, ScopeId};

use crate::{Input, view::View};

/// What is counted of one identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Whether it has an owner.
    pub status: OwnerStatus,
    /// Where it stands; nothing where no entry registers it.
    pub life: Option<LifeState>,
    /// What it can do; nothing where that was not computed.
    pub level: Option<Level>,
}

impl Counted {
    /// What is known of an identity.
    pub(crate) fn of(view: &View<'_>, id: &IdentityId) -> Self {
        let life = view.owner(id).and_then(|owner| owner.life.as_deref());
        Self {
            status: view.owner_status(id),
            life: life.map(|life| life.state),
            level: view.reach(id).map(|reach| reach.level),
        }
    }

    fn is_registered(self) -> bool {
        self.status == OwnerStatus::Registered
    }

    /// Both attestations hold.
    fn is_reviewed(self) -> bool {
        self.is_registered() && matches!(self.life, Some(LifeState::Active | LifeState::ReviewDue))
    }

    fn is_privileged(self) -> bool {
        matches!(self.level, Some(Level::Admin | Level::Escalates | Level::Sensitive))
    }
}

/// Numbers of identities by owner status and stage of life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    statuses: BTreeMap<OwnerStatus, usize>,
    states: BTreeMap<LifeState, usize>,
    reviewed: usize,
    /// Of those that somebody should own and that reach `sensitive` or more.
    privileged: Share,
}

/// How many of some identities are owned and reviewed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// All of them.
    pub all: usize,
    /// Those that are registered.
    pub registered: usize,
    /// Those that are registered and whose attestations both hold.
    pub reviewed: usize,
}

impl Coverage {
    /// Counts one identity.
    pub fn add(&mut self, one: Counted) {
        *self.statuses.entry(one.status).or_default() += 1;
        if one.status == OwnerStatus::NotApplicable {
            return;
        }
        if let Some(state) = one.life {
            *self.states.entry(state).or_default() += 1;
        }
        self.reviewed += usize::from(one.is_reviewed());
        if one.is_privileged() {
            self.privileged.all += 1;
            self.privileged.registered += usize::from(one.is_registered());
            self.privileged.reviewed += usize::from(one.is_reviewed());
        }
    }

    /// The number of identities with a status.
    pub fn count(&self, status: OwnerStatus) -> usize {
        self.statuses.get(&status).copied().unwrap_or(0)
    }

    /// The number of identities that somebody should own and that stand so.
    pub fn standing(&self, state: LifeState) -> usize {
        self.states.get(&state).copied().unwrap_or(0)
    }

    /// All identities.
    pub fn total(&self) -> usize {
        self.statuses.values().sum()
    }

    /// The identities that somebody in the company should own.
    pub fn ownable(&self) -> usize {
        self.total() - self.count(OwnerStatus::NotApplicable)
    }

    /// Those of them whose owner is registered and whose two attestations hold.
    pub fn reviewed(&self) -> usize {
        self.reviewed
    }

    /// Those that reach `sensitive`, `escalates` or `admin`.
    pub fn privileged(&self) -> Share {
        self.privileged
    }

    /// Those whose end came, and how many of them nobody can act as any more.
    pub fn ended(&self) -> (usize, usize) {
        let retired = self.standing(LifeState::Retired);
        (retired + self.standing(LifeState::RetirementDue), retired)
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
        let one = Counted::of(view, &identity.id);
        total.add(one);
        scopes.entry(&identity.scope).or_default().add(one);
    }
    let by_scope = scopes
        .into_iter()
        .map(|(scope, coverage)| ScopeCoverage { scope: scope.clone(), coverage })
        .collect();
    (total, by_scope)
}

/// The coverage of each owner's identities, by name; those of nobody under `None`.
pub(crate) fn coverage_by_owner<'a>(view: &View<'a>) -> BTreeMap<Option<&'a str>, Coverage> {
    let mut owners: BTreeMap<Option<&str>, Coverage> = BTreeMap::new();
    for identity in &view.identities {
        let one = Counted::of(view, &identity.id);
        if one.status != OwnerStatus::NotApplicable {
            let owner = view.owner(&identity.id).and_then(|owner| owner.business_owner.as_deref());
            owners.entry(owner).or_default().add(one);
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(status: OwnerStatus) -> Counted {
        Counted { status, life: None, level: None }
    }

    #[test]
    fn percent_is_of_what_can_be_owned_and_never_rounds_up_to_all() {
        let mut coverage = Coverage::default();
        assert_eq!(coverage.registered_percent(), None);
        coverage.add(one(OwnerStatus::NotApplicable));
        assert_eq!(coverage.registered_percent(), None);
        for _ in 0..999 {
            coverage.add(one(OwnerStatus::Registered));
        }
        assert_eq!(coverage.registered_percent(), Some(100));
        coverage.add(one(OwnerStatus::Unowned));
        assert_eq!(coverage.registered_percent(), Some(99));
        assert_eq!(coverage.total(), 1001);
    }

    #[test]
    fn reviewed_is_who_is_registered_and_whose_attestations_hold() {
        let mut coverage = Coverage::default();
        let admin = Some(Level::Admin);
        for (status, life, level) in [
            (OwnerStatus::Registered, Some(LifeState::Active), admin),
            (OwnerStatus::Registered, Some(LifeState::ReviewDue), Some(Level::Limited)),
            (OwnerStatus::Registered, Some(LifeState::Overdue), admin),
            (OwnerStatus::Registered, Some(LifeState::RetirementDue), admin),
            (OwnerStatus::Departed, Some(LifeState::Active), admin),
            (OwnerStatus::Inferred, Some(LifeState::Retired), None),
            (OwnerStatus::Unowned, None, Some(Level::Escalates)),
            (OwnerStatus::NotApplicable, Some(LifeState::Active), admin),
        ] {
            coverage.add(Counted { status, life, level });
        }
        assert_eq!((coverage.ownable(), coverage.reviewed()), (7, 2));
        assert_eq!(coverage.privileged(), Share { all: 5, registered: 3, reviewed: 1 });
        assert_eq!(coverage.ended(), (2, 1));
        assert_eq!(coverage.standing(LifeState::Active), 2);
    }
}
