//! Whether a case comes out as it says.

use std::collections::BTreeSet;

use census_fixtures::azure as fake;
use census_model::{Estate, Identity, Index, Level, Path, Reach, Reaches, ScopeId};
use census_privilege::{aws, azure, reach};

use super::Case;

pub(crate) fn reaches(estate: &Estate) -> Reaches {
    let index = Index::new(estate);
    reach::of_estate(&aws::access::Access::new(&index), &azure::access::Access::new(&index))
}

pub(crate) fn identity<'e>(estate: &'e Estate, name: &str) -> &'e Identity {
    let found = estate.identities.iter().find(|one| &*one.name == name);
    found.unwrap_or_else(|| panic!("nobody is called {name}"))
}

/// The ways of a case: what counts, what does not, and the reach where it is about one.
struct Ways {
    paths: Vec<Path>,
    possible: Vec<Path>,
    reach: Option<Reach>,
}

fn ways(case: &Case, who: &str, estate: &Estate) -> Ways {
    let who = &identity(estate, who).id;
    let Some(target) = &case.becoming else {
        let reach = reaches(estate).get(who).unwrap().clone();
        return Ways {
            paths: reach.paths.clone(),
            possible: reach.possible_paths.clone(),
            reach: Some(reach),
        };
    };
    let targets = BTreeSet::from([&identity(estate, target).id]);
    let index = Index::new(estate);
    let mut all =
        reach::ways_to(&aws::access::Access::new(&index), &azure::access::Access::new(&index), &targets);
    Ways { paths: all.of.remove(who).unwrap_or_default(), possible: Vec::new(), reach: None }
}

fn techniques(path: Option<&Path>) -> Vec<String> {
    path.into_iter().flat_map(|path| &path.steps).map(|step| step.technique.to_string()).collect()
}

fn equal<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, expected: &T, got: &T) -> Result<(), String> {
    if expected == got { Ok(()) } else { Err(format!("expected {what} {expected:?}, got {got:?}")) }
}

/// What a case says of its own world.
pub(crate) fn as_told(case: &Case, estate: &Estate) -> Result<(), String> {
    let ways = ways(case, case.who(), estate);
    let (first, possible) = (ways.paths.first(), ways.possible.first());
    equal("the path", &case.path, &techniques(first))?;
    equal("the possible path", &case.possible, &techniques(possible))?;
    if case.fires()
        && let Some(technique) = &case.technique
        && !case.path.iter().chain(&case.possible).any(|one| one == technique)
    {
        return Err(format!("it is about {technique}, which it does not take"));
    }
    laws(estate, ways.paths.iter().chain(&ways.possible))?;
    if let Some(reach) = &ways.reach {
        level(case, reach)?;
    }
    if let Some(path) = first {
        shortest(case, estate, path)?;
    }
    Ok(())
}

fn level(case: &Case, reach: &Reach) -> Result<(), String> {
    match &case.level {
        Some(expected) => equal("level", expected.as_str(), reach.level.as_str())?,
        None if case.path.is_empty() => {
            if reach.level >= Level::Escalates {
                return Err(format!("expected less than escalates, got {}", reach.level));
            }
        }
        None => equal("level", &Level::Escalates, &reach.level)?,
    }
    if reach.level == Level::Escalates {
        equal("conditional", &case.conditional, &reach.conditional)?;
    }
    match case.total {
        Some(total) => equal("first steps", &total, &reach.paths_total),
        None => Ok(()),
    }
}

fn shortest(case: &Case, estate: &Estate, path: &Path) -> Result<(), String> {
    if case.becoming.is_some() {
        equal("conditional", &case.conditional, &path.conditional)?;
    }
    if let Some(through) = &case.through {
        let got = path.steps[0].through.as_deref().unwrap_or_default();
        // A role is told by its name and where it is given.
        let got = got.split_once(" in ").map_or(got, |(role, _)| role);
        let got = got.rsplit('/').next().unwrap_or_default();
        let named =
            |name: &String| estate.groups.iter().any(|one| &*one.native_id == got && *one.name == **name);
        if got != through && !named(through) {
            return Err(format!("expected the first step to go through {through}, got {got}"));
        }
    }
    if let Some(name) = &case.acts_as {
        equal("it to act as", &identity(estate, name).id, &path.target)?;
    }
    if let Some(scope) = &case.administers {
        equal("it to administer", &Some(scope_of(scope)), &path.scope)?;
    }
    if let Some(cut) = &case.cut {
        let got = path.cut.as_ref().map(|cut| cut.action.to_string()).unwrap_or_default();
        equal("the cut", cut.as_str(), got.as_str())?;
    }
    Ok(())
}

fn scope_of(name: &str) -> ScopeId {
    match name {
        "root" => fake::tenant_scope(),
        "platform" => fake::management_group_scope(),
        "sub" => fake::subscription_scope(),
        "other" => ScopeId::new("azure:subscription/0ff00000-0000-4000-8000-000000000009"),
        other => panic!("{other}"),
    }
}

/// What holds of every path: each step is taken by whom the one before led to, and everybody is of the estate.
pub(crate) fn laws<'p>(estate: &Estate, paths: impl Iterator<Item = &'p Path>) -> Result<(), String> {
    let known: BTreeSet<_> = estate.identities.iter().map(|one| &one.id).collect();
    for path in paths {
        let mut at = path.steps.first().map(|step| step.from.clone());
        for step in &path.steps {
            if at.as_ref() != Some(&step.from) {
                return Err(format!("a step of {:?} does not begin where it was: {path:#?}", step.from));
            }
            if !known.contains(&step.from) || !known.contains(&step.to) {
                return Err(format!("a step of nobody: {step:#?}"));
            }
            at = Some(step.to.clone());
        }
        if at.as_ref() != Some(&path.target) {
            return Err(format!("it does not end where its last step leads: {path:#?}"));
        }
        let conditional = path.steps.iter().any(|step| step.conditional);
        equal("a path to be conditional as its steps are", &conditional, &path.conditional)?;
    }
    Ok(())
}

/// That what a case shows is not there.
pub(crate) fn held_back(case: &Case, who: &str, estate: &Estate) -> Result<(), String> {
    let ways = ways(case, who, estate);
    let found = ways.paths.first().or(ways.possible.first());
    if let Some(path) = found {
        return Err(format!("expected no path, got {:?}: {path:#?}", techniques(Some(path))));
    }
    match ways.reach {
        Some(reach) if case.level.is_none() && reach.level >= Level::Escalates => {
            Err(format!("expected less than escalates, got {}", reach.level))
        }
        _ => Ok(()),
    }
}
