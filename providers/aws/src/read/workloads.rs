//! What runs as a role, and the tables and clusters that lie on the way to one.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    EstateBuilder, IdentityId, Resource, ResourceId, ResourceKind, Text, Workload, WorkloadId, WorkloadKind,
    WorkloadState,
};
use census_privilege::aws::access::WORKLOAD_READS;
use census_provider_api::ReadError;

use super::{
    account::{Account, identity_id},
    arn::{Arn, last_part},
    files::{Bytes, Files, items, unique},
    gaps::{Noted, Presence, Unfetched},
    roles::Profiles,
};
use crate::documents::{AccountFile, Str, Workload as Entry};

/// The read that stands for those of all services in gaps.
const READ: &str = {
    let [first, ..] = WORKLOAD_READS;
    first
};

/// An account without the file has one gap, which stands for everything that runs in it.
const ABSENCE: Unfetched = Unfetched {
    live: "a scan does not ask functions, instances, stacks and other workloads which role they run as yet; only a \
           folder's `workloads.json` tells it",
    folder: "the folder does not hold `workloads.json`, with the functions, instances, stacks and other workloads \
             and the roles that they run as",
};

/// Refuses an entry that names as a role or an instance profile what is none: it would run as nobody.
///
/// # Errors
/// Names the entry and the field.
pub(super) fn check(files: &Files<'_>, bytes: &Bytes<'_>) -> Result<(), ReadError> {
    for (position, one) in items(&files.workloads) {
        for (field, text, kind, noun) in [
            ("role_arn", &one.role_arn, "role/", "role"),
            ("administration_role_arn", &one.administration_role_arn, "role/", "role"),
            ("instance_profile_arn", &one.instance_profile_arn, "instance-profile/", "instance profile"),
        ] {
            let Some(text) = given(text) else { continue };
            if !Arn::parse(text).is_some_and(|arn| arn.resource.starts_with(kind)) {
                return Err(ReadError::Document {
                    document: bytes.path(AccountFile::Workloads),
                    place: format!("[{position}].{field}"),
                    problem: format!("`{text}` is not the ARN of an IAM {noun}"),
                });
            }
        }
    }
    Ok(())
}

/// Adds what the file lists. What it does not list is not there; without a gap nothing else is open.
pub(super) fn read(
    account: &Account<'_>,
    files: &Files<'_>,
    profiles: &Profiles<'_>,
    noted: &Noted,
    estate: &mut EstateBuilder,
) {
    let presence = Presence::of_list(&files.workloads);
    noted.coverage_unfetched(&account.scope, AccountFile::Workloads, presence, &ABSENCE, estate);
    let (entries, conflicts) = unique(items(&files.workloads).map(|(_, one)| one), |one| one.arn.as_str());
    if !conflicts.is_empty() {
        let affects: Vec<Text> = conflicts.into_iter().map(Text::from).collect();
        account.inconsistent(READ, "the document holds these twice, with differences", affects, estate);
    }
    let names = Names::of(&entries);
    for one in entries {
        match Kind::of(one) {
            Kind::Workload(kind) => estate.workload(workload(account, one, kind, profiles, &names)),
            Kind::Resource(kind) => estate.resource(resource(account, one, kind)),
        }
    }
}

/// What an entry becomes.
enum Kind {
    Workload(WorkloadKind),
    Resource(ResourceKind),
}

impl Kind {
    /// By the entry's type. What has an unknown one is a workload if it runs as somebody, else a resource.
    fn of(entry: &Entry<'_>) -> Self {
        use WorkloadKind as W;
        let kind = match entry.kind.as_str() {
            "dynamodb_table" => return Self::Resource(ResourceKind::AwsDynamodbTable),
            "ecs_cluster" => return Self::Resource(ResourceKind::AwsEcsCluster),
            "apprunner_service" => W::AwsApprunnerService,
            "autoscaling_group" => W::AwsAutoscalingGroup,
            "bedrock_agent" => W::AwsBedrockAgent,
            "bedrock_agentcore_code_interpreter" => W::AwsAgentcoreCodeInterpreter,
            "cloudformation_stack" => W::AwsCloudformationStack,
            "cloudformation_stack_set" => W::AwsCloudformationStackSet,
            "codebuild_project" => W::AwsCodebuildProject,
            "ec2_instance" => W::AwsEc2Instance,
            "ecs_container_instance" => W::AwsEcsContainerInstance,
            "ecs_service" | "ecs_task" => W::AwsEcsTask,
            "ecs_task_definition" => W::AwsEcsTaskDefinition,
            "glue_dev_endpoint" => W::AwsGlueDevEndpoint,
            "glue_job" => W::AwsGlueJob,
            "lambda_function" => W::AwsLambdaFunction,
            "launch_template" => W::AwsLaunchTemplate,
            "sagemaker_notebook_instance" => W::AwsSagemakerNotebookInstance,
            "scheduler_schedule" => W::AwsSchedulerSchedule,
            "sfn_state_machine" | "state_machine" => W::AwsStateMachine,
            other => {
                let runs_as = [&entry.role_arn, &entry.instance_profile_arn, &entry.administration_role_arn];
                if runs_as.into_iter().all(|field| given(field).is_none()) {
                    return Self::Resource(ResourceKind::Other(other.into()));
                }
                W::Other(other.into())
            }
        };
        Self::Workload(kind)
    }
}

