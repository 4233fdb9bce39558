//! What stays of a policy, and what does not.

use census_fixtures::days_ago;
use census_model::{Confidence, Observed, OtherActions, ServiceUse, Usage, UsageKind, UseState};
use serde_json::{Value, json};

use crate::world::{World, policy, service, unused, usage, used};

const TRACKED: OtherActions = OtherActions::Untracked;

fn allow(action: &Value) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": "*" })
}

/// The actions that stay allowed on everything, of one statement with these.
fn left(action: &Value, usage: Usage) -> Vec<String> {
    let world = World { own: vec![policy(&[allow(action)])], usage: Some(usage), ..World::default() };
    let mut actions = Vec::new();
    for policy in world.sized().unwrap().policies {
        let policy: Value = serde_json::from_str(&policy.text).unwrap();
        for statement in policy["Statement"].as_array().unwrap() {
            let texts = statement["Action"].as_array().unwrap().iter();
            actions.extend(texts.map(|text| text.as_str().unwrap().to_owned()));
        }
    }
    actions
}

fn actions(services: &[(&str, ServiceUse)]) -> Usage {
    usage(UsageKind::Actions, 400, services)
}

fn log(services: &[(&str, ServiceUse)]) -> Usage {
    usage(UsageKind::ManagementLog, 120, services)
}

#[test]
fn what_stays() {
    let recorded = OtherActions::NotSince(days_ago(120));
    let queues = service(&[("SendMessage", used(2))], TRACKED);
    for (why, action, usage, stays) in [
        (
            "a used action",
            json!("ec2:RunInstances"),
            actions(&[("ec2", service(&[("RunInstances", used(3))], TRACKED))]),
            vec!["ec2:RunInstances"],
        ),
        (
            "nothing of an unused service",
            json!("sqs:*"),
            actions(&[("sqs", ServiceUse::whole(unused()))]),
            vec![],
        ),
        (
            "a tracked action that was not used goes",
            json!(["ec2:RunInstances", "ec2:StopInstances"]),
            actions(&[("ec2", service(&[("RunInstances", used(3)), ("StopInstances", unused())], TRACKED))]),
            vec!["ec2:RunInstances"],
        ),
        (
            "an action that nobody tracks stays",
            json!(["s3:GetObject", "s3:PutBucketPolicy"]),
            actions(&[("s3", service(&[("PutBucketPolicy", unused())], TRACKED))]),
            vec!["s3:GetObject"],
        ),
        (
            "a service known as a whole stays as it was granted",
            json!(["s3:Get*", "sqs:SendMessage"]),
            usage(
                UsageKind::Services,
                400,
                &[("s3", ServiceUse::whole(used(4))), ("sqs", ServiceUse::whole(unused()))],
            ),
            vec!["s3:Get*"],
        ),
        (
            "a star becomes the services that were used",
            json!("sq?:*"),
            usage(UsageKind::Services, 400, &[("sqs", ServiceUse::whole(used(4)))]),
            vec!["sqs:*"],
        ),
        (
            "what no source lists stays",
            json!("dynamodb:Scan"),
            actions(&[("s3", ServiceUse::whole(unused()))]),
            vec!["dynamodb:Scan"],
        ),
        (
            "passing roles is in no log",
            json!(["iam:PassRole", "iam:CreateRole"]),
            actions(&[("iam", ServiceUse::whole(unused()))]),
            vec!["iam:PassRole"],
        ),
        (
            "in a log of calls what is missing was not called",
            json!("ec2:*Instances"),
            log(&[("ec2", service(&[("RunInstances", used(3))], recorded))]),
            vec!["ec2:RunInstances"],
        ),
        (
            "a service without any call in it",
            json!("organizations:*"),
            log(&[("ec2", service(&[], recorded))]),
            vec![],
        ),
        (
            "but calls about data are in no log of management",
            json!("sqs:*"),
            log(&[("ec2", service(&[], recorded))]),
            vec!["sqs:*"],
        ),
        (
            "nor what a partial log lacks",
            json!("organizations:CreateAccount"),
            usage(UsageKind::PartialLog, 120, &[]),
            vec!["organizations:CreateAccount"],
        ),
        ("names in any case", json!("SQS:sendmessage"), actions(&[("sqs", queues)]), vec!["sqs:SendMessage"]),
        (
            "an action that the catalogue does not know",
            json!("ec2:*"),
            log(&[("ec2", service(&[("FutureCall", used(1))], recorded))]),
            vec!["ec2:CreateTags", "ec2:FutureCall"],
        ),
    ] {
        let left = left(&action, usage);
        let is_kept =
            if why.contains("catalogue") { left.contains(&stays[1].to_owned()) } else { left == stays };
        assert!(is_kept, "{why}: {left:?}");
    }
}

#[test]
fn all_but_some_becomes_some() {
    let statement = json!({ "Effect": "Allow", "NotAction": ["iam:*", "s3:Delete*"], "Resource": "*" });
    let usage = usage(
        UsageKind::Services,
        400,
        &[
            ("iam", ServiceUse::whole(used(1))),
            ("s3", ServiceUse::whole(used(1))),
            ("sqs", ServiceUse::whole(used(1))),
        ],
    );
    let world = World { own: vec![policy(&[statement])], usage: Some(usage), ..World::default() };
    let text: String = world.sized().unwrap().policies.iter().map(|one| one.text.to_string()).collect();
    assert!(text.contains("\"sqs:*\"") && text.contains("\"s3:GetObject\""), "{text}");
    assert!(!text.contains("iam:") && !text.contains("s3:Delete"), "{text}");
}

