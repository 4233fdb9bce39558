//! Service principals of every kind: applications, managed identities, agent identities.

use crate::client::Call;

/// Credentials are metadata: when they began and end, and by what they are known. Never a hint, a secret or a key.
pub(super) const KEEP: &[&str] = &[
    "@odata.type",
    "id",
    "appId",
    "displayName",
    "appDisplayName",
    "appDescription",
    "description",
    "notes",
    "accountEnabled",
    "isDisabled",
    "disabledByMicrosoftStatus",
    "servicePrincipalType",
    "createdDateTime",
    "deletedDateTime",
    "appOwnerOrganizationId",
    "createdByAppId",
    "agentIdentityBlueprintId",
    "alternativeNames",
    "servicePrincipalNames",
    "tags",
    "signInAudience",
    "homepage",
    "replyUrls",
    "applicationTemplateId",
    "appRoleAssignmentRequired",
    "preferredSingleSignOnMode",
    "preferredTokenSigningKeyThumbprint",
    "notificationEmailAddresses",
    "tokenEncryptionKeyId",
    "verifiedPublisher/displayName",
    "verifiedPublisher/verifiedPublisherId",
    "verifiedPublisher/addedDateTime",
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
    "appRoles/id",
    "appRoles/value",
    "appRoles/displayName",
    "appRoles/isEnabled",
    "appRoles/allowedMemberTypes",
    "appRoles/origin",
    "oauth2PermissionScopes/id",
    "oauth2PermissionScopes/value",
    "oauth2PermissionScopes/type",
    "oauth2PermissionScopes/isEnabled",
];

/// Without `$select`: that would leave out what only agent identities have, and Graph knows no type for
/// `createdDateTime` here though it sends it.
/// <https://learn.microsoft.com/graph/api/serviceprincipal-list>
pub(super) static LIST_SERVICE_PRINCIPALS: Call = Call::graph(
    "ListServicePrincipals",
    &["Application.Read.All"],
    "every non-human identity of the tenant, with the dates of its credentials",
)
.at(&["/v1.0/servicePrincipals"])
.query("$top=999")
.keep(KEEP);

/// <https://learn.microsoft.com/graph/api/directory-deleteditems-list>
pub(super) static LIST_DELETED_SERVICE_PRINCIPALS: Call = Call::graph(
    "ListDeletedServicePrincipals",
    &["Application.Read.All"],
    "service principals that whoever may restore them gets back, with their grants",
)
.part("deletedItems")
.at(&["/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal"])
.keep(KEEP);
