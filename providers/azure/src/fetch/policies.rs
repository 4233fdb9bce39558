//! The tenant's own rules: what every user may do, which credentials applications may have, and who may consent to what.

use crate::client::Call;

/// <https://learn.microsoft.com/graph/api/authorizationpolicy-get>
pub(super) static GET_AUTHORIZATION_POLICY: Call = Call::graph(
    "GetAuthorizationPolicy",
    &["Policy.Read.All"],
    "whether every user may register applications and consent",
)
.at(&["/v1.0/policies/authorizationPolicy"])
.one()
.keep(&[
    "id",
    "displayName",
    "allowInvitesFrom",
    "allowUserConsentForRiskyApps",
    "blockMsolPowerShell",
    "guestUserRoleId",
    "defaultUserRolePermissions/allowedToCreateApps",
    "defaultUserRolePermissions/allowedToCreateSecurityGroups",
    "defaultUserRolePermissions/allowedToCreateTenants",
    "defaultUserRolePermissions/allowedToReadOtherUsers",
    "defaultUserRolePermissions/permissionGrantPoliciesAssigned",
]);

/// <https://learn.microsoft.com/graph/api/tenantappmanagementpolicy-get>
pub(super) static GET_APP_MANAGEMENT_POLICY: Call = Call::graph(
    "GetDefaultAppManagementPolicy",
    &["Policy.Read.All"],
    "which credentials applications may have, and for how long",
)
.at(&["/v1.0/policies/defaultAppManagementPolicy"])
.one()
.keep(&["id", "displayName", "isEnabled", "applicationRestrictions", "servicePrincipalRestrictions"]);

/// <https://learn.microsoft.com/graph/api/policyroot-list-permissiongrantpolicies>
pub(super) static LIST_CONSENT_POLICIES: Call = Call::graph(
    "ListPermissionGrantPolicies",
    &["Policy.Read.PermissionGrant"],
    "to which permissions users and roles may consent",
)
.at(&["/v1.0/policies/permissionGrantPolicies"])
.keep(&["id", "displayName", "description", "deletedDateTime", "includes", "excludes"]);
