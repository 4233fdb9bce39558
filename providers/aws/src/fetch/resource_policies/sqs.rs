//! SQS queues.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>

use serde::Deserialize;
use serde_json::json;

use super::ask::{Asked, Policies, Question, declared};
use crate::{
    client::{Call, Fips, GOV, Http, JSON_1_0, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static SQS: Service = Service {
    name: "sqs",
    host: "sqs",
    signing: "sqs",
    id: "SQS",
    protocol: Protocol::Json { content_type: JSON_1_0, target: "AmazonSQS" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

pub(super) const LIST_QUEUES: Call = Call {
    read: declared("sqs", "ListQueues", &["sqs:ListQueues"], "names of queues"),
    service: &SQS,
    http: Http::Named,
    probe: r#"{"MaxResults": 1}"#,
};

pub(super) const GET_QUEUE_ATTRIBUTES: Call = Call {
    read: declared(
        "sqs",
        "GetQueueAttributes",
        &["sqs:GetQueueAttributes"],
        "the policy of each queue; no other attribute is asked for",
    ),
    service: &SQS,
    http: Http::Named,
    probe: r#"{"QueueUrl": "https://sqs.us-east-1.amazonaws.com/000000000000/census-permission-check-no-such-queue", "AttributeNames": ["Policy"]}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Queues {
    queue_urls: Option<Vec<String>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    attributes: Option<Attributes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    policy: Option<String>,
}

/// A queue is listed by its URL, which ends in its name. The URL is a parameter here, never an address.
pub(super) async fn read(place: &Place<'_>) -> Policies {
    let split = |page: Queues| (page.queue_urls.unwrap_or_default(), page.next_token);
    // Without a size the answer ends at a thousand and says nothing of it.
    let listing = place.list(&LIST_QUEUES, json!({"MaxResults": 1000}), "NextToken", split).await;
    let identify = |url: String| {
        let name = url.rsplit('/').next().filter(|name| !name.is_empty())?;
        let arn = place.arn("sqs", name);
        Some(Asked { arn, region: None, input: json!({"QueueUrl": url, "AttributeNames": ["Policy"]}) })
    };
    let question = Question {
        call: &GET_QUEUE_ATTRIBUTES,
        none: &[],
        policy: |answer: Described| answer.attributes.and_then(|attributes| attributes.policy),
    };
    Policies::one_by_one(place, &LIST_QUEUES, listing, identify, &question).await
}
