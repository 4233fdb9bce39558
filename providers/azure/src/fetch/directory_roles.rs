//! Roles of Entra ID: what they allow, who holds them, and who may activate them.

use crate::client::Call;

const ROLES: &[&str] = &["RoleManagement.Read.Directory"];

/// <https://learn.microsoft.com/graph/api/rbacapplication-list-roledefinitions>
pub(super) static LIST_DIRECTORY_ROLES: Call =
    Call::graph("ListDirectoryRoleDefinitions", ROLES, "what a directory role allows")
        .at(&["/v1.0/roleManagement/directory/roleDefinitions"])
        .keep(&[
            "id",
            "displayName",
            "description",
            "isBuiltIn",
            "isEnabled",
            "isPrivileged",
            "templateId",
            "version",
            "resourceScopes",
            "rolePermissions/allowedResourceActions",
            "rolePermissions/excludedResourceActions",
            "rolePermissions/condition",
            "inheritsPermissionsFrom/id",
        ]);

/// <https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments>
pub(super) static LIST_DIRECTORY_ASSIGNMENTS: Call =
    Call::graph("ListDirectoryRoleAssignments", ROLES, "who holds a directory role, and where")
        .at(&["/v1.0/roleManagement/directory/roleAssignments"])
        .keep(&[
            "id",
            "principalId",
            "principalOrganizationId",
            "roleDefinitionId",
            "directoryScopeId",
            "appScopeId",
            "condition",
        ]);

const INSTANCE: &[&str] = &[
    "id",
    "principalId",
    "roleDefinitionId",
    "directoryScopeId",
    "appScopeId",
    "startDateTime",
    "endDateTime",
    "memberType",
    "assignmentType",
    "roleAssignmentOriginId",
    "roleAssignmentScheduleId",
    "roleEligibilityScheduleId",
];

/// <https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignmentscheduleinstances>
pub(super) static LIST_DIRECTORY_ASSIGNMENT_INSTANCES: Call = Call::graph(
    "ListDirectoryRoleAssignmentScheduleInstances",
    ROLES,
    "until when a directory role is held, and whether it was activated",
)
.at(&["/v1.0/roleManagement/directory/roleAssignmentScheduleInstances"])
.keep(INSTANCE);

/// <https://learn.microsoft.com/graph/api/rbacapplication-list-roleeligibilityscheduleinstances>
pub(super) static LIST_DIRECTORY_ELIGIBILITY_INSTANCES: Call =
    Call::graph("ListDirectoryRoleEligibilityScheduleInstances", ROLES, "who may activate a directory role")
        .at(&["/v1.0/roleManagement/directory/roleEligibilityScheduleInstances"])
        .keep(INSTANCE);
