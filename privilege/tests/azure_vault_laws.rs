//! What must hold of access to vaults in every tenant: a denial never adds, order never counts, and a firewall changes no
//! verdict.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use census_model::{Decision, Index, VaultAccess, VaultGain, VaultPower};
use census_privilege::azure::{
    access::{Access, Question},
    vaults,
};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use crate::azure_worlds::{Given, Member, Roles, World};

const ROLES: [&str; 6] = [
    "Owner",
    "Contributor",
    "Key Vault Secrets User",
    "Key Vault Data Access Administrator",
    "Key Vault Contributor",
    "Reader",
];

const DENIED: [&str; 4] =
    ["*", "Microsoft.KeyVault/*", "*/write", "Microsoft.KeyVault/vaults/secrets/getSecret/action"];

fn given() -> impl Strategy<Value = Given> {
    let to = select(vec!["app", "person", "group:builders"]);
    let at = select(vec!["platform", "sub", "apps", "vault", "secret", "other"]);
    let activation = option::weighted(0.2, select(vec!["until-yesterday", "eligible-until-tomorrow"]));
    let role = select(ROLES.to_vec());
    let words = select(vec!["get", "set", "backup", "all"]).prop_map(|word| vec![word.to_owned()]);
    let lists = select(vec!["keys", "secrets", "certificates"]).prop_map(str::to_owned);
    let policy = option::weighted(0.4, btree_map(lists, words, 1..3));
    let application = option::weighted(0.2, select(vec!["11111111-0000-4000-8000-000000000001".to_owned()]));
    (to, at, role, activation, policy, application).prop_map(
        |(to, at, role, activation, policy, application)| {
            let is_policy = policy.is_some();
            Given {
                to: Some(to.to_owned()),
                at: (!is_policy).then(|| at.to_owned()),
                role: (!is_policy).then(|| role.to_owned()),
                activation: activation.filter(|_| !is_policy).map(str::to_owned),
                application: application.filter(|_| is_policy),
                policy,
                ..Given::default()
            }
        },
    )
}

fn denial() -> impl Strategy<Value = Given> {
    let to = select(vec!["app", "group:builders", "everyone"]);
    let at = select(vec!["platform", "sub", "apps", "vault", "other"]);
    let what = vec(select(DENIED.to_vec()), 1..3);
    (to, at, what).prop_map(|(to, at, what)| {
        let what: Vec<String> = what.into_iter().map(str::to_owned).collect();
        Given {
            to: Some(to.to_owned()),
            at: Some(at.to_owned()),
            actions: what.clone(),
            data_actions: what,
            deny: true,
            ..Given::default()
        }
    })
}

fn world() -> impl Strategy<Value = World> {
    let member = select(vec!["app", "person"]).prop_map(|who| Member {
        group: "builders".to_owned(),
        who: Some(who.to_owned()),
        through: Vec::new(),
        activation: None,
    });
    let settings = (select(vec!["roles", "policies", "deleted"]), any::<bool>(), any::<bool>());
    (vec(given(), 0..5), vec(member, 0..3), settings).prop_map(
        |(grants, members, (vault, open, purgeable))| World {
            grants,
            members,
            vault: Some(vault.to_owned()),
            for_deployments: open,
            purgeable,
            ..World::default()
        },
    )
}

/// All that anybody may do in any vault, in a form that compares, and how much each answer lets through.
fn all(world: &World, roles: &Roles) -> BTreeMap<String, u8> {
    let estate = world.estate(roles);
    let index = Index::new(&estate);
    let found = vaults::of_estate(&Access::new(&index));
    let mut all = BTreeMap::new();
    for vault in &estate.vaults {
        for (id, access) in found.of_vault(&vault.id) {
            let who = format!("{} {id}", vault.name);
            all.extend(of(access).map(|(what, decision)| (format!("{who} {what}"), 3 - decision as u8)));
        }
    }
    all
}

