//! Access policies of key vaults, of those vaults that go by them.

use std::collections::BTreeSet;

use census_model::{AccessModel, Effect, EstateBuilder, GapReason, Grant, Via};

use super::{
    arm_id,
    files::Files,
    holders::Holders,
    policies,
    scopes::Scopes,
    tenant::Tenant,
    vaults::{access_model, tenant_of, tenant_scope, vault_id},
};
use crate::documents::{Collection, value::Str};

/// Adds grants by access policies. A vault that goes by role assignments ignores what policies it has.
pub(super) fn read(
    tenant: &Tenant,
    files: &Files<'_>,
    holders: &Holders<'_>,
    scopes: &mut Scopes<'_>,
    estate: &mut EstateBuilder,
) {
    let (mut foreign, mut nobody) = (BTreeSet::new(), BTreeSet::new());
    for vault in
        files.vaults.iter().filter(|one| access_model(&one.properties) == AccessModel::AccessPolicies)
    {
        for one in vault.properties.access_policies.iter().flatten() {
            if one.object_id.trim().is_empty() {
                nobody.insert(arm_id::normal(&vault.id));
                continue;
            }
            if one.tenant_id.as_ref().is_some_and(|id| !id.eq_ignore_ascii_case(&tenant.id)) {
                foreign.insert(one.object_id.lower());
            }
            let bound = tenant_of(&vault.properties).unwrap_or_else(|| tenant.scope.clone());
            let named = one.tenant_id.as_ref().map(|id| tenant_scope(id));
            let scope = scopes.refer(&arm_id::home(&arm_id::normal(&vault.id)), estate);
            let policy = estate.policy(policies::access(one.permissions.as_ref()));
            estate.grant(Grant {
                attached_to: holders.attachment(&one.object_id, None),
                via: Via::AccessPolicy {
                    vault: vault_id(&vault.id),
                    application: one
                        .application_id
                        .as_ref()
                        .filter(|id| !id.is_empty())
                        .map(|id| Str::lower(id).into()),
                    tenant: named.filter(|named| *named != bound),
                },
                policy: Some(policy),
                effect: Effect::Allow,
                scope,
                activation: Default::default(),
                condition: None,
            });
        }
    }
    if !nobody.is_empty() {
        let detail = "these vaults have access policies that name nobody: their objectId is blank";
        tenant.note(Collection::Vaults, GapReason::Invalid, detail, nobody, estate);
    }
    if !foreign.is_empty() {
        let detail = "access policies name these principals of another tenant, which was not asked for";
        tenant.note(Collection::ServicePrincipals, GapReason::NotRequested, detail, foreign, estate);
    }
}
