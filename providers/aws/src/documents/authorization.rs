//! `authorization-details.json`: what `GetAccountAuthorizationDetails` returns, pages merged.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use serde::{Deserialize, Deserializer, Serialize};

use super::{Json, Str, Time};

/// Users, groups, roles and managed policies of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthorizationDetails<'a> {
    /// The users, without the root user.
    #[serde(borrow)]
    pub user_detail_list: Vec<UserDetail<'a>>,
    /// The groups.
    #[serde(default)]
    pub group_detail_list: Vec<GroupDetail<'a>>,
    /// The roles.
    pub role_detail_list: Vec<RoleDetail<'a>>,
    /// The managed policies: all of the account's own, and those of AWS that are attached to something.
    #[serde(default)]
    pub policies: Vec<ManagedPolicy<'a>>,
    /// Whether pages are missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_truncated: bool,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserDetail<'a> {
    /// Path within the account; `/` where absent.
    #[serde(borrow, default)]
    pub path: Option<Str<'a>>,
    /// Name.
    pub user_name: Str<'a>,
    /// Immutable id: `AIDA…`.
    pub user_id: Str<'a>,
    /// ARN.
    pub arn: Str<'a>,
    /// When it was created.
    #[serde(default)]
    pub create_date: Option<Time>,
    /// Inline policies.
    #[serde(default, deserialize_with = "nullable")]
    pub user_policy_list: Vec<InlinePolicy<'a>>,
    /// The names of its groups.
    #[serde(default, deserialize_with = "nullable")]
    pub group_list: Vec<Str<'a>>,
    /// Managed policies.
    #[serde(default, deserialize_with = "nullable")]
    pub attached_managed_policies: Vec<AttachedPolicy<'a>>,
    /// The permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<PermissionsBoundary<'a>>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag<'a>>,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupDetail<'a> {
    /// Path within the account.
    #[serde(borrow, default)]
    pub path: Option<Str<'a>>,
    /// Name.
    pub group_name: Str<'a>,
    /// Immutable id: `AGPA…`.
    #[serde(default)]
    pub group_id: Option<Str<'a>>,
    /// ARN.
    pub arn: Str<'a>,
    /// When it was created.
    #[serde(default)]
    pub create_date: Option<Time>,
    /// Inline policies.
    #[serde(default, deserialize_with = "nullable")]
    pub group_policy_list: Vec<InlinePolicy<'a>>,
    /// Managed policies.
    #[serde(default, deserialize_with = "nullable")]
    pub attached_managed_policies: Vec<AttachedPolicy<'a>>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleDetail<'a> {
    /// Path within the account; `/` where absent.
    #[serde(borrow, default)]
    pub path: Option<Str<'a>>,
    /// Name.
    pub role_name: Str<'a>,
    /// Immutable id: `AROA…`.
    pub role_id: Str<'a>,
    /// ARN.
    pub arn: Str<'a>,
    /// When it was created.
    #[serde(default)]
    pub create_date: Option<Time>,
    /// Who may assume it.
    pub assume_role_policy_document: Json<'a>,
    /// The instance profiles that hold it.
    #[serde(default, deserialize_with = "nullable")]
    pub instance_profile_list: Vec<InstanceProfile<'a>>,
    /// Inline policies.
    #[serde(default, deserialize_with = "nullable")]
    pub role_policy_list: Vec<InlinePolicy<'a>>,
    /// Managed policies.
    #[serde(default, deserialize_with = "nullable")]
    pub attached_managed_policies: Vec<AttachedPolicy<'a>>,
    /// The permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<PermissionsBoundary<'a>>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag<'a>>,
    /// The last use. `{}`: none within the tracking period. Absent: the source does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_last_used: Option<RoleLastUsed<'a>>,
}

/// When and where a role was used last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleLastUsed<'a> {
    /// When; absent: not within the last 400 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_date: Option<Time>,
    /// In which region.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Str<'a>>,
}

/// A policy embedded in a principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy<'a> {
    /// Name.
    #[serde(borrow)]
    pub policy_name: Str<'a>,
    /// Text.
    pub policy_document: Json<'a>,
}

/// A managed policy attached to a principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicy<'a> {
    /// Name; the last part of the ARN where absent.
    #[serde(borrow, default)]
    pub policy_name: Option<Str<'a>>,
    /// ARN.
    pub policy_arn: Str<'a>,
}

/// A permissions boundary. Its type is always a managed policy, however the source spells that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PermissionsBoundary<'a> {
    /// `Policy`; some stand-ins write `PermissionsBoundaryPolicy`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary_type: Option<Str<'a>>,
    /// The managed policy's ARN.
    pub permissions_boundary_arn: Str<'a>,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag<'a> {
    /// Key.
    #[serde(borrow)]
    pub key: Str<'a>,
    /// Value; empty where absent.
    #[serde(default = "empty")]
    pub value: Str<'a>,
}

/// An instance profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfile<'a> {
    /// Name.
    #[serde(borrow)]
    pub instance_profile_name: Str<'a>,
    /// ARN.
    pub arn: Str<'a>,
    /// When it was created.
    #[serde(default)]
    pub create_date: Option<Time>,
    /// The roles in it (AWS allows one). The role that carries the profile counts even where this is empty.
    #[serde(default, deserialize_with = "nullable")]
    pub roles: Vec<ProfileRole<'a>>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag<'a>>,
}

/// A role inside an instance profile, as far as it is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProfileRole<'a> {
    /// ARN.
    #[serde(borrow)]
    pub arn: Str<'a>,
}

/// A managed policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedPolicy<'a> {
    /// ARN.
    #[serde(borrow)]
    pub arn: Str<'a>,
    /// Name; some stand-ins leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_name: Option<Str<'a>>,
    /// Which version counts: `v3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_version_id: Option<Str<'a>>,
    /// The versions, each with its text.
    #[serde(default, deserialize_with = "nullable")]
    pub policy_version_list: Vec<PolicyVersion<'a>>,
}

/// A version of a managed policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVersion<'a> {
    /// `v3`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<Str<'a>>,
    /// Whether it is the one that counts.
    #[serde(default)]
    pub is_default_version: bool,
    /// Text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Json<'a>>,
}

fn empty<'a>() -> Str<'a> {
    Str::from("")
}

/// A list that may be `null`, which some exporters print for an empty one.
pub(super) fn nullable<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}
