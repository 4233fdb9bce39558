//! Levels and paths, put together from what everybody can do and the steps that lead on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use census_model::{GapId, IdentityId, Index, Level, Path, Reach, ReachAt, Reaches, ScopeId, TechniqueId};

use super::{
    cloud::{Cloud, Goal},
    graph::{Certainty, Graph, Kept, NodeId, Standing},
    own::{Ended, Left, Own, OwnAt, Search},
    paths::paths,
    routes::{Route, Routes},
};
use crate::truth::Truth;

/// The reach of everybody of whom it is known what they can do as they are.
pub(crate) fn reaches<'e>(
    index: &Index<'e>,
    cloud: &mut impl Cloud<'e>,
    own: BTreeMap<NodeId, Own<'e>>,
) -> Reaches {
    let goals = cloud.goals();
    let graph = Graph::explore(goals.iter().map(|goal| goal.node), cloud);
    let ended = cloud.take_ended();
    let own = leads_to_the_unknown(own, cloud);
    let own = may_lead_to_administration(own, &graph, &goals, cloud);
    let own = leads_to_an_end(own, &ended, cloud);
    Composer { index, cloud, graph: &graph, goals, ended }.reaches(own)
}

/// For every identity that can come to act as one of some others, the shortest paths there.
pub(crate) fn ways_to<'e>(
    cloud: &mut impl Cloud<'e>,
    aims: &[NodeId],
    targets: &BTreeSet<&IdentityId>,
) -> BTreeMap<IdentityId, Vec<Path>> {
    let graph = Graph::explore(aims.iter().copied(), cloud);
    let routes = Routes::new(&graph, aims.iter().copied(), Kept::Established);
    let mut ways = BTreeMap::new();
    for id in routes.nodes() {
        let Some(identity) = cloud.as_read(id).filter(|identity| !targets.contains(&identity.id)) else {
            continue;
        };
        let mut of = routes.from(id);
        of.truncate(Reach::PATHS);
        let paths = paths(cloud, id, &of).paths;
        if !paths.is_empty() {
            ways.insert(identity.id.clone(), paths);
        }
    }
    ways
}

/// Whoever can come to one of some nodes by steps that count, found apart from all other searches.
fn who_comes_to<'e>(starts: &[NodeId], cloud: &mut impl Cloud<'e>) -> Vec<NodeId> {
    let counted = cloud.begin_anew();
    let graph = Graph::explore(starts.iter().copied(), cloud);
    cloud.resume(counted);
    graph.distances(starts.iter().copied(), Kept::Established).nodes()
}

/// Whoever can become somebody of whom nothing is known may reach further than can be told.
fn leads_to_the_unknown<'e>(
    mut own: BTreeMap<NodeId, Own<'e>>,
    cloud: &mut impl Cloud<'e>,
) -> BTreeMap<NodeId, Own<'e>> {
    let is_unknown = |own: &Own<'_>| own.highest().0 == Level::Unknown;
    let unknown: Vec<NodeId> = own.iter().filter(|(_, own)| is_unknown(own)).map(|(id, _)| *id).collect();
    if unknown.is_empty() {
        return own;
    }
    let mut gaps: Vec<_> =
        unknown.iter().filter_map(|id| own.get(id)).flat_map(|own| own.doubts.own.clone()).collect();
    gaps.sort_unstable();
    gaps.dedup();
    for id in who_comes_to(&unknown, cloud) {
        if let Some(own) = own.get_mut(&id).filter(|own| !is_unknown(own)) {
            own.doubts.widen(&gaps);
        }
    }
    own
}

/// Whoever might take a step that was not read to somebody who administers something, or may come to, may reach further
/// than was found.
fn may_lead_to_administration<'e>(
    mut own: BTreeMap<NodeId, Own<'e>>,
    graph: &Graph,
    goals: &[Goal<'e>],
    cloud: &mut impl Cloud<'e>,
) -> BTreeMap<NodeId, Own<'e>> {
    let unread = cloud.unread();
    if unread.is_empty() {
        return own;
    }
    let established = Routes::new(graph, goals.iter().map(|goal| goal.node), Kept::Established);
    let matters = |node: NodeId| {
        let level = own.get(&node).map(|own| own.highest().0);
        matches!(level, Some(Level::Admin | Level::Unknown)) || established.reaches(node)
    };
    let mut by_takers: BTreeMap<BTreeSet<NodeId>, BTreeSet<GapId>> = BTreeMap::new();
    for one in unread.into_iter().filter(|one| matters(one.to)) {
        by_takers.entry(one.from).or_default().extend(one.gaps);
    }
    for (takers, gaps) in by_takers {
        let (takers, gaps): (Vec<_>, Vec<_>) = (takers.into_iter().collect(), gaps.into_iter().collect());
        for id in who_comes_to(&takers, cloud) {
            if let Some(own) = own.get_mut(&id) {
                own.doubts.widen(&gaps);
            }
        }
    }
    own
}

