//! EKS clusters, pod identity associations and node groups. Roles for service accounts (IRSA) are in the roles' trust
//! policies. <https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribePodIdentityAssociation.html>

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

pub(super) static EKS: Service = Service {
    name: "eks",
    host: "eks",
    signing: "eks",
    id: "EKS",
    protocol: Protocol::RestJson,
    fips: Fips::Prefix(GOV),
    offered: Offered::Everywhere,
};

pub(super) const LIST_CLUSTERS: Call = Call {
    read: declared("eks", "ListClusters", &["eks:ListClusters"], "the names of clusters"),
    service: &EKS,
    http: Http::Get("/clusters"),
    probe: r#"{"maxResults": 1}"#,
};

pub(super) const DESCRIBE_CLUSTER: Call = Call {
    read: declared("eks", "DescribeCluster", &["eks:DescribeCluster"], "the role and the state of a cluster"),
    service: &EKS,
    http: Http::Get("/clusters/{name}"),
    probe: r#"{"name": "census-permission-check"}"#,
};

pub(super) const LIST_POD_IDENTITY_ASSOCIATIONS: Call = Call {
    read: declared(
        "eks",
        "ListPodIdentityAssociations",
        &["eks:ListPodIdentityAssociations"],
        "which service accounts of a cluster have a role by pod identity",
    ),
    service: &EKS,
    http: Http::Get("/clusters/{name}/pod-identity-associations"),
    probe: r#"{"name": "census-permission-check"}"#,
};

pub(super) const DESCRIBE_POD_IDENTITY_ASSOCIATION: Call = Call {
    read: declared(
        "eks",
        "DescribePodIdentityAssociation",
        &["eks:DescribePodIdentityAssociation"],
        "which role that is",
    ),
    service: &EKS,
    http: Http::Get("/clusters/{name}/pod-identity-associations/{associationId}"),
    probe: r#"{"name": "census-permission-check", "associationId": "a-census0000000000"}"#,
};

pub(super) const LIST_NODEGROUPS: Call = Call {
    read: declared("eks", "ListNodegroups", &["eks:ListNodegroups"], "the node groups of a cluster"),
    service: &EKS,
    http: Http::Get("/clusters/{name}/node-groups"),
    probe: r#"{"name": "census-permission-check"}"#,
};

pub(super) const DESCRIBE_NODEGROUP: Call = Call {
    read: declared("eks", "DescribeNodegroup", &["eks:DescribeNodegroup"], "the role of a node group"),
    service: &EKS,
    http: Http::Get("/clusters/{name}/node-groups/{nodegroupName}"),
    probe: r#"{"name": "census-permission-check", "nodegroupName": "census-permission-check"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Clusters {
    clusters: Option<Vec<String>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct DescribedCluster {
    cluster: Option<Cluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cluster {
    role_arn: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Associations {
    associations: Option<Vec<Association>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Association {
    association_arn: Option<String>,
    association_id: Option<String>,
    namespace: Option<String>,
    service_account: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct DescribedAssociation {
    association: Option<AssociationDetails>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssociationDetails {
    role_arn: Option<String>,
    target_role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Nodegroups {
    nodegroups: Option<Vec<String>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct DescribedNodegroup {
    nodegroup: Option<Nodegroup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Nodegroup {
    nodegroup_arn: Option<String>,
    node_role: Option<String>,
    status: Option<String>,
}

/// Every level is listed by name; only descriptions name roles.
pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: Clusters| (page.clusters.unwrap_or_default(), page.next_token);
    let listing = place.list(&LIST_CLUSTERS, json!({"maxResults": 100}), "nextToken", split).await;
    let names = found.listed(&LIST_CLUSTERS, listing);
    for name in &names {
        associations(place, name, &mut found).await;
        nodegroups(place, name, &mut found).await;
    }
    let arn = |name: &String| place.arn("eks", &format!("cluster/{name}"));
    let input = |name: &String| json!({"name": name});
    for (name, answer) in found.each(place, &DESCRIBE_CLUSTER, names, arn, input).await {
        let (role, status) = answer
            .and_then(|answer: DescribedCluster| answer.cluster)
            .map_or((None, None), |one| (one.role_arn, one.status));
        let entry = Entry::new("eks_cluster", arn(&name)).name(Some(name)).role(role).state(status);
        found.add(&DESCRIBE_CLUSTER, Some(entry));
    }
    found
}

async fn associations(place: &Place<'_>, cluster: &str, found: &mut Found) {
    let split = |page: Associations| (page.associations.unwrap_or_default(), page.next_token);
    let input = json!({"name": cluster, "maxResults": 100});
    let listing = place.list(&LIST_POD_IDENTITY_ASSOCIATIONS, input, "nextToken", split).await;
    let all = place.arn("eks", &format!("podidentityassociation/{cluster}/*"));
    let listed = found.within(&LIST_POD_IDENTITY_ASSOCIATIONS, listing, all);
    let listed: Vec<_> = listed
        .into_iter()
        .filter_map(|one| {
            let account = one.namespace.zip(one.service_account);
            let name = account.map(|(namespace, account)| format!("{namespace}/{account}"));
            Some((one.association_arn?, one.association_id?, name))
        })
        .collect();
    let about = |(arn, ..): &(String, _, _)| arn.clone();
    let input = |(_, id, _): &(_, String, _)| json!({"name": cluster, "associationId": id});
    let described = found.each(place, &DESCRIBE_POD_IDENTITY_ASSOCIATION, listed, about, input).await;
    for ((arn, _, name), answer) in described {
        let (role, target) = answer
            .and_then(|answer: DescribedAssociation| answer.association)
            .map_or((None, None), |one| (one.role_arn, one.target_role_arn));
        // Where there is a target, the pod gets its credentials, by way of the first.
        let entry = Entry::new("eks_pod_identity_association", arn).name(name).role(role).role(target);
        found.add(&DESCRIBE_POD_IDENTITY_ASSOCIATION, Some(entry));
    }
}

async fn nodegroups(place: &Place<'_>, cluster: &str, found: &mut Found) {
    let split = |page: Nodegroups| (page.nodegroups.unwrap_or_default(), page.next_token);
    let input = json!({"name": cluster, "maxResults": 100});
    let listing = place.list(&LIST_NODEGROUPS, input, "nextToken", split).await;
    let all = place.arn("eks", &format!("nodegroup/{cluster}/*"));
    let names = found.within(&LIST_NODEGROUPS, listing, all);
    let about = |name: &String| place.arn("eks", &format!("nodegroup/{cluster}/{name}/*"));
    let input = |name: &String| json!({"name": cluster, "nodegroupName": name});
    for (name, answer) in found.each(place, &DESCRIBE_NODEGROUP, names, about, input).await {
        let Some(answer): Option<DescribedNodegroup> = answer else { continue };
        let entry = answer.nodegroup.and_then(|one| {
            let entry = Entry::new("eks_node_group", one.nodegroup_arn?).name(Some(name));
            Some(entry.role(one.node_role).state(one.status))
        });
        found.add(&DESCRIBE_NODEGROUP, entry);
    }
}
