//! What of other clouds has to do with an identity: whom its trusts name there, and whose trusts name it.

use census_model::{CloudIssuer, Identity, PrincipalSet, Provider, Trust};
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

/// Those of other clouds whose trusts name an identity.
pub(super) fn section(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let mentions = |trust: &&Trust| {
        let condition = trust.condition.as_ref();
        // Most trusts name somebody else, and need no parsing to say so.
        condition.is_some_and(|condition| condition.text.contains(&*identity.native_id))
    };
    let all = view.input.estate.trusts.iter().filter(mentions);
    let mut found: Vec<(&Identity, &Trust)> = all
        .filter(|trust| named(view, trust).iter().any(|named| named.id == identity.id))
        .filter_map(|trust| Some((view.index.identity(&trust.becomes)?, trust)))
        .collect();
    if found.is_empty() {
        return;
    }
    found.sort_by_key(|(becomes, trust)| (&becomes.id, *trust));
    page.heading("TRUSTED IN OTHER CLOUDS", &[plain(found.len().to_string())]);
    for (becomes, trust) in found.iter().take(LISTED) {
        page.line(
            2,
            &[
                plain(format!("{} {} of {}", becomes.kind, identity_label(becomes), cloud(becomes))),
                faint(format!("  {}, statement {}", mechanism(trust.mechanism), trust.statement)),
            ],
        );
    }
    more(page, 2, found.len(), LISTED, FOR_ALL);
}
