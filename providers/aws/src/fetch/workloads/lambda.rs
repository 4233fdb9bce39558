//! Lambda functions, and the queues and streams that start them.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>
//! <https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html>

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, Http, Offered, Protocol, Service},
    fetch::{listings::Listing, regions::Place},
};

pub(in crate::fetch) static LAMBDA: Service = Service {
    name: "lambda",
    host: "lambda",
    signing: "lambda",
    id: "Lambda",
    protocol: Protocol::RestJson,
    fips: Fips::Suffix(&[]),
    offered: Offered::Everywhere,
};

pub(in crate::fetch) const LIST_FUNCTIONS: Call = Call {
    read: declared(
        "lambda",
        "ListFunctions",
        &["lambda:ListFunctions"],
        "functions and their execution roles; environment variables are dropped unread",
    ),
    service: &LAMBDA,
    http: Http::Get("/2015-03-31/functions"),
    probe: r#"{"MaxItems": 1}"#,
};

pub(super) const LIST_EVENT_SOURCE_MAPPINGS: Call = Call {
    read: declared(
        "lambda",
        "ListEventSourceMappings",
        &["lambda:ListEventSourceMappings"],
        "queues and streams whose records start functions; of no record",
    ),
    service: &LAMBDA,
    http: Http::Get("/2015-03-31/event-source-mappings"),
    probe: r#"{"MaxItems": 1}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Mappings {
    event_source_mappings: Option<Vec<Mapping>>,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mapping {
    event_source_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Functions {
    functions: Option<Vec<Function>>,
    next_marker: Option<String>,
}

/// A function, as far as it is kept. The answer also holds environment, layers and network settings.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::fetch) struct Function {
    /// Its ARN.
    pub(in crate::fetch) function_arn: Option<String>,
    function_name: Option<String>,
    role: Option<String>,
    state: Option<String>,
}

impl Place<'_> {
    /// The functions here.
    pub(in crate::fetch) async fn functions(&self) -> Listing<Function> {
        let split = |page: Functions| (page.functions.unwrap_or_default(), page.next_marker);
        // A page holds at most 50, whatever is asked for.
        let list = self.list(&LIST_FUNCTIONS, json!({"MaxItems": 50}), "Marker", split);
        self.listings.functions.once(self.region, list).await
    }
}

pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    for one in found.listed(&LIST_FUNCTIONS, place.functions().await) {
        let entry = one.function_arn.map(|arn| {
            Entry::new("lambda_function", arn).name(one.function_name).role(one.role).state(one.state)
        });
        found.add(&LIST_FUNCTIONS, entry);
    }
    event_sources(place, &mut found).await;
    found
}

/// The queues and Kinesis streams that start functions, which others can be made to read, too. Streams of tables are
/// listed with their tables; a mapping of brokers outside AWS has no ARN.
async fn event_sources(place: &Place<'_>, found: &mut Found) {
    let split = |page: Mappings| (page.event_source_mappings.unwrap_or_default(), page.next_marker);
    let listing = place.list(&LIST_EVENT_SOURCE_MAPPINGS, json!({"MaxItems": 100}), "Marker", split).await;
    let mappings = found.listed(&LIST_EVENT_SOURCE_MAPPINGS, listing);
    let arns: BTreeSet<String> = mappings.into_iter().filter_map(|one| one.event_source_arn).collect();
    // One of another account is no resource of this one.
    let is_own = |arn: &String| arn.split(':').nth(4) == Some(place.account);
    for arn in arns.into_iter().filter(is_own) {
        let mut parts = arn.splitn(6, ':').skip(2);
        let kind = match parts.next() {
            Some("kinesis") => "kinesis_stream",
            Some("sqs") => "sqs_queue",
            _ => continue,
        };
        let name = parts.nth(2).map(|resource| resource.trim_start_matches("stream/").to_owned());
        found.add(&LIST_EVENT_SOURCE_MAPPINGS, Some(Entry::new(kind, arn.as_str()).name(name)));
    }
}
