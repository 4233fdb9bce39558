//! Steps by which callers take away what denies them something.
//!
//! A denial holds only as long as what it stands in: an inline policy, the attachment or the text of a managed one, a
//! membership. Whoever may take that away is not held back by it. What is above the account, and boundaries, are no such
//! places.

use std::cmp::Reverse;

use census_model::{Attachment, Effect, Grant, Via};

use super::{
    actions::Mask,
    needs::{Fixed, Resources},
    owned::{customer_policy, grants},
    prepared::Prepared,
    steps::{Found, Through},
};
use crate::{
    aws::{
        access::Change,
        techniques::{Takes, TargetKind},
    },
    escalation::{Left, NodeId},
    truth::Truth,
};

/// How many places somebody takes denials from, one after the other.
const MOST: usize = 2;

/// How many places of one caller are tried.
const TRIED: usize = 8;

/// How many places of one caller are looked at to tell whether more could be tried.
const COUNTED: usize = 64;

/// A way to take a denial away.
struct Taking<'e> {
    change: Change,
    resources: Resources<'e>,
    through: Through<'e>,
}

impl<'s, 'e> Found<'s, 'e> {
    /// What comes of one technique by which a caller takes its own denials away, as far as that is new.
    pub(super) fn undeny(
        &mut self,
        caller: NodeId,
        prepared: &Prepared,
        number: usize,
        takes: Takes,
    ) -> Vec<NodeId> {
        let Some(node) = self.world.node(caller) else { return Vec::new() };
        let Some((_, form)) = node.identity() else { return Vec::new() };
        let may_be_met = prepared.may_be_met_by(node.mask, self.assume_role);
        if !may_be_met || !self.is_caller(caller, prepared) {
            return Vec::new();
        }
        if form.taken() >= MOST {
            self.note_denials_left(caller);
            return Vec::new();
        }
        let mut new = Vec::new();
        for (position, grant) in self.denials(caller).into_iter().enumerate() {
            if self.has_enough_forms(caller) {
                break;
            }
            let Some(taking) = self.taking(prepared.technique.target, takes, grant) else { continue };
            let truth = self.own_truth(caller, prepared, &taking.resources);
            if position >= TRIED {
                if truth != Truth::No {
                    self.world.end(caller, Left::Levels);
                    break;
                }
                continue;
            }
            new.extend(self.own_edge(caller, (number, truth), taking.change, taking.through));
        }
        new
    }

    /// The attachments that deny a caller something that it would be allowed otherwise and that matters.
    ///
    /// Those that deny most come first. What more places deny wholly than are taken away stays denied, so that nothing is
    /// taken away for its sake.
    fn denials(&mut self, caller: NodeId) -> Vec<&'e Grant> {
        let Some(node) = self.world.node(caller) else { return Vec::new() };
        let Some((identity, form)) = self.world.node(caller).and_then(|node| node.identity()) else {
            return Vec::new();
        };
        let identity = self.world.access.index().identity(&identity.id);
        let mask = node.mask;
        let left = MOST.saturating_sub(form.taken());
        let can_count = |grant: &&Grant| grant.effect != Effect::Ceiling && !form.drops(grant);
        let all = identity.into_iter().flat_map(|identity| grants(&self.world, identity, form));
        let all: Vec<&'e Grant> = all.filter(can_count).collect();
        let hopeless = self.denied_by_more(&all, left);
        if hopeless.and(mask).count() > 0 {
            self.world.end(caller, Left::Levels);
        }
        let mut found: Vec<(Reverse<u32>, &'e Grant)> = Vec::new();
        for grant in all {
            let denied = self.world.denied_by(grant).somehow.and(mask).without(hopeless).count();
            if denied > 0 {
                found.push((Reverse(denied), grant));
            }
        }
        found.sort();
        if found.len() > COUNTED {
            self.world.end(caller, Left::Levels);
        }
        found.into_iter().take(COUNTED).map(|(_, grant)| grant).collect()
    }

    /// Notes whether one more place, which nobody looks at, denies a caller something.
    fn note_denials_left(&mut self, caller: NodeId) {
        let Some(node) = self.world.node(caller) else { return };
        let Some((identity, form)) = node.identity() else { return };
        let (mask, access) = (node.mask, self.world.access);
        let identity = access.index().identity(&identity.id);
        let grants: Vec<&'e Grant> = identity
            .into_iter()
            .flat_map(|identity| grants(&self.world, identity, form))
            .filter(|grant| grant.effect != Effect::Ceiling && !form.drops(grant))
            .collect();
        if grants.into_iter().any(|grant| self.world.denied_by(grant).somehow.and(mask).count() > 0) {
            self.world.end(caller, Left::Levels);
        }
    }

    /// The actions that more than some of a caller's own attachments deny wholly. Those of groups are not counted, as
    /// several of them are left at once.
    fn denied_by_more(&mut self, grants: &[&'e Grant], than: usize) -> Mask {
        // The actions that one, two, … have denied so far.
        let mut times = vec![Mask::default(); than + 1];
        for grant in grants.iter().filter(|grant| !matches!(grant.attached_to, Attachment::Group(_))) {
            let mut again = self.world.denied_by(grant).wholly;
            for seen in &mut times {
                let both = again.and(*seen);
                seen.union(again);
                again = both;
            }
        }
        times.pop().unwrap_or_default()
    }

    fn taking(&self, target: TargetKind, takes: Takes, grant: &'e Grant) -> Option<Taking<'e>> {
        let group = match &grant.attached_to {
            Attachment::Group(id) => Some((id, &*self.world.access.index().group(id)?.native_id)),
            _ => None,
        };
        // Those of an identity are taken from it, those of a group from the group.
        let is_there = group.is_some() == (target == TargetKind::Group);
        let holder = group.map(|(_, arn)| arn);
        let without = || Change::Without(grant.attached_to.clone(), grant.via.clone());
        let resources = |policy: Option<&'e str>| Resources {
            target: holder,
            fixed: Fixed { policy, ..Fixed::default() },
            ..Resources::default()
        };
        match (takes, &grant.via) {
            (Takes::Inline, Via::Inline { name }) if is_there => Some(Taking {
                change: without(),
                resources: resources(None),
                through: Through::Inline { name, group: holder },
            }),
            (Takes::Attachment, Via::Managed { native_id, .. }) if is_there => Some(Taking {
                change: without(),
                resources: resources(Some(native_id)),
                through: Through::Policy { policy: native_id, group: holder },
            }),
            (Takes::Text, Via::Managed { native_id, .. }) => customer_policy(grant).map(|arn| Taking {
                change: Change::Rewritten(native_id.clone()),
                resources: Resources { target: Some(arn), ..Resources::default() },
                through: Through::Thing(arn.into()),
            }),
            (Takes::Membership, _) => group.map(|(id, arn)| Taking {
                change: Change::Left(id.clone()),
                resources: resources(None),
                through: Through::Thing(arn.into()),
            }),
            _ => None,
        }
    }
}
