//! What must hold of every tenant and question: a denial never widens, order never counts, and what was not read never
//! becomes denied.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;

use std::{cell::RefCell, collections::BTreeMap};

use census_model::{Decision, Estate, Index, Verdict};
use census_privilege::azure::access::Access;
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use crate::azure_worlds::{Given, Member, Missing, Roles, World, question};

const ACTIONS: [&str; 4] = [
    "Microsoft.Storage/storageAccounts/write",
    "Microsoft.KeyVault/vaults/secrets/getSecret/action",
    "data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    "Microsoft.Authorization/roleAssignments/write",
];

const PATTERNS: [&str; 6] =
    ["*", "*/write", "Microsoft.Storage/*", "*/action", "Microsoft.Authorization/*", "Microsoft.X/y/read"];

const CONDITIONS: [&str; 4] = [
    "@Request[a:b] StringEquals 'c'",
    "ActionMatches{'Microsoft.Storage/*'}",
    "!(ActionMatches{'*/write'})",
    "not a condition",
];

fn given() -> impl Strategy<Value = Given> {
    let to = select(vec!["app", "person", "group:builders", "everyone"]);
    let at = select(vec!["root", "platform", "sub", "apps", "vault", "other", "elsewhere"]);
    let entries = || vec(select(PATTERNS.to_vec()), 0..3);
    let activation =
        option::weighted(0.2, select(vec!["until-tomorrow", "until-yesterday", "eligible-until-tomorrow"]));
    let what = (entries(), entries(), entries(), option::weighted(0.3, select(CONDITIONS.to_vec())));
    (to, at, what, activation, any::<(bool, bool)>(), select(vec![0_u8, 0, 0, 0, 1, 2])).prop_map(
        |(to, at, (actions, not, data, condition), activation, (deny, own), unread)| {
            let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
            // Only denials are for everybody.
            let deny = deny || to == "everyone";
            Given {
                to: Some(to.to_owned()),
                at: Some(at.to_owned()),
                actions: owned(actions),
                not_actions: owned(not),
                data_actions: owned(data),
                condition: condition.map(str::to_owned),
                activation: activation.filter(|_| !deny).map(str::to_owned),
                own_scope_only: deny && own,
                unread: unread == 1 && !deny,
                broken: unread == 2,
                deny,
                ..Given::default()
            }
        },
    )
}

fn world() -> impl Strategy<Value = World> {
    let member = (
        select(vec!["app", "person"]),
        option::weighted(0.3, select(vec!["until-tomorrow", "eligible-until-tomorrow"])),
    )
        .prop_map(|(who, activation)| Member {
            group: "builders".to_owned(),
            who: Some(who.to_owned()),
            through: Vec::new(),
            activation: activation.map(str::to_owned),
        });
    (vec(given(), 0..6), vec(member, 0..3)).prop_map(|(grants, members)| World {
        grants,
        members,
        ..World::default()
    })
}

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
    let inputs = (world(), given(), select(vec!["app", "person"]), select(ACTIONS.to_vec()));
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
