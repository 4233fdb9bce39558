//! What runs as which role, read live from every service: against a fake that AWS's own models hold to the contract.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{
    census::files,
    fake::{ACCOUNT, CANARY, Fake, everything, with_answer, with_faults},
    report::{assert_complete, assert_gap, list},
    world::text,
};

/// The region of almost everything, and the one with a single function.
const REGION: &str = "eu-west-1";
const SOUTH: &str = "eu-south-2";

/// The fake answers as fast as it is asked.
const FAST: [&str; 2] = ["--requests-per-second", "0"];

/// The services of which nothing tells but one of these.
fn is_of_workloads(operation: &str) -> bool {
    !["iam:", "sts:", "organizations:"].iter().any(|service| operation.starts_with(service))
}

/// The gap at a read for a reason.
fn gap<'r>(report: &'r Value, read: &str, reason: &str) -> &'r Value {
    let mut found = list(report, "gaps").iter().filter(|gap| gap["read"] == read && gap["reason"] == reason);
    let one = found.next().unwrap_or_else(|| panic!("no gap at {read}: {:#}", report["gaps"]));
    assert!(found.next().is_none(), "two gaps at {read}");
    one
}

/// Type, name and roles of each entry of the document, as it was kept.
fn entries(raw: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let document = &raw[&format!("accounts/{ACCOUNT}/workloads.json")];
    let document: Value = serde_json::from_slice(document).expect("JSON");
    let entries = document.as_array().expect("a list").iter().map(|entry| {
        let short = |value: &Value| value.to_string().replace(&format!("arn:aws:iam::{ACCOUNT}:"), "");
        let fields = entry.as_object().expect("an object").iter();
        let rest = fields.filter(|(field, _)| *field != "type" && *field != "arn");
        let rest: Vec<String> =
            rest.map(|(field, value)| format!("{field}={}", short(value).replace('"', ""))).collect();
        let arn = text(entry, "arn");
        let region = arn.split(':').nth(3).expect("a region");
        format!("{region} {} {}", text(entry, "type"), rest.join(" "))
    });
    entries.collect()
}

#[test]
fn everything_that_runs_is_read_and_nothing_else_is_kept() {
    let fake = Fake::of(&everything());
    let census = fake.census().with("RUST_LOG", "trace");
    let run = census.run(&[
        "scan",
        "aws",
        "--format",
        "json",
        "--output",
        "-",
        "--save-raw",
        "raw",
        "-vv",
        FAST[0],
        FAST[1],
    ]);
    let report = run.json();
    assert_complete(run.status.code().expect("an exit status"), &report);
    let raw = files(&census.work().join("raw"));
    let found = entries(&raw);
    let expected = include_str!("workloads/entries.txt");
    let expected: BTreeSet<String> = expected.lines().map(str::to_owned).collect();
    let missing: Vec<&String> = expected.difference(&found).collect();
    let more: Vec<&String> = found.difference(&expected).collect();
    assert!(missing.is_empty() && more.is_empty(), "missing {missing:#?}, besides {more:#?}");

    // Answers carry secrets in every place where AWS puts them; none gets further than the decoder.
    for (name, content) in &raw {
        assert!(!String::from_utf8_lossy(content).contains(CANARY), "{name}");
    }
    assert!(!run.text().contains(CANARY) && !run.stderr.contains(CANARY), "a secret was shown");
    let used = "arn:aws:lambda:eu-south-2:111122223333:function:south";
    assert!(run.text().contains(used), "the report names what runs as a role");
    let replayed = census.expect(0, &["scan", "--from", "raw", "--format", "json", "--output", "-"]).json();
    assert_eq!(replayed["identities"], report["identities"], "a replay is the same scan");
    assert_eq!(replayed["gaps"], report["gaps"]);
}

