//! Resource groups, resources, managed identities and vaults of a subscription.

use crate::client::{Call, version};
use crate::documents::Collection;

/// <https://learn.microsoft.com/rest/api/resources/resource-groups/list>
pub(super) static LIST_RESOURCE_GROUPS: Call = Call::arm(
    "ListResourceGroups",
    &["Microsoft.Resources/subscriptions/resourceGroups/read"],
    "where resources lie, and the tags that name their owners",
    version::RESOURCES,
)
.at(&["/subscriptions/{}/resourcegroups"])
.keep(&["id", "name", "type", "location", "managedBy", "tags"]);

/// Of a resource's properties the API gives none, and none would be kept: they hold settings and secrets.
/// <https://learn.microsoft.com/rest/api/resources/resources/list>
pub(super) static LIST_RESOURCES: Call = Call::arm(
    "ListResources",
    &["Microsoft.Resources/subscriptions/resources/read"],
    "which resources run as which managed identities",
    version::RESOURCES,
)
.at(&["/subscriptions/{}/resources"])
.query("$expand=createdTime")
.keep(&[
    "id",
    "name",
    "type",
    "kind",
    "location",
    "managedBy",
    "tags",
    "createdTime",
    "identity/type",
    "identity/principalId",
    "identity/tenantId",
    "identity/userAssignedIdentities/*/principalId",
    "identity/userAssignedIdentities/*/clientId",
]);

/// <https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/list-by-subscription>
pub(super) static LIST_USER_ASSIGNED_IDENTITIES: Call = Call::arm(
    "ListUserAssignedIdentities",
    &["Microsoft.ManagedIdentity/userAssignedIdentities/read"],
    "which managed identities are resources of their own",
    version::MANAGED_IDENTITY,
)
.at(&["/subscriptions/{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"])
.keep(&[
    "id",
    "name",
    "type",
    "location",
    "tags",
    "properties/tenantId",
    "properties/principalId",
    "properties/clientId",
    "properties/isolationScope",
]);

/// <https://learn.microsoft.com/rest/api/managedidentity/federated-identity-credentials/list>
pub(super) static LIST_MANAGED_IDENTITY_FEDERATION: Call = Call::arm(
    "ListManagedIdentityFederatedCredentials",
    &["Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read"],
    "which workloads of other clouds and systems may sign in as a managed identity",
    version::MANAGED_IDENTITY,
)
.at(&[
    "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{}/federatedIdentityCredentials",
])
.keep(&[
    "id",
    "name",
    "type",
    "properties/issuer",
    "properties/subject",
    "properties/audiences",
    "properties/claimsMatchingExpression",
]);

const VAULT: &[&str] = &[
    "id",
    "name",
    "type",
    "location",
    "tags",
    "sku/name",
    "sku/family",
    "identity/type",
    "identity/userAssignedIdentities/*/principalId",
    "identity/userAssignedIdentities/*/clientId",
    "properties/tenantId",
    "properties/sku/name",
    "properties/sku/family",
    "properties/accessPolicies/tenantId",
    "properties/accessPolicies/objectId",
    "properties/accessPolicies/applicationId",
    "properties/accessPolicies/permissions",
    "properties/vaultUri",
    "properties/hsmUri",
    "properties/initialAdminObjectIds",
    "properties/enabledForDeployment",
    "properties/enabledForDiskEncryption",
    "properties/enabledForTemplateDeployment",
    "properties/enableSoftDelete",
    "properties/softDeleteRetentionInDays",
    // `null` and `false` mean the same, and absence nearly so; what was sent is kept as it was.
    "properties/enableRbacAuthorization?",
    "properties/enablePurgeProtection",
    "properties/publicNetworkAccess",
    "properties/networkAcls",
    "properties/provisioningState",
    "properties/securityDomainProperties/activationStatus",
    "properties/scheduledPurgeDate",
    "systemData/createdAt",
    "systemData/createdBy",
    "systemData/createdByType",
];

const DELETED: &[&str] = &[
    "id",
    "name",
    "type",
    "properties/vaultId",
    "properties/mhsmId",
    "properties/location",
    "properties/deletionDate",
    "properties/scheduledPurgeDate",
    "properties/purgeProtectionEnabled",
    "properties/tags",
];

/// <https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-by-subscription>
pub(super) static LIST_VAULTS: Call = Call::arm(
    "ListVaults",
    &["Microsoft.KeyVault/vaults/read"],
    "which vaults there are, and whom their access policies let in",
    version::KEY_VAULT,
)
.at(&["/subscriptions/{}/providers/Microsoft.KeyVault/vaults"])
.keep(VAULT);

/// <https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-deleted>
pub(super) static LIST_DELETED_VAULTS: Call = Call::arm(
    "ListDeletedVaults",
    &["Microsoft.KeyVault/deletedVaults/read"],
    "vaults that whoever may recover them gets back, with all that is in them",
    version::KEY_VAULT,
)
.at(&["/subscriptions/{}/providers/Microsoft.KeyVault/deletedVaults"])
.keep(DELETED);

/// <https://learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms/list-by-subscription>
pub(super) static LIST_MANAGED_HSMS: Call = Call::arm(
    "ListManagedHsms",
    &["Microsoft.KeyVault/managedHSMs/read"],
    "which managed HSMs there are",
    version::KEY_VAULT,
)
.at(&["/subscriptions/{}/providers/Microsoft.KeyVault/managedHSMs"])
.keep(VAULT);

/// <https://learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms/list-deleted>
pub(super) static LIST_DELETED_MANAGED_HSMS: Call = Call::arm(
    "ListDeletedManagedHsms",
    &["Microsoft.KeyVault/deletedManagedHsms/read"],
    "managed HSMs that whoever may recover them gets back",
    version::KEY_VAULT,
)
.at(&["/subscriptions/{}/providers/Microsoft.KeyVault/deletedManagedHSMs"])
.keep(DELETED);

/// What is read of every subscription, beside its roles.
pub(super) static IN_SUBSCRIPTIONS: [(&Call, Collection); 7] = [
    (&LIST_RESOURCE_GROUPS, Collection::ResourceGroups),
    (&LIST_RESOURCES, Collection::Resources),
    (&LIST_USER_ASSIGNED_IDENTITIES, Collection::UserAssignedIdentities),
    (&LIST_VAULTS, Collection::Vaults),
    (&LIST_DELETED_VAULTS, Collection::DeletedVaults),
    (&LIST_MANAGED_HSMS, Collection::ManagedHsms),
    (&LIST_DELETED_MANAGED_HSMS, Collection::DeletedManagedHsms),
];
