//! What was not read and bears on an answer.

use census_model::{Gap, GapId, GapReason, Grant, Provider, ScopeId, Text, Via};

use super::{
    Access, Question,
    caller::Subject,
    gather::{Gathered, container},
};
use crate::aws::{
    layers::{Place, Policies},
    policy::Policy,
    services,
    statement::Target,
};

/// The read that brings identities with their policies.
const DETAILS: &str = "iam:GetAccountAuthorizationDetails";

/// The reads that bring resources' own policies, by the names they have in gaps. A gap at the first that names nothing
/// in particular stands for all of them. What a gap names opens that; a name that ends in `*` opens all that begins so.
pub const RESOURCE_POLICY_READS: [&str; 21] = [
    "s3:GetBucketPolicy",
    DESCRIBE_REGIONS,
    "bedrock-agentcore:GetResourcePolicy",
    "codebuild:GetResourcePolicy",
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListTables",
    "ecr:DescribeRepositories",
    "ecr:GetRepositoryPolicy",
    "events:ListEventBuses",
    "kms:GetKeyPolicy",
    "kms:ListGrants",
    "kms:ListKeys",
    "lambda:GetPolicy",
    "s3:ListAllMyBuckets",
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:ListSecrets",
    "sns:GetTopicAttributes",
    "sns:ListTopics",
    "sqs:GetQueueAttributes",
    "sqs:ListQueues",
    OTHER_POLICIES_READ,
];

/// The read that tells in which regions to look.
const DESCRIBE_REGIONS: &str = "ec2:DescribeRegions";

/// Stands in gaps for the reads that would bring the policies of resources of further services. No fetch makes them.
pub const OTHER_POLICIES_READ: &str = "glue:GetResourcePolicy";

/// The reads that bring what runs as a role, and tables and clusters, by the names they have in gaps. A gap at the first
/// that names nothing in particular stands for all of them.
pub const WORKLOAD_READS: [&str; 50] = [
    "lambda:ListFunctions",
    "apprunner:DescribeService",
    "apprunner:ListServices",
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeLaunchConfigurations",
    "batch:DescribeComputeEnvironments",
    "batch:DescribeJobDefinitions",
    "bedrock-agentcore:GetAgentRuntime",
    "bedrock-agentcore:GetCodeInterpreter",
    "bedrock-agentcore:ListAgentRuntimes",
    "bedrock-agentcore:ListCodeInterpreters",
    "bedrock:GetAgent",
    "bedrock:ListAgents",
    "cloudformation:DescribeStackSet",
    "cloudformation:DescribeStacks",
    "cloudformation:ListStackSets",
    "codebuild:BatchGetProjects",
    "codebuild:ListProjects",
    "dynamodb:ListStreams",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeRegions",
    "ecs:DescribeClusters",
    "ecs:DescribeContainerInstances",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "ecs:DescribeTasks",
    "ecs:ListClusters",
    "ecs:ListContainerInstances",
    "ecs:ListServices",
    "ecs:ListTaskDefinitions",
    "ecs:ListTasks",
    "eks:DescribeCluster",
    "eks:DescribeNodegroup",
    "eks:DescribePodIdentityAssociation",
    "eks:ListClusters",
    "eks:ListNodegroups",
    "eks:ListPodIdentityAssociations",
    "elasticmapreduce:DescribeCluster",
    "elasticmapreduce:ListClusters",
    "glue:GetDevEndpoints",
    "glue:GetJobs",
    "lambda:ListEventSourceMappings",
    "rolesanywhere:ListProfiles",
    "sagemaker:DescribeNotebookInstance",
    "sagemaker:ListNotebookInstances",
    "scheduler:GetSchedule",
    "scheduler:ListSchedules",
    "states:DescribeStateMachine",
    "states:ListStateMachines",
];

/// What was not read, by what it could hold.
#[derive(Default)]
pub(super) struct Doubts {
    /// Policies of the caller.
    identity: Vec<Gap>,
    /// Policies of the resource.
    resource: Vec<Gap>,
    /// Limits.
    limits: Vec<Gap>,
}

