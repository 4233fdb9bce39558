//! What of other clouds has to do with an identity: whom its trusts name there, and whose trusts name it.

use census_model::{CloudIssuer, Identity, Mechanism, PrincipalSet, Provider, Scope, ScopeId, Trust};
use serde_json::Value;

use super::{FOR_ALL, LISTED};
use crate::{
    page::{Page, faint, plain},
    table::more,
    verdict::cloud,
    view::View,
    words::{identity_label, mechanism},
};

/// The identities of another cloud that the condition of a trust names, where it takes tokens of theirs.
pub(super) fn named<'a>(view: &View<'a>, trust: &Trust) -> Vec<&'a Identity> {
    let (PrincipalSet::External(issuer), Some(condition)) = (&trust.who, &trust.condition) else {
        return Vec::new();
    };
    let Some(becomes) = view.index.identity(&trust.becomes) else { return Vec::new() };
    let mut texts = Vec::new();
    if let Ok(condition) = serde_json::from_str(&condition.text) {
        strings(&condition, &mut texts);
    }
    let found = texts.iter().filter_map(|text| view.index.native(text));
    let mut found: Vec<&Identity> =
        found.filter(|named| named.provider != becomes.provider && issues(view, issuer, named)).collect();
    found.sort_by_key(|named| &named.id);
    found.dedup_by_key(|named| &named.id);
    found
}

fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| strings(one, found)),
        Value::Object(all) => all.values().for_each(|one| strings(one, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether an issuer is the one of an identity's own cloud: its tenant, or AWS.
fn issues(view: &View<'_>, issuer: &str, identity: &Identity) -> bool {
    let issuer = issuer.to_ascii_lowercase();
    match identity.provider {
        Provider::Aws => {
            let bare = issuer.strip_prefix("https://").unwrap_or(&issuer).trim_end_matches('/');
            CloudIssuer::of(bare) == Some(CloudIssuer::Account)
        }
        Provider::Azure => {
            let above = view.index.ancestors(&identity.scope);
            above.iter().any(|scope| issuer.split('/').any(|part| part == &*scope.native_id))
        }
        Provider::Gcp => false,
    }
}

/// What decides who comes in by a trust that takes a tenant's tokens and names nobody.
pub(super) const ANYBODY: &str = "if the application that the token is for gives tokens to all";

/// The tenant of the estate any program of which may come in: a role takes its tokens and names nobody.
pub(super) fn tenant_of<'a>(view: &View<'a>, trust: &Trust) -> Option<&'a Scope> {
    let PrincipalSet::External(provider) = &trust.who else { return None };
    let (_, issuer) = provider.split_once(":oidc-provider/")?;
    let Some(CloudIssuer::Tenant(tenant)) = CloudIssuer::of(issuer) else { return None };
    if trust.mechanism != Mechanism::WebIdentity || demands_subject(trust) {
        return None;
    }
    view.input.estate.scopes.get(&ScopeId::of_tenant(tenant)).filter(|scope| scope.scanned)
}

/// Whether a trust asks for a subject in particular, or its condition cannot be read, so that it may.
fn demands_subject(trust: &Trust) -> bool {
    let Some(condition) = &trust.condition else { return false };
    let Ok(Value::Object(tests)) = serde_json::from_str(&condition.text) else { return true };
    let is_open = |values: &Value| {
        let mut texts = Vec::new();
        strings(values, &mut texts);
        texts.iter().any(|text| text == "*")
    };
    tests.iter().any(|(operator, keys)| {
        let compares = operator.rsplit(':').next().is_some_and(|one| one.starts_with("String"));
        let demands = compares && !operator.contains("Not");
        let keys = keys.as_object().into_iter().flatten();
        demands && keys.into_iter().any(|(key, values)| key.ends_with(":sub") && !is_open(values))
    })
}

/// Those of other clouds whose trusts name an identity, or name nobody of its tenant.
pub(super) fn section(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let names = |trust: &Trust| {
        let condition = trust.condition.as_ref();
        // Most trusts name somebody else, and need no parsing to say so.
        condition.is_some_and(|condition| condition.text.contains(&*identity.native_id))
            && named(view, trust).iter().any(|named| named.id == identity.id)
    };
    let above = view.index.ancestors(&identity.scope);
    let takes = |trust: &Trust| {
        let tenant = tenant_of(view, trust).filter(|_| identity.is_program());
        tenant.is_some_and(|tenant| above.iter().any(|scope| scope.id == tenant.id))
    };
    let doubt = |trust: &Trust| match (names(trust), takes(trust)) {
        (true, _) => Some(""),
        (false, true) => Some(ANYBODY),
        (false, false) => None,
    };
    let all = view.input.estate.trusts.iter();
    let mut found: Vec<(&Identity, &Trust, &str)> =
        all.filter_map(|trust| Some((view.index.identity(&trust.becomes)?, trust, doubt(trust)?))).collect();
    if found.is_empty() {
        return;
    }
    found.sort_by_key(|(becomes, trust, _)| (&becomes.id, *trust));
    page.heading("TRUSTED IN OTHER CLOUDS", &[plain(found.len().to_string())]);
    for (becomes, trust, doubt) in found.iter().take(LISTED) {
        let doubt = if doubt.is_empty() { String::new() } else { format!(", {doubt}") };
        page.line(
            2,
            &[
                plain(format!("{} {} of {}{doubt}", becomes.kind, identity_label(becomes), cloud(becomes))),
                faint(format!("  {}, statement {}", mechanism(trust.mechanism), trust.statement)),
            ],
        );
    }
    more(page, 2, found.len(), LISTED, FOR_ALL);
}