fn of(access: &VaultAccess) -> impl Iterator<Item = (String, census_model::Decision)> + '_ {
    let holds = access.holds.iter().map(|hold| (format!("{} {:?}", hold.power, hold.object), hold.decision));
    holds.chain(access.ways.iter().map(|way| (format!("{} {:?}", way.route, way.object), way.decision)))
}

fn run(law: impl Fn(&Roles, World, Given) -> Result<(), TestCaseError>) {
    let roles = Roles::load();
    TestRunner::new(Config { failure_persistence: None, cases: 256, ..Config::default() })
        .run(&(world(), denial()), |(world, denial)| law(&roles, world, denial))
        .unwrap();
}

#[test]
fn one_more_denial_never_adds() {
    let seen: RefCell<BTreeSet<bool>> = RefCell::default();
    run(|roles, mut world, denial| {
        let before = all(&world, roles);
        world.grants.push(denial);
        let after = all(&world, roles);
        seen.borrow_mut().insert(before.len() == after.len());
        for (what, lets) in &after {
            // What was held over all of a vault and is no more may show on one object of it.
            let object = what.split(" Some").next().unwrap_or(what);
            let above = before.get(what).or_else(|| before.get(&format!("{object} None")));
            prop_assert!(above.is_some_and(|above| lets <= above), "{what} became {lets}");
        }
        Ok(())
    });
    assert_eq!(seen.borrow().len(), 2, "denials take something away in some worlds and nothing in others");
}

#[test]
fn order_never_counts() {
    run(|roles, mut world, denial| {
        world.grants.push(denial);
        let before = all(&world, roles);
        world.grants.reverse();
        world.members.reverse();
        prop_assert_eq!(before, all(&world, roles));
        Ok(())
    });
}

#[test]
fn a_firewall_changes_no_verdict() {
    let opening = |what: &str| what.ends_with("az-kv-network-open None");
    run(|roles, mut world, _| {
        let closed = all(&world, roles);
        world.public = true;
        let open = all(&world, roles);
        let closed: BTreeMap<_, _> = closed.into_iter().filter(|(what, _)| !opening(what)).collect();
        prop_assert_eq!(closed, open);
        Ok(())
    });
    assert!(!VaultGain::Exposure.reads_secrets());
}

#[test]
fn classes_hold_everybody_once_and_say_what_each_alone_would() {
    run(|roles, world, denial| {
        let mut world = world;
        world.grants.push(denial);
        let estate = world.estate(roles);
        let index = Index::new(&estate);
        let found = vaults::of_estate(&Access::new(&index));
        let named: usize = found.actors.iter().map(Vec::len).sum();
        prop_assert_eq!(named, found.actor_of.len());
        for identity in &estate.identities {
            for (vault, access) in found.of_identity(&identity.id) {
                let other =
                    found.of_vault(vault).find(|(id, _)| **id == identity.id).map(|(_, access)| access);
                prop_assert_eq!(other, Some(access));
            }
            for (vault, action, power) in [
                ("box", "data:Microsoft.KeyVault/vaults/secrets/getSecret/action", VaultPower::SecretsRead),
                ("box", "control:Microsoft.KeyVault/vaults/write", VaultPower::VaultWrite),
            ] {
                let vault = estate.vaults.iter().find(|one| &*one.name == vault).unwrap();
                let question = Question::new(action, &vault.native_id).unwrap();
                let access = Access::new(&index);
                let alone = access.ask(&question).unwrap().verdict(identity).decision;
                let alone = Some(alone).filter(|one| *one != Decision::Denied && vault.deleted.is_none());
                let held = found.of_identity(&identity.id).find(|(id, _)| **id == vault.id);
                let held = held.and_then(|(_, access)| {
                    access.holds.iter().find(|hold| hold.power == power && hold.object.is_none())
                });
                prop_assert_eq!(held.map(|hold| hold.decision), alone, "{} {}", identity.name, power);
            }
        }
        Ok(())
    });
}
