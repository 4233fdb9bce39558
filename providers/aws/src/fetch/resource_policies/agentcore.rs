//! Runtimes of Bedrock AgentCore; its gateways and memories, which run as nobody, are not asked.
//! <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html>

#[cfg(test)]
pub(super) use super::ask::Described;
use super::ask::{Asked, Policies, Question, declared};
pub(super) use crate::fetch::workloads::AGENTCORE;
use crate::{
    client::{Call, Http},
    fetch::{regions::Place, workloads::Runtime},
};

pub(super) const GET_RESOURCE_POLICY: Call = Call {
    read: declared(
        "bedrock-agentcore",
        "GetResourcePolicy",
        &["bedrock-agentcore:GetResourcePolicy"],
        "the policy of each agent runtime",
    ),
    service: &AGENTCORE,
    http: Http::Get("/resourcepolicy/{resourceArn}"),
    probe: r#"{"resourceArn": "arn:aws:bedrock-agentcore:us-east-1:000000000000:runtime/census_check-0123456789"}"#,
};

/// A listing that failed is the workloads' gap; what it leaves open here is a gap of the policies.
pub(super) async fn read(place: &Place<'_>) -> Policies {
    let identify = |one: Runtime| Some(Asked::by_arn("resourceArn", one.agent_runtime_arn?));
    Policies::one_by_one(
        place,
        &GET_RESOURCE_POLICY,
        place.runtimes().await,
        identify,
        &Question::of(&GET_RESOURCE_POLICY),
    )
    .await
}
