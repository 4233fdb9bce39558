//! Vaults and what they hold, as Azure Resource Manager and Key Vault return them.

use serde::{Deserialize, de::IgnoredAny};

use super::{
    arm::{SystemData, Tags},
    value::{Id, Str, Time},
};

/// A key vault or a managed HSM:
/// <https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-by-subscription>,
/// <https://learn.microsoft.com/rest/api/keyvault/keyvault/managed-hsms/list-by-subscription>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Vault<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) name: Option<Str<'a>>,
    pub(crate) tags: Option<Tags<'a>>,
    pub(crate) properties: VaultProperties<'a>,
    pub(crate) system_data: Option<SystemData>,
}

/// The properties of either.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VaultProperties<'a> {
    #[serde(borrow)]
    pub(crate) tenant_id: Option<Str<'a>>,
    pub(crate) vault_uri: Option<Str<'a>>,
    pub(crate) hsm_uri: Option<Str<'a>>,
    pub(crate) enable_rbac_authorization: Option<bool>,
    pub(crate) enable_soft_delete: Option<bool>,
    pub(crate) enable_purge_protection: Option<bool>,
    pub(crate) enabled_for_template_deployment: Option<bool>,
    pub(crate) public_network_access: Option<Str<'a>>,
    pub(crate) network_acls: Option<NetworkRules<'a>>,
    pub(crate) access_policies: Option<Vec<AccessPolicy<'a>>>,
}

/// Which networks are let in.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NetworkRules<'a> {
    #[serde(borrow)]
    pub(crate) bypass: Option<Str<'a>>,
    pub(crate) default_action: Option<Str<'a>>,
    /// Only how many there are is of interest.
    pub(crate) ip_rules: Option<Vec<IgnoredAny>>,
    /// As above.
    pub(crate) virtual_network_rules: Option<Vec<IgnoredAny>>,
}

/// <https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-by-subscription#accesspolicyentry>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessPolicy<'a> {
    #[serde(borrow)]
    pub(crate) tenant_id: Option<Str<'a>>,
    pub(crate) object_id: Str<'a>,
    pub(crate) application_id: Option<Str<'a>>,
    pub(crate) permissions: Option<AccessPermissions<'a>>,
}

/// What an access policy allows.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct AccessPermissions<'a> {
    #[serde(borrow)]
    pub(crate) keys: Option<Vec<Str<'a>>>,
    pub(crate) secrets: Option<Vec<Str<'a>>>,
    pub(crate) certificates: Option<Vec<Str<'a>>>,
    pub(crate) storage: Option<Vec<Str<'a>>>,
}

/// A deleted vault or managed HSM:
/// <https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-deleted>,
/// <https://learn.microsoft.com/rest/api/keyvault/keyvault/managed-hsms/list-deleted>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct DeletedVault<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) name: Option<Str<'a>>,
    pub(crate) properties: DeletedProperties<'a>,
}

/// The properties of either.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletedProperties<'a> {
    #[serde(borrow)]
    pub(crate) vault_id: Option<Str<'a>>,
    pub(crate) mhsm_id: Option<Str<'a>>,
    pub(crate) deletion_date: Option<Time>,
    pub(crate) scheduled_purge_date: Option<Time>,
    pub(crate) purge_protection_enabled: Option<bool>,
    pub(crate) tags: Option<Tags<'a>>,
}

/// A key, secret or certificate as a list names it: <https://learn.microsoft.com/rest/api/keyvault/>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct VaultObject<'a> {
    #[serde(borrow, alias = "kid")]
    pub(crate) id: Id<'a>,
    pub(crate) attributes: Option<Attributes>,
    pub(crate) managed: Option<bool>,
    /// A certificate's thumbprint.
    #[serde(borrow)]
    pub(crate) x5t: Option<Str<'a>>,
}

/// The attributes of any of them.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(crate) struct Attributes {
    pub(crate) enabled: Option<bool>,
    pub(crate) nbf: Option<Time>,
    pub(crate) exp: Option<Time>,
    pub(crate) created: Option<Time>,
    pub(crate) updated: Option<Time>,
}

/// How a key is renewed: <https://learn.microsoft.com/rest/api/keyvault/keys/get-key-rotation-policy>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyRotation<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) rotation_policy: Option<RotationPolicy<'a>>,
}

/// The policy itself.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RotationPolicy<'a> {
    #[serde(borrow)]
    pub(crate) lifetime_actions: Option<Vec<LifetimeAction<'a>>>,
}

/// What happens at some time of a key's life.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct LifetimeAction<'a> {
    #[serde(borrow)]
    pub(crate) trigger: Option<Trigger<'a>>,
    pub(crate) action: Option<Action<'a>>,
}

/// When.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Trigger<'a> {
    #[serde(borrow)]
    pub(crate) time_after_create: Option<Str<'a>>,
    pub(crate) time_before_expiry: Option<Str<'a>>,
}

/// What: `Rotate` or `Notify`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Action<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Option<Str<'a>>,
}
