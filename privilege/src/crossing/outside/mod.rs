//! Who comes in from outside by the tokens of an issuer, and how far that reaches.
//!
//! A repository or service account is nobody of the estate and takes one step: into an identity that trusts it. So nothing
//! is searched here: what it comes to is what those identities come to, one step further away.

mod doors;

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Bound, Cut, Doubt, Entry, GapId, IdentityId, Level, Outside, Outsider, Path, Reach, ReachAt, Reaches,
    ScopeId, TechniqueId,
};

pub(crate) use self::doors::Doors;
use self::doors::Entrance;
use super::techniques;
use crate::escalation::{Certainty, with_cuts};

/// Adds how far everybody outside reaches, and the techniques of their paths.
pub(crate) fn add(doors: &Doors<'_>, reaches: &mut Reaches) {
    reaches.outside = all(doors, reaches);
    let steps = reaches.outside.iter().flat_map(|one| &one.reach.paths).filter_map(|path| path.steps.first());
    let used: BTreeSet<TechniqueId> = steps.map(|step| step.technique.clone()).collect();
    let described = used.into_iter().filter_map(|id| Some((id.clone(), techniques::described(&id)?)));
    reaches.techniques.extend(described);
}

fn all(doors: &Doors<'_>, reaches: &Reaches) -> Vec<Outside> {
    let of = |who: &Outsider| {
        let entrances = doors.of(who);
        let entries = entrances.iter().map(|Entrance { door, .. }| Entry {
            becomes: door.becomes.id.clone(),
            subject: door.subject.value.as_str().into(),
            conditional: door.certainty == Certainty::Conditional,
        });
        let behind: Vec<Behind<'_, '_>> = entrances
            .iter()
            .filter_map(|entrance| Some(Behind { entrance, reach: reaches.get(&entrance.door.becomes.id)? }))
            .collect();
        Outside { who: who.clone(), entries: entries.collect(), reach: reach(who, &behind) }
    };
    doors.outsiders().map(of).collect()
}

/// For everybody outside who can come to act as one of some identities, the shortest paths there; `ways` are those of the
/// identities of the estate.
pub(crate) fn ways_to(
    doors: &Doors<'_>,
    targets: &BTreeSet<&IdentityId>,
    ways: &BTreeMap<IdentityId, Vec<Path>>,
) -> Vec<(Outsider, Vec<Path>)> {
    let of = |who: &Outsider| {
        let mut found = Vec::new();
        let entrances = doors.of(who);
        for entrance in &entrances {
            let becomes = &entrance.door.becomes.id;
            if targets.contains(becomes) {
                found.push(Route { entrance, rest: Rest::Nothing });
            }
            let further = ways.get(becomes).into_iter().flatten();
            found.extend(further.map(|path| Route { entrance, rest: Rest::Path(path) }));
        }
        (who.clone(), told(who, found))
    };
    doors.outsiders().map(of).filter(|(_, paths)| !paths.is_empty()).collect()
}

/// An identity that somebody outside can become, and what that reaches.
struct Behind<'d, 'e> {
    entrance: &'d Entrance<'d, 'e>,
    reach: &'d Reach,
}

impl Behind<'_, '_> {
    fn is_conditional(&self) -> bool {
        self.entrance.door.certainty == Certainty::Conditional
    }
}

/// A way in, and what follows it.
struct Route<'d, 'e> {
    entrance: &'d Entrance<'d, 'e>,
    rest: Rest<'d>,
}

#[derive(Clone, Copy)]
enum Rest<'d> {
    /// Whoever is in is where it was to come.
    Nothing,
    /// Whoever is in administers something.
    Administers(&'d ReachAt),
    /// The steps of whoever is in.
    Path(&'d Path),
}

impl<'d> Route<'d, '_> {
    fn scope(&self) -> Option<&'d ScopeId> {
        match self.rest {
            Rest::Nothing => None,
            Rest::Administers(at) => Some(&at.scope),
            Rest::Path(path) => path.scope.as_ref(),
        }
    }

    fn is_conditional(&self) -> bool {
        let further = match self.rest {
            Rest::Nothing => false,
            Rest::Administers(at) => at.conditional,
            Rest::Path(path) => path.conditional,
        };
        further || self.entrance.door.certainty == Certainty::Conditional
    }

    fn order(&self) -> (usize, bool, Option<&'d ScopeId>, &IdentityId) {
        let further = match self.rest {
            Rest::Nothing | Rest::Administers(_) => 0,
            Rest::Path(path) => path.steps.len(),
        };
        (further, self.is_conditional(), self.scope(), &self.entrance.door.becomes.id)
    }

    /// Told, with what would end it.
    fn told(&self, who: &Outsider) -> Option<(Path, Vec<Cut>)> {
        let door = self.entrance.door;
        let mut first = door.step(who)?;
        let mut cuts: Vec<Cut> = self.entrance.cut(who).into_iter().collect();
        let (rest, target) = match self.rest {
            Rest::Nothing => (&[][..], &door.becomes.id),
            Rest::Administers(at) => {
                // Where administration itself hangs on a condition, so does the step that comes to it.
                first.conditional |= at.conditional;
                (&[][..], &door.becomes.id)
            }
            Rest::Path(path) => {
                cuts.extend(path.cut.clone());
                (path.steps.as_slice(), &path.target)
            }
        };
        let steps = std::iter::once(first).chain(rest.iter().cloned()).collect();
        let (scope, conditional) = (self.scope().cloned(), self.is_conditional());
        Some((Path { steps, target: target.clone(), scope, conditional, cut: None }, cuts))
    }
}

