//! `service-last-accessed.json`.

use census_model::{Observed, OtherActions, Usage, UsageKind};

use super::*;

const FILE: &str = "service-last-accessed.json";
const READ: &str = "iam:GetServiceLastAccessedDetails";

fn arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

/// A report as `aws` prints it, with the ARN.
fn report(name: &str, services: &Value) -> Value {
    json!({
        "Arn": arn(name), "JobStatus": "COMPLETED", "JobType": "ACTION_LEVEL",
        "JobCreationDate": "2026-05-30T09:59:58+00:00", "JobCompletionDate": "2026-05-30T10:00:00+00:00",
        "ServicesLastAccessed": services, "IsTruncated": false
    })
}

fn folder(reports: &Value) -> Folder {
    let users = json!({"UserDetailList": [user("ci"), user("other")]});
    Folder::complete().details(&users).of_account(FILE, &reports.to_string())
}

fn of(estate: &Estate, name: &str) -> Option<Usage> {
    estate.usage.iter().find(|one| one.identity.as_str() == format!("aws:{}", arn(name))).cloned()
}

fn gaps(estate: &Estate) -> Vec<String> {
    let of_read = estate.gaps.iter().filter(|gap| &*gap.read == READ);
    of_read.map(|gap| format!("{} {:?}", gap.reason, gap.affects.len())).collect()
}

#[test]
fn services_and_their_tracked_actions() {
    let services = json!([
        {"ServiceName": "Amazon S3", "ServiceNamespace": "s3", "LastAuthenticated": "2026-05-20T00:00:00+00:00",
         "LastAuthenticatedEntity": arn("ci"), "LastAuthenticatedRegion": "eu-west-1", "TotalAuthenticatedEntities": 1,
         "TrackedActionsLastAccessed": [
            {"ActionName": "putbucketpolicy", "LastAccessedEntity": arn("ci"),
             "LastAccessedTime": "2026-05-19T00:00:00+00:00", "LastAccessedRegion": "eu-west-1"},
            {"ActionName": "CreateBucket"}]},
        {"ServiceName": "AWS KMS", "ServiceNamespace": "kms", "TotalAuthenticatedEntities": 0,
         "TrackedActionsLastAccessed": [{"ActionName": "CreateKey"}]}
    ]);
    let usage = of(&folder(&json!([report("ci", &services)])).read(), "ci").unwrap();
    assert_eq!(usage.sources[0].kind, UsageKind::Actions);
    let (from, to) = usage.window().unwrap();
    assert_eq!(
        (to, from),
        (at("2026-05-30T10:00:00Z"), at("2025-04-25T10:00:00Z")),
        "400 days before the report"
    );
    let s3 = &usage.services["s3"];
    assert_eq!(s3.last_used.known().unwrap().region.as_deref(), Some("eu-west-1"));
    assert_eq!(s3.actions["PutBucketPolicy"].known().unwrap().at, at("2026-05-19T00:00:00Z"));
    assert_eq!(
        (&s3.actions["CreateBucket"], s3.others),
        (&Observed::NotSince(from), OtherActions::Untracked)
    );
    assert_eq!(usage.services["kms"].last_used, Observed::NotSince(from));
    assert!(usage.services["kms"].actions.is_empty(), "what holds of the service holds of them");
}

#[test]
fn nothing_is_not_seen_before_the_identity_was_made() {
    let mut young = user("ci");
    young["CreateDate"] = json!("2026-05-01T00:00:00+00:00");
    let services = json!([{"ServiceNamespace": "s3"}]);
    let folder = Folder::complete().details(&json!({"UserDetailList": [young]}));
    let estate = folder.of_account(FILE, &json!([report("ci", &services)]).to_string()).read();
    assert_eq!(
        of(&estate, "ci").unwrap().services["s3"].last_used,
        Observed::NotSince(at("2026-05-01T00:00:00Z"))
    );
}

#[test]
fn a_report_of_services_alone_and_without_a_status() {
    let bare = json!([{"Arn": arn("ci"), "ServicesLastAccessed": [{"ServiceNamespace": "s3", "LastAuthenticated": "2026-05-20T00:00:00+00:00"}]}]);
    let usage = of(&folder(&bare).read(), "ci").unwrap();
    assert_eq!(usage.sources[0].kind, UsageKind::Services);
    assert!(usage.services["s3"].actions.is_empty());
}

#[test]
fn who_is_not_told_of_is_a_gap_and_never_unused() {
    let absent = Folder::complete().details(&json!({"UserDetailList": [user("ci")]})).without(FILE);
    assert_eq!(gaps(&absent.read()), ["not-provided 0"]);
    assert_eq!(gaps(&absent.clone().gaps(vec![]).read()), ["not-requested 0"]);
    assert!(absent.read().usage.is_empty());
    let estate = folder(&json!([report("ci", &json!([]))])).read();
    assert_eq!(gaps(&estate), ["not-provided 1"], "the other user");
    assert!(of(&estate, "other").is_none());
    for (field, value, gap) in [
        ("JobStatus", json!("FAILED"), "failed 1"),
        ("JobStatus", json!("IN_PROGRESS"), "failed 1"),
        ("IsTruncated", json!(true), "truncated 1"),
        ("Arn", json!(arn("gone")), "inconsistent 1"),
    ] {
        let mut broken = report("ci", &json!([{"ServiceNamespace": "s3"}]));
        broken[field] = value;
        let estate = folder(&json!([broken, report("other", &json!([]))])).read();
        assert!(gaps(&estate).contains(&gap.to_owned()), "{field}: {:?}", gaps(&estate));
        assert_eq!(of(&estate, "ci").is_some(), field == "IsTruncated", "{field}");
    }
}

#[test]
fn reports_about_others_are_refused() {
    for (wrong, part) in [
        (format!("arn:aws:iam::{ACCOUNT}:group/g"), "is not the ARN of an IAM user or role"),
        ("arn:aws:iam::444455556666:user/ci".to_owned(), "belongs to account 444455556666"),
        ("x".to_owned(), "is not the ARN"),
    ] {
        let mut one = report("ci", &json!([]));
        one["Arn"] = json!(wrong);
        let error = folder(&json!([one])).error();
        assert!(error.contains(part) && error.contains("[0].Arn"), "{error}");
    }
    let error = folder(&json!([{"JobStatus": "COMPLETED"}])).error();
    assert!(error.contains("Arn"), "{error}");
}
