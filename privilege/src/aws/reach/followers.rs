//! Who may change somebody and become it then, sorted out once for all targets: an estate has many who may change
//! everybody and can make nothing of it.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    ops::Range,
};

use census_model::{Identity, WorkloadKind};

use super::{
    candidates::ByResource,
    needs::{Resources, fits},
    prepared::Prepared,
    steps::Found,
};
use crate::{
    aws::techniques::{Becomes, TargetKind},
    escalation::NodeId,
};

/// A technique by which somebody is changed, the account of the target, and the kind of workload through which it is
/// become then, if through one.
type Way<'e> = (usize, usize, Option<&'e WorkloadKind>);

/// Some callers, by the ways in which they may become whom they change.
pub(super) struct Followers<'e> {
    /// Those who are asked, by number.
    callers: Range<usize>,
    by_way: HashMap<Way<'e>, Callers>,
}

/// The callers of one way.
enum Callers {
    /// Whoever the target is.
    Anywhere(Vec<NodeId>),
    /// By the resources on which the first aimed permission may be used.
    Aimed(ByResource),
    /// Those whom the target's trust policy lets in.
    Trusted(HashSet<NodeId>),
}

impl<'e> Followers<'e> {
    /// Of some callers, by number.
    pub(super) fn new(callers: Range<usize>) -> Self {
        Self { callers, by_way: HashMap::new() }
    }

    /// Whether somebody else among them may be able to change an identity by one of some techniques, and to become it
    /// then.
    pub(super) fn may_change(
        &mut self,
        found: &mut Found<'_, 'e>,
        (target, identity): (NodeId, &'e Identity),
        resources: &Resources<'e>,
        numbers: &[usize],
    ) -> bool {
        let Some(account) = found.world.node(target).map(|node| node.account) else { return false };
        let (all, index) = (found.world.prepared, found.world.access.index());
        let workloads = index.workloads(&identity.id);
        numbers.iter().any(|&number| {
            let Some(prepared) = all.get(number) else { return false };
            if !fits(prepared.technique.target, identity) {
                return false;
            }
            // Without a workload it is the same for all targets that a technique has.
            let kinds = workloads.iter().map(|workload| Some(&workload.kind));
            std::iter::once(None).chain(kinds).any(|kind| {
                let callers = match self.by_way.entry((number, account, kind)) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(free) => {
                        let followers = followers(found, *free.key(), identity, &self.callers);
                        free.insert(Callers::new(found, account, prepared, followers))
                    }
                };
                callers.may_reach(found, prepared, resources, target)
            })
        })
    }
}

/// Those of some callers who have what a change takes, and what it takes to become an identity after it.
fn followers(
    found: &Found<'_, '_>,
    (number, account, kind): Way<'_>,
    identity: &Identity,
    callers: &Range<usize>,
) -> HashSet<NodeId> {
    let (Some(change), Some(account)) = (found.world.prepared.get(number), found.world.accounts.get(account))
    else {
        return HashSet::new();
    };
    let follows = |next: &&Prepared| {
        let technique = next.technique;
        let is_direct = technique.target != TargetKind::Workload;
        technique.becomes == Becomes::Target
            && change.is_followed_by(technique)
            && fits(technique.target, identity)
            && kind.map_or(is_direct, |kind| technique.workload.contains(kind))
    };
    let next: Vec<&Prepared> = found.world.prepared.iter().filter(follows).collect();
    let needs_none = change.technique.then.is_empty();
    let is_meant = |caller: &NodeId| {
        let is_asked = usize::try_from(caller.0).is_ok_and(|caller| callers.contains(&caller));
        let mask = found.world.node(*caller).map(|node| node.mask).filter(|_| is_asked);
        mask.is_some_and(|mask| {
            let has = |prepared: &Prepared| prepared.may_be_met_by(mask, found.assume_role);
            has(change) && (needs_none || next.iter().any(|next| has(next)))
        })
    };
    account.sources.iter().copied().filter(is_meant).collect()
}

impl Callers {
    fn new(found: &Found<'_, '_>, account: usize, change: &Prepared, callers: HashSet<NodeId>) -> Self {
        if change.enters_by_trust(found.assume_role) {
            return Self::Trusted(callers);
        }
        let account = found.world.accounts.get(account);
        match (change.first_aimed(found.assume_role), account) {
            (Some((_, actions)), Some(account)) => {
                Self::Aimed(account.by_resource.among(actions, |caller| callers.contains(&caller)))
            }
            _ => Self::Anywhere(callers.into_iter().collect()),
        }
    }

    /// Whether one of them, the target itself aside, may be able to make a change that needs these resources.
    fn may_reach(
        &self,
        found: &mut Found<'_, '_>,
        change: &Prepared,
        resources: &Resources<'_>,
        target: NodeId,
    ) -> bool {
        let is_other = |caller: NodeId| caller != target;
        match self {
            Self::Anywhere(callers) => callers.iter().any(|caller| is_other(*caller)),
            Self::Aimed(callers) => change.first_aimed(found.assume_role).is_some_and(|(on, actions)| {
                let mut each = resources.on(on).into_iter();
                each.any(|one| actions.iter().any(|action| callers.any(*action, one, is_other)))
            }),
            Self::Trusted(callers) => {
                !callers.is_empty()
                    && found
                        .trusted_by(target)
                        .iter()
                        .any(|caller| is_other(*caller) && callers.contains(caller))
            }
        }
    }
}
