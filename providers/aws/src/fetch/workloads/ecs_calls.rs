//! The calls for ECS, and what is kept of their answers.

use serde::Deserialize;

use super::found::declared;
use crate::client::{Call, Fips, Http, JSON_1_1, Offered, Protocol, Service};

pub(super) static ECS: Service = Service {
    name: "ecs",
    host: "ecs",
    signing: "ecs",
    id: "ECS",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "AmazonEC2ContainerServiceV20141113" },
    fips: Fips::Suffix(&[]),
    offered: Offered::Everywhere,
};

pub(super) const LIST_CLUSTERS: Call = Call {
    read: declared("ecs", "ListClusters", &["ecs:ListClusters"], "the clusters"),
    service: &ECS,
    http: Http::Named,
    probe: r#"{"maxResults": 1}"#,
};

pub(super) const DESCRIBE_CLUSTERS: Call = Call {
    read: declared(
        "ecs",
        "DescribeClusters",
        &["ecs:DescribeClusters"],
        "the names and the state of clusters, 100 a call",
    ),
    service: &ECS,
    http: Http::Named,
    probe: r#"{"clusters": ["census-permission-check"]}"#,
};

pub(super) const LIST_CONTAINER_INSTANCES: Call = Call {
    read: declared(
        "ecs",
        "ListContainerInstances",
        &["ecs:ListContainerInstances"],
        "the instances of a cluster",
    ),
    service: &ECS,
    http: Http::Named,
    probe: r#"{"cluster": "census-permission-check"}"#,
};

pub(super) const DESCRIBE_CONTAINER_INSTANCES: Call = Call {
    read: declared(
        "ecs",
        "DescribeContainerInstances",
        &["ecs:DescribeContainerInstances"],
        "which EC2 instances those are, 100 a call",
    ),
    service: &ECS,
    http: Http::Named,
    probe: r#"{"cluster": "census-permission-check", "containerInstances": ["census"]}"#,
};

pub(super) const LIST_SERVICES: Call = Call {
    read: declared("ecs", "ListServices", &["ecs:ListServices"], "the services of a cluster"),
    service: &ECS,
    http: Http::Named,
    probe: r#"{"cluster": "census-permission-check"}"#,
};

pub(super) const DESCRIBE_SERVICES: Call = Call {
    read: declared(
        "ecs",
        "DescribeServices",
        &["ecs:DescribeServices"],
        "the task definitions of services, 10 a call",
    ),
    service: &ECS,
    http: Http::Named,
    probe: r#"{"cluster": "census-permission-check", "services": ["census"]}"#,
};

pub(super) const LIST_TASKS: Call = Call {
    read: declared("ecs", "ListTasks", &["ecs:ListTasks"], "the tasks of a cluster"),
    service: &ECS,
    http: Http::Named,
    probe: r#"{"cluster": "census-permission-check"}"#,
};

pub(super) const DESCRIBE_TASKS: Call = Call {
    read: declared(
        "ecs",
        "DescribeTasks",
        &["ecs:DescribeTasks"],
        "the task definitions of tasks, and roles that they were given instead, 100 a call",
    ),
    service: &ECS,
    http: Http::Named,
    probe: r#"{"cluster": "census-permission-check", "tasks": ["census"]}"#,
};

pub(super) const LIST_TASK_DEFINITIONS: Call = Call {
    read: declared("ecs", "ListTaskDefinitions", &["ecs:ListTaskDefinitions"], "the active task definitions"),
    service: &ECS,
    http: Http::Named,
    probe: r#"{"maxResults": 1}"#,
};

pub(super) const DESCRIBE_TASK_DEFINITION: Call = Call {
    read: declared(
        "ecs",
        "DescribeTaskDefinition",
        &["ecs:DescribeTaskDefinition"],
        "the task role and the execution role of a task definition; environment variables are dropped unread",
    ),
    service: &ECS,
    http: Http::Named,
    probe: r#"{"taskDefinition": "census-permission-check"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClusterArns {
    pub(super) cluster_arns: Option<Vec<String>>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribedClusters {
    pub(super) clusters: Option<Vec<Cluster>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cluster {
    pub(super) cluster_arn: Option<String>,
    pub(super) cluster_name: Option<String>,
    pub(super) status: Option<String>,
}

/// A page of a list of what lies in a cluster.
pub(super) trait Arns: serde::de::DeserializeOwned {
    /// The ARNs, and how to ask for the next page.
    fn split(self) -> (Vec<String>, Option<String>);
}

macro_rules! arns {
    ($($name:ident: $field:ident),+ $(,)?) => {$(
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(super) struct $name {
            $field: Option<Vec<String>>,
            next_token: Option<String>,
        }

        impl Arns for $name {
            fn split(self) -> (Vec<String>, Option<String>) {
                (self.$field.unwrap_or_default(), self.next_token)
            }
        }
    )+};
}

arns! {
    InstanceArns: container_instance_arns,
    ServiceArns: service_arns,
    TaskArns: task_arns,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribedInstances {
    pub(super) container_instances: Option<Vec<Instance>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Instance {
    pub(super) container_instance_arn: Option<String>,
    pub(super) ec2_instance_id: Option<String>,
    pub(super) status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribedServices {
    pub(super) services: Option<Vec<ServiceDetails>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceDetails {
    pub(super) service_arn: Option<String>,
    pub(super) service_name: Option<String>,
    pub(super) status: Option<String>,
    pub(super) task_definition: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribedTasks {
    pub(super) tasks: Option<Vec<Task>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Task {
    pub(super) task_arn: Option<String>,
    pub(super) task_definition_arn: Option<String>,
    pub(super) group: Option<String>,
    pub(super) last_status: Option<String>,
    pub(super) overrides: Option<Overrides>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Overrides {
    pub(super) task_role_arn: Option<String>,
    pub(super) execution_role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DefinitionArns {
    pub(super) task_definition_arns: Option<Vec<String>>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribedDefinition {
    pub(super) task_definition: Option<Definition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Definition {
    pub(super) task_role_arn: Option<String>,
    pub(super) execution_role_arn: Option<String>,
    pub(super) status: Option<String>,
}
