//! Whether a caller has what a technique needs.

use std::collections::HashMap;

use super::{
    actions::ActionNo,
    fresh,
    gifts::{self, Gift, Given},
    needs::{Fixed, Resources, question},
    owned::own,
    prepared::Prepared,
    world::World,
};
use crate::{
    aws::{
        access::{Boundary, actor::Aim},
        techniques::{Need, On, ResourcePolicy},
    },
    escalation::NodeId,
    truth::Truth,
};

/// Who asks, for which actions, and the policies that the step fixes and gives.
type Shared = (NodeId, Vec<ActionNo>, Option<Box<str>>, Given);

/// Asks, and remembers what is worth it.
#[derive(Default)]
pub(super) struct Asker<'s> {
    /// What does not depend on the target.
    unaimed: HashMap<Unaimed, Truth>,
    /// The same for several permissions on one thing.
    shared: HashMap<Shared, Truth>,
    /// Questions about the target at hand.
    aims: Vec<(Aimed, Option<Aim<'s>>)>,
}

/// What tells questions apart that do not depend on the target but for the service that a role is passed to, the region,
/// and what is assigned.
#[derive(PartialEq, Eq, Hash)]
struct Unaimed {
    caller: NodeId,
    action: ActionNo,
    service: Option<&'static str>,
    region: Option<Box<str>>,
    /// The account, and the permission set in it.
    assigned: Option<(Box<str>, Option<Box<str>>)>,
    given: Given,
    /// By its position in the technique.
    need: usize,
}

/// What tells questions about one target apart.
#[derive(PartialEq, Eq)]
struct Aimed {
    action: ActionNo,
    on: Box<str>,
    service: Option<&'static str>,
    policy: Option<Box<str>>,
    boundary: Option<Boundary>,
    tag: Option<(Box<str>, Box<str>)>,
    gift: Gift,
    /// Of the data, where it lies.
    need: *const Need,
}

impl<'s> Asker<'s> {
    /// Goes on to another target.
    pub(super) fn next_target(&mut self) {
        self.aims.clear();
    }

    /// Whether a caller has all permissions of a technique for these resources.
    pub(super) fn has_all(
        &mut self,
        world: &World<'s, '_>,
        prepared: &Prepared,
        caller: NodeId,
        resources: &Resources<'_>,
    ) -> Truth {
        let mut truth = Truth::Yes;
        for (number, (need, actions)) in prepared.each().enumerate() {
            if prepared.shared.iter().any(|shared| shared.contains(&number)) {
                continue;
            }
            truth = truth & self.has_one(world, (need, number), actions, caller, resources);
            if truth == Truth::No {
                return truth;
            }
        }
        for shared in &prepared.shared {
            truth = truth & self.has_shared(world, prepared, shared, caller, resources.fixed);
        }
        truth
    }

    /// Whether a caller may attach the policy that a technique gives, whatever else that takes.
    pub(super) fn may_give(
        &mut self,
        world: &World<'s, '_>,
        prepared: &Prepared,
        caller: NodeId,
        resources: &Resources<'_>,
    ) -> Truth {
        let mut truth = Truth::Yes;
        for (number, (need, actions)) in
            prepared.each().enumerate().filter(|(_, (need, _))| gifts::attaches(need))
        {
            truth = truth & self.has_one(world, (need, number), actions, caller, resources);
        }
        truth
    }

