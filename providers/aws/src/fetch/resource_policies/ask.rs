//! Asking resources for their policies, one call each.

use census_provider_api::{DeclaredRead, Need};
use futures::{StreamExt, stream};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    client::{Call, Failure},
    documents::{Json, ResourcePolicy},
    fetch::{
        listings::Listing,
        regions::Place,
        workloads::{CONCURRENT_CALLS, Found},
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
    DeclaredRead { service, operation, permissions, part: None, need: Need::ResourcePolicies, why }
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

/// An answer that holds nothing but the policy.
#[derive(Deserialize)]
pub(super) struct Described {
    policy: Option<String>,
}

impl<'q> Question<'q, Described> {
    /// A call whose answer is the policy, or that there is none such resource.
    pub(super) fn of(call: &'q Call) -> Self {
        Self { call, none: &["ResourceNotFoundException"], policy: |answer| answer.policy }
    }
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

impl Asked {
    /// One that a parameter names by its ARN.
    pub(super) fn by_arn(parameter: &str, arn: String) -> Self {
        let input = json!({ parameter: arn });
        Self { arn, region: None, input }
    }
}

impl Policies {
    /// Reads a service that lists its resources and tells their policies one by one. `list` is the call of the listing.
    pub(super) async fn one_by_one<I, T: DeserializeOwned>(
        place: &Place<'_>,
        list: &Call,
        listing: Listing<I>,
        identify: impl Fn(I) -> Option<Asked>,
        question: &Question<'_, T>,
    ) -> Self {
        let mut found = Self::default();
        let resources = found.identified(list, listing, identify);
        found.ask(place, question, resources).await;
        found
    }

    /// Adds a resource with its policy, or with none.
    pub(super) fn found(&mut self, arn: String, policy: Option<&str>) {
        let policy = policy.filter(|text| !text.trim().is_empty()).map(Json::policy);
        self.entries.push(ResourcePolicy { policy, ..ResourcePolicy::of(arn) });
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
        let bound = self.bounded(place, call, &resources, |one| one.arn.clone());
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
