//! The reach of an identity, put together from what it holds.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{Bound, Doubt, GapId, Level, Proof, Reach, ReachAt, ScopeId};

use super::{bounds::Doubts, holdings::Weighed, places::Places};
use crate::{
    azure::held::{Held, Weight},
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

/// The reach of an identity.
pub(super) fn compose(places: &Places<'_>, whole: Whole, doubts: &Doubts) -> Reach {
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
    let best = at.values().cloned().reduce(Standing::or);
    let level = best.as_ref().map_or(Level::None, |best| best.level);
    let unknown =
        if level <= Level::None { !doubts.gives.is_empty() || doubts.has_unread } else { doubts.has_unread };
    let mut gaps: BTreeSet<GapId> = BTreeSet::new();
    if level < Level::Admin {
        gaps.extend(doubts.gives.iter().chain(&doubts.texts).chain(&doubts.faint).cloned());
    }
    if unknown && level <= Level::Limited {
        return Reach::unknown(gaps.into_iter().filter(|gap| places.tells_of(gap)).collect());
    }
    let entries: Vec<ReachAt> = {
        let mut entries: Vec<ReachAt> = at.iter().map(|(scope, one)| entry(scope, one, doubts)).collect();
        entries.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.scope.cmp(&b.scope)));
        entries
    };
    gaps.extend(at.values().filter(|one| one.level == level).flat_map(|one| one.takes.iter().cloned()));
    let less = best.as_ref().map_or(Doubt::None, |best| doubt(!best.takes.is_empty()));
    let conditional = best.is_some_and(|best| best.truth != Truth::Yes);
    Reach {
        level,
        bound: Bound::of(less, more(level, doubts)),
        conditional,
        at: entries,
        because: whole.proofs(),
        gaps: gaps.into_iter().filter(|gap| places.tells_of(gap)).collect(),
        ..Reach::unknown(Vec::new())
    }
}

fn entry(scope: &ScopeId, standing: &Standing, doubts: &Doubts) -> ReachAt {
    let less = doubt(!standing.takes.is_empty());
    ReachAt {
        scope: scope.clone(),
        level: standing.level,
        bound: Bound::of(less, more(standing.level, doubts)),
        conditional: standing.truth != Truth::Yes,
    }
}

fn doubt(is_some: bool) -> Doubt {
    if is_some { Doubt::Some } else { Doubt::None }
}

/// Whether there may be more. Ways that lead on are not followed in Azure, so that whoever holds anything may get further.
fn more(level: Level, doubts: &Doubts) -> Doubt {
    let is_open = doubts.holds || !doubts.gives.is_empty() || !doubts.faint.is_empty();
    doubt(level < Level::Admin && is_open)
}
