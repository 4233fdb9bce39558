//! Grants on KMS keys.

use std::collections::BTreeSet;

use census_model::{
    Attachment, Effect, EstateBuilder, Gap, GapReason, Grant, Policy, PolicyKind, Provider, Text, Via,
};
use census_privilege::aws::{document::Document, grants::as_policy, policy};

use super::{
    account::Account,
    files::{Files, items},
};
use crate::documents::KeyGrant;

/// The read that brings them.
const READ: &str = "kms:ListGrants";

/// Attaches to each key the grants that the file holds for it.
pub(super) fn read(account: &Account<'_>, files: &Files<'_>, estate: &mut EstateBuilder) {
    let mut invalid: BTreeSet<Text> = BTreeSet::new();
    let mut detail = String::new();
    for (_, entry) in items(&files.resource_policies) {
        for grant in entry.grants.iter().flatten() {
            match text(grant) {
                Ok(text) => {
                    let policy = estate.policy(Policy::new(PolicyKind::AwsDocument, text));
                    estate.grant(Grant {
                        attached_to: Attachment::Resource(entry.resource.as_str().into()),
                        via: Via::KeyGrant { native_id: grant.grant_id.as_str().into() },
                        policy: Some(policy),
                        effect: Effect::Allow,
                        scope: account.scope.clone(),
                        activation: census_model::Activation::Standing,
                        condition: None,
                    });
                }
                Err(problem) => {
                    invalid.insert(entry.resource.as_str().into());
                    detail = format!("a grant could not be understood: {problem}");
                }
            }
        }
    }
    if !invalid.is_empty() {
        let affects = invalid.into_iter().collect();
        let scope = Some(account.scope.clone());
        estate.gap(Gap::new(Provider::Aws, scope, READ, GapReason::Invalid, detail, affects));
    }
}

/// The policy that says the same as a grant, as policies are written in an estate.
fn text(grant: &KeyGrant) -> Result<String, String> {
    let value = serde_json::to_value(grant).map_err(|error| error.to_string())?;
    let text = as_policy(&value)?;
    let (document, canonical) = Document::parse_canonical(&text).map_err(|error| error.to_string())?;
    policy::Policy::compile(&document, policy::PolicyType::Resource).map_err(|error| error.to_string())?;
    Ok(canonical)
}
