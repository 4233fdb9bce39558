//! Policies that resources have of their own: one file a service, each with its calls and the fields that are kept of
//! an answer. An entry of `resource-policies.json` is an ARN with a policy, or with `null` where there is none.

mod agentcore;
mod ask;
mod codebuild;
#[cfg(test)]
mod contract;
mod dynamodb;
mod ecr;
mod events;
mod kms;
mod lambda;
mod s3;
mod s3control;
mod secretsmanager;
mod sns;
mod sqs;
#[cfg(test)]
mod tests;
mod unasked;

use std::collections::BTreeSet;

use census_model::{GapReason, Text};
use futures::{StreamExt, future::BoxFuture, stream};

use self::ask::Policies;
use super::{
    account::Account,
    listings::Listings,
    regions::{Place, Regions},
    workloads::{CONCURRENT_COLLECTIONS, Gaps, is_absent},
};
use crate::{
    client::{Call, Failure, Partition, Service},
    documents::{AccountFile, ResourcePolicy},
};

/// What one service has in one region; of a service that lists all regions at once, what it has.
struct Collection {
    service: &'static Service,
    extent: Extent,
    read: for<'a> fn(&'a Place<'a>) -> BoxFuture<'a, Policies>,
}

/// How far a listing of a service goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// A region.
    Region,
    /// The account, whichever region is asked.
    Account,
}

macro_rules! collections {
    ($($module:ident: $service:ident $extent:ident [$($call:ident => $answer:ident),+ $(,)?]),+ $(,)?) => {
        /// Every service that is asked.
        pub(super) static SERVICES: &[&Service] = &[$(&$module::$service),+];

        /// Every call that is made for resource policies alone.
        pub(super) const CALLS: &[&Call] = &[$($(&$module::$call),+),+];

        static COLLECTIONS: &[Collection] = &[$(Collection {
            service: &$module::$service,
            extent: Extent::$extent,
            read: |place| Box::pin($module::read(place)),
        }),+];

        /// Each call with the names of the fields that are kept of its answer.
        #[cfg(test)]
        fn kept() -> Vec<(&'static Call, serde_json::Value)> {
            use super::workloads::contract::fields;
            vec![$($((&$module::$call, fields::<$module::$answer>())),+),+]
        }
    };
}

// Each service with its calls, and what an answer is read into.
collections! {
    agentcore: AGENTCORE Region [GET_RESOURCE_POLICY => Described],
    codebuild: CODEBUILD Region [GET_RESOURCE_POLICY => Described],
    dynamodb: DYNAMODB Region [LIST_TABLES => Tables, GET_RESOURCE_POLICY => Described],
    ecr: ECR Region [DESCRIBE_REPOSITORIES => Repositories, GET_REPOSITORY_POLICY => Described],
    events: EVENTS Region [LIST_EVENT_BUSES => Buses],
    kms: KMS Region [LIST_KEYS => Keys, GET_KEY_POLICY => Described, LIST_GRANTS => Grants],
    lambda: LAMBDA Region [GET_POLICY => Described],
    s3: S3 Account [
        LIST_BUCKETS => Buckets,
        GET_BUCKET_POLICY => Described,
        GET_PUBLIC_ACCESS_BLOCK => PublicAccessBlock,
    ],
    s3control: S3_CONTROL Account [GET_PUBLIC_ACCESS_BLOCK => PublicAccessBlock],
    secretsmanager: SECRETS_MANAGER Region [LIST_SECRETS => Secrets, GET_RESOURCE_POLICY => Described],
    sns: SNS Region [LIST_TOPICS => Topics, GET_TOPIC_ATTRIBUTES => Described],
    sqs: SQS Region [LIST_QUEUES => Queues, GET_QUEUE_ATTRIBUTES => Described],
}

/// Reads the policies of an account's resources in all its regions.
pub(super) async fn read(
    account: &mut Account<'_>,
    partition: Partition,
    home: &str,
    regions: &Regions,
    listings: &Listings,
) {
    if !account.options.resource_policies {
        let detail = "policies of resources were left out (--no-resource-policies, or `resource_policies = false` in \
                      the configuration)";
        let failure = Failure::client(GapReason::NotRequested, detail);
        account.gap(&s3::GET_BUCKET_POLICY.read, failure, Vec::new());
        return;
    }
    let (api, id, deep, progress) = (account.api, account.id, account.options.deep, account.progress);
    let mut jobs: Vec<BoxFuture<'_, (&str, &Service, Policies)>> = Vec::new();
    for collection in COLLECTIONS {
        let asked: Vec<&str> = match collection.extent {
            Extent::Region => regions.names.iter().map(String::as_str).collect(),
            Extent::Account => vec![home],
        };
        for region in asked {
            jobs.push(Box::pin(async move {
                progress.step(&format!("aws {id}: policies of {} in {region}", collection.service.name));
                let place = Place { api, account: id, partition, region, deep, listings };
                (region, collection.service, (collection.read)(&place).await)
            }));
        }
    }
    let mut found: Vec<_> = stream::iter(jobs).buffer_unordered(CONCURRENT_COLLECTIONS).collect().await;
    found.sort_by_key(|(region, service, _)| (*region, service.id));

    let alive: BTreeSet<&str> =
        found.iter().filter(|(.., found)| found.alive).map(|(region, ..)| *region).collect();
    let mut entries: Vec<ResourcePolicy<'static>> = Vec::new();
    let mut gaps = Gaps::default();
    for (region, service, found) in found {
        entries.extend(found.entries);
        for problem in found.problems {
            if !is_absent(service, region, &problem.failure, alive.contains(region)) {
                gaps.add(region, problem, || everything(service, partition, region, id));
            }
        }
    }
    // Nothing depends on which answer came first.
    entries.sort_by(|a, b| a.resource.cmp(&b.resource));
    account.write(AccountFile::ResourcePolicies, &entries, entries.len(), gaps.cut());
    gaps.note(account);
    unasked::note(account, partition);
}

/// A pattern for all resources of a service in a region of an account. A bucket's ARN names neither.
fn everything(service: &Service, partition: Partition, region: &str, account: &str) -> Text {
    let (partition, name) = (partition.as_str(), service.name);
    if [s3::S3.name, s3control::S3_CONTROL.name].contains(&name) {
        format!("arn:{partition}:s3:::*").into()
    } else {
        format!("arn:{partition}:{name}:{region}:{account}:*").into()
    }
}
