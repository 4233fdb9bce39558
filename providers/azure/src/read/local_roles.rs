//! Roles that managed HSMs keep themselves.
//! <https://learn.microsoft.com/azure/key-vault/managed-hsm/access-control>

use std::collections::{BTreeSet, HashMap, HashSet};

use census_model::{Effect, EstateBuilder, Grant, Via};

use super::{
    arm_id, files::Files, holders::Holders, policies, roles::AzureRoles, scopes::Scopes, tenant::Tenant,
    vaults::vault_id,
};
use crate::documents::Collection;

/// Adds grants of local roles.
pub(super) fn read(
    tenant: &Tenant,
    files: &Files<'_>,
    holders: &Holders<'_>,
    scopes: &mut Scopes<'_>,
    estate: &mut EstateBuilder,
) {
    let defined: HashMap<String, _> = files
        .hsm_roles
        .iter()
        .map(|one| (arm_id::normal(&one.id), one.role_definitions.as_deref()))
        .collect();
    let mut missing = BTreeSet::new();
    for hsm in &files.hsm_assignments {
        let id = arm_id::normal(&hsm.id);
        let mut roles = AzureRoles::of(defined.get(&id).copied().flatten().unwrap_or_default());
        for one in hsm.role_assignments.iter().flatten() {
            let properties = &one.properties;
            let role = roles.role(&properties.role_definition_id, estate);
            let local_scope = properties.scope.as_deref().filter(|scope| !scope.is_empty()).unwrap_or("/");
            let scope = scopes.refer(&arm_id::home(&id), estate);
            estate.grant(Grant {
                attached_to: holders
                    .attachment(&properties.principal_id, properties.principal_type.as_deref()),
                via: Via::LocalRole {
                    vault: vault_id(&hsm.id),
                    native_id: one.id.as_str().into(),
                    name: role.name,
                    local_scope: local_scope.into(),
                },
                policy: role.policy,
                effect: Effect::Allow,
                scope,
                activation: Default::default(),
                condition: policies::condition(properties.condition.as_ref()),
            });
        }
        missing.extend(roles.missing);
    }
    if !tenant.is_doubtful(Collection::HsmRoles) {
        let detail = "local roles that are held are not among the role definitions of their managed HSM";
        tenant.inconsistent(Collection::HsmRoles, detail, &missing, estate);
    }
    if tenant.open(Collection::HsmAssignments).is_none() {
        let told: HashSet<String> = files.hsm_assignments.iter().map(|one| arm_id::normal(&one.id)).collect();
        let untold = files.hsms.iter().filter(|one| !told.contains(&arm_id::normal(&one.id)));
        let detail = "the local roles of these managed HSMs are not in the documents";
        let untold = untold.map(|one| one.id.as_str().to_owned());
        tenant.not_provided(Collection::HsmAssignments.read(), detail, untold, estate);
    }
}
