//! The managed policies that a step may attach: those by which whoever has one administers the account.
//!
//! `iam:PolicyARN` often allows only some policies to be attached. Which one a caller attaches does not matter as long as
//! it gives administration by itself, so every one that is known to is asked about.

use std::{
    borrow::Cow,
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use census_model::{Grant, ScopeId, Via};

use super::{admin, world::World};
use crate::{
    aws::{pattern::Pattern, statement::Statement, techniques::Need},
    escalation::NodeId,
    truth::Truth,
};

/// The condition key by which attaching is limited to some policies, in lower case.
const POLICY_ARN: &str = "iam:policyarn";

/// How many of an account's policies are asked about of those that a caller's conditions name, and how many of the others.
const TRIED: usize = 32;

/// A managed policy that gives administration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gift {
    /// Everything.
    AdministratorAccess,
    /// All of IAM, by which its owner gives itself the rest.
    IamFullAccess,
    /// Another one, by its ARN.
    Other(Rc<str>),
}

impl Gift {
    /// The ARN of the policy in a partition.
    pub(super) fn arn(&self, partition: &str) -> String {
        match self {
            Self::AdministratorAccess => format!("arn:{partition}:iam::aws:policy/AdministratorAccess"),
            Self::IamFullAccess => format!("arn:{partition}:iam::aws:policy/IAMFullAccess"),
            Self::Other(arn) => arn.to_string(),
        }
    }
}

/// The policies of each account that give administration, found when they are first asked for.
#[derive(Default)]
pub(super) struct Gifts<'e> {
    managed: OnceCell<HashMap<&'e ScopeId, BTreeMap<&'e str, &'e Grant>>>,
    of_account: OnceCell<Vec<OnceCell<Known>>>,
}

/// Policies, each with whether it gives administration.
type Known = Vec<(Gift, Truth)>;

/// The surest answer over the policies that a need may give.
pub(super) fn best(
    world: &World<'_, '_>,
    need: &Need,
    caller: NodeId,
    mut ask: impl FnMut(&Gift) -> Truth,
) -> Truth {
    let mut truth = ask(&Gift::AdministratorAccess);
    if truth == Truth::Yes {
        return truth;
    }
    for (gift, gives) in others(world, need, caller).iter() {
        truth = truth | (*gives & ask(gift));
        if truth == Truth::Yes {
            break;
        }
    }
    truth
}

/// The policies besides `AdministratorAccess` that are worth asking about: none unless some condition tells them apart.
pub(super) fn others<'w>(world: &'w World<'_, '_>, need: &Need, caller: NodeId) -> Cow<'w, [(Gift, Truth)]> {
    let is_given = need.with.values().any(|value| &**value == "$administers");
    let actor = world.actor(caller).filter(|actor| is_given && actor.asks_about(POLICY_ARN));
    let (Some(actor), Some(node)) = (actor, world.node(caller)) else { return Cow::Borrowed(&[]) };
    let all = world.gifts.of(world, node.account);
    if all.len() <= TRIED {
        return Cow::Borrowed(all);
    }
    // What a condition names is what it tells apart from the rest, whether it allows the one or the other.
    let tests = actor.limiting().flat_map(|policy| &policy.statements).flat_map(Statement::tests);
    let values = tests.filter(|test| test.is_about(POLICY_ARN)).flat_map(|test| &test.source().values);
    let named: Vec<Pattern> = values.map(|value| Pattern::glob(value)).collect();
    let partition = world.accounts.get(node.account).map_or("aws", |account| account.partition);
    let is_named = |gift: &Gift| {
        let arn = gift.arn(partition);
        named.iter().any(|pattern| pattern.matches_fixed(&arn))
    };
    let (mut tried, mut rest): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|(gift, _)| is_named(gift));
    tried.truncate(TRIED);
    rest.truncate(TRIED);
    tried.extend(rest);
    Cow::Owned(tried)
}

impl<'e> Gifts<'e> {
    fn of<'w>(&'w self, world: &World<'_, 'e>, account: usize) -> &'w [(Gift, Truth)] {
        let all = self.of_account.get_or_init(|| world.accounts.iter().map(|_| OnceCell::new()).collect());
        all.get(account).map_or(&[], |cell| cell.get_or_init(|| self.find(world, account)))
    }

    fn find(&self, world: &World<'_, 'e>, position: usize) -> Known {
        let mut found = vec![(Gift::IamFullAccess, Truth::Yes)];
        let Some(account) = world.accounts.get(position) else { return found };
        let managed = self.managed.get_or_init(|| managed(world)).get(account.scope);
        for (arn, grant) in managed.into_iter().flatten() {
            let Some(policy) = world.access.policy_of(grant) else { continue };
            let mask = world.actions.named_by(policy);
            if !admin::names_enough(world, mask) {
                continue;
            }
            let gives = admin::actor_administers(world, &world.access.holder(account.scope, policy), account);
            if gives != Truth::No {
                found.push((Gift::Other((*arn).into()), gives));
            }
        }
        found
    }
}

/// The managed policies that are attached somewhere, by account and ARN. Of others no text is read.
fn managed<'e>(world: &World<'_, 'e>) -> HashMap<&'e ScopeId, BTreeMap<&'e str, &'e Grant>> {
    let mut managed: HashMap<&ScopeId, BTreeMap<&str, &Grant>> = HashMap::new();
    for grant in &world.access.index().estate().grants {
        if let Via::Managed { native_id, .. } | Via::Boundary { native_id } = &grant.via {
            managed.entry(&grant.scope).or_default().entry(native_id).or_insert(grant);
        }
    }
    managed
}
