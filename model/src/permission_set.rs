//! Permission sets of AWS IAM Identity Center, as they are provisioned in accounts.

use serde::{Deserialize, Serialize};

use crate::{IdentityId, Observed, ScopeId, Text};

/// A permission set in one account, where IAM Identity Center keeps a role for it.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionSet {
    /// The permission set's ARN. It is the same in every account.
    pub native_id: Text,
    /// Its name, which is part of the role's.
    pub name: Text,
    /// The account.
    pub scope: ScopeId,
    /// The role that is kept for it there.
    pub role: IdentityId,
    /// Who may sign in as the role, sorted, each once.
    pub assigned: Observed<Vec<Assignee>>,
}

/// A group or user of the identity store to whom a permission set is assigned in an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Assignee {
    /// Which of the two.
    pub kind: AssigneeKind,
    /// The id in the identity store.
    pub id: Text,
    /// The display name of a group, where it was read. Of users no name is ever read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
}

/// What a permission set is assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssigneeKind {
    /// A group, and so everybody in it.
    Group,
    /// One user.
    User,
}

impl AssigneeKind {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::User => "user",
        }
    }
}
