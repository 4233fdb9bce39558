//! Resources that run as an identity.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{IdentityId, ScopeId, Text, WorkloadId};

/// What kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkloadKind {
    /// An AWS instance profile: what an EC2 instance is given to become a role.
    AwsInstanceProfile,
}

impl WorkloadKind {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwsInstanceProfile => "aws-instance-profile",
        }
    }
}

/// A resource that runs as an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// Provider prefix and native id.
    pub id: WorkloadId,
    /// What the cloud calls it.
    pub native_id: Text,
    /// What it is.
    pub kind: WorkloadKind,
    /// Display name.
    pub name: Text,
    /// Where it lives.
    pub scope: ScopeId,
    /// The identities that it runs as, sorted.
    pub runs_as: Vec<IdentityId>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<Text, Text>,
}
