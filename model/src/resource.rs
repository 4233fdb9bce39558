//! Resources that matter to a path but run as nobody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{PolicyId, ResourceId, ScopeId, Text};

/// What kind of resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceKind {
    /// An AWS DynamoDB table; its stream is a part of it.
    AwsDynamodbTable,
    /// An AWS ECS cluster.
    AwsEcsCluster,
    /// An AWS customer managed policy that has several versions; these are its parts.
    AwsIamPolicy,
    /// Anything else, as the document calls it.
    Other(Text),
}

impl ResourceKind {
    /// The kebab-case name, as in reports; of other kinds the document's own word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AwsDynamodbTable => "aws-dynamodb-table",
            Self::AwsEcsCluster => "aws-ecs-cluster",
            Self::AwsIamPolicy => "aws-iam-policy",
            Self::Other(kind) => kind,
        }
    }
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Provider prefix and native id.
    pub id: ResourceId,
    /// What the cloud calls it.
    pub native_id: Text,
    /// What it is.
    pub kind: ResourceKind,
    /// Display name.
    pub name: Text,
    /// Where it lives.
    pub scope: ScopeId,
    /// The native ids of what belongs to it and can be named for itself, sorted: a table's stream.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Text>,
    /// Of a policy the texts of the versions that do not count, by version, as far as they were read: `v1`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub versions: BTreeMap<Text, PolicyId>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<Text, Text>,
}

/// How S3 Block Public Access is set for a bucket, or for all buckets of an account, as far as policies go.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAccessBlock {
    /// A policy that is public lets in nobody outside the account but services of AWS.
    pub restrict_public_buckets: bool,
    /// Policies that are public are refused; one that is there already stays.
    pub block_public_policy: bool,
}
