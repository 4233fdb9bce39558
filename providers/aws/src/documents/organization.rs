//! `organization.json`: the organization's tree and its policies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Json, Str};

/// The file's name, beside `accounts/`.
pub const ORGANIZATION_FILE: &str = "organization.json";

/// An organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization<'a> {
    /// `o-…`. Absent or `null`: the account is in no organization, and that is known.
    #[serde(borrow, default)]
    pub id: Option<Str<'a>>,
    /// The management account's id.
    #[serde(default)]
    pub management_account: Option<Str<'a>>,
    /// The policies, by id (`p-…`).
    #[serde(default)]
    pub policies: BTreeMap<Str<'a>, OrganizationPolicy<'a>>,
    /// The root, the units and the accounts, by id: `r-…`, `ou-…`, twelve digits.
    #[serde(default)]
    pub targets: BTreeMap<Str<'a>, OrganizationTarget<'a>>,
}

/// A policy of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationPolicy<'a> {
    /// `SERVICE_CONTROL_POLICY`, `RESOURCE_CONTROL_POLICY`; other types are passed by.
    #[serde(rename = "type", borrow)]
    pub kind: Str<'a>,
    /// Name.
    #[serde(default)]
    pub name: Option<Str<'a>>,
    /// Text; absent where it could not be read.
    #[serde(default)]
    pub document: Option<Json<'a>>,
}

/// A node of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationTarget<'a> {
    /// The id of the node above; absent for the root.
    #[serde(borrow, default)]
    pub parent: Option<Str<'a>>,
    /// Name.
    #[serde(default)]
    pub name: Option<Str<'a>>,
    /// The ids of the policies attached to it.
    #[serde(default)]
    pub policies: Vec<Str<'a>>,
    /// Tags, where they were read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<Str<'a>, Str<'a>>,
}
