//! EventBridge Scheduler schedules.
//! <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html>

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

pub(super) static SCHEDULER: Service = Service {
    name: "scheduler",
    host: "scheduler",
    signing: "scheduler",
    id: "Scheduler",
    protocol: Protocol::RestJson,
    fips: Fips::Suffix(&[]),
    offered: Offered::Everywhere,
};

pub(super) const LIST_SCHEDULES: Call = Call {
    read: declared("scheduler", "ListSchedules", &["scheduler:ListSchedules"], "schedules and their state"),
    service: &SCHEDULER,
    http: Http::Get("/schedules"),
    probe: r#"{"MaxResults": 1}"#,
};

pub(super) const GET_SCHEDULE: Call = Call {
    read: declared(
        "scheduler",
        "GetSchedule",
        &["scheduler:GetSchedule"],
        "the role of a schedule; what it sends is dropped unread",
    ),
    service: &SCHEDULER,
    http: Http::Get("/schedules/{Name}"),
    probe: r#"{"Name": "census-permission-check-no-such-schedule"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Schedules {
    schedules: Option<Vec<Summary>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    arn: Option<String>,
    name: Option<String>,
    group_name: Option<String>,
    state: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Schedule {
    target: Option<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    role_arn: Option<String>,
}

/// Only the description of a schedule names its role.
pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: Schedules| (page.schedules.unwrap_or_default(), page.next_token);
    let listing = place.list(&LIST_SCHEDULES, json!({"MaxResults": 100}), "NextToken", split).await;
    let schedules = found.identified(&LIST_SCHEDULES, listing, |one: Summary| {
        Some((one.arn?, one.name?, one.group_name, one.state))
    });
    let about = |(arn, ..): &(String, _, _, _)| arn.clone();
    let input =
        |(_, name, group, _): &(_, String, Option<String>, _)| json!({"Name": name, "groupName": group});
    let described = found.each(place, &GET_SCHEDULE, schedules, about, input).await;
    for ((arn, name, _, state), answer) in described {
        let role = answer.and_then(|answer: Schedule| answer.target?.role_arn);
        let entry = Entry::new("scheduler_schedule", arn).name(Some(name)).role(role).state(state);
        found.add(&GET_SCHEDULE, Some(entry));
    }
    found
}
