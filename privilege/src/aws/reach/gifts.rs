//! The managed policies that a step may attach, and what whoever is given one can do then.
//!
//! `iam:PolicyARN` often allows only some policies to be attached. So all those are asked about by which whoever has one
//! administers the account, and whoever is given one has what that one allows, no more.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use census_model::Text;

use super::{
    admin,
    world::World,
    writes::{CREATE, WRITE, written},
};
use crate::{
    aws::{
        access::{Change, Form, actor::Actor},
        pattern::Pattern,
        statement::Statement,
        techniques::{Need, Technique},
    },
    escalation::{Edge, Left, NodeId},
    truth::Truth,
};

/// The condition key by which attaching is limited to some policies, in lower case.
pub(super) const POLICY_ARN: &str = "iam:policyarn";

/// How many of an account's policies are asked about of those that a caller's conditions name, and how many of the others.
pub(super) const TRIED: usize = 32;

/// A managed policy that is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gift {
    /// AWS's own that allows everything.
    AdministratorAccess,
    /// Another one, by its ARN.
    Managed(Rc<str>),
    /// One that the caller makes first, by its ARN.
    Made(Rc<str>),
    /// One of which the caller writes a new version first, by its ARN.
    Rewritten(Rc<str>),
}

/// What has to come of a policy that is attached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Given {
    /// Whoever has it is allowed everything.
    #[default]
    Everything,
    /// Whoever has it administers the account.
    Administration,
    /// It is this one, by its position among those of the account that make administrators.
    Policy(usize),
}

impl Gift {
    /// The ARN of the policy in a partition.
    pub(super) fn arn(&self, partition: &str) -> String {
        match self {
            Self::AdministratorAccess => format!("arn:{partition}:iam::aws:policy/AdministratorAccess"),
            Self::Managed(arn) | Self::Made(arn) | Self::Rewritten(arn) => arn.to_string(),
        }
    }

    /// What the caller has to do before it attaches the policy: an action, and the policy.
    pub(super) fn first(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::AdministratorAccess | Self::Managed(_) => None,
            Self::Made(arn) => Some((CREATE, arn)),
            Self::Rewritten(arn) => Some((WRITE, arn)),
        }
    }
}

/// The policies of each account that give administration, found when they are first asked for.
#[derive(Default)]
pub(super) struct Gifts {
    of_account: OnceCell<Vec<OnceCell<Known>>>,
    of_caller: RefCell<HashMap<NodeId, Rc<[usize]>>>,
    pub(super) written: RefCell<HashMap<NodeId, Rc<Known>>>,
}

/// Policies, each with whether it gives administration.
pub(super) type Known = Vec<(Gift, Truth)>;

/// Whether a permission is to attach a policy that the step leaves open.
pub(super) fn attaches(need: &Need) -> bool {
    need.with.values().any(|value| &**value == "$administers")
}

/// Whether a technique attaches a policy that it leaves open.
pub(super) fn gives(technique: &Technique) -> bool {
    technique.needs.iter().any(attaches)
}

/// The surest answer over the policies that a need may give.
pub(super) fn best(
    world: &World<'_, '_>,
    need: &Need,
    caller: NodeId,
    given: Given,
    mut ask: impl FnMut(&Gift) -> Truth,
) -> Truth {
    if !attaches(need) {
        return ask(&Gift::AdministratorAccess);
    }
    Truth::any(will_do(world, caller, given).into_iter().map(|(gift, gives)| gives & ask(&gift)))
}

/// The policies of which one has to be attached, each with whether it does what it is attached for.
pub(super) fn will_do(world: &World<'_, '_>, caller: NodeId, given: Given) -> Vec<(Gift, Truth)> {
    let all = || {
        let mut all = vec![(Gift::AdministratorAccess, Truth::Yes)];
        all.extend(written(world, caller).iter().cloned());
        all
    };
    let account = world.node(caller).map(|node| node.account);
    let known = account.map_or(&[][..], |account| world.gifts.of(world, account));
    match given {
        Given::Everything => all(),
        Given::Administration => {
            let tried = tried(world, caller);
            let others = tried.iter().filter_map(|position| known.get(*position).cloned());
            all().into_iter().chain(others).collect()
        }
        Given::Policy(position) => {
            known.get(position).map(|(gift, _)| (gift.clone(), Truth::Yes)).into_iter().collect()
        }
    }
}

/// The policies besides `AdministratorAccess` that are worth asking about, by their positions among the account's: none
/// unless some condition tells them apart.
pub(super) fn tried(world: &World<'_, '_>, caller: NodeId) -> Rc<[usize]> {
    if let Some(known) = world.gifts.of_caller.borrow().get(&caller) {
        return known.clone();
    }
    let found = find_tried(world, caller).unwrap_or_default();
    world.gifts.of_caller.borrow_mut().insert(caller, found.clone());
    found
}