/// Whoever can become somebody of whom not all was tried may reach further than was found.
fn leads_to_an_end<'e>(
    mut own: BTreeMap<NodeId, Own<'e>>,
    ended: &Ended,
    cloud: &mut impl Cloud<'e>,
) -> BTreeMap<NodeId, Own<'e>> {
    let open: Vec<NodeId> =
        ended.iter().filter(|(_, left)| **left == Left::Levels).map(|(id, _)| *id).collect();
    if open.is_empty() {
        return own;
    }
    for id in who_comes_to(&open, cloud) {
        if let Some(own) = own.get_mut(&id) {
            own.doubts.search = Search::Ended;
        }
    }
    own
}

/// Puts levels and paths together.
struct Composer<'w, 'e, C> {
    index: &'w Index<'e>,
    cloud: &'w C,
    graph: &'w Graph,
    goals: Vec<Goal<'e>>,
    /// Whose ways were not all looked for.
    ended: Ended,
}

/// Where somebody can come to administer, and whether that is certain.
type Elsewhere<'e> = HashMap<NodeId, Vec<(&'e ScopeId, Certainty)>>;

/// The shortest ways to administer what somebody does not live in, one for each scope.
#[derive(Default)]
struct Abroad {
    /// The shortest, as many as can be shown beside another one.
    routes: Vec<Route>,
    /// How many there are.
    total: usize,
}

impl Abroad {
    fn add(&mut self, length: Option<u32>, route: impl FnOnce() -> Option<Route>) {
        self.total += 1;
        let longest = self.routes.last().map(|route| route.0.len());
        let is_longer = |longest| length.and_then(|length| usize::try_from(length).ok()) >= Some(longest);
        if self.routes.len() > Reach::PATHS && longest.is_some_and(is_longer) {
            return;
        }
        self.routes.extend(route());
        self.routes.sort_by_key(|route| route.0.len());
        self.routes.truncate(Reach::PATHS + 1);
    }
}

impl<'e, C: Cloud<'e>> Composer<'_, 'e, C> {
    fn reaches(self, all: BTreeMap<NodeId, Own<'e>>) -> Reaches {
        let routes = |kept| Routes::new(self.graph, self.goals.iter().map(|goal| goal.node), kept);
        let (certain, established) = (routes(Kept::Certain), routes(Kept::Established));
        let possible = routes(Kept::All);
        let (elsewhere, abroad) = self.elsewhere(&all);
        let mut of: BTreeMap<IdentityId, Reach> = BTreeMap::new();
        for (id, own) in all {
            let Some(identity) = self.cloud.as_read(id) else { continue };
            let (own_level, own_truth) = own.highest();
            let mut routes = if own_level == Level::Admin { Vec::new() } else { established.from(id) };
            let escalates_for_certain = certain.reaches(id);
            let level = if routes.is_empty() { own_level } else { Level::Escalates };
            let conditional = match level {
                Level::Escalates => !escalates_for_certain,
                _ => own_truth != Truth::Yes,
            };
            let (abroad, in_all) =
                abroad.get(&id).map_or((&[][..], 0), |abroad| (abroad.routes.as_slice(), abroad.total));
            let paths_total = if own_level == Level::Admin { in_all } else { routes.len() };
            // A certain way is shown even where shorter ones are not certain.
            if escalates_for_certain
                && routes.iter().take(Reach::PATHS).all(|r| r.certainty() != Certainty::Certain)
            {
                routes.splice(0..0, certain.from(id).into_iter().take(1));
            }
            let found = paths(self.cloud, id, &chosen(routes, abroad));
            let paths: Vec<Path> = found.paths;
            let limits = if level == Level::Escalates { found.limits } else { own.limits() };
            let possible_paths = if own_level == Level::Admin {
                Vec::new()
            } else {
                let mut maybe = possible.from(id);
                maybe.retain(|route| route.standing() == Standing::Possible);
                maybe.truncate(Reach::PATHS);
                self::paths(self.cloud, id, &maybe).paths
            };
            let reach = Reach {
                level,
                bound: own.doubts.bound(level, certainty(conditional), &limits),
                conditional,
                at: at(&own, elsewhere.get(&id)),
                gaps: own.doubts.all(level, &limits),
                because: own.because,
                paths_total: paths_total.max(paths.len()),
                paths,
                paths_more: self.ended.contains_key(&id),
                possible_paths,
            };
            of.insert(identity.id.clone(), reach);
        }
        let used: BTreeSet<&TechniqueId> = of
            .values()
            .flat_map(|reach| reach.paths.iter().chain(&reach.possible_paths))
            .flat_map(|path| path.steps.iter().map(|step| &step.technique))
            .collect();
        let techniques = used.into_iter().filter_map(|id| Some((id.clone(), self.cloud.technique(id)?)));
        let techniques = techniques.collect();
        Reaches { of, techniques, outside: Vec::new() }
    }

