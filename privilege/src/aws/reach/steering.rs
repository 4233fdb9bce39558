//! Changing somebody first and becoming it afterwards: a role is given everything, and then a function runs as it; a group
//! of a user is, and then a key of the user is made; a boundary is taken off a role, and then the role is assumed.
//!
//! Between the two steps the caller is who it was, and only the target has changed. That state is a node of its own, so that
//! all ways to become the target go on from it.

use std::{ops::Range, rc::Rc};

use census_model::{Effect, Identity};

use super::{
    followers::Followers,
    gifts::{self, Given},
    needs::{Fixed, Resources, fits},
    steps::Found,
};
use crate::{
    aws::{
        access::{Boundary, Change},
        techniques::Becomes,
    },
    escalation::{Left, NodeId},
    truth::Truth,
};

/// How many changed ones, one by the other, are looked for.
const ROUNDS: usize = 8;

/// How many policies are tried that a target may be given where not all may be.
const GIVEN: usize = 4;

/// Somebody who may be changed, and what is known of that so far.
struct Changeable<'e> {
    id: NodeId,
    identity: &'e Identity,
    is_bounded: bool,
    may_be_raised: bool,
    may_be_freed: bool,
    /// The policies that it may be given, where not all may be.
    given: Vec<Change>,
}

impl<'s, 'e> Found<'s, 'e> {
    /// Adds nodes for everybody whom somebody else may be able to change, and works out what that would come to.
    ///
    /// Whoever was changed may change others in turn. Each round asks those alone that the round before has added, so that
    /// names, which say who is looked at first, decide nothing.
    pub(super) fn change_others(&mut self) {
        let (raising, freeing) = (
            self.numbers(|becomes| matches!(becomes, Becomes::TargetRaised | Becomes::RaisesTarget)),
            self.numbers(|becomes| becomes == Becomes::FreesTarget),
        );
        let gives =
            |number: &usize| self.world.prepared.get(*number).is_some_and(|one| gifts::gives(one.technique));
        let giving: Vec<usize> = raising.iter().copied().filter(gives).collect();
        let all = self.world.accounts.iter().flat_map(|account| account.identities.iter());
        let mut targets: Vec<Changeable<'e>> = all.filter_map(|id| self.changeable(*id)).collect();
        let mut asked = 0;
        let mut tells_policies_apart = false;
        for round in 0..ROUNDS {
            let known = self.world.nodes.len();
            let callers = asked..known;
            tells_policies_apart = tells_policies_apart || self.tells_policies_apart(&callers);
            let mut followers = Followers::new(callers.clone());
            for target in &mut targets {
                let resources = self.resources_of(target.identity);
                let mut may = |numbers: &[usize]| {
                    followers.may_change(self, (target.id, target.identity), &resources, numbers)
                };
                target.may_be_raised = target.may_be_raised || may(&raising);
                target.may_be_freed = target.may_be_freed || (target.is_bounded && may(&freeing));
                if target.may_be_raised && tells_policies_apart {
                    self.find_given(target, &resources, &giving, &callers);
                }
                self.add_forms(target);
            }
            // Who surely administers takes no steps any more.
            asked = known;
            if self.world.nodes.len() == known {
                break;
            }
            if round + 1 == ROUNDS {
                let left = asked..self.world.nodes.len();
                left.filter_map(|new| u32::try_from(new).ok())
                    .for_each(|new| self.world.end(NodeId(new), Left::Levels));
            }
            targets.retain(|target| {
                tells_policies_apart || !target.may_be_raised || (target.is_bounded && !target.may_be_freed)
            });
        }
    }

