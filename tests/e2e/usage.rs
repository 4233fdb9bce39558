//! What is granted against what was used, and the smallest policy that would have sufficed.

use serde_json::{Value, json};

use crate::support::{
    census::Census,
    export::{ACCOUNT, AS_OF, details, role},
    fake::{self, Fake, everything},
    report::list,
};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/brindlemoor");

/// Calls of the role `deploy` over some days, with what must never be kept.
fn log() -> String {
    let call = |day: u32, source: &str, name: &str, read_only: bool| {
        json!({
            "eventTime": format!("2026-05-{day:02}T10:00:00Z"), "eventSource": format!("{source}.amazonaws.com"),
            "eventName": name, "awsRegion": "eu-west-1", "eventType": "AwsApiCall", "readOnly": read_only,
            "eventCategory": "Management", "requestParameters": { "password": "canary-in-a-log" },
            "userIdentity": { "type": "AssumedRole", "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/deploy/s") },
        })
    };
    let calls = [
        call(1, "ec2", "DescribeInstances", true),
        call(2, "ec2", "RunInstances", false),
        call(2, "iam", "ListRoles", true),
    ];
    json!({ "Records": calls }).to_string()
}

/// A role that may do much, and one without any log.
fn account() -> Census {
    let census = Census::offline();
    let policy = json!([{ "PolicyName": "p", "PolicyDocument": { "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": ["ec2:RunInstances", "ec2:TerminateInstances", "iam:ListRoles", "iam:CreateUser"], "Resource": "*" },
        { "Effect": "Deny", "Action": "iam:DeleteRole", "Resource": "*" }] } }]);
    let mut roles = ["deploy", "silent"].map(|name| role(name, &json!({ "Service": "ec2.amazonaws.com" })));
    roles.iter_mut().for_each(|role| role["RolePolicyList"] = policy.clone());
    census.file("export/authorization-details.json", details(&[], &roles).to_string());
    census
}

fn right_size(census: &Census, name: &str, from: &[&str]) -> Value {
    let arguments = [["explain", name, "--right-size", "--format", "json"].as_slice(), from].concat();
    let json = census.expect(0, &arguments).json();
    assert_eq!(json["schema"], "census.right-size/1");
    json["right_size"].clone()
}

#[test]
fn logs_beside_an_export_tell_what_was_used() {
    let census = account();
    census.file("logs/2026/05/a.json", log());
    let scan = ["scan", "--from", "export", "--as-of", AS_OF, "--cloudtrail", "logs", "--output", "out"];
    census.expect(0, &[scan.as_slice(), &["--format", "privilege", "--format", "json"]].concat());
    let files = crate::support::census::files(&census.work().join("out"));
    assert!(files.values().all(|bytes| !String::from_utf8_lossy(bytes).contains("canary")));
    let mut reader = csv::Reader::from_reader(files["privilege.csv"].as_slice());
    let rows: Vec<std::collections::BTreeMap<String, String>> =
        reader.deserialize().collect::<Result<_, _>>().unwrap();
    let cells = |name: &str| {
        let row = rows.iter().find(|row| row["name"] == name).expect(name);
        ["services_granted", "services_used", "services_unused", "services_untold", "usage_from"]
            .map(|column| row[column].clone())
    };
    assert_eq!(cells("deploy"), ["2", "2", "0", "0", "2026-05-01T10:00:00Z"]);
    assert_eq!(cells("silent"), ["2", "0", "0", "2", ""], "of whom the log says nothing nothing is unused");
    let report: Value = serde_json::from_slice(&files["report.json"]).unwrap();
    let totals = &report["summary"]["privilege_use"];
    assert_eq!((&totals["identities"], &totals["with_usage"]), (&json!(2), &json!(1)));

    // The last scan remembers it.
    let sized = right_size(&census, "deploy", &[]);
    assert_eq!(sized["confidence"], "low", "two days say little");
    assert_eq!(
        sized["policies"][0]["document"]["Statement"],
        json!([
            { "Effect": "Deny", "Action": ["iam:DeleteRole"], "Resource": ["*"] },
            { "Effect": "Allow", "Action": ["ec2:RunInstances", "iam:ListRoles"], "Resource": ["*"] },
        ])
    );
    assert_eq!(right_size(&census, "silent", &[]), Value::Null);
    assert_eq!(right_size(&census, "deploy", &["--from", "export"]), Value::Null, "without the log");
    let text = census.expect(0, &["explain", "silent", "--right-size"]);
    assert!(text.text().contains("cannot be told") && !text.text().contains("not used since"), "{text}");
}

