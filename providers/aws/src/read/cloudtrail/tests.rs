//! Logs in, usage out.

use std::{collections::BTreeMap, io::Write};

use census_model::{Estate, EstateBuilder, GapReason, Observed, OtherActions, Usage, UsageKind};
use census_provider_api::{DocPath, MemoryStore};
use jiff::Timestamp;
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What a call by the session of a role looks like, with everything that must not be kept.
fn event(day: u32, source: &str, name: &str, read_only: bool) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": format!("2026-05-{day:02}T10:00:00Z"), "eventType": "AwsApiCall",
        "eventSource": format!("{source}.amazonaws.com"), "eventName": name, "awsRegion": "eu-west-1",
        "readOnly": read_only, "managementEvent": true, "eventCategory": "Management",
        "recipientAccountId": ACCOUNT, "sourceIPAddress": "canary", "requestParameters": {"secret": "canary"},
        "responseElements": {"password": "canary"},
        "userIdentity": {
            "type": "AssumedRole", "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/deploy/session-1"),
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": format!("arn:aws:iam::{ACCOUNT}:role/ci/deploy")}}
        }
    })
}

fn with(mut event: Value, fields: &Value) -> Value {
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    event
}

/// Authorization details with the role `deploy` and the user `ci`, beside these log files.
fn read(files: &[(&str, Vec<u8>)]) -> Estate {
    let details = json!({
        "UserDetailList": [{"Path": "/", "UserName": "ci", "UserId": "AIDAci", "Arn": format!("arn:aws:iam::{ACCOUNT}:user/ci"), "CreateDate": "2024-01-01T00:00:00Z"}],
        "RoleDetailList": [{"Path": "/ci/", "RoleName": "deploy", "RoleId": "AROAdeploy", "Arn": format!("arn:aws:iam::{ACCOUNT}:role/ci/deploy"), "CreateDate": "2024-01-01T00:00:00Z", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}],
        "GroupDetailList": [], "Policies": []
    });
    let mut all = BTreeMap::from([(
        DocPath::new(format!("accounts/{ACCOUNT}/authorization-details.json")).unwrap(),
        details.to_string().into_bytes(),
    )]);
    all.extend(files.iter().map(|(path, bytes)| (DocPath::new(*path).unwrap(), bytes.clone())));
    let mut estate = EstateBuilder::new();
    super::super::read(&MemoryStore::new(all, None), &mut estate).unwrap();
    let now = at("2026-06-01T00:00:00Z");
    estate.finish(now, now, now)
}

fn records(events: &[Value]) -> Vec<u8> {
    json!({ "Records": events }).to_string().into_bytes()
}

fn logged(events: &[Value]) -> Estate {
    read(&[("accounts/111122223333/cloudtrail/a.json", records(events))])
}

fn of<'e>(estate: &'e Estate, name: &str) -> Option<&'e Usage> {
    estate.usage.iter().find(|one| one.identity.as_str().ends_with(&format!("/{name}")))
}

/// Enough of everything that a log is whole.
fn whole() -> Vec<Value> {
    vec![
        event(1, "ec2", "DescribeInstances", true),
        event(2, "ec2", "RunInstances", false),
        event(3, "s3", "ListBuckets", true),
        with(
            event(3, "s3", "CreateBucket", false),
            &json!({"userIdentity": {"arn": format!("arn:aws:iam::{ACCOUNT}:user/ci")}}),
        ),
    ]
}

#[test]
fn sessions_become_roles_and_calls_become_actions() {
    let estate = logged(&whole());
    let usage = of(&estate, "deploy").unwrap();
    assert_eq!(usage.sources[0].kind, UsageKind::ManagementLog);
    assert_eq!(usage.window(), Some((at("2026-05-01T10:00:00Z"), at("2026-05-03T10:00:00Z"))));
    let ec2 = &usage.services["ec2"];
    let run = ec2.actions["RunInstances"].known().unwrap();
    assert_eq!((run.at, run.region.as_deref()), (at("2026-05-02T10:00:00Z"), Some("eu-west-1")));
    assert_eq!(
        ec2.others,
        OtherActions::NotSince(at("2026-05-01T10:00:00Z")),
        "every call would be in the log"
    );
    let s3 = &usage.services["s3"];
    assert!(s3.actions["ListAllMyBuckets"].known().is_some());
    assert_eq!(s3.others, OtherActions::Untracked, "calls about objects are not in it");
    let not_it = Observed::NotSince(at("2026-05-01T10:00:00Z"));
    assert_eq!(s3.actions["CreateBucket"], not_it, "which the log holds of somebody else");
    assert!(of(&estate, "ci").unwrap().services["s3"].actions["CreateBucket"].known().is_some());
    assert!(!serde_json::to_string(&estate).unwrap().contains("canary"));
}

