//! SageMaker notebook instances.
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeNotebookInstance.html>

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

pub(super) static SAGEMAKER: Service = Service {
    name: "sagemaker",
    host: "api.sagemaker",
    signing: "sagemaker",
    id: "SageMaker",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "SageMaker" },
    fips: Fips::FirstLabel,
    offered: Offered::Everywhere,
};

pub(super) const LIST_NOTEBOOK_INSTANCES: Call = Call {
    read: declared(
        "sagemaker",
        "ListNotebookInstances",
        &["sagemaker:ListNotebookInstances"],
        "notebook instances and their state",
    ),
    service: &SAGEMAKER,
    http: Http::Named,
    probe: r#"{"MaxResults": 1}"#,
};

pub(super) const DESCRIBE_NOTEBOOK_INSTANCE: Call = Call {
    read: declared(
        "sagemaker",
        "DescribeNotebookInstance",
        &["sagemaker:DescribeNotebookInstance"],
        "the role of a notebook instance",
    ),
    service: &SAGEMAKER,
    http: Http::Named,
    probe: r#"{"NotebookInstanceName": "census-permission-check"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Notebooks {
    notebook_instances: Option<Vec<Notebook>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notebook {
    notebook_instance_arn: Option<String>,
    notebook_instance_name: Option<String>,
    notebook_instance_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    role_arn: Option<String>,
}

/// Only the description of an instance names its role.
pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: Notebooks| (page.notebook_instances.unwrap_or_default(), page.next_token);
    let listing = place.list(&LIST_NOTEBOOK_INSTANCES, json!({"MaxResults": 100}), "NextToken", split).await;
    let listed = found.identified(&LIST_NOTEBOOK_INSTANCES, listing, |one: Notebook| {
        Some((one.notebook_instance_arn?, one.notebook_instance_name?, one.notebook_instance_status))
    });
    let about = |(arn, ..): &(String, _, _)| arn.clone();
    let input = |(_, name, _): &(_, String, _)| json!({"NotebookInstanceName": name});
    let described = found.each(place, &DESCRIBE_NOTEBOOK_INSTANCE, listed, about, input).await;
    for ((arn, name, status), answer) in described {
        let role = answer.and_then(|answer: Described| answer.role_arn);
        let entry = Entry::new("sagemaker_notebook_instance", arn).name(Some(name)).role(role).state(status);
        found.add(&DESCRIBE_NOTEBOOK_INSTANCE, Some(entry));
    }
    found
}
