//! `resource-policies.json`: what resources allow by policies of their own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Item, Json, Str};

/// A resource and its policy. The file lists an account's resources that can have one; what it does not list has
/// none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcePolicy<'a> {
    /// The resource's ARN.
    #[serde(borrow)]
    pub resource: Str<'a>,
    /// Its policy: an object, or a string that holds the text, as AWS's APIs send it. `null` or absent: it has none.
    #[serde(default)]
    pub policy: Option<Json<'a>>,
    /// Of a KMS key: the grants on it. `null` or absent: it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<KeyGrant>>,
    /// Of a bucket, or of the account, which the ARN of its root stands for: how S3 Block Public Access is set there.
    /// `null` or absent: it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_access_block: Option<PublicAccessBlock>,
}

/// Settings of S3 Block Public Access, as `aws s3api get-public-access-block` prints them; where nothing is configured,
/// all are off. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PublicAccessBlock {
    /// Access control lists that are public are refused.
    pub block_public_acls: bool,
    /// Access control lists that are public do not count.
    pub ignore_public_acls: bool,
    /// Policies that are public are refused; one that is there already stays.
    pub block_public_policy: bool,
    /// A policy that is public lets in nobody outside the account but services of AWS.
    pub restrict_public_buckets: bool,
}

/// A grant on a KMS key, as `aws kms list-grants` prints it.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyGrant {
    /// Its id.
    pub grant_id: String,
    /// Who may call the operations; of a service its principal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grantee_principal: Option<String>,
    /// The same, of a service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grantee_service_principal: Option<String>,
    /// Who may retire the grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retiring_principal: Option<String>,
    /// The same, of a service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retiring_service_principal: Option<String>,
    /// Operations by their names: `Decrypt`.
    pub operations: Vec<String>,
    /// What a request must carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraints: Option<GrantConstraints>,
}

/// What a request must carry to be allowed by a grant.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GrantConstraints {
    /// Pairs that its encryption context must have, among others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_context_subset: Option<BTreeMap<String, String>>,
    /// Pairs that its encryption context must have, and no others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_context_equals: Option<BTreeMap<String, String>>,
    /// The resource on whose behalf it must be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
}

impl ResourcePolicy<'static> {
    /// A resource of which nothing is known yet.
    pub fn of(resource: String) -> Self {
        Self { resource: resource.into(), policy: None, grants: None, public_access_block: None }
    }
}

impl ResourcePolicy<'_> {
    /// The policy, unless it is an empty object or text, which is how some APIs and exporters say that there is none.
    pub fn text(&self) -> Option<&Json<'_>> {
        let says_something = |json: &&Json<'_>| {
            let text = json.get().trim_matches('"').trim();
            let inside = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
            !inside.trim().is_empty()
        };
        self.policy.as_ref().filter(says_something)
    }
}

impl Item for ResourcePolicy<'_> {
    const KEY: &'static str = "ResourcePolicies";
}
