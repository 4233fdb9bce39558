//! Applications that are registered in the tenant, and who may sign in as them from elsewhere.

use crate::client::Call;

/// Credentials are metadata, as with service principals.
pub(super) const KEEP: &[&str] = &[
    "@odata.type",
    "id",
    "appId",
    "displayName",
    "description",
    "notes",
    "createdDateTime",
    "deletedDateTime",
    "createdByAppId",
    "isDisabled",
    "disabledByMicrosoftStatus",
    "publisherDomain",
    "signInAudience",
    "identifierUris",
    "tags",
    "uniqueName",
    "serviceManagementReference",
    "applicationTemplateId",
    "groupMembershipClaims",
    "isFallbackPublicClient",
    "isDeviceOnlyAuthSupported",
    "tokenEncryptionKeyId",
    "managerApplications",
    "verifiedPublisher/displayName",
    "verifiedPublisher/verifiedPublisherId",
    "verifiedPublisher/addedDateTime",
    "servicePrincipalLockConfiguration/isEnabled",
    "servicePrincipalLockConfiguration/allProperties",
    "servicePrincipalLockConfiguration/credentialsWithUsageSign",
    "servicePrincipalLockConfiguration/credentialsWithUsageVerify",
    "servicePrincipalLockConfiguration/identifierUris",
    "servicePrincipalLockConfiguration/tokenEncryptionKeyId",
    "keyCredentials/keyId",
    "keyCredentials/displayName",
    "keyCredentials/customKeyIdentifier",
    "keyCredentials/startDateTime",
    "keyCredentials/endDateTime",
    "keyCredentials/type",
    "keyCredentials/usage",
    "passwordCredentials/keyId",
    "passwordCredentials/displayName",
    "passwordCredentials/startDateTime",
    "passwordCredentials/endDateTime",
    "requiredResourceAccess/resourceAppId",
    "requiredResourceAccess/resourceAccess/id",
    "requiredResourceAccess/resourceAccess/type",
    "appRoles/id",
    "appRoles/value",
    "appRoles/displayName",
    "appRoles/isEnabled",
    "appRoles/allowedMemberTypes",
    "api/preAuthorizedApplications/appId",
    "api/preAuthorizedApplications/delegatedPermissionIds",
    "api/knownClientApplications",
    "web/redirectUris",
    "web/homePageUrl",
    "web/implicitGrantSettings/enableAccessTokenIssuance",
    "web/implicitGrantSettings/enableIdTokenIssuance",
    "spa/redirectUris",
    "publicClient/redirectUris",
    "info/supportUrl",
];

/// <https://learn.microsoft.com/graph/api/application-list>
pub(super) static LIST_APPLICATIONS: Call = Call::graph(
    "ListApplications",
    &["Application.Read.All"],
    "which credentials an application lends to its service principal",
)
.at(&["/v1.0/applications"])
.query("$top=999")
.keep(KEEP);

/// <https://learn.microsoft.com/graph/api/directory-deleteditems-list>
pub(super) static LIST_DELETED_APPLICATIONS: Call = Call::graph(
    "ListDeletedApplications",
    &["Application.Read.All"],
    "applications that whoever may restore them gets back, with their credentials",
)
.part("deletedItems")
.at(&["/v1.0/directory/deletedItems/microsoft.graph.application"])
.keep(KEEP);

/// <https://learn.microsoft.com/graph/api/application-list-federatedidentitycredentials>
pub(super) static LIST_FEDERATED_CREDENTIALS: Call = Call::graph(
    "ListFederatedIdentityCredentials",
    &["Application.Read.All"],
    "which workloads of other clouds and systems may sign in as an application",
)
.part("federatedIdentityCredentials")
.at(&["/v1.0/applications/{}/federatedIdentityCredentials"])
.keep(&["id", "name", "issuer", "subject", "audiences", "description", "claimsMatchingExpression"]);
