//! DynamoDB's tables and their streams; never their items.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html>

use serde::Deserialize;
use serde_json::json;

use super::ask::{Asked, Policies, Question, declared};
use crate::{
    client::{Call, Fips, GOV, Http, JSON_1_0, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static DYNAMODB: Service = Service {
    name: "dynamodb",
    host: "dynamodb",
    signing: "dynamodb",
    id: "DynamoDB",
    protocol: Protocol::Json { content_type: JSON_1_0, target: "DynamoDB_20120810" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

pub(super) const LIST_TABLES: Call = Call {
    read: declared("dynamodb", "ListTables", &["dynamodb:ListTables"], "names of tables"),
    service: &DYNAMODB,
    http: Http::Named,
    probe: r#"{"Limit": 1}"#,
};

pub(super) const GET_RESOURCE_POLICY: Call = Call {
    read: declared(
        "dynamodb",
        "GetResourcePolicy",
        &["dynamodb:GetResourcePolicy"],
        "the policy of each table and each stream",
    ),
    service: &DYNAMODB,
    http: Http::Named,
    probe: r#"{"ResourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/census-permission-check-no-such-table"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tables {
    table_names: Option<Vec<String>>,
    last_evaluated_table_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    policy: Option<String>,
}

/// A stream has a policy of its own. Streams are listed for the workloads, too; a listing that failed is a gap there,
/// and what it leaves open here is a gap of the policies.
pub(super) async fn read(place: &Place<'_>) -> Policies {
    let split = |page: Tables| (page.table_names.unwrap_or_default(), page.last_evaluated_table_name);
    let tables = place.list(&LIST_TABLES, json!({"Limit": 100}), "ExclusiveStartTableName", split).await;
    let mut found = Policies::default();
    let arn = |name: String| Asked::by_arn("ResourceArn", place.arn("dynamodb", &format!("table/{name}")));
    let mut resources = found.identified(&LIST_TABLES, tables, |name| Some(arn(name)));
    let streams = place.streams().await;
    resources.extend(
        found.identified(&GET_RESOURCE_POLICY, streams, |stream| Some(Asked::by_arn("ResourceArn", stream?))),
    );
    let question = Question {
        call: &GET_RESOURCE_POLICY,
        none: &["PolicyNotFoundException"],
        policy: |answer: Described| answer.policy,
    };
    found.ask(place, &question, resources).await;
    found
}
