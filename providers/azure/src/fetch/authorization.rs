//! Roles of Azure Resource Manager: what they allow, who holds them, who may activate them, and what is denied.

use crate::client::{Call, version};
use crate::documents::Collection;

/// The paths of a collection of `Microsoft.Authorization`: in a subscription, at a management group, at the root.
macro_rules! at_scopes {
    ($collection:literal) => {
        &[
            concat!("/subscriptions/{}/providers/Microsoft.Authorization/", $collection),
            concat!(
                "/providers/Microsoft.Management/managementGroups/{}/providers/Microsoft.Authorization/",
                $collection
            ),
            concat!("/providers/Microsoft.Authorization/", $collection),
        ]
    };
}

/// <https://learn.microsoft.com/rest/api/authorization/role-definitions/list>
pub(super) static LIST_ROLE_DEFINITIONS: Call = Call::arm(
    "ListRoleDefinitions",
    &["Microsoft.Authorization/roleDefinitions/read"],
    "what a role allows",
    version::AUTHORIZATION,
)
.at(at_scopes!("roleDefinitions"))
.keep(&[
    "id",
    "name",
    "type",
    "properties/roleName",
    "properties/type",
    "properties/description",
    "properties/assignableScopes",
    "properties/permissions",
    "properties/createdOn",
    "properties/updatedOn",
    "properties/createdBy",
    "properties/updatedBy",
]);

/// <https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope>
pub(super) static LIST_ROLE_ASSIGNMENTS: Call = Call::arm(
    "ListRoleAssignments",
    &["Microsoft.Authorization/roleAssignments/read"],
    "who holds a role, and where",
    version::AUTHORIZATION,
)
.at(at_scopes!("roleAssignments"))
.keep(&[
    "id",
    "name",
    "type",
    "properties/roleDefinitionId",
    "properties/principalId",
    "properties/principalType",
    "properties/scope",
    "properties/condition",
    "properties/conditionVersion",
    "properties/description",
    "properties/createdOn",
    "properties/updatedOn",
    "properties/createdBy",
    "properties/updatedBy",
    "properties/delegatedManagedIdentityResourceId",
]);

const INSTANCE: &[&str] = &[
    "id",
    "name",
    "type",
    "properties/scope",
    "properties/roleDefinitionId",
    "properties/principalId",
    "properties/principalType",
    "properties/status",
    "properties/startDateTime",
    "properties/endDateTime",
    "properties/memberType",
    "properties/assignmentType",
    "properties/condition",
    "properties/conditionVersion",
    "properties/createdOn",
    "properties/originRoleAssignmentId",
    "properties/roleAssignmentScheduleId",
    "properties/roleEligibilityScheduleId",
    "properties/linkedRoleEligibilityScheduleId",
    "properties/linkedRoleEligibilityScheduleInstanceId",
];

/// <https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-instances/list-for-scope>
pub(super) static LIST_ROLE_ASSIGNMENT_INSTANCES: Call = Call::arm(
    "ListRoleAssignmentScheduleInstances",
    &["Microsoft.Authorization/roleAssignmentScheduleInstances/read"],
    "until when a role is held, and whether it was activated",
    version::SCHEDULES,
)
.at(at_scopes!("roleAssignmentScheduleInstances"))
.keep(INSTANCE);

/// <https://learn.microsoft.com/rest/api/authorization/role-eligibility-schedule-instances/list-for-scope>
pub(super) static LIST_ROLE_ELIGIBILITY_INSTANCES: Call = Call::arm(
    "ListRoleEligibilityScheduleInstances",
    &["Microsoft.Authorization/roleEligibilityScheduleInstances/read"],
    "who may activate a role",
    version::SCHEDULES,
)
.at(at_scopes!("roleEligibilityScheduleInstances"))
.keep(INSTANCE);

/// <https://learn.microsoft.com/rest/api/authorization/deny-assignments/list-for-scope>
pub(super) static LIST_DENY_ASSIGNMENTS: Call = Call::arm(
    "ListDenyAssignments",
    &["Microsoft.Authorization/denyAssignments/read"],
    "what is denied whatever roles allow",
    version::AUTHORIZATION,
)
.at(at_scopes!("denyAssignments"))
.keep(&[
    "id",
    "name",
    "type",
    "properties/denyAssignmentName",
    "properties/description",
    "properties/permissions",
    "properties/scope",
    "properties/doNotApplyToChildScopes",
    "properties/denyAssignmentEffect",
    "properties/principals/id",
    "properties/principals/type",
    "properties/excludePrincipals/id",
    "properties/excludePrincipals/type",
    "properties/isSystemProtected",
    "properties/condition",
    "properties/conditionVersion",
    "properties/createdOn",
    "properties/updatedOn",
]);

/// What is read at every scope.
pub(super) static AT_SCOPES: [(&Call, Collection); 5] = [
    (&LIST_ROLE_DEFINITIONS, Collection::AzureRoles),
    (&LIST_ROLE_ASSIGNMENTS, Collection::AzureAssignments),
    (&LIST_ROLE_ASSIGNMENT_INSTANCES, Collection::AzureAssignmentInstances),
    (&LIST_ROLE_ELIGIBILITY_INSTANCES, Collection::AzureEligibilityInstances),
    (&LIST_DENY_ASSIGNMENTS, Collection::DenyAssignments),
];
