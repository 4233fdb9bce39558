//! `service-last-accessed.json`: when users and roles last used services and actions.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html>

use serde::{Deserialize, Serialize};

use super::{Item, Str, Time, authorization::nullable};

/// What `aws iam get-service-last-accessed-details` prints, and whom it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceLastAccessedReport<'a> {
    /// The ARN of the user or role for which the report was made. The API does not repeat it in its answer.
    #[serde(borrow)]
    pub arn: Str<'a>,
    /// `COMPLETED`, `IN_PROGRESS` or `FAILED`; taken for completed where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_status: Option<Str<'a>>,
    /// `SERVICE_LEVEL` or `ACTION_LEVEL`; service level where absent and no service lists actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_type: Option<Str<'a>>,
    /// When the report was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_creation_date: Option<Time>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_completion_date: Option<Time>,
    /// The services that the policies of the user or role let it use.
    #[serde(default, deserialize_with = "nullable")]
    pub services_last_accessed: Vec<ServiceLastAccessed<'a>>,
    /// Whether services are missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_truncated: bool,
}

impl Item for ServiceLastAccessedReport<'_> {
    const KEY: &'static str = "ServiceLastAccessedReports";
}

/// The last attempt to use one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceLastAccessed<'a> {
    /// The namespace: `s3`.
    #[serde(borrow)]
    pub service_namespace: Str<'a>,
    /// When; absent where there was no attempt in the tracking period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_authenticated: Option<Time>,
    /// From which region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_authenticated_region: Option<Str<'a>>,
    /// Actions of which IAM tracks attempts, where the report was made at the level of actions.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub tracked_actions_last_accessed: Vec<TrackedActionLastAccessed<'a>>,
}

/// The last attempt to use one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrackedActionLastAccessed<'a> {
    /// Its name without prefix: `PutBucketPolicy`.
    #[serde(borrow)]
    pub action_name: Str<'a>,
    /// When; absent where there was no attempt in the tracking period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_accessed_time: Option<Time>,
    /// From which region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_accessed_region: Option<Str<'a>>,
}