    /// Whether a caller has one of the actions of a need.
    fn has_one(
        &mut self,
        world: &World<'s, '_>,
        need: (&'static Need, usize),
        actions: &[ActionNo],
        caller: NodeId,
        resources: &Resources<'_>,
    ) -> Truth {
        Truth::any(actions.iter().map(|action| self.has(world, need, *action, caller, resources)))
    }

    /// Whether a caller has several permissions on one thing that it names.
    fn has_shared(
        &mut self,
        world: &World<'s, '_>,
        prepared: &Prepared,
        shared: &[usize],
        caller: NodeId,
        fixed: Fixed<'_>,
    ) -> Truth {
        let needs: Vec<_> = prepared
            .each()
            .enumerate()
            .filter(|(number, _)| shared.contains(number))
            .map(|(_, need)| need)
            .collect();
        let actions = needs.iter().flat_map(|(_, actions)| actions.iter().copied()).collect();
        let key = (caller, actions, fixed.policy.map(Into::into), fixed.given);
        if let Some(known) = self.shared.get(&key) {
            return *known;
        }
        let truth = fresh::may_all(world, &needs, caller, fixed);
        self.shared.insert(key, truth);
        truth
    }

    fn has(
        &mut self,
        world: &World<'s, '_>,
        (need, number): (&'static Need, usize),
        action: ActionNo,
        caller: NodeId,
        resources: &Resources<'_>,
    ) -> Truth {
        match need.on {
            On::Target | On::TargetPolicy | On::TargetGroup | On::AdminGroup | On::Workload => {
                let on = resources.on(need.on);
                Truth::any(
                    on.into_iter().map(|on| self.may_on(world, need, action, caller, on, resources.fixed)),
                )
            }
            On::Own(kind) => {
                let on = own(world, caller, kind);
                let fixed = Fixed { boundary: world.boundary_left(caller), ..resources.fixed };
                Truth::any(on.iter().map(|on| self.may_on(world, need, action, caller, on, fixed)))
            }
            On::NewBoundary => {
                let on = resources.fixed.policy.filter(|policy| !policy.contains(":iam::aws:"));
                on.map_or(Truth::No, |on| self.may_on(world, need, action, caller, on, resources.fixed))
            }
            On::New | On::None => {
                let fixed = resources.fixed;
                let key = Unaimed {
                    caller,
                    action,
                    service: fixed.service.filter(|_| !need.with.is_empty()),
                    region: fixed.region.filter(|_| !need.offered.is_empty()).map(Into::into),
                    assigned: fixed
                        .assigned
                        .map(|one| (one.account.into(), one.permission_set.map(Into::into))),
                    given: fixed.given,
                    need: number,
                };
                if let Some(known) = self.unaimed.get(&key) {
                    return *known;
                }
                let truth = match need.on {
                    On::None => self.may(world, need, action, caller, "*", resources.fixed),
                    _ => fresh::may(world, need, action, caller, resources.fixed),
                };
                self.unaimed.insert(key, truth);
                truth
            }
        }
    }

    /// The same on something that exists, and may be a policy that takes no more versions.
    fn may_on(
        &mut self,
        world: &World<'s, '_>,
        need: &'static Need,
        action: ActionNo,
        caller: NodeId,
        on: &str,
        fixed: Fixed<'_>,
    ) -> Truth {
        let extra = need.when_full.as_ref().filter(|_| world.versions.are_full(world, on));
        let extra = extra.map(|extra| world.actions.find(extra));
        let room = match extra {
            None => Truth::Yes,
            Some(None) => Truth::No,
            Some(Some(extra)) => self.may(world, need, extra, caller, on, fixed),
        };
        room & self.may(world, need, action, caller, on, fixed)
    }

    fn may(
        &mut self,
        world: &World<'s, '_>,
        need: &'static Need,
        action: ActionNo,
        caller: NodeId,
        on: &str,
        fixed: Fixed<'_>,
    ) -> Truth {
        gifts::best(world, need, caller, fixed.given, |gift| {
            self.may_giving(world, need, action, caller, on, (fixed, gift))
        })
    }

    fn may_giving(
        &mut self,
        world: &World<'s, '_>,
        need: &'static Need,
        action: ActionNo,
        caller: NodeId,
        on: &str,
        (fixed, gift): (Fixed<'_>, &Gift),
    ) -> Truth {
        let Some(actor) = world.actor(caller) else { return Truth::No };
        let is_same = |aimed: &Aimed| {
            aimed.action == action
                && *aimed.on == *on
                && aimed.service == fixed.service
                && aimed.policy.as_deref() == fixed.policy
                && aimed.boundary == fixed.boundary
                && aimed.tag.as_ref().map(|(key, value)| (&**key, &**value)) == fixed.tag
                && aimed.gift == *gift
                && std::ptr::eq(aimed.need, need)
        };
        let position = self.aims.iter().position(|(aimed, _)| is_same(aimed)).unwrap_or_else(|| {
            let question = question(world.actions.name(action), on, need, fixed, gift);
            let aim = question.map(|question| match need.policy {
                ResourcePolicy::AsRead => world.access.aim(question),
                ResourcePolicy::Rewritten => world.access.aim_rewritten(question),
            });
            self.aims.push((
                Aimed {
                    action,
                    on: on.into(),
                    service: fixed.service,
                    policy: fixed.policy.map(Into::into),
                    boundary: fixed.boundary,
                    tag: fixed.tag.map(|(key, value)| (key.into(), value.into())),
                    gift: gift.clone(),
                    need,
                },
                aim,
            ));
            self.aims.len() - 1
        });
        match self.aims.get(position) {
            Some((_, Some(aim))) => world.access.may(actor, aim),
            _ => Truth::No,
        }
    }
}
