//! Buckets: their policies, and whether S3 Block Public Access shuts out the public.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html>
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html>

use std::collections::BTreeMap;

use census_privilege::aws::document::{Document, Element, StatementEffect};
use futures::{StreamExt, stream};
use serde::Deserialize;
use serde_json::json;

use super::ask::{Asked, Policies, Question, declared};
pub(super) use crate::documents::PublicAccessBlock;
use crate::{
    client::{Call, Failure, Fips, Http, Items, Offered, Protocol, Service, is_region},
    documents::Json,
    fetch::{regions::Place, workloads::CONCURRENT_CALLS},
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

pub(super) const GET_PUBLIC_ACCESS_BLOCK: Call = Call {
    read: declared(
        "s3",
        "GetPublicAccessBlock",
        &["s3:GetBucketPublicAccessBlock"],
        "whether a bucket whose policy names everybody shuts out the public",
    ),
    service: &S3,
    http: Http::Get("/{Bucket}?publicAccessBlock"),
    probe: r#"{"Bucket": "census-permission-check-no-such-bucket-7c1f0e5a"}"#,
};

/// The error code where nothing is configured.
pub(super) const NO_BLOCK: &str = "NoSuchPublicAccessBlockConfiguration";

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
    let regions: BTreeMap<String, Option<String>> =
        buckets.iter().map(|one| (one.arn.clone(), one.region.clone())).collect();
    found.ask(place, &question, buckets).await;
    public_access(&mut found, place, &regions).await;
    found
}

/// Adds to each bucket whose policy names everybody how S3 Block Public Access is set there. Of others it says nothing
/// about policies, and is not asked.
async fn public_access(found: &mut Policies, place: &Place<'_>, regions: &BTreeMap<String, Option<String>>) {
    let open = found.entries.iter().filter(|entry| entry.policy.as_ref().is_some_and(names_everybody));
    let open: Vec<String> = open.map(|entry| entry.resource.as_str().to_owned()).collect();
    let calls = open.into_iter().map(|arn| async move {
        let region = regions.get(&arn).and_then(Option::as_deref).unwrap_or(place.region);
        let name = arn.rsplit(':').next().unwrap_or_default();
        let place = Place { region, ..*place };
        let answer = place.ask(&GET_PUBLIC_ACCESS_BLOCK, json!({"Bucket": name})).await;
        (arn, answer)
    });
    let answers: Vec<(String, Result<PublicAccessBlock, Failure>)> =
        stream::iter(calls).buffered(CONCURRENT_CALLS).collect().await;
    let mut blocks = BTreeMap::new();
    for (arn, answer) in answers {
        match answer {
            Ok(block) => drop(blocks.insert(arn, block)),
            Err(failure) if failure.is(NO_BLOCK) => {
                blocks.insert(arn, PublicAccessBlock::default());
            }
            Err(failure) if failure.is_absence() => {}
            Err(failure) => found.failed(&GET_PUBLIC_ACCESS_BLOCK, failure, vec![arn.into()]),
        }
    }
    for entry in &mut found.entries {
        entry.public_access_block = blocks.remove(entry.resource.as_str());
    }
}

/// Whether some statement allows everybody something; also of a text that is not understood, as that may.
fn names_everybody(policy: &Json<'_>) -> bool {
    let string = serde_json::from_str::<String>(policy.get()).ok();
    let Ok(document) = Document::parse(string.as_deref().unwrap_or(policy.get())) else { return true };
    document.statements.iter().any(|statement| {
        statement.effect == StatementEffect::Allow
            && match &statement.principal {
                Some(Element::Only(entries)) => entries.iter().any(|one| one.value.contains('*')),
                Some(Element::AllBut(_)) => true,
                None => false,
            }
    })
}
