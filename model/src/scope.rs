//! Where things live: the tree of organizations, accounts, subscriptions and projects.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{Activation, GroupId, IdentityId, ScopeId, Text};

/// A cloud or system that holds identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure and Entra ID.
    Azure,
    /// Google Cloud.
    Gcp,
}

impl Provider {
    /// The name used on the command line, in ids and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Gcp => "gcp",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What level of the tree a scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeKind {
    /// An AWS organization or a Google Cloud organization.
    Organization,
    /// The root under which an AWS organization's units and accounts hang.
    OrganizationRoot,
    /// An AWS organizational unit.
    OrganizationalUnit,
    /// An AWS account.
    Account,
    /// An Entra tenant.
    Tenant,
    /// An Azure management group.
    ManagementGroup,
    /// An Azure subscription.
    Subscription,
    /// An Azure resource group.
    ResourceGroup,
    /// A single Azure resource, as far as something is granted on it.
    Resource,
    /// A Google Cloud folder.
    Folder,
    /// A Google Cloud project.
    Project,
}

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// `aws:account/111122223333` and the like.
    pub id: ScopeId,
    /// What the cloud calls it: an account id, an organization id.
    pub native_id: Text,
    /// Whose scope it is.
    pub provider: Provider,
    /// Its level.
    pub kind: ScopeKind,
    /// The name people gave it.
    pub name: Option<Text>,
    /// The scope above, where that is known.
    pub parent: Option<ScopeId>,
    /// The organization whose management account it is: what limits the organization's accounts does not limit this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manages: Option<ScopeId>,
    /// Tags on the scope itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<Text, Text>,
    /// Whether the identities in it were asked for in this scan. An account that is only known from the
    /// organization tree or from a trust is not.
    pub scanned: bool,
}

/// A group is in another one, be there somebody in it or not. Who is in a group by that is told by memberships.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NestedGroup {
    /// The outer group.
    pub group: GroupId,
    /// The inner one, itself a member.
    pub inner: GroupId,
    /// From when until when, and whether somebody in the inner group has to switch it on.
    #[serde(default, skip_serializing_if = "Activation::is_standing")]
    pub activation: Activation,
}

/// An identity is in a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Membership {
    /// The group.
    pub group: GroupId,
    /// The member.
    pub member: IdentityId,
    /// The groups between, from the group inwards, one shortest way; empty: it is itself a member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<GroupId>,
    /// From when until when, and whether somebody has to switch it on. Of a way through groups that of the weakest step.
    #[serde(default, skip_serializing_if = "Activation::is_standing")]
    pub activation: Activation,
}
