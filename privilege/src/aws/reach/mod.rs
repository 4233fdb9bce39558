//! How far every principal of AWS reaches: what its permissions cover, and what it can make of them.

mod actions;
mod admin;
mod admin_groups;
mod aims;
mod asker;
mod attempts;
mod boundaries;
mod bounds;
mod callers;
mod candidates;
mod changes;
mod compose;
mod denials;
mod describe;
mod followers;
mod forms;
mod fresh;
mod gifts;
mod joins;
mod masks;
mod names;
mod needed;
mod needs;
mod node;
mod owned;
mod powers;
mod preconditions;
mod prepared;
mod proofs;
mod regions;
mod reverts;
mod rulers;
mod steered;
mod steering;
mod steps;
mod tags;
mod taken;
mod versions;
mod world;
mod writes;

use std::collections::{BTreeMap, BTreeSet};

use census_model::{IdentityId, Level, Path, Proof, Reach, Reaches};

use self::{
    actions::{ActionNo, Actions, Mask},
    bounds::{Bounds, Doubts, Search},
    compose::Composer,
    describe::Describer,
    powers::{Kind, Power},
    prepared::Prepared,
    steps::{Administrators, Found},
    world::{Ended, Left, World},
};
use super::{access::Access, techniques};
use crate::{
    escalation::{Graph, Kept, NodeId, Routes},
    truth::Truth,
};

/// The technique that stands for acting as anybody in an account that one administers.
const ADMINISTRATION: &str = "aws-administrator";

/// What an identity can do as it is.
struct Own {
    level: Level,
    truth: Truth,
    because: Vec<Proof>,
    doubts: Doubts,
}

/// The techniques, the operations that weigh and the numbers of their actions.
struct Data {
    actions: Actions,
    powers: Vec<Power>,
    prepared: Vec<Prepared>,
    assume_role: ActionNo,
    administration: u16,
}

impl Data {
    fn new() -> Self {
        let mut actions = Actions::default();
        admin::actions().for_each(|action| {
            actions.number(action);
        });
        writes::actions().for_each(|action| {
            actions.number(action);
        });
        let powers = powers::all(&mut actions);
        let prepared = Prepared::all(techniques::all(), &mut actions);
        let assume_role = actions.number("sts:AssumeRole");
        let administration = prepared.iter().position(|one| &*one.technique.id == ADMINISTRATION);
        let administration = administration.and_then(|number| u16::try_from(number).ok()).unwrap_or(u16::MAX);
        Self { actions, powers, prepared, assume_role, administration }
    }

    /// Everybody, judged as they are, with what they and others can make of them.
    fn found<'s, 'e>(
        &'s self,
        access: &'s Access<'e>,
        administrators: Administrators,
    ) -> (Found<'s, 'e>, BTreeMap<NodeId, Own>) {
        let mut world = World::new(access, &self.actions, &self.prepared);
        let own = judge_all(&mut world, &self.powers, self.assume_role);
        let mut found = Found::new(world, self.assume_role, (self.administration, administrators));
        found.change_selves();
        found.change_others();
        (found, own)
    }
}

/// The reach of every identity of AWS.
pub(crate) fn of_estate(access: &Access<'_>) -> Reaches {
    let data = Data::new();
    let (mut found, own) = data.found(access, Administrators::Elsewhere);
    let goals: Vec<NodeId> = found.world.accounts.iter().map(|account| account.goal).collect();
    let graph = Graph::explore(goals.iter().copied(), &mut found);
    let ended = found.world.replace_ended(Ended::default());
    let own = leads_to_the_unknown(own, &mut found);
    let own = leads_to_an_end(own, &ended, &mut found);
    Composer { found: &found, graph: &graph, goals: &goals, own, ended }.reaches()
}

/// For every identity that can come to act as one of some others, the shortest paths there.
pub(crate) fn ways_to(
    access: &Access<'_>,
    targets: &BTreeSet<&IdentityId>,
) -> BTreeMap<IdentityId, Vec<Path>> {
    let data = Data::new();
    let (mut found, _) = data.found(access, Administrators::Everywhere);
    let aims: Vec<NodeId> = targets.iter().filter_map(|id| found.world.of(id)).collect();
    let graph = Graph::explore(aims.iter().copied(), &mut found);
    let routes = Routes::new(&graph, aims.iter().copied(), Kept::Established);
    let describer = Describer::new(&found);
    let mut ways = BTreeMap::new();
    for id in routes.nodes() {
        let identity = found.world.node(id).and_then(|node| node.identity());
        let Some((identity, _)) =
            identity.filter(|(identity, form)| form.is_as_read() && !targets.contains(&identity.id))
        else {
            continue;
        };
        let mut of = routes.from(id);
        of.truncate(Reach::PATHS);
        let paths = describer.paths(id, &of);
        if !paths.is_empty() {
            ways.insert(identity.id.clone(), paths);
        }
    }
    ways
}

