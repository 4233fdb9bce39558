//! What bears on a pair of an identity and a vault, in numbers that compare quickly.
//!
//! Whoever holds something of its own is a class of its own. At most vaults that does not count, and there it is like all
//! others in the same groups: pairs on which the same bears are weighed once, however many they are.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::Hash,
};

use census_model::{Activation, Attachment, Grant, GroupId, PolicyId, ScopeId, VaultId, Via};

use super::{actors::Actor, classes::Place, powers, routes};
use crate::azure::access::{Access, Plane};

/// What makes two pairs alike, for places and limits that are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bearing {
    /// What of the identity counts wherever it goes.
    apart: usize,
    /// All its roles, where what it holds here begins a route that goes on elsewhere.
    roles: Option<usize>,
    /// What is granted to it that counts here, with how it comes to it.
    here: Vec<usize>,
}

/// An actor to whom something is granted at a place.
pub(super) struct Meeting {
    pub(super) actor: usize,
    pub(super) bearing: Bearing,
}

/// Equal things by equal numbers.
struct Numbers<T>(HashMap<T, usize>);

impl<T: Eq + Hash> Numbers<T> {
    fn of(&mut self, thing: T) -> usize {
        let next = self.0.len();
        *self.0.entry(thing).or_insert(next)
    }
}

/// A grant, with the memberships by which it comes to somebody.
type Held<'e> = (*const Grant, Vec<(&'e [GroupId], &'e Activation)>);

/// What is granted to an actor.
struct Brought<'e> {
    grant: &'e Grant,
    number: usize,
    /// Whether it covers anything that is asked at a vault.
    matters: bool,
    /// Whether it covers what a route takes here before it goes on elsewhere.
    leads_on: bool,
}

