//! The owners of what runs as an identity.

use std::collections::{BTreeSet, HashMap};

use census_model::{
    Claim, ClaimSource, Identity, IdentityKind, Index, Workload, WorkloadKind, WorkloadState,
};

use super::TagSource;
use crate::config::OwnersConfig;

/// The tag that CloudFormation sets on what a stack made.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html>
const STACK_NAME: &str = "aws:cloudformation:stack-name";

/// How many workloads of one identity are looked at, in the order of their ids. What more would say, they say too, or it
/// is a conflict already.
const LOOKED_AT: usize = 100;

/// Claims of consuming workloads.
pub(crate) struct ConsumerSource<'a> {
    index: &'a Index<'a>,
    tags: TagSource<'a>,
    /// Stacks by account, region and name.
    stacks: HashMap<(&'a str, &'a str, &'a str), &'a Workload>,
}

impl<'a> ConsumerSource<'a> {
    pub(crate) fn new(index: &'a Index<'a>, config: &'a OwnersConfig) -> Self {
        let stacks = index.estate().workloads.iter();
        let stacks = stacks.filter(|one| one.kind == WorkloadKind::AwsCloudformationStack);
        let stacks =
            stacks.map(|stack| ((stack.scope.as_str(), region(stack), &*stack.name), stack)).collect();
        Self { index, tags: TagSource::new(config), stacks }
    }

    /// What the workloads that run as an identity claim: each by its own tags, else by those of the stack that made it.
    /// What has ended uses nothing.
    pub(crate) fn claims(&self, identity: &Identity) -> Vec<Claim> {
        // The resource of a system-assigned identity is no consumer but the thing itself, whose tags are its own.
        if identity.kind == IdentityKind::AzureSystemAssignedIdentity {
            return Vec::new();
        }
        let workloads = self.index.workloads(&identity.id).iter();
        let using = workloads.filter(|one| one.state != Some(WorkloadState::Ended)).take(LOOKED_AT);
        let mut seen = BTreeSet::new();
        let mut claims = Vec::new();
        for workload in using {
            let own = self.of_tags(workload, "workload");
            let mut stack = || self.stack_of(workload).filter(|stack| seen.insert(&stack.id));
            let found =
                if own.is_empty() { stack().map(|one| self.of_tags(one, "stack")) } else { Some(own) };
            claims.extend(found.into_iter().flatten());
        }
        claims
    }

    fn of_tags(&self, workload: &Workload, what: &str) -> Vec<Claim> {
        let mut claims = self.tags.claims_as(&workload.tags, ClaimSource::ConsumingWorkload);
        for evidence in claims.iter_mut().flat_map(|claim| &mut claim.evidence) {
            evidence.label = format!("{what} {}", evidence.label).into();
            evidence.source = Some(workload.native_id.clone());
        }
        claims
    }

    fn stack_of(&self, workload: &'a Workload) -> Option<&'a Workload> {
        let name = workload.tags.get(STACK_NAME)?;
        self.stacks.get(&(workload.scope.as_str(), region(workload), name)).copied()
    }
}

/// The region that an ARN names: `arn:<partition>:<service>:<region>:…`.
fn region(workload: &Workload) -> &str {
    workload.native_id.split(':').nth(3).unwrap_or_default()
}
