//! Glue jobs and development endpoints.
//! <https://docs.aws.amazon.com/glue/latest/webapi/API_GetJobs.html>

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, Http, JSON_1_1, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static GLUE: Service = Service {
    name: "glue",
    host: "glue",
    signing: "glue",
    id: "Glue",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "AWSGlue" },
    fips: Fips::Suffix(&[]),
    offered: Offered::Everywhere,
};

pub(super) const GET_JOBS: Call = Call {
    read: declared(
        "glue",
        "GetJobs",
        &["glue:GetJobs"],
        "jobs and their roles; arguments are dropped unread",
    ),
    service: &GLUE,
    http: Http::Named,
    probe: r#"{"MaxResults": 1}"#,
};

pub(super) const GET_DEV_ENDPOINTS: Call = Call {
    read: declared(
        "glue",
        "GetDevEndpoints",
        &["glue:GetDevEndpoints"],
        "development endpoints with their roles and state; arguments and keys are dropped unread",
    ),
    service: &GLUE,
    http: Http::Named,
    probe: r#"{"MaxResults": 1}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Jobs {
    jobs: Option<Vec<Job>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Job {
    name: Option<String>,
    role: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DevEndpoints {
    dev_endpoints: Option<Vec<DevEndpoint>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DevEndpoint {
    endpoint_name: Option<String>,
    role_arn: Option<String>,
    status: Option<String>,
}

pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: Jobs| (page.jobs.unwrap_or_default(), page.next_token);
    let listing = place.list(&GET_JOBS, json!({"MaxResults": 100}), "NextToken", split).await;
    for one in found.listed(&GET_JOBS, listing) {
        let entry = one.name.map(|name| {
            let arn = place.arn("glue", &format!("job/{name}"));
            Entry::new("glue_job", arn).name(Some(name)).role(one.role)
        });
        found.add(&GET_JOBS, entry);
    }
    let split = |page: DevEndpoints| (page.dev_endpoints.unwrap_or_default(), page.next_token);
    let listing = place.list(&GET_DEV_ENDPOINTS, json!({"MaxResults": 100}), "NextToken", split).await;
    for one in found.listed(&GET_DEV_ENDPOINTS, listing) {
        let entry = one.endpoint_name.map(|name| {
            let arn = place.arn("glue", &format!("devEndpoint/{name}"));
            Entry::new("glue_dev_endpoint", arn).name(Some(name)).role(one.role_arn).state(one.status)
        });
        found.add(&GET_DEV_ENDPOINTS, entry);
    }
    found
}
