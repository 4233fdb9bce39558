//! Buckets. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html>

use serde::Deserialize;
use serde_json::json;

use super::ask::{Asked, Policies, Question, declared};
use crate::{
    client::{Call, Fips, Http, Items, Offered, Protocol, Service, is_region},
    fetch::regions::Place,
};

pub(super) static S3: Service = Service {
    name: "s3",
    host: "s3",
    signing: "s3",
    id: "S3",
    protocol: Protocol::RestXml,
    fips: Fips::Suffix(&[]),
    offered: Offered::Everywhere,
};

pub(super) const LIST_BUCKETS: Call = Call {
    read: declared(
        "s3",
        "ListBuckets",
        &["s3:ListAllMyBuckets"],
        "names and regions of buckets; of no object",
    ),
    service: &S3,
    http: Http::Get("/"),
    probe: r#"{"max-buckets": 1}"#,
};

pub(super) const GET_BUCKET_POLICY: Call = Call {
    read: declared("s3", "GetBucketPolicy", &["s3:GetBucketPolicy"], "the policy of each bucket"),
    service: &S3,
    http: Http::GetPayload { path: "/{Bucket}?policy", field: "Policy" },
    probe: r#"{"Bucket": "census-permission-check-no-such-bucket-7c1f0e5a"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Buckets {
    #[serde(default)]
    buckets: Items<Bucket>,
    continuation_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Bucket {
    name: Option<String>,
    bucket_region: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    policy: String,
}

/// One listing tells the buckets of all regions, each with its region. A bucket answers only there.
pub(super) async fn read(place: &Place<'_>) -> Policies {
    let mut found = Policies::default();
    let split = |page: Buckets| (page.buckets.into_vec(), page.continuation_token);
    // Without a parameter the answer holds no regions.
    let listing = place.list(&LIST_BUCKETS, json!({"max-buckets": 1000}), "continuation-token", split).await;
    let buckets = found.identified(&LIST_BUCKETS, listing, |one| {
        let name = one.name?;
        let arn = format!("arn:{}:s3:::{name}", place.partition.as_str());
        // A name goes into a host name.
        let region = one.bucket_region.filter(|region| is_region(region));
        Some(Asked { arn, region, input: json!({"Bucket": name}) })
    });
    let question = Question {
        call: &GET_BUCKET_POLICY,
        none: &["NoSuchBucketPolicy"],
        policy: |answer: Described| Some(answer.policy),
    };
    found.ask(place, &question, buckets).await;
    found
}
