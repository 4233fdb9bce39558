//! DynamoDB tables with streams.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, GOV, Http, JSON_1_0, Offered, Protocol, Service},
    fetch::{listings::Listing, regions::Place},
};

pub(super) static STREAMS: Service = Service {
    name: "dynamodb",
    host: "streams.dynamodb",
    signing: "dynamodb",
    id: "DynamoDB Streams",
    protocol: Protocol::Json { content_type: JSON_1_0, target: "DynamoDBStreams_20120810" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

pub(in crate::fetch) const LIST_STREAMS: Call = Call {
    read: declared(
        "dynamodb",
        "ListStreams",
        &["dynamodb:ListStreams"],
        "tables that have a stream, which functions can be made to read; all tables in one listing",
    ),
    service: &STREAMS,
    http: Http::Named,
    probe: r#"{"Limit": 1}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Streams {
    streams: Option<Vec<Stream>>,
    last_evaluated_stream_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stream {
    stream_arn: Option<String>,
}

impl Place<'_> {
    /// The ARNs of the streams here.
    pub(in crate::fetch) async fn streams(&self) -> Listing<Option<String>> {
        let split = |page: Streams| {
            let arns = page.streams.unwrap_or_default().into_iter().map(|stream| stream.stream_arn);
            (arns.collect(), page.last_evaluated_stream_arn)
        };
        let list = self.list(&LIST_STREAMS, json!({"Limit": 100}), "ExclusiveStartStreamArn", split);
        self.listings.streams.once(self.region, list).await
    }
}

/// Tables without a stream lead nowhere and are not asked for. Streams that were switched off within a day are listed
/// too; of several the newest, which has the last label (a date), stands for the table.
pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let mut newest: BTreeMap<String, String> = BTreeMap::new();
    for stream in found.listed(&LIST_STREAMS, place.streams().await) {
        let table = stream.as_deref().and_then(|arn| arn.split_once("/stream/"));
        match (table.map(|(table, _)| table.to_owned()), stream) {
            (Some(table), Some(stream)) => {
                let known = newest.entry(table).or_default();
                *known = stream.max(std::mem::take(known));
            }
            _ => found.add(&LIST_STREAMS, None),
        }
    }
    for (table, stream) in newest {
        found.add(&LIST_STREAMS, Some(Entry::new("dynamodb_table", table).stream(stream)));
    }
    found
}
