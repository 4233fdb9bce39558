//! Event buses, which the listing tells with their policies.
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventBuses.html>

use serde::Deserialize;
use serde_json::json;

use super::ask::{Policies, declared};
use crate::{
    client::{Call, Fips, GOV, Http, JSON_1_1, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static EVENTS: Service = Service {
    name: "events",
    host: "events",
    signing: "events",
    id: "EventBridge",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "AWSEvents" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

pub(super) const LIST_EVENT_BUSES: Call = Call {
    read: declared("events", "ListEventBuses", &["events:ListEventBuses"], "event buses and their policies"),
    service: &EVENTS,
    http: Http::Named,
    probe: r#"{"Limit": 1}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Buses {
    event_buses: Option<Vec<Bus>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Bus {
    arn: Option<String>,
    policy: Option<String>,
}

pub(super) async fn read(place: &Place<'_>) -> Policies {
    let mut found = Policies::default();
    let split = |page: Buses| (page.event_buses.unwrap_or_default(), page.next_token);
    let listing = place.list(&LIST_EVENT_BUSES, json!({"Limit": 100}), "NextToken", split).await;
    let buses = found.identified(&LIST_EVENT_BUSES, listing, |one| Some((one.arn?, one.policy)));
    for (arn, policy) in buses {
        found.found(arn, policy.as_deref());
    }
    found
}
