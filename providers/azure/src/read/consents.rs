//! Delegated permissions: what a client may do to a resource on behalf of users, by their or an administrator's consent.

use census_model::{Attachment, Effect, EstateBuilder, Grant, Via};

use super::{files::Files, holders::identity_id, policies, tenant::Tenant};

/// Adds delegated permissions.
pub(super) fn read(tenant: &Tenant, files: &Files<'_>, estate: &mut EstateBuilder) {
    for one in &files.delegated_grants {
        let policy = estate.policy(policies::scopes(one.scope.as_ref()));
        estate.grant(Grant {
            attached_to: Attachment::Identity(identity_id(&one.client_id)),
            via: Via::DelegatedPermission {
                native_id: one.id.as_str().into(),
                resource: identity_id(&one.resource_id),
                user: one.principal_id.as_ref().filter(|id| !id.is_empty()).map(|id| identity_id(id)),
            },
            policy: Some(policy),
            effect: Effect::Allow,
            scope: tenant.scope.clone(),
            activation: Default::default(),
            condition: None,
        });
    }
}
