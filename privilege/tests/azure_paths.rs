//! The literate cases of `cases/azure-paths`: what principals of Azure and Entra ID can make of what they have.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;
mod literate;
mod paths;

use std::collections::{BTreeMap, BTreeSet};

use census_model::{Bound, Level};
use census_privilege::azure::techniques::{self, Becomes, Technique};

use crate::azure_worlds::{
    Given, directory,
    paths::{AllRoles, Target, World},
};
use crate::literate::{Run, Told};
use crate::paths::{Chapter, check};

/// The least number of cases, twins included; fewer means that some were lost.
const LEAST: usize = 1_200;

fn chapters() -> Vec<(String, Chapter)> {
    let read = |(shown, text): (String, String)| {
        let chapter = literate::read(&shown, &text);
        (shown, chapter)
    };
    literate::chapters("azure-paths").into_iter().map(read).collect()
}

#[test]
fn every_case_and_twin_comes_out_as_it_says() {
    let roles = AllRoles::load();
    let mut all = Run::new("https://");
    for (shown, chapter) in chapters() {
        for case in &chapter.case {
            let source = case.source.as_ref().or(chapter.source.as_ref());
            all.case(&shown, &Told { name: &case.name, why: &case.why, source }, |_| {
                check::as_told(case, &case.world.estate(&roles))
            });
            for twin in case.twins(&chapter) {
                for (number, world) in twin.worlds(case).into_iter().enumerate() {
                    let name = format!("{}: {} ({number})", case.name, twin.says());
                    all.case(&shown, &Told { name: &name, why: twin.why(), source }, |_| {
                        check::held_back(case, twin.asks(case), &world.estate(&roles))
                    });
                }
            }
        }
    }
    all.end(LEAST);
}

/// What leads into other clouds is shown and held back in `cases/crossing`.
const ELSEWHERE: [&str; 2] = ["entra-saml-aws", "entra-saml-aws-application"];

/// What techniques take that lead nowhere is given over everything there is, and nothing follows.
#[test]
fn what_leads_nowhere_is_in_no_path() {
    let (nowhere, leading): (Vec<_>, Vec<_>) =
        techniques::all().iter().partition(|one| one.becomes == Becomes::Nothing);
    assert!(nowhere.len() > 10);
    let operations = |of: &[&'static Technique]| -> BTreeSet<String> {
        let needs = of.iter().flat_map(|one| &one.needs);
        needs.flat_map(|need| &need.any).map(|one| one.to_string()).collect()
    };
    // Some are needed for what leads on as well.
    let alone = &operations(&nowhere) - &operations(&leading);
    assert!(alone.len() > 10);
    let (directory, azure) = alone.into_iter().partition(|one| one.starts_with("microsoft.directory/"));
    let kinds =
        ["application", "user-assigned", "person", "group", "role-group", "dynamic-group", "blueprint"];
    let resources = leading.iter().flat_map(|one| &one.resource).map(|kind| &**kind);
    let target = |(number, is): (usize, &str)| Target {
        is: is.to_owned(),
        name: (!is.ends_with("group")).then(|| format!("target{number}")),
        lock: Some("off".to_owned()),
        ..Target::default()
    };
    let world = World {
        targets: kinds.into_iter().chain(resources).enumerate().map(target).collect(),
        grants: vec![Given { actions: azure, at: Some("platform".to_owned()), ..Given::default() }],
        directory: vec![directory::Given { allows: directory, ..directory::Given::default() }],
        ..World::default()
    };
    let estate = world.estate(&AllRoles::load());
    let all = check::reaches(&estate);
    let reach = all.get(&check::identity(&estate, "app").id).unwrap();
    assert!(reach.level > Level::None && reach.level < Level::Escalates, "{reach:#?}");
    assert!(reach.paths.is_empty() && reach.possible_paths.is_empty(), "{reach:#?}");
}

/// A technique without a case, or with too few that must not fire, is not judged.
#[test]
fn every_technique_that_leads_somewhere_is_shown_and_held_back() {
    let mut shown: BTreeSet<String> = BTreeSet::new();
    let mut held: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, chapter) in chapters() {
        for case in &chapter.case {
            let Some(technique) = &case.technique else { continue };
            if case.fires() {
                shown.insert(technique.clone());
                let twins = case.twins(&chapter).into_iter().map(|twin| twin.says().to_owned());
                held.entry(technique.clone()).or_default().extend(twins);
            } else {
                held.entry(technique.clone()).or_default().insert(case.name.clone());
            }
        }
    }
    let mut wrong = Vec::new();
    for technique in techniques::all().iter().filter(|one| !ELSEWHERE.contains(&&*one.id)) {
        let id = &*technique.id;
        let count = held.get(id).map_or(0, BTreeSet::len);
        let leads = technique.becomes != Becomes::Nothing;
        if leads && !shown.contains(id) {
            wrong.push(format!("{id}: no case in which it is taken"));
        }
        if leads && count < 2 {
            wrong.push(format!("{id}: held back in {count} ways, expected at least 2"));
        }
        if !leads && shown.contains(id) {
            wrong.push(format!("{id}: leads nowhere, and a case says that it is taken"));
        }
    }
    let known: BTreeSet<&str> = techniques::all().iter().map(|one| &*one.id).collect();
    wrong.extend(held.keys().filter(|id| !known.contains(id.as_str())).map(|id| format!("{id}: unknown")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A role whose text is not known may lead on, for whoever may assign it and for whoever becomes that one.
#[test]
fn roles_that_are_not_known_leave_a_level_open() {
    const CONDITION: &str = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] \
                             ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}";
    let some = Given {
        to: Some("target".to_owned()),
        actions: vec!["Microsoft.Authorization/roleAssignments/write".to_owned()],
        condition: Some(CONDITION.to_owned()),
        ..Given::default()
    };
    let owns = directory::Owns {
        who: "person".to_owned(),
        of: "application of target".to_owned(),
        activation: None,
        sponsor: false,
    };
    let target = Target { is: "application".to_owned(), power: Some("none".to_owned()), ..Target::default() };
    let world = World { targets: vec![target], grants: vec![some], owners: vec![owns], ..World::default() };
    let mut estate = world.estate(&AllRoles::load());
    let bounds = |estate: &census_model::Estate| {
        let all = check::reaches(estate);
        ["target", "person", "stranger"].map(|name| all.get(&check::identity(estate, name).id).unwrap().bound)
    };
    assert_eq!(bounds(&estate), [Bound::Exact; 3]);
    estate.role_definitions.retain(|role| &*role.name != "Reader");
    assert_eq!(bounds(&estate), [Bound::Lower, Bound::Lower, Bound::Exact]);
}
