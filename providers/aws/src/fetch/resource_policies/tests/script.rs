//! What the endpoint answers unless a test says otherwise.

use serde_json::{Value, json};

use super::{ACCOUNT, POLICY};
use crate::testing::{Answer, ok};

pub(super) fn json(body: &Value) -> Answer {
    (200, body.to_string())
}

pub(super) fn refusal(code: &str) -> Answer {
    (400, json!({"__type": code, "message": "m"}).to_string())
}

pub(super) fn arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:{resource}")
}

/// Every service with one resource that has a policy.
pub(super) fn usual(operation: &str) -> Answer {
    match operation {
        "ListBuckets" => buckets(&[("lake", "eu-west-1")], None),
        "GetBucketPolicy" => (200, POLICY.to_owned()),
        "ListKeys" => json(&json!({"Keys": [{"KeyArn": arn("kms", "key/k"), "KeyId": "k"}]})),
        "GetKeyPolicy" => json(&json!({"Policy": POLICY, "PolicyName": "default"})),
        "ListSecrets" => {
            json(&json!({"SecretList": [{"ARN": arn("secretsmanager", "secret:s-AbCdEf"), "Name": "s"}]}))
        }
        "secretsmanager.GetResourcePolicy" => json(&json!({"ResourcePolicy": POLICY})),
        "ListTables" => json(&json!({"TableNames": ["t"]})),
        "ListStreams" => json(&json!({"Streams": [{"StreamArn": arn("dynamodb", "table/t/stream/1")}]})),
        "DynamoDB_20120810.GetResourcePolicy" => json(&json!({"Policy": POLICY})),
        "ListProjects" => json(&json!({"projects": ["p"]})),
        "CodeBuild_20161006.GetResourcePolicy" => json(&json!({"policy": POLICY})),
        "ListAgentRuntimes" => json(&json!({"agentRuntimes": [
            {"agentRuntimeArn": arn("bedrock-agentcore", "runtime/r"), "agentRuntimeId": "r"}]})),
        "GetRuntimePolicy" => json(&json!({"policy": POLICY})),
        "ListGrants" => json(&json!({"Grants": [{"GrantId": "g", "GranteePrincipal": "AIDAEXAMPLE",
            "Operations": ["Decrypt"], "Name": "secret word"}]})),
        "GetAccountBlock" | "GetBucketBlock" => (200, block(false)),
        "ListTopics" => {
            let topic = format!("<member><TopicArn>{}</TopicArn></member>", arn("sns", "t"));
            ok(operation, &format!("<Topics>{topic}</Topics>"))
        }
        "GetTopicAttributes" => {
            let entry =
                |key: &str, value: &str| format!("<entry><key>{key}</key><value>{value}</value></entry>");
            let entries =
                [entry("DisplayName", "secret word"), entry("Policy", &POLICY.replace('"', "&quot;"))];
            ok(operation, &format!("<Attributes>{}</Attributes>", entries.concat()))
        }
        "ListQueues" => json(&json!({"QueueUrls": [format!("https://sqs.example/{ACCOUNT}/q")]})),
        "GetQueueAttributes" => json(&json!({"Attributes": {"Policy": POLICY}})),
        "DescribeRepositories" => json(&json!({"repositories": [
            {"repositoryArn": arn("ecr", "repository/r"), "repositoryName": "r"}]})),
        "GetRepositoryPolicy" => json(&json!({"policyText": POLICY})),
        "ListEventBuses" => json(&json!({"EventBuses": [
            {"Arn": arn("events", "event-bus/b"), "Name": "b", "Policy": POLICY}]})),
        "ListFunctions" => json(&json!({"Functions": [
            {"FunctionArn": arn("lambda", "function:f"), "Environment": {"Variables": {"A": "secret word"}}}]})),
        "GetPolicy" => json(&json!({"Policy": POLICY})),
        _ => refusal("UnknownOperationException"),
    }
}

pub(super) fn block(restrict: bool) -> String {
    format!(
        "<PublicAccessBlockConfiguration><RestrictPublicBuckets>{restrict}</RestrictPublicBuckets>\
         <BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>"
    )
}

pub(super) fn buckets(names: &[(&str, &str)], next: Option<&str>) -> Answer {
    let bucket = |(name, region): &(&str, &str)| {
        format!("<Bucket><Name>{name}</Name><BucketRegion>{region}</BucketRegion></Bucket>")
    };
    let list: String = names.iter().map(bucket).collect();
    let next = next.map(|next| format!("<ContinuationToken>{next}</ContinuationToken>")).unwrap_or_default();
    let owner = "<Owner><DisplayName>secret word</DisplayName></Owner>";
    (200, format!("<ListAllMyBucketsResult>{owner}<Buckets>{list}</Buckets>{next}</ListAllMyBucketsResult>"))
}

/// What a request of REST is called: `GET /lake?policy`.
pub(super) fn named(operation: &str) -> &str {
    if operation.starts_with("POST /runtimes/") {
        return "ListAgentRuntimes";
    }
    let Some(path) = operation.strip_prefix("GET ") else { return operation };
    if path.starts_with("/resourcepolicy/") {
        "GetRuntimePolicy"
    } else if path.starts_with("/v20180820/") {
        "GetAccountBlock"
    } else if path.ends_with("?publicAccessBlock") {
        "GetBucketBlock"
    } else if path.starts_with("/?max-buckets") || path.starts_with("/?continuation-token") {
        "ListBuckets"
    } else if path.ends_with("?policy") {
        "GetBucketPolicy"
    } else if path.ends_with("/policy") {
        "GetPolicy"
    } else {
        "ListFunctions"
    }
}
