//! The tree of Azure and what lies in it, as Azure Resource Manager returns it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::value::{Id, Str, Time, some_id};

/// Tags by name.
pub(crate) type Tags<'a> = BTreeMap<Str<'a>, Option<Str<'a>>>;

/// <https://learn.microsoft.com/rest/api/resources/subscriptions/list>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscription<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
    pub(crate) subscription_id: Id<'a>,
    pub(crate) display_name: Option<Str<'a>>,
    pub(crate) tenant_id: Option<Str<'a>>,
    pub(crate) tags: Option<Tags<'a>>,
}

/// A management group, or what lies below one:
/// <https://learn.microsoft.com/rest/api/managementgroups/management-groups/list>,
/// <https://learn.microsoft.com/rest/api/managementgroups/management-groups/get-descendants>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Branch<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) name: Option<Str<'a>>,
    pub(crate) properties: Option<BranchProperties<'a>>,
}

/// The properties of either.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BranchProperties<'a> {
    #[serde(borrow)]
    pub(crate) display_name: Option<Str<'a>>,
    pub(crate) tenant_id: Option<Str<'a>>,
    pub(crate) parent: Option<Parent<'a>>,
    pub(crate) details: Option<Details<'a>>,
}

/// What a management group tells when it is asked for by name.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Details<'a> {
    #[serde(borrow)]
    pub(crate) parent: Option<Parent<'a>>,
}

/// What is above.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Parent<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
}

/// <https://learn.microsoft.com/rest/api/resources/resource-groups/list>
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ResourceGroup<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) name: Option<Str<'a>>,
    pub(crate) tags: Option<Tags<'a>>,
}

/// <https://learn.microsoft.com/rest/api/resources/resources/list>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resource<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) name: Option<Str<'a>>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<Str<'a>>,
    pub(crate) tags: Option<Tags<'a>>,
    pub(crate) identity: Option<ResourceIdentity<'a>>,
    pub(crate) created_time: Option<Time>,
    pub(crate) system_data: Option<SystemData>,
}

/// As whom a resource runs.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResourceIdentity<'a> {
    #[serde(borrow, default, deserialize_with = "some_id")]
    pub(crate) principal_id: Option<Id<'a>>,
    pub(crate) user_assigned_identities: Option<BTreeMap<Str<'a>, Option<AssignedIdentity<'a>>>>,
}

/// A managed identity that is lent to a resource.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssignedIdentity<'a> {
    #[serde(borrow, default, deserialize_with = "some_id")]
    pub(crate) principal_id: Option<Id<'a>>,
}

/// <https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/list-by-subscription>
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct UserAssignedIdentity<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) name: Option<Str<'a>>,
    pub(crate) tags: Option<Tags<'a>>,
    pub(crate) properties: Option<UserAssignedProperties<'a>>,
    #[serde(rename = "systemData")]
    pub(crate) system_data: Option<SystemData>,
}

/// Its properties.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserAssignedProperties<'a> {
    #[serde(borrow)]
    pub(crate) tenant_id: Option<Str<'a>>,
    #[serde(default, deserialize_with = "some_id")]
    pub(crate) principal_id: Option<Id<'a>>,
    pub(crate) client_id: Option<Str<'a>>,
}

/// <https://learn.microsoft.com/rest/api/managedidentity/federated-identity-credentials/list>
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct FederatedCredential<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) properties: super::graph::FederatedCredential<'a>,
}

/// When a resource was made.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SystemData {
    pub(crate) created_at: Option<Time>,
}
