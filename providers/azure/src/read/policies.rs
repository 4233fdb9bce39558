//! Texts of policies, in the form that the model gives them, the same for the same permissions in whatever order.

use std::collections::BTreeSet;

use census_model::{Condition, ConditionLanguage, Policy, PolicyKind};
use serde::Serialize;

use crate::documents::{
    roles::{AzurePermission, DirectoryPermission},
    value::Str,
    vaults::AccessPermissions,
};

type Words<'p> = BTreeSet<&'p str>;

fn words<'p>(words: &'p Option<Vec<Str<'p>>>) -> Words<'p> {
    words.iter().flatten().map(Str::as_str).collect()
}

/// A condition that says something.
fn said<'p>(text: Option<&'p Str<'p>>) -> Option<&'p str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
struct Azure<'p> {
    actions: Words<'p>,
    not_actions: Words<'p>,
    data_actions: Words<'p>,
    not_data_actions: Words<'p>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition_version: Option<&'p str>,
}

/// The permissions of a role definition or deny assignment of Azure Resource Manager, or of a managed HSM.
pub(super) fn azure(permissions: &Option<Vec<AzurePermission<'_>>>) -> Policy {
    let each = permissions.iter().flatten().map(|one| Azure {
        actions: words(&one.actions),
        not_actions: words(&one.not_actions),
        data_actions: words(&one.data_actions),
        not_data_actions: words(&one.not_data_actions),
        condition: said(one.condition.as_ref()),
        condition_version: said(one.condition.as_ref()).and(said(one.condition_version.as_ref())),
    });
    Policy::new(PolicyKind::AzurePermissions, json(&each.collect::<BTreeSet<_>>()))
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
struct Directory<'p> {
    allowed_resource_actions: Words<'p>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'p str>,
}

/// The permissions of a directory role.
pub(super) fn directory(permissions: &Option<Vec<DirectoryPermission<'_>>>) -> Policy {
    let each = permissions.iter().flatten().map(|one| Directory {
        allowed_resource_actions: words(&one.allowed_resource_actions),
        condition: said(one.condition.as_ref()),
    });
    Policy::new(PolicyKind::EntraRolePermissions, json(&each.collect::<BTreeSet<_>>()))
}

#[derive(Serialize)]
struct Access {
    keys: BTreeSet<String>,
    secrets: BTreeSet<String>,
    certificates: BTreeSet<String>,
    storage: BTreeSet<String>,
}

/// What an access policy of a key vault allows. Its words compare without case: `Get`, `get`.
pub(super) fn access(permissions: Option<&AccessPermissions<'_>>) -> Policy {
    let lower = |words: Option<&Option<Vec<Str<'_>>>>| -> BTreeSet<String> {
        words.into_iter().flatten().flatten().map(Str::lower).collect()
    };
    let access = Access {
        keys: lower(permissions.map(|all| &all.keys)),
        secrets: lower(permissions.map(|all| &all.secrets)),
        certificates: lower(permissions.map(|all| &all.certificates)),
        storage: lower(permissions.map(|all| &all.storage)),
    };
    Policy::new(PolicyKind::KeyVaultPermissions, json(&access))
}

/// The value of an app role.
pub(super) fn app_role(value: &str) -> Policy {
    Policy::new(PolicyKind::EntraAppRole, value)
}

/// Delegated permissions.
pub(super) fn scopes(words: Option<&Str<'_>>) -> Policy {
    let words: Words<'_> = words.map(|words| words.split_whitespace().collect()).unwrap_or_default();
    Policy::new(PolicyKind::EntraScopes, words.into_iter().collect::<Vec<_>>().join(" "))
}

/// A condition on an assignment.
pub(super) fn condition(text: Option<&Str<'_>>) -> Option<Condition> {
    said(text).map(|text| Condition { language: ConditionLanguage::AzureAbac, text: text.into() })
}
