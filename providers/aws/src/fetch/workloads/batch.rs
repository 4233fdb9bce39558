//! Batch job definitions and compute environments.
//! <https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html>

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, GOV, Http, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static BATCH: Service = Service {
    name: "batch",
    host: "batch",
    signing: "batch",
    id: "Batch",
    protocol: Protocol::RestJson,
    fips: Fips::Prefix(GOV),
    offered: Offered::Everywhere,
};

pub(super) const DESCRIBE_JOB_DEFINITIONS: Call = Call {
    read: declared(
        "batch",
        "DescribeJobDefinitions",
        &["batch:DescribeJobDefinitions"],
        "active job definitions and their roles; environment variables are dropped unread",
    ),
    service: &BATCH,
    http: Http::Post("/v1/describejobdefinitions"),
    probe: r#"{"maxResults": 1}"#,
};

pub(super) const DESCRIBE_COMPUTE_ENVIRONMENTS: Call = Call {
    read: declared(
        "batch",
        "DescribeComputeEnvironments",
        &["batch:DescribeComputeEnvironments"],
        "compute environments with their service role and instance profile",
    ),
    service: &BATCH,
    http: Http::Post("/v1/describecomputeenvironments"),
    probe: r#"{"maxResults": 1}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Definitions {
    job_definitions: Option<Vec<Definition>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Definition {
    job_definition_arn: Option<String>,
    job_definition_name: Option<String>,
    status: Option<String>,
    container_properties: Option<Container>,
    node_properties: Option<Nodes>,
    ecs_properties: Option<Ecs>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Container {
    job_role_arn: Option<String>,
    execution_role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Nodes {
    node_range_properties: Option<Vec<NodeRange>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeRange {
    container: Option<Container>,
    ecs_properties: Option<Ecs>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ecs {
    task_properties: Option<Vec<Task>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    task_role_arn: Option<String>,
    execution_role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Environments {
    compute_environments: Option<Vec<Environment>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Environment {
    compute_environment_arn: Option<String>,
    compute_environment_name: Option<String>,
    status: Option<String>,
    service_role: Option<String>,
    compute_resources: Option<Resources>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resources {
    instance_role: Option<String>,
}

impl Definition {
    /// Each container's role and the one that starts it.
    fn roles(&mut self) -> Vec<(Option<String>, Option<String>)> {
        let nodes = self.node_properties.take().and_then(|nodes| nodes.node_range_properties);
        let (containers, tasks): (Vec<_>, Vec<_>) = nodes
            .unwrap_or_default()
            .into_iter()
            .map(|range| (range.container, range.ecs_properties))
            .chain([(self.container_properties.take(), self.ecs_properties.take())])
            .unzip();
        let containers =
            containers.into_iter().flatten().map(|one| (one.job_role_arn, one.execution_role_arn));
        let tasks = tasks.into_iter().flatten().flat_map(|one| one.task_properties.unwrap_or_default());
        containers.chain(tasks.map(|one| (one.task_role_arn, one.execution_role_arn))).collect()
    }
}

pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    definitions(place, &mut found).await;
    environments(place, &mut found).await;
    found
}

async fn definitions(place: &Place<'_>, found: &mut Found) {
    let split = |page: Definitions| (page.job_definitions.unwrap_or_default(), page.next_token);
    let input = json!({"status": "ACTIVE", "maxResults": 100});
    let listing = place.list(&DESCRIBE_JOB_DEFINITIONS, input, "nextToken", split).await;
    for mut one in found.listed(&DESCRIBE_JOB_DEFINITIONS, listing) {
        let roles = one.roles();
        let entry = one.job_definition_arn.map(|arn| {
            let entry =
                Entry::new("batch_job_definition", arn).name(one.job_definition_name).state(one.status);
            roles
                .into_iter()
                .fold(entry, |entry, (role, execution)| entry.role(role).execution_role(execution))
        });
        found.add(&DESCRIBE_JOB_DEFINITIONS, entry);
    }
}

async fn environments(place: &Place<'_>, found: &mut Found) {
    let split = |page: Environments| (page.compute_environments.unwrap_or_default(), page.next_token);
    let input = json!({"maxResults": 100});
    let listing = place.list(&DESCRIBE_COMPUTE_ENVIRONMENTS, input, "nextToken", split).await;
    for one in found.listed(&DESCRIBE_COMPUTE_ENVIRONMENTS, listing) {
        let entry = one.compute_environment_arn.map(|arn| {
            Entry::new("batch_compute_environment", arn)
                .name(one.compute_environment_name)
                .role(one.service_role)
                .profile(one.compute_resources.and_then(|resources| resources.instance_role))
                .state(one.status)
        });
        found.add(&DESCRIBE_COMPUTE_ENVIRONMENTS, entry);
    }
}
