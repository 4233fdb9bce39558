//! Asking resources for their policies, one call each.

use census_model::{GapReason, Text};
use census_provider_api::{DeclaredRead, Need};
use futures::{StreamExt, stream};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    client::{Call, Failure},
    documents::{Json, ResourcePolicy},
    fetch::{
        regions::Place,
        workloads::{CONCURRENT_CALLS, Found, MAX_SINGLE_CALLS},
    },
};

/// What one service has in one region, and what could not be read of it.
pub(super) type Policies = Found<ResourcePolicy<'static>>;

/// A read that is made for resource policies.
pub(super) const fn declared(
    service: &'static str,
    operation: &'static str,
    permissions: &'static [&'static str],
    why: &'static str,
) -> DeclaredRead {
    DeclaredRead { service, operation, permissions, need: Need::ResourcePolicies, why }
}

/// A call that tells the policy of one resource.
pub(super) struct Question<'q, T> {
    /// The call.
    pub(super) call: &'q Call,
    /// The error codes with which the service says that a resource has no policy.
    pub(super) none: &'q [&'q str],
    /// The policy that an answer holds.
    pub(super) policy: fn(T) -> Option<String>,
}

/// A resource that is asked about.
pub(super) struct Asked {
    /// Its ARN.
    pub(super) arn: String,
    /// The region to ask in, where it is another than the listing's.
    pub(super) region: Option<String>,
    /// The parameters that name it.
    pub(super) input: Value,
}

impl Policies {
    /// Adds a resource with its policy, or with none.
    pub(super) fn found(&mut self, arn: String, policy: Option<&str>) {
        let policy = policy.filter(|text| !text.trim().is_empty()).map(Json::policy);
        self.entries.push(ResourcePolicy { resource: arn.into(), policy });
    }

    /// Asks for the policy of each resource. A resource whose policy was not read is no entry but named by a gap; one
    /// that is gone in the meantime is neither.
    pub(super) async fn ask<T: DeserializeOwned>(
        &mut self,
        place: &Place<'_>,
        question: &Question<'_, T>,
        resources: Vec<Asked>,
    ) {
        let call = question.call;
        let all = resources.len();
        let bound = if place.deep { all } else { MAX_SINGLE_CALLS };
        let beyond: Vec<Text> = resources.iter().skip(bound).map(|one| one.arn.as_str().into()).collect();
        if !beyond.is_empty() {
            let detail = format!(
                "{}: {} of {all} were not asked for, since that is one call each; --deep asks for all",
                call.read.operation,
                beyond.len()
            );
            self.failed(call, Failure::client(GapReason::NotRequested, detail), beyond);
        }
        let calls = resources.into_iter().take(bound).map(|one| async move {
            let region = one.region.as_deref().unwrap_or(place.region);
            let answer: Result<T, Failure> = Place { region, ..*place }.ask(call, one.input).await;
            (one.arn, answer)
        });
        let answers: Vec<_> = stream::iter(calls).buffered(CONCURRENT_CALLS).collect().await;
        for (arn, answer) in answers {
            match answer {
                Ok(answer) => self.found(arn, (question.policy)(answer).as_deref()),
                Err(failure) if question.none.iter().any(|code| failure.is(code)) => self.found(arn, None),
                Err(failure) if failure.is_absence() => {}
                Err(failure) => self.failed(call, failure, vec![arn.into()]),
            }
        }
    }
}
