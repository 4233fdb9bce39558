//! Container repositories.
//! <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html>

use serde::Deserialize;
use serde_json::json;

use super::ask::{Asked, Policies, Question, declared};
use crate::{
    client::{Call, Fips, Http, JSON_1_1, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static ECR: Service = Service {
    name: "ecr",
    host: "api.ecr",
    signing: "ecr",
    id: "ECR",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "AmazonEC2ContainerRegistry_V20150921" },
    fips: Fips::Suffix(&[]),
    offered: Offered::Everywhere,
};

pub(super) const DESCRIBE_REPOSITORIES: Call = Call {
    read: declared(
        "ecr",
        "DescribeRepositories",
        &["ecr:DescribeRepositories"],
        "names of repositories; of no image",
    ),
    service: &ECR,
    http: Http::Named,
    probe: r#"{"maxResults": 1}"#,
};

pub(super) const GET_REPOSITORY_POLICY: Call = Call {
    read: declared(
        "ecr",
        "GetRepositoryPolicy",
        &["ecr:GetRepositoryPolicy"],
        "the policy of each repository",
    ),
    service: &ECR,
    http: Http::Named,
    probe: r#"{"repositoryName": "census-permission-check-no-such-repository"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repositories {
    repositories: Option<Vec<Repository>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    repository_arn: Option<String>,
    repository_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Described {
    policy_text: Option<String>,
}

pub(super) async fn read(place: &Place<'_>) -> Policies {
    let split = |page: Repositories| (page.repositories.unwrap_or_default(), page.next_token);
    let listing = place.list(&DESCRIBE_REPOSITORIES, json!({"maxResults": 1000}), "nextToken", split).await;
    let identify = |one: Repository| {
        let input = json!({"repositoryName": one.repository_name?});
        Some(Asked { arn: one.repository_arn?, region: None, input })
    };
    let question = Question {
        call: &GET_REPOSITORY_POLICY,
        none: &["RepositoryPolicyNotFoundException"],
        policy: |answer: Described| answer.policy_text,
    };
    Policies::one_by_one(place, &DESCRIBE_REPOSITORIES, listing, identify, &question).await
}
