//! The policies that a caller may write itself before it attaches one.

use std::{collections::BTreeSet, rc::Rc};

use super::{
    fresh,
    gifts::{Gift, Known, POLICY_ARN, TRIED, named},
    names::{examples, overlaid, template},
    world::World,
};
use crate::{
    aws::access::{Question, actor::Actor},
    escalation::NodeId,
    truth::Truth,
};

/// What makes a policy.
pub(super) const CREATE: &str = "iam:CreatePolicy";

/// What gives a policy another text.
pub(super) const WRITE: &str = "iam:CreatePolicyVersion";

/// What makes room for that.
const DELETE: &str = "iam:DeletePolicyVersion";

/// The policies that a caller may write itself before it attaches one, each with whether it may: none unless some condition
/// tells policies apart.
pub(super) fn written(world: &World<'_, '_>, caller: NodeId) -> Rc<Known> {
    if let Some(known) = world.gifts.written.borrow().get(&caller) {
        return known.clone();
    }
    let found: Rc<Known> = find_written(world, caller).unwrap_or_default().into();
    world.gifts.written.borrow_mut().insert(caller, found.clone());
    found
}

fn find_written(world: &World<'_, '_>, caller: NodeId) -> Option<Known> {
    let node = world.node(caller)?;
    let may_call = |action: &str| world.actions.find(action).is_some_and(|action| node.mask.has(action));
    let (creates, writes) = (may_call(CREATE), may_call(WRITE));
    if !creates && !writes {
        return None;
    }
    let actor = world.actor(caller).filter(|actor| actor.asks_about(POLICY_ARN))?;
    let account = world.accounts.get(node.account)?;
    let (named, mut found) = (named(actor), Known::new());
    if creates {
        let template = template(CREATE, "policy", account)?;
        let of_conditions = named.iter().filter_map(|pattern| overlaid(pattern, &template, actor.facts()));
        let of_own = examples(actor, &CREATE.to_ascii_lowercase(), &template).resources;
        let new: BTreeSet<String> =
            of_conditions.chain(of_own).filter(|arn| !fresh::exists(world, arn)).collect();
        let new = new.into_iter().map(|arn| (may_write(world, actor, CREATE, &arn), Gift::Made(arn.into())));
        found.extend(new.filter(|(may, _)| *may != Truth::No).map(|(may, gift)| (gift, may)).take(TRIED));
    }
    if writes {
        let customer = world.access.managed_of(account.scope).map(|(arn, _)| arn);
        let is_meant = |arn: &&str| {
            !arn.contains(":iam::aws:") && named.iter().any(|pattern| pattern.matches_fixed(arn))
        };
        let there = customer.filter(is_meant).take(TRIED).map(|arn| {
            let is_full = world.versions.are_full(world, arn);
            let room = if is_full { may_write(world, actor, DELETE, arn) } else { Truth::Yes };
            (room & may_write(world, actor, WRITE, arn), Gift::Rewritten(arn.into()))
        });
        found.extend(there.filter(|(may, _)| *may != Truth::No).map(|(may, gift)| (gift, may)));
    }
    Some(found)
}

fn may_write<'s, 'e>(world: &World<'s, 'e>, actor: &Actor<'s, 'e>, action: &str, arn: &str) -> Truth {
    let Ok(mut question) = Question::new(action, arn) else { return Truth::No };
    for chosen in ["aws:RequestTag/", "aws:TagKeys"] {
        question.leave_all_to_caller(chosen);
    }
    world.access.may(actor, &world.access.aim(question))
}

/// The actions that are asked about here.
pub(super) fn actions() -> impl Iterator<Item = &'static str> {
    [CREATE, WRITE, DELETE].into_iter()
}
