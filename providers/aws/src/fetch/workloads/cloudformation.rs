//! CloudFormation stacks and stack sets that act with a role of their own.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html>

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, GOV, Http, Items, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static CLOUDFORMATION: Service = Service {
    name: "cloudformation",
    host: "cloudformation",
    signing: "cloudformation",
    id: "CloudFormation",
    protocol: Protocol::Query { version: "2010-05-15" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

pub(super) const DESCRIBE_STACKS: Call = Call {
    read: declared(
        "cloudformation",
        "DescribeStacks",
        &["cloudformation:DescribeStacks"],
        "the service roles of stacks; parameters and outputs are dropped unread",
    ),
    service: &CLOUDFORMATION,
    http: Http::Named,
    probe: r#"{"StackName": "census-permission-check-no-such-stack"}"#,
};

pub(super) const LIST_STACK_SETS: Call = Call {
    read: declared(
        "cloudformation",
        "ListStackSets",
        &["cloudformation:ListStackSets"],
        "the names of stack sets",
    ),
    service: &CLOUDFORMATION,
    http: Http::Named,
    probe: r#"{"MaxResults": 1}"#,
};

pub(super) const DESCRIBE_STACK_SET: Call = Call {
    read: declared(
        "cloudformation",
        "DescribeStackSet",
        &["cloudformation:DescribeStackSet"],
        "the roles of stack sets with roles of their own; templates and parameters are dropped unread",
    ),
    service: &CLOUDFORMATION,
    http: Http::Named,
    probe: r#"{"StackSetName": "census-permission-check-no-such-stack-set"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Stacks {
    #[serde(default)]
    stacks: Items<Stack>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stack {
    stack_id: Option<String>,
    stack_name: Option<String>,
    stack_status: Option<String>,
    #[serde(rename = "RoleARN")]
    role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StackSets {
    #[serde(default)]
    summaries: Items<Summary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    stack_set_name: Option<String>,
    permission_model: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    stack_set: Option<StackSet>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StackSet {
    #[serde(rename = "StackSetARN")]
    arn: Option<String>,
    stack_set_name: Option<String>,
    #[serde(rename = "AdministrationRoleARN")]
    administration_role_arn: Option<String>,
    execution_role_name: Option<String>,
    status: Option<String>,
}

pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    stacks(place, &mut found).await;
    stack_sets(place, &mut found).await;
    found
}

/// A stack without a role acts as whoever changes it.
async fn stacks(place: &Place<'_>, found: &mut Found) {
    let split = |page: Stacks| (page.stacks.into_vec(), page.next_token);
    let listing = place.list(&DESCRIBE_STACKS, json!({}), "NextToken", split).await;
    for one in found.listed(&DESCRIBE_STACKS, listing) {
        if one.role_arn.as_ref().is_none_or(String::is_empty) {
            continue;
        }
        let entry = one.stack_id.map(|arn| {
            Entry::new("cloudformation_stack", arn)
                .name(one.stack_name)
                .role(one.role_arn)
                .state(one.stack_status)
        });
        found.add(&DESCRIBE_STACKS, entry);
    }
}

/// Those whose permissions AWS Organizations manages act with roles that only AWS can use.
async fn stack_sets(place: &Place<'_>, found: &mut Found) {
    let split = |page: StackSets| (page.summaries.into_vec(), page.next_token);
    let input = json!({"Status": "ACTIVE", "MaxResults": 100});
    let listing = place.list(&LIST_STACK_SETS, input, "NextToken", split).await;
    let names = found.identified(&LIST_STACK_SETS, listing, |one: Summary| {
        let managed = one.permission_model.as_deref() == Some("SERVICE_MANAGED");
        Some((one.stack_set_name?, managed))
    });
    let names: Vec<String> =
        names.into_iter().filter(|(_, managed)| !managed).map(|(name, _)| name).collect();
    let about = |name: &String| place.arn("cloudformation", &format!("stackset/{name}:*"));
    let input = |name: &String| json!({"StackSetName": name});
    for (_, answer) in found.each(place, &DESCRIBE_STACK_SET, names, about, input).await {
        let Some(answer): Option<Described> = answer else { continue };
        let entry = answer.stack_set.and_then(|one| {
            let entry = Entry::new("cloudformation_stack_set", one.arn?)
                .name(one.stack_set_name)
                .administration(one.administration_role_arn, one.execution_role_name);
            Some(entry.state(one.status))
        });
        found.add(&DESCRIBE_STACK_SET, entry);
    }
}