/// Whoever can become somebody of whom nothing is known may reach further than can be told.
fn leads_to_the_unknown(mut own: BTreeMap<NodeId, Own>, found: &mut Found<'_, '_>) -> BTreeMap<NodeId, Own> {
    let unknown: Vec<NodeId> =
        own.iter().filter(|(_, own)| own.level == Level::Unknown).map(|(id, _)| *id).collect();
    if unknown.is_empty() {
        return own;
    }
    let mut gaps: Vec<_> =
        unknown.iter().filter_map(|id| own.get(id)).flat_map(|own| own.doubts.own.clone()).collect();
    gaps.sort_unstable();
    gaps.dedup();
    let ways = found.begin_anew();
    let graph = Graph::explore(unknown.iter().copied(), found);
    found.resume(ways);
    for id in graph.distances(unknown.iter().copied(), Kept::Established).into_keys() {
        if let Some(own) = own.get_mut(&id).filter(|own| own.level != Level::Unknown) {
            own.doubts.widening.extend(gaps.iter().cloned());
            own.doubts.widening.sort_unstable();
            own.doubts.widening.dedup();
        }
    }
    own
}

/// Whoever can become somebody of whom not all was tried may reach further than was found.
fn leads_to_an_end(
    mut own: BTreeMap<NodeId, Own>,
    ended: &Ended,
    found: &mut Found<'_, '_>,
) -> BTreeMap<NodeId, Own> {
    let open: Vec<NodeId> =
        ended.iter().filter(|(_, left)| **left == Left::Levels).map(|(id, _)| *id).collect();
    if open.is_empty() {
        return own;
    }
    let ways = found.begin_anew();
    let graph = Graph::explore(open.iter().copied(), found);
    found.resume(ways);
    for id in graph.distances(open.iter().copied(), Kept::Established).into_keys() {
        if let Some(own) = own.get_mut(&id) {
            own.doubts.search = Search::Ended;
        }
    }
    own
}

/// Works out what everybody can do as they are, and who may take steps.
fn judge_all(world: &mut World<'_, '_>, powers: &[Power], assume_role: ActionNo) -> BTreeMap<NodeId, Own> {
    let bounds = Bounds::new(world.access);
    let mut own = BTreeMap::new();
    for position in 0..world.accounts.len() {
        let Some(account) = world.accounts.get(position) else { continue };
        let (administrator, identities) = (account.administrator, account.identities.clone());
        for id in identities {
            let mask = world.mask_of(id);
            let admin = admin::administers(world, id, mask);
            if let Some(node) = world.node_mut(id) {
                node.mask = mask;
                node.admin = admin;
            }
            if let Some(one) = judge(world, id, admin, powers, &bounds) {
                own.insert(id, one);
            }
            // Nobody but its service acts as a role that is linked to it.
            let is_linked = world.node(id).is_some_and(node::Node::is_service_linked);
            let may_step = world.prepared.iter().any(|prepared| prepared.may_begin(mask, assume_role));
            if admin != Truth::Yes && may_step && !is_linked {
                world.add_source(id);
            } else {
                world.forget(id);
            }
        }
        let admin = admin::administers(world, administrator, Mask::all());
        if let Some(node) = world.node_mut(administrator) {
            node.mask = Mask::all();
            node.admin = admin;
        }
    }
    own
}

fn judge(
    world: &World<'_, '_>,
    id: NodeId,
    admin: Truth,
    powers: &[Power],
    bounds: &Bounds<'_>,
) -> Option<Own> {
    let (identity, _) = world.node(id)?.identity()?;
    let actor = world.actor(id)?;
    let doubts = bounds.of(world.access, identity, actor);
    if admin != Truth::No {
        let because = describe::administration(world, id).into_iter().collect();
        return Some(Own { level: Level::Admin, truth: admin, because, doubts });
    }
    let mask = world.node(id)?.mask;
    let mut because: Vec<Proof> = Vec::new();
    let mut truth = Truth::No;
    let mut seen: BTreeSet<Kind> = BTreeSet::new();
    for power in powers {
        // One of each kind says enough.
        if !mask.has(power.number) || seen.contains(&power.kind) {
            continue;
        }
        if let (may, Some(question)) = powers::broadly(world, id, power) {
            seen.insert(power.kind);
            truth = truth | may;
            because.extend(describe::proof(world, id, power.action, "*", &question, power.why));
        }
    }
    let mints =
        || powers::mints_for_somebody(world, id, powers).filter(|_| !seen.contains(&Kind::Credentials));
    if let Some((may, action, user, question)) = mints() {
        truth = truth | may;
        because.extend(describe::proof(
            world,
            id,
            action,
            &user,
            &question,
            "makes credentials of another user",
        ));
    }
    let level = match truth {
        Truth::No if !doubts.own.is_empty() => Level::Unknown,
        Truth::No if actor.allows_something() => Level::Limited,
        Truth::No => Level::None,
        _ if doubts.own.is_empty() => Level::Sensitive,
        _ => Level::Unknown,
    };
    Some(Own { level, truth, because, doubts })
}
