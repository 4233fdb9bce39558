//! EMR clusters that run.
//! <https://docs.aws.amazon.com/emr/latest/APIReference/API_DescribeCluster.html>

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, GOV, Http, JSON_1_1, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static EMR: Service = Service {
    name: "elasticmapreduce",
    host: "elasticmapreduce",
    signing: "elasticmapreduce",
    id: "EMR",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "ElasticMapReduce" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

pub(super) const LIST_CLUSTERS: Call = Call {
    read: declared(
        "elasticmapreduce",
        "ListClusters",
        &["elasticmapreduce:ListClusters"],
        "clusters that have not ended",
    ),
    service: &EMR,
    http: Http::Named,
    probe: r#"{"ClusterStates": ["STARTING"]}"#,
};

pub(super) const DESCRIBE_CLUSTER: Call = Call {
    read: declared(
        "elasticmapreduce",
        "DescribeCluster",
        &["elasticmapreduce:DescribeCluster"],
        "the roles and the instance profile of a cluster; configurations and passwords are dropped unread",
    ),
    service: &EMR,
    http: Http::Named,
    probe: r#"{"ClusterId": "j-0000000000000"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Clusters {
    clusters: Option<Vec<Summary>>,
    marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    id: Option<String>,
    name: Option<String>,
    cluster_arn: Option<String>,
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    state: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    cluster: Option<Cluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cluster {
    service_role: Option<String>,
    auto_scaling_role: Option<String>,
    ec2_instance_attributes: Option<Attributes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    iam_instance_profile: Option<String>,
}

/// Only the description of a cluster names its roles.
pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: Clusters| (page.clusters.unwrap_or_default(), page.marker);
    let input = json!({"ClusterStates": ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]});
    let listing = place.list(&LIST_CLUSTERS, input, "Marker", split).await;
    let clusters = found.identified(&LIST_CLUSTERS, listing, |one: Summary| Some((one.id.clone()?, one)));
    let arn = |id: &String, one: &Summary| {
        one.cluster_arn.clone().unwrap_or_else(|| place.arn("elasticmapreduce", &format!("cluster/{id}")))
    };
    let about = |(id, one): &(String, Summary)| arn(id, one);
    let input = |(id, _): &(String, Summary)| json!({"ClusterId": id});
    for ((id, one), answer) in found.each(place, &DESCRIBE_CLUSTER, clusters, about, input).await {
        let mut entry = Entry::new("emr_cluster", arn(&id, &one))
            .name(one.name)
            .state(one.status.and_then(|status| status.state));
        if let Some(cluster) = answer.and_then(|answer: Described| answer.cluster) {
            let attributes = cluster.ec2_instance_attributes;
            entry = entry
                .role(cluster.service_role)
                .role(cluster.auto_scaling_role)
                .profile(attributes.and_then(|attributes| attributes.iam_instance_profile));
        }
        found.add(&DESCRIBE_CLUSTER, Some(entry));
    }
    found
}
