//! Laws of reach, tried on small random accounts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod worlds;

use std::collections::BTreeSet;

use census_model::{IdentityId, Level, Path, Reach, Reaches};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{TestCaseResult, TestRunner},
};
use worlds::{
    ROLES, USERS, World, build,
    change::{with_allowance, with_denial, with_limit, without_somebody},
    draw, of_estate, order,
};

/// How the techniques begin that a boundary opens: there is one to take away.
const UNBOUND: &str = "aws-x-iam-boundary";

/// The same of a denial.
const UNDENIED: &str = "aws-x-iam-denial";

fn config() -> ProptestConfig {
    // `PROPTEST_CASES` asks for more.
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { 64 };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config())]

    /// One more explicit denial, in any policy, raises nobody's level and opens no path, but that of taking it away.
    #[test]
    fn a_denial_never_widens((before, after) in with_denial()) {
        nobody_gains(&before, &after, &[UNDENIED])?;
    }

    /// One more boundary or control policy raises nobody's level and opens no path, but that of taking it away.
    #[test]
    fn a_limit_never_adds_a_path((before, after) in with_limit()) {
        nobody_gains(&before, &after, &[UNBOUND])?;
    }

    /// Without one of its identities an account has no path that it had not.
    #[test]
    fn nobody_gains_by_another_s_end((before, after) in without_somebody()) {
        nobody_gains(&before, &after, &[])?;
    }

    /// One more thing that is allowed lowers nobody's level.
    #[test]
    fn an_allowance_never_narrows((before, after) in with_allowance()) {
        let reaches = (before.reaches(), after.reaches());
        for (id, was) in &reaches.0.of {
            prop_assert!(reaches.1.of[id].level >= was.level, "{}: {}", id, shown(&before, &after, &reaches));
        }
    }

    /// The order of statements, identities, grants and whatever else is listed changes no byte.
    #[test]
    fn order_says_nothing(world in draw::world(), number in any::<u64>()) {
        let expected = bytes(&world.reaches());
        let mut estate = build::estate(&order::statements(&world, number));
        order::lists(&mut estate, number);
        let got = bytes(&of_estate(&estate));
        prop_assert_eq!(expected, got, "{:#?}", world);
    }
}

/// First steps of listed paths: who, how, and as whom it acts then. What comes after may change when the shortest way
/// is closed. Ways that lead back to whoever began, changed by then, are left out: they are listed only where no way
/// without that is as short, so that they appear when such a one is closed (docs/reach.md, Limits).
fn first_steps(id: &IdentityId, reach: &Reach) -> BTreeSet<(String, String)> {
    let returns = |path: &Path| path.steps.iter().any(|step| step.to == *id && step.from != *id);
    let first = reach.paths.iter().filter(|path| !returns(path)).filter_map(|path| path.steps.first());
    first.map(|step| (step.technique.to_string(), step.to.to_string())).collect()
}

/// Nobody's level is higher than before, and no path begins as none did. An administrator's paths do not count, as
/// they lead to what it has; where paths were left out of the list, it does not tell.
fn nobody_gains(before: &World, after: &World, but: &[&str]) -> TestCaseResult {
    let reaches = (before.reaches(), after.reaches());
    for (id, is) in &reaches.1.of {
        let was = &reaches.0.of[id];
        prop_assert!(is.level <= was.level, "{}: {}", id, shown(before, after, &reaches));
        let all_are_listed = was.paths_total <= was.paths.len() && !was.paths_more;
        if was.level == Level::Admin || !all_are_listed {
            continue;
        }
        let (old, new) = (first_steps(id, was), first_steps(id, is));
        let added: Vec<_> = new
            .difference(&old)
            .filter(|(technique, _)| !but.iter().any(|one| technique.starts_with(one)))
            .collect();
        prop_assert!(added.is_empty(), "{} gains {:?}: {}", id, added, shown(before, after, &reaches));
    }
    Ok(())
}

fn shown(before: &World, after: &World, reaches: &(Reaches, Reaches)) -> String {
    let levels = |reaches: &Reaches| -> Vec<String> {
        let each = reaches.of.iter();
        each.map(|(id, reach)| format!("{id} {} {:?}", reach.level, first_steps(id, reach))).collect()
    };
    format!("{before:#?}\n{after:#?}\n{:#?}\n{:#?}", levels(&reaches.0), levels(&reaches.1))
}

fn bytes(reaches: &Reaches) -> String {
    serde_json::to_string_pretty(&(&reaches.of, &reaches.techniques)).unwrap()
}

/// So many samples of a strategy, always the same.
fn samples<T: std::fmt::Debug>(strategy: &BoxedStrategy<T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// No law holds for want of cases: every level is common, and so are paths of several steps and of conditions.
#[test]
fn worlds_are_of_every_kind() {
    const COUNT: usize = 200;
    let reaches: Vec<Reach> =
        samples(&draw::world(), COUNT).iter().flat_map(|world| world.reaches().of.into_values()).collect();
    assert_eq!(reaches.len(), COUNT * (USERS.len() + ROLES.len()), "everybody has a reach");
    let share = |what: &str, least: usize, is_one: &dyn Fn(&Reach) -> bool| {
        let count = reaches.iter().filter(|reach| is_one(reach)).count();
        let (got, all) = (count * 100 / reaches.len(), reaches.len());
        (got < least).then(|| format!("{what}: {count} of {all}, expected at least {least} percent"))
    };
    let missed: Vec<String> = [
        share("admin", 8, &|reach| reach.level == Level::Admin),
        share("escalates", 10, &|reach| reach.level == Level::Escalates),
        share("less", 30, &|reach| !reach.level.is_powerful()),
        share("conditional", 1, &|reach| reach.conditional),
        share("of several steps", 3, &|reach| reach.paths.iter().any(|path| path.steps.len() > 1)),
        share("of several first steps", 1, &|reach| reach.paths_total > 1),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

/// The changes that the laws make often change somebody's level.
#[test]
fn changes_change_levels() {
    const COUNT: usize = 100;
    let changes = [
        ("a denial", 5, with_denial()),
        ("a limit", 8, with_limit()),
        ("an end", 5, without_somebody()),
        ("an allowance", 5, with_allowance()),
    ];
    for (what, least, strategy) in changes {
        let levels = |reaches: &Reaches| -> Vec<(String, Level)> {
            reaches.of.iter().map(|(id, reach)| (id.to_string(), reach.level)).collect()
        };
        let differ = |(before, after): &(World, World)| {
            let (before, after) = (levels(&before.reaches()), levels(&after.reaches()));
            after.iter().any(|one| !before.contains(one))
        };
        let changed = samples(&strategy, COUNT).iter().filter(|pair| differ(pair)).count();
        assert!(changed * 100 >= least * COUNT, "{what} changes levels in {changed} of {COUNT} worlds");
    }
}
