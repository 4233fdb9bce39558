//! Key vaults and managed HSMs, those that are there and those that can be recovered.

use census_model::{
    AccessModel, Deletion, EstateBuilder, Exposure, ScopeId, Text, Vault, VaultId, VaultKind,
};

use super::{
    arm_id,
    files::Files,
    scopes::{self, Scopes},
    tenant,
};
use crate::documents::{
    value::{Str, at},
    vaults::{DeletedVault, NetworkRules, Vault as Listed, VaultProperties},
};

/// A vault's id from its ARM id.
pub(super) fn vault_id(arm_id: &str) -> VaultId {
    VaultId::new(format!("azure:{}", arm_id::normal(arm_id)))
}

/// Who decides about access to a key vault. Nothing written means access policies: <https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-by-subscription#vaultproperties>.
pub(super) fn access_model(properties: &VaultProperties<'_>) -> AccessModel {
    if properties.enable_rbac_authorization == Some(true) {
        AccessModel::RoleAssignments
    } else {
        AccessModel::AccessPolicies
    }
}

/// The scope of a tenant by its id.
pub(super) fn tenant_scope(id: &Str<'_>) -> ScopeId {
    tenant::scope_id(&id.trim().to_ascii_lowercase())
}

/// The tenant that authenticates whoever asks a vault, which is not changed when its subscription moves to another:
/// <https://learn.microsoft.com/azure/key-vault/general/move-subscription>.
pub(super) fn tenant_of(properties: &VaultProperties<'_>) -> Option<ScopeId> {
    properties.tenant_id.as_ref().filter(|id| !id.trim().is_empty()).map(tenant_scope)
}

/// Adds vaults.
pub(super) fn read(files: &Files<'_>, scopes: &mut Scopes<'_>, estate: &mut EstateBuilder) {
    for one in &files.vaults {
        let model = access_model(&one.properties);
        let vault = listed(one, VaultKind::AzureKeyVault, model, scopes, estate);
        estate.vault(vault);
    }
    for one in &files.hsms {
        let vault = listed(one, VaultKind::AzureManagedHsm, AccessModel::LocalRoles, scopes, estate);
        estate.vault(vault);
    }
    // Of a vault that is listed as deleted and is there again, what is there was added first and stays.
    for one in &files.deleted_vaults {
        let vault = deleted(one, VaultKind::AzureKeyVault, one.properties.vault_id.as_ref(), scopes, estate);
        estate.vault(vault);
    }
    for one in &files.deleted_hsms {
        let vault = deleted(one, VaultKind::AzureManagedHsm, one.properties.mhsm_id.as_ref(), scopes, estate);
        estate.vault(vault);
    }
}

fn listed(
    one: &Listed<'_>,
    kind: VaultKind,
    access: AccessModel,
    scopes: &mut Scopes<'_>,
    estate: &mut EstateBuilder,
) -> Vault {
    let properties = &one.properties;
    let uri = properties.vault_uri.as_ref().or(properties.hsm_uri.as_ref());
    let bypass = properties.network_acls.as_ref().and_then(|rules| rules.bypass.as_ref());
    Vault {
        id: vault_id(&one.id),
        native_id: one.id.as_str().into(),
        kind,
        name: one.name.as_deref().unwrap_or_else(|| arm_id::name(&one.id)).into(),
        uri: uri.map(|uri| uri.trim_end_matches('/').into()),
        scope: scopes.refer(&arm_id::home(&arm_id::normal(&one.id)), estate),
        tenant: tenant_of(properties),
        created: one.system_data.and_then(|data| at(data.created_at)),
        deleted: None,
        access: Some(access),
        // It cannot be false: what is not written is not switched on.
        purge_protection: Some(properties.enable_purge_protection == Some(true)),
        soft_delete: properties.enable_soft_delete,
        exposure: exposure(properties.public_network_access.as_ref(), properties.network_acls.as_ref()),
        // What is not written lets Azure's own services in.
        lets_trusted_services_in: !bypass.is_some_and(|bypass| bypass.eq_ignore_ascii_case("None")),
        enabled_for_template_deployment: properties.enabled_for_template_deployment == Some(true),
        tags: scopes::tags(one.tags.as_ref()),
    }
}

fn exposure(public: Option<&Str<'_>>, rules: Option<&NetworkRules<'_>>) -> Option<Exposure> {
    if public.is_some_and(|public| public.eq_ignore_ascii_case("Disabled")) {
        return Some(Exposure::Private);
    }
    let denies = |rules: &&NetworkRules<'_>| {
        rules.default_action.as_ref().is_some_and(|action| action.eq_ignore_ascii_case("Deny"))
    };
    match (public, rules) {
        (_, Some(rules)) if denies(&rules) => Some(Exposure::Selected {
            addresses: rules.ip_rules.as_ref().map_or(0, Vec::len),
            networks: rules.virtual_network_rules.as_ref().map_or(0, Vec::len),
        }),
        (None, None) => None,
        _ => Some(Exposure::Public),
    }
}

fn deleted(
    one: &DeletedVault<'_>,
    kind: VaultKind,
    id: Option<&Str<'_>>,
    scopes: &mut Scopes<'_>,
    estate: &mut EstateBuilder,
) -> Vault {
    let id = id.unwrap_or(&one.id);
    let properties = &one.properties;
    Vault {
        id: vault_id(id),
        native_id: Text::from(id.as_str()),
        kind,
        name: one.name.as_deref().unwrap_or_else(|| arm_id::name(id)).into(),
        uri: None,
        scope: scopes.refer(&arm_id::home(&arm_id::normal(id)), estate),
        tenant: None,
        created: None,
        deleted: Some(Deletion {
            at: at(properties.deletion_date),
            purged: at(properties.scheduled_purge_date),
        }),
        access: None,
        purge_protection: Some(properties.purge_protection_enabled == Some(true)),
        soft_delete: Some(true),
        exposure: None,
        lets_trusted_services_in: false,
        enabled_for_template_deployment: false,
        tags: scopes::tags(properties.tags.as_ref()),
    }
}
