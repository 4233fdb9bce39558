//! What must hold of how far identities of Azure reach: a denial never raises a level, one role more never lowers it, what
//! was not read never makes it nothing, and order never counts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;

use std::{cell::RefCell, collections::BTreeMap};

use census_model::{Bound, Estate, Index, Level, Reach};
use census_privilege::{aws, azure, reach};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use crate::azure_worlds::{Given, Missing, Roles, World, draw};

/// How many worlds each law is tried in.
const CASES: u32 = 1_024;

fn run(law: impl Fn(&Roles, World, Given, &str) -> Result<(), TestCaseError>) {
    let roles = Roles::load();
    let inputs = (draw::world(), draw::given(), select(vec!["app", "person"]));
    TestRunner::new(Config { failure_persistence: None, cases: CASES, ..Config::default() })
        .run(&inputs, |(world, more, who)| law(&roles, world, more, who))
        .unwrap();
}

fn reach(estate: &Estate, who: &str) -> Reach {
    let index = Index::new(estate);
    let all = reach::of_estate(&aws::access::Access::new(&index), &azure::access::Access::new(&index));
    let identity = estate.identities.iter().find(|one| &*one.name == who).unwrap();
    all.get(&identity.id).unwrap().clone()
}

/// Level and certainty. What is not known may be anything.
fn rank(reach: &Reach) -> (Level, bool) {
    (reach.level, !reach.conditional)
}

#[test]
fn one_more_denial_never_raises_a_level() {
    let seen: RefCell<BTreeMap<&str, u32>> = RefCell::default();
    run(|roles, world, more, who| {
        let before = reach(&world.estate(roles), who);
        *seen.borrow_mut().entry(before.level.as_str()).or_default() += 1;
        // What such a denial leaves below its scope is looked at where something of there is named, which one more denial
        // does: a limit that docs/reach.md tells.
        if world.grants.iter().any(|one| one.deny && one.own_scope_only) {
            return Ok(());
        }
        let mut wider = world;
        wider.grants.push(Given { deny: true, unread: false, broken: false, activation: None, ..more });
        let after = reach(&wider.estate(roles), who);
        let is_open = before.level == Level::Unknown || after.level == Level::Unknown;
        prop_assert!(is_open || rank(&after) <= rank(&before), "{before:#?} became {after:#?}");
        Ok(())
    });
    // The cases are not all alike.
    let seen = seen.borrow();
    for level in ["admin", "sensitive", "limited", "none", "unknown"] {
        assert!(seen.get(level).is_some_and(|number| *number > 3), "{level}: {seen:?}");
    }
}

#[test]
fn one_more_role_never_lowers_a_level() {
    run(|roles, world, more, who| {
        let before = reach(&world.estate(roles), who);
        let mut wider = world;
        wider.grants.push(Given {
            deny: false,
            to: Some(who.to_owned()),
            unread: false,
            broken: false,
            own_scope_only: false,
            ..more
        });
        let after = reach(&wider.estate(roles), who);
        prop_assert!(rank(&after) >= rank(&before), "{before:#?} became {after:#?}");
        Ok(())
    });
}

#[test]
fn what_was_not_read_never_makes_it_nothing() {
    run(|roles, mut world, _, who| {
        let before = reach(&world.estate(roles), who);
        // Whatever was granted is not read.
        world.grants.retain(|one| one.deny);
        for read in ["Microsoft.Authorization/roleAssignments/read", "GroupMember.Read.All"] {
            world.gaps.push(Missing { read: read.to_owned(), about: Vec::new() });
        }
        let after = reach(&world.estate(roles), who);
        prop_assert!(after.level != Level::None, "{before:#?} became {after:#?}");
        Ok(())
    });
}

#[test]
fn a_denial_that_was_not_read_leaves_the_level_and_says_that_it_may_be_less() {
    run(|roles, mut world, _, who| {
        let before = reach(&world.estate(roles), who);
        let read = "Microsoft.Authorization/denyAssignments/read".to_owned();
        world.gaps.push(Missing { read, about: Vec::new() });
        let after = reach(&world.estate(roles), who);
        prop_assert_eq!(rank(&before), rank(&after));
        let holds = after.level > Level::None;
        prop_assert!(!holds || matches!(after.bound, Bound::Upper | Bound::Open), "{after:#?}");
        Ok(())
    });
}

#[test]
fn order_never_counts() {
    run(|roles, mut world, _, who| {
        let before = reach(&world.estate(roles), who);
        world.grants.reverse();
        world.members.reverse();
        prop_assert_eq!(before, reach(&world.estate(roles), who));
        Ok(())
    });
}
