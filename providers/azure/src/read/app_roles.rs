//! App roles: what a resource application lets its clients do by themselves.

use std::collections::{BTreeSet, HashMap};

use census_model::{Effect, EstateBuilder, Grant, PolicyId, Via};

use super::{
    files::Files,
    holders::{Holders, identity_id},
    policies,
    tenant::Tenant,
};
use crate::documents::Collection;

/// The id of the assignment that gives no role: its holder may get a token, and that is all.
const DEFAULT_ACCESS: &str = "00000000-0000-0000-0000-000000000000";

/// Adds grants of app roles.
pub(super) fn read(tenant: &Tenant, files: &Files<'_>, holders: &Holders<'_>, estate: &mut EstateBuilder) {
    // A few resources define hundreds of roles each; only of those that are assigned the roles are looked up.
    let mut roles: HashMap<String, HashMap<String, &str>> = HashMap::new();
    let mut missing = BTreeSet::new();
    for one in &files.app_role_assignments {
        let (resource, role) = (one.resource_id.lower(), one.app_role_id.lower());
        let known = roles.entry(resource.clone()).or_insert_with(|| {
            let defined = holders.principals.get(&resource).and_then(|resource| resource.app_roles.as_ref());
            let each = defined.into_iter().flatten();
            // A role without a value gives what the default gives.
            each.map(|role| (role.id.lower(), role.value.as_deref().unwrap_or_default())).collect()
        });
        let value = if role == DEFAULT_ACCESS { Some("") } else { known.get(&role).copied() };
        let policy: Option<PolicyId> = value.map(|value| estate.policy(policies::app_role(value)));
        if policy.is_none() {
            missing.extend([resource.clone(), role]);
        }
        estate.grant(Grant {
            attached_to: holders.attachment(&one.principal_id, one.principal_type.as_deref()),
            via: Via::AppRole { native_id: one.id.as_str().into(), resource: identity_id(&resource) },
            policy,
            effect: Effect::Allow,
            scope: tenant.scope.clone(),
            activation: Default::default(),
            condition: None,
        });
    }
    if !tenant.is_doubtful(Collection::ServicePrincipals) {
        let detail = "app roles are assigned that these service principals of resources do not define";
        tenant.inconsistent(Collection::ServicePrincipals, detail, &missing, estate);
    }
}
