//! Against a scripted endpoint.

mod script;
mod settings;

use std::collections::BTreeMap;

use census_model::GapReason;
use census_provider_api::{Batch, Silent};
use serde_json::{Value, json};

use self::script::{arn, block, buckets, json, named, refusal, usual};
use crate::{
    client::{Caller, Connection, Partition},
    documents::AccountFile,
    fetch::{
        account::{Circumstances, read_resource_policies},
        identity_center::IdentityCenter,
        organization::Standing,
        regions::Regions,
    },
    options::AwsOptions,
    testing::{Answer, Endpoint, error, ok},
};

const ACCOUNT: &str = "111122223333";
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

async fn read(script: impl Fn(&str, &str, usize) -> Option<Answer> + Send + Sync + 'static) -> Batch {
    read_with(&AwsOptions::default(), script).await
}

/// Reads one region, where the script answers what it does not leave to the usual.
async fn read_with(
    options: &AwsOptions,
    script: impl Fn(&str, &str, usize) -> Option<Answer> + Send + Sync + 'static,
) -> Batch {
    let endpoint = Endpoint::new(move |request, before| {
        let operation = named(request);
        script(operation, request, before).unwrap_or_else(|| usual(operation))
    })
    .await;
    let api = Connection::for_test(&endpoint.url, 1, 0).api();
    let home = "eu-west-1";
    let partition = Partition::Aws;
    let caller = Caller { arn: String::new(), account: ACCOUNT.into(), partition };
    let center = &IdentityCenter::new(api.clone(), &caller, Standing::Alone, options.deep);
    let circumstances = Circumstances { options, progress: &Silent, partition, home, center };
    let regions = Regions { names: vec![home.to_owned()], missing: None };
    read_resource_policies(&api, ACCOUNT, circumstances, &regions).await
}

/// The document: each resource, with whether it has a policy.
fn listed(batch: &Batch) -> BTreeMap<String, bool> {
    let path = AccountFile::ResourcePolicies.path(ACCOUNT).unwrap();
    let Some((_, bytes, ..)) = batch.files.iter().find(|file| file.0 == path) else { return BTreeMap::new() };
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(!text.contains("secret word"), "{text}");
    let entries: Vec<Value> = serde_json::from_str(text).unwrap();
    entries
        .iter()
        .filter(|one| one["resource"] != format!("arn:aws:iam::{ACCOUNT}:root"))
        .map(|one| {
            let policy = &one["policy"];
            assert!(policy.is_null() || *policy == serde_json::from_str::<Value>(POLICY).unwrap(), "{one}");
            (one["resource"].as_str().unwrap().to_owned(), !policy.is_null())
        })
        .collect()
}

fn failures(batch: &Batch) -> Vec<(&str, GapReason, Vec<&str>)> {
    let failures = batch.gaps.iter().filter(|gap| gap.reason.is_failure());
    failures.map(|gap| (&*gap.read, gap.reason, gap.affects.iter().map(|one| &**one).collect())).collect()
}

/// Each resource of the usual answers, with the read of its policy.
fn resources() -> [(&'static str, &'static str, String); 11] {
    [
        ("GetRuntimePolicy", "bedrock-agentcore:GetResourcePolicy", arn("bedrock-agentcore", "runtime/r")),
        (
            "CodeBuild_20161006.GetResourcePolicy",
            "codebuild:GetResourcePolicy",
            arn("codebuild", "project/p"),
        ),
        ("DynamoDB_20120810.GetResourcePolicy", "dynamodb:GetResourcePolicy", arn("dynamodb", "table/t")),
        ("GetRepositoryPolicy", "ecr:GetRepositoryPolicy", arn("ecr", "repository/r")),
        ("ListEventBuses", "events:ListEventBuses", arn("events", "event-bus/b")),
        ("GetKeyPolicy", "kms:GetKeyPolicy", arn("kms", "key/k")),
        ("GetPolicy", "lambda:GetPolicy", arn("lambda", "function:f")),
        ("GetBucketPolicy", "s3:GetBucketPolicy", "arn:aws:s3:::lake".to_owned()),
        (
            "secretsmanager.GetResourcePolicy",
            "secretsmanager:GetResourcePolicy",
            arn("secretsmanager", "secret:s-AbCdEf"),
        ),
        ("GetTopicAttributes", "sns:GetTopicAttributes", arn("sns", "t")),
        ("GetQueueAttributes", "sqs:GetQueueAttributes", arn("sqs", "q")),
    ]
}

