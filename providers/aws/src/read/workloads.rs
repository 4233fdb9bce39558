//! What runs as a role, and the tables and clusters that lie on the way to one.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
};

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
    whose::Whose,
};
use crate::documents::{AccountFile, Several, Str, Workload as Entry};

/// The read that stands for those of all services in gaps.
const READ: &str = {
    let [first, ..] = WORKLOAD_READS;
    first
};

/// An account without the file has one gap, which stands for everything that runs in it.
const ABSENCE: Unfetched = Unfetched {
    live: "the scan that left these documents did not ask functions, instances, stacks and other workloads which role \
           they run as",
    folder: "the folder does not hold `workloads.json`, with the functions, instances, stacks and other workloads \
             and the roles that they run as",
};

/// Refuses an entry that names as a role or an instance profile what is none: it would run as nobody.
///
/// # Errors
/// Names the entry and the field.
pub(super) fn check(files: &Files<'_>, bytes: &Bytes<'_>) -> Result<(), ReadError> {
    for (position, one) in items(&files.workloads) {
        let administration = || given(&one.administration_role_arn).into_iter();
        let roles = one.role_arn.iter().map(|text| ("role_arn", text));
        let roles = roles.chain(administration().map(|text| ("administration_role_arn", text)));
        let profiles = one.instance_profile_arn.iter().map(|text| ("instance_profile_arn", text));
        let named = roles.map(|(field, text)| (field, text, "role/", "role"));
        let named =
            named.chain(profiles.map(|(field, text)| (field, text, "instance-profile/", "instance profile")));
        for (field, text, kind, noun) in named {
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
    let roles = files.details.iter().flat_map(|details| &details.role_detail_list);
    let known = Known { roles: roles.map(|role| (&*role.role_name, &*role.arn)).collect(), profiles };
    for one in entries {
        match Kind::of(one) {
            Kind::Workload(kind) => estate.workload(workload(account, one, kind, &known, &names)),
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
                let runs_as = [
                    &entry.role_arn,
                    &entry.role_name,
                    &entry.instance_profile_arn,
                    &entry.instance_profile_name,
                ];
                let as_nobody = runs_as.into_iter().all(Several::is_empty);
                if as_nobody && given(&entry.administration_role_arn).is_none() {
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
    known: &Known<'_>,
    names: &Names<'_>,
) -> Workload {
    let profiles: Vec<&str> = known.profiles_of(entry).collect();
    let uses = [
        given(&entry.launch_template).map(|text| names.arn("launch_template", text, &entry.arn)),
        given(&entry.cluster).map(|text| names.arn("ecs_cluster", text, &entry.arn)),
        given(&entry.execution_role_name),
    ];
    let acts_for_it = entry.execution_role_arn.iter();
    let instance = names.instance(entry).map(|one| one.arn.as_str());
    let uses = uses.into_iter().flatten().chain(profiles).chain(acts_for_it).chain(instance);
    let uses: BTreeSet<Text> = uses.map(Text::from).collect();
    Workload {
        id: WorkloadId::new(Account::id(&entry.arn)),
        native_id: entry.arn.as_str().into(),
        runs_as: runs_as(account, entry, &kind, known, names).into_iter().collect(),
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
        versions: BTreeMap::new(),
        tags: tags(entry),
    }
}

/// The roles that the entry names, and those of its instance profiles or of the instance that it is. A stack set runs as its administration role and
/// as nobody else; its stacks run as the execution role, which lies in other accounts.
fn runs_as(
    account: &Account<'_>,
    entry: &Entry<'_>,
    kind: &WorkloadKind,
    known: &Known<'_>,
    names: &Names<'_>,
) -> BTreeSet<IdentityId> {
    let roles = entry.role_arn.iter().map(identity_id);
    let roles = roles.chain(entry.role_name.iter().map(|name| known.role(account, name)));
    let administration = given(&entry.administration_role_arn).map(identity_id);
    if *kind == WorkloadKind::AwsCloudformationStackSet {
        return administration.map_or_else(|| roles.collect(), |role| BTreeSet::from([role]));
    }
    let instance = names.instance(entry).into_iter();
    let of_profiles = iter::once(entry)
        .chain(instance)
        .flat_map(|one| known.profiles_of(one))
        .filter_map(|arn| known.profiles.get(arn))
        .flatten();
    roles.chain(administration).chain(of_profiles.cloned()).collect()
}

/// The roles and instance profiles of the account.
struct Known<'f> {
    /// ARNs by name, which no two roles of an account share.
    roles: BTreeMap<&'f str, &'f str>,
    profiles: &'f Profiles<'f>,
}

impl Known<'_> {
    /// The role of a name; where the account has none, the one that would have it outside of any path.
    fn role(&self, account: &Account<'_>, name: &str) -> IdentityId {
        let Whose { account: id, partition } = account.whose;
        self.roles.get(name).map_or_else(
            || identity_id(&format!("arn:{partition}:iam::{id}:role/{name}")),
            |arn| identity_id(arn),
        )
    }

    /// The ARNs of the entry's instance profiles; a name that the account does not have stays a name.
    fn profiles_of<'e>(&'e self, entry: &'e Entry<'_>) -> impl Iterator<Item = &'e str> {
        let by_name = entry
            .instance_profile_name
            .iter()
            .map(|name| self.profiles.keys().copied().find(|arn| last_part(arn) == name).unwrap_or(name));
        entry.instance_profile_arn.iter().chain(by_name)
    }
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
struct Names<'f>(BTreeMap<&'f str, Vec<&'f Entry<'f>>>);

/// The types of entries that others name.
const NAMED: [&str; 3] = ["ec2_instance", "ecs_cluster", "launch_template"];

impl<'f> Names<'f> {
    fn of(entries: &[&'f Entry<'f>]) -> Self {
        let is_named = |entry: &&&Entry<'_>| NAMED.contains(&entry.kind.as_str());
        let mut kinds: BTreeMap<&str, Vec<&Entry<'_>>> = BTreeMap::new();
        for entry in entries.iter().filter(is_named) {
            kinds.entry(entry.kind.as_str()).or_default().push(entry);
        }
        Self(kinds)
    }

    /// The EC2 instance that an entry is.
    fn instance(&self, user: &Entry<'_>) -> Option<&'f Entry<'f>> {
        let id = given(&user.instance)?;
        let near = |one: &&&Entry<'_>| region(&one.arn) == region(&user.arn) && last_part(&one.arn) == id;
        self.0.get("ec2_instance")?.iter().find(near).copied()
    }

    /// The ARN of what `user` names by ARN, id or name; what it says itself where the file does not list that. Ids go
    /// before names, because anybody may choose another's id as a name; both hold within one region.
    fn arn<'t>(&self, kind: &str, text: &'t str, user: &str) -> &'t str
    where
        'f: 't,
    {
        let near = |arn: &str| region(arn) == region(user);
        let of_kind = || self.0.get(kind).into_iter().flatten();
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
