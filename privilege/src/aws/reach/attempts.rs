//! Techniques that are tried on somebody, and by whom.

use std::collections::HashMap;

use census_model::Identity;

use super::{
    gifts::{self, Given},
    needs::fits,
    node::is_below,
    steps::{Attempt, Found, changes_target},
};
use crate::{
    aws::{access::Question, techniques::Becomes},
    escalation::{Certainty, Edge, Left, NodeId, Standing},
    truth::Truth,
};

impl<'s, 'e> Found<'s, 'e> {
    /// The steps of one attempt.
    pub(super) fn attempt(&mut self, attempt: &Attempt<'e>, found: &mut Vec<Edge>) {
        let number = usize::from(attempt.number);
        if attempt.given == Truth::No {
            return;
        }
        let candidates = self.candidates(number, attempt.to, &attempt.resources);
        self.attempt_by(attempt, &candidates, found);
    }

    /// The steps of one attempt by some callers.
    pub(super) fn attempt_by(&mut self, attempt: &Attempt<'e>, callers: &[NodeId], found: &mut Vec<Edge>) {
        let number = usize::from(attempt.number);
        let Some(home) = self.world.node(attempt.to).map(|node| node.account) else { return };
        let standing = self.standing(number);
        let through = self.through(attempt.through.clone(), attempt.resources.fixed.service);
        for (caller, truth) in self.able(attempt, callers) {
            let certainty = self.certainty(number, truth);
            if standing == Standing::Established
                && !self.ways.entry((caller, home)).or_default().keeps(certainty)
            {
                let left = if certainty == Certainty::Certain { Left::Levels } else { Left::Paths };
                self.world.end(caller, left);
                continue;
            }
            let technique = attempt.number;
            found.push(Edge { from: caller, to: attempt.to, standing, certainty, technique, through });
        }
    }

    /// Which of some callers can do what is attempted, and how surely. Whoever has enough ways already is not asked.
    pub(super) fn able(&mut self, attempt: &Attempt<'e>, callers: &[NodeId]) -> Vec<(NodeId, Truth)> {
        let mut able = Vec::new();
        let Some(prepared) = self.world.prepared.get(usize::from(attempt.number)) else { return able };
        let Some(home) = self.world.node(attempt.to).map(|node| node.account) else { return able };
        let Some(base) = self.base(attempt.to) else { return able };
        for &caller in callers {
            let Some(node) = self.world.node(caller) else { continue };
            let is_abroad = node.account != home;
            // Whoever administers the account need not take a step in it, and takes those out of it as anybody.
            let is_done = node.admin == Truth::Yes && !is_abroad && node.identity().is_some();
            if self.base(caller) == Some(base)
                || is_done
                || !prepared.may_be_met_by(node.mask, self.assume_role)
            {
                continue;
            }
            if !self.is_caller(caller, prepared) || self.is_closed(caller, home) {
                continue;
            }
            let truth = attempt.given & self.asker.has_all(&self.world, prepared, caller, &attempt.resources);
            if truth != Truth::No {
                able.push((caller, truth));
            }
        }
        able
    }

    pub(super) fn is_closed(&mut self, caller: NodeId, home: usize) -> bool {
        let is_closed = self.ways.get(&(caller, home)).is_some_and(|ways| ways.are_enough());
        if is_closed {
            self.world.end(caller, Left::Levels);
        }
        is_closed
    }

    /// What of some effect can be tried on an identity, whoever tries it.
    pub(super) fn attempts(
        &self,
        to: NodeId,
        identity: &'e Identity,
        (becomes, given): (Becomes, Given),
    ) -> Vec<Attempt<'e>> {
        let mut attempts = Vec::new();
        if is_below(identity, "/aws-service-role/") {
            return attempts;
        }
        let mut trusts: HashMap<&'static str, Truth> = HashMap::new();
        for (number, prepared) in self.world.prepared.iter().enumerate() {
            let technique = prepared.technique;
            if technique.becomes != becomes || !fits(technique.target, identity) {
                continue;
            }
            // A policy of no particular text is written, one of a particular text is attached.
            let is_policy = matches!(given, Given::Policy(_));
            if is_policy && changes_target(technique) && !gifts::gives(technique) {
                continue;
            }
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            let aims = self.aims(number, to, identity);
            if aims.is_empty() {
                continue;
            }
            let services: Vec<Option<&'static str>> = if technique.service.is_empty() {
                vec![None]
            } else {
                technique.service.iter().map(|service| Some(&**service)).collect()
            };
            for aim in aims {
                for service in &services {
                    let trusted = service.map_or(Truth::Yes, |service| {
                        *trusts.entry(service).or_insert_with(|| self.service_may_assume(service, identity))
                    });
                    let mut attempt = Attempt { given: aim.given & trusted, ..aim.clone() };
                    attempt.resources.fixed.service = *service;
                    attempt.resources.fixed.given = given;
                    attempts.push(attempt);
                }
            }
        }
        attempts
    }

    pub(super) fn service_may_assume(&self, service: &str, identity: &Identity) -> Truth {
        let Ok(question) = Question::new("sts:AssumeRole", &identity.native_id) else { return Truth::No };
        let account = identity.scope.as_str().rsplit('/').next().unwrap_or_default();
        self.world.access.service_may(service, account, &self.world.access.aim(question))
    }
}
