//! Steps by which callers change what they themselves, or others whom they then act as, may do.

use std::collections::VecDeque;

use census_model::Identity;

use super::{
    actions::Mask,
    gifts::{self, Given},
    needs::{Fixed, Resources},
    node::is_below,
    prepared::Prepared,
    steps::{Found, Through},
};
use crate::{
    aws::{access::Change, techniques::Becomes},
    escalation::{Edge, Left, NodeId},
    truth::Truth,
};

impl<'s, 'e> Found<'s, 'e> {
    /// Takes the steps by which callers change themselves, and lets what comes of it take steps too.
    pub(super) fn change_selves(&mut self) {
        self.change_all(self.world.accounts.iter().flat_map(|account| account.sources.clone()).collect());
    }

    /// The same by these callers, those that have changed less first.
    fn change_all(&mut self, mut waiting: VecDeque<NodeId>) {
        while let Some(caller) = waiting.pop_front() {
            for number in 0..self.world.prepared.len() {
                waiting.extend(self.change(caller, number));
            }
        }
    }

    /// What comes of one technique by which a caller changes itself, as far as that is new and no administrator yet.
    pub(super) fn change(&mut self, caller: NodeId, number: usize) -> Vec<NodeId> {
        let prepared = self.world.prepared;
        let Some(prepared) = prepared.get(number) else { return Vec::new() };
        match prepared.technique.becomes {
            Becomes::SelfRaised => self.raise(caller, prepared, number),
            Becomes::SelfFreed => self.free(caller, prepared, number),
            Becomes::SelfUndenied => {
                let takes = prepared.technique.takes;
                takes.map(|takes| self.undeny(caller, prepared, number, takes)).unwrap_or_default()
            }
            Becomes::SelfReverted => self.revert(caller, prepared, number),
            Becomes::SelfTagged => self.tag(caller, prepared, number),
            Becomes::Member => self.join(caller, prepared, number),
            Becomes::Administrator => self.make_administrator(caller, prepared, number),
            Becomes::Target
            | Becomes::TargetRaised
            | Becomes::RaisesTarget
            | Becomes::FreesTarget
            | Becomes::Nothing => Vec::new(),
        }
    }

    /// What comes of giving itself permissions: all of them, or those of a policy that it may attach.
    fn raise(&mut self, caller: NodeId, prepared: &Prepared, number: usize) -> Vec<NodeId> {
        let Some(node) = self.world.node(caller) else { return Vec::new() };
        let Some((_, form)) = node.identity() else { return Vec::new() };
        if form.has(&Change::Raised) {
            return Vec::new();
        }
        let (account, is_given) = (node.account, form.given().next().is_some());
        let truth = self.own_truth(caller, prepared, &Resources::default());
        let mut new: Vec<NodeId> =
            self.own_edge(caller, (number, truth), Change::Raised, Through::Nothing).into_iter().collect();
        if truth == Truth::Yes
            || is_given
            || !self.may_be(caller, prepared)
            || !gifts::gives(prepared.technique)
        {
            return new;
        }
        for position in gifts::tried(&self.world, caller).iter() {
            if self.has_enough_forms(caller) {
                break;
            }
            let fixed = Fixed { given: Given::Policy(*position), ..Fixed::default() };
            let truth = self.own_truth(caller, prepared, &Resources { fixed, ..Resources::default() });
            let Some(change @ Change::Given(_)) = gifts::change(&self.world, account, *position) else {
                continue;
            };
            let Change::Given(policy) = &change else { continue };
            let through = Through::Thing(policy.clone());
            new.extend(self.own_edge(caller, (number, truth), change.clone(), through));
            // One that surely makes an administrator is enough.
            if truth == Truth::Yes && self.administers_with(caller, change) {
                return new;
            }
            if truth != Truth::No && !gifts::tries_all(&self.world, caller) {
                self.world.end(caller, Left::Levels);
            }
        }
        new
    }

    /// Whether a caller surely administers its account once it has changed so.
    fn administers_with(&mut self, caller: NodeId, change: Change) -> bool {
        let changed = self.world.changed(caller, change);
        changed.and_then(|id| self.world.node(id)).is_some_and(|node| node.admin == Truth::Yes)
    }

    /// What comes of getting rid of its boundary.
    fn free(&mut self, caller: NodeId, prepared: &Prepared, number: usize) -> Vec<NodeId> {
        if !self.world.actor(caller).is_some_and(|actor| actor.has_boundary()) {
            return Vec::new();
        }
        let truth = self.own_truth(caller, prepared, &Resources::default());
        let change = Change::Freed(prepared.technique.boundary_left());
        self.own_edge(caller, (number, truth), change, Through::Nothing).into_iter().collect()
    }

