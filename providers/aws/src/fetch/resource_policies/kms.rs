//! KMS keys: their policies, and the grants on them.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html>

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use serde::Deserialize;
use serde_json::json;

use super::ask::{Asked, Policies, Question, declared};
use crate::{
    client::{Call, Fips, Http, JSON_1_1, Offered, Protocol, Service},
    documents::{KeyGrant, ResourcePolicy},
    fetch::{regions::Place, workloads::CONCURRENT_CALLS},
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

pub(super) const LIST_GRANTS: Call = Call {
    read: declared("kms", "ListGrants", &["kms:ListGrants"], "the grants on each key"),
    service: &KMS,
    http: Http::Named,
    probe: r#"{"KeyId": "00000000-0000-0000-0000-000000000000", "Limit": 1}"#,
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Grants {
    grants: Option<Vec<KeyGrant>>,
    next_marker: Option<String>,
}

/// Every key has a policy, and `default` is the only name of one. The listing does not tell the keys of customers from
/// those of AWS, which services give grants on, too: all are asked.
pub(super) async fn read(place: &Place<'_>) -> Policies {
    let mut found = Policies::default();
    let split = |page: Keys| (page.keys.unwrap_or_default(), page.next_marker);
    let listing = place.list(&LIST_KEYS, json!({"Limit": 1000}), "Marker", split).await;
    let arns = found.identified(&LIST_KEYS, listing, |one| one.key_arn);
    let key = |arn: &String| {
        let input = json!({"KeyId": arn, "PolicyName": "default"});
        Asked { arn: arn.clone(), region: None, input }
    };
    let keys = arns.iter().map(key).collect();
    let question = Question { call: &GET_KEY_POLICY, none: &[], policy: |answer: Described| answer.policy };
    found.ask(place, &question, keys).await;
    grants(&mut found, place, arns).await;
    found
}

/// Adds the grants on each key to its entry.
async fn grants(found: &mut Policies, place: &Place<'_>, mut keys: Vec<String>) {
    let bound = found.bounded(place, &LIST_GRANTS, &keys, Clone::clone);
    keys.truncate(bound);
    let listings = keys.into_iter().map(|arn| async move {
        let split = |page: Grants| (page.grants.unwrap_or_default(), page.next_marker);
        let listing = place.list(&LIST_GRANTS, json!({"KeyId": arn, "Limit": 100}), "Marker", split).await;
        (arn, listing)
    });
    let listings: Vec<_> = stream::iter(listings).buffered(CONCURRENT_CALLS).collect().await;
    let mut by_key = BTreeMap::new();
    for (arn, listing) in listings {
        let is_told = listing.is_ok();
        let grants = found.within(&LIST_GRANTS, listing, arn.clone());
        by_key.extend(is_told.then_some((arn, grants)));
    }
    for entry in &mut found.entries {
        entry.grants = by_key.remove(entry.resource.as_str());
    }
    // A key of which the policy was not read, which a gap tells.
    let others = by_key.into_iter().filter(|(_, grants)| !grants.is_empty());
    found.entries.extend(
        others.map(|(arn, grants)| ResourcePolicy { grants: Some(grants), ..ResourcePolicy::of(arn) }),
    );
}
