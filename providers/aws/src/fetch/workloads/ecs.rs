//! ECS clusters, and what runs or can be run in them.
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html>

use std::collections::{BTreeMap, BTreeSet};

use census_model::GapReason;
use serde_json::{Value, json};

use super::{ecs_calls::*, entry::Entry, found::Found};
use crate::{
    client::{Call, Failure},
    fetch::regions::Place,
};

/// A service or task whose roles stand in its task definition.
struct User {
    entry: Entry,
    definition: Option<String>,
    /// The role that a task was given in place of the definition's.
    role: Option<String>,
    execution_role: Option<String>,
}

/// Roles of a task definition.
#[derive(Clone, Default)]
struct Roles {
    task: Option<String>,
    execution: Option<String>,
}

pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: ClusterArns| (page.cluster_arns.unwrap_or_default(), page.next_token);
    let listing = place.list(&LIST_CLUSTERS, json!({"maxResults": 100}), "nextToken", split).await;
    let clusters = found.listed(&LIST_CLUSTERS, listing);
    let described =
        batches(place, &mut found, &DESCRIBE_CLUSTERS, &clusters, |batch| json!({"clusters": batch}));
    for answer in described.await {
        let answer: DescribedClusters = answer;
        for one in answer.clusters.unwrap_or_default() {
            let entry = one
                .cluster_arn
                .map(|arn| Entry::new("ecs_cluster", arn).name(one.cluster_name).state(one.status));
            found.add(&DESCRIBE_CLUSTERS, entry);
        }
    }
    let mut users = Vec::new();
    for cluster in &clusters {
        container_instances(place, cluster, &mut found).await;
        users.extend(services(place, cluster, &mut found).await);
        users.extend(tasks(place, cluster, &mut found).await);
    }
    let definitions = definitions(place, &users, &mut found).await;
    for User { entry, definition, role, execution_role } in users {
        let of_definition = definition.and_then(|arn| definitions.get(&arn).cloned()).unwrap_or_default();
        let entry = entry
            .role(role.or(of_definition.task))
            .execution_role(execution_role.or(of_definition.execution));
        found.add(&DESCRIBE_TASK_DEFINITION, Some(entry));
    }
    found
}

/// The most names in one call of each kind but for services.
const BATCH: usize = 100;

/// The most services in one call.
const SERVICE_BATCH: usize = 10;

/// Asks about many things, a batch a call.
async fn batches<T: serde::de::DeserializeOwned>(
    place: &Place<'_>,
    found: &mut Found,
    call: &Call,
    arns: &[String],
    input: impl Fn(&[String]) -> Value,
) -> Vec<T> {
    let size = if call.read.operation == DESCRIBE_SERVICES.read.operation { SERVICE_BATCH } else { BATCH };
    let mut answers = Vec::new();
    for batch in arns.chunks(size) {
        let answer = place.ask(call, input(batch)).await;
        answers.extend(found.answer(call, answer, batch.iter().cloned()));
    }
    answers
}

/// The ARNs of what lies in a cluster.
async fn arns_in<T: Arns>(place: &Place<'_>, cluster: &str, call: &Call, found: &mut Found) -> Vec<String> {
    let input = json!({"cluster": cluster, "maxResults": 100});
    let listing = place.list(call, input, "nextToken", T::split).await;
    found.within(call, listing, cluster.to_owned())
}

/// An instance has the role of the EC2 instance that it is.
async fn container_instances(place: &Place<'_>, cluster: &str, found: &mut Found) {
    let arns = arns_in::<InstanceArns>(place, cluster, &LIST_CONTAINER_INSTANCES, found).await;
    let input = |batch: &[String]| json!({"cluster": cluster, "containerInstances": batch});
    let described = batches(place, found, &DESCRIBE_CONTAINER_INSTANCES, &arns, input).await;
    for answer in described {
        let answer: DescribedInstances = answer;
        for one in answer.container_instances.unwrap_or_default() {
            let entry = one.container_instance_arn.map(|arn| {
                Entry::new("ecs_container_instance", arn)
                    .cluster(Some(cluster.to_owned()))
                    .instance(one.ec2_instance_id)
                    .state(one.status)
            });
            found.add(&DESCRIBE_CONTAINER_INSTANCES, entry);
        }
    }
}