impl Doubts {
    pub(super) fn of(
        access: &Access<'_>,
        subject: &Subject<'_>,
        question: &Question,
        resource_account: Option<&str>,
        gathered: &Gathered<'_>,
    ) -> Self {
        let mut doubts = Self::default();
        for (place, grant) in &gathered.unread {
            let list = match place {
                Place::Identity => &mut doubts.identity,
                Place::Resource => &mut doubts.resource,
                _ => &mut doubts.limits,
            };
            list.extend(access.gaps_of_text(grant));
        }
        if let Some(identity) = subject.identity() {
            // A text that is missing is a doubt where it is attached, already.
            let texts: Vec<Gap> =
                gathered.unread.iter().flat_map(|(_, grant)| access.gaps_of_text(grant)).collect();
            let about = |gap: &&Gap| {
                &*gap.read == DETAILS
                    && gap.scope.as_ref() == Some(&identity.scope)
                    && gap.concerns(identity.id.as_str())
                    && texts.iter().all(|text| text.id != gap.id)
            };
            doubts.identity.extend(access.index.estate().gaps.iter().filter(about).cloned());
            doubts.limits.extend(access.organization_gaps(&identity.scope));
        }
        doubts.resource.extend(access.resource_gaps(question, resource_account));
        doubts.limits.extend(access.owner_gap(question, resource_account));
        for list in [&mut doubts.identity, &mut doubts.resource, &mut doubts.limits] {
            list.sort_by(|a, b| a.id.cmp(&b.id));
            list.dedup_by(|a, b| a.id == b.id);
        }
        doubts
    }

    /// Whether anything that was not read could give more.
    pub(super) fn may_widen(&self) -> bool {
        !self.identity.is_empty() || !self.resource.is_empty()
    }

    /// Gives what could be given at most.
    pub(super) fn widen<'p>(&self, policies: &mut Policies<'p>, everything: &'p Everything) {
        if !self.identity.is_empty() {
            policies.identity.push(&everything.of_identity);
        }
        if !self.resource.is_empty() {
            policies.resource.push(&everything.of_resource);
        }
    }

    pub(super) fn widening(&self) -> Vec<Gap> {
        merged([&self.identity, &self.resource])
    }

    pub(super) fn narrowing(&self) -> Vec<Gap> {
        merged([&merged([&self.identity, &self.resource]), &self.limits])
    }
}

fn merged<const N: usize>(lists: [&Vec<Gap>; N]) -> Vec<Gap> {
    let mut all: Vec<Gap> = lists.into_iter().flatten().cloned().collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all.dedup_by(|a, b| a.id == b.id);
    all
}

/// Policies that give everything, in place of ones that were not read.
pub(super) struct Everything {
    pub(super) of_identity: Policy,
    pub(super) of_resource: Policy,
}

