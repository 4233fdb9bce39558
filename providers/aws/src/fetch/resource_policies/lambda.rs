//! Lambda functions. <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>

use serde::Deserialize;
use serde_json::json;

use super::ask::{Asked, Policies, Question, declared};
use crate::{
    client::{Call, Http},
    fetch::{regions::Place, workloads::LIST_FUNCTIONS},
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

/// Functions by ARN alone; what else the listing tells is the workloads' matter.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Functions {
    functions: Option<Vec<Function>>,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Function {
    function_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    policy: Option<String>,
}

pub(super) async fn read(place: &Place<'_>) -> Policies {
    let mut found = Policies::default();
    let split = |page: Functions| (page.functions.unwrap_or_default(), page.next_marker);
    let listing = place.list(&LIST_FUNCTIONS, json!({"MaxItems": 50}), "Marker", split).await;
    // A listing that failed is the workloads' gap; what it leaves open here is a gap of the policies.
    let functions = found.identified(&GET_POLICY, listing, |one| {
        let arn = one.function_arn?;
        let input = json!({"FunctionName": arn});
        Some(Asked { arn, region: None, input })
    });
    let question = Question {
        call: &GET_POLICY,
        none: &["ResourceNotFoundException"],
        policy: |answer: Described| answer.policy,
    };
    found.ask(place, &question, functions).await;
    found
}
