//! The literate cases of `cases/azure-vaults`: who may do what in which vault, and who could make itself able to.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;
mod literate;

use std::collections::BTreeSet;

use census_model::{Decision, Index, TechniqueConfidence, VaultAccess, VaultAccesses, VaultPower};
use census_privilege::azure::{access::Access, vaults};
use serde::Deserialize;

use crate::azure_worlds::{Given, Roles, World};
use crate::literate::{Run, Told};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    source: Option<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    why: String,
    source: Option<String>,
    /// `box`, the key vault, unless it says `core`, the managed HSM.
    of: Option<String>,
    /// Whose access: `app` unless it says `person` or `stranger`.
    who: Option<String>,
    #[serde(flatten)]
    world: World,
    /// All that it may do: power, object if it is one alone, and answer.
    may: Vec<String>,
    /// All routes that it can take, with the answer.
    #[serde(default)]
    ways: Vec<String>,
    /// The reads that leave open who else gets in.
    #[serde(default)]
    unread: Vec<String>,
    /// A part of what is said of the first power.
    says: Option<String>,
}

/// The least number of cases; fewer means that some were lost.
const LEAST: usize = 140;

#[test]
fn every_case_comes_out_as_documented() {
    let roles = Roles::load();
    let mut all = Run::new("https://");
    for (shown, text) in literate::chapters("azure-vaults") {
        let chapter: Chapter = literate::read(&shown, &text);
        for case in &chapter.case {
            let told = Told {
                name: &case.name,
                why: &case.why,
                source: case.source.as_ref().or(chapter.source.as_ref()),
            };
            all.case(&shown, &told, |_| run(case, &roles));
        }
    }
    all.end(LEAST);
}

fn run(case: &Case, roles: &Roles) -> Result<(), String> {
    let estate = case.world.estate(roles);
    let index = Index::new(&estate);
    let found = vaults::of_estate(&Access::new(&index));
    let vault = estate.vaults.iter().find(|one| *one.name == *case.of.as_deref().unwrap_or("box")).unwrap();
    let who = case.who.as_deref().unwrap_or("app");
    let identity = estate.identities.iter().find(|one| &*one.name == who).unwrap();
    let access = found.of_vault(&vault.id).find(|(id, _)| **id == identity.id).map(|(_, access)| access);
    same("may", &case.may, access.map(may).unwrap_or_default())?;
    same("ways", &case.ways, access.map(ways).unwrap_or_default())?;
    let reads = found.unread(&vault.id).iter();
    let reads: Vec<String> = reads
        .map(|gap| index.gap(gap).map_or_else(|| "not in the estate".to_owned(), |gap| gap.read.to_string()))
        .collect();
    same("unread", &case.unread, reads)?;
    let Some(says) = &case.says else { return Ok(()) };
    let hold = access.and_then(|access| access.holds.first()).ok_or("nothing is held")?;
    let mut said: Vec<&str> = hold.because.iter().map(|one| &*one.says).collect();
    said.extend(hold.open.as_deref());
    let said = said.join("; ");
    if said.contains(says) { Ok(()) } else { Err(format!("does not say `{says}`: {said}")) }
}

fn same(what: &str, expected: &[String], got: Vec<String>) -> Result<(), String> {
    let (expected, got): (BTreeSet<_>, BTreeSet<_>) =
        (expected.iter().cloned().collect(), got.into_iter().collect());
    if expected == got { Ok(()) } else { Err(format!("{what}: expected {expected:?}, got {got:?}")) }
}

fn may(access: &VaultAccess) -> Vec<String> {
    let hold = |hold: &census_model::VaultHold| {
        let about = Some(hold.about()).filter(|about| !about.is_empty());
        let about = about.map(|about| format!(" {about}")).unwrap_or_default();
        format!("{}{about} {}", hold.power, hold.decision.as_str())
    };
    access.holds.iter().map(hold).collect()
}

fn ways(access: &VaultAccess) -> Vec<String> {
    let way = |way: &census_model::VaultWay| {
        let object = way.object.as_deref().map(|object| format!(" {object}")).unwrap_or_default();
        format!("{}{object} {}", way.route, way.decision.as_str())
    };
    access.ways.iter().map(way).collect()
}

/// What access comes to for `app` in the vault `box`.
fn of_app(world: &World, roles: &Roles) -> (VaultAccesses, VaultAccess) {
    let estate = world.estate(roles);
    let index = Index::new(&estate);
    let found = vaults::of_estate(&Access::new(&index));
    let app = estate.identities.iter().find(|one| &*one.name == "app").unwrap();
    let vault = estate.vaults.iter().find(|one| &*one.name == "box").unwrap();
    let access = found.of_vault(&vault.id).find(|(id, _)| **id == app.id).map(|(_, access)| access.clone());
    (found, access.unwrap_or_default())
}

/// Which of the captured roles carry what matters around vaults; every other one does not.
#[test]
fn built_in_roles_give_what_they_are_known_to_give() {
    let roles = Roles::load();
    let file: serde_json::Value =
        serde_json::from_str(include_str!("data/azure-built-in-roles.json")).unwrap();
    let powers = [
        ("Microsoft.KeyVault/vaults/write", VaultPower::VaultWrite),
        ("Microsoft.KeyVault/vaults/deploy/action", VaultPower::VaultDeploy),
        ("Microsoft.Authorization/roleAssignments/write", VaultPower::VaultGrant),
        ("data:Microsoft.KeyVault/vaults/secrets/getSecret/action", VaultPower::SecretsRead),
    ];
    let policies = [("Microsoft.KeyVault/vaults/accessPolicies/write", VaultPower::VaultGrant)];
    let mut asked = 0;
    for (model, powers) in [("roles", &powers[..]), ("policies", &policies[..])] {
        for (action, power) in powers {
            let is_in = |list: &str, name: &str| {
                let carried = file["carried"][action][list].as_array();
                carried.unwrap_or_else(|| panic!("{action}")).iter().any(|one| one == name)
            };
            for role in file["roles"].as_array().unwrap() {
                let name = role["roleName"].as_str().unwrap();
                let given = Given { role: Some(name.to_owned()), ..Default::default() };
                let vault = Some(model.to_owned());
                let world = World { grants: vec![given], vault, ..World::default() };
                let decision = of_app(&world, &roles).1.decision(*power);
                let expected = match (is_in("always", name), is_in("within_condition", name)) {
                    (true, _) => Some(Decision::Allowed),
                    (false, true) => Some(Decision::Conditional),
                    (false, false) => None,
                };
                assert_eq!(decision, expected, "{name}: {action}");
                asked += 1;
            }
        }
    }
    assert!(asked >= 5 * 44, "{asked}");
}

/// What is derived or disputed is shown, and makes nobody one who could read.
#[test]
fn only_documented_routes_count() {
    let roles = Roles::load();
    let given = Given { role: Some("Contributor".to_owned()), ..Default::default() };
    let of = |model: &str| {
        let vault = Some(model.to_owned());
        of_app(&World { grants: vec![given.clone()], vault, ..World::default() }, &roles)
    };
    let (found, access) = of("roles");
    assert!(
        access.ways.iter().any(|way| found.routes[&way.route].confidence == TechniqueConfidence::Disputed)
    );
    assert_eq!(found.could_read(&access), None);
    let (found, access) = of("policies");
    assert_eq!(found.could_read(&access), Some(Decision::Allowed));
}
