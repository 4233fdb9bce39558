//! Roles, of the directory and of Azure Resource Manager, and who holds them.

use serde::Deserialize;

use super::value::{Id, Str, Time};

/// <https://learn.microsoft.com/graph/api/resources/unifiedroledefinition>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DirectoryRole<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) display_name: Option<Str<'a>>,
    pub(crate) template_id: Option<Str<'a>>,
    pub(crate) role_permissions: Option<Vec<DirectoryPermission<'a>>>,
}

/// <https://learn.microsoft.com/graph/api/resources/unifiedrolepermission>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DirectoryPermission<'a> {
    #[serde(borrow)]
    pub(crate) allowed_resource_actions: Option<Vec<Str<'a>>>,
    pub(crate) condition: Option<Str<'a>>,
}

/// <https://learn.microsoft.com/graph/api/resources/unifiedroleassignment>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DirectoryAssignment<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) principal_id: Id<'a>,
    pub(crate) role_definition_id: Id<'a>,
    pub(crate) directory_scope_id: Option<Str<'a>>,
    pub(crate) app_scope_id: Option<Str<'a>>,
}

/// <https://learn.microsoft.com/graph/api/resources/unifiedroleassignmentscheduleinstance>,
/// <https://learn.microsoft.com/graph/api/resources/unifiedroleeligibilityscheduleinstance>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DirectoryInstance<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) principal_id: Id<'a>,
    pub(crate) role_definition_id: Id<'a>,
    pub(crate) directory_scope_id: Option<Str<'a>>,
    pub(crate) app_scope_id: Option<Str<'a>>,
    pub(crate) member_type: Option<Str<'a>>,
    pub(crate) role_assignment_origin_id: Option<Str<'a>>,
    pub(crate) start_date_time: Option<Time>,
    pub(crate) end_date_time: Option<Time>,
}

/// An object of Azure Resource Manager: what it is stands in its properties.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Object<'a, T> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) properties: T,
}

/// <https://learn.microsoft.com/rest/api/authorization/role-definitions/list>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AzureRole<'a> {
    #[serde(borrow)]
    pub(crate) role_name: Option<Str<'a>>,
    pub(crate) permissions: Option<Vec<AzurePermission<'a>>>,
}

/// <https://learn.microsoft.com/rest/api/authorization/role-definitions/list#permission>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AzurePermission<'a> {
    #[serde(borrow)]
    pub(crate) actions: Option<Vec<Str<'a>>>,
    pub(crate) not_actions: Option<Vec<Str<'a>>>,
    pub(crate) data_actions: Option<Vec<Str<'a>>>,
    pub(crate) not_data_actions: Option<Vec<Str<'a>>>,
    pub(crate) condition: Option<Str<'a>>,
    pub(crate) condition_version: Option<Str<'a>>,
}

/// <https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-subscription>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AzureAssignment<'a> {
    #[serde(borrow)]
    pub(crate) scope: Option<Str<'a>>,
    pub(crate) role_definition_id: Id<'a>,
    pub(crate) principal_id: Id<'a>,
    pub(crate) principal_type: Option<Str<'a>>,
    pub(crate) condition: Option<Str<'a>>,
}

/// <https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-instances/list-for-scope>,
/// <https://learn.microsoft.com/rest/api/authorization/role-eligibility-schedule-instances/list-for-scope>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AzureInstance<'a> {
    #[serde(borrow)]
    pub(crate) scope: Option<Str<'a>>,
    pub(crate) role_definition_id: Id<'a>,
    pub(crate) principal_id: Id<'a>,
    pub(crate) principal_type: Option<Str<'a>>,
    pub(crate) member_type: Option<Str<'a>>,
    pub(crate) origin_role_assignment_id: Option<Str<'a>>,
    pub(crate) start_date_time: Option<Time>,
    pub(crate) end_date_time: Option<Time>,
    pub(crate) condition: Option<Str<'a>>,
}

/// <https://learn.microsoft.com/rest/api/authorization/deny-assignments/list>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DenyAssignment<'a> {
    #[serde(borrow)]
    pub(crate) deny_assignment_name: Option<Str<'a>>,
    pub(crate) deny_assignment_effect: Option<Str<'a>>,
    pub(crate) scope: Option<Str<'a>>,
    pub(crate) permissions: Option<Vec<AzurePermission<'a>>>,
    pub(crate) principals: Option<Vec<DenyPrincipal<'a>>>,
    pub(crate) exclude_principals: Option<Vec<DenyPrincipal<'a>>>,
    pub(crate) do_not_apply_to_child_scopes: Option<bool>,
    pub(crate) condition: Option<Str<'a>>,
}

/// Whom a deny assignment names. Everybody is the id of zeros.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct DenyPrincipal<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<Str<'a>>,
}

/// The local role assignments of a managed HSM:
/// <https://learn.microsoft.com/rest/api/keyvault/keyvault/role-assignments/list-for-scope>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HsmAssignments<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) role_assignments: Option<Vec<Object<'a, AzureAssignment<'a>>>>,
}

/// The local roles of a managed HSM:
/// <https://learn.microsoft.com/rest/api/keyvault/keyvault/role-definitions/list>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HsmRoles<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) role_definitions: Option<Vec<Object<'a, AzureRole<'a>>>>,
}
