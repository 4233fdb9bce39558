//! Lambda functions. <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>

use serde::Deserialize;

use super::ask::{Asked, Policies, Question, declared};
use crate::{
    client::{Call, Http},
    fetch::{regions::Place, workloads::Function},
};

pub(super) use crate::fetch::workloads::LAMBDA;

pub(super) const GET_POLICY: Call = Call {
    read: declared(
        "lambda",
        "GetPolicy",
        &["lambda:GetPolicy"],
        "the policy of each function; those of single versions and aliases are not asked for",
    ),
    service: &LAMBDA,
    http: Http::Get("/2015-03-31/functions/{FunctionName}/policy"),
    probe: r#"{"FunctionName": "census-permission-check-no-such-function"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    policy: Option<String>,
}

pub(super) async fn read(place: &Place<'_>) -> Policies {
    let question = Question {
        call: &GET_POLICY,
        none: &["ResourceNotFoundException"],
        policy: |answer: Described| answer.policy,
    };
    let identify = |one: Function| Some(Asked::by_arn("FunctionName", one.function_arn?));
    // A listing that failed is the workloads' gap; what it leaves open here is a gap of the policies.
    Policies::one_by_one(place, &GET_POLICY, place.functions().await, identify, &question).await
}
