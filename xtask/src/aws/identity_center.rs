//! Permission sets of IAM Identity Center in an account, as `identity-center.json` lists them.

use serde::Serialize;

/// A permission set that is provisioned in an account.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PermissionSet {
    pub(crate) permission_set_arn: String,
    pub(crate) name: &'static str,
    pub(crate) account_assignments: Vec<Assignment>,
}

/// To whom it is assigned there.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Assignment {
    pub(crate) principal_type: &'static str,
    pub(crate) principal_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display_name: Option<&'static str>,
}