fn workload(
    account: &Account<'_>,
    entry: &Entry<'_>,
    kind: WorkloadKind,
    profiles: &Profiles<'_>,
    names: &Names<'_>,
) -> Workload {
    let uses = [
        given(&entry.instance_profile_arn),
        given(&entry.launch_template).map(|text| names.arn("launch_template", text, &entry.arn)),
        given(&entry.cluster).map(|text| names.arn("ecs_cluster", text, &entry.arn)),
        given(&entry.execution_role_name),
    ];
    let uses: BTreeSet<Text> = uses.into_iter().flatten().map(Text::from).collect();
    Workload {
        id: WorkloadId::new(Account::id(&entry.arn)),
        native_id: entry.arn.as_str().into(),
        runs_as: runs_as(entry, &kind, profiles).into_iter().collect(),
        kind,
        name: name(entry).into(),
        scope: account.scope.clone(),
        uses: uses.into_iter().collect(),
        state: given(&entry.state).or_else(|| given(&entry.status)).and_then(state),
        created: None,
        tags: tags(entry),
    }
}

fn resource(account: &Account<'_>, entry: &Entry<'_>, kind: ResourceKind) -> Resource {
    Resource {
        id: ResourceId::new(Account::id(&entry.arn)),
        native_id: entry.arn.as_str().into(),
        kind,
        name: name(entry).into(),
        scope: account.scope.clone(),
        parts: given(&entry.stream_arn).map(Text::from).into_iter().collect(),
        tags: tags(entry),
    }
}

/// The role that the entry names, and those of its instance profile. A stack set runs as its administration role and
/// as nobody else; its stacks run as the execution role, which lies in other accounts.
fn runs_as(entry: &Entry<'_>, kind: &WorkloadKind, profiles: &Profiles<'_>) -> BTreeSet<IdentityId> {
    let role = given(&entry.role_arn);
    let administration = given(&entry.administration_role_arn);
    if *kind == WorkloadKind::AwsCloudformationStackSet {
        return administration.or(role).map(identity_id).into_iter().collect();
    }
    let profile = given(&entry.instance_profile_arn).and_then(|arn| profiles.get(arn));
    let of_profile = profile.into_iter().flatten().cloned();
    role.into_iter().chain(administration).map(identity_id).chain(of_profile).collect()
}

fn name<'e>(entry: &'e Entry<'_>) -> &'e str {
    given(&entry.name).unwrap_or_else(|| {
        let resource = Arn::of_resource(&entry.arn).map_or(entry.arn.as_str(), |arn| arn.resource);
        resource.rsplit_once('/').or_else(|| resource.rsplit_once(':')).map_or(resource, |(_, name)| name)
    })
}

fn tags(entry: &Entry<'_>) -> BTreeMap<Text, Text> {
    entry.tags.iter().map(|(key, value)| (key.into(), value.into())).collect()
}

/// Whether it runs, by the words of the services; of other words it is not known.
fn state(word: &str) -> Option<WorkloadState> {
    match word.to_ascii_lowercase().as_str() {
        "active" | "inservice" | "ready" | "running" => Some(WorkloadState::Running),
        "stopped" | "stopping" => Some(WorkloadState::Stopped),
        "delete_complete" | "delete_in_progress" | "deleted" | "deleting" | "failed" | "shutting-down"
        | "terminated" => Some(WorkloadState::Ended),
        _ => None,
    }
}

/// A field, unless it is empty, which is how some exporters say that there is nothing.
fn given<'e>(field: &'e Option<Str<'_>>) -> Option<&'e str> {
    field.as_ref().map(Str::as_str).filter(|text| !text.is_empty())
}

/// The entries that others name, by type.
struct Names<'f>(Vec<&'f Entry<'f>>);

impl<'f> Names<'f> {
    fn of(entries: &[&'f Entry<'f>]) -> Self {
        let named = |entry: &&&Entry<'_>| ["launch_template", "ecs_cluster"].contains(&entry.kind.as_str());
        Self(entries.iter().filter(named).copied().collect())
    }

    /// The ARN of what `user` names by ARN, id or name; what it says itself where the file does not list that. Ids go
    /// before names, because anybody may choose another's id as a name; both hold within one region.
    fn arn<'t>(&self, kind: &str, text: &'t str, user: &str) -> &'t str
    where
        'f: 't,
    {
        let near = |arn: &str| region(arn) == region(user);
        let of_kind = || self.0.iter().filter(|entry| entry.kind.as_str() == kind);
        let by_id = || of_kind().find(|one| near(&one.arn) && last_part(&one.arn) == text);
        let by_name = || of_kind().find(|one| near(&one.arn) && given(&one.name) == Some(text));
        if text.starts_with("arn:") {
            text
        } else {
            by_id().or_else(by_name).map_or(text, |one| one.arn.as_str())
        }
    }
}

fn region(arn: &str) -> Option<&str> {
    arn.split(':').nth(3)
}