fn find_tried(world: &World<'_, '_>, caller: NodeId) -> Option<Rc<[usize]>> {
    let actor = world.actor(caller).filter(|actor| actor.asks_about(POLICY_ARN))?;
    let account = world.node(caller)?.account;
    let all = world.gifts.of(world, account);
    if all.len() <= TRIED {
        return Some((0..all.len()).collect());
    }
    // What a condition names is what it tells apart from the rest, whether it allows the one or the other.
    let named = named(actor);
    let partition = world.accounts.get(account).map_or("aws", |account| account.partition);
    let is_named = |position: &usize| {
        let arn = all.get(*position).map(|(gift, _)| gift.arn(partition)).unwrap_or_default();
        named.iter().any(|pattern| pattern.matches_fixed(&arn))
    };
    let (mut tried, mut rest): (Vec<_>, Vec<_>) = (0..all.len()).partition(is_named);
    // Of the others no condition tells one from another.
    if tried.len() > TRIED {
        world.end(caller, Left::Levels);
    }
    tried.truncate(TRIED);
    rest.truncate(TRIED);
    tried.extend(rest);
    Some(tried.into())
}

/// Whether all policies of an account are among those that a caller tries.
pub(super) fn tries_all(world: &World<'_, '_>, caller: NodeId) -> bool {
    let account = world.node(caller).map_or(usize::MAX, |node| node.account);
    tried(world, caller).len() == world.gifts.of(world, account).len()
}

/// The policies that an actor's conditions name.
pub(super) fn named(actor: &Actor<'_, '_>) -> Vec<Pattern> {
    let tests = actor.limiting().flat_map(|policy| &policy.statements).flat_map(Statement::tests);
    let values = tests.filter(|test| test.is_about(POLICY_ARN)).flat_map(|test| &test.source().values);
    values.map(|value| Pattern::glob(value)).collect()
}

/// What a step has to give, by how those it leads to have changed.
pub(super) fn given_along(world: &World<'_, '_>, edge: &Edge) -> Given {
    let as_read = Form::default();
    let Some((to, account, form)) = world.changed_by(edge.to) else { return Given::Administration };
    let from = world.changed_by(edge.from).filter(|(from, ..)| *from == to);
    let before = from.map_or(&as_read, |(.., form)| form);
    form.beyond(before).find_map(|change| given_by(world, account, change)).unwrap_or_default()
}

/// What has to be given for a change of somebody in an account, where it comes about so.
pub(super) fn given_by(world: &World<'_, '_>, account: usize, change: &Change) -> Option<Given> {
    match change {
        Change::Raised => Some(Given::Everything),
        Change::Given(arn) => {
            let is_meant = |(gift, _): &(Gift, Truth)| matches!(gift, Gift::Managed(one) if **one == **arn);
            world.gifts.of(world, account).iter().position(is_meant).map(Given::Policy)
        }
        _ => None,
    }
}

/// What becomes of whoever is given one of the account's policies.
pub(super) fn change(world: &World<'_, '_>, account: usize, position: usize) -> Option<Change> {
    let partition = world.accounts.get(account)?.partition;
    let (gift, _) = world.gifts.of(world, account).get(position)?;
    Some(Change::Given(Text::from(gift.arn(partition))))
}

impl Gifts {
    fn of<'w>(&'w self, world: &World<'_, '_>, account: usize) -> &'w [(Gift, Truth)] {
        let all = self.of_account.get_or_init(|| world.accounts.iter().map(|_| OnceCell::new()).collect());
        all.get(account).map_or(&[], |cell| cell.get_or_init(|| find(world, account)))
    }
}

fn find(world: &World<'_, '_>, position: usize) -> Known {
    let mut found = Known::new();
    let Some(account) = world.accounts.get(position) else { return found };
    let full = format!("arn:{}:iam::aws:policy/IAMFullAccess", account.partition);
    let administrator = Gift::AdministratorAccess.arn(account.partition);
    let attached = world.access.managed_of(account.scope).map(|(arn, _)| arn);
    let others = attached.filter(|arn| *arn != full && *arn != administrator);
    for arn in std::iter::once(full.as_str()).chain(others) {
        let Some(policy) = world.access.managed_policy(arn) else { continue };
        let mask = world.actions.named_by(policy);
        if !admin::names_enough(world, mask) {
            continue;
        }
        let gives = admin::actor_administers(world, &world.access.holder(account.scope, policy), account);
        if gives != Truth::No {
            found.push((Gift::Managed(arn.into()), gives));
        }
    }
    found
}
