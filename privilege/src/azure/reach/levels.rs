//! What an identity reaches as it is, put together from what it holds.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{GapId, Level, Proof, ScopeId};

use super::{bounds::Doubts, holdings::Weighed, places::Places};
use crate::{
    azure::held::{Held, Weight},
    escalation::{Doubts as Standings, Own, OwnAt},
    truth::Truth,
};

/// What an identity holds, from all that gives.
pub(super) struct Whole {
    /// Through roles of Azure. It counts in its scope and below.
    pub(super) roles: super::holdings::Holdings,
    /// By other ways. It counts in its scope only.
    pub(super) others: Vec<Held>,
    /// Where it holds something by other ways that is not weighed.
    pub(super) unweighed: Vec<(ScopeId, Truth)>,
}

/// The level at a scope.
#[derive(Clone, Debug)]
struct Standing {
    level: Level,
    truth: Truth,
    /// What could take it away; empty where something gives it that nothing takes away.
    takes: BTreeSet<GapId>,
}

impl Standing {
    fn of(level: Level, truth: Truth, takes: &[GapId]) -> Self {
        Self { level, truth, takes: takes.iter().cloned().collect() }
    }

    /// The higher of two, of two that are alike the one with fewer doubts.
    fn or(self, other: Self) -> Self {
        let rank = |one: &Self| (one.level, one.truth, one.takes.is_empty());
        if rank(&other) > rank(&self) {
            return other;
        }
        self
    }
}

fn level_of(weight: Weight) -> Level {
    match weight {
        Weight::Administration => Level::Admin,
        _ => Level::Sensitive,
    }
}

impl Whole {
    /// Leaves out of what is held by other ways what roles give above already.
    fn without_repetition(mut self, places: &Places<'_>) -> Self {
        let roles = &self.roles.weighed;
        let is_given = |one: &Held| {
            roles.iter().map(|weighed| &weighed.held).any(|above| {
                places.above(&one.scope).contains(&&above.scope)
                    && [Weight::Administration, one.weight].contains(&above.weight)
                    && above.truth >= one.truth
            })
        };
        // The directory is told at the tenant, whose roles of Azure are something else.
        self.others.retain(|one| places.is_tenant(&one.scope) || !is_given(one));
        self
    }

    fn by_roles(&self) -> BTreeMap<&ScopeId, Standing> {
        let weighed = self.roles.weighed.iter().map(|one| {
            let held = &one.held;
            (&held.scope, Standing::of(level_of(held.weight), held.truth, &one.takes))
        });
        let lesser = self.roles.lesser.iter();
        let lesser = lesser.map(|one| (&one.scope, Standing::of(Level::Limited, one.truth, &one.takes)));
        gathered(weighed.chain(lesser))
    }

    fn by_others(&self) -> BTreeMap<&ScopeId, Standing> {
        let weighed = self.others.iter();
        let weighed = weighed.map(|one| (&one.scope, Standing::of(level_of(one.weight), one.truth, &[])));
        let lesser = self.unweighed.iter();
        gathered(
            weighed.chain(lesser.map(|(scope, truth)| (scope, Standing::of(Level::Limited, *truth, &[])))),
        )
    }

    /// The proofs, those of the highest levels first, the certain ones before others.
    fn proofs(self) -> Vec<Proof> {
        let mut all: Vec<Held> = self.roles.weighed.into_iter().map(|Weighed { held, .. }| held).collect();
        all.extend(self.others);
        all.sort_by(|a, b| {
            let rank = |one: &Held| (std::cmp::Reverse(level_of(one.weight)), std::cmp::Reverse(one.truth));
            let place = |one: &Held| (one.weight, one.scope.clone(), one.proof.action.clone());
            (rank(a), place(a)).cmp(&(rank(b), place(b)))
        });
        all.into_iter().map(|one| one.proof).collect()
    }
}

fn gathered<'h>(standings: impl Iterator<Item = (&'h ScopeId, Standing)>) -> BTreeMap<&'h ScopeId, Standing> {
    let mut found: BTreeMap<&ScopeId, Standing> = BTreeMap::new();
    for (scope, standing) in standings {
        let known = found.remove(scope);
        found.insert(scope, known.map_or(standing.clone(), |known| known.or(standing)));
    }
    found
}

/// Names a level where it holds first, and below that only where it is higher, or certain where it was not.
fn highest<'h>(
    places: &Places<'_>,
    all: &BTreeMap<&'h ScopeId, Standing>,
) -> BTreeMap<&'h ScopeId, Standing> {
    let rank = |one: &Standing| (one.level, one.truth);
    let is_new = |scope: &ScopeId, standing: &Standing| {
        let above = places.above(scope).iter().filter(|above| **above != scope);
        above.filter_map(|above| all.get(above)).all(|above| rank(above) < rank(standing))
    };
    let kept = all.iter().filter(|(scope, standing)| is_new(scope, standing));
    kept.map(|(scope, standing)| (*scope, standing.clone())).collect()
}

/// What an identity reaches as it is.
pub(super) fn compose<'e>(places: &Places<'e>, home: &'e ScopeId, whole: Whole, doubts: &Doubts) -> Own<'e> {
    let whole = whole.without_repetition(places);
    let mut at = highest(places, &whole.by_roles());
    let by_roles = at.clone();
    for (scope, standing) in whole.by_others() {
        let above = places.above(scope).iter().filter_map(|above| by_roles.get(*above));
        if above.into_iter().any(|above| (above.level, above.truth) > (standing.level, standing.truth)) {
            continue;
        }
        let known = at.remove(scope);
        at.insert(scope, known.map_or(standing.clone(), |known| known.or(standing)));
    }
    let level = at.values().map(|one| one.level).max().unwrap_or(Level::None);
    let told = |gaps: &BTreeSet<GapId>| gaps.iter().filter(|gap| places.tells_of(gap)).cloned().collect();
    let mut of_own = Standings {
        own: told(&doubts.texts),
        widening: told(&doubts.gives.iter().chain(&doubts.faint).chain(&doubts.leads).cloned().collect()),
        unread: doubts.has_unread || doubts.in_units,
        ..Standings::default()
    };
    let is_unknown = doubts.has_unread || level <= Level::None && !doubts.gives.is_empty();
    if is_unknown && level <= Level::Limited {
        of_own.unread = true;
        let at = vec![OwnAt { scope: home, level: Level::Unknown, truth: Truth::Yes, limits: Vec::new() }];
        return Own { at, because: Vec::new(), doubts: of_own };
    }
    let mut own = vec![at_home(places, home, &at)];
    for (scope, standing) in &at {
        if let Some(scope) = places.of_estate(scope).filter(|scope| *scope != home) {
            own.push(OwnAt {
                scope,
                level: standing.level,
                truth: standing.truth,
                limits: told(&standing.takes),
            });
        }
    }
    Own { at: own, because: whole.proofs(), doubts: of_own }
}

/// The level where an identity lives.
fn at_home<'e>(places: &Places<'e>, home: &'e ScopeId, at: &BTreeMap<&ScopeId, Standing>) -> OwnAt<'e> {
    match at.get(home) {
        Some(one) => {
            let limits = one.takes.iter().filter(|gap| places.tells_of(gap)).cloned().collect();
            OwnAt { scope: home, level: one.level, truth: one.truth, limits }
        }
        None => OwnAt { scope: home, level: Level::None, truth: Truth::Yes, limits: Vec::new() },
    }
}
