//! How far every principal of Azure and Entra ID reaches as it is, before any step.

mod asker;
mod assigning;
mod bounds;
mod holdings;
mod levels;
mod operations;
mod places;
mod reading;
mod shapes;
mod texts;

use std::collections::BTreeMap;

use census_model::{Grant, Identity, ScopeId, Via};

pub use self::reading::{Reading, reading};
use self::{asker::Asker, bounds::Bounds, levels::Whole, places::Places, texts::Texts};
use super::{
    access::Access,
    directory,
    held::{Held, Weight},
    vaults::holdings::{self as in_vaults, Holdings},
    ways::{Administered, Ways, Who},
};
use crate::{
    escalation::{NodeId, Own},
    truth::Truth,
};

/// What every identity of Azure reaches as it is. Who administers what is told to the ways.
pub(crate) fn judge<'a, 'e>(access: &'a Access<'e>, ways: &mut Ways<'a, 'e>) -> BTreeMap<NodeId, Own<'e>> {
    let places = Places::new(access.index());
    let bounds = Bounds::new(access, &places);
    let table = operations::table();
    let texts = Texts::of(access, table);
    let mut asker = Asker::new(access, &texts, table);
    let questions = in_vaults::Questions::new();
    let mut in_vaults = Holdings::new(access, &questions);
    let mut own = BTreeMap::new();
    let all: Vec<_> = ways.world.all().collect();
    for (node, who) in all {
        // What vaults give administers nothing, so that whoever joins a group is not asked about it.
        let (identity, secrets) = match who {
            Who::Identity(identity) => (identity, in_vaults.held(identity)),
            Who::Member(group, joiner) => match access.member_of(group, joiner) {
                Some(identity) => (identity, Vec::new()),
                None => continue,
            },
            Who::OfRole(scope, role) => {
                if let Some(truth) = holdings::administers(&asker, scope, role) {
                    ways.administers(node, Administered::Scope(scope), truth);
                }
                if let Some(left) = access.assignable().left_by_role(scope, role) {
                    ways.leave(node, left);
                }
                continue;
            }
            Who::Goal(_) | Who::OfDirectory(_) | Who::OfScope(_) => continue,
        };
        let granted = access.granted(identity);
        let whole = Whole {
            roles: holdings::of(&mut asker, &places, identity, &granted),
            others: others(access, secrets, identity),
            unweighed: unweighed(&places, &granted),
        };
        if let Some(left) = granted.iter().find_map(|(grant, _)| access.assignable().left_by(grant)) {
            ways.leave(node, left);
        }
        for (what, truth) in administered(&places, &whole) {
            ways.administers(node, what, truth);
        }
        if let Who::Identity(identity) = who {
            let doubts = bounds.of(identity, &granted);
            own.insert(node, levels::compose(&places, &identity.scope, whole, &doubts));
        }
    }
    own
}

/// What is administered by what somebody holds. Roles of Azure in a tenant count for all scopes in it, and not for its
/// directory.
fn administered<'e>(places: &Places<'e>, whole: &Whole) -> Vec<(Administered<'e>, Truth)> {
    let is_administration = |held: &&Held| held.weight == Weight::Administration;
    let scope = |held: &Held| places.of_estate(&held.scope);
    let roles = whole.roles.weighed.iter().map(|weighed| &weighed.held).filter(is_administration);
    let roles = roles.filter_map(|held| Some((Administered::Scope(scope(held)?), held.truth)));
    let others = whole.others.iter().filter(is_administration);
    let others = others.filter_map(|held| Some((Administered::Directory(scope(held)?), held.truth)));
    roles.chain(others).collect()
}

/// What an identity holds that roles of Azure do not give by themselves: in the directory, and in vaults that go by access
/// policies. One of each weight says enough.
fn others(access: &Access<'_>, in_vaults: Vec<Held>, identity: &Identity) -> Vec<Held> {
    let mut best: BTreeMap<(ScopeId, Weight), Held> = BTreeMap::new();
    for held in directory::held(access, identity).into_iter().chain(in_vaults) {
        let key = (held.scope.clone(), held.weight);
        if best.get(&key).is_none_or(|known| known.truth < held.truth) {
            best.insert(key, held);
        }
    }
    let administers = |scope: &ScopeId| {
        best.get(&(scope.clone(), Weight::Administration)).is_some_and(|held| held.truth == Truth::Yes)
    };
    // Nothing is more than administration.
    let rest: Vec<ScopeId> = best.keys().map(|(scope, _)| scope.clone()).filter(administers).collect();
    let kept = |held: &Held| held.weight == Weight::Administration || !rest.contains(&held.scope);
    best.into_values().filter(kept).collect()
}

/// Where something is granted by other ways, whatever it is worth.
fn unweighed(places: &Places<'_>, granted: &[(&Grant, Truth)]) -> Vec<(ScopeId, Truth)> {
    let others = granted.iter().filter(|(grant, _)| !matches!(grant.via, Via::RoleAssignment { .. }));
    others.map(|(grant, truth)| (places.innermost(&grant.scope), *truth)).collect()
}
