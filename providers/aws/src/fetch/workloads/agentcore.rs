//! Bedrock AgentCore: code interpreters and runtimes.
//! <https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_GetCodeInterpreter.html>

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, Http, Offered, Protocol, Service},
    fetch::{listings::Listing, regions::Place},
};

pub(in crate::fetch) static AGENTCORE: Service = Service {
    name: "bedrock-agentcore",
    host: "bedrock-agentcore-control",
    signing: "bedrock-agentcore",
    id: "Bedrock AgentCore Control",
    protocol: Protocol::RestJson,
    fips: Fips::Suffix(&[]),
    offered: Offered::Unlisted,
};

pub(super) const LIST_CODE_INTERPRETERS: Call = Call {
    read: declared(
        "bedrock-agentcore",
        "ListCodeInterpreters",
        &["bedrock-agentcore:ListCodeInterpreters"],
        "code interpreters and their state",
    ),
    service: &AGENTCORE,
    http: Http::PostQuery("/code-interpreters"),
    probe: r#"{"maxResults": 1}"#,
};

pub(super) const GET_CODE_INTERPRETER: Call = Call {
    read: declared(
        "bedrock-agentcore",
        "GetCodeInterpreter",
        &["bedrock-agentcore:GetCodeInterpreter"],
        "the execution role of a code interpreter",
    ),
    service: &AGENTCORE,
    http: Http::Get("/code-interpreters/{codeInterpreterId}"),
    probe: r#"{"codeInterpreterId": "census_check-0123456789"}"#,
};

pub(in crate::fetch) const LIST_AGENT_RUNTIMES: Call = Call {
    read: declared(
        "bedrock-agentcore",
        "ListAgentRuntimes",
        &["bedrock-agentcore:ListAgentRuntimes"],
        "agent runtimes and their state",
    ),
    service: &AGENTCORE,
    http: Http::PostQuery("/runtimes/"),
    probe: r#"{"maxResults": 1}"#,
};

pub(super) const GET_AGENT_RUNTIME: Call = Call {
    read: declared(
        "bedrock-agentcore",
        "GetAgentRuntime",
        &["bedrock-agentcore:GetAgentRuntime"],
        "the role of an agent runtime; environment variables are dropped unread",
    ),
    service: &AGENTCORE,
    http: Http::Get("/runtimes/{agentRuntimeId}/"),
    probe: r#"{"agentRuntimeId": "census_check-0123456789"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Interpreters {
    code_interpreter_summaries: Option<Vec<Interpreter>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Interpreter {
    code_interpreter_arn: Option<String>,
    code_interpreter_id: Option<String>,
    name: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InterpreterDetails {
    execution_role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Runtimes {
    agent_runtimes: Option<Vec<Runtime>>,
    next_token: Option<String>,
}

/// An agent runtime.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fetch) struct Runtime {
    /// Its ARN.
    pub(in crate::fetch) agent_runtime_arn: Option<String>,
    agent_runtime_id: Option<String>,
    agent_runtime_name: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuntimeDetails {
    role_arn: Option<String>,
}

impl Place<'_> {
    /// The agent runtimes here.
    pub(in crate::fetch) async fn runtimes(&self) -> Listing<Runtime> {
        let split = |page: Runtimes| (page.agent_runtimes.unwrap_or_default(), page.next_token);
        let list = self.list(&LIST_AGENT_RUNTIMES, json!({"maxResults": 100}), "nextToken", split);
        self.listings.runtimes.once(self.region, list).await
    }
}

/// ARN, id, name and state.
type Summary = (String, String, Option<String>, Option<String>);

/// Only the description of a thing names its role.
pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    code_interpreters(place, &mut found).await;
    runtimes(place, &mut found).await;
    found
}

/// The interpreter that AWS provides to everybody runs as nobody and is left out.
async fn code_interpreters(place: &Place<'_>, found: &mut Found) {
    let split = |page: Interpreters| (page.code_interpreter_summaries.unwrap_or_default(), page.next_token);
    let input = json!({"type": "CUSTOM", "maxResults": 100});
    let listing = place.list(&LIST_CODE_INTERPRETERS, input, "nextToken", split).await;
    let listed: Vec<Summary> = found.identified(&LIST_CODE_INTERPRETERS, listing, |one: Interpreter| {
        Some((one.code_interpreter_arn?, one.code_interpreter_id?, one.name, one.status))
    });
    let about = |one: &Summary| one.0.clone();
    let input = |one: &Summary| json!({"codeInterpreterId": one.1});
    for ((arn, _, name, status), answer) in
        found.each(place, &GET_CODE_INTERPRETER, listed, about, input).await
    {
        let role = answer.and_then(|answer: InterpreterDetails| answer.execution_role_arn);
        let entry = Entry::new("bedrock_agentcore_code_interpreter", arn).name(name).role(role);
        found.add(&GET_CODE_INTERPRETER, Some(entry.state(status)));
    }
}

async fn runtimes(place: &Place<'_>, found: &mut Found) {
    let listing = place.runtimes().await;
    let listed: Vec<Summary> = found.identified(&LIST_AGENT_RUNTIMES, listing, |one: Runtime| {
        Some((one.agent_runtime_arn?, one.agent_runtime_id?, one.agent_runtime_name, one.status))
    });
    let about = |one: &Summary| one.0.clone();
    let input = |one: &Summary| json!({"agentRuntimeId": one.1});
    for ((arn, _, name, status), answer) in found.each(place, &GET_AGENT_RUNTIME, listed, about, input).await
    {
        let role = answer.and_then(|answer: RuntimeDetails| answer.role_arn);
        let entry = Entry::new("bedrock_agentcore_runtime", arn).name(name).role(role);
        found.add(&GET_AGENT_RUNTIME, Some(entry.state(status)));
    }
}
