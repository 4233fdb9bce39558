//! `identity-center.json`: the permission sets of IAM Identity Center that are provisioned in an account.

use serde::{Deserialize, Serialize};

use super::{Item, Str};

/// The path below which IAM Identity Center keeps its roles.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
pub(crate) const RESERVED_PATH: &str = "/aws-reserved/sso.amazonaws.com/";

/// A permission set, and to whom it is assigned in the account. The file lists all that are provisioned there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PermissionSet<'a> {
    /// Its ARN.
    #[serde(borrow)]
    pub permission_set_arn: Str<'a>,
    /// Its name; absent where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Str<'a>>,
    /// To whom it is assigned; absent where that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_assignments: Option<Vec<AccountAssignment<'a>>>,
}

/// An assignment of a permission set in the account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountAssignment<'a> {
    /// To what.
    pub principal_type: PrincipalType,
    /// The id in the identity store.
    #[serde(borrow)]
    pub principal_id: Str<'a>,
    /// The account, which is the folder's; a fetch leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<Str<'a>>,
    /// The display name of a group; absent where it was not read, and for users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<Str<'a>>,
}

/// What a permission set is assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PrincipalType {
    /// A group of the identity store.
    Group,
    /// A user of it.
    User,
}

impl Item for PermissionSet<'_> {
    const KEY: &'static str = "PermissionSets";
}

/// The name of the permission set that a role is kept for: `ReadOnly` of `AWSReservedSSO_ReadOnly_0123456789abcdef`.
pub(crate) fn permission_set_of(role_name: &str) -> Option<&str> {
    let (name, suffix) = role_name.strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?;
    let is_suffix = !suffix.is_empty() && suffix.bytes().all(|b| b.is_ascii_hexdigit());
    (is_suffix && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_after_its_permission_set() {
        for (role, set) in [
            ("AWSReservedSSO_ReadOnly_0123456789abcdef", Some("ReadOnly")),
            ("AWSReservedSSO_Read_Only_0123456789abcdef", Some("Read_Only")),
            ("AWSReservedSSO__0123456789abcdef", None),
            ("AWSReservedSSO_ReadOnly", None),
            ("AWSReservedSSO_ReadOnly_", None),
            ("AWSReservedSSO_ReadOnly_others", None),
            ("ReadOnly_0123456789abcdef", None),
        ] {
            assert_eq!(permission_set_of(role), set, "{role}");
        }
    }
}
