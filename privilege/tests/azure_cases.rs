//! The literate cases of `cases/azure`: what Microsoft documents of roles, conditions, denials and vaults, and whether the
//! engine agrees.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod azure_worlds;
mod literate;

use std::collections::BTreeSet;

use census_model::{Decision, DeniedBy, Index, Verdict};
use census_privilege::azure::access::Access;
use serde::Deserialize;

use crate::azure_worlds::{Roles, World, question};
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
    /// Who asks: `app` unless it says `person`.
    who: Option<String>,
    #[serde(default)]
    context: Vec<(String, Vec<String>)>,
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
    /// The reads that could narrow.
    #[serde(default)]
    narrow: Vec<String>,
}

/// The least number of cases; fewer means that some were lost.
const LEAST: usize = 80;

#[test]
fn every_case_comes_out_as_microsoft_documents() {
    let roles = Roles::load();
    let mut all = Run::new("https://learn.microsoft.com/");
    for (shown, text) in literate::chapters("azure") {
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
    let estate = case.world.estate(roles);
    let index = Index::new(&estate);
    let access = Access::new(&index);
    let mut question = match question(action, resource) {
        Ok(question) => question,
        Err(error) => return refused(case, &error.to_string()),
    };
    for (attribute, values) in &case.context {
        question.with(attribute, values.clone()).unwrap();
    }
    let inquiry = match access.ask(&question) {
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
    let got = match (verdict.decision, verdict.denied_by) {
        (Decision::Denied, Some(DeniedBy::Explicit)) => "explicit",
        (decision, _) => decision.as_str(),
    };
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
        let said = said.or_else(|| verdict.rule.as_deref().map(str::to_owned)).unwrap_or_default();
        if !said.contains(says) {
            return Err(format!("the first reason does not say `{says}`: {said}"));
        }
    }
    let reads =
        |gaps: &[census_model::Gap]| -> Vec<String> { gaps.iter().map(|gap| gap.read.to_string()).collect() };
    for (what, expected, got) in [
        ("widen", &case.widen, reads(&verdict.may_widen)),
        ("narrow", &case.narrow, reads(&verdict.may_narrow)),
    ] {
        let got: BTreeSet<String> = got.into_iter().collect();
        if got != expected.iter().cloned().collect() {
            return Err(format!("expected {expected:?} to {what} it, got {got:?}"));
        }
    }
    Ok(())
}

/// What is known of the captured roles.
fn captured() -> serde_json::Value {
    serde_json::from_str(include_str!("data/azure-built-in-roles.json")).unwrap()
}

/// Which of the captured roles carry what matters most around vaults, and which do so within a condition; every other one
/// does not.
#[test]
fn built_in_roles_carry_what_they_are_known_to_carry() {
    let roles = Roles::load();
    let file = captured();
    let mut asked = 0;
    for (action, carried) in file["carried"].as_object().unwrap() {
        let is_in = |list: &str, name: &str| carried[list].as_array().unwrap().iter().any(|one| one == name);
        for role in file["roles"].as_array().unwrap() {
            let name = role["roleName"].as_str().unwrap();
            let given = azure_worlds::Given { role: Some(name.to_owned()), ..Default::default() };
            let estate = World { grants: vec![given], ..World::default() }.estate(&roles);
            let index = Index::new(&estate);
            let access = Access::new(&index);
            let at = if action.starts_with("data:") { "vault" } else { "sub" };
            let question = question(action, at).unwrap();
            let identity = estate.identities.iter().find(|one| &*one.name == "app").unwrap();
            let decision = access.ask(&question).unwrap().verdict(identity).decision;
            let expected = match (is_in("always", name), is_in("within_condition", name)) {
                (true, _) => Decision::Allowed,
                (false, true) => Decision::Conditional,
                (false, false) => Decision::Denied,
            };
            assert_eq!(decision, expected, "{name}: {action}");
            asked += 1;
        }
    }
    assert!(asked >= 9 * 44, "{asked}");
}

/// A condition in a definition lets its holder give the roles that it names and no other; which one is asked decides.
#[test]
fn built_in_roles_give_others_within_their_condition() {
    const GIVES: &str = "Microsoft.Authorization/roleAssignments/write";
    const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    let attribute = |name: &str| format!("@Request[Microsoft.Authorization/roleAssignments:{name}]");
    let roles = Roles::load();
    let file = captured();
    let within = file["carried"][GIVES]["within_condition"].as_array().unwrap();
    assert!(within.len() >= 17, "{}", within.len());
    for name in within {
        let name = name.as_str().unwrap();
        let role = file["roles"].as_array().unwrap().iter().find(|one| one["roleName"] == name).unwrap();
        let given = azure_worlds::Given { role: Some(name.to_owned()), ..Default::default() };
        let estate = World { grants: vec![given], ..World::default() }.estate(&roles);
        let index = Index::new(&estate);
        let access = Access::new(&index);
        let identity = estate.identities.iter().find(|one| &*one.name == "app").unwrap();
        let decision = |gives: &str| {
            let mut question = question(GIVES, "sub").unwrap();
            question.with(&attribute("RoleDefinitionId"), vec![gives.to_owned()]).unwrap();
            question.with(&attribute("PrincipalType"), vec!["ServicePrincipal".to_owned()]).unwrap();
            access.ask(&question).unwrap().verdict(identity).decision
        };
        let may = role["may_give"].as_str().unwrap_or_else(|| panic!("{name}: what may it give?"));
        assert_eq!(decision(may), Decision::Allowed, "{name}: {may}");
        assert_eq!(decision(OWNER), Decision::Denied, "{name}: Owner");
    }
}

/// Where each definition was read is told, and no definition is there twice.
#[test]
fn built_in_roles_have_a_source() {
    let file = captured();
    assert!(file["source"].as_str().unwrap().starts_with("https://learn.microsoft.com/"));
    let mut ids = BTreeSet::new();
    for role in file["roles"].as_array().unwrap() {
        let name = &role["roleName"];
        assert!(ids.insert(role["name"].as_str().unwrap()), "{name} twice");
        if let Some(source) = role.get("source") {
            assert!(source.as_str().unwrap().starts_with("github.com/"), "{name}: {source}");
        }
    }
    // Those of which none was found are not there.
    let missing = file["not_found"].as_object().unwrap();
    assert!(missing.values().all(|id| !ids.contains(id.as_str().unwrap())));
}

/// Two tenants may call a management group the same, and each has a root: an id that both have means two things, the id of
/// one of them means one.
#[test]
fn what_two_tenants_have_is_ambiguous() {
    use census_fixtures::azure as fake;
    use census_model::{EstateBuilder, ScopeId, ScopeKind};
    use census_privilege::azure::access::{Question, QuestionError};

    const OTHER: &str = "0ff00000-0000-4000-8000-000000000001";
    let mut estate = EstateBuilder::new();
    fake::tenant(&mut estate);
    let tenant = ScopeId::new(format!("azure:tenant/{OTHER}"));
    let group = |name: &str| ScopeId::new(format!("azure:management-group/{OTHER}/{name}"));
    estate.scope(fake::scope(tenant.clone(), OTHER, ScopeKind::Tenant, None));
    for name in ["platform", "theirs"] {
        estate.scope(fake::scope(group(name), name, ScopeKind::ManagementGroup, Some(tenant.clone())));
    }
    let now = jiff::Timestamp::UNIX_EPOCH;
    let estate = estate.finish(now, now, now);
    let index = Index::new(&estate);
    let access = Access::new(&index);
    let group = |name: &str| format!("/providers/Microsoft.Management/managementGroups/{name}");
    for (resource, expected) in [
        (group("platform"), 2),
        (group("PLATFORM"), 2),
        ("platform".to_owned(), 2),
        ("/".to_owned(), 2),
        (group("theirs"), 1),
        (OTHER.to_owned(), 1),
        (fake::TENANT.to_owned(), 1),
        (group("nobodys"), 0),
    ] {
        let question = Question::new("Microsoft.Compute/virtualMachines/write", &resource).unwrap();
        let got = match access.ask(&question) {
            Ok(_) => 1,
            Err(QuestionError::Ambiguous(named, several)) if named == resource => several,
            Err(QuestionError::Resource(named)) if named == resource => 0,
            Err(other) => panic!("{resource}: {other}"),
        };
        assert_eq!(got, expected, "{resource}");
    }
}
