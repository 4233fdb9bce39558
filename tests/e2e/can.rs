//! `census can`, `census who-can` and what `census explain` says an identity may do.

use serde_json::{Value, json};

use crate::support::{
    census::{Census, Run},
    export::{ACCOUNT, HOSTILE, details, role, user},
};

const BUCKET: &str = "arn:aws:s3:::reports";
const OBJECT: &str = "arn:aws:s3:::reports/a.csv";
const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:orders";

fn with(mut principal: Value, list: &str, statements: &Value) -> Value {
    principal[list] = json!([{
        "PolicyName": "own", "PolicyDocument": { "Version": "2012-10-17", "Statement": statements },
    }]);
    principal
}

/// An account whose documents answer everything about buckets and queues.
fn account() -> Census {
    let census = Census::offline();
    let deploy = with(
        user("deploy"),
        "UserPolicyList",
        &json!([
            { "Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("{BUCKET}/*") },
            { "Sid": "NotSecret", "Effect": "Deny", "Action": "s3:*", "Resource": format!("{BUCKET}/secret/*") },
            { "Sid": "FromHome", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",
              "Condition": { "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } } },
        ]),
    );
    let audit =
        role("audit", &json!({ "AWS": ["444455556666", format!("arn:aws:iam::{ACCOUNT}:user/deploy")] }));
    let mut broken = user("broken");
    broken["AttachedManagedPolicies"] =
        json!([{ "PolicyName": "gone", "PolicyArn": format!("arn:aws:iam::{ACCOUNT}:policy/gone") }]);
    census.file("export/authorization-details.json", details(&[deploy, broken], &[audit]).to_string());
    census.file("export/resource-policies.json", json!([{ "resource": BUCKET, "policy": null }]).to_string());
    census
}

fn can(census: &Census, code: i32, arguments: &[&str]) -> Run {
    census.expect(code, &[["can"].as_slice(), arguments, &["--from", "export"]].concat())
}

#[test]
fn the_exit_status_is_the_answer() {
    let census = account();
    for (code, arguments) in [
        (0, ["deploy", "s3:GetObject", OBJECT].as_slice()),
        (0, &[&format!("arn:aws:iam::{ACCOUNT}:user/deploy"), "S3:getobject", OBJECT]),
        (4, &["deploy", "s3:GetObject", "arn:aws:s3:::reports/secret/a"]),
        (4, &["deploy", "s3:PutObject", OBJECT]),
        (5, &["deploy", "s3:GetObject", "arn:aws:s3:::reports/*"]),
        (5, &["deploy", "sqs:SendMessage", QUEUE]),
        (0, &["deploy", "sqs:SendMessage", QUEUE, "-c", "aws:SourceIp=10.1.1.1"]),
        (4, &["deploy", "sqs:SendMessage", QUEUE, "-c", "aws:SourceIp=192.0.2.1"]),
        (6, &["broken", "s3:GetObject", OBJECT]),
        (0, &["deploy", "sts:AssumeRole", "arn:aws:iam::111122223333:role/audit"]),
        (4, &[&format!("arn:aws:sts::{ACCOUNT}:assumed-role/audit/tuesday"), "s3:GetObject", OBJECT]),
        (4, &["deploy", "sts:AssumeRole", "arn:aws:iam::444455556666:role/far"]),
    ] {
        can(&census, code, arguments);
    }
    for wrong in [
        ["deploy", "GetObject", OBJECT].as_slice(),
        &["deploy", "s3:GetObject", "reports"],
        &["deploy", "s3:GetObject", OBJECT, "-c", "SourceIp"],
        &["deploy", "s3:GetObject"],
    ] {
        can(&census, 2, wrong);
    }
    can(&census, 1, &["nobody", "s3:GetObject", OBJECT]);
}

#[test]
fn an_answer_names_the_statement_that_decides_and_the_nearest_that_did_not() {
    let census = account();
    let allowed = can(&census, 0, &["deploy", "s3:GetObject", OBJECT]).text().to_owned();
    assert!(allowed.contains("inline policy own of deploy, statement Read"), "{allowed}");
    let denied =
        can(&census, 4, &["deploy", "s3:GetObject", "arn:aws:s3:::reports/secret/a"]).text().to_owned();
    let (decides, nearest) = denied.split_once("ALLOWS IT, BUT IS NOT ENOUGH").expect("both parts");
    assert!(decides.contains("statement NotSecret") && nearest.contains("statement Read"), "{denied}");
    let open = can(&census, 5, &["deploy", "sqs:SendMessage", QUEUE]).text().to_owned();
    assert!(open.contains("OPEN  aws:SourceIp") && open.contains("lies in `10.0.0.0/8`"), "{open}");
    let unknown = can(&census, 6, &["broken", "s3:GetObject", OBJECT]).text().to_owned();
    assert!(unknown.contains("NOT READ, COULD GIVE MORE") && unknown.contains("policy/gone"), "{unknown}");
}

#[test]
fn answers_for_programs_say_the_same() {
    let census = account();
    let json = can(&census, 5, &["deploy", "sqs:SendMessage", QUEUE, "--format", "json"]).json();
    assert_eq!(json["schema"], "census.verdict/1");
    assert_eq!((&json["decision"], &json["denied_by"]), (&json!("conditional"), &json!(null)));
    assert_eq!(json["residual"]["atoms"], json!(["aws:SourceIp"]));
    let because = &json["because"][0];
    assert_eq!((&because["part"], &because["statement"]), (&json!("may-decide"), &json!("FromHome")));
    assert_eq!(because["attached_to"], format!("aws:arn:aws:iam::{ACCOUNT}:user/deploy"));

    let who =
        census.expect(0, &["who-can", "s3:GetObject", OBJECT, "--from", "export", "--format", "json"]).json();
    let of = |name: &str| {
        let all = who["identities"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}: {who}"))["decision"]
            .clone()
    };
    assert_eq!(
        [of("deploy"), of("broken"), of("audit"), of("root")].map(|d| d.as_str().unwrap().to_owned()),
        ["allowed", "unknown", "denied", "allowed"]
    );
}

#[test]
fn who_can_lists_those_who_may_and_strangers_who_are_let_in() {
    let census = account();
    let text = census
        .expect(0, &["who-can", "sts:AssumeRole", "arn:aws:iam::111122223333:role/audit", "--from", "export"])
        .text()
        .to_owned();
    let (inside, outside) = text.split_once("FROM OUTSIDE").expect("both parts");
    assert!(inside.contains("ALLOWED  1") && inside.contains("trust policy of"), "{text}");
    assert!(outside.contains("account 444455556666"), "{text}");
}

#[test]
fn explain_says_what_weighs() {
    let census = Census::offline();
    let admin =
        with(user("admin"), "UserPolicyList", &json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }));
    census.file("export/authorization-details.json", details(&[admin, user("idle")], &[]).to_string());
    let explain = |name: &str| census.expect(0, &["explain", name, "--from", "export"]).text().to_owned();
    let admin = explain("admin");
    // No role is there to be assumed, and no key policy was read.
    assert!(admin.contains("MAY DO  22 of 24") && admin.contains("not read: kms:Decrypt"), "{admin}");
    assert!(admin.contains("iam:PassRole") && admin.contains("inline policy own of admin"), "{admin}");
    let idle = explain("idle");
    assert!(idle.contains("MAY DO  0 of 24") && idle.contains("cannot be told"), "{idle}");
    let json = census.expect(0, &["explain", "admin", "--from", "export", "--format", "json"]).json();
    assert_eq!(json["powers"].as_array().unwrap().len(), 24);
}

#[test]
fn hostile_names_steer_no_terminal() {
    let census = crate::support::export::hostile();
    // No argument of a command holds a NUL.
    for name in HOSTILE.into_iter().filter(|name| !name.contains('\0')) {
        let run = census.run(&["can", name, "s3:GetObject", OBJECT, "--from", "export"]);
        let shown = run.text().to_owned();
        let is_safe = |c: char| c == '\n' || !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c);
        assert!(shown.chars().all(is_safe), "{shown:?}");
    }
    let run = census.run(&["can", "nobody", "s3:Get\u{1b}[2JObject", OBJECT, "--from", "export"]);
    assert!(!run.stderr.contains('\u{1b}'), "{run}");
}