    /// For everybody the scopes that they can come to administer and do not yet, with the shortest way to each that they
    /// do not live in.
    fn elsewhere(&self, all: &BTreeMap<NodeId, Own<'e>>) -> (Elsewhere<'e>, HashMap<NodeId, Abroad>) {
        let mut elsewhere: Elsewhere<'e> = HashMap::new();
        let mut abroad: HashMap<NodeId, Abroad> = HashMap::new();
        // The outermost first: whoever comes to administer a scope administers what lies in it.
        let mut goals: Vec<_> =
            self.goals.iter().map(|goal| (self.index.ancestors(goal.scope), goal)).collect();
        goals.sort_by_key(|(chain, goal)| (chain.len(), goal.node));
        for (chain, goal) in goals {
            let routes = Routes::new(self.graph, [goal.node], Kept::Established);
            let certain = Routes::new(self.graph, [goal.node], Kept::Certain);
            for node in routes.nodes() {
                let Some(own) = all.get(&node) else { continue };
                // Whoever administers a scope administers what lies in it.
                let administered = |at: &OwnAt<'_>| {
                    at.level == Level::Admin && chain.iter().any(|scope| scope.id == *at.scope)
                };
                if own.at.iter().any(administered) {
                    continue;
                }
                let certainty =
                    if certain.reaches(node) { Certainty::Certain } else { Certainty::Conditional };
                let known = elsewhere.entry(node).or_default();
                let is_above = |scope: &ScopeId| chain.iter().any(|one| one.id == *scope);
                if known.iter().any(|(scope, known)| is_above(scope) && *known <= certainty) {
                    continue;
                }
                known.push((goal.scope, certainty));
                if own.at.first().is_none_or(|home| home.scope != goal.scope) {
                    abroad.entry(node).or_default().add(routes.distance(node), || routes.first(node));
                }
            }
        }
        (elsewhere, abroad)
    }
}

/// The routes that are kept: the shortest, and for each scope that they do not end in the shortest that does, as far as
/// there is room.
fn chosen(mut routes: Vec<Route>, abroad: &[Route]) -> Vec<Route> {
    let end = |route: &Route| route.0.last().map(|edge| edge.to);
    let mut first: Vec<Route> = routes.drain(..routes.len().min(1)).collect();
    for route in abroad {
        if first.iter().all(|one| end(one) != end(route)) {
            first.push(route.clone());
        }
    }
    // Another way to do something to the same thing says less than a way by another one.
    let mut seen: HashSet<_> = first.iter().filter_map(done_to).collect();
    let rest = routes.into_iter().filter(|route| !first.contains(route));
    let (other, again): (Vec<Route>, Vec<Route>) =
        rest.partition(|route| done_to(route).is_none_or(|done| seen.insert(done)));
    first.extend(other.into_iter().chain(again));
    first.truncate(Reach::PATHS);
    first.sort_by_key(|route| (route.0.len(), route.certainty()));
    first
}

fn certainty(conditional: bool) -> Certainty {
    if conditional { Certainty::Conditional } else { Certainty::Certain }
}

/// By what the first step of a route goes, and as whom its owner acts then.
fn done_to(route: &Route) -> Option<(NodeId, u32)> {
    route.0.first().map(|edge| (edge.to, edge.through))
}

/// The reach by scope, the highest first.
fn at(own: &Own<'_>, elsewhere: Option<&Vec<(&ScopeId, Certainty)>>) -> Vec<ReachAt> {
    let mut levels: BTreeMap<&ScopeId, (Level, bool, &[GapId])> = own
        .at
        .iter()
        .map(|at| (at.scope, (at.level, at.truth != Truth::Yes, at.limits.as_slice())))
        .collect();
    for (scope, certainty) in elsewhere.into_iter().flatten() {
        let known = levels.entry(scope).or_insert((Level::Unknown, false, &[]));
        if known.0 < Level::Escalates {
            *known = (Level::Escalates, *certainty != Certainty::Certain, &[]);
        }
    }
    let mut at: Vec<ReachAt> = levels
        .into_iter()
        .filter(|(_, (level, ..))| *level > Level::None)
        .map(|(scope, (level, conditional, limits))| ReachAt {
            scope: scope.clone(),
            level,
            bound: own.doubts.bound(level, certainty(conditional), limits),
            conditional,
        })
        .collect();
    at.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.scope.cmp(&b.scope)));
    at
}
