//! What could not be read, and what that leaves open.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Digest, GapId, Provider, ScopeId, Text};

/// Why something is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapReason {
    /// The caller lacks the permission (HTTP 401, 403, AccessDenied).
    Denied,
    /// The API kept asking to slow down until the retries ran out (HTTP 429, Throttling).
    Throttled,
    /// The call failed in another way: HTTP 500, reset connection, time-out.
    Failed,
    /// Only a part arrived: a page is missing, a limit or the deadline was reached.
    Truncated,
    /// What arrived could not be understood.
    Invalid,
    /// Two sources contradict each other.
    Inconsistent,
    /// The API or its endpoint does not offer this read.
    Unsupported,
    /// The folder of documents does not hold this file.
    NotProvided,
    /// The read was left out on purpose (a flag or the configuration asks for it).
    NotRequested,
}

impl GapReason {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::Truncated => "truncated",
            Self::Invalid => "invalid",
            Self::Inconsistent => "inconsistent",
            Self::Unsupported => "unsupported",
            Self::NotProvided => "not-provided",
            Self::NotRequested => "not-requested",
        }
    }

    /// Whether a scan with such a gap is incomplete. What nobody asked for or provided is not a failure.
    pub fn is_failure(self) -> bool {
        !matches!(self, Self::NotProvided | Self::NotRequested)
    }
}

impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Derived from the other identifying fields.
    pub id: GapId,
    /// Whose read it was.
    pub provider: Provider,
    /// Where, as far as that is known.
    pub scope: Option<ScopeId>,
    /// The read, by the name of its first permission, and its part of it where others take the same:
    /// `iam:ListAccessKeys`, `Application.Read.All/owners`.
    pub read: Text,
    /// Why.
    pub reason: GapReason,
    /// What happened, in words; no secret, no header, no body.
    pub detail: Text,
    /// Ids of the identities, credentials, scopes or resources (by their native id) that the missing answer is about.
    /// Empty: the whole scope.
    pub affects: Vec<Text>,
}

impl Gap {
    /// Makes a gap and its id. The id depends on provider, scope, read, reason and what is affected, not on the
    /// wording of `detail`, which may carry a request's particulars.
    pub fn new(
        provider: Provider,
        scope: Option<ScopeId>,
        read: impl Into<Text>,
        reason: GapReason,
        detail: impl Into<Text>,
        mut affects: Vec<Text>,
    ) -> Self {
        let read = read.into();
        affects.sort_unstable();
        affects.dedup();
        let mut digest = Digest::new("gap")
            .part(provider.as_str())
            .part(scope.as_ref().map_or("", ScopeId::as_str))
            .part(&read)
            .part(reason.as_str());
        for one in &affects {
            digest = digest.part(one);
        }
        let id = GapId::new(format!("gap-{}", digest.hex(8)));
        Self { id, provider, scope, read, reason, detail: detail.into(), affects }
    }

    /// Whether the missing answer is about a thing of the gap's scope, by the thing's id or native id.
    pub fn concerns(&self, id: &str) -> bool {
        self.affects.is_empty() || self.affects.iter().any(|one| &**one == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_that_names_nothing_concerns_everything_in_its_scope() {
        let gap = |affects: &[&str]| {
            let affects = affects.iter().map(|&one| one.into()).collect();
            Gap::new(Provider::Aws, None, "s3:GetBucketPolicy", GapReason::Denied, "", affects)
        };
        assert!(gap(&[]).concerns("arn:aws:s3:::a"));
        assert!(gap(&["arn:aws:s3:::b", "arn:aws:s3:::a"]).concerns("arn:aws:s3:::a"));
        assert!(!gap(&["arn:aws:s3:::ab"]).concerns("arn:aws:s3:::a"));
    }
}
