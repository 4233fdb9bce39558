//! Secrets; never their values.
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html>

use serde::Deserialize;
use serde_json::json;

use super::ask::{Asked, Policies, Question, declared};
use crate::{
    client::{Call, Fips, Http, JSON_1_1, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static SECRETS_MANAGER: Service = Service {
    name: "secretsmanager",
    host: "secretsmanager",
    signing: "secretsmanager",
    id: "Secrets Manager",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "secretsmanager" },
    fips: Fips::Suffix(&[]),
    offered: Offered::Everywhere,
};

pub(super) const LIST_SECRETS: Call = Call {
    read: declared(
        "secretsmanager",
        "ListSecrets",
        &["secretsmanager:ListSecrets"],
        "ARNs of secrets; no other property of them is kept",
    ),
    service: &SECRETS_MANAGER,
    http: Http::Named,
    probe: r#"{"MaxResults": 1}"#,
};

pub(super) const GET_RESOURCE_POLICY: Call = Call {
    read: declared(
        "secretsmanager",
        "GetResourcePolicy",
        &["secretsmanager:GetResourcePolicy"],
        "the policy of each secret",
    ),
    service: &SECRETS_MANAGER,
    http: Http::Named,
    probe: r#"{"SecretId": "census-permission-check-no-such-secret"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Secrets {
    secret_list: Option<Vec<Secret>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct Secret {
    #[serde(rename = "ARN")]
    arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    resource_policy: Option<String>,
}

/// Secrets that are about to be deleted are not listed: nobody can read them.
pub(super) async fn read(place: &Place<'_>) -> Policies {
    let split = |page: Secrets| (page.secret_list.unwrap_or_default(), page.next_token);
    let listing = place.list(&LIST_SECRETS, json!({"MaxResults": 100}), "NextToken", split).await;
    let question = Question {
        call: &GET_RESOURCE_POLICY,
        none: &[],
        policy: |answer: Described| answer.resource_policy,
    };
    let identify = |one: Secret| Some(Asked::by_arn("SecretId", one.arn?));
    Policies::one_by_one(place, &LIST_SECRETS, listing, identify, &question).await
}