#[tokio::test]
async fn every_service_tells_its_resources_with_their_policies() {
    let batch = read(|_, _, _| None).await;
    let stream = arn("dynamodb", "table/t/stream/1");
    let all = resources().into_iter().map(|(.., arn)| arn).chain([stream]);
    assert_eq!(listed(&batch), all.map(|arn| (arn, true)).collect());
    assert_eq!(failures(&batch), []);
    // What is not asked for stays open.
    let open: Vec<&str> = batch.gaps.iter().map(|gap| &*gap.read).collect();
    assert_eq!(open, ["glue:GetResourcePolicy"]);
    assert!(batch.gaps.iter().all(|gap| !gap.affects.is_empty()));
}

#[tokio::test]
async fn a_denied_read_leaves_the_others_and_names_what_it_was_about() {
    for (denied, read_name, arn) in resources() {
        let batch = read(move |operation, _, _| {
            (operation == denied).then(|| match operation {
                "GetTopicAttributes" => error(403, "AuthorizationError"),
                "GetBucketPolicy" => (403, "<Error><Code>AccessDenied</Code></Error>".to_owned()),
                _ => refusal("AccessDeniedException"),
            })
        })
        .await;
        let stream = format!("{arn}/stream/1");
        let about = match denied {
            "ListEventBuses" => vec![format!("arn:aws:events:eu-west-1:{ACCOUNT}:*")],
            "DynamoDB_20120810.GetResourcePolicy" => vec![arn.clone(), stream],
            _ => vec![arn.clone()],
        };
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        assert_eq!(failures(&batch), [(read_name, GapReason::Denied, about)], "{denied}");
        let listed = listed(&batch);
        // A key keeps the grants on it.
        let is_read = denied == "GetKeyPolicy" && listed.get(&arn) == Some(&false);
        assert!(is_read || !listed.contains_key(&arn), "{denied}: what was not read is no entry");
        assert!(listed.len() >= 10, "{denied}");
    }
}

#[tokio::test]
async fn a_denied_listing_opens_what_its_service_has_in_the_region() {
    for (denied, read_name, about) in [
        ("DescribeRepositories", "ecr:DescribeRepositories", arn("ecr", "*")),
        ("ListKeys", "kms:ListKeys", arn("kms", "*")),
        ("ListFunctions", "lambda:GetPolicy", arn("lambda", "*")),
        ("ListTables", "dynamodb:ListTables", arn("dynamodb", "*")),
        ("ListStreams", "dynamodb:GetResourcePolicy", arn("dynamodb", "*")),
        ("ListProjects", "codebuild:GetResourcePolicy", arn("codebuild", "*")),
        ("ListAgentRuntimes", "bedrock-agentcore:GetResourcePolicy", arn("bedrock-agentcore", "*")),
        ("ListBuckets", "s3:ListAllMyBuckets", "arn:aws:s3:::*".to_owned()),
        ("ListSecrets", "secretsmanager:ListSecrets", arn("secretsmanager", "*")),
        ("ListTopics", "sns:ListTopics", arn("sns", "*")),
        ("ListQueues", "sqs:ListQueues", arn("sqs", "*")),
    ] {
        let batch = read(move |operation, _, _| {
            (operation == denied).then(|| match operation {
                "ListTopics" => error(403, "AuthorizationError"),
                "ListBuckets" => (403, "<Error><Code>AccessDenied</Code></Error>".to_owned()),
                _ => refusal("AccessDeniedException"),
            })
        })
        .await;
        assert_eq!(failures(&batch), [(read_name, GapReason::Denied, vec![about.as_str()])], "{denied}");
        assert_eq!(listed(&batch).len(), 11, "{denied}");
    }
}

