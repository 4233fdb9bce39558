//! Steps by which callers join groups.

use std::cmp::Reverse;

use census_model::Group;

use super::{
    actions::Mask,
    needs::Resources,
    prepared::Prepared,
    steps::{Found, Through},
};
use crate::{
    aws::access::Change,
    escalation::{Left, NodeId},
    truth::Truth,
};

/// How many groups somebody joins, one after the other.
const JOINED: usize = 2;

/// How many groups are tried after a first one.
const SECOND: usize = 8;

impl<'s, 'e> Found<'s, 'e> {
    pub(super) fn join(&mut self, caller: NodeId, prepared: &Prepared, number: usize) -> Vec<NodeId> {
        let index = self.world.access.index();
        let Some((identity, form)) = self.world.node(caller).and_then(|node| node.identity()) else {
            return Vec::new();
        };
        if form.has(&Change::Raised) || !self.may_be(caller, prepared) {
            return Vec::new();
        }
        let is_done = form.joined().count() >= JOINED;
        let own = index.groups_of(&identity.id);
        let mut groups: Vec<_> = index.groups().filter(|group| group.scope == identity.scope).collect();
        groups.retain(|group| own.iter().all(|one| one.id != group.id));
        groups.retain(|group| form.joined().all(|one| *one != group.id));
        let is_second = form.joined().next().is_some();
        if is_second && self.one_join_is_enough(caller) {
            return Vec::new();
        }
        // Those that give most before others.
        let mut giving: Vec<(Reverse<u32>, _)> = Vec::with_capacity(groups.len());
        for group in groups {
            giving.push((Reverse(self.world.given_by(group).count()), group));
        }
        giving.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
        if is_done {
            self.note_groups_left(caller, prepared, giving.into_iter().map(|(_, group)| group));
            return Vec::new();
        }
        if is_second {
            giving.retain(|(Reverse(count), _)| *count > 0);
            if giving.len() > SECOND {
                self.world.end(caller, Left::Levels);
            }
            giving.truncate(SECOND);
        }
        let mut new = Vec::new();
        for (_, group) in giving {
            if self.has_enough_forms(caller) {
                break;
            }
            let resources = Resources { target: Some(&group.native_id), ..Resources::default() };
            let truth = self.own_truth(caller, prepared, &resources);
            let through = Through::Thing(group.native_id.clone());
            new.extend(self.own_edge(caller, (number, truth), Change::Joined(group.id.clone()), through));
        }
        new
    }

    /// Notes whether one more group, which nobody looks at, would give a caller something.
    pub(super) fn note_groups_left(
        &mut self,
        caller: NodeId,
        prepared: &Prepared,
        groups: impl Iterator<Item = &'e Group>,
    ) {
        let mask = self.world.node(caller).map_or_else(Mask::default, |node| node.mask);
        for group in groups.take(SECOND) {
            let resources = Resources { target: Some(&group.native_id), ..Resources::default() };
            if self.world.given_by(group).without(mask).count() > 0
                && self.own_truth(caller, prepared, &resources) != Truth::No
            {
                return self.world.end(caller, Left::Levels);
            }
        }
    }

    /// Whether a single group makes the caller an administrator for certain, so that no second one tells more.
    pub(super) fn one_join_is_enough(&self, caller: NodeId) -> bool {
        let Some(base) = self.base(caller) else { return false };
        let administers = |id: &NodeId| {
            let node = self.world.node(*id);
            let form = node.and_then(|node| node.identity()).and_then(|(_, form)| form.only());
            matches!(form, Some(Change::Joined(_))) && node.is_some_and(|node| node.admin == Truth::Yes)
        };
        self.world.forms(base).any(|id| administers(&id))
    }
}
