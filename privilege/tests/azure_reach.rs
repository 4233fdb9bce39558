//! The literate cases of `cases/azure-reach`: how far identities of Azure reach as they are.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;
mod literate;

use std::collections::BTreeSet;

use census_fixtures::azure as fake;
use census_model::{Estate, Index, Reach, ReachAt, Reaches, ScopeId};
use census_privilege::{aws, azure, reach};
use serde::{Deserialize, de::DeserializeOwned};

use crate::azure_worlds::{Roles, World, directory};
use crate::literate::{Run, Told};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter<W> {
    source: Option<String>,
    case: Vec<Case<W>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case<W> {
    name: String,
    why: String,
    source: Option<String>,
    /// Whose reach: `app` unless it says `person`.
    who: Option<String>,
    #[serde(flatten)]
    world: W,
    /// The level, with `conditional` behind it where nothing else gives it.
    expect: String,
    /// `exact` unless it says so, and `lower` where nothing is known.
    bound: Option<String>,
    /// Where, as `sub admin`; in the order of the reach.
    at: Option<Vec<String>>,
    /// The operations that are told, exactly.
    holds: Option<Vec<String>>,
    /// A part of what one of them is said to give.
    says: Option<String>,
    /// The reads that bear on it.
    #[serde(default)]
    bears: Vec<String>,
}

/// The least number of cases; fewer means that some were lost.
const LEAST: usize = 110;

fn reaches(estate: &Estate) -> Reaches {
    let index = Index::new(estate);
    reach::of_estate(&aws::access::Access::new(&index), &azure::access::Access::new(&index))
}

/// Each chapter is about a tenant with subscriptions, or about a directory where its name says so.
#[test]
fn every_case_comes_out_as_it_says() {
    let (roles, directory_roles) = (Roles::load(), directory::Roles::load());
    let mut all = Run::new("https://learn.microsoft.com/");
    for (shown, text) in literate::chapters("azure-reach") {
        if shown.starts_with("directory") {
            chapter(&mut all, &shown, &text, |world: &directory::World| world.estate(&directory_roles));
        } else {
            chapter(&mut all, &shown, &text, |world: &World| world.estate(&roles));
        }
    }
    all.end(LEAST);
}

fn chapter<W: DeserializeOwned>(all: &mut Run, shown: &str, text: &str, estate: impl Fn(&W) -> Estate) {
    let chapter: Chapter<W> = literate::read(shown, text);
    for case in &chapter.case {
        let source = case.source.as_ref().or(chapter.source.as_ref());
        let told = Told { name: &case.name, why: &case.why, source };
        all.case(shown, &told, |_| check(case, &estate(&case.world)));
    }
}

fn check<W>(case: &Case<W>, estate: &Estate) -> Result<(), String> {
    let reaches = reaches(estate);
    let who = case.who.as_deref().unwrap_or("app");
    let identity = estate.identities.iter().find(|one| &*one.name == who).unwrap();
    let reach = reaches.get(&identity.id).ok_or("no reach")?;
    let says = [
        ("level", case.expect.clone(), level(reach)),
        ("bound", expected_bound(case).to_owned(), reach.bound.as_str().to_owned()),
    ];
    for (what, expected, got) in says {
        if expected != got {
            return Err(format!("expected {what} {expected}, got {got}: {reach:#?}"));
        }
    }
    if let Some(expected) = &case.at {
        let got: Vec<String> = reach.at.iter().map(at).collect();
        if got != *expected {
            return Err(format!("expected it at {expected:?}, got {got:?}"));
        }
    }
    if let Some(expected) = &case.holds {
        let got: Vec<&str> = reach.because.iter().map(|proof| &*proof.action).collect();
        if got != *expected {
            return Err(format!("expected it to hold {expected:?}, got {got:?}"));
        }
    }
    if let Some(says) = &case.says
        && !reach.because.iter().any(|proof| proof.why.contains(says.as_str()))
    {
        return Err(format!("nothing gives what says `{says}`: {:?}", reach.because));
    }
    let read = |id: &census_model::GapId| estate.gaps.iter().find(|gap| gap.id == *id);
    let got: BTreeSet<String> = reach.gaps.iter().filter_map(read).map(|gap| gap.read.to_string()).collect();
    if got != case.bears.iter().cloned().collect() {
        return Err(format!("expected {:?} to bear on it, got {got:?}", case.bears));
    }
    Ok(())
}

fn expected_bound<W>(case: &Case<W>) -> &str {
    match (case.bound.as_deref(), case.expect.split(' ').next()) {
        (Some(bound), _) => bound,
        (None, Some("unknown")) => "lower",
        (None, _) => "exact",
    }
}

fn level(reach: &Reach) -> String {
    let conditional = if reach.conditional { " conditional" } else { "" };
    format!("{}{conditional}", reach.level)
}

fn at(one: &ReachAt) -> String {
    let names = [
        (fake::tenant_scope(), "root"),
        (fake::management_group_scope(), "platform"),
        (fake::subscription_scope(), "sub"),
        (fake::resource_group_scope(), "apps"),
        (ScopeId::new("azure:management-group/elsewhere"), "elsewhere"),
        (ScopeId::new("azure:subscription/0ff00000-0000-4000-8000-000000000009"), "other"),
    ];
    let name = names.iter().find(|(id, _)| *id == one.scope);
    let conditional = if one.conditional { " conditional" } else { "" };
    format!("{} {}{conditional}", name.map_or(one.scope.as_str(), |(_, name)| name), one.level)
}