#[test]
fn what_was_turned_away_is_no_use_and_what_failed_otherwise_is() {
    for (code, is_use) in [
        ("AccessDenied", false),
        ("AccessDeniedException", false),
        ("Client.UnauthorizedOperation", false),
        ("NoSuchBucket", true),
        ("ThrottlingException", true),
    ] {
        let mut events = whole();
        events.push(with(event(4, "kms", "Decrypt", true), &json!({ "errorCode": code })));
        let estate = logged(&events);
        assert_eq!(of(&estate, "deploy").unwrap().services.contains_key("kms"), is_use, "{code}");
        assert_eq!(of(&estate, "deploy").unwrap().window().unwrap().1, at("2026-05-04T10:00:00Z"), "{code}");
    }
    for kind in ["AwsServiceEvent", "AwsConsoleSignIn"] {
        let mut events = whole();
        events.push(with(event(4, "kms", "RotateKey", false), &json!({ "eventType": kind })));
        assert!(!of(&logged(&events), "deploy").unwrap().services.contains_key("kms"), "{kind}");
    }
}

#[test]
fn a_log_that_may_lack_something_says_nothing_by_it() {
    let only = |read_only: bool| {
        whole().into_iter().filter(move |one| one["readOnly"] == read_only).collect::<Vec<_>>()
    };
    let sparse = [
        whole(),
        vec![with(event(4, "ec2", "StopInstances", false), &json!({"eventTime": "2026-01-01T00:00:00Z"}))],
    ]
    .concat();
    let unnamed = [whole(), vec![event(3, "ec2", "FutureCall", false)]].concat();
    for (why, events) in [
        ("reads alone", only(true)),
        ("writes alone", only(false)),
        ("holes", sparse),
        ("an unknown call", unnamed),
    ] {
        let estate = logged(&events);
        let ec2 = &of(&estate, "deploy").unwrap().services["ec2"];
        assert_eq!(ec2.others, OtherActions::Untracked, "{why}");
        let is_partial = of(&estate, "deploy").unwrap().sources[0].kind == UsageKind::PartialLog;
        assert_eq!(is_partial, why != "an unknown call", "{why}");
    }
    let data =
        with(event(3, "s3", "GetObject", true), &json!({"eventCategory": "Data", "managementEvent": false}));
    let estate = logged(&[whole(), vec![data]].concat());
    assert_eq!(of(&estate, "deploy").unwrap().sources[0].kind, UsageKind::DataLog);
    assert!(
        !of(&estate, "ci").unwrap().services["s3"].actions.contains_key("GetObject"),
        "of some buckets only"
    );
}

#[test]
fn files_in_every_form_say_the_same() {
    let expected = logged(&whole()).usage;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&records(&whole()[..2])).unwrap();
    // CloudTrail's files may be packed piece by piece.
    let looked_up: Vec<Value> = whole()[2..]
        .iter()
        .map(|event| json!({ "EventId": "x", "CloudTrailEvent": event.to_string() }))
        .collect();
    let lists = [json!(&whole()[..1]).to_string(), json!(&whole()[1..]).to_string()].join("\n");
    let row = |event: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        [
            text(&event["eventTime"]),
            text(&event["eventSource"]),
            text(&event["eventName"]),
            text(&event["awsRegion"]),
            String::new(),
            event["readOnly"].to_string(),
            text(&event["eventCategory"]),
            text(&event["userIdentity"]["arn"]),
        ]
        .join(",")
    };
    let header =
        "eventtime,eventsource,eventname,awsregion,errorcode,readonly,eventcategory,useridentity.arn";
    let csv = [vec![header.to_owned()], whole().iter().map(row).collect()].concat().join("\n");
    let spaced = csv.replace("useridentity.arn", "useridentity_arn").replace('T', " ").replace("Z,", ".000,");
    for (why, files) in [
        (
            "packed, and as looked up",
            vec![
                ("cloudtrail/eu-west-1/a.json.gz", packed.finish().unwrap()),
                (
                    "accounts/111122223333/cloudtrail/b.json",
                    json!({ "Events": looked_up }).to_string().into_bytes(),
                ),
            ],
        ),
        ("bare lists one after another", vec![("cloudtrail/a.json", lists.into_bytes())]),
        ("twice", vec![("cloudtrail/a.json", records(&whole())), ("cloudtrail/b.json", records(&whole()))]),
        ("rows", vec![("cloudtrail/a.csv", csv.into_bytes())]),
        ("rows of Athena", vec![("cloudtrail/a.csv", spaced.into_bytes())]),
    ] {
        assert_eq!(read(&files).usage, expected, "{why}");
    }
}