#[test]
fn where_and_when_stay_as_they_are_and_so_do_denials() {
    let own = policy(&[
        json!({ "Sid": "a", "Effect": "Allow", "Action": ["s3:GetObject", "sqs:*"], "Resource": ["arn:aws:s3:::b/${aws:username}/*"], "Condition": { "Bool": { "aws:SecureTransport": "true" } } }),
        json!({ "Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::b/*" }),
    ]);
    let group = json!({ "Version": "2008-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:username}" }] });
    let known = actions(&[("s3", ServiceUse::whole(used(1))), ("sqs", ServiceUse::whole(unused()))]);
    let world = World { own: vec![own], of_group: vec![group], usage: Some(known), ..World::default() };
    let sized = world.sized().unwrap();
    let texts: Vec<&str> = sized.policies.iter().map(|one| &*one.text).collect();
    assert_eq!(
        texts,
        [
            r#"{"Statement":[{"Effect":"Deny","NotAction":["s3:*"],"NotResource":["arn:aws:s3:::b/*"]},{"Action":["s3:GetObject"],"Condition":{"Bool":{"aws:SecureTransport":"true"}},"Effect":"Allow","Resource":["arn:aws:s3:::b/${aws:username}/*"]}],"Version":"2012-10-17"}"#,
            r#"{"Statement":[{"Action":["s3:GetObject"],"Effect":"Allow","Resource":["arn:aws:s3:::${aws:username}"]}],"Version":"2008-10-17"}"#,
        ],
        "a variable is none in the older version, so that the two stay apart"
    );
}

#[test]
fn without_usage_nothing_can_be_said() {
    let world = World { own: vec![policy(&[allow(&json!("*"))])], ..World::default() };
    assert_eq!(world.sized(), None);
}

#[test]
fn confidence_needs_a_long_window_and_actions() {
    let ec2 = |days: i64| OtherActions::NotSince(days_ago(days));
    let runs = |days: i64| service(&[("RunInstances", used(3))], ec2(days));
    for (expected, usage, action) in [
        (Confidence::High, usage(UsageKind::ManagementLog, 90, &[("ec2", runs(90))]), "ec2:RunInstances"),
        (Confidence::Medium, usage(UsageKind::ManagementLog, 89, &[("ec2", runs(89))]), "ec2:RunInstances"),
        (
            Confidence::Medium,
            usage(UsageKind::Services, 400, &[("ec2", ServiceUse::whole(used(1)))]),
            "ec2:RunInstances",
        ),
    ] {
        let world =
            World { own: vec![policy(&[allow(&json!(action))])], usage: Some(usage), ..World::default() };
        let sized = world.sized().unwrap();
        assert_eq!(sized.confidence, expected, "{:?}", sized.remarks);
    }
}

#[test]
fn what_would_be_lost_is_told_by_service_and_weight() {
    let usage = actions(&[
        ("kms", ServiceUse::whole(unused())),
        ("s3", service(&[("PutBucketPolicy", unused()), ("CreateBucket", used(2))], TRACKED)),
        ("secretsmanager", ServiceUse::whole(Observed::NotSince(days_ago(400)))),
    ]);
    let granted =
        json!(["kms:Decrypt", "s3:PutBucketPolicy", "s3:CreateBucket", "s3:GetObject", "iam:PassRole"]);
    let world = World { own: vec![policy(&[allow(&granted)])], usage: Some(usage), ..World::default() };
    let sized = world.sized().unwrap();
    let of = |name: &str| sized.services.iter().find(|one| &*one.service == name).unwrap();
    let weighty =
        |name: &str| of(name).unused_weighty.iter().map(|one| one.action.to_string()).collect::<Vec<_>>();
    assert_eq!((of("kms").state, weighty("kms")), (UseState::Unused, vec!["kms:Decrypt".to_owned()]));
    let s3 = of("s3").actions;
    assert_eq!((of("s3").state, s3.used, s3.unused, s3.untold), (UseState::Used, 1, 1, 1));
    assert_eq!(
        (weighty("s3"), of("s3").unused_permission_changes),
        (vec!["s3:PutBucketPolicy".to_owned()], 1)
    );
    assert_eq!(of("s3").untold_weighty[0].action.as_ref(), "s3:GetObject");
    assert_eq!(of("iam").untold_weighty[0].action.as_ref(), "iam:PassRole");
    assert!(sized.services.iter().all(|one| &*one.service != "secretsmanager"), "not granted, not lost");
}

#[test]
fn what_is_long_becomes_several_policies_that_fit() {
    let resources: Vec<String> =
        (0..400).map(|n| format!("arn:aws:s3:::a-bucket-of-the-company-{n:04}/*")).collect();
    let statement = json!({ "Effect": "Allow", "Action": ["s3:GetObject", "sqs:*"], "Resource": resources });
    let usage = actions(&[("s3", ServiceUse::whole(used(1))), ("sqs", ServiceUse::whole(unused()))]);
    let world = World { own: vec![policy(&[statement])], usage: Some(usage), ..World::default() };
    let sized = world.sized().unwrap();
    assert!(sized.policies.len() > 1 && sized.policies.iter().all(|one| one.characters <= 6144));
    let all: String = sized.policies.iter().map(|one| one.text.to_string()).collect();
    assert!(resources.iter().all(|resource| all.contains(resource.as_str())));
    assert!(sized.remarks.iter().any(|remark| remark.contains("attach all of them")), "{:?}", sized.remarks);

    let long = "x".repeat(7000);
    let statement = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": { "StringEquals": { "aws:username": long } } });
    let usage = actions(&[("s3", ServiceUse::whole(used(1)))]);
    let world = World { own: vec![policy(&[statement])], usage: Some(usage), ..World::default() };
    let sized = world.sized().unwrap();
    assert!(sized.remarks.iter().any(|remark| remark.contains("cannot be divided")), "{:?}", sized.remarks);
}
