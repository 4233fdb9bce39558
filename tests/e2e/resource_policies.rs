//! Policies of resources, read over HTTP from a stand-in that has one resource with a policy and one without of each kind.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use crate::support::{
    census::{Census, files},
    populate::python,
    report::list,
    servers::{Catalogue, Server},
};

/// A stand-in with resources, and what was put in.
fn resources() -> (Server, Value) {
    let server = Server::moto(Catalogue::Empty);
    let put = put_into(&server.url(), &[]);
    (server, put)
}

/// Puts resources into a stand-in, or into an account of its organization; gives their ARNs.
pub(crate) fn put_into(url: &str, account: &[String]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/support/resources.py");
    let put = python(&[&[script.display().to_string(), url.to_owned()], account].concat(), b"");
    serde_json::from_slice(&put).expect("resources.py prints JSON")
}

/// The entries of an account's document, but for that of the account itself.
pub(crate) fn document(files: &BTreeMap<String, Vec<u8>>, account: &str, name: &str) -> Vec<Value> {
    let bytes = &files[&format!("accounts/{account}/{name}")];
    let mut entries: Vec<Value> = serde_json::from_slice(bytes).expect("JSON");
    entries.retain(|one| one["resource"] != format!("arn:aws:iam::{account}:root"));
    entries
}

/// Each resource of the document, with whether it has a policy.
pub(crate) fn listed(files: &BTreeMap<String, Vec<u8>>, account: &str) -> BTreeMap<String, bool> {
    let entry =
        |one: &Value| (one["resource"].as_str().expect("an ARN").to_owned(), one["policy"].is_object());
    document(files, account, "resource-policies.json").iter().map(entry).collect()
}

/// The same, as it was put in.
pub(crate) fn expected(put: &Value) -> BTreeMap<String, bool> {
    let of = |which: &'static str, has: bool| {
        list(put, which).iter().map(move |arn| (arn.as_str().expect("an ARN").to_owned(), has))
    };
    of("with", true).chain(of("without", false)).collect()
}

/// Type and name of what runs, with its role or profile.
pub(crate) fn runs(files: &BTreeMap<String, Vec<u8>>, account: &str) -> Vec<(String, String)> {
    let of = |one: &Value, field: &str| {
        one[field].as_str().map(|arn| arn.rsplit('/').next().unwrap_or_default().to_owned())
    };
    let entries = document(files, account, "workloads.json");
    let mut runs: Vec<(String, String)> = entries
        .iter()
        .filter_map(|one| {
            let runs_as = of(one, "role_arn").or_else(|| of(one, "instance_profile_arn"))?;
            Some((one["type"].as_str()?.to_owned(), runs_as))
        })
        .collect();
    runs.sort();
    runs
}

/// What `resources.py` has running.
pub(crate) fn running() -> Vec<(String, String)> {
    [("ec2_instance", "web"), ("lambda_function", "f"), ("lambda_function", "f")]
        .map(|(kind, role)| (kind.to_owned(), role.to_owned()))
        .to_vec()
}

const ACCOUNT: &str = "123456789012";

#[test]
fn each_kind_of_resource_is_listed_with_its_policy_or_without_one() {
    let (server, put) = resources();
    let census = Census::at(&server.url());
    let run = census.run(&["scan", "aws", "--region", "us-east-1", "--save-raw", "raw", "--format", "json"]);
    let saved = files(&census.work().join("raw"));
    assert_eq!(listed(&saved, ACCOUNT), expected(&put), "{run}");
    assert_eq!(runs(&saved, ACCOUNT), running(), "{run}");
    for (name, bytes) in &saved {
        assert!(!String::from_utf8_lossy(bytes).contains("do-not-read-me"), "{name}");
    }
    let report = run.json();
    let of_policies = [
        "codebuild:",
        "dynamodb:",
        "ec2:",
        "ecr:",
        "events:",
        "kms:",
        "lambda:",
        "s3:",
        "secretsmanager:",
        "sns:",
        "sqs:",
    ];
    let failed: Vec<&Value> = list(&report, "gaps")
        .iter()
        .filter(|gap| gap["reason"] != "not-requested")
        .filter(|gap| {
            of_policies.iter().any(|start| gap["read"].as_str().is_some_and(|read| read.starts_with(start)))
        })
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let public: Vec<&str> = list(&report, "findings")
        .iter()
        .filter(|finding| finding["rule"] == "public-resource")
        .filter_map(|finding| finding["title"].as_str())
        .collect();
    for arn in
        ["arn:aws:s3:::lake`", "arn:aws:s3:::lake-eu`", ":orders`", ":repository/images`", ":secret:db-"]
    {
        assert!(public.iter().any(|title| title.contains(arn)), "{arn}: {public:#?}");
    }
    assert!(!public.iter().any(|title| title.contains("bare") || title.contains("shut")), "{public:#?}");

    // The role may decrypt by a grant alone.
    let role = format!("arn:aws:iam::{ACCOUNT}:role/f");
    let key = put["key"].as_str().expect("an ARN");
    let can = census.expect(0, &["can", &role, "kms:Decrypt", key]);
    assert!(can.text().contains("grant"), "{can}");
    // Other regions were not asked.
    census.expect(6, &["can", &role, "kms:Encrypt", key]);
}

#[test]
fn left_out_they_are_one_gap_that_does_not_fail_the_scan() {
    let (server, _) = resources();
    let census = Census::at(&server.url());
    let run = census.run(&[
        "scan",
        "aws",
        "--no-workloads",
        "--no-resource-policies",
        "--save-raw",
        "raw",
        "--format",
        "json",
    ]);
    let saved = files(&census.work().join("raw"));
    assert!(saved.keys().all(|name| !name.ends_with("resource-policies.json")), "{run}");
    let report = run.json();
    let gaps: Vec<&Value> =
        list(&report, "gaps").iter().filter(|gap| gap["read"] == "s3:GetBucketPolicy").collect();
    let [gap] = gaps[..] else { panic!("{gaps:#?}") };
    assert_eq!(gap["reason"], "not-requested");
}
