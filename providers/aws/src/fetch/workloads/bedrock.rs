//! Bedrock agents.
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_GetAgent.html>

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, Http, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static BEDROCK: Service = Service {
    name: "bedrock",
    host: "bedrock-agent",
    signing: "bedrock",
    id: "Bedrock Agent",
    protocol: Protocol::RestJson,
    fips: Fips::Suffix(&[]),
    offered: Offered::Unlisted,
};

pub(super) const LIST_AGENTS: Call = Call {
    read: declared("bedrock", "ListAgents", &["bedrock:ListAgents"], "agents and their state"),
    service: &BEDROCK,
    http: Http::Post("/agents/"),
    probe: r#"{"maxResults": 1}"#,
};

pub(super) const GET_AGENT: Call = Call {
    read: declared(
        "bedrock",
        "GetAgent",
        &["bedrock:GetAgent"],
        "the role of an agent; instructions are dropped unread",
    ),
    service: &BEDROCK,
    http: Http::Get("/agents/{agentId}/"),
    probe: r#"{"agentId": "CENSUSNONE"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Agents {
    agent_summaries: Option<Vec<Summary>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    agent_id: Option<String>,
    agent_name: Option<String>,
    agent_status: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Described {
    agent: Option<Agent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Agent {
    agent_resource_role_arn: Option<String>,
}

/// Only the description of an agent names its role.
pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: Agents| (page.agent_summaries.unwrap_or_default(), page.next_token);
    let listing = place.list(&LIST_AGENTS, json!({"maxResults": 1000}), "nextToken", split).await;
    let agents = found.identified(&LIST_AGENTS, listing, |one: Summary| {
        Some((one.agent_id?, one.agent_name, one.agent_status))
    });
    let about = |(id, ..): &(String, _, _)| place.arn("bedrock", &format!("agent/{id}"));
    let input = |(id, ..): &(String, _, _)| json!({"agentId": id});
    for ((id, name, status), answer) in found.each(place, &GET_AGENT, agents, about, input).await {
        let role = answer.and_then(|answer: Described| answer.agent?.agent_resource_role_arn);
        let arn = place.arn("bedrock", &format!("agent/{id}"));
        found.add(&GET_AGENT, Some(Entry::new("bedrock_agent", arn).name(name).role(role).state(status)));
    }
    found
}
