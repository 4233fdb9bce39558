//! The literate cases of `cases/azure/directory-*`: what Microsoft documents of roles of the directory, permissions of
//! applications and owners, and whether the engine agrees.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;
mod literate;

use std::collections::BTreeSet;

use census_model::{Decision, Index, Verdict};
use census_privilege::azure::{access::Access, directory::Question};
use serde::Deserialize;

use crate::azure_worlds::directory::{Given, Roles, World};
use crate::literate::{Run, Told};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    source: Option<String>,
    action: Option<String>,
    resource: Option<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    why: String,
    source: Option<String>,
    action: Option<String>,
    resource: Option<String>,
    /// Who asks: `app` unless it says so.
    who: Option<String>,
    #[serde(flatten)]
    world: World,
    expect: String,
    /// What stays open.
    #[serde(default)]
    open: Vec<String>,
    /// A part of the first reason.
    says: Option<String>,
    /// The reads that could widen.
    #[serde(default)]
    widen: Vec<String>,
    /// The reads that could narrow, besides administrative units.
    #[serde(default)]
    narrow: Vec<String>,
}

/// The least number of cases; fewer means that some were lost.
const LEAST: usize = 100;

/// What of a user or group is never read.
const UNITS: &str = "AdministrativeUnit.Read.All";

#[test]
fn every_case_comes_out_as_microsoft_documents() {
    let roles = Roles::load();
    let mut all = Run::new("https://learn.microsoft.com/");
    for (shown, text) in literate::chapters("directory") {
        let chapter: Chapter = literate::read(&shown, &text);
        for case in &chapter.case {
            let told = Told {
                name: &case.name,
                why: &case.why,
                source: case.source.as_ref().or(chapter.source.as_ref()),
            };
            let action = case.action.as_ref().or(chapter.action.as_ref()).unwrap();
            let resource = case.resource.as_ref().or(chapter.resource.as_ref()).unwrap();
            all.case(&shown, &told, |_| run(case, action, resource, &roles));
        }
    }
    all.end(LEAST);
}

fn run(case: &Case, action: &str, resource: &str, roles: &Roles) -> Result<(), String> {
    let action = match action.split_once('/') {
        Some((kind, _)) if ["graph", "orders", "nowhere"].contains(&kind) => action.to_owned(),
        _ => format!("microsoft.directory/{action}"),
    };
    let resource = if resource == "tenant" { census_fixtures::azure::TENANT } else { resource };
    let estate = case.world.estate(roles);
    let index = Index::new(&estate);
    let access = Access::new(&index);
    let question = match Question::new(&action, resource) {
        Ok(question) => question,
        Err(error) => return refused(case, &error.to_string()),
    };
    let inquiry = match access.ask_directory(&question) {
        Ok(inquiry) => inquiry,
        Err(error) => return refused(case, &error.to_string()),
    };
    let who = case.who.as_deref().unwrap_or("app");
    let identity = estate.identities.iter().find(|one| &*one.name == who).unwrap();
    compare(case, &inquiry.verdict(identity))
}

fn refused(case: &Case, error: &str) -> Result<(), String> {
    let says = case.says.as_deref().unwrap_or_default();
    if case.expect == "error" && error.contains(says) { Ok(()) } else { Err(error.to_owned()) }
}

fn compare(case: &Case, verdict: &Verdict) -> Result<(), String> {
    let got = verdict.decision.as_str();
    if got != case.expect {
        return Err(format!("expected {}, got {got}: {verdict:?}", case.expect));
    }
    let open: Vec<&str> =
        verdict.residual.iter().flat_map(|residual| &residual.atoms).map(|atom| &**atom).collect();
    if open != case.open {
        return Err(format!("expected {:?} to stay open, got {open:?}", case.open));
    }
    if let Some(says) = &case.says {
        let said = verdict.because.first().map(|one| format!("{}: {}", one.statement, one.says));
        let said = said.unwrap_or_default();
        if !said.contains(says) {
            return Err(format!("the first reason does not say `{says}`: {said}"));
        }
    }
    let reads = |gaps: &[census_model::Gap]| -> BTreeSet<String> {
        gaps.iter().map(|gap| gap.read.to_string()).collect()
    };
    let widen = reads(&verdict.may_widen);
    if widen != case.widen.iter().cloned().collect() {
        return Err(format!("expected {:?} to widen it, got {widen:?}", case.widen));
    }
    let mut narrow = reads(&verdict.may_narrow);
    narrow.remove(UNITS);
    if narrow != case.narrow.iter().cloned().collect() {
        return Err(format!("expected {:?} to narrow it, got {narrow:?}", case.narrow));
    }
    Ok(())
}

/// Which of the captured roles administer the directory, reset passwords or give credentials; no other one does.
#[test]
fn built_in_roles_carry_what_they_are_known_to_carry() {
    let roles = Roles::load();
    let carried: [(&str, &[&str]); 4] = [
        (
            "roleAssignments/allProperties/allTasks",
            &["Global Administrator", "Partner Tier2 Support", "Privileged Role Administrator"],
        ),
        (
            "applications/credentials/update",
            &[
                "Application Administrator",
                "Cloud Application Administrator",
                "Global Administrator",
                "Partner Tier2 Support",
            ],
        ),
        (
            "users/password/update",
            &[
                "Authentication Administrator",
                "Global Administrator",
                "Helpdesk Administrator",
                "Partner Tier2 Support",
                "Password Administrator",
                "Privileged Authentication Administrator",
                "User Administrator",
            ],
        ),
        (
            "servicePrincipals/managePermissionGrantsForAll.microsoft-company-admin",
            &["Global Administrator", "Privileged Role Administrator"],
        ),
    ];
    for (operation, carriers) in carried {
        for name in roles.names() {
            let given = Given { role: Some(name.to_owned()), ..Default::default() };
            let estate = World { grants: vec![given], ..World::default() }.estate(&roles);
            let index = Index::new(&estate);
            let access = Access::new(&index);
            let question = Question::new(
                &format!("microsoft.directory/{operation}"),
                "7a1f0000-0000-4000-8000-000000000001",
            );
            let inquiry = access.ask_directory(&question.unwrap());
            let identity = estate.identities.iter().find(|one| &*one.name == "app").unwrap();
            let decision = inquiry.unwrap().verdict(identity).decision;
            let carries = matches!(decision, Decision::Allowed | Decision::Conditional);
            assert_eq!(carries, carriers.contains(&name), "{name}: {operation}");
        }
    }
}
