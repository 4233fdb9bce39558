//! KMS keys. <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>

use serde::Deserialize;
use serde_json::json;

use super::ask::{Asked, Policies, Question, declared};
use crate::{
    client::{Call, Fips, Http, JSON_1_1, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static KMS: Service = Service {
    name: "kms",
    host: "kms",
    signing: "kms",
    id: "KMS",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "TrentService" },
    fips: Fips::Suffix(&[]),
    offered: Offered::Everywhere,
};

pub(super) const LIST_KEYS: Call = Call {
    read: declared("kms", "ListKeys", &["kms:ListKeys"], "keys, those that AWS manages included"),
    service: &KMS,
    http: Http::Named,
    probe: r#"{"Limit": 1}"#,
};

pub(super) const GET_KEY_POLICY: Call = Call {
    read: declared("kms", "GetKeyPolicy", &["kms:GetKeyPolicy"], "the policy of each key"),
    service: &KMS,
    http: Http::Named,
    probe: r#"{"KeyId": "00000000-0000-0000-0000-000000000000", "PolicyName": "default"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Keys {
    keys: Option<Vec<Key>>,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    key_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    policy: Option<String>,
}

/// Every key has a policy, and `default` is the only name of one.
pub(super) async fn read(place: &Place<'_>) -> Policies {
    let mut found = Policies::default();
    let split = |page: Keys| (page.keys.unwrap_or_default(), page.next_marker);
    let listing = place.list(&LIST_KEYS, json!({"Limit": 1000}), "Marker", split).await;
    let keys = found.identified(&LIST_KEYS, listing, |one| {
        let arn = one.key_arn?;
        let input = json!({"KeyId": arn, "PolicyName": "default"});
        Some(Asked { arn, region: None, input })
    });
    let question = Question { call: &GET_KEY_POLICY, none: &[], policy: |answer: Described| answer.policy };
    found.ask(place, &question, keys).await;
    found
}
