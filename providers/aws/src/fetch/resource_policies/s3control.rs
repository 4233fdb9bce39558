//! S3 Block Public Access of the account, which holds for all of its buckets.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html>

use serde_json::json;

use super::{
    ask::{Policies, declared},
    s3::NO_BLOCK,
};
pub(super) use crate::documents::PublicAccessBlock;
use crate::{
    client::{Call, Failure, Fips, Http, Offered, Protocol, Service},
    documents::ResourcePolicy,
    fetch::regions::Place,
};

pub(super) static S3_CONTROL: Service = Service {
    name: "s3control",
    host: "s3-control",
    signing: "s3",
    id: "S3 Control",
    protocol: Protocol::RestXml,
    fips: Fips::Suffix(&[]),
    offered: Offered::NotIn(&[
        "ap-east-2",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "mx-central-1",
    ]),
};

pub(super) const GET_PUBLIC_ACCESS_BLOCK: Call = Call {
    read: declared(
        "s3control",
        "GetPublicAccessBlock",
        &["s3:GetAccountPublicAccessBlock"],
        "whether the account shuts out the public from all of its buckets",
    ),
    service: &S3_CONTROL,
    http: Http::GetOfAccount("/v20180820/configuration/publicAccessBlock"),
    probe: r#"{"AccountId": "000000000000"}"#,
};

/// The account stands for itself by the ARN of its root.
pub(super) async fn read(place: &Place<'_>) -> Policies {
    let mut found = Policies::default();
    let input = json!({"AccountId": place.account});
    let answer: Result<PublicAccessBlock, Failure> = place.ask(&GET_PUBLIC_ACCESS_BLOCK, input).await;
    let block = match answer {
        Ok(block) => block,
        Err(failure) if failure.is(NO_BLOCK) => PublicAccessBlock::default(),
        Err(failure) => {
            found.failed(&GET_PUBLIC_ACCESS_BLOCK, failure, Vec::new());
            return found;
        }
    };
    found.alive = true;
    let arn = format!("arn:{}:iam::{}:root", place.partition.as_str(), place.account);
    found.entries.push(ResourcePolicy { public_access_block: Some(block), ..ResourcePolicy::of(arn) });
    found
}
