//! People, groups and policies of the directory, as Microsoft Graph returns them.

use serde::Deserialize;

use super::value::{Id, Str, Time};

/// <https://learn.microsoft.com/graph/api/resources/user>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    #[serde(rename = "@odata.type")]
    pub(crate) odata_type: Option<Str<'a>>,
    pub(crate) display_name: Option<Str<'a>>,
    pub(crate) user_principal_name: Option<Str<'a>>,
    pub(crate) mail: Option<Str<'a>>,
    pub(crate) user_type: Option<Str<'a>>,
    pub(crate) account_enabled: Option<bool>,
    pub(crate) employee_leave_date_time: Option<Time>,
    pub(crate) created_date_time: Option<Time>,
    pub(crate) deleted_date_time: Option<Time>,
}

/// <https://learn.microsoft.com/graph/api/resources/group>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Group<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) display_name: Option<Str<'a>>,
    pub(crate) is_assignable_to_role: Option<bool>,
    pub(crate) group_types: Option<Vec<Str<'a>>>,
    pub(crate) membership_rule: Option<Str<'a>>,
    pub(crate) mail_enabled: Option<bool>,
    pub(crate) on_premises_sync_enabled: Option<bool>,
    pub(crate) created_date_time: Option<Time>,
}

/// A membership or ownership that Privileged Identity Management keeps:
/// <https://learn.microsoft.com/graph/api/resources/privilegedaccessgroupassignmentscheduleinstance>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupInstance<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) group_id: Id<'a>,
    pub(crate) principal_id: Id<'a>,
    pub(crate) access_id: Option<Str<'a>>,
    pub(crate) start_date_time: Option<Time>,
    pub(crate) end_date_time: Option<Time>,
}

/// <https://learn.microsoft.com/graph/api/resources/authorizationpolicy>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizationPolicy<'a> {
    #[serde(borrow)]
    pub(crate) default_user_role_permissions: Option<UserPermissions<'a>>,
}

/// <https://learn.microsoft.com/graph/api/resources/defaultuserrolepermissions>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserPermissions<'a> {
    pub(crate) allowed_to_create_apps: Option<bool>,
    #[serde(borrow)]
    pub(crate) permission_grant_policies_assigned: Option<Vec<Str<'a>>>,
}

/// <https://learn.microsoft.com/graph/api/resources/tenantappmanagementpolicy>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppManagementPolicy<'a> {
    pub(crate) is_enabled: Option<bool>,
    #[serde(borrow)]
    pub(crate) application_restrictions: Option<Restrictions<'a>>,
}

/// <https://learn.microsoft.com/graph/api/resources/appmanagementconfiguration>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Restrictions<'a> {
    #[serde(borrow)]
    pub(crate) password_credentials: Option<Vec<PasswordRestriction<'a>>>,
}

/// <https://learn.microsoft.com/graph/api/resources/passwordcredentialconfiguration>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordRestriction<'a> {
    #[serde(borrow)]
    pub(crate) restriction_type: Option<Str<'a>>,
    pub(crate) state: Option<Str<'a>>,
    pub(crate) max_lifetime: Option<Str<'a>>,
    pub(crate) restrict_for_apps_created_after_date_time: Option<Time>,
}
