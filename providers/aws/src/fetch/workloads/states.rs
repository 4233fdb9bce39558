//! Step Functions state machines.
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html>

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, Http, JSON_1_0, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static STATES: Service = Service {
    name: "states",
    host: "states",
    signing: "states",
    id: "SFN",
    protocol: Protocol::Json { content_type: JSON_1_0, target: "AWSStepFunctions" },
    fips: Fips::Suffix(&["us-gov-west-1"]),
    offered: Offered::Everywhere,
};

pub(super) const LIST_STATE_MACHINES: Call = Call {
    read: declared("states", "ListStateMachines", &["states:ListStateMachines"], "state machines"),
    service: &STATES,
    http: Http::Named,
    probe: r#"{"maxResults": 1}"#,
};

pub(super) const DESCRIBE_STATE_MACHINE: Call = Call {
    read: declared(
        "states",
        "DescribeStateMachine",
        &["states:DescribeStateMachine"],
        "the role of a state machine; its definition is not asked for",
    ),
    service: &STATES,
    http: Http::Named,
    probe: r#"{"stateMachineArn": "arn:aws:states:us-east-1:111122223333:stateMachine:census-check"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Machines {
    state_machines: Option<Vec<Machine>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Machine {
    state_machine_arn: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Described {
    role_arn: Option<String>,
    status: Option<String>,
}

/// Only the description of a state machine names its role.
pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: Machines| (page.state_machines.unwrap_or_default(), page.next_token);
    let listing = place.list(&LIST_STATE_MACHINES, json!({"maxResults": 1000}), "nextToken", split).await;
    let machines = found
        .identified(&LIST_STATE_MACHINES, listing, |one: Machine| Some((one.state_machine_arn?, one.name)));
    let about = |(arn, _): &(String, _)| arn.clone();
    let input = |(arn, _): &(String, _)| json!({"stateMachineArn": arn, "includedData": "METADATA_ONLY"});
    for ((arn, name), answer) in found.each(place, &DESCRIBE_STATE_MACHINE, machines, about, input).await {
        let (role, status) =
            answer.map_or((None, None), |answer: Described| (answer.role_arn, answer.status));
        let entry = Entry::new("sfn_state_machine", arn).name(name).role(role).state(status);
        found.add(&DESCRIBE_STATE_MACHINE, Some(entry));
    }
    found
}
