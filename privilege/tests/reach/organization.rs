//! The organization of a case: its tree and its control policies.

use std::collections::{BTreeMap, BTreeSet};

use census_fixtures::{ACCOUNT, account_scope, scope};
use census_model::{Attachment, Effect, EstateBuilder, Grant, Scope, ScopeId, ScopeKind, Via};
use census_privilege::aws::policy::PolicyType;

use super::{
    case::{Case, ControlText},
    principal::policy,
};

/// The only organization.
pub(crate) const ORGANIZATION: &str = "aws:organization/o-1";

/// What every level has, unless a case replaces it.
const FULL_ACCESS: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
const FULL_ACCESS_TO_RESOURCES: &str = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;

/// Adds the organization, if the case has one. With control policies alone the account lies below the root.
pub(crate) fn add(place: &str, case: &Case, estate: &mut EstateBuilder) {
    let (management, accounts) = match &case.organization {
        Some(organization) => (organization.management.as_deref(), organization.accounts.clone()),
        None if case.scps.is_empty() && case.rcps.is_empty() => return,
        None => (None, BTreeMap::from([(ACCOUNT.to_owned(), "root".to_owned())])),
    };
    estate.scope(node(ORGANIZATION.into(), ScopeKind::Organization, None));
    let root = level("root");
    estate.scope(node(root.clone(), ScopeKind::OrganizationRoot, Some(ORGANIZATION.into())));
    let mut levels = BTreeSet::from(["root".to_owned()]);
    for (account, parent) in accounts {
        if parent != "root" {
            assert!(parent.starts_with("ou-"), "{place}: `{parent}` is neither `root` nor `ou-…`");
            estate.scope(node(level(&parent), ScopeKind::OrganizationalUnit, Some(root.clone())));
        }
        let manages = (management == Some(&*account)).then(|| ORGANIZATION.into());
        let mut scope = scope(&account);
        // Whether it was scanned follows from its principals.
        scope.scanned = account == ACCOUNT;
        estate.scope(Scope { parent: Some(level(&parent)), manages, ..scope });
        levels.extend([parent, account]);
    }
    for control in case.scps.iter().chain(&case.rcps) {
        assert!(levels.contains(&control.at), "{place}: `{}` is not in the organization", control.at);
    }
    let mut kinds = vec![(PolicyType::ServiceControl, &case.scps)];
    if !case.rcps.is_empty() {
        kinds.push((PolicyType::ResourceControl, &case.rcps));
    }
    for (kind, controls) in kinds {
        levels.iter().for_each(|at| add_level(place, kind, at, controls, estate));
    }
}

fn add_level(place: &str, kind: PolicyType, at: &str, controls: &[ControlText], estate: &mut EstateBuilder) {
    let here: Vec<&ControlText> = controls.iter().filter(|control| control.at == at).collect();
    let full = match kind {
        PolicyType::ResourceControl => FULL_ACCESS_TO_RESOURCES,
        _ => FULL_ACCESS,
    };
    if !here.iter().any(|control| control.replaces_full_access) {
        attach(place, kind, at, "full-access", &[full.to_owned()], estate);
    }
    for (number, control) in here.into_iter().enumerate() {
        attach(place, kind, at, &format!("{at}-{number}"), &control.statements, estate);
    }
}

fn attach(
    place: &str,
    kind: PolicyType,
    at: &str,
    name: &str,
    statements: &[String],
    estate: &mut EstateBuilder,
) {
    let text = policy(place, statements, kind, estate);
    let native_id = format!("p-{name}").into();
    let via = match kind {
        PolicyType::ResourceControl => Via::ResourceControlPolicy { native_id, name: name.into() },
        _ => Via::ServiceControlPolicy { native_id, name: name.into() },
    };
    let scope = level(at);
    estate.grant(Grant {
        attached_to: Attachment::Scope(scope.clone()),
        via,
        policy: Some(text),
        effect: Effect::Ceiling,
        scope,
        activation: census_model::Activation::Standing,
        condition: None,
    });
}

fn level(at: &str) -> ScopeId {
    match at {
        "root" => ScopeId::new("aws:organization-root/r-1"),
        unit if unit.starts_with("ou-") => ScopeId::new(format!("aws:organizational-unit/{unit}")),
        account => account_scope(account),
    }
}

fn node(id: ScopeId, kind: ScopeKind, parent: Option<ScopeId>) -> Scope {
    let native_id = id.as_str().rsplit('/').next().unwrap_or_default().into();
    Scope { id, native_id, kind, parent, scanned: false, ..scope(ACCOUNT) }
}