#[test]
fn calls_follow_what_there_is() {
    let fake = Fake::of(&everything());
    let (code, report) = fake.census().scan(&FAST);
    assert_complete(code, &report);
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for call in fake.calls() {
        *counts.entry((text(&call, "region"), text(&call, "operation"))).or_default() += 1;
    }
    // In a region with nothing, one call for each listing.
    let idle = counts.iter().filter(|((region, operation), _)| region == SOUTH && is_of_workloads(operation));
    let idle: Vec<_> = idle.collect();
    assert!(idle.iter().all(|(_, count)| **count == 1), "{idle:?}");
    assert!(idle.len() <= 25, "{} listings: {idle:?}", idle.len());
    // Batches: 101 projects, 11 services.
    let here = |operation: &str| counts[&(REGION.to_owned(), operation.to_owned())];
    assert_eq!((here("codebuild:BatchGetProjects"), here("ecs:DescribeServices")), (2, 2));
    assert_eq!(here("ecs:DescribeTaskDefinition"), 2, "one for each definition in use or newest");
}

#[test]
fn each_read_denied_is_a_gap_with_its_region_and_the_rest_is_read() {
    let fake = Fake::of(&everything());
    let census = fake.census();
    let (code, complete) = census.scan(&FAST);
    assert_complete(code, &complete);
    let reads: BTreeSet<String> =
        fake.asked().into_iter().map(|(operation, _)| operation).filter(|one| is_of_workloads(one)).collect();
    assert!(reads.len() > 40, "{reads:?}");
    for read in reads {
        let denied =
            json!({"operation": read, "region": REGION, "status": 403, "code": "AccessDeniedException"});
        let home =
            json!({"operation": read, "region": "us-east-1", "status": 403, "code": "UnauthorizedOperation"});
        fake.tell(&with_faults(&[denied, home]));
        let (code, report) = census.scan(&FAST);
        assert_gap(code, &report, &read, &["denied"]);
        let found = gap(&report, &read, "denied");
        if read != "ec2:DescribeRegions" {
            let affects = list(found, "affects");
            let service = read.split_once(':').expect("a service").0;
            let here = |one: &Value| {
                let parts: Vec<String> =
                    one.as_str().expect("a text").split(':').map(str::to_owned).collect();
                parts[2] == service && parts[3] == REGION || parts[3] == "us-east-1"
            };
            assert!(!affects.is_empty() && affects.iter().all(here), "{read}: {affects:?}");
            assert!(text(found, "detail").contains(REGION), "{found}");
        }
        let failed = list(&report, "gaps").iter().filter(|gap| gap["reason"] == "denied").count();
        assert_eq!(failed, 1, "{read}: {:#}", report["gaps"]);
        let doubts = |one: &Value| list(&one["reach"], "gaps").contains(&found["id"]);
        assert!(
            list(&report, "identities").iter().any(doubts),
            "{read}: what was not read may lead somewhere"
        );
    }
}

#[test]
fn throttling_is_waited_out_and_what_does_not_end_is_a_gap() {
    let fake = Fake::of(&everything());
    for code in ["ThrottlingException", "RequestLimitExceeded"] {
        let throttled =
            ["lambda:ListFunctions", "ec2:DescribeInstances", "ecs:DescribeTasks", "glue:GetJobs"];
        let faults = throttled.map(
            |read| json!({"operation": read, "region": REGION, "status": 400, "code": code, "times": 2}),
        );
        fake.tell(&with_faults(&faults));
        let (status, report) = fake.census().scan(&FAST);
        assert_complete(status, &report);
        assert!(fake.calls().iter().filter(|call| call["operation"] == "glue:GetJobs").count() > 4);
    }
    let faults =
        json!({"operation": "autoscaling:DescribeAutoScalingGroups", "status": 400, "code": "Throttling"});
    fake.tell(&with_faults(&[faults]));
    let (status, report) = fake.census().with("AWS_MAX_ATTEMPTS", "2").scan(&FAST);
    assert_gap(status, &report, "autoscaling:DescribeAutoScalingGroups", &["throttled"]);
    let found = gap(&report, "autoscaling:DescribeAutoScalingGroups", "throttled");
    assert_eq!(list(found, "affects").len(), 3, "one gap for all regions: {found}");
}