#[test]
fn a_broken_file_is_a_gap_and_makes_the_log_partial() {
    let good = || ("cloudtrail/a.json", records(&whole()));
    for (name, bytes, part) in [
        ("cloudtrail/b.json", b"{\"Records\":[".to_vec(), "ends in the middle"),
        ("cloudtrail/b.json", b"{\"Other\":[]}".to_vec(), "not what CloudTrail writes"),
        (
            "cloudtrail/b.json",
            b"{\"Records\":[{\"eventTime\":\"canary\"}]}".to_vec(),
            "not what CloudTrail writes",
        ),
        ("cloudtrail/b.json", b"no".to_vec(), "not JSON"),
        ("cloudtrail/b.json.gz", b"{}".to_vec(), "unpacked"),
        ("cloudtrail/b.csv", b"eventtime,eventname\n".to_vec(), "no column `eventsource`"),
        (
            "cloudtrail/b.csv",
            b"eventtime,eventsource,eventname,arn\ncanary,s3,x,y\n".to_vec(),
            "`eventtime` is no time",
        ),
    ] {
        let estate = read(&[good(), (name, bytes)]);
        let gap = estate
            .gaps
            .iter()
            .find(|gap| gap.reason == GapReason::Invalid)
            .unwrap_or_else(|| panic!("{part}"));
        assert!(
            gap.detail.contains(part) && gap.detail.contains(name) && !gap.detail.contains("canary"),
            "{}",
            gap.detail
        );
        assert_eq!(of(&estate, "deploy").unwrap().sources[0].kind, UsageKind::PartialLog, "{part}");
    }
}

#[test]
fn strangers_and_services_are_passed_by() {
    let by = |identity: Value| with(event(2, "kms", "Decrypt", true), &json!({ "userIdentity": identity }));
    let events = [
        by(json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"})),
        by(json!({"type": "AWSAccount", "accountId": "444455556666", "principalId": "x"})),
        by(json!({"arn": "arn:aws:iam::444455556666:user/ci"})),
        by(json!(null)),
    ];
    assert!(logged(&events).usage.is_empty());
}

#[test]
fn with_last_accessed_services_the_two_add_up() {
    let report = json!([{
        "Arn": format!("arn:aws:iam::{ACCOUNT}:role/ci/deploy"), "JobType": "ACTION_LEVEL", "JobStatus": "COMPLETED",
        "JobCompletionDate": "2026-05-30T00:00:00Z",
        "ServicesLastAccessed": [
            {"ServiceNamespace": "ec2", "LastAuthenticated": "2026-05-02T10:00:00Z", "TrackedActionsLastAccessed": [{"ActionName": "StopInstances"}]},
            {"ServiceNamespace": "iam", "LastAuthenticated": "2026-01-02T10:00:00Z", "TrackedActionsLastAccessed": [{"ActionName": "CreateRole"}]},
            {"ServiceNamespace": "kms"}
        ]
    }]);
    let estate = read(&[
        ("accounts/111122223333/service-last-accessed.json", report.to_string().into_bytes()),
        ("cloudtrail/a.json", records(&whole())),
    ]);
    let usage = of(&estate, "deploy").unwrap();
    assert_eq!(usage.sources.len(), 2);
    let long_ago = Observed::NotSince(at("2025-04-25T00:00:00Z"));
    assert_eq!(usage.services["kms"].last_used, long_ago);
    assert_eq!(usage.services["ec2"].actions["StopInstances"], long_ago, "the longer view counts");
    assert!(usage.services["ec2"].actions["RunInstances"].known().is_some());
    assert_eq!(usage.services["ec2"].others, OtherActions::NotSince(at("2026-05-01T10:00:00Z")));
    assert_eq!(usage.services["iam"].others, OtherActions::Untracked, "used before the log begins");
}

#[test]
fn a_log_tells_who_made_a_user_or_role() {
    let made =
        |name: &str, what: Value| with(event(3, "iam", name, false), &json!({ "responseElements": what }));
    let estate = logged(&[
        made("CreateRole", json!({"role": {"roleName": "deploy", "roleId": "AROAdeploy", "arn": "canary"}})),
        made("CreateUser", json!({"user": {"userName": "ci", "userId": "AIDApredecessor"}})),
        with(
            made("CreateUser", json!({"user": {"userId": "AIDAci"}})),
            &json!({"errorCode": "AccessDenied"}),
        ),
        made("GetUser", json!({"user": {"userId": "AIDAci"}})),
        made("CreateUser", json!("AIDAci")),
        made("CreateUser", json!([{"user": {"userId": "AIDAci"}}])),
        made("CreateUser", json!(null)),
        made("CreateUser", json!({"user": 7, "role": ["x"], "password": "canary"})),
    ]);
    let [creation] = &estate.creations[..] else { panic!("{:?}", estate.creations) };
    assert_eq!(&*creation.made, "AROAdeploy");
    assert_eq!(&*creation.by, format!("arn:aws:sts::{ACCOUNT}:assumed-role/deploy/session-1"));
    assert_eq!(creation.role.as_deref(), Some(&*format!("arn:aws:iam::{ACCOUNT}:role/ci/deploy")));
    assert!(!serde_json::to_string(&estate).unwrap().contains("canary"));
}
