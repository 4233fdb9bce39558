//! SNS topics. <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>

use serde::Deserialize;
use serde_json::json;

use super::ask::{Asked, Policies, Question, declared};
use crate::{
    client::{Call, Fips, GOV, Http, Items, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static SNS: Service = Service {
    name: "sns",
    host: "sns",
    signing: "sns",
    id: "SNS",
    protocol: Protocol::Query { version: "2010-03-31" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

pub(super) const LIST_TOPICS: Call = Call {
    read: declared("sns", "ListTopics", &["sns:ListTopics"], "ARNs of topics"),
    service: &SNS,
    http: Http::Named,
    probe: "{}",
};

pub(super) const GET_TOPIC_ATTRIBUTES: Call = Call {
    read: declared(
        "sns",
        "GetTopicAttributes",
        &["sns:GetTopicAttributes"],
        "the policy of each topic; its other attributes are dropped",
    ),
    service: &SNS,
    http: Http::Named,
    probe: r#"{"TopicArn": "arn:aws:sns:us-east-1:000000000000:census-permission-check-no-such-topic"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Topics {
    #[serde(default)]
    topics: Items<Topic>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Topic {
    topic_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    #[serde(default)]
    attributes: Attributes,
}

/// A map in the dialect of `awsQuery`.
#[derive(Default, Deserialize)]
struct Attributes {
    #[serde(default)]
    entry: Vec<Attribute>,
}

#[derive(Deserialize)]
struct Attribute {
    key: String,
    #[serde(default)]
    value: String,
}

impl Described {
    fn policy(self) -> Option<String> {
        self.attributes.entry.into_iter().find(|one| one.key == "Policy").map(|one| one.value)
    }
}

pub(super) async fn read(place: &Place<'_>) -> Policies {
    let split = |page: Topics| (page.topics.into_vec(), page.next_token);
    let listing = place.list(&LIST_TOPICS, json!({}), "NextToken", split).await;
    let identify = |one: Topic| Some(Asked::by_arn("TopicArn", one.topic_arn?));
    let question = Question { call: &GET_TOPIC_ATTRIBUTES, none: &[], policy: Described::policy };
    Policies::one_by_one(place, &LIST_TOPICS, listing, identify, &question).await
}