#[test]
fn a_later_page_that_fails_leaves_what_had_arrived() {
    let fake = Fake::of(&everything());
    for (read, code) in
        [("lambda:ListFunctions", "ServiceException"), ("ec2:DescribeInstances", "InternalError")]
    {
        let fault = json!({"operation": read, "region": REGION, "page": 1, "status": 500, "code": code});
        fake.tell(&with_faults(&[fault]));
        let census = fake.census().with("AWS_MAX_ATTEMPTS", "1");
        let (status, report) = census.scan(&["--save-raw", "raw"]);
        assert_gap(status, &report, read, &["truncated"]);
        let found = entries(&files(&census.work().join("raw")));
        assert!(found.iter().any(|entry| entry.contains("name=one ")), "{found:#?}");
    }
}

#[test]
fn a_service_that_no_role_trusts_is_not_asked() {
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ]});
    let role = json!({
        "Path": "/", "RoleName": "r", "RoleId": "AROAEXAMPLE0000000001", "CreateDate": "2025-01-01T00:00:00Z",
        "Arn": format!("arn:aws:iam::{ACCOUNT}:role/r"), "AssumeRolePolicyDocument": trust.to_string(),
        "RoleLastUsed": {},
    });
    let details =
        json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [role]});
    let mut scenario = with_answer("iam:GetAccountAuthorizationDetails", &details);
    let totals = json!({"SummaryMap": {"Roles": 1, "AccountMFAEnabled": 1}});
    for answer in scenario["answers"].as_array_mut().expect("answers") {
        if answer["operation"] == "iam:GetAccountSummary" {
            answer["pages"] = json!([totals]);
        }
    }
    let fake = Fake::of(&scenario);
    let (code, report) = fake.census().scan(&FAST);
    assert_complete(code, &report);
    let asked: BTreeSet<String> =
        fake.asked().into_iter().map(|(operation, _)| operation).filter(|one| is_of_workloads(one)).collect();
    assert_eq!(
        Vec::from_iter(asked),
        [
            "dynamodb:ListStreams",
            "ec2:DescribeRegions",
            "lambda:ListEventSourceMappings",
            "lambda:ListFunctions"
        ]
    );
    let open = |gap: &&Value| is_of_workloads(&text(gap, "read")) && gap["read"] != "s3:GetBucketPolicy";
    assert_eq!(list(&report, "gaps").iter().find(open), None, "what no role trusts cannot run as one");
}

#[test]
fn regions_can_be_chosen_and_workloads_left_out() {
    let fake = Fake::of(&everything());
    let (code, report) = fake.census().scan(&["--region", SOUTH]);
    assert_complete(code, &report);
    let found = gap(&report, "ec2:DescribeRegions", "not-requested");
    assert_eq!(
        (text(found, "reason").as_str(), text(found, "detail").contains(SOUTH)),
        ("not-requested", true)
    );
    let asked = fake.asked();
    assert!(
        asked.iter().all(|(operation, region)| !is_of_workloads(operation) || region == SOUTH),
        "{asked:?}"
    );
    assert!(!asked.iter().any(|(operation, _)| operation == "ec2:DescribeRegions"));

    fake.tell(&everything());
    let (code, report) = fake.census().scan(&["--no-workloads"]);
    assert_complete(code, &report);
    gap(&report, "lambda:ListFunctions", "not-requested");
    assert!(!fake.asked().iter().any(|(operation, _)| is_of_workloads(operation)));
    fake.census().expect(2, &["scan", "aws", "--region", "Frankfurt"]);
}