async fn services(place: &Place<'_>, cluster: &str, found: &mut Found) -> Vec<User> {
    let arns = arns_in::<ServiceArns>(place, cluster, &LIST_SERVICES, found).await;
    let input = |batch: &[String]| json!({"cluster": cluster, "services": batch});
    let mut users = Vec::new();
    for answer in batches(place, found, &DESCRIBE_SERVICES, &arns, input).await {
        let answer: DescribedServices = answer;
        for one in answer.services.unwrap_or_default() {
            let Some(arn) = one.service_arn else {
                found.add(&DESCRIBE_SERVICES, None);
                continue;
            };
            let entry = Entry::new("ecs_service", arn).name(one.service_name).state(one.status);
            let entry = entry.cluster(Some(cluster.to_owned()));
            users.push(User { entry, definition: one.task_definition, role: None, execution_role: None });
        }
    }
    users
}

/// Tasks that a service keeps running are left to the service: they come and go, and have its roles.
async fn tasks(place: &Place<'_>, cluster: &str, found: &mut Found) -> Vec<User> {
    let arns = arns_in::<TaskArns>(place, cluster, &LIST_TASKS, found).await;
    let input = |batch: &[String]| json!({"cluster": cluster, "tasks": batch});
    let mut users = Vec::new();
    for answer in batches(place, found, &DESCRIBE_TASKS, &arns, input).await {
        let answer: DescribedTasks = answer;
        for one in answer.tasks.unwrap_or_default() {
            if one.group.is_some_and(|group| group.starts_with("service:")) {
                continue;
            }
            let Some(arn) = one.task_arn else {
                found.add(&DESCRIBE_TASKS, None);
                continue;
            };
            let entry = Entry::new("ecs_task", arn).state(one.last_status);
            let entry = entry.cluster(Some(cluster.to_owned()));
            let overrides = one.overrides.unwrap_or_default();
            users.push(User {
                entry,
                definition: one.task_definition_arn,
                role: overrides.task_role_arn.filter(|role| !role.is_empty()),
                execution_role: overrides.execution_role_arn.filter(|role| !role.is_empty()),
            });
        }
    }
    users
}

/// Task definitions in use, and the newest active one of each family, with their roles. Others of a family can be run
/// as well; without `--deep` they are counted and not asked for, since nothing tells their roles but a call for each.
async fn definitions(place: &Place<'_>, users: &[User], found: &mut Found) -> BTreeMap<String, Roles> {
    let split = |page: DefinitionArns| (page.task_definition_arns.unwrap_or_default(), page.next_token);
    let input = json!({"status": "ACTIVE", "sort": "DESC", "maxResults": 100});
    let listing = place.list(&LIST_TASK_DEFINITIONS, input, "nextToken", split).await;
    let active = found.listed(&LIST_TASK_DEFINITIONS, listing);
    let used: BTreeSet<&String> = users.iter().filter_map(|user| user.definition.as_ref()).collect();
    let mut families = BTreeSet::new();
    let newest = |arn: &&String| {
        let (family, _) = arn.rsplit_once(':').unwrap_or((arn, ""));
        families.insert(family.to_owned()) || place.deep
    };
    let mut wanted: BTreeSet<&String> = active.iter().filter(newest).collect();
    wanted.extend(used);
    let others = active.iter().filter(|arn| !wanted.contains(arn)).count();
    if others > 0 {
        let detail = format!(
            "DescribeTaskDefinition: {others} older revisions that nothing runs were not asked for, since that is one \
             call each; --deep asks for all"
        );
        let failure = Failure::client(GapReason::NotRequested, detail);
        let about = place.arn("ecs", "task-definition/*");
        found.failed(&DESCRIBE_TASK_DEFINITION, failure, vec![about.into()]);
    }
    let wanted: Vec<String> = wanted.into_iter().cloned().collect();
    let input = |arn: &String| json!({"taskDefinition": arn});
    let described = found.each(place, &DESCRIBE_TASK_DEFINITION, wanted, String::clone, input).await;
    let mut roles = BTreeMap::new();
    for (arn, answer) in described {
        let answer = answer.and_then(|answer: DescribedDefinition| answer.task_definition);
        let (of_definition, state) = answer.map_or((Roles::default(), None), |one| {
            (Roles { task: one.task_role_arn, execution: one.execution_role_arn }, one.status)
        });
        let name = arn.rsplit_once('/').map(|(_, name)| name.to_owned());
        let entry = Entry::new("ecs_task_definition", arn.clone())
            .name(name)
            .role(of_definition.task.clone())
            .execution_role(of_definition.execution.clone())
            .state(state);
        found.add(&DESCRIBE_TASK_DEFINITION, Some(entry));
        roles.insert(arn, of_definition);
    }
    roles
}
