//! Who may do what in which vault, and who could make itself able to.

mod classes;
pub(super) mod holdings;
mod powers;
mod routes;
mod weigh;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use census_model::{Grant, Identity, Index, ScopeId, VaultAccesses, VaultCell, VaultId, Via};

use self::{
    classes::{Actor, Place},
    weigh::{Asking, Questions},
};
use super::access::{Access, Plane};

/// What bears on a pair: the actor, the numbers of the place's traits and limits, and which of the actor's grants count.
type Bearing<'n> = (usize, Option<&'n usize>, Option<&'n usize>, Vec<usize>);

/// Every vault and managed HSM of an estate, with every identity that may do anything in it or could.
pub fn of_estate(access: &Access<'_>) -> VaultAccesses {
    let index = access.index();
    let places = classes::places(index, access);
    let actors = if places.is_empty() { Vec::new() } else { classes::actors(index, access) };
    let at = meetings(access, &actors, &places);
    let limits = limits(index, &places);
    let questions = Questions::new();
    let mut found = VaultAccesses { routes: routes::described(), ..VaultAccesses::default() };
    let (alike, limited) = (numbered(places.iter().map(|place| &place.traits)), numbered(limits.iter()));
    // What bears on a pair decides, so that pairs on which the same bears are weighed once: the same grants of the same
    // actor, in places that are alike and where the same limits count.
    let mut known: HashMap<Bearing<'_>, Option<usize>> = HashMap::new();
    for (number, place) in places.iter().enumerate() {
        let here = at.get(number).into_iter().flatten();
        let strangers = strangers(&actors, at.get(number));
        let asking = Asking::new(access, &questions, place, &strangers);
        let unread = asking.as_ref().map(|asking| asking.unread.iter().cloned().collect());
        found.unread.push(unread.unwrap_or_default());
        for who in here {
            let (Some(actor), Some(asking)) = (actors.get(*who), &asking) else { continue };
            let bearing = actor.grants.iter().enumerate().filter(|(_, grant)| place.bears(grant));
            let bearing = bearing.map(|(position, _)| position).collect();
            let key = (*who, alike.get(number), limited.get(number), bearing);
            let index = *known.entry(key).or_insert_with(|| {
                let access = asking.of(actor);
                (!access.is_empty()).then(|| {
                    found.accesses.push(access);
                    found.accesses.len() - 1
                })
            });
            found.cells.extend(index.map(|access| VaultCell { actors: *who, places: number, access }));
        }
    }
    finish(found, &actors, &places)
}

fn finish(mut found: VaultAccesses, actors: &[Actor<'_>], places: &[Place<'_>]) -> VaultAccesses {
    found.cells.sort_unstable();
    found.cells_at = vec![Vec::new(); places.len()];
    for (at, cell) in found.cells.iter().enumerate() {
        if let Some(here) = found.cells_at.get_mut(cell.places) {
            here.push(at);
        }
    }
    found.actors = actors.iter().map(|one| one.who.iter().map(|who| who.id.clone()).collect()).collect();
    found.places =
        places.iter().map(|one| one.vaults.iter().map(|vault| vault.id.clone()).collect()).collect();
    let class =
        |(number, ids): (usize, &Vec<_>)| ids.iter().cloned().map(move |id| (id, number)).collect::<Vec<_>>();
    found.actor_of = found.actors.iter().enumerate().flat_map(class).collect();
    let class = |(number, ids): (usize, &Vec<VaultId>)| {
        ids.iter().cloned().map(move |id| (id, number)).collect::<Vec<_>>()
    };
    found.place_of = found.places.iter().enumerate().flat_map(class).collect();
    found
}

/// Equal things by equal numbers, in the order of the things.
fn numbered<T: Ord>(things: impl Iterator<Item = T>) -> Vec<usize> {
    let mut known: BTreeMap<T, usize> = BTreeMap::new();
    let number = |thing| {
        let next = known.len();
        *known.entry(thing).or_insert(next)
    };
    things.map(number).collect()
}

/// For each place the actors to whom something is granted there that may weigh.
fn meetings(access: &Access<'_>, actors: &[Actor<'_>], places: &[Place<'_>]) -> Vec<BTreeSet<usize>> {
    let mut by_scope: HashMap<ScopeId, Vec<usize>> = HashMap::new();
    let mut by_vault: HashMap<&VaultId, usize> = HashMap::new();
    for (number, place) in places.iter().enumerate() {
        let vault = place.chain.first().map_or("", ScopeId::as_str);
        let objects = place.objects.iter().map(|object| ScopeId::new(format!("{vault}{object}")));
        for scope in place.chain.iter().cloned().chain(objects) {
            by_scope.entry(scope).or_default().push(number);
        }
        by_vault.extend(place.vaults.iter().map(|vault| (&vault.id, number)));
    }
    let asked = actions();
    let mut weighs: HashMap<Option<&census_model::PolicyId>, bool> = HashMap::new();
    let mut at = vec![BTreeSet::new(); places.len()];
    for (number, actor) in actors.iter().enumerate() {
        for grant in &actor.grants {
            let matters =
                *weighs.entry(grant.policy.as_ref()).or_insert_with(|| access.covers_any(grant, &asked));
            let met: &[usize] = match &grant.via {
                _ if !matters => &[],
                Via::AccessPolicy { vault, .. } | Via::LocalRole { vault, .. } => {
                    by_vault.get(vault).map_or(&[], std::slice::from_ref)
                }
                Via::RoleAssignment { .. } => by_scope.get(&grant.scope).map_or(&[], Vec::as_slice),
                _ => &[],
            };
            for place in met {
                if let Some(here) = at.get_mut(*place) {
                    here.insert(number);
                }
            }
        }
    }
    at
}

/// What is attached to the scopes of each place: denials for everybody.
fn limits<'e>(index: &Index<'e>, places: &[Place<'e>]) -> Vec<Vec<&'e Grant>> {
    let of = |place: &Place<'e>| {
        let all = place.chain.iter().flat_map(|scope| index.grants_of_scope(scope)).copied();
        all.filter(|grant| place.bears(grant)).collect()
    };
    places.iter().map(of).collect()
}

/// A program's identity and a person's to whom nothing is granted at a place.
fn strangers<'e>(actors: &[Actor<'e>], here: Option<&BTreeSet<usize>>) -> Vec<&'e Identity> {
    let mut away = actors
        .iter()
        .enumerate()
        .filter(|(number, _)| here.is_none_or(|here| !here.contains(number)))
        .map(|(_, actor)| actor);
    let program = away.clone().find(|actor| !actor.is_person());
    let person = away.find(|actor| actor.is_person());
    program.into_iter().chain(person).filter_map(Actor::one).collect()
}

/// Every action that makes a power or a route, with its plane, in lower case.
fn actions() -> Vec<(Plane, Box<str>)> {
    let of_routes = routes::all().iter().flat_map(|route| &route.needs).filter(|need| need.is_here());
    let all = powers::actions().chain(of_routes.flat_map(|need| &need.any).map(|action| &**action));
    let named: BTreeSet<&str> = all.collect();
    let split = |action: &str| {
        let (plane, action) = action.split_once(':')?;
        let plane = if plane == "data" { Plane::Data } else { Plane::Control };
        Some((plane, action.to_ascii_lowercase().into()))
    };
    named.into_iter().filter_map(split).collect()
}
