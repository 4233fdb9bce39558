//! What must hold of every tenant and question: a denial never widens, order never counts, and what was not read never
//! becomes denied.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;

use std::{cell::RefCell, collections::BTreeMap};

use census_model::{Decision, Estate, Index, Verdict};
use census_privilege::azure::access::Access;
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use crate::azure_worlds::{Given, Missing, Roles, World, draw, question};

const ACTIONS: [&str; 4] = [
    "Microsoft.Storage/storageAccounts/write",
    "Microsoft.KeyVault/vaults/secrets/getSecret/action",
    "data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    "Microsoft.Authorization/roleAssignments/write",
];

fn answer(estate: &Estate, who: &str, action: &str) -> Verdict {
    let index = Index::new(estate);
    let access = Access::new(&index);
    let question = question(action, if action.contains("KeyVault") { "vault" } else { "store" }).unwrap();
    let identity = estate.identities.iter().find(|one| &*one.name == who).unwrap();
    access.ask(&question).unwrap().verdict(identity)
}

/// How much an answer lets through; what is not known may let all of it.
fn upper(decision: Decision) -> u8 {
    match decision {
        Decision::Denied => 0,
        Decision::Conditional => 1,
        Decision::Unknown | Decision::Allowed => 2,
    }
}

/// How many worlds each law is tried in.
const CASES: u32 = 2_048;

fn run(law: impl Fn(&Roles, World, Given, &str, &str) -> Result<(), TestCaseError>) {
    let roles = Roles::load();
    let inputs = (draw::world(), draw::given(), select(vec!["app", "person"]), select(ACTIONS.to_vec()));
    // So many that answers of every kind are among them: conditional ones are rare.
    TestRunner::new(Config { failure_persistence: None, cases: CASES, ..Config::default() })
        .run(&inputs, |(world, more, who, action)| law(&roles, world, more, who, action))
        .unwrap();
}

#[test]
fn one_more_denial_never_widens() {
    let seen: RefCell<BTreeMap<&str, u32>> = RefCell::default();
    run(|roles, world, more, who, action| {
        let before = answer(&world.estate(roles), who, action);
        *seen.borrow_mut().entry(before.decision.as_str()).or_default() += 1;
        let mut wider = world;
        wider.grants.push(Given { deny: true, unread: false, activation: None, ..more });
        let after = answer(&wider.estate(roles), who, action);
        prop_assert!(
            upper(after.decision) <= upper(before.decision),
            "{:?} became {:?}",
            before.decision,
            after.decision
        );
        Ok(())
    });
    // The cases are not all alike.
    assert!(seen.borrow().len() == 4, "{:?}", seen.borrow());
}

#[test]
fn order_never_counts() {
    run(|roles, mut world, _, who, action| {
        let before = answer(&world.estate(roles), who, action);
        world.grants.reverse();
        world.members.reverse();
        prop_assert_eq!(before, answer(&world.estate(roles), who, action));
        Ok(())
    });
}

#[test]
fn what_was_not_read_never_becomes_denied() {
    run(|roles, mut world, _, who, action| {
        let before = answer(&world.estate(roles), who, action);
        for read in [
            "Microsoft.Authorization/roleAssignments/read",
            "Microsoft.Authorization/denyAssignments/read",
            "GroupMember.Read.All",
        ] {
            world.gaps.push(Missing { read: read.to_owned(), about: Vec::new() });
        }
        // Whatever was granted is not read.
        world.grants.retain(|one| one.deny);
        let after = answer(&world.estate(roles), who, action);
        prop_assert!(
            after.decision != Decision::Denied || before.decision == Decision::Denied,
            "{:?} became denied",
            before.decision
        );
        Ok(())
    });
}

#[test]
fn a_role_whose_text_is_lost_never_becomes_denied() {
    run(|roles, mut world, _, who, action| {
        let before = answer(&world.estate(roles), who, action);
        world.grants.iter_mut().filter(|one| !one.deny).for_each(|one| one.unread = true);
        let after = answer(&world.estate(roles), who, action);
        prop_assert!(
            after.decision != Decision::Denied || before.decision == Decision::Denied,
            "{:?} became denied",
            before.decision
        );
        Ok(())
    });
}
