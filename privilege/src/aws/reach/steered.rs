//! The steps into somebody who was changed first, by those who have changed it.

use std::collections::BTreeMap;

use census_model::Identity;

use super::{
    gifts::{self, Given},
    steps::{Attempt, Found, Through},
};
use crate::{
    aws::{
        access::{Boundary, Change, Form},
        techniques::Becomes,
    },
    escalation::{Edge, NodeId},
    truth::Truth,
};

/// The ways in which callers can change a target: for each caller its techniques, how sure they are, and by what they go.
type Changers<'e> = BTreeMap<NodeId, Vec<(Attempt<'e>, Truth)>>;

impl<'s, 'e> Found<'s, 'e> {
    /// The steps into a changed identity by those who have changed it.
    pub(super) fn steered(&mut self, to: NodeId, identity: &'e Identity, form: &Form) -> Vec<Edge> {
        let account = self.world.node(to).map_or(usize::MAX, |node| node.account);
        let given = |change: &Change| gifts::given_by(&self.world, account, change);
        let (change, enter, given) = match form.changes() {
            [Change::Freed(Boundary::Gone)] => {
                (Becomes::FreesTarget, Becomes::Target, Some(Given::default()))
            }
            [raised] => (Becomes::RaisesTarget, Becomes::Target, given(raised)),
            // Who frees it first may raise it as it enters it.
            [raised, Change::Freed(Boundary::Gone)] => {
                (Becomes::FreesTarget, Becomes::TargetRaised, given(raised))
            }
            _ => return Vec::new(),
        };
        let Some(given) = given else { return Vec::new() };
        self.asker.next_target();
        let changers = self.changers(to, identity, (change, given));
        if changers.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for attempt in self.attempts(to, identity, (enter, given)) {
            let prepared = self.world.prepared.get(usize::from(attempt.number));
            let Some(technique) = prepared.map(|prepared| prepared.technique) else { continue };
            let follows = |(change, _): &(Attempt<'_>, Truth)| {
                let change = self.world.prepared.get(usize::from(change.number));
                change.is_some_and(|change| change.is_followed_by(technique))
            };
            let callers: Vec<NodeId> =
                changers.iter().filter(|(_, ways)| ways.iter().any(follows)).map(|(id, _)| *id).collect();
            match enter {
                Becomes::TargetRaised => self.raise_freed(&attempt, callers, &changers, &mut found),
                _ => self.attempt_by(&attempt, &callers, &mut found),
            }
        }
        self.begin_with_changes(to, &changers, &mut found);
        found
    }

    /// The steps by which those who free a target of its boundary raise it too, before that or after it.
    pub(super) fn raise_freed(
        &mut self,
        attempt: &Attempt<'e>,
        mut callers: Vec<NodeId>,
        changers: &Changers<'e>,
        found: &mut Vec<Edge>,
    ) {
        for boundary in [Some(Boundary::Gone), Some(Boundary::Replaced), None] {
            let leaves = |(change, _): &(Attempt<'_>, Truth)| {
                let change = self.world.prepared.get(usize::from(change.number));
                change.is_some_and(|change| Some(change.technique.boundary_left()) == boundary)
            };
            let is_left = |caller: &NodeId| {
                boundary.is_none() || changers.get(caller).is_some_and(|changes| changes.iter().any(leaves))
            };
            let able: Vec<NodeId> = callers.iter().copied().filter(is_left).collect();
            let before = found.len();
            let mut attempt = attempt.clone();
            attempt.resources.fixed.boundary = boundary;
            self.attempt_by(&attempt, &able, found);
            let new = found.get(before..).unwrap_or_default();
            callers.retain(|caller| new.iter().all(|edge| edge.from != *caller));
        }
    }

    /// Puts the change before each step of those who have to make it first.
    pub(super) fn begin_with_changes(&mut self, to: NodeId, changers: &Changers<'e>, found: &mut [Edge]) {
        for edge in found.iter_mut() {
            let caller = edge.from;
            let before = self.world.nodes.len();
            let steering = self.world.steering(caller, to);
            edge.from = steering;
            if self.world.nodes.len() == before {
                continue;
            }
            for (attempt, truth) in changers.get(&caller).into_iter().flatten() {
                let number = usize::from(attempt.number);
                self.keep_own(caller, steering, (number, *truth), attempt.through.clone());
            }
        }
    }

    /// Who can change an identity so.
    pub(super) fn changers(
        &mut self,
        to: NodeId,
        identity: &'e Identity,
        change: (Becomes, Given),
    ) -> Changers<'e> {
        let mut changers: Changers<'e> = BTreeMap::new();
        for attempt in self.attempts(to, identity, change) {
            let attempt = Attempt { through: Through::Thing(identity.native_id.clone()), ..attempt };
            let candidates = self.candidates(usize::from(attempt.number), to, &attempt.resources);
            for (caller, truth) in self.able(&attempt, &candidates) {
                changers.entry(caller).or_default().push((attempt.clone(), truth));
            }
        }
        changers
    }
}