#[test]
fn logs_that_are_not_there_or_none_are_named() {
    let census = account();
    census.file("empty/readme.txt", "no log");
    census.file("broken/a.json", "{\"Records\": [");
    let scan =
        |path: &str| census.run(&["scan", "--from", "export", "--format", "json", "--cloudtrail", path]);
    for (path, part) in
        [("nowhere", "cannot read `nowhere`"), ("empty", "no log file of CloudTrail in `empty`")]
    {
        let run = scan(path);
        assert_eq!(run.status.code(), Some(1), "{run}");
        assert!(run.stderr.contains(part), "{run}");
    }
    let run = scan("broken");
    assert_eq!(run.status.code(), Some(3), "{run}");
    let gaps = run.json()["gaps"].clone();
    let gap = gaps.as_array().unwrap().iter().find(|gap| gap["reason"] == "invalid").unwrap();
    assert!(gap["detail"].as_str().unwrap().contains("a.json: line 1"), "{gap}");
}

#[test]
fn the_example_company_s_janitor_needs_little_of_what_it_has() {
    let census = Census::offline();
    let sized = right_size(&census, "stack-janitor-lambda", &["--from", EXAMPLE]);
    let text = sized["policies"].to_string();
    assert!(text.contains("cloudformation:DeleteStack") && !text.contains("iam:Create"), "{text}");
    let iam = sized["services"].as_array().unwrap().iter().find(|one| one["service"] == "iam").unwrap();
    assert_eq!((&iam["state"], &iam["used"]), (&json!("unused"), &json!(0)));
    assert_eq!(iam["untold_weighty"][0]["action"], "iam:PassRole", "which nobody tracks");
    let page = census.expect(0, &["explain", "stack-janitor-lambda", "--right-size", "--from", EXAMPLE]);
    for part in ["RIGHT SIZE", "WOULD BE LOST", "KEPT, NOT TOLD", "POLICY", "iam:AttachRolePolicy"] {
        assert!(page.text().contains(part), "{part}: {page}");
    }
    assert_eq!(right_size(&census, "schema-migrate-lambda", &["--from", EXAMPLE]), Value::Null);
}

/// The fake answers as AWS's own models have it, and refuses what is not in them.
#[test]
fn a_deep_scan_asks_when_services_and_actions_were_last_used() {
    let arn = format!("arn:aws:iam::{}:role/team/app", fake::ACCOUNT);
    let mut scenario = everything();
    let answers = scenario["answers"].as_array_mut().expect("answers");
    let dates =
        json!({ "JobCreationDate": "2026-11-20T10:00:00Z", "JobCompletionDate": "2026-11-20T10:00:01Z" });
    let page = |services: Value, more: Value| {
        let mut page =
            json!({ "JobStatus": "COMPLETED", "JobType": "ACTION_LEVEL", "ServicesLastAccessed": services });
        for fields in [&dates, &more] {
            page.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        }
        page
    };
    let used = json!([{ "ServiceName": "Amazon S3", "ServiceNamespace": "s3", "LastAuthenticated": "2026-11-19T08:00:00Z",
        "LastAuthenticatedEntity": arn, "LastAuthenticatedRegion": "eu-west-1", "TotalAuthenticatedEntities": 1,
        "TrackedActionsLastAccessed": [{ "ActionName": "PutBucketPolicy", "LastAccessedTime": "2026-11-18T08:00:00Z",
            "LastAccessedRegion": "eu-west-1", "LastAccessedEntity": arn }, { "ActionName": "CreateBucket" }] }]);
    let unused =
        json!([{ "ServiceName": "AWS KMS", "ServiceNamespace": "kms", "TotalAuthenticatedEntities": 0 }]);
    answers.push(json!({ "operation": "iam:GenerateServiceLastAccessedDetails",
        "pages": [{ "JobId": "2eb6c2b8-7b4c-3xmp-3c13-03b72c8cdfdc" }] }));
    answers.push(json!({ "operation": "iam:GetServiceLastAccessedDetails", "with": { "Marker": "second" },
        "pages": [page(unused, json!({ "IsTruncated": false }))] }));
    answers.push(json!({ "operation": "iam:GetServiceLastAccessedDetails",
        "pages": [page(used, json!({ "IsTruncated": true, "Marker": "second" }))] }));
    let fake = Fake::of(&scenario);
    let census = fake.census();
    let (_, report) = census.scan(&["--deep", "--requests-per-second", "0", "--save-raw", "raw"]);
    let failed: Vec<&Value> = list(&report, "gaps")
        .iter()
        .filter(|gap| gap["read"].as_str().is_some_and(|read| read.contains("LastAccessed")))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let saved = crate::support::census::files(&census.work().join("raw"));
    let name = format!("accounts/{}/service-last-accessed.json", fake::ACCOUNT);
    let document: Vec<Value> = serde_json::from_slice(&saved[&name]).expect("JSON");
    let of_role = document.iter().find(|one| one["Arn"] == *arn).expect("the role").to_string();
    for part in ["PutBucketPolicy", "2026-11-18T08:00:00Z", "CreateBucket", "\"kms\""] {
        assert!(of_role.contains(part), "{part}: {of_role}");
    }
    let asked = fake.calls();
    let granularity = asked.iter().find(|call| call["operation"] == "iam:GenerateServiceLastAccessedDetails");
    assert_eq!(granularity.expect("a call")["parameters"]["Granularity"], "ACTION_LEVEL");
}
