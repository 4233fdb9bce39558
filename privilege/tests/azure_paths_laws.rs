//! What must hold of ways of Azure and Entra ID, whatever the company: order never counts, a denial never leads anywhere, a
//! cut ends what it is said to end, and no technique that is not documented raises a level.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;
#[allow(dead_code, reason = "cases are run elsewhere")]
mod literate;
mod paths;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use census_model::{
    Attachment, Cut, DirectoryOwner, Estate, Level, Owned, Path, Reach, Reaches, TechniqueConfidence, Via,
};
use census_privilege::azure::techniques::{self, Becomes, Technique};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use crate::azure_worlds::{
    Given, draw_paths,
    paths::{AllRoles, World},
};
use crate::paths::{
    Chapter,
    check::{self, reaches},
};

/// How many companies each law is tried in.
const CASES: u32 = 96;

fn run(law: impl Fn(&AllRoles, World, Given) -> Result<(), TestCaseError>) {
    let roles = AllRoles::load();
    let config = Config { failure_persistence: None, ..Config::with_cases(CASES) };
    TestRunner::new(config)
        .run(&(draw_paths::world(), draw_paths::denial()), |(world, more)| law(&roles, world, more))
        .unwrap();
}

/// Level and certainty.
fn rank(reach: &Reach) -> (Level, bool) {
    (reach.level, !reach.conditional)
}

fn technique(id: &str) -> &'static Technique {
    techniques::all()
        .iter()
        .find(|one| *one.id == *id)
        .unwrap_or_else(|| panic!("no technique is called {id}"))
}

#[test]
fn steps_follow_each_other_and_only_what_is_documented_counts() {
    let seen: RefCell<BTreeMap<usize, u32>> = RefCell::default();
    let taken: RefCell<BTreeSet<String>> = RefCell::default();
    run(|roles, world, _| {
        let estate = world.estate(roles);
        let all = reaches(&estate);
        for (id, reach) in &all.of {
            let both = reach.paths.iter().chain(&reach.possible_paths);
            check::laws(&estate, both.clone()).map_err(TestCaseError::fail)?;
            for path in both {
                prop_assert_eq!(&path.steps[0].from, id);
                for step in &path.steps {
                    prop_assert_ne!(technique(step.technique.as_str()).becomes, Becomes::Nothing);
                    prop_assert!(all.techniques.contains_key(&step.technique));
                    taken.borrow_mut().insert(step.technique.to_string());
                }
            }
            let documented = |path: &Path| {
                let steps = path.steps.iter().map(|step| technique(step.technique.as_str()).confidence);
                steps.into_iter().all(|one| one == TechniqueConfidence::Documented)
            };
            prop_assert!(reach.paths.iter().all(documented), "{reach:#?}");
            prop_assert!(!reach.possible_paths.iter().any(documented), "{reach:#?}");
            match reach.level {
                Level::Admin => {}
                Level::Escalates => prop_assert!(!reach.paths.is_empty(), "{reach:#?}"),
                _ => prop_assert!(reach.paths.is_empty(), "{reach:#?}"),
            }
            let certain = reach.paths.iter().any(|path| !path.conditional);
            prop_assert!(reach.level != Level::Escalates || certain != reach.conditional, "{reach:#?}");
            *seen
                .borrow_mut()
                .entry(reach.paths.iter().map(|path| path.steps.len()).max().unwrap_or(0))
                .or_default() += 1;
        }
        Ok(())
    });
    // The cases are not all alike.
    let (seen, taken) = (seen.borrow(), taken.borrow());
    assert!((0..=3).all(|steps| seen.get(&steps).is_some_and(|count| *count > 3)), "{seen:?}");
    assert!(taken.len() > 15, "{taken:?}");
}

#[test]
fn nobody_acts_as_somebody_who_cannot_sign_in() {
    run(|roles, world, _| {
        let estate = world.estate(roles);
        let disabled: BTreeSet<_> =
            estate.identities.iter().filter(|one| one.disabled).map(|one| &one.id).collect();
        for (id, reach) in &reaches(&estate).of {
            let mut paths = reach.paths.iter().chain(&reach.possible_paths);
            prop_assert!(!disabled.contains(id) || paths.next().is_none(), "{reach:#?}");
            let mut steps = paths.flat_map(|path| &path.steps);
            prop_assert!(!steps.any(|step| disabled.contains(&step.to)), "{reach:#?}");
        }
        Ok(())
    });
}

#[test]
fn one_more_denial_never_leads_anywhere() {
    let changed = RefCell::new(0);
    run(|roles, mut world, more| {
        let before = reaches(&world.estate(roles));
        world.grants.push(more);
        let after = reaches(&world.estate(roles));
        for (id, reach) in &after.of {
            let (now, then) = (rank(reach), rank(&before.of[id]));
            let is_open = now.0 == Level::Unknown || then.0 == Level::Unknown;
            prop_assert!(is_open || now <= then, "{:#?} became {reach:#?}", before.of[id]);
            *changed.borrow_mut() += u32::from(now != then);
        }
        Ok(())
    });
    assert!(*changed.borrow() > 3, "{changed:?}");
}

