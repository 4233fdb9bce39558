//! What was not read.

use super::*;

#[test]
fn what_was_not_read_is_unknown_only_where_it_could_change_the_answer() {
    // An attached policy without text.
    let attached = |also: Option<Value>| {
        alice(|estate, alice| {
            let arn = "arn:aws:iam::111122223333:policy/gone";
            estate.grant(Grant {
                attached_to: Attachment::Identity(alice.id.clone()),
                via: Via::Managed { native_id: arn.into(), name: "gone".into() },
                policy: None,
                effect: Effect::Allow,
                scope: account_scope(ACCOUNT),
                activation: census_model::Activation::Standing,
                condition: None,
            });
            estate.gap(gap(DETAILS, GapReason::NotProvided, &[arn, alice.id.as_str()]));
            if let Some(also) = also {
                inline(estate, alice, &also);
            }
        })
    };
    let open = verdict(&attached(None), "alice", "ec2:RunInstances", "*");
    assert_eq!((open.decision, open.may_widen.len()), (Decision::Unknown, 1));
    assert_eq!(decision(&attached(Some(deny("ec2:*"))), "alice", "ec2:RunInstances", "*"), Decision::Denied);
    let given = verdict(&attached(Some(allow("ec2:*"))), "alice", "ec2:RunInstances", "*");
    assert_eq!((given.decision, given.may_narrow.len()), (Decision::Allowed, 1), "its text may deny");

    // The bucket's own policy.
    let bucket = |read: bool| {
        alice(|estate, alice| {
            inline(estate, alice, &allow("ec2:*"));
            if !read {
                estate.gap(gap("s3:GetBucketPolicy", GapReason::NotProvided, &[]));
            }
        })
    };
    assert_eq!(decision(&bucket(true), "alice", "s3:GetObject", OBJECT), Decision::Denied);
    assert_eq!(decision(&bucket(false), "alice", "s3:GetObject", OBJECT), Decision::Unknown);
    assert_eq!(
        decision(&bucket(false), "alice", "rds:CreateDBInstance", "*"),
        Decision::Denied,
        "no such policies there"
    );

    // A boundary without text limits nothing for certain.
    let bounded = alice(|estate, alice| {
        inline(estate, alice, &allow("ec2:*"));
        let arn = "arn:aws:iam::111122223333:policy/limit";
        estate.grant(Grant {
            attached_to: Attachment::Identity(alice.id.clone()),
            via: Via::Boundary { native_id: arn.into() },
            policy: None,
            effect: Effect::Ceiling,
            scope: account_scope(ACCOUNT),
            activation: census_model::Activation::Standing,
            condition: None,
        });
        estate.gap(gap(DETAILS, GapReason::NotProvided, &[arn, alice.id.as_str()]));
    });
    let open = verdict(&bounded, "alice", "ec2:RunInstances", "*");
    assert!(
        open.because.iter().all(|one| matches!(one.via, Via::Inline { .. })),
        "it says nothing itself: {open:?}"
    );
    assert_eq!((open.decision, open.may_narrow.len(), open.may_widen.len()), (Decision::Allowed, 1, 0));

    // The whole account.
    let partial = alice(|estate, _| {
        estate.gap(gap(DETAILS, GapReason::Truncated, &[]));
    });
    assert_eq!(decision(&partial, "alice", "ec2:RunInstances", "*"), Decision::Unknown);
}

#[test]
fn a_gap_of_a_resource_policy_opens_what_it_names_and_nothing_else() {
    let (queue, key) = ("arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:kms:eu-west-1:111122223333:key/k");
    let (send, decrypt, get) = ("sqs:SendMessage", "kms:Decrypt", "s3:GetObject");
    // Read, what it names, what is asked, whether that is open.
    for (read, affects, action, resource, is_open) in [
        // One resource.
        ("sqs:GetQueueAttributes", &[queue][..], send, queue, true),
        ("sqs:GetQueueAttributes", &["arn:aws:sqs:eu-west-1:111122223333:other"], send, queue, false),
        ("s3:GetBucketPolicy", &[BUCKET], get, OBJECT, true),
        ("s3:GetBucketPolicy", &["arn:aws:s3:::report"], get, OBJECT, false),
        // All that a service has in a region.
        ("sqs:ListQueues", &["arn:aws:sqs:eu-west-1:111122223333:*"], send, queue, true),
        ("sqs:ListQueues", &["arn:aws:sqs:us-east-1:111122223333:*"], send, queue, false),
        ("sqs:ListQueues", &["arn:aws:sqs:us-east-1:111122223333:*"], send, "*", true),
        ("sqs:ListQueues", &["arn:aws:sqs:us-east-1:111122223333:*"], decrypt, "*", false),
        ("s3:ListAllMyBuckets", &["arn:aws:s3:::*"], get, OBJECT, true),
        ("s3:ListAllMyBuckets", &["arn:aws:s3:::*"], send, queue, false),
        // What no read brings.
        ("kms:ListGrants", &["arn:aws:kms:*"], decrypt, key, true),
        ("kms:ListGrants", &["arn:aws:kms:*"], send, queue, false),
        // Regions that were not looked into; one listing tells the buckets of all.
        ("ec2:DescribeRegions", &[], send, queue, true),
        ("ec2:DescribeRegions", &[], get, OBJECT, false),
        // The whole document.
        ("s3:GetBucketPolicy", &[], send, queue, true),
        ("s3:GetBucketPolicy", &[], decrypt, "*", true),
        // No read of resource policies.
        ("lambda:ListFunctions", &[], "lambda:InvokeFunction", "*", false),
    ] {
        let estate = alice(|estate, _| {
            estate.gap(gap(read, GapReason::Denied, affects));
        });
        let found = decision(&estate, "alice", action, resource);
        let expected = if is_open { Decision::Unknown } else { Decision::Denied };
        assert_eq!(found, expected, "{read} {affects:?}: {action} on {resource}");
    }
}

#[test]
fn a_resource_of_an_account_that_was_not_scanned_is_unknown() {
    let estate = alice(|estate, alice| inline(estate, alice, &allow("sts:*")));
    let foreign = verdict(&estate, "alice", "sts:AssumeRole", "arn:aws:iam::444455556666:role/audit");
    assert_eq!(foreign.decision, Decision::Unknown);
    assert!(foreign.may_widen[0].detail.contains("444455556666"), "{foreign:?}");
    let none = alice(|_, _| {});
    let foreign = decision(&none, "alice", "sts:AssumeRole", "arn:aws:iam::444455556666:role/audit");
    assert_eq!(foreign, Decision::Denied, "without its own policy no trust is enough");
}

#[test]
fn a_group_or_text_that_is_missing_or_refused_is_a_doubt() {
    let grouped = alice(|estate, alice| {
        estate.gap(gap(DETAILS, GapReason::NotProvided, &[alice.id.as_str()]));
    });
    assert_eq!(decision(&grouped, "alice", "ec2:RunInstances", "*"), Decision::Unknown);
    // A text that parses and is refused where it is attached, as a reader notes it.
    let refused = json!([{ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*" }]);
    let id = Policy::new(PolicyKind::AwsDocument, document(&refused).as_str()).id;
    let limited = alice(|estate, alice| {
        inline(estate, alice, &allow("ec2:*"));
        boundary(estate, alice, &refused);
        estate.gap(gap(DETAILS, GapReason::Invalid, &[alice.id.as_str(), id.as_str()]));
    });
    let verdict = verdict(&limited, "alice", "ec2:RunInstances", "*");
    assert_eq!((verdict.decision, verdict.may_narrow.len()), (Decision::Allowed, 1), "{verdict:?}");
}
