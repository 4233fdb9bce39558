//! Permissions that APIs and applications give: app roles, and delegated permissions that were consented to.

use crate::client::Call;

const KEEP: &[&str] = &[
    "id",
    "appRoleId",
    "createdDateTime",
    "deletedDateTime",
    "principalId",
    "principalType",
    "principalDisplayName",
    "resourceId",
    "resourceDisplayName",
];

/// <https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments>
pub(super) static LIST_APP_ROLE_ASSIGNMENTS: Call = Call::graph(
    "ListAppRoleAssignments",
    &["Application.Read.All"],
    "which application permissions a service principal holds",
)
.part("appRoleAssignments")
.at(&["/v1.0/servicePrincipals/{}/appRoleAssignments"])
.query("$top=999")
.keep(KEEP);

/// <https://learn.microsoft.com/graph/api/group-list-approleassignments>
pub(super) static LIST_GROUP_APP_ROLE_ASSIGNMENTS: Call = Call::graph(
    "ListGroupAppRoleAssignments",
    &["Directory.Read.All"],
    "which app roles the members of a group hold through it",
)
.part("appRoleAssignments")
.at(&["/v1.0/groups/{}/appRoleAssignments"])
.query("$top=999")
.keep(KEEP);

/// <https://learn.microsoft.com/graph/api/oauth2permissiongrant-list>
pub(super) static LIST_DELEGATED_GRANTS: Call = Call::graph(
    "ListOAuth2PermissionGrants",
    &["Directory.Read.All"],
    "what an application may do in the name of a person, or of every person",
)
.part("oauth2PermissionGrants")
.at(&["/v1.0/oauth2PermissionGrants"])
.query("$top=999")
.keep(&["id", "clientId", "consentType", "principalId", "resourceId", "scope", "startTime", "expiryTime"]);
