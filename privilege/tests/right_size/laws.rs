//! Laws, tried on random policies and usage with the engine that answers `census can`.

use std::cell::Cell;

use census_fixtures::days_ago;
use census_model::{Decision, OtherActions, ServiceUse, Usage, UsageKind};
use census_privilege::aws::{
    catalogue,
    usage::{Seen, action as seen_of},
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};

use crate::world::{Asked, World, decisions, policy, service, unused, usage, used};

/// What is asked of every world: actions on resources, some with a condition key.
const ACTIONS: [&str; 18] = [
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "s3:PutBucketPolicy",
    "s3:FutureCall",
    "ec2:RunInstances",
    "ec2:DescribeInstances",
    "ec2:DescribeImages",
    "ec2:CreateTags",
    "ec2:StopInstances",
    "iam:PassRole",
    "iam:CreateRole",
    "iam:ListRoles",
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "kms:Decrypt",
    "newservice:DoThing",
    "dynamodb:Scan",
];
const RESOURCES: [&str; 4] =
    ["arn:aws:s3:::b/ci/x", "arn:aws:s3:::b/y", "arn:aws:sqs:eu-west-1:111122223333:q", "*"];

fn questions() -> Vec<Asked> {
    let contexts: [&'static [(&'static str, &'static str)]; 2] = [&[], &[("aws:SourceIp", "10.0.0.1")]];
    let mut all = Vec::new();
    for action in ACTIONS {
        for resource in RESOURCES {
            all.extend(contexts.map(|context| (action, resource, context)));
        }
    }
    all
}

fn element(of: &'static [&'static str]) -> BoxedStrategy<Value> {
    vec(select(of), 1..4).prop_map(|texts| json!(texts)).boxed()
}

fn statement() -> BoxedStrategy<Value> {
    const PATTERNS: [&str; 20] = [
        "*",
        "s3:*",
        "s3:Get*",
        "S3:getobject",
        "s3:PutObject",
        "s3:?utObject",
        "s3:FutureCall",
        "ec2:*",
        "ec2:Describe*",
        "ec2:*Instances",
        "ec2:runinstances",
        "iam:*",
        "iam:PassRole",
        "iam:*Role*",
        "sqs:*",
        "s*:*Message",
        "*:*",
        "newservice:*",
        "kms:Decrypt",
        "*:List*",
    ];
    const WHERE: [&str; 6] = [
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/${aws:username}/*",
        "arn:aws:sqs:*:*:q",
        "arn:aws:s3:::*",
        "arn:aws:ec2:*:*:*/*",
    ];
    let condition = prop_oneof![
        4 => Just(None),
        1 => Just(Some(json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }))),
        1 => Just(Some(json!({ "StringEquals": { "aws:PrincipalAccount": "444455556666" } }))),
    ];
    let not = || prop::bool::weighted(0.15);
    (prop::bool::weighted(0.2), not(), element(&PATTERNS), not(), element(&WHERE), condition)
        .prop_map(|(denies, but_actions, actions, but_resources, resources, condition)| {
            let mut statement = json!({ "Effect": if denies { "Deny" } else { "Allow" } });
            statement[if but_actions { "NotAction" } else { "Action" }] = actions;
            statement[if but_resources { "NotResource" } else { "Resource" }] = resources;
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            statement
        })
        .boxed()
}

fn document() -> BoxedStrategy<Value> {
    (vec(statement(), 1..4), prop::bool::weighted(0.15))
        .prop_map(|(statements, is_old)| {
            let mut policy = policy(&statements);
            if is_old {
                policy["Version"] = json!("2008-10-17");
            }
            policy
        })
        .boxed()
}

fn service_use() -> BoxedStrategy<ServiceUse> {
    let names: Vec<&'static str> = ACTIONS.iter().map(|one| one.split(':').nth(1).unwrap()).collect();
    let action = (select(names), prop::bool::ANY)
        .prop_map(|(name, is_used)| (name, if is_used { used(3) } else { unused() }));
    let others =
        prop_oneof![2 => Just(OtherActions::Untracked), 1 => Just(OtherActions::NotSince(days_ago(100)))];
    prop_oneof![
        1 => Just(ServiceUse::whole(unused())),
        1 => Just(ServiceUse::whole(used(2))),
        3 => (vec(action, 0..5), others).prop_map(|(actions, others)| service(&actions, others)),
    ]
    .boxed()
}

fn seen() -> BoxedStrategy<Usage> {
    let kinds = [UsageKind::Services, UsageKind::Actions, UsageKind::ManagementLog, UsageKind::PartialLog];
    let services = ["s3", "ec2", "iam", "sqs", "kms", "newservice"];
    (select(kinds.to_vec()), vec((select(services.to_vec()), service_use()), 0..6))
        .prop_map(|(kind, services)| usage(kind, 400, &services))
        .boxed()
}

fn world() -> BoxedStrategy<World> {
    (vec(document(), 1..3), vec(document(), 0..2), proptest::option::weighted(0.2, document()), seen())
        .prop_map(|(own, of_group, boundary, usage)| World { own, of_group, boundary, usage: Some(usage) })
        .boxed()
}

fn height(decision: Decision) -> u8 {
    match decision {
        Decision::Allowed => 2,
        Decision::Conditional => 1,
        Decision::Denied => 0,
        Decision::Unknown => panic!("everything of these worlds is known"),
    }
}

/// The same cases in every run.
fn runner(config: ProptestConfig) -> TestRunner {
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// The new policies allow nothing that the old ones did not; they decide the same of everything that was used and of
/// everything of which nobody can tell; and what they take was seen unused.
#[test]
fn no_more_than_before_and_no_less_than_what_may_be_used() {
    let (taken, kept, untold) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let questions = questions();
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = runner(config).run(&world(), |world| {
        let sized = world.sized().unwrap();
        let before = decisions(&world.estate(), &questions);
        let after = decisions(&world.with(&sized).estate(), &questions);
        let usage = world.usage.as_ref().unwrap();
        for ((question, before), after) in questions.iter().zip(before).zip(after) {
            prop_assert!(
                height(after) <= height(before),
                "{question:?}: {before:?} became {after:?}: {sized:#?}"
            );
            let (service, name) = question.0.split_once(':').unwrap();
            match seen_of(usage, service, name) {
                Seen::NotSince(_) => taken.set(taken.get() + usize::from(height(after) < height(before))),
                // A star stands for the actions that are known; one that is not, and was not seen, goes with it.
                Seen::Untold if catalogue::action(question.0).is_none() => {}
                known => {
                    prop_assert_eq!(after, before, "{:?} is {:?}: {:#?}", question, known, sized);
                    let count = if known == Seen::Untold { &untold } else { &kept };
                    count.set(count.get() + usize::from(before != Decision::Denied));
                }
            }
        }
        prop_assert!(sized.policies.iter().all(|policy| policy.characters <= 6144));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    for (what, count) in [("taken", taken), ("used", kept), ("untold", untold)] {
        assert!(count.get() > 10, "the cases are all alike: {what} {}", count.get());
    }
}

/// Neither the order of statements nor that of policies changes a byte.
#[test]
fn order_says_nothing() {
    let config = ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = runner(config).run(&world(), |world| {
        let mut turned = world.clone();
        turned.own.reverse();
        for policy in turned.own.iter_mut().chain(&mut turned.of_group) {
            policy["Statement"].as_array_mut().unwrap().reverse();
        }
        let (one, two) = (world.sized().unwrap(), turned.sized().unwrap());
        prop_assert_eq!((one.policies, one.services), (two.policies, two.services));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
