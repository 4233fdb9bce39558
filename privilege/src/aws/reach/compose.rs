//! Levels and paths, put together from what everybody can do and the steps that lead on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use census_model::{IdentityId, Level, Path, Reach, ReachAt, Reaches, ScopeId};

use super::{Own, describe::Describer, steps::Found, world::Ended};
use crate::{
    aws::techniques,
    escalation::{Certainty, Graph, Kept, NodeId, Route, Routes, Standing},
    truth::Truth,
};

/// Puts levels and paths together.
pub(super) struct Composer<'w, 's, 'e> {
    pub(super) found: &'w Found<'s, 'e>,
    pub(super) graph: &'w Graph,
    pub(super) goals: &'w [NodeId],
    pub(super) own: BTreeMap<NodeId, Own>,
    /// Whose ways were not all looked for.
    pub(super) ended: Ended,
}

/// Where somebody can administer, and whether that is certain.
type Elsewhere<'e> = HashMap<NodeId, Vec<(&'e ScopeId, Certainty)>>;

impl<'e> Composer<'_, '_, 'e> {
    /// The reach of everybody.
    pub(super) fn reaches(mut self) -> Reaches {
        let all = |kept| Routes::new(self.graph, self.goals.iter().copied(), kept);
        let (certain, established, possible) = (all(Kept::Certain), all(Kept::Established), all(Kept::All));
        let (elsewhere, abroad) = self.elsewhere();
        let describer = Describer::new(self.found);
        let mut of: BTreeMap<IdentityId, Reach> = BTreeMap::new();
        for (id, own) in std::mem::take(&mut self.own) {
            let Some((identity, _)) = self.found.world.node(id).and_then(|node| node.identity()) else {
                continue;
            };
            let mut routes = if own.level == Level::Admin { Vec::new() } else { established.from(id) };
            let is_powerful = own.level == Level::Admin || !routes.is_empty();
            let escalates_for_certain = certain.reaches(id);
            let level =
                if own.level != Level::Admin && !routes.is_empty() { Level::Escalates } else { own.level };
            let conditional = match level {
                Level::Admin | Level::Sensitive => own.truth != Truth::Yes,
                Level::Escalates => !escalates_for_certain,
                _ => false,
            };
            let abroad = abroad.get(&id).map_or(&[][..], Vec::as_slice);
            let paths_total = if own.level == Level::Admin { abroad.len() } else { routes.len() };
            // A certain way is shown even where shorter ones are not certain.
            if escalates_for_certain
                && routes.iter().take(Reach::PATHS).all(|r| r.certainty() != Certainty::Certain)
            {
                routes.splice(0..0, certain.from(id).into_iter().take(1));
            }
            let routes = self.chosen(routes, abroad);
            let paths: Vec<Path> = describer.paths(id, &routes);
            let possible_paths = if is_powerful && own.level == Level::Admin {
                Vec::new()
            } else {
                let mut maybe = possible.from(id);
                maybe.retain(|route| route.standing() == Standing::Possible);
                maybe.truncate(Reach::PATHS);
                describer.paths(id, &maybe)
            };
            let reach = Reach {
                level,
                bound: own.doubts.bound(level, certainty(conditional)),
                conditional,
                at: at(&identity.scope, level, conditional, &own, elsewhere.get(&id)),
                because: own.because,
                gaps: own.doubts.all(level),
                paths_total: paths_total.max(paths.len()),
                paths,
                paths_more: self.ended.contains_key(&id),
                possible_paths,
            };
            of.insert(identity.id.clone(), reach);
        }
        let named = |id: &str| techniques::all().iter().find(|technique| &*technique.id == id);
        let used: BTreeSet<&str> = of
            .values()
            .flat_map(|reach| reach.paths.iter().chain(&reach.possible_paths))
            .flat_map(|path| path.steps.iter().map(|step| step.technique.as_str()))
            .collect();
        let techniques = used.into_iter().filter_map(named).map(|technique| {
            let described = technique.described();
            (described.id.clone(), described)
        });
        let techniques = techniques.collect();
        Reaches { of, techniques }
    }

    /// The routes that are kept: the shortest, and for each account that they do not end in the shortest that does, as far
    /// as there is room.
    fn chosen(&self, mut routes: Vec<Route>, abroad: &[Route]) -> Vec<Route> {
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

    /// For everybody the accounts that they can come to administer, with the shortest way to each other account.
    fn elsewhere(&self) -> (Elsewhere<'e>, HashMap<NodeId, Vec<Route>>) {
        let mut elsewhere: Elsewhere<'e> = HashMap::new();
        let mut abroad: HashMap<NodeId, Vec<Route>> = HashMap::new();
        for account in &self.found.world.accounts {
            let routes = Routes::new(self.graph, [account.goal], Kept::Established);
            let certain = Routes::new(self.graph, [account.goal], Kept::Certain);
            for node in routes.nodes() {
                if !self.own.contains_key(&node) {
                    continue;
                }
                let certainty =
                    if certain.reaches(node) { Certainty::Certain } else { Certainty::Conditional };
                elsewhere.entry(node).or_default().push((account.scope, certainty));
                let home = self.found.world.node(node).map(|node| node.account);
                let is_home = home
                    .and_then(|home| self.found.world.accounts.get(home))
                    .is_some_and(|at| at.goal == account.goal);
                if !is_home {
                    abroad.entry(node).or_default().extend(routes.from(node).into_iter().take(1));
                }
            }
        }
        abroad.values_mut().for_each(|routes| routes.sort_by_key(|route| route.0.len()));
        (elsewhere, abroad)
    }
}

fn certainty(conditional: bool) -> Certainty {
    if conditional { Certainty::Conditional } else { Certainty::Certain }
}

/// By what the first step of a route goes, and as whom its owner acts then.
fn done_to(route: &Route) -> Option<(NodeId, u32)> {
    route.0.first().map(|edge| (edge.to, edge.through))
}

/// The reach by scope, the highest first.
fn at(
    home: &ScopeId,
    level: Level,
    conditional: bool,
    own: &Own,
    elsewhere: Option<&Vec<(&ScopeId, Certainty)>>,
) -> Vec<ReachAt> {
    let elsewhere = elsewhere.map_or(&[][..], Vec::as_slice);
    let here = elsewhere.iter().find(|(scope, _)| *scope == home);
    // Whoever reaches administration only elsewhere has at home what it has.
    let (level_here, conditional_here) = match (own.level, here) {
        (Level::Admin, _) => (level, conditional),
        (_, Some((_, certainty))) => (Level::Escalates, *certainty != Certainty::Certain),
        (other, None) => (other, other == Level::Sensitive && own.truth != Truth::Yes),
    };
    let entry = |scope: &ScopeId, level: Level, conditional: bool| ReachAt {
        scope: scope.clone(),
        level,
        bound: own.doubts.bound(level, certainty(conditional)),
        conditional,
    };
    let mut at: Vec<ReachAt> = elsewhere
        .iter()
        .filter(|(scope, _)| *scope != home)
        .map(|(scope, certainty)| entry(scope, Level::Escalates, *certainty != Certainty::Certain))
        .collect();
    if level_here > Level::None {
        at.push(entry(home, level_here, conditional_here));
    }
    at.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.scope.cmp(&b.scope)));
    at
}