#[test]
fn one_more_grant_never_ends_a_way() {
    run(|roles, mut world, _| {
        let Some(more) = world.grants.pop() else { return Ok(()) };
        let before = reaches(&world.estate(roles));
        world.grants.push(more);
        let after = reaches(&world.estate(roles));
        for (id, reach) in &after.of {
            prop_assert!(rank(reach) >= rank(&before.of[id]), "{:#?} became {reach:#?}", before.of[id]);
        }
        Ok(())
    });
}

#[test]
fn order_never_counts() {
    run(|roles, mut world, _| {
        let before = reaches(&world.estate(roles));
        world.targets.reverse();
        world.grants.reverse();
        world.directory.reverse();
        world.owners.reverse();
        world.members.reverse();
        world.nested.reverse();
        let mut estate = world.estate(roles);
        prop_assert_eq!(&before, &reaches(&estate));
        estate.identities.reverse();
        estate.groups.reverse();
        estate.memberships.reverse();
        estate.nested_groups.reverse();
        estate.role_definitions.reverse();
        estate.grants.reverse();
        estate.trusts.reverse();
        estate.workloads.reverse();
        prop_assert_eq!(&before, &reaches(&estate));
        Ok(())
    });
}

#[test]
fn a_cut_ends_what_it_is_said_to_end() {
    let tried = RefCell::new(0);
    run(|roles, world, _| {
        let estate = world.estate(roles);
        cuts_hold(&estate, &mut tried.borrow_mut()).map_err(TestCaseError::fail)
    });
    assert!(*tried.borrow() > 50, "{tried:?}");
}

#[test]
fn a_cut_of_a_case_ends_what_it_is_said_to_end() {
    let roles = AllRoles::load();
    let (mut tried, mut wrong) = (0, Vec::new());
    for (shown, text) in literate::chapters("azure-paths") {
        let chapter: Chapter = literate::read(&shown, &text);
        for case in &chapter.case {
            if let Err(problem) = cuts_hold(&case.world.estate(&roles), &mut tried) {
                wrong.push(format!("{shown}: {}: {problem}", case.name));
            }
        }
    }
    assert!(tried > 100, "{tried}");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Takes away what the cut of each shortest path names, and looks for the paths that it is said to end.
fn cuts_hold(estate: &Estate, tried: &mut u32) -> Result<(), String> {
    let before = reaches(estate);
    for (id, reach) in &before.of {
        let Some((path, cut)) = reach.paths.first().and_then(|path| Some((path, path.cut.as_ref()?))) else {
            continue;
        };
        *tried += 1;
        let after: Reaches = reaches(&without(estate, cut));
        let left: BTreeSet<_> = after.of[id].paths.iter().map(steps).collect();
        if left.contains(&steps(path)) {
            return Err(format!("the path is left: {cut:#?} of {path:#?}"));
        }
        let ended = reach.paths.iter().filter(|one| !left.contains(&steps(one))).count();
        if ended < cut.ends {
            return Err(format!("{ended} of {} paths are gone: {cut:#?}", cut.ends));
        }
    }
    Ok(())
}

/// What tells paths apart. A certain one that only a condition leaves has ended as what it was.
fn steps(path: &Path) -> (bool, Vec<(String, String, String, String)>) {
    let step = |step: &census_model::Step| {
        let through = step.through.as_deref().unwrap_or_default().to_owned();
        (step.technique.to_string(), step.from.to_string(), step.to.to_string(), through)
    };
    (path.conditional, path.steps.iter().map(step).collect())
}

/// The estate without what a cut names.
fn without(estate: &Estate, cut: &Cut) -> Estate {
    let mut less = estate.clone();
    for one in &cut.grants {
        less.grants.retain(|grant| grant.attached_to != one.attached_to || grant.via != one.via);
        if let (Via::Ownership { of, object }, Attachment::Identity(who)) = (&one.via, &one.attached_to) {
            let is_it = |owner: &DirectoryOwner| {
                owner.who == *who && owner.object == *object && ids_of(estate, &owner.of).contains(&&**of)
            };
            less.directory_owners.retain(|owner| !is_it(owner));
        }
    }
    less
}

fn ids_of<'e>(estate: &'e Estate, of: &Owned) -> Vec<&'e str> {
    match of {
        Owned::Identity(id) => {
            let identity = estate.identities.iter().find(|one| one.id == *id).unwrap();
            let application = identity.application.as_ref().and_then(|one| one.native_id.as_deref());
            [Some(&*identity.native_id), application].into_iter().flatten().collect()
        }
        Owned::Group(id) => {
            estate.groups.iter().filter(|one| one.id == *id).map(|one| &*one.native_id).collect()
        }
    }
}