    /// Whether a caller is of the kind, and has the permissions on whatever, that a technique takes.
    pub(super) fn may_be(&self, caller: NodeId, prepared: &Prepared) -> bool {
        let mask = self.world.node(caller).map_or_else(Mask::default, |node| node.mask);
        prepared.may_be_met_by(mask, self.assume_role) && self.is_caller(caller, prepared)
    }

    pub(super) fn own_truth(
        &mut self,
        caller: NodeId,
        prepared: &Prepared,
        resources: &Resources<'_>,
    ) -> Truth {
        if !self.may_be(caller, prepared) {
            return Truth::No;
        }
        self.asker.next_target();
        self.asker.has_all(&self.world, prepared, caller, resources)
    }

    pub(super) fn own_edge(
        &mut self,
        caller: NodeId,
        (number, truth): (usize, Truth),
        change: Change,
        through: Through<'e>,
    ) -> Option<NodeId> {
        if truth == Truth::No {
            return None;
        }
        let before = self.world.nodes.len();
        let to = self.world.changed(caller, change)?;
        self.keep_own(caller, to, (number, truth), through);
        (self.world.nodes.len() > before && !self.judge(to)).then(|| {
            self.world.add_source(to);
            to
        })
    }

    pub(super) fn keep_own(
        &mut self,
        from: NodeId,
        to: NodeId,
        (number, truth): (usize, Truth),
        through: Through<'e>,
    ) {
        let through = self.through(through, None);
        let technique = u16::try_from(number).unwrap_or(u16::MAX);
        let standing = self.standing(number);
        let certainty = self.certainty(number, truth);
        self.own.entry(to).or_default().push(Edge { from, to, standing, certainty, technique, through });
    }

    /// Works out whether a changed principal administers its account, and says whether it surely does.
    pub(super) fn judge(&mut self, id: NodeId) -> bool {
        let mask = self.world.node(id).map_or_else(Mask::default, |node| node.mask);
        let admin = super::admin::administers(&self.world, id, mask);
        if let Some(node) = self.world.node_mut(id) {
            node.admin = admin;
        }
        if admin == Truth::Yes {
            self.world.forget(id);
        }
        admin == Truth::Yes
    }

    /// Whether no more is asked about what a caller takes and leaves, which is told then.
    pub(super) fn has_enough_forms(&mut self, caller: NodeId) -> bool {
        let is_full = self.world.is_full(caller);
        if is_full {
            self.world.end(caller, Left::Levels);
        }
        is_full
    }

    pub(super) fn make_administrator(
        &mut self,
        caller: NodeId,
        prepared: &Prepared,
        number: usize,
    ) -> Vec<NodeId> {
        let account = self.world.node(caller).and_then(|node| self.world.accounts.get(node.account));
        let Some((administrator, scope)) = account.map(|account| (account.administrator, account.scope))
        else {
            return Vec::new();
        };
        let ways: Vec<Option<&'e str>> = if prepared.technique.bounds_what_is_new() {
            self.world.boundaries.of(&self.world, scope, caller).into_iter().map(Some).collect()
        } else {
            vec![None]
        };
        for policy in ways {
            let fixed = Fixed { policy, given: Given::Administration, ..Fixed::default() };
            let resources = Resources { fixed, ..Resources::default() };
            let leaves = policy.filter(|_| prepared.technique.keeps_boundary);
            let leaves = leaves.map_or(Truth::Yes, |policy| {
                self.world.boundaries.leaves_administration(&self.world, scope, policy)
            });
            if leaves == Truth::No {
                continue;
            }
            let truth = leaves & self.own_truth(caller, prepared, &resources);
            if truth != Truth::No {
                let through = policy.map_or(Through::Nothing, |policy| Through::Thing(policy.into()));
                self.keep_own(caller, administrator, (number, truth), through);
            }
            if truth == Truth::Yes {
                break;
            }
        }
        Vec::new()
    }

    pub(super) fn change_one(&mut self, caller: NodeId) {
        self.change_all(VecDeque::from([caller]));
    }

    /// Whether only AWS can change or pass a role.
    pub(super) fn is_kept_by_aws(&self, identity: &Identity) -> bool {
        is_below(identity, "/aws-service-role/") || is_below(identity, "/aws-reserved/")
    }
}
