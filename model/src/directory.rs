//! The directory of a tenant: who is named as owner of what, people, and what the tenant lets everybody do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Activation, DirectoryObject, GapId, GroupId, IdentityId, ScopeId, Text};

/// What has owners in the directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owned {
    /// An identity, by its service principal or its application.
    Identity(IdentityId),
    /// A group.
    Group(GroupId),
}

/// How somebody is named in the directory for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Owner: may change it.
    Owner,
    /// Sponsor of an agent identity: answers for it to the business, and may not change it.
    Sponsor,
}

/// Somebody whom the directory names as owner or sponsor. Something that no such record names has none, unless a gap
/// of its tenant says that the owners of all, or of this one, were not read: see [`Gap::concerns`](crate::Gap::concerns).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DirectoryOwner {
    /// What is owned.
    pub of: Owned,
    /// Which object of it.
    pub object: DirectoryObject,
    /// Who: a user or a service principal, of a sponsor also a group, by its object id. It need not be in this estate.
    pub who: IdentityId,
    /// As what.
    pub relation: Relation,
    /// From when until when, and whether somebody has to switch it on (ownership of groups only).
    #[serde(default, skip_serializing_if = "Activation::is_standing")]
    pub activation: Activation,
}

/// What the directory says of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name to sign in with (`userPrincipalName`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<Text>,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Text>,
    /// Member or guest.
    pub user_type: UserType,
    /// When the person leaves or left, where that is told (`employeeLeaveDateTime`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves: Option<Timestamp>,
    /// The gap because of which nobody knows whether the account is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<GapId>,
}

/// Whether somebody belongs to the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserType {
    /// A member.
    Member,
    /// A guest.
    Guest,
    /// Not told.
    Unknown,
}

/// What a tenant lets everybody do.
/// <https://learn.microsoft.com/graph/api/resources/authorizationpolicy>,
/// <https://learn.microsoft.com/graph/api/resources/tenantappmanagementpolicy>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TenantPolicy {
    /// The tenant.
    pub scope: ScopeId,
    /// Whether every user may register applications; `None`: not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users_register_applications: Option<bool>,
    /// The consent policies by which users consent for themselves
    /// (`ManagePermissionGrantsForSelf.microsoft-user-default-low`); `None`: not told, empty: users may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_consent: Option<Vec<Text>>,
    /// Whether new passwords on applications are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passwords_refused: Option<bool>,
    /// The longest life of a new password on an application, as an ISO 8601 duration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_lifetime: Option<Text>,
}
