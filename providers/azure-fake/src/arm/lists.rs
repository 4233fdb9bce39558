//! What lies in a subscription.

use super::{
    Call,
    filter::{self, Clause},
    versions::{self, Versions},
};
use crate::{
    faults,
    http::{Answer, Reply},
    tenant::Item,
};

/// Lists below `/subscriptions/{id}`, and below a resource group where ARM has them there.
struct List {
    path: &'static [&'static str],
    document: &'static str,
    versions: Versions,
}

const LISTS: [List; 7] = [
    List { path: &["resourcegroups"], document: "resourceGroups", versions: versions::RESOURCES },
    List { path: &["resources"], document: "resources", versions: versions::RESOURCES },
    List {
        path: &["providers", "microsoft.managedidentity", "userassignedidentities"],
        document: "userAssignedIdentities",
        versions: versions::MANAGED_IDENTITY,
    },
    List {
        path: &["providers", "microsoft.keyvault", "vaults"],
        document: "vaults",
        versions: versions::KEY_VAULT,
    },
    List {
        path: &["providers", "microsoft.keyvault", "managedhsms"],
        document: "managedHsms",
        versions: versions::KEY_VAULT,
    },
    List {
        path: &["providers", "microsoft.keyvault", "deletedvaults"],
        document: "deletedVaults",
        versions: versions::KEY_VAULT,
    },
    List {
        path: &["providers", "microsoft.keyvault", "deletedmanagedhsms"],
        document: "deletedManagedHsms",
        versions: versions::KEY_VAULT,
    },
];

/// Answers a path below a subscription.
pub(super) fn answer(call: &Call<'_>, subscription: &str, rest: &[&str]) -> Reply {
    let (group, inner) = match rest {
        ["resourcegroups", group, inner @ ..] => (Some(*group), inner),
        _ => (None, rest),
    };
    if let Some(list) = LISTS.iter().find(|list| list.path == inner && (group.is_none() || is_in_group(list)))
    {
        return answer_list(call, list, subscription, group);
    }
    match inner {
        [
            "providers",
            "microsoft.managedidentity",
            "userassignedidentities",
            _,
            "federatedidentitycredentials",
        ] => federated_credentials(call),
        [] => get(call, "resourceGroups", versions::RESOURCES),
        ["providers", "microsoft.managedidentity", "userassignedidentities", _] => {
            get(call, "userAssignedIdentities", versions::MANAGED_IDENTITY)
        }
        ["providers", "microsoft.keyvault", "vaults", _] => get(call, "vaults", versions::KEY_VAULT),
        ["providers", "microsoft.keyvault", "managedhsms", _] => {
            get(call, "managedHsms", versions::KEY_VAULT)
        }
        _ => Err(faults::not_found(call.request)),
    }
}

/// Deleted vaults have no resource group, nor have groups themselves.
fn is_in_group(list: &List) -> bool {
    !list.document.starts_with("deleted") && list.document != "resourceGroups"
}

fn answer_list(call: &Call<'_>, list: &List, subscription: &str, group: Option<&str>) -> Reply {
    versions::check(call.request, list.versions)?;
    let mut prefix = format!("/subscriptions/{subscription}/");
    if let Some(group) = group {
        prefix.push_str(&format!("resourcegroups/{group}/"));
    }
    let mut kind = None;
    for clause in filter::clauses(call.request)? {
        match clause {
            Clause::Equals(name, value) if name == "resourcetype" && list.document == "resources" => {
                kind = Some(format!("/{}/", value.to_ascii_lowercase()));
            }
            other => return Err(filter::unsupported(call.request, &format!("{other:?}"))),
        }
    }
    let items = call.tenant.collection(&format!("arm/{}", list.document)).items.iter();
    let found = items
        .filter(|item| item.id.starts_with(&prefix))
        .filter(|item| kind.as_ref().is_none_or(|kind| item.id.contains(kind.as_str())));
    call.list(list.document, found.map(Item::text).collect())
}

fn federated_credentials(call: &Call<'_>) -> Reply {
    versions::check(call.request, versions::MANAGED_IDENTITY)?;
    let prefix = format!("{}/", call.request.path.to_ascii_lowercase());
    let parent = prefix.trim_end_matches("/federatedidentitycredentials/");
    if call.tenant.collection("arm/userAssignedIdentities").by_id(parent).is_none() {
        return Err(faults::not_found(call.request));
    }
    let items = call.tenant.collection("arm/federatedIdentityCredentials").items.iter();
    let found = items.filter(|item| item.id.starts_with(&prefix));
    call.list("federatedIdentityCredentials", found.map(Item::text).collect())
}

fn get(call: &Call<'_>, document: &str, versions: Versions) -> Reply {
    versions::check(call.request, versions)?;
    let found = call.tenant.collection(&format!("arm/{document}")).by_id(&call.request.path);
    found.map(|item| Answer::json(200, item.text())).ok_or_else(|| faults::not_found(call.request))
}
