//! The roles that a managed HSM keeps itself, apart from Azure's.

use census_model::Text;

use super::{
    tenant::{Tenant, related},
    vault_objects::vaults,
};
use crate::{
    client::{Call, Plane},
    documents::Collection,
};

/// <https://learn.microsoft.com/rest/api/keyvault/managedhsm-rbac/role-assignments/list-for-scope>
pub(super) static LIST_HSM_ASSIGNMENTS: Call = Call::data(
    Plane::Hsm,
    "ListManagedHsmRoleAssignments",
    &["Microsoft.KeyVault/managedHsm/roleAssignments/read/action"],
    "who holds a role of a managed HSM",
)
.at(&["/providers/Microsoft.Authorization/roleAssignments"])
.keep(&["id", "name", "type", "properties/principalId", "properties/roleDefinitionId", "properties/scope"]);

/// <https://learn.microsoft.com/rest/api/keyvault/managedhsm-rbac/role-definitions/list>
pub(super) static LIST_HSM_ROLES: Call = Call::data(
    Plane::Hsm,
    "ListManagedHsmRoleDefinitions",
    &["Microsoft.KeyVault/managedHsm/roleDefinitions/read/action"],
    "what a role of a managed HSM allows",
)
.at(&["/providers/Microsoft.Authorization/roleDefinitions"])
.keep(&[
    "id",
    "name",
    "type",
    "properties/roleName",
    "properties/type",
    "properties/description",
    "properties/permissions",
    "properties/assignableScopes",
]);

/// Reads the local roles of every HSM.
pub(super) async fn read(tenant: &mut Tenant<'_>) {
    let hsms = vaults(tenant.items(Collection::ManagedHsms));
    for (call, collection, name) in [
        (&LIST_HSM_ASSIGNMENTS, Collection::HsmAssignments, "roleAssignments"),
        (&LIST_HSM_ROLES, Collection::HsmRoles, "roleDefinitions"),
    ] {
        let mut failures: Vec<(Text, _)> = Vec::new();
        for hsm in &hsms {
            let url = tenant.api.vault_url(Plane::Hsm, &hsm.uri, &call.target(0, &[]));
            let result = match url {
                Ok(url) => tenant.api.list(call, &url).await,
                Err(failure) => Err(failure),
            };
            match result {
                Ok(listed) => {
                    tenant.add(collection, vec![related(&hsm.id, name, listed.items)]);
                    failures.extend(listed.cut.map(|cut| (hsm.id.as_str().into(), cut)));
                }
                Err(failure) => failures.push((hsm.id.as_str().into(), failure)),
            }
        }
        tenant.failed(collection, &call.read, failures);
    }
}