#[test]
fn without_the_list_of_regions_those_that_everybody_has_are_looked_into() {
    let denied = json!({"operation": "ec2:DescribeRegions", "status": 403, "code": "UnauthorizedOperation"});
    let fake = Fake::of(&with_faults(&[denied]));
    let (code, report) = fake.census().with("AWS_MAX_ATTEMPTS", "1").scan(&FAST);
    assert_gap(code, &report, "ec2:DescribeRegions", &["denied"]);
    let regions: BTreeSet<String> = fake.asked().into_iter().map(|(_, region)| region).collect();
    assert_eq!(regions.len(), 17, "{regions:?}");
    // A name of a region goes into a host name.
    for name in ["evil.example/", "us-east-1.evil.example", "", "eu-west-1@evil"] {
        let answer = json!({"Regions": [{"RegionName": name}, {"RegionName": REGION}]});
        fake.tell(&with_answer("ec2:DescribeRegions", &answer));
        let (code, report) = fake.census().scan(&FAST);
        assert_gap(code, &report, "ec2:DescribeRegions", &["invalid"]);
        let asked = fake.asked().into_iter().filter(|(operation, _)| operation == "lambda:ListFunctions");
        assert_eq!(asked.map(|(_, region)| region).collect::<Vec<_>>(), [REGION]);
    }
}

#[test]
fn hostile_names_stay_names() {
    let hostile = "../../functions?x=1&y\r\nHost: evil\u{1b}[31m=cmd|' /C calc'!A0";
    let named = json!({"clusters": [hostile]});
    let mut scenario = with_answer("eks:ListClusters", &named);
    scenario["answers"].as_array_mut().expect("answers").retain(|one| {
        !(one["operation"].as_str().expect("a text").starts_with("eks:")
            && one["operation"] != "eks:ListClusters")
    });
    let fake = Fake::of(&scenario);
    let (_, report) = fake.census().scan(&["--region", REGION]);
    let asked = fake.calls().into_iter().filter(|call| call["operation"] == "eks:DescribeCluster");
    let names: Vec<String> = asked.map(|call| text(&call["parameters"], "name")).collect();
    assert_eq!(names, [hostile], "{:#}", report["gaps"]);
}

#[test]
fn the_published_policy_names_what_is_called_and_check_tries_it() {
    let fake = Fake::of(&everything());
    let census = fake.census();
    let policy = census.expect(0, &["permissions", "aws"]);
    let policy = policy.text();
    let (code, report) = census.scan(&FAST);
    assert_complete(code, &report);
    let called: BTreeSet<String> = fake.asked().into_iter().map(|(operation, _)| operation).collect();
    for operation in called.iter().filter(|operation| *operation != "sts:GetCallerIdentity") {
        assert!(policy.contains(&format!("\"{operation}\"")), "{operation} is called and not granted");
    }
    let declared: BTreeSet<&str> =
        policy.split('"').filter(|word| word.contains(':') && !word.contains(' ')).collect();
    let idle: Vec<&&str> =
        declared.iter().filter(|one| is_of_workloads(one) && !called.contains(**one)).collect();
    assert!(idle.is_empty(), "granted and never called: {idle:?}");
    let without = census.expect(0, &["permissions", "aws", "--no-workloads"]);
    assert!(!without.text().contains("lambda:") && without.text().contains("iam:ListAccessKeys"));

    let run = census.run(&["permissions", "aws", "--check"]);
    let unknown: Vec<&str> = run
        .text()
        .lines()
        .filter(|line| !line.starts_with("allowed") && is_of_workloads(&line[9..]))
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    let denied = json!({"operation": "glue:GetJobs", "status": 400, "code": "AccessDeniedException"});
    fake.tell(&with_faults(&[denied]));
    let run = census.expect(1, &["permissions", "aws", "--check"]);
    let denied: Vec<&str> = run.text().lines().filter(|line| line.starts_with("DENIED")).collect();
    assert!(denied.len() == 1 && denied[0].contains("glue:GetJobs"), "{run}");
}
