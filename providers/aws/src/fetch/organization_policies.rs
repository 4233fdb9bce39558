//! Service control and resource control policies: their texts, and where they are attached.

use aws_sdk_organizations::types::{PolicySummary, PolicyType};
use census_model::{GapReason, Text};
use census_provider_api::{DeclaredRead, Need};
use futures::{StreamExt, stream};

use super::{
    organization::{CONCURRENT_CALLS, Organization},
    organization_tree::next,
};
use crate::{
    client::{Api, Failure, Page, Pages, pages},
    documents::{Json, OrganizationPolicy, Str},
};

pub(super) const LIST_POLICIES: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListPolicies",
    permissions: &["organizations:ListPolicies"],
    part: None,
    need: Need::Organization,
    why: "which service control and resource control policies there are",
};

pub(super) const DESCRIBE_POLICY: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "DescribePolicy",
    permissions: &["organizations:DescribePolicy"],
    part: None,
    need: Need::Organization,
    why: "a policy's text",
};

pub(super) const LIST_TARGETS_FOR_POLICY: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListTargetsForPolicy",
    permissions: &["organizations:ListTargetsForPolicy"],
    part: None,
    need: Need::Organization,
    why: "the roots, units and accounts that a policy is attached to",
};

/// Reads the policies of both types: a call for each one's text and one for its targets.
pub(super) async fn read(api: &Api, organization: &mut Organization) {
    for kind in [PolicyType::ServiceControlPolicy, PolicyType::ResourceControlPolicy] {
        let listed = match list(api, kind.clone()).await {
            Ok(listed) => listed,
            Err(failure) => {
                organization.fail(&LIST_POLICIES, unsupported(failure), vec![kind.as_str().into()]);
                continue;
            }
        };
        let (policies, cut) = listed.into_items();
        if let Some(cut) = cut {
            organization.fail(&LIST_POLICIES, cut, vec![kind.as_str().into()]);
        }
        let mut answers = stream::iter(policies)
            .map(|summary| async move { policy(api, summary).await })
            .buffered(CONCURRENT_CALLS);
        while let Some(found) = answers.next().await {
            organization.take_policy(kind.as_str(), found);
        }
    }
}

async fn list(api: &Api, kind: PolicyType) -> Result<Pages<Vec<PolicySummary>>, Failure> {
    pages(|from| {
        let request = api.organizations.list_policies().filter(kind.clone()).set_next_token(from);
        async move {
            let answer = api.call(&LIST_POLICIES, request.send()).await?;
            Ok(Page { items: answer.policies.unwrap_or_default(), next: next(answer.next_token) })
        }
    })
    .await
}

/// A partition that does not know a type of policy calls it an invalid input.
fn unsupported(failure: Failure) -> Failure {
    if failure.is("InvalidInputException") {
        return Failure { reason: GapReason::Unsupported, ..failure };
    }
    failure
}

struct Found {
    id: Option<String>,
    name: Option<String>,
    document: Result<String, Failure>,
    targets: Vec<String>,
    targets_failure: Option<Failure>,
}

async fn policy(api: &Api, summary: PolicySummary) -> Found {
    let id = summary.id.unwrap_or_default();
    let id = id.as_str();
    let request = api.organizations.describe_policy().policy_id(id);
    let described = api.call(&DESCRIBE_POLICY, request.send()).await;
    let document = described.and_then(|answer| {
        answer.policy.and_then(|policy| policy.content).ok_or_else(|| {
            Failure::client(GapReason::Invalid, "DescribePolicy: the answer holds no policy text")
        })
    });
    let answer = pages(|from| async move {
        let request = api.organizations.list_targets_for_policy().policy_id(id).set_next_token(from);
        let answer = api.call(&LIST_TARGETS_FOR_POLICY, request.send()).await?;
        Ok(Page { items: answer.targets.unwrap_or_default(), next: next(answer.next_token) })
    })
    .await;
    let (targets, targets_failure) = match answer.map(Pages::into_items) {
        Ok((targets, cut)) => (targets.into_iter().filter_map(|target| target.target_id).collect(), cut),
        Err(failure) => (Vec::new(), Some(failure)),
    };
    let id = Some(id.to_owned()).filter(|id| !id.is_empty());
    Found { id, name: summary.name, document, targets, targets_failure }
}

impl Organization {
    fn take_policy(&mut self, kind: &str, found: Found) {
        let Some(id) = found.id else {
            let failure = Failure::client(GapReason::Invalid, "ListPolicies: a policy has no id");
            return self.fail(&LIST_POLICIES, failure, vec![kind.into()]);
        };
        let affects = || vec![Text::from(id.as_str())];
        let document = match found.document {
            Ok(text) => Some(Json::policy(&text)),
            Err(failure) => {
                self.fail(&DESCRIBE_POLICY, failure, affects());
                None
            }
        };
        if let Some(failure) = found.targets_failure {
            self.fail(&LIST_TARGETS_FOR_POLICY, failure, affects());
        }
        for target in found.targets {
            let attached = &mut self.document.targets.entry(target.into()).or_default().policies;
            let id = Str::from(id.clone());
            if let Err(at) = attached.binary_search(&id) {
                attached.insert(at, id);
            }
        }
        let name = found.name.map(Str::from);
        let policy = OrganizationPolicy { kind: kind.to_owned().into(), name, document };
        self.document.policies.insert(id.into(), policy);
    }
}
