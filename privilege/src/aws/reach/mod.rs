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

use census_model::{Level, Proof};

pub(crate) use self::steps::{Administrators, Found};
use self::{
    actions::{ActionNo, Actions, Mask},
    bounds::Bounds,
    powers::{Kind, Power},
    prepared::Prepared,
    world::World,
};
use super::{access::Access, techniques};
use crate::{
    escalation::{NodeId, Own, OwnAt},
    truth::Truth,
};

/// The technique that stands for acting as anybody in an account that one administers.
const ADMINISTRATION: &str = "aws-administrator";

/// The techniques, the operations that weigh and the numbers of their actions.
pub(crate) struct Data {
    actions: Actions,
    powers: Vec<Power>,
    prepared: Vec<Prepared>,
    assume_role: ActionNo,
    administration: u16,
}

impl Data {
    pub(crate) fn new() -> Self {
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
    pub(crate) fn found<'s, 'e>(
        &'s self,
        access: &'s Access<'e>,
        administrators: Administrators,
    ) -> (Found<'s, 'e>, BTreeMap<NodeId, Own<'e>>) {
        let mut world = World::new(access, &self.actions, &self.prepared);
        let own = judge_all(&mut world, &self.powers, self.assume_role);
        let mut found = Found::new(world, self.assume_role, (self.administration, administrators));
        found.change_selves();
        found.change_others();
        (found, own)
    }
}

/// Works out what everybody can do as they are, and who may take steps.
fn judge_all<'e>(
    world: &mut World<'_, 'e>,
    powers: &[Power],
    assume_role: ActionNo,
) -> BTreeMap<NodeId, Own<'e>> {
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

fn judge<'e>(
    world: &World<'_, 'e>,
    id: NodeId,
    admin: Truth,
    powers: &[Power],
    bounds: &Bounds<'_>,
) -> Option<Own<'e>> {
    let (identity, _) = world.node(id)?.identity()?;
    let actor = world.actor(id)?;
    let doubts = bounds.of(world.access, identity, actor);
    if admin != Truth::No {
        let because = describe::administration(world, id).into_iter().collect();
        let at =
            vec![OwnAt { scope: &identity.scope, level: Level::Admin, truth: admin, limits: Vec::new() }];
        return Some(Own { at, because, doubts });
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
    let truth = if level == Level::Sensitive { truth } else { Truth::Yes };
    Some(Own {
        at: vec![OwnAt { scope: &identity.scope, level, truth, limits: Vec::new() }],
        because,
        doubts,
    })
}
