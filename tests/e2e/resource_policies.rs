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
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/support/resources.py");
    let put = python(&[script.display().to_string(), server.url()], b"");
    (server, serde_json::from_slice(&put).expect("resources.py prints JSON"))
}

/// Each resource of the document, with whether it has a policy.
fn listed(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, bool> {
    let (_, bytes) =
        files.iter().find(|(name, _)| name.ends_with("resource-policies.json")).expect("the document");
    let entries: Vec<Value> = serde_json::from_slice(bytes).expect("JSON");
    let entry =
        |one: &Value| (one["resource"].as_str().expect("an ARN").to_owned(), one["policy"].is_object());
    entries.iter().map(entry).collect()
}

#[test]
fn each_kind_of_resource_is_listed_with_its_policy_or_without_one() {
    let (server, put) = resources();
    let census = Census::at(&server.url());
    let run = census.run(&["scan", "aws", "--region", "us-east-1", "--save-raw", "raw", "--format", "json"]);
    let saved = files(&census.work().join("raw"));
    let expected: BTreeMap<String, bool> = [("with", true), ("without", false)]
        .into_iter()
        .flat_map(|(which, has)| {
            list(&put, which).iter().map(move |arn| (arn.as_str().expect("an ARN").to_owned(), has))
        })
        .collect();
    assert_eq!(listed(&saved), expected, "{run}");
    for (name, bytes) in &saved {
        assert!(!String::from_utf8_lossy(bytes).contains("do-not-read-me"), "{name}");
    }
    let report = run.json();
    let of_policies =
        ["ecr:", "events:", "kms:", "lambda:GetPolicy", "s3:", "secretsmanager:", "sns:", "sqs:"];
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
    assert!(!public.iter().any(|title| title.contains("bare")), "{public:#?}");
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