#[tokio::test]
async fn no_policy_is_null_and_a_resource_that_is_gone_is_left_out() {
    for (asked, code, entry) in [
        ("GetBucketPolicy", "NoSuchBucketPolicy", Some(false)),
        ("GetBucketPolicy", "NoSuchBucket", None),
        ("GetPolicy", "ResourceNotFoundException", Some(false)),
        ("GetRepositoryPolicy", "RepositoryPolicyNotFoundException", Some(false)),
        ("GetRepositoryPolicy", "RepositoryNotFoundException", None),
        ("secretsmanager.GetResourcePolicy", "ResourceNotFoundException", None),
        ("DynamoDB_20120810.GetResourcePolicy", "PolicyNotFoundException", Some(false)),
        ("DynamoDB_20120810.GetResourcePolicy", "ResourceNotFoundException", None),
        // The grants on it are told all the same.
        ("GetKeyPolicy", "NotFoundException", Some(false)),
        ("GetQueueAttributes", "com.amazonaws.sqs#QueueDoesNotExist", None),
    ] {
        let batch = read(move |operation, _, _| {
            (operation == asked).then(|| match operation {
                "GetBucketPolicy" => (404, format!("<Error><Code>{code}</Code></Error>")),
                _ => refusal(code),
            })
        })
        .await;
        assert_eq!(failures(&batch), [], "{asked} {code}");
        let (_, _, arn) = resources().into_iter().find(|(call, ..)| *call == asked).unwrap();
        assert_eq!(listed(&batch).get(&arn).copied(), entry, "{asked} {code}");
    }
    let without = |operation: &str, _: &str, _: usize| match operation {
        "secretsmanager.GetResourcePolicy" => Some(json(&json!({"Name": "s"}))),
        "GetQueueAttributes" => Some(json(&json!({}))),
        "GetTopicAttributes" => Some(ok(operation, "<Attributes/>")),
        "ListEventBuses" => Some(json(&json!({"EventBuses": [{"Arn": arn("events", "event-bus/b")}]}))),
        _ => None,
    };
    let batch = read(without).await;
    assert_eq!(failures(&batch), []);
    assert_eq!(listed(&batch).values().filter(|has| !**has).count(), 4);
}

#[tokio::test]
async fn pages_are_joined_and_a_missing_one_is_truncation() {
    let pages = |operation: &str, _: &str, before: usize| match (operation, before) {
        ("ListKeys", 0) => Some(json(&json!({
            "Keys": [{"KeyArn": arn("kms", "key/a")}], "Truncated": true, "NextMarker": "m"}))),
        _ => None,
    };
    let batch = read(pages).await;
    assert!(
        listed(&batch).contains_key(&arn("kms", "key/a"))
            && listed(&batch).contains_key(&arn("kms", "key/k"))
    );
    let batch = read(|operation, request, _| match operation {
        "ListBuckets" if request.contains("continuation-token=x") => {
            Some(buckets(&[("b", "us-east-1")], None))
        }
        "ListBuckets" => Some(buckets(&[("a", "eu-west-1")], Some("x"))),
        _ => None,
    })
    .await;
    assert!(listed(&batch).contains_key("arn:aws:s3:::a") && listed(&batch).contains_key("arn:aws:s3:::b"));
    let batch = read(|operation, _, before| match (operation, before) {
        ("ListSecrets", 0) => Some(json(&json!({"SecretList": [], "NextToken": "n"}))),
        ("ListSecrets", _) => Some(refusal("ThrottlingException")),
        _ => None,
    })
    .await;
    let about = arn("secretsmanager", "*");
    assert_eq!(failures(&batch), [("secretsmanager:ListSecrets", GapReason::Truncated, vec![&*about])]);
    assert_eq!(batch.done, None, "another run may see the rest");
}

#[tokio::test]
async fn a_throttled_read_may_pass_the_next_time() {
    let batch =
        read(|operation, _, _| (operation == "GetKeyPolicy").then(|| refusal("ThrottlingException"))).await;
    let key = arn("kms", "key/k");
    assert_eq!(failures(&batch), [("kms:GetKeyPolicy", GapReason::Throttled, vec![&*key])]);
    assert_eq!(batch.done, None);
}

#[tokio::test]
async fn single_calls_are_bounded_and_those_beyond_are_named() {
    let many = |operation: &str, _: &str, _: usize| {
        let queues = || (0..2_003).map(|number| format!("https://sqs.example/{ACCOUNT}/q{number:04}"));
        (operation == "ListQueues").then(|| json(&json!({"QueueUrls": queues().collect::<Vec<_>>()})))
    };
    let batch = read(many).await;
    assert_eq!(listed(&batch).len(), 2_011);
    let gap = batch.gaps.iter().find(|gap| &*gap.read == "sqs:GetQueueAttributes").unwrap();
    assert_eq!(gap.reason, GapReason::NotRequested);
    assert_eq!(gap.affects.len(), 3);
    assert_eq!(&*gap.affects[0], arn("sqs", "q2000"));
    let deep = AwsOptions { deep: true, ..AwsOptions::default() };
    assert_eq!(listed(&read_with(&deep, many).await).len(), 2_014);
}

#[tokio::test]
async fn left_out_it_is_one_gap_and_no_call() {
    let options = AwsOptions { resource_policies: false, ..AwsOptions::default() };
    let batch = read_with(&options, |operation, _, _| panic!("{operation} was called")).await;
    assert!(batch.files.is_empty());
    let [gap] = &batch.gaps[..] else { panic!("{:?}", batch.gaps) };
    assert_eq!(
        (&*gap.read, gap.reason, gap.affects.len()),
        ("s3:GetBucketPolicy", GapReason::NotRequested, 0)
    );
}
