//! Every call that is ever made, and which of them a scan makes.

use std::sync::LazyLock;

use census_provider_api::{DeclaredRead, Need};

use super::{
    app_roles, applications, authorization, directory_roles, groups, hsm_roles, organization, owners,
    policies, resources, service_principals, sign_ins, subscriptions, users, vault_objects,
};
use crate::{client::Call, options::AzureOptions};

/// Every call that is ever made.
pub(crate) static CALLS: [&Call; 47] = [
    &organization::LIST_ORGANIZATION,
    &service_principals::LIST_SERVICE_PRINCIPALS,
    &service_principals::LIST_DELETED_SERVICE_PRINCIPALS,
    &applications::LIST_APPLICATIONS,
    &applications::LIST_DELETED_APPLICATIONS,
    &applications::LIST_FEDERATED_CREDENTIALS,
    &owners::LIST_SERVICE_PRINCIPAL_OWNERS,
    &owners::LIST_APPLICATION_OWNERS,
    &owners::LIST_GROUP_OWNERS,
    &owners::LIST_SPONSORS,
    &app_roles::LIST_APP_ROLE_ASSIGNMENTS,
    &app_roles::LIST_GROUP_APP_ROLE_ASSIGNMENTS,
    &app_roles::LIST_DELEGATED_GRANTS,
    &directory_roles::LIST_DIRECTORY_ROLES,
    &directory_roles::LIST_DIRECTORY_ASSIGNMENTS,
    &directory_roles::LIST_DIRECTORY_ASSIGNMENT_INSTANCES,
    &directory_roles::LIST_DIRECTORY_ELIGIBILITY_INSTANCES,
    &policies::GET_AUTHORIZATION_POLICY,
    &policies::GET_APP_MANAGEMENT_POLICY,
    &policies::LIST_CONSENT_POLICIES,
    &sign_ins::LIST_SIGN_INS,
    &groups::GET_GROUP,
    &groups::LIST_GROUP_MEMBERS,
    &groups::LIST_GROUP_ASSIGNMENT_INSTANCES,
    &groups::LIST_GROUP_ELIGIBILITY_INSTANCES,
    &users::LIST_USERS,
    &subscriptions::LIST_SUBSCRIPTIONS,
    &subscriptions::LIST_MANAGEMENT_GROUPS,
    &subscriptions::LIST_DESCENDANTS,
    &authorization::LIST_ROLE_DEFINITIONS,
    &authorization::LIST_ROLE_ASSIGNMENTS,
    &authorization::LIST_ROLE_ASSIGNMENT_INSTANCES,
    &authorization::LIST_ROLE_ELIGIBILITY_INSTANCES,
    &authorization::LIST_DENY_ASSIGNMENTS,
    &resources::LIST_RESOURCE_GROUPS,
    &resources::LIST_RESOURCES,
    &resources::LIST_USER_ASSIGNED_IDENTITIES,
    &resources::LIST_MANAGED_IDENTITY_FEDERATION,
    &resources::LIST_VAULTS,
    &resources::LIST_DELETED_VAULTS,
    &resources::LIST_MANAGED_HSMS,
    &resources::LIST_DELETED_MANAGED_HSMS,
    &vault_objects::LIST_KEYS,
    &vault_objects::LIST_SECRETS,
    &vault_objects::LIST_CERTIFICATES,
    &vault_objects::LIST_HSM_KEYS,
    &vault_objects::GET_KEY_ROTATION_POLICY,
];

/// The calls to managed HSMs.
pub(crate) static HSM_CALLS: [&Call; 2] = [&hsm_roles::LIST_HSM_ASSIGNMENTS, &hsm_roles::LIST_HSM_ROLES];

/// Every call.
pub(crate) fn calls() -> impl Iterator<Item = &'static Call> {
    CALLS.into_iter().chain(HSM_CALLS)
}

/// Every operation that is ever called.
pub(crate) static READS: LazyLock<Vec<DeclaredRead>> =
    LazyLock::new(|| calls().map(|call| call.read).collect());

/// Whether a scan with these options makes a read.
pub(crate) fn is_needed(read: &DeclaredRead, options: &AzureOptions) -> bool {
    let data_of_vaults = read.service == "keyvault" && !HSM_CALLS.iter().any(|call| call.read == *read);
    if *read == sign_ins::LIST_SIGN_INS.read {
        return options.sign_ins;
    }
    (!data_of_vaults || options.key_vaults) && (read.need != Need::Deep || options.deep)
}
