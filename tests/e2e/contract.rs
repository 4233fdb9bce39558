//! What is sent to services without an SDK crate, and kept of their answers, beside AWS's own models of them.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{answers::Answer, populate::python};

/// The content of a snapshot of the provider's tests.
fn snapshot(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers/aws/src").join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
    text.splitn(3, "---\n").nth(2).expect("a head and a content").to_owned()
}

fn differences(endpoints: &str, calls: &[&str]) -> String {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/contract.py");
    let mut arguments = vec![script.display().to_string(), write("endpoints.json", endpoints)];
    for (number, calls) in calls.iter().enumerate() {
        arguments.push(write(&format!("calls-{number}.json"), calls));
    }
    String::from_utf8(python(&arguments, b"")).expect("text")
}

#[test]
fn every_call_and_every_endpoint_is_as_the_models_say() {
    let calls = snapshot("fetch/workloads/snapshots/calls.snap");
    let endpoints = snapshot("client/snapshots/endpoints.snap");
    let policies = snapshot("fetch/resource_policies/snapshots/calls.snap");
    let permission_sets = snapshot("fetch/identity_center/snapshots/calls.snap");
    assert_eq!(differences(&endpoints, &[&calls, &policies, &permission_sets]), "");
    // The comparison notices each kind of difference.
    let mut wrong = (calls, endpoints.replacen("lambda.us-east-1", "lambda.us-east-2", 1));
    let mistakes = [
        ("\"path\": \"/clusters/{name}\"", "\"path\": \"/cluster/{name}\"", "EKS DescribeCluster: path"),
        ("\"roleArn\": \"string\"", "\"roleArm\": \"string\"", "roleArm is not in the model"),
        ("\"target\": \"AWSGlue\"", "\"target\": \"Glue\"", "Glue GetJobs: target"),
        ("\"Limit\": 1", "\"Limits\": 1", "parameter Limits is not in the model"),
        ("\"method\": \"POST with a query\"", "\"method\": \"POST\"", "is sent as None, not as querystring"),
        ("\"version\": \"2016-11-15\"", "\"version\": \"2016-11-16\"", "API version"),
    ];
    for (from, to, _) in mistakes {
        assert!(wrong.0.contains(from), "{from}");
        wrong.0 = wrong.0.replacen(from, to, 1);
    }
    let found = differences(&wrong.1, &[&wrong.0, &policies]);
    for told in mistakes.map(|(_, _, told)| told).into_iter().chain(["Lambda in us-east-1"]) {
        assert!(found.contains(told), "{told}: {found}");
    }
}

/// What the stand-ins lack is made up in `support/answers.rs`; an answer that AWS could not give proves nothing.
#[test]
fn answers_about_usage_are_as_the_model_says() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/answer.py").display().to_string();
    let read = |operation: &str, body: &str| -> Value {
        let found = python(&[script.clone(), operation.to_owned()], body.as_bytes());
        serde_json::from_slice(&found).expect("JSON")
    };
    let job = Answer::usage_job().body;
    assert_eq!(read("GenerateServiceLastAccessedDetails", &job), json!({ "read": ["JobId"], "unknown": [] }));
    let details = "GetServiceLastAccessedDetails";
    let report = Answer::usage_report("2026-11-26T00:00:00Z").body;
    let found = read(details, &report);
    assert_eq!(found["unknown"], json!([]));
    let fields = found["read"].as_array().expect("fields");
    for field in ["IsTruncated", "JobCompletionDate", "JobStatus", "ServiceNamespace"] {
        assert!(fields.contains(&json!(field)), "{found}");
    }
    let wrong = report.replace("ServiceNamespace", "Namespace");
    assert_eq!(read(details, &wrong)["unknown"], json!(["Namespace"]), "a wrong name is noticed");
}
