//! App Runner services.
//! <https://docs.aws.amazon.com/apprunner/latest/api/API_DescribeService.html>

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

pub(super) static APPRUNNER: Service = Service {
    name: "apprunner",
    host: "apprunner",
    signing: "apprunner",
    id: "AppRunner",
    protocol: Protocol::Json { content_type: JSON_1_0, target: "AppRunner" },
    fips: Fips::Suffix(&[]),
    offered: Offered::In(&[
        "ap-northeast-1",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-central-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "us-east-1",
        "us-east-2",
        "us-west-2",
    ]),
};

pub(super) const LIST_SERVICES: Call = Call {
    read: declared("apprunner", "ListServices", &["apprunner:ListServices"], "services and their state"),
    service: &APPRUNNER,
    http: Http::Named,
    probe: r#"{"MaxResults": 1}"#,
};

pub(super) const DESCRIBE_SERVICE: Call = Call {
    read: declared(
        "apprunner",
        "DescribeService",
        &["apprunner:DescribeService"],
        "the roles of a service; environment variables are dropped unread",
    ),
    service: &APPRUNNER,
    http: Http::Named,
    probe: r#"{"ServiceArn": "arn:aws:apprunner:us-east-1:111122223333:service/census-check/0123456789abcdef0123456789abcdef"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Services {
    service_summary_list: Option<Vec<Summary>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    service_arn: Option<String>,
    service_name: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    service: Option<Details>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    instance_configuration: Option<Instance>,
    source_configuration: Option<Source>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    instance_role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Source {
    authentication_configuration: Option<Authentication>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Authentication {
    access_role_arn: Option<String>,
}

/// Only the description of a service names its roles.
pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: Services| (page.service_summary_list.unwrap_or_default(), page.next_token);
    let listing = place.list(&LIST_SERVICES, json!({"MaxResults": 20}), "NextToken", split).await;
    let services = found.identified(&LIST_SERVICES, listing, |one: Summary| {
        Some((one.service_arn?, one.service_name, one.status))
    });
    let input = |(arn, ..): &(String, _, _)| json!({"ServiceArn": arn});
    let about = |(arn, ..): &(String, _, _)| arn.clone();
    let described = found.each(place, &DESCRIBE_SERVICE, services, about, input).await;
    for ((arn, name, status), answer) in described {
        let details = answer.and_then(|answer: Described| answer.service);
        let (instance, source) = details
            .map_or((None, None), |details| (details.instance_configuration, details.source_configuration));
        let access = source.and_then(|source| source.authentication_configuration?.access_role_arn);
        let entry = Entry::new("apprunner_service", arn)
            .name(name)
            .role(instance.and_then(|instance| instance.instance_role_arn))
            .execution_role(access)
            .state(status);
        found.add(&DESCRIBE_SERVICE, Some(entry));
    }
    found
}