/// The shortest routes as paths: first the shortest to each scope, then others.
fn told(who: &Outsider, mut routes: Vec<Route<'_, '_>>) -> Vec<Path> {
    routes.sort_by(|a, b| a.order().cmp(&b.order()));
    let mut seen = BTreeSet::new();
    let (mut chosen, others): (Vec<_>, Vec<_>) =
        routes.into_iter().partition(|route| seen.insert(route.scope()));
    chosen.extend(others);
    chosen.truncate(Reach::PATHS);
    chosen.sort_by(|a, b| a.order().cmp(&b.order()));
    let (paths, cuts): (Vec<Path>, Vec<Vec<Cut>>) = chosen.iter().filter_map(|route| route.told(who)).unzip();
    with_cuts(paths, &cuts)
}

/// What somebody outside comes to, by what lies behind its ways in.
fn reach(who: &Outsider, behind: &[Behind<'_, '_>]) -> Reach {
    let mut routes = Vec::new();
    let mut at: BTreeMap<&ScopeId, (Level, bool)> = BTreeMap::new();
    let mut paths_total = 0;
    for one in behind {
        for there in &one.reach.at {
            let (level, conditional) =
                (outside_level(there.level), there.conditional || one.is_conditional());
            let known = at.entry(&there.scope).or_insert((level, conditional));
            if (level, !conditional) > (known.0, !known.1) {
                *known = (level, conditional);
            }
            if there.level == Level::Admin {
                routes.push(Route { entrance: one.entrance, rest: Rest::Administers(there) });
                paths_total += 1;
            }
        }
        routes.extend(
            one.reach.paths.iter().map(|path| Route { entrance: one.entrance, rest: Rest::Path(path) }),
        );
        paths_total += one.reach.paths_total;
    }
    let level_of = |one: &&Behind<'_, '_>| outside_level(one.reach.level);
    let level = behind.iter().map(|one| level_of(&one)).max().unwrap_or(Level::Unknown);
    let giving: Vec<&Behind<'_, '_>> = behind.iter().filter(|one| level_of(one) == level).collect();
    let bound = bound(level, &giving, behind);
    let gaps: BTreeSet<&GapId> = match bound {
        Bound::Exact => BTreeSet::new(),
        _ => behind.iter().flat_map(|one| one.reach.gaps.iter().chain(&one.entrance.door.limits)).collect(),
    };
    let surest = giving.iter().find(|one| !one.reach.conditional && !one.is_conditional());
    let because = surest.or(giving.first()).map(|one| one.reach.because.clone());
    Reach {
        level,
        bound,
        conditional: surest.is_none(),
        at: scopes(at, bound),
        because: because.filter(|_| level < Level::Escalates).unwrap_or_default(),
        gaps: gaps.into_iter().cloned().collect(),
        paths: told(who, routes),
        paths_total,
        paths_more: behind.iter().any(|one| one.reach.paths_more),
        possible_paths: Vec::new(),
    }
}

/// Whoever comes from outside administers nothing as it is.
fn outside_level(level: Level) -> Level {
    level.min(Level::Escalates)
}

/// How sure a level is: less, if all that give it may be less; more, if any may.
fn bound(level: Level, giving: &[&Behind<'_, '_>], behind: &[Behind<'_, '_>]) -> Bound {
    let doubt = |is: bool| if is { Doubt::Some } else { Doubt::None };
    let may_be_less = |one: &&Behind<'_, '_>| {
        matches!(one.reach.bound, Bound::Upper | Bound::Open) || !one.entrance.door.limits.is_empty()
    };
    let may_be_more = |one: &Behind<'_, '_>| {
        matches!(one.reach.bound, Bound::Lower | Bound::Open) || one.reach.level == Level::Unknown
    };
    let more = level < Level::Escalates && behind.iter().any(may_be_more);
    Bound::of(doubt(giving.iter().all(may_be_less)), doubt(more))
}

fn scopes(at: BTreeMap<&ScopeId, (Level, bool)>, bound: Bound) -> Vec<ReachAt> {
    let told = |(scope, (level, conditional)): (&ScopeId, (Level, bool))| ReachAt {
        scope: scope.clone(),
        level,
        bound,
        conditional,
    };
    let mut all: Vec<ReachAt> = at.into_iter().map(told).collect();
    all.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.scope.cmp(&b.scope)));
    all
}
