//! Who may do what in which vault, and who could make itself able to.

mod actors;
mod assigning;
mod bearing;
mod classes;
mod contents;
pub(super) mod holdings;
mod powers;
mod routes;
mod ways;
mod weigh;

use std::collections::{BTreeMap, HashMap, HashSet};

use census_model::{GapId, Grant, Identity, VaultAccesses, VaultCell, VaultId};

use self::{
    actors::Actor,
    bearing::Meeting,
    classes::Place,
    weigh::{Asking, Questions},
};
use super::access::Access;

/// Every vault and managed HSM of an estate, with every identity that may do anything in it or could.
pub fn of_estate(access: &Access<'_>) -> VaultAccesses {
    let index = access.index();
    let places = classes::places(index, access);
    let actors = if places.is_empty() { Vec::new() } else { actors::actors(index, access) };
    let at = bearing::meetings(access, &actors, &places);
    let questions = Questions::new(access);
    let mut found = VaultAccesses { routes: routes::described(), ..VaultAccesses::default() };
    let alike = numbered(places.iter().map(|place| &place.traits));
    let limited = numbered(limits(access, &places).into_iter());
    let mut unread: BTreeMap<Vec<GapId>, usize> = BTreeMap::new();
    // Pairs on which the same bears are weighed once, in places that are alike and where the same limits and doubts count.
    let mut known: HashMap<_, Option<usize>> = HashMap::new();
    for ((number, place), here) in places.iter().enumerate().zip(&at) {
        let strangers = strangers(&actors, here);
        let asking = Asking::new(access, &questions, place, &strangers);
        let open: Vec<GapId> = asking.iter().flat_map(|asking| asking.unread.iter().cloned()).collect();
        let next = unread.len();
        let open_by = *unread.entry(open.clone()).or_insert(next);
        found.unread.push(open);
        for meeting in here {
            let (Some(actor), Some(asking)) = (actors.get(meeting.actor), &asking) else { continue };
            let key = (alike.get(number), limited.get(number), open_by, &meeting.bearing);
            let index = *known.entry(key).or_insert_with(|| {
                let access = asking.of(actor);
                (!access.is_empty()).then(|| {
                    found.accesses.push(access);
                    found.accesses.len() - 1
                })
            });
            let cell = |access| VaultCell { actors: meeting.actor, places: number, access };
            found.cells.extend(index.map(cell));
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

/// What counts at each place whoever asks: denials for everybody, and what groups hold whose members may not all be known.
fn limits<'e>(access: &Access<'e>, places: &[Place<'e>]) -> Vec<Vec<&'e Grant>> {
    let of_groups = access.of_open_groups();
    let of = |place: &Place<'e>| {
        let of_scopes = place.scopes().flat_map(|scope| access.index().grants_of_scope(&scope).to_vec());
        of_scopes.chain(of_groups.iter().copied()).filter(|grant| place.bears(grant)).collect()
    };
    places.iter().map(of).collect()
}

/// A program's identity and a person's to whom nothing is granted at a place.
fn strangers<'e>(actors: &[Actor<'e>], here: &[Meeting]) -> Vec<&'e Identity> {
    let here: HashSet<usize> = here.iter().map(|meeting| meeting.actor).collect();
    let away = || actors.iter().enumerate().filter(|(number, _)| !here.contains(number));
    let of = |is_person| away().map(|(_, actor)| actor).find(|actor| actor.is_person() == is_person);
    of(false).into_iter().chain(of(true)).filter_map(Actor::one).collect()
}

#[cfg(test)]
mod tests {
    use census_fixtures::azure as fake;
    use census_model::{
        Activation, Attachment, EstateBuilder, GroupId, Index, Membership, Policy, PolicyKind, ScopeId,
    };

    use super::*;

    const READS: &str = r#"[{"dataActions":["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}]"#;

    /// Forty members of a group that reads every vault, each with a role of its own elsewhere; `own` of them with one at the
    /// vault as well.
    fn members(own: usize, role: &str) -> VaultAccesses {
        let mut estate = EstateBuilder::new();
        fake::tenant(&mut estate);
        let group = GroupId::new("azure:readers");
        let policy = |estate: &mut EstateBuilder, text: &str| {
            Some(estate.policy(Policy::new(PolicyKind::AzurePermissions, text)))
        };
        let reads = policy(&mut estate, READS);
        let own_role = policy(&mut estate, role);
        let of_group =
            fake::role_assignment(&fake::service_principal("x").id, fake::subscription_scope(), "r");
        estate.grant(Grant {
            policy: reads.clone(),
            attached_to: Attachment::Group(group.clone()),
            ..of_group
        });
        let vault = fake::vault("box");
        for number in 0..40 {
            let app = fake::service_principal(&format!("app-{number:02}"));
            let (member, through) = (app.id.clone(), Vec::new());
            estate.membership(Membership {
                group: group.clone(),
                member,
                through,
                activation: Activation::Standing,
            });
            let elsewhere = ScopeId::new(format!("azure:/subscriptions/elsewhere/resourcegroups/{number}"));
            let at = std::iter::once(elsewhere).chain((number < own).then(fake::resource_group_scope));
            for at in at {
                estate.grant(Grant { policy: own_role.clone(), ..fake::role_assignment(&app.id, at, "own") });
            }
            estate.identity(app);
        }
        estate.vault(vault);
        let estate = census_fixtures::finish(estate);
        let index = Index::new(&estate);
        of_estate(&Access::new(&index))
    }

    #[test]
    fn what_members_of_a_group_hold_elsewhere_is_not_weighed() {
        let found = members(0, READS);
        assert_eq!((found.cells.len(), found.accesses.len()), (40, 1));
        let found = members(3, READS);
        assert_eq!((found.cells.len(), found.accesses.len()), (40, 4));
    }

    /// What they hold elsewhere counts where a route leads there: a copy is restored into another vault.
    #[test]
    fn a_route_that_leads_elsewhere_is_weighed_with_what_is_held_there() {
        let text = r#"[{"actions":["Microsoft.KeyVault/vaults/write"],"dataActions":["Microsoft.KeyVault/vaults/secrets/backup/action"]}]"#;
        let found = members(3, text);
        assert_eq!((found.cells.len(), found.accesses.len()), (40, 4));
        let ways: usize = found.accesses.iter().map(|access| access.ways.len()).sum();
        assert!(ways >= 3, "{ways}");
    }
}
