//! What must hold of every directory and question: a role less never widens, order never counts, and what was not read never
//! becomes denied.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;

use std::{cell::RefCell, collections::BTreeMap};

use census_model::{Decision, Estate, Index, Verdict};
use census_privilege::azure::{access::Access, directory::Question};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use crate::azure_worlds::directory::{Given, Member, Missing, Owns, Roles, World};

const ASKED: [(&str, &str); 7] = [
    ("microsoft.directory/applications/credentials/update", "other"),
    ("microsoft.directory/applications/credentials/update", census_fixtures::azure::TENANT),
    ("microsoft.directory/groups/members/update", "team"),
    ("microsoft.directory/groups/members/update", "admins"),
    ("microsoft.directory/users/password/update", "other-person"),
    ("microsoft.directory/roleAssignments/allProperties/allTasks", census_fixtures::azure::TENANT),
    ("graph/Application.ReadWrite.All", census_fixtures::azure::TENANT),
];

const ENTRIES: [&str; 7] = [
    "applications/credentials/update",
    "applications.myOrganization/allProperties/update",
    "groups/allProperties/allTasks",
    "groups.security/members/update",
    "groupsAssignableToRoles/allProperties/update",
    "users/password/update",
    "allEntities/allProperties/read",
];

const ROLES: [&str; 5] = [
    "Global Administrator",
    "Helpdesk Administrator",
    "Groups Administrator",
    "Global Reader",
    "User Administrator",
];

const PERMISSIONS: [&str; 6] = [
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "Group.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "Something.ReadWrite.All",
    "Mail.Read",
];

fn given() -> impl Strategy<Value = Given> {
    let to = select(vec!["app", "person", "team", "admins"]);
    let at = option::weighted(0.3, select(vec!["unit", "other", "application of other", "team", "admins"]));
    let what =
        (vec(select(ENTRIES.to_vec()), 0..3), select(ROLES.to_vec()), select(PERMISSIONS.to_vec()), 0_u8..4);
    let activation =
        option::weighted(0.2, select(vec!["until-tomorrow", "until-yesterday", "eligible-until-tomorrow"]));
    let condition = option::weighted(0.2, select(vec!["$SubjectIsOwner", "$ResourceIsSelf", "$Other"]));
    (to, at, what, activation, condition, select(vec![0_u8, 0, 0, 0, 1, 2])).prop_map(
        |(to, at, (allows, role, permission, kind), activation, condition, unread)| {
            let of_role = kind < 2;
            Given {
                to: Some(to.to_owned()),
                at: at.filter(|_| of_role).map(str::to_owned),
                role: (kind == 0).then(|| role.to_owned()),
                allows: if kind == 1 { allows.into_iter().map(str::to_owned).collect() } else { Vec::new() },
                // Only programs hold permissions and are consented to.
                app: (kind == 2 && to != "person").then(|| permission.to_owned()),
                delegated: (kind == 3 && to == "app").then(|| permission.to_owned()),
                condition: condition.filter(|_| of_role).map(str::to_owned),
                activation: activation.filter(|_| of_role).map(str::to_owned),
                unread: unread == 1,
                broken: unread == 2 && of_role,
                ..Given::default()
            }
        },
    )
}

fn world() -> impl Strategy<Value = World> {
    let activation = || option::weighted(0.3, select(vec!["until-tomorrow", "eligible-until-tomorrow"]));
    let member = (select(vec!["team", "admins"]), select(vec!["app", "person"]), activation()).prop_map(
        |(group, who, activation)| Member {
            group: group.to_owned(),
            who: Some(who.to_owned()),
            through: Vec::new(),
            activation: activation.map(str::to_owned),
        },
    );
    let owner =
        (select(vec!["app", "person"]), select(vec!["application of other", "team", "admins"]), activation())
            .prop_map(|(who, of, activation)| Owns {
                who: who.to_owned(),
                of: of.to_owned(),
                activation: activation.map(str::to_owned),
                sponsor: false,
            });
    (vec(given(), 0..5), vec(member, 0..3), vec(owner, 0..2)).prop_map(|(grants, members, owners)| World {
        grants,
        members,
        owners,
        ..World::default()
    })
}

fn answer(estate: &Estate, who: &str, (action, resource): (&str, &str)) -> Verdict {
    let index = Index::new(estate);
    let access = Access::new(&index);
    let question = Question::new(action, resource).unwrap();
    let identity = estate.identities.iter().find(|one| &*one.name == who).unwrap();
    access.ask_directory(&question).unwrap().verdict(identity)
}

/// How much an answer lets through; what is not known may let all of it.
fn upper(verdict: &Verdict) -> u8 {
    match verdict.decision {
        Decision::Denied => 0,
        Decision::Conditional if verdict.may_widen.is_empty() => 1,
        Decision::Conditional | Decision::Unknown | Decision::Allowed => 2,
    }
}

/// How many worlds each law is tried in.
const CASES: u32 = 1_024;

fn run(law: impl Fn(&Roles, World, &str, (&str, &str)) -> Result<(), TestCaseError>) {
    let roles = Roles::load();
    let inputs = (world(), select(vec!["app", "person"]), select(ASKED.to_vec()));
    TestRunner::new(Config { failure_persistence: None, cases: CASES, ..Config::default() })
        .run(&inputs, |(world, who, asked)| law(&roles, world, who, asked))
        .unwrap();
}

#[test]
fn a_grant_less_never_widens() {
    let seen: RefCell<BTreeMap<&str, u32>> = RefCell::default();
    run(|roles, mut world, who, asked| {
        let before = answer(&world.estate(roles), who, asked);
        *seen.borrow_mut().entry(before.decision.as_str()).or_default() += 1;
        // What the target holds protects it; all others' grants give.
        if world.grants.pop().is_none() {
            world.owners.pop();
        }
        let after = answer(&world.estate(roles), who, asked);
        prop_assert!(upper(&after) <= upper(&before), "{:?} became {:?}", before.decision, after.decision);
        Ok(())
    });
    // The cases are not all alike.
    assert!(seen.borrow().len() == 4, "{:?}", seen.borrow());
}

#[test]
fn order_never_counts() {
    run(|roles, mut world, who, asked| {
        let before = answer(&world.estate(roles), who, asked);
        world.grants.reverse();
        world.members.reverse();
        world.owners.reverse();
        prop_assert_eq!(before, answer(&world.estate(roles), who, asked));
        Ok(())
    });
}

#[test]
fn what_was_not_read_never_becomes_denied() {
    run(|roles, mut world, who, asked| {
        let before = answer(&world.estate(roles), who, asked);
        for read in [
            "RoleManagement.Read.Directory",
            "Application.Read.All/appRoleAssignments",
            "Application.Read.All/owners",
            "Directory.Read.All/appRoleAssignments",
            "Directory.Read.All/oauth2PermissionGrants",
            "GroupMember.Read.All",
            "GroupMember.Read.All/owners",
        ] {
            world.gaps.push(Missing { read: read.to_owned(), about: Vec::new() });
        }
        // Whatever was granted is not read, nor who owns what.
        world.grants.retain(|one| matches!(one.to.as_deref(), Some("team" | "admins")));
        world.members.clear();
        world.owners.clear();
        let after = answer(&world.estate(roles), who, asked);
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
    run(|roles, mut world, who, asked| {
        let before = answer(&world.estate(roles), who, asked);
        world.grants.iter_mut().for_each(|one| one.unread = true);
        let after = answer(&world.estate(roles), who, asked);
        prop_assert!(
            after.decision != Decision::Denied || before.decision == Decision::Denied,
            "{:?} became denied",
            before.decision
        );
        Ok(())
    });
}