    /// An identity that others may change: not one that AWS keeps.
    fn changeable(&self, id: NodeId) -> Option<Changeable<'e>> {
        let (identity, _) = self.world.node(id)?.identity()?;
        let mut grants = self.world.access.index().grants_of_identity(&identity.id).iter();
        let is_bounded = grants.any(|grant| grant.effect == Effect::Ceiling);
        let target = Changeable {
            id,
            identity,
            is_bounded,
            may_be_raised: false,
            may_be_freed: false,
            given: Vec::new(),
        };
        (!self.is_kept_by_aws(identity)).then_some(target)
    }

    /// Whether a condition of any of these callers, by number, tells policies apart that may be attached.
    fn tells_policies_apart(&self, callers: &Range<usize>) -> bool {
        let sources = self.world.accounts.iter().flat_map(|account| &account.sources);
        let mut asked = sources.filter(|caller| is_among(**caller, callers));
        asked.any(|caller| !gifts::tried(&self.world, *caller).is_empty())
    }

    /// Finds policies that callers who may not attach `AdministratorAccess` may give a target.
    fn find_given(
        &mut self,
        target: &mut Changeable<'e>,
        resources: &Resources<'e>,
        numbers: &[usize],
        callers: &Range<usize>,
    ) {
        self.asker.next_target();
        let account = self.world.node(target.id).map_or(usize::MAX, |node| node.account);
        for number in numbers {
            let kind = self.world.prepared.get(*number).map(|prepared| prepared.technique.target);
            if !kind.is_some_and(|kind| fits(kind, target.identity)) {
                continue;
            }
            for caller in self.candidates(*number, target.id, resources) {
                let is_asked = caller != target.id && is_among(caller, callers);
                let tried = if is_asked { gifts::tried(&self.world, caller) } else { Rc::default() };
                if tried.is_empty() || self.may_give(*number, caller, resources) == Truth::Yes {
                    continue;
                }
                for position in tried.iter() {
                    if target.given.len() >= GIVEN {
                        self.world.end(caller, Left::Levels);
                        return;
                    }
                    let Some(change) = gifts::change(&self.world, account, *position) else { continue };
                    if target.given.contains(&change) {
                        continue;
                    }
                    let fixed = Fixed { given: Given::Policy(*position), ..resources.fixed };
                    if self.may_give(*number, caller, &Resources { fixed, ..resources.clone() }) != Truth::No
                    {
                        target.given.push(change);
                    }
                }
            }
        }
    }

    /// Whether a caller may attach a policy, whatever else the technique takes.
    fn may_give(&mut self, number: usize, caller: NodeId, resources: &Resources<'e>) -> Truth {
        let Some(prepared) = self.world.prepared.get(number) else { return Truth::No };
        self.asker.may_give(&self.world, prepared, caller, resources)
    }

    fn add_forms(&mut self, target: &Changeable<'e>) {
        let raised = target.may_be_raised.then_some(Change::Raised);
        let raised: Vec<Change> = raised.into_iter().chain(target.given.iter().cloned()).collect();
        for change in &raised {
            self.add_changed(target.id, change.clone());
        }
        // How it is freed does not matter to what it may do then.
        if let Some(freed) =
            target.may_be_freed.then(|| self.add_changed(target.id, Change::Freed(Boundary::Gone))).flatten()
        {
            for change in raised {
                self.add_changed(freed, change);
            }
        }
    }

    fn add_changed(&mut self, of: NodeId, change: Change) -> Option<NodeId> {
        let before = self.world.nodes.len();
        let changed = self.world.changed(of, change)?;
        if self.world.nodes.len() > before && !self.judge(changed) {
            self.world.add_source(changed);
            self.change_one(changed);
        }
        Some(changed)
    }

    /// The numbers of the techniques with such an effect.
    fn numbers(&self, is_meant: impl Fn(Becomes) -> bool) -> Vec<usize> {
        let numbered = self.world.prepared.iter().enumerate();
        numbered
            .filter(|(_, prepared)| is_meant(prepared.technique.becomes))
            .map(|(number, _)| number)
            .collect()
    }
}

fn is_among(caller: NodeId, callers: &Range<usize>) -> bool {
    usize::try_from(caller.0).is_ok_and(|caller| callers.contains(&caller))
}
