//! The literate cases of `cases/reach`: what principals can make of what they have, and whether the engine sees it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod reach;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use census_model::Index;
use reach::{TECHNIQUES, case::Case, check, estate::estate, expect::is_powerless, format};

/// The least number of cases; fewer means that some were lost.
const LEAST: usize = 620;

fn chapters() -> Vec<(String, Vec<Case>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/reach");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let read = |path: PathBuf| {
        let shown = path.file_name().unwrap().to_string_lossy().into_owned();
        let cases = format::read(&shown, &fs::read_to_string(&path).unwrap());
        (shown, cases)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn every_case_comes_out_as_it_is() {
    let (mut names, mut wrong) = (BTreeSet::new(), Vec::new());
    for (shown, cases) in chapters() {
        for case in cases {
            let place = format!("{shown}: {}", case.name);
            assert!(names.insert(case.name.clone()), "{place}: this name is taken");
            let estate = estate(&place, &case);
            let index = Index::new(&estate);
            let azure = census_privilege::azure::access::Access::new(&index);
            let reaches = census_privilege::reach::of_estate(
                &census_privilege::aws::access::Access::new(&index),
                &azure,
            );
            let mut problems = check::laws(&estate, &reaches);
            problems.extend(check::expectations(&place, &case, &reaches));
            if !problems.is_empty() {
                wrong.push(format!("{place}: {}\n    {}", problems.join("\n        "), case.why));
            }
        }
    }
    assert!(names.len() >= LEAST, "{} cases, expected at least {LEAST}", names.len());
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), names.len(), wrong.join("\n"));
}

/// A technique without a case, or with too few that must not fire, is not judged.
#[test]
fn every_technique_is_shown_and_held_back() {
    let mut shown: BTreeSet<String> = BTreeSet::new();
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    for (file, cases) in chapters() {
        let by_name: BTreeMap<&str, &Case> = cases.iter().map(|case| (&*case.name, case)).collect();
        for case in &cases {
            let place = format!("{file}: {}", case.name);
            shown.extend(named(case, None));
            let mut ids: BTreeSet<String> = BTreeSet::new();
            let mut original = case;
            while let Some(of) = &original.twin_of {
                original = by_name[&**of];
                let powerless = case.expect.iter().filter(|(_, text)| is_powerless(&place, text));
                ids.extend(powerless.flat_map(|(who, _)| named(original, Some(who))));
            }
            ids.into_iter().for_each(|id| *held.entry(id).or_default() += 1);
        }
    }
    for technique in TECHNIQUES {
        assert!(shown.contains(technique), "{technique}: no case in which it is taken");
        let count = held.get(technique).copied().unwrap_or_default();
        assert!(count >= 2, "{technique}: held back in {count} cases, expected at least 2");
    }
}

/// The techniques that a case expects, of everybody or of one identity.
fn named(case: &Case, who: Option<&str>) -> Vec<String> {
    let all = case.first.iter().filter(|(one, _)| who.is_none_or(|who| who == *one));
    all.flat_map(|(_, lists)| lists).flat_map(|ids| ids.split('|')).map(str::to_owned).collect()
}
