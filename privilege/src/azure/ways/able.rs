//! Who can take a technique on a target.

use census_model::{Grant, Via};

use super::{
    Left, Through, Ways,
    answers::Aim,
    certainty, standing,
    world::{Who, is_out},
};
use crate::{
    azure::{
        access::Joiner,
        assigning::Role,
        techniques::{On, Precondition},
    },
    escalation::{Edge, NodeId},
    truth::Truth,
};

/// One technique on one target.
pub(super) struct Attempt<'t, 'e> {
    /// The position of the technique.
    pub(super) number: usize,
    pub(super) to: NodeId,
    pub(super) aim: Aim<'t, 'e>,
    pub(super) through: Through<'e>,
    /// What holds whoever the caller is.
    pub(super) given: Truth,
    /// What is more than the target, as what it lies in: whoever may do as much to that needs no step to this one.
    pub(super) above: Vec<Aim<'t, 'e>>,
    /// Of a group, who joins it.
    pub(super) joiner: Option<Joiner>,
}

impl<'t, 'e> Attempt<'t, 'e> {
    pub(super) fn on(number: usize, to: NodeId, aim: Aim<'t, 'e>, given: Truth) -> Self {
        Self { number, to, aim, through: Through::Nothing, given, above: Vec::new(), joiner: None }
    }
}

impl<'e> Ways<'_, 'e> {
    /// The steps of one attempt.
    pub(super) fn attempt(&mut self, attempt: &Attempt<'_, 'e>, found: &mut Vec<Edge>) {
        let data = self.data;
        let Some(prepared) = data.prepared.get(attempt.number) else { return };
        if attempt.given == Truth::No {
            return;
        }
        let Some(first) = prepared.needs.iter().find(|need| need.on != On::Anywhere) else { return };
        let Some(aim) = self.aim_of_need(first.on, attempt.aim) else { return };
        let home = self.home(attempt.to);
        let mut through = None;
        for caller in self.candidates(first, aim) {
            if self.has_enough(caller, home) {
                self.ended.entry(caller).or_insert(Left::Paths);
                continue;
            }
            if !self.is_meant(caller, attempt) {
                continue;
            }
            let Some(truth) = self.able(caller, attempt) else { continue };
            let outside = if prepared.technique.outsider.is_some() { Truth::Maybe } else { Truth::Yes };
            let through = *through.get_or_insert_with(|| self.through(attempt.through));
            let edge = Edge {
                from: caller,
                to: attempt.to,
                standing: standing(prepared),
                certainty: certainty(truth & attempt.given & outside),
                technique: u16::try_from(attempt.number).unwrap_or(u16::MAX),
                through,
            };
            self.keep(edge, home, found);
        }
    }

    /// Whether an attempt is for somebody: people have a step of their own into groups that give them more, and nobody gives
    /// itself a role that it has.
    fn is_meant(&self, caller: NodeId, attempt: &Attempt<'_, 'e>) -> bool {
        match (attempt.joiner, attempt.aim) {
            (Some(joiner), Aim::Group(group)) => self.world.joiner(caller, &group.id) == joiner,
            (None, Aim::Role(_, role)) => !self.has_role(caller, attempt.aim, role),
            _ => true,
        }
    }

    /// Whether somebody holds a role on something already, for certain.
    fn has_role(&self, caller: NodeId, aim: Aim<'_, 'e>, role: Role<'e>) -> bool {
        let Some(identity) = self.world.who(caller).and_then(|who| self.identity_of(who)) else {
            return false;
        };
        let chain = self.chain(aim);
        let is_it = |grant: &Grant| match &grant.via {
            Via::RoleAssignment { role: held, .. } => {
                let id = held.rsplit('/').next().unwrap_or(held);
                id.eq_ignore_ascii_case(role.id) && grant.condition.is_none() && chain.contains(&grant.scope)
            }
            _ => false,
        };
        let granted = self.access.granted(identity);
        granted.iter().any(|(grant, truth)| *truth == Truth::Yes && is_it(grant))
    }

    /// Whether somebody holds a custom role on something. Which roles are custom ones is not kept, nor where they can be
    /// assigned, all of which whoever rewrites them must administer.
    fn holds_custom_role(&self, caller: NodeId, aim: Aim<'_, 'e>) -> Truth {
        let identity = match self.world.who(caller) {
            Some(Who::Identity(identity)) => Some(identity),
            Some(Who::Member(group, joiner)) => self.access.member_of(group, joiner),
            Some(Who::OfRole(_, role)) => return Truth::from(may_be_custom(role.id)) & Truth::Maybe,
            _ => None,
        };
        let chain = self.chain(aim);
        let counts = |grant: &Grant| match &grant.via {
            Via::RoleAssignment { role, .. } => chain.contains(&grant.scope) && may_be_custom(role),
            _ => false,
        };
        let holds =
            identity.is_some_and(|one| self.access.granted(one).iter().any(|(grant, _)| counts(grant)));
        if holds { Truth::Maybe } else { Truth::No }
    }

    /// Whether somebody has all that an attempt takes.
    fn able(&mut self, caller: NodeId, attempt: &Attempt<'_, 'e>) -> Option<Truth> {
        let data = self.data;
        let prepared = data.prepared.get(attempt.number)?;
        let is_gone = |who| matches!(who, Who::Identity(one) if is_out(one));
        if caller == attempt.to || self.world.who(caller).is_none_or(is_gone) {
            return None;
        }
        let mut truth = Truth::Yes;
        for (position, need) in prepared.needs.iter().enumerate() {
            let given = match need.on {
                On::Anywhere => self.given_anywhere(caller, (attempt.number, position))?,
                on => self.given(caller, need, self.aim_of_need(on, attempt.aim)?)?,
            };
            if !given.is_by(prepared.technique.by) {
                return None;
            }
            truth = truth & given.truth;
        }
        if prepared.technique.exists.contains(&Precondition::HeldCustomRole) {
            truth = truth & self.holds_custom_role(caller, attempt.aim);
        }
        if truth == Truth::No {
            return None;
        }
        for above in attempt.above.iter().copied() {
            let first = prepared.needs.first()?;
            let mut there = self.given(caller, first, above).map_or(Truth::No, |given| given.truth);
            if prepared.technique.exists.contains(&Precondition::HeldCustomRole) {
                there = there & self.holds_custom_role(caller, above);
            }
            if there >= truth {
                return None;
            }
        }
        Some(truth)
    }
}

/// Built-in roles that can do what custom roles are made for; nobody rewrites them.
/// <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged>
const BUILT_IN: [&str; 5] = [
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
];

/// Whether a role, by its id, is none of those.
fn may_be_custom(role: &str) -> bool {
    let id = role.rsplit('/').next().unwrap_or(role);
    BUILT_IN.iter().all(|known| !known.eq_ignore_ascii_case(id))
}
