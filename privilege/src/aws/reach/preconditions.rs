//! What must exist for a technique, besides permissions.

use census_model::{
    AssigneeKind, CredentialKind, CredentialStatus, Gap, Identity, ResourceKind, Workload, WorkloadKind,
    WorkloadState,
};

use super::world::World;
use crate::{
    aws::{
        access::WORKLOAD_READS,
        techniques::{Precondition, Technique},
    },
    truth::Truth,
};

/// The read that tells to whom a permission set is assigned.
const ASSIGNMENTS: &str = "sso:ListAccountAssignments";

/// How many access keys a user can have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const KEY_SLOTS: usize = 2;

/// The reads that tell of queues and streams.
const STREAM_READS: [&str; 2] = ["dynamodb:", "lambda:ListEventSourceMappings"];

/// What a technique is done to.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    /// The target itself.
    Identity,
    /// Something that runs as it.
    Workload(&'a Workload),
}

/// Whether all of it exists.
pub(super) fn hold(
    world: &World<'_, '_>,
    technique: &Technique,
    target: &Identity,
    about: About<'_>,
) -> Truth {
    Truth::all(technique.exists.iter().map(|condition| one(world, *condition, target, about)))
}

fn one(world: &World<'_, '_>, condition: Precondition, target: &Identity, about: About<'_>) -> Truth {
    let index = world.access.index();
    let credentials = |kind: CredentialKind| {
        index.credentials(&target.id).iter().filter(move |credential| credential.kind == kind)
    };
    let keys = || credentials(CredentialKind::AccessKey).count();
    let has_password = || credentials(CredentialKind::ConsolePassword).next().is_some();
    match condition {
        Precondition::InstanceProfile => {
            let workloads = index.workloads(&target.id);
            Truth::from(workloads.iter().any(|workload| workload.kind == WorkloadKind::AwsInstanceProfile))
        }
        Precondition::LoginProfile => has_password().into(),
        Precondition::NoLoginProfile => (!has_password()).into(),
        Precondition::FreeKeySlot => (keys() < KEY_SLOTS).into(),
        Precondition::FullKeySlots => (keys() >= KEY_SLOTS).into(),
        Precondition::MfaDevice => credentials(CredentialKind::MfaDevice).next().is_some().into(),
        Precondition::InactiveKey => {
            credentials(CredentialKind::AccessKey).any(|key| key.status == CredentialStatus::Inactive).into()
        }
        Precondition::DynamodbStream => resource(world, target, &STREAM_READS, |kind, parts| match kind {
            ResourceKind::AwsDynamodbTable => parts > 0,
            ResourceKind::Other(kind) => {
                matches!(&**kind, "kinesis_stream" | "sqs_queue" | "dynamodb_stream")
            }
            ResourceKind::AwsEcsCluster | ResourceKind::AwsIamPolicy => false,
        }),
        Precondition::EcsCluster => {
            resource(world, target, &["ecs:"], |kind, _| *kind == ResourceKind::AwsEcsCluster)
        }
        Precondition::EcsContainerInstance => {
            workload(world, target, &["ecs:"], &WorkloadKind::AwsEcsContainerInstance)
        }
        Precondition::EcsTaskDefinition => {
            workload(world, target, &["ecs:"], &WorkloadKind::AwsEcsTaskDefinition)
        }
        Precondition::GlueJob => workload(world, target, &["glue:"], &WorkloadKind::AwsGlueJob),
        Precondition::AutoscalingGroup => started(world, target, about),
        Precondition::AssignedGroup => assigned_group(world, target),
    }
}

fn resource(
    world: &World<'_, '_>,
    target: &Identity,
    reads: &[&str],
    is_meant: impl Fn(&ResourceKind, usize) -> bool,
) -> Truth {
    let resources = &world.access.index().estate().resources;
    let here = resources.iter().filter(|resource| resource.scope == target.scope);
    found(
        world,
        target,
        reads,
        here.into_iter().any(|resource| is_meant(&resource.kind, resource.parts.len())),
    )
}

fn workload(world: &World<'_, '_>, target: &Identity, reads: &[&str], kind: &WorkloadKind) -> Truth {
    let workloads = &world.access.index().estate().workloads;
    let mut here = workloads.iter().filter(|workload| workload.scope == target.scope);
    let exists = here.any(|one| one.kind == *kind && one.state != Some(WorkloadState::Ended));
    found(world, target, reads, exists)
}

/// Whether anything starts instances from a launch template. A person may at any time.
fn started(world: &World<'_, '_>, target: &Identity, about: About<'_>) -> Truth {
    let About::Workload(template) = about else { return Truth::Maybe };
    let workloads = &world.access.index().estate().workloads;
    let names = |used: &str| {
        *used == *template.native_id
            || *used == *template.name
            || template.native_id.ends_with(&format!("/{used}"))
    };
    let is_used = workloads.iter().any(|one| {
        one.kind == WorkloadKind::AwsAutoscalingGroup
            && one.scope == target.scope
            && one.uses.iter().any(|used| names(used))
    });
    if is_used { Truth::Yes } else { Truth::Maybe }
}

/// Whether a permission set is assigned to a group in the account of the role that is kept for it. Where it is not known
/// to whom, or not all are, it may be.
fn assigned_group(world: &World<'_, '_>, role: &Identity) -> Truth {
    let index = world.access.index();
    let Some(assigned) = index.permission_set(&role.id).and_then(|set| set.assigned.known()) else {
        return Truth::Maybe;
    };
    let is_cut = |gap: &Gap| {
        &*gap.read == ASSIGNMENTS && gap.scope.as_ref() == Some(&role.scope) && gap.concerns(role.id.as_str())
    };
    if assigned.iter().any(|one| one.kind == AssigneeKind::Group) {
        Truth::Yes
    } else if index.estate().gaps.iter().any(is_cut) {
        Truth::Maybe
    } else {
        Truth::No
    }
}

/// What was not asked for by reads that begin so, or not told, may be there. A gap that names nothing is about every
/// service.
fn found(world: &World<'_, '_>, target: &Identity, reads: &[&str], exists: bool) -> Truth {
    let is_unread = |gap: &Gap| {
        WORKLOAD_READS.contains(&&*gap.read)
            && gap.scope.as_ref() == Some(&target.scope)
            && (gap.affects.is_empty() || reads.iter().any(|read| gap.read.starts_with(read)))
    };
    if exists {
        Truth::Yes
    } else if world.access.index().estate().gaps.iter().any(is_unread) {
        Truth::Maybe
    } else {
        Truth::No
    }
}
