//! The resources with policies of their own that the accounts handed in, bound as they should be.

use super::Company;
use crate::aws::{
    details::Place,
    policy::{Document, Statement, allow, document},
};

/// The data team's bucket.
pub(super) const LAKE: &str = "arn:aws:s3:::brindlemoor-lake";

const TRAIL: &str = "arn:aws:s3:::brindlemoor-trail";
const LOG_ARCHIVE: &str = "arn:aws:s3:::brindlemoor-log-archive";
const LEDGER_ARCHIVE: &str = "arn:aws:s3:::brindlemoor-ledger-archive";

/// Adds them to the accounts that have the document.
pub(super) fn add(company: &mut Company) {
    let place = company.security.place.clone();
    let management = &company.management.place;
    let trail = format!("arn:aws:cloudtrail:eu-west-1:{}:trail/organization", management.account);
    let check = from("cloudtrail.amazonaws.com", "s3:GetBucketAcl", &trail).on(TRAIL);
    let write = from("cloudtrail.amazonaws.com", "s3:PutObject", &trail).on(format!("{TRAIL}/AWSLogs/*"));
    company.security.resource(TRAIL, Some(document([check, write])));
    company.security.resource(LOG_ARCHIVE, None);
    company.security.resource(&key_arn(&place, "trail"), Some(key(&place, [])));

    let place = company.platform.place.clone();
    let queue = queue_arn(&place, "parcel-tracker-ingest");
    let bucket = format!("arn:aws:s3:::brindlemoor-parcel-tracker-{}", place.account);
    let send = from("s3.amazonaws.com", "sqs:SendMessage", &bucket)
        .when("StringEquals", "aws:SourceAccount", place.account.as_str())
        .on(queue.as_str());
    company.platform.resource(&queue, Some(document([send])));
    company.platform.resource(&bucket, None);
    company.platform.resource(&secret_arn(&place, "parcel-tracker/carrier-api"), None);

    company.data.resource(LEDGER_ARCHIVE, None);
}

/// A service, on behalf of one thing.
fn from(service: &str, action: &str, source: &str) -> Statement {
    allow(action).by("Service", service).when("ArnEquals", "aws:SourceArn", source)
}

/// A key's policy: the statement with which AWS makes it, by which the account's own policies count, and others.
pub(super) fn key<const N: usize>(place: &Place, others: [Statement; N]) -> Document {
    let account = allow("kms:*").by("AWS", place.arn("root")).sid("Enable IAM User Permissions").on("*");
    document(std::iter::once(account).chain(others).collect::<Vec<_>>())
}

/// The ARN of a key.
pub(super) fn key_arn(place: &Place, name: &str) -> String {
    let mut dice = place.dice("key", name);
    let id = [8, 4, 4, 4, 12].map(|length| dice.hex(length)).join("-");
    format!("arn:aws:kms:eu-west-1:{}:key/{id}", place.account)
}

/// The ARN of a queue.
pub(super) fn queue_arn(place: &Place, name: &str) -> String {
    format!("arn:aws:sqs:eu-west-1:{}:{name}", place.account)
}

/// The ARN of a secret, with the six characters that AWS adds.
pub(super) fn secret_arn(place: &Place, name: &str) -> String {
    let suffix = place.dice("secret", name).hex(6);
    format!("arn:aws:secretsmanager:eu-west-1:{}:secret:{name}-{suffix}", place.account)
}
