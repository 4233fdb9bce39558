//! The permissions that a step takes: on what, and by which statements its owner has them.

use census_model::{CutGrant, Identity, Proof, Text};

use super::{
    describe::{Describer, proof},
    fresh,
    gifts::{self, Gift},
    needs::{Fixed, question},
    node::Who,
    owned::{customer_policies, own},
    proofs::{of_resource, rank, why},
};
use crate::{
    aws::{
        access::{Boundary, Question},
        techniques::{
            Need, On, Possession,
            TargetKind::{Group, OidcProvider, Policy, SamlProvider},
            Technique,
        },
    },
    escalation::Edge,
    truth::Truth,
};

impl Describer<'_, '_, '_> {
    /// How a caller may write the policy that it attaches then, where it does.
    pub(super) fn written(&self, edge: &Edge, gift: &Gift) -> Option<Proof> {
        let (action, arn) = gift.first()?;
        let question = Question::new(action, arn).ok()?;
        let why = "on the policy that it attaches then";
        proof(&self.found.world, edge.from, action, &fresh::shown(arn), &question, why)
    }

    /// How a caller may make room for another version of a policy, where there is none.
    pub(super) fn room(&self, edge: &Edge, need: &Need, of: &Proof) -> Option<Proof> {
        let world = &self.found.world;
        let action = need.when_full.as_ref().filter(|_| world.versions.are_full(world, &of.resource))?;
        let question = Question::new(action, &of.resource).ok()?;
        proof(
            world,
            edge.from,
            action,
            &of.resource,
            &question,
            "on the same policy, which has five versions",
        )
    }

    /// The resources on which a permission is asked.
    pub(super) fn resources(
        &self,
        edge: &Edge,
        technique: &Technique,
        need: &'static Need,
        to: &Identity,
        (through, fixed): (Option<&str>, Fixed<'_>),
    ) -> Vec<Text> {
        let world = &self.found.world;
        let texts = |texts: Vec<&str>| texts.into_iter().map(Into::into).collect();
        match need.on {
            On::Target if matches!(technique.target, SamlProvider | OidcProvider | Group | Policy) => {
                texts(through.into_iter().collect())
            }
            On::Target => vec![to.native_id.clone()],
            On::Workload | On::NewBoundary => texts(through.into_iter().collect()),
            On::TargetPolicy => texts(customer_policies(world, to)),
            On::TargetGroup => {
                let groups = world.access.index().groups_of(&to.id).iter();
                groups.map(|group| group.native_id.clone()).collect()
            }
            On::AdminGroup => {
                let account = world.of(&to.id).and_then(|id| world.node(id)).map(|node| node.account);
                let groups = account.map_or(&[][..], |account| world.admin_groups.of(world, account));
                groups.iter().map(|(group, _)| group.native_id.clone()).collect()
            }
            On::Own(kind) => texts(own(world, edge.from, kind)),
            On::None => vec!["*".into()],
            On::New => {
                let example = |action: &Text| fresh::example(world, need, action, edge.from, fixed);
                need.any.iter().filter_map(example).map(Into::into).collect()
            }
        }
    }

    /// How a caller has a permission that a step needs, by the alternative that is surest, and the statements that give it:
    /// the caller's own, unless the resource's policy asks nothing of them.
    pub(super) fn need(
        &self,
        edge: &Edge,
        need: &'static Need,
        resources: &[Text],
        fixed: Fixed<'_>,
    ) -> Option<(Proof, Vec<CutGrant>, Gift)> {
        let world = &self.found.world;
        let mut best: Option<(Proof, Question, Gift)> = None;
        // Whoever frees another one raises it before that or after.
        let boundaries = match world.node(edge.from).map(|node| &node.who) {
            Some(Who::Steering { .. }) => vec![None, Some(Boundary::Gone), Some(Boundary::Replaced)],
            _ if need.on == On::Own(Possession::Identity) => vec![world.boundary_left(edge.from)],
            _ => vec![None],
        };
        for action in &need.any {
            for resource in resources {
                let gifts = gifts::will_do(world, edge.from, fixed.given);
                let left = |gift| boundaries.iter().map(move |boundary| (gift, *boundary));
                for (gift, boundary) in gifts.iter().flat_map(|(gift, _)| left(gift)) {
                    let fixed = Fixed { boundary, ..fixed };
                    let Some(mut question) = question(action, resource, need, fixed, gift) else {
                        continue;
                    };
                    if need.on == On::New {
                        fresh::choose(need, &mut question);
                    }
                    let shown =
                        if need.on == On::New { fresh::shown(resource) } else { resource.to_string() };
                    let why = if fresh::may_not_do(need, resource) {
                        "on one of the account's own, if that does what it is told"
                    } else {
                        why(need.on)
                    };
                    let found = proof(world, edge.from, action, &shown, &question, why);
                    let Some(found) = found.filter(|proof| rank(proof).is_some()) else { continue };
                    if best.as_ref().is_none_or(|(best, ..)| rank(&found) < rank(best)) {
                        best = Some((found, question, gift.clone()));
                    }
                }
            }
        }
        let (proof, question, gift) = best?;
        let actor = world.actor(edge.from)?;
        let aim = world.access.aim(question);
        let givers = if world.access.may_unaided(actor, &aim) == Truth::No {
            world.access.givers(actor, &aim)
        } else {
            of_resource(&proof)
        };
        Some((proof, givers, gift))
    }
}