impl Access<'_> {
    /// The gaps because of which the text of an attachment cannot be used.
    pub(crate) fn unread_text(&self, grant: &Grant) -> Vec<GapId> {
        self.gaps_of_text(grant).into_iter().map(|gap| gap.id).collect()
    }

    /// The gaps because of which a limit on what lives in a scope may be missing.
    pub(crate) fn unread_limits(&self, scope: &ScopeId) -> Vec<GapId> {
        self.organization_gaps(scope).into_iter().map(|gap| gap.id).collect()
    }

    /// Why the text of an attachment cannot be used.
    fn gaps_of_text(&self, grant: &Grant) -> Vec<Gap> {
        let id = match &grant.policy {
            Some(id) => id.as_str(),
            None => match &grant.via {
                Via::Managed { native_id, .. }
                | Via::Boundary { native_id }
                | Via::ServiceControlPolicy { native_id, .. }
                | Via::ResourceControlPolicy { native_id, .. } => native_id,
                Via::Inline { name } => name,
                // A resource's own, and what no policy of AWS is attached by.
                _ => return Vec::new(),
            },
        };
        self.gaps.get(id).map_or(&[][..], Vec::as_slice).iter().copied().cloned().collect()
    }

    /// What of the organization was not read: control policies that could limit what lives in a scope.
    fn organization_gaps(&self, scope: &ScopeId) -> Vec<Gap> {
        let mut above: Vec<&str> = Vec::new();
        for scope in self.index.ancestors(scope) {
            above.push(scope.id.as_str());
            above.extend(self.index.grants_of_scope(&scope.id).iter().filter_map(|grant| match &grant.via {
                Via::ServiceControlPolicy { native_id, .. }
                | Via::ResourceControlPolicy { native_id, .. } => Some(&**native_id),
                _ => None,
            }));
        }
        let gaps = self.index.estate().gaps.iter().filter(|gap| gap.read.starts_with("organizations:"));
        gaps.filter(|gap| above.iter().any(|id| gap.concerns(id))).cloned().collect()
    }

    /// That it is not known whose a resource is, where it could be another account's: a bucket's ARN names none.
    fn owner_gap(&self, question: &Question, resource_account: Option<&str>) -> Option<Gap> {
        let Target::One(resource) = question.target() else { return None };
        let is_told = question.resource_account.is_some() || self.knows_resource(resource);
        let scanned = self.index.estate().scopes.values().filter(|scope| scope.scanned).count();
        if is_told || !resource.starts_with("arn:") || scanned < 2 {
            return None;
        }
        let account = resource_account?;
        let [first, ..] = RESOURCE_POLICY_READS;
        let detail = format!(
            "the ARN does not say whose the resource is; it is taken for account {account}'s, --resource-account says otherwise"
        );
        Some(gap(ScopeId::new(format!("aws:account/{account}")), first, detail, resource))
    }

    /// What of the resource's own policies was not read.
    fn resource_gaps(&self, question: &Question, resource_account: Option<&str>) -> Vec<Gap> {
        if !services::may_have_resource_policy(&question.action) {
            return Vec::new();
        }
        let (is_one, resource) = match question.target() {
            Target::One(resource) => (true, resource),
            Target::Any { .. } => (false, "*"),
        };
        let Some(account) = resource_account else { return Vec::new() };
        let scope = ScopeId::new(format!("aws:account/{account}"));
        let is_scanned = self.index.estate().scopes.get(&scope).is_some_and(|scope| scope.scanned);
        if !is_scanned {
            let detail = format!("account {account} is not part of this scan");
            return vec![gap(scope, DETAILS, detail, resource)];
        }
        if question.action.starts_with("sts:") {
            // A role's own policy is read with the role.
            let missing = is_one && !self.knows_resource(resource);
            let detail = "no such role was read";
            return Vec::from_iter(missing.then(|| gap(scope, DETAILS, detail.to_owned(), resource)));
        }
        let unread = self.index.estate().gaps.iter().filter(|gap| {
            gap.scope.as_ref() == Some(&scope)
                && RESOURCE_POLICY_READS.contains(&&*gap.read)
                && leaves_open(gap, &question.action, is_one.then_some(resource))
        });
        unread.cloned().collect()
    }
}

/// Whether a gap leaves open what policy one resource has, or any that an action is for.
fn leaves_open(gap: &Gap, action: &str, resource: Option<&str>) -> bool {
    let service = action.split_once(':').map_or(action, |(service, _)| service);
    if &*gap.read == DESCRIBE_REGIONS {
        // One listing tells the buckets of all regions.
        return service != "s3";
    }
    let Some(resource) = resource else {
        let is_of_service = |one: &Text| one.split(':').nth(2).is_none_or(|of| of == service);
        return gap.affects.is_empty() || gap.affects.iter().any(is_of_service);
    };
    let begins = |one: &Text| one.strip_suffix('*').is_some_and(|start| resource.starts_with(start));
    gap.concerns(resource)
        || container(resource).is_some_and(|one| gap.concerns(one))
        || gap.affects.iter().any(begins)
}

/// A gap that no read left, because nothing was read there.
fn gap(scope: ScopeId, read: &str, detail: String, affects: &str) -> Gap {
    let affects = vec![Text::from(affects)];
    Gap::new(Provider::Aws, Some(scope), read, GapReason::NotRequested, detail, affects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_read_is_an_action_of_aws() {
        for read in RESOURCE_POLICY_READS.into_iter().chain(WORKLOAD_READS) {
            assert!(crate::aws::catalogue::action(read).is_some(), "{read}");
        }
    }
}
