//! Lambda functions. <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>

use serde::Deserialize;
use serde_json::json;

use super::entry::{Entry, Found, declared};
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
    found
}
