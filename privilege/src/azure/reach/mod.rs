//! How far every principal of Azure and Entra ID reaches as it is. Ways that lead on are not followed.

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

use census_model::{Grant, Identity, Provider, Reaches, ScopeId, Via};

pub use self::reading::{Reading, reading};
use self::{asker::Asker, bounds::Bounds, levels::Whole, places::Places, texts::Texts};
use super::{
    access::Access,
    directory,
    held::{Held, Weight},
    vaults::holdings::{self as in_vaults, Holdings},
};
use crate::truth::Truth;

/// The reach of every identity of Azure.
pub(crate) fn of_estate(access: &Access<'_>) -> Reaches {
    let estate = access.index().estate();
    let places = Places::new(access.index());
    let bounds = Bounds::new(access, &places);
    let table = operations::table();
    let texts = Texts::of(access, table);
    let mut asker = Asker::new(access, &texts, table);
    let questions = in_vaults::Questions::new();
    let mut in_vaults = Holdings::new(access, &questions);
    let mut reaches = Reaches::default();
    for identity in estate.identities.iter().filter(|one| one.provider == Provider::Azure) {
        let granted = access.granted(identity);
        let whole = Whole {
            roles: holdings::of(&mut asker, &places, identity, &granted),
            others: others(access, &mut in_vaults, identity),
            unweighed: unweighed(&places, &granted),
        };
        let reach = levels::compose(&places, whole, &bounds.of(identity, &granted));
        reaches.of.insert(identity.id.clone(), reach);
    }
    reaches
}

/// What an identity holds that roles of Azure do not give by themselves: in the directory, and in vaults that go by access
/// policies. One of each weight says enough.
fn others<'e>(access: &Access<'e>, in_vaults: &mut Holdings<'_, 'e>, identity: &'e Identity) -> Vec<Held> {
    let mut best: BTreeMap<(ScopeId, Weight), Held> = BTreeMap::new();
    for held in directory::held(access, identity).into_iter().chain(in_vaults.held(identity)) {
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