/// Every actor at every place where something is granted to it that may weigh, by place.
pub(super) fn meetings<'e>(
    access: &Access<'e>,
    actors: &[Actor<'e>],
    places: &[Place<'e>],
) -> Vec<Vec<Meeting>> {
    let within = Within::of(places);
    let mut bags = Bags::new(access);
    let (mut apart, mut roles) = (Numbers(HashMap::new()), Numbers(HashMap::new()));
    let mut at: Vec<Vec<Meeting>> = places.iter().map(|_| Vec::new()).collect();
    for (number, actor) in actors.iter().enumerate() {
        let own = actor.is_apart.then_some(number);
        let apart = apart.of((own, actor.is_person(), excepted(actor)));
        let brought = bags.of(actor);
        let of_roles = brought
            .iter()
            .filter(|one| matches!(one.grant.via, Via::RoleAssignment { .. } | Via::DenyAssignment { .. }));
        let roles = roles.of(of_roles.map(|one| one.number).collect::<Vec<_>>());
        let mut here: BTreeMap<usize, (bool, Vec<&Brought<'_>>)> = BTreeMap::new();
        for one in brought.iter().filter(|one| one.matters) {
            for place in within.counts(one.grant) {
                let found = here.entry(*place).or_default();
                found.0 |= !matches!(one.grant.via, Via::DenyAssignment { .. });
                found.1.push(one);
            }
        }
        // A denial alone gives nobody anything.
        for (place, (_, bears)) in here.into_iter().filter(|(_, (is_given, _))| *is_given) {
            let leads_on = bears.iter().any(|one| one.leads_on);
            let here = bears.iter().map(|one| one.number).collect();
            let bearing = Bearing { apart, roles: leads_on.then_some(roles), here };
            if let Some(at) = at.get_mut(place) {
                at.push(Meeting { actor: number, bearing });
            }
        }
    }
    at
}

/// The memberships that except somebody from a denial.
fn excepted<'e>(actor: &Actor<'e>) -> Vec<(&'e GroupId, &'e [GroupId], &'e Activation)> {
    let all = actor.memberships.iter().filter(|one| one.excepts);
    all.map(|one| (&one.of.group, &*one.of.through, &one.of.activation)).collect()
}

/// Numbers what actors bring.
struct Bags<'a, 'e> {
    access: &'a Access<'e>,
    held: Numbers<Held<'e>>,
    /// What is asked anywhere, and what is asked here for routes that go on elsewhere.
    asked: Vec<(Plane, Box<str>)>,
    leading: Vec<(Plane, Box<str>)>,
    texts: HashMap<Option<&'e PolicyId>, (bool, bool)>,
}

impl<'a, 'e> Bags<'a, 'e> {
    fn new(access: &'a Access<'e>) -> Self {
        let here = routes::all().iter().flat_map(|route| &route.needs).filter(|need| need.is_here());
        let asked = powers::actions().chain(here.flat_map(|need| &need.any).map(|action| &**action));
        let goes_on = routes::all().iter().filter(|route| route.needs.iter().any(|need| !need.is_here()));
        let leading = goes_on.flat_map(|route| &route.needs).filter(|need| need.is_here());
        let leading = leading.flat_map(|need| &need.any).map(|action| &**action);
        Self {
            access,
            held: Numbers(HashMap::new()),
            asked: split(asked),
            leading: split(leading),
            texts: HashMap::new(),
        }
    }

    fn of(&mut self, actor: &Actor<'e>) -> Vec<Brought<'e>> {
        let mut ways: HashMap<&str, Vec<(&'e [GroupId], &'e Activation)>> = HashMap::new();
        for one in &actor.memberships {
            ways.entry(one.of.group.as_str()).or_default().push((&one.of.through, &one.of.activation));
        }
        let brought = actor.grants.iter().copied().map(|grant| {
            let (matters, leads_on) = *self.texts.entry(grant.policy.as_ref()).or_insert_with(|| {
                (self.access.covers_any(grant, &self.asked), self.access.covers_any(grant, &self.leading))
            });
            let by = match &grant.attached_to {
                Attachment::Group(group) => ways.get(group.as_str()).cloned(),
                _ => None,
            };
            let number = self.held.of((std::ptr::from_ref(grant), by.unwrap_or_default()));
            Brought { grant, number, matters, leads_on }
        });
        brought.collect()
    }
}

/// The places at which what is granted in a scope or vault counts.
struct Within<'p> {
    below: HashMap<ScopeId, Vec<usize>>,
    itself: HashMap<ScopeId, usize>,
    of_vault: HashMap<&'p VaultId, usize>,
}

impl<'p> Within<'p> {
    fn of(places: &'p [Place<'_>]) -> Self {
        let mut within = Self { below: HashMap::new(), itself: HashMap::new(), of_vault: HashMap::new() };
        for (number, place) in places.iter().enumerate() {
            for scope in place.scopes() {
                within.below.entry(scope).or_default().push(number);
            }
            let objects = place.scopes_of_objects();
            within
                .itself
                .extend(place.chain.first().cloned().into_iter().chain(objects).map(|it| (it, number)));
            within.of_vault.extend(place.vaults.iter().map(|vault| (&vault.id, number)));
        }
        within
    }

    fn counts(&self, grant: &Grant) -> &[usize] {
        match &grant.via {
            Via::AccessPolicy { vault, .. } | Via::LocalRole { vault, .. } => {
                self.of_vault.get(vault).map_or(&[], std::slice::from_ref)
            }
            Via::DenyAssignment { own_scope_only: true, .. } => {
                self.itself.get(&grant.scope).map_or(&[], std::slice::from_ref)
            }
            Via::RoleAssignment { .. } | Via::DenyAssignment { .. } => {
                self.below.get(&grant.scope).map_or(&[], Vec::as_slice)
            }
            _ => &[],
        }
    }
}

/// Actions with their planes, in lower case, each once.
fn split<'a>(actions: impl Iterator<Item = &'a str>) -> Vec<(Plane, Box<str>)> {
    let named: BTreeSet<&str> = actions.collect();
    let split = |action: &str| {
        let (plane, action) = action.split_once(':')?;
        let plane = if plane == "data" { Plane::Data } else { Plane::Control };
        Some((plane, action.to_ascii_lowercase().into()))
    };
    named.into_iter().filter_map(split).collect()
}
