//! Verdicts over an estate: which policies apply, what is known of a request offline, and what was not read.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

use census_fixtures::{ACCOUNT, account, account_scope, finish, role, root, scope, user};
use census_model::{
    Attachment, Decision, DeniedBy, Effect, Estate, EstateBuilder, Gap, GapReason, Grant, Group, GroupId,
    Identity, Index, Membership, Part, Policy, PolicyKind, PrincipalSet, Provider, Scope, ScopeId, ScopeKind,
    Verdict, Via,
};
use census_privilege::aws::{
    access::{Access, Question},
    simulate::Simulator,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const BUCKET: &str = "arn:aws:s3:::reports";
const OBJECT: &str = "arn:aws:s3:::reports/a.csv";
const DETAILS: &str = "iam:GetAccountAuthorizationDetails";

fn document(statements: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn allow(action: &str) -> Value {
    json!([{ "Effect": "Allow", "Action": action, "Resource": "*" }])
}

fn deny(action: &str) -> Value {
    json!([{ "Effect": "Deny", "Action": action, "Resource": "*" }])
}

fn when(mut statements: Value, condition: Value) -> Value {
    statements[0]["Condition"] = condition;
    statements
}

/// Attaches a policy.
fn attach(estate: &mut EstateBuilder, to: Attachment, via: Via, effect: Effect, text: &str) {
    let policy = estate.policy(Policy::new(PolicyKind::AwsDocument, text));
    let scope = match &to {
        Attachment::Scope(scope) => scope.clone(),
        _ => account_scope(ACCOUNT),
    };
    estate.grant(Grant { attached_to: to, via, policy: Some(policy), effect, scope });
}

fn inline(estate: &mut EstateBuilder, identity: &Identity, statements: &Value) {
    let via = Via::Inline { name: "own".into() };
    attach(estate, Attachment::Identity(identity.id.clone()), via, Effect::Allow, &document(statements));
}

fn boundary(estate: &mut EstateBuilder, identity: &Identity, statements: &Value) {
    let via = Via::Boundary { native_id: format!("arn:aws:iam::{ACCOUNT}:policy/limit").into() };
    attach(estate, Attachment::Identity(identity.id.clone()), via, Effect::Ceiling, &document(statements));
}

fn resource_policy(estate: &mut EstateBuilder, arn: &str, statements: &Value) {
    attach(
        estate,
        Attachment::Resource(arn.into()),
        Via::ResourcePolicy,
        Effect::Allow,
        &document(statements),
    );
}

fn trust(estate: &mut EstateBuilder, role: &Identity, statements: &Value) {
    let via = Via::Inline { name: "AssumeRolePolicyDocument".into() };
    attach(estate, Attachment::Resource(role.native_id.clone()), via, Effect::Allow, &document(statements));
}

fn scp(estate: &mut EstateBuilder, at: &str, name: &str, statements: &Value) {
    let via = Via::ServiceControlPolicy { native_id: format!("p-{name}").into(), name: name.into() };
    attach(estate, Attachment::Scope(ScopeId::new(at)), via, Effect::Ceiling, &document(statements));
}

/// The organization o-1 with the root r-1, the unit ou-1 and the account in it.
fn organization(estate: &mut EstateBuilder) {
    let node = |id: &str, kind, parent: Option<&str>| Scope {
        id: ScopeId::new(id),
        native_id: id.rsplit('/').next().unwrap().into(),
        kind,
        parent: parent.map(ScopeId::new),
        scanned: false,
        ..scope("000000000000")
    };
    estate.scope(node("aws:organization/o-1", ScopeKind::Organization, None));
    estate.scope(node(
        "aws:organization-root/r-1",
        ScopeKind::OrganizationRoot,
        Some("aws:organization/o-1"),
    ));
    let unit = "aws:organizational-unit/ou-1";
    estate.scope(node(unit, ScopeKind::OrganizationalUnit, Some("aws:organization-root/r-1")));
    estate.scope(Scope { parent: Some(ScopeId::new(unit)), ..scope(ACCOUNT) });
}

fn gap(read: &str, reason: GapReason, affects: &[&str]) -> Gap {
    let affects = affects.iter().map(|one| (*one).into()).collect();
    Gap::new(Provider::Aws, Some(account_scope(ACCOUNT)), read, reason, "not read", affects)
}

fn verdict_with(estate: &Estate, name: &str, action: &str, resource: &str, keys: &[(&str, &str)]) -> Verdict {
    let index = Index::new(estate);
    let identity = estate.identities.iter().find(|identity| &*identity.name == name).unwrap();
    let mut question = Question::new(action, resource).unwrap();
    for (key, value) in keys {
        question.with(key, vec![(*value).to_owned()]);
    }
    Access::new(&index).verdict(identity, &question)
}

fn verdict(estate: &Estate, name: &str, action: &str, resource: &str) -> Verdict {
    verdict_with(estate, name, action, resource, &[])
}

fn decision(estate: &Estate, name: &str, action: &str, resource: &str) -> Decision {
    verdict(estate, name, action, resource).decision
}

/// An estate with one user and its policies.
fn alice(build: impl FnOnce(&mut EstateBuilder, &Identity)) -> Estate {
    let mut estate = account();
    let alice = user("alice");
    build(&mut estate, &alice);
    estate.identity(alice);
    finish(estate)
}

/// An estate with one role and its policies.
fn worker(build: impl FnOnce(&mut EstateBuilder, &Identity)) -> Estate {
    let mut estate = account();
    let worker = role("worker");
    build(&mut estate, &worker);
    estate.identity(worker);
    finish(estate)
}

#[test]
fn own_policies_and_those_of_groups_give_and_are_named() {
    let estate = alice(|estate, alice| {
        inline(estate, alice, &allow("s3:GetObject"));
        let group = GroupId::new("aws:arn:aws:iam::111122223333:group/team");
        estate.group(Group {
            id: group.clone(),
            native_id: "arn:aws:iam::111122223333:group/team".into(),
            immutable_id: None,
            name: "team".into(),
            scope: account_scope(ACCOUNT),
            created: None,
        });
        estate.membership(Membership { group: group.clone(), member: alice.id.clone() });
        let via = Via::Managed { native_id: "arn:aws:iam::aws:policy/Q".into(), name: "Q".into() };
        attach(estate, Attachment::Group(group), via, Effect::Allow, &document(&allow("sqs:*")));
    });
    assert_eq!(decision(&estate, "alice", "s3:GetObject", OBJECT), Decision::Allowed);
    assert_eq!(decision(&estate, "alice", "S3:GETOBJECT", OBJECT), Decision::Allowed);
    assert_eq!(decision(&estate, "alice", "s3:PutObject", OBJECT), Decision::Denied);
    let through = verdict(&estate, "alice", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q");
    assert_eq!(through.decision, Decision::Allowed);
    let because = &through.because[0];
    assert!(matches!(because.attached_to, Attachment::Group(_)), "{because:?}");
    assert_eq!((because.part, &*because.says), (Part::Decides, "allows it"));
}

#[test]
fn what_denies_is_named_and_so_is_what_would_have_allowed() {
    let estate = alice(|estate, alice| {
        inline(estate, alice, &allow("*"));
        boundary(estate, alice, &allow("s3:*"));
        organization(estate);
        scp(estate, "aws:organization-root/r-1", "all", &allow("*"));
        scp(
            estate,
            "aws:organizational-unit/ou-1",
            "some",
            &json!([
                { "Effect": "Allow", "Action": ["s3:*", "ec2:*", "sqs:*"], "Resource": "*" },
                { "Sid": "NoDelete", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*" },
            ]),
        );
    });
    for (action, denied_by) in [
        ("s3:GetObject", None),
        ("ec2:RunInstances", Some(DeniedBy::Boundary)),
        ("iam:CreateUser", Some(DeniedBy::Scp)),
        ("s3:DeleteObject", Some(DeniedBy::Explicit)),
    ] {
        assert_eq!(verdict(&estate, "alice", action, "*").denied_by, denied_by, "{action}");
    }
    let denied = verdict(&estate, "alice", "s3:DeleteObject", OBJECT);
    assert_eq!((denied.because[0].part, &*denied.because[0].statement), (Part::Decides, "NoDelete"));
    assert_eq!(denied.because[1].part, Part::NotEnough);
    assert!(matches!(denied.because[1].attached_to, Attachment::Identity(_)));
}

#[test]
fn control_policies_do_not_bound_the_management_account() {
    let build = |manages: Option<ScopeId>| {
        alice(|estate, alice| {
            inline(estate, alice, &allow("*"));
            organization(estate);
            estate.scope(Scope { manages, ..scope(ACCOUNT) });
            scp(estate, "aws:organization-root/r-1", "none", &deny("*"));
        })
    };
    assert_eq!(decision(&build(None), "alice", "s3:GetObject", OBJECT), Decision::Denied);
    let management = build(Some(ScopeId::new("aws:organization/o-1")));
    assert_eq!(decision(&management, "alice", "s3:GetObject", OBJECT), Decision::Allowed);
}

#[test]
fn a_principal_s_own_facts_are_known() {
    let asks = |key: &str, value: &str| when(allow("sqs:*"), json!({ "StringEquals": { key: value } }));
    let decide = |key: &str, value: &str| {
        let mut alice = user("alice");
        alice.tags.insert("team".into(), "blue".into());
        alice.immutable_id = Some("AIDAALICE".into());
        let mut estate = account();
        organization(&mut estate);
        inline(&mut estate, &alice, &asks(key, value));
        estate.identity(alice);
        decision(&finish(estate), "alice", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q")
    };
    for (key, right, wrong) in [
        ("aws:PrincipalTag/team", "blue", "red"),
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/bob"),
        ("aws:PrincipalAccount", ACCOUNT, "444455556666"),
        ("aws:PrincipalType", "User", "AssumedRole"),
        ("aws:PrincipalOrgID", "o-1", "o-2"),
        ("aws:PrincipalOrgPaths", "o-1/r-1/ou-1/", "o-1/r-1/"),
        ("aws:username", "alice", "bob"),
        ("aws:userid", "AIDAALICE", "AIDABOB"),
        ("aws:ResourceAccount", ACCOUNT, "444455556666"),
        ("aws:ResourceOrgID", "o-1", "o-2"),
        ("aws:RequestedRegion", "eu-west-1", "us-east-1"),
        ("aws:PrincipalIsAWSService", "false", "true"),
        ("aws:SecureTransport", "true", "false"),
    ] {
        assert_eq!(decide(key, right), Decision::Allowed, "{key} {right}");
        assert_eq!(decide(key, wrong), Decision::Denied, "{key} {wrong}");
    }
    // A user's session carries no tag that the user has not; its network is anybody's guess.
    assert_eq!(decide("aws:PrincipalTag/other", "x"), Decision::Denied);
    assert_eq!(decide("aws:SourceVpc", "vpc-1"), Decision::Conditional);
}

#[test]
fn what_stays_open_is_named_and_may_be_answered() {
    let estate = alice(|estate, alice| {
        inline(
            estate,
            alice,
            &when(allow("sqs:*"), json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } })),
        );
    });
    let queue = "arn:aws:sqs:eu-west-1:111122223333:q";
    let open = verdict(&estate, "alice", "sqs:SendMessage", queue);
    assert_eq!(open.decision, Decision::Conditional);
    let residual = open.residual.unwrap();
    assert_eq!(residual.atoms, ["aws:SourceIp".into()]);
    assert_eq!(&*residual.text, "would allow it if aws:SourceIp lies in `10.0.0.0/8`");
    let with =
        |ip: &str| verdict_with(&estate, "alice", "sqs:SendMessage", queue, &[("AWS:SourceIp", ip)]).decision;
    assert_eq!(with("10.1.2.3"), Decision::Allowed);
    assert_eq!(with("192.0.2.1"), Decision::Denied);
}

#[test]
fn a_role_s_session_has_what_its_caller_may_choose() {
    let tagged = when(allow("sqs:*"), json!({ "StringEquals": { "aws:PrincipalTag/team": "blue" } }));
    let queue = "arn:aws:sqs:eu-west-1:111122223333:q";
    let opens = |action: Value| {
        worker(|estate, worker| {
            inline(estate, worker, &tagged);
            trust(
                estate,
                worker,
                &json!([
                    { "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": action },
                ]),
            );
        })
    };
    let plain = opens(json!("sts:AssumeRole"));
    assert_eq!(decision(&plain, "worker", "sqs:SendMessage", queue), Decision::Denied);
    let taggable = opens(json!(["sts:AssumeRole", "sts:TagSession"]));
    assert_eq!(decision(&taggable, "worker", "sqs:SendMessage", queue), Decision::Conditional);

    // The session's name is part of the user id, and whoever assumes the role chooses it.
    let by_id = |pattern: &str| {
        let mut worker = role("worker");
        worker.immutable_id = Some("AROAWORKER".into());
        let mut estate = account();
        inline(
            &mut estate,
            &worker,
            &when(allow("sqs:*"), json!({ "StringLike": { "aws:userid": pattern } })),
        );
        estate.identity(worker);
        decision(&finish(estate), "worker", "sqs:SendMessage", queue)
    };
    assert_eq!(by_id("AROAWORKER:*"), Decision::Allowed);
    assert_eq!(by_id("AROAOTHER:*"), Decision::Denied);
    assert_eq!(by_id("AROAWORKER:deploy"), Decision::Conditional);
}

#[test]
fn the_caller_chooses_the_external_id_and_the_session_name() {
    let statement = |effect: &str, condition: Value| json!({ "Effect": effect, "Principal": { "AWS": ACCOUNT }, "Action": "sts:AssumeRole", "Condition": condition });
    let becomes = |statements: Value| {
        let mut estate = account();
        let (alice, target) = (user("alice"), role("target"));
        inline(&mut estate, &alice, &allow("sts:AssumeRole"));
        trust(&mut estate, &target, &statements);
        estate.identity(alice);
        estate.identity(target);
        decision(&finish(estate), "alice", "sts:AssumeRole", "arn:aws:iam::111122223333:role/target")
    };
    let any = || json!({ "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": "sts:AssumeRole" });
    let id = json!({ "StringEquals": { "sts:ExternalId": "x" } });
    let other = json!({ "StringNotEquals": { "sts:ExternalId": "x" } });
    assert_eq!(becomes(json!([statement("Allow", id.clone())])), Decision::Allowed);
    assert_eq!(becomes(json!([any(), statement("Deny", other)])), Decision::Allowed);
    assert_eq!(becomes(json!([any(), statement("Deny", id)])), Decision::Allowed);
    // Whatever is chosen, this denies.
    let always = json!({ "StringLikeIfExists": { "sts:ExternalId": "*" } });
    assert_eq!(becomes(json!([any(), statement("Deny", always)])), Decision::Denied);
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    assert_eq!(becomes(json!([statement("Allow", mfa)])), Decision::Conditional);
    assert_eq!(becomes(json!([])), Decision::Denied);
}

#[test]
fn a_session_of_any_name_is_what_a_policy_names() {
    let session = "arn:aws:sts::111122223333:assumed-role/worker/nightly";
    let statement = |effect: &str| json!({ "Effect": effect, "Principal": { "AWS": session }, "Action": "s3:*", "Resource": "*" });
    let estate = |statements: Value| {
        worker(|estate, worker| {
            inline(estate, worker, &allow("ec2:*"));
            resource_policy(estate, BUCKET, &statements);
        })
    };
    assert_eq!(
        decision(&estate(json!([statement("Allow")])), "worker", "s3:GetObject", OBJECT),
        Decision::Allowed
    );
    let denied = json!([
        { "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": "s3:*", "Resource": "*" },
        statement("Deny"),
    ]);
    let estate = worker(|estate, worker| {
        inline(estate, worker, &allow("s3:*"));
        resource_policy(estate, BUCKET, &denied);
    });
    assert_eq!(decision(&estate, "worker", "s3:GetObject", OBJECT), Decision::Allowed);
}

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
fn a_pattern_is_allowed_if_all_of_it_is() {
    let estate = alice(|estate, alice| {
        inline(
            estate,
            alice,
            &json!([
                { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*" },
                { "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/secret/*" },
            ]),
        );
    });
    for (resource, wanted) in [
        ("arn:aws:s3:::reports/public/*", Decision::Allowed),
        ("arn:aws:s3:::reports/*", Decision::Conditional),
        ("arn:aws:s3:::reports/secret/*", Decision::Denied),
        ("arn:aws:s3:::*", Decision::Conditional),
        ("*", Decision::Conditional),
        ("arn:aws:s3:::other/*", Decision::Denied),
    ] {
        assert_eq!(decision(&estate, "alice", "s3:GetObject", resource), wanted, "{resource}");
    }
}

#[test]
fn the_policies_of_the_resources_that_match_count_for_a_pattern() {
    let names = |effect: &str, arn: &str, action: &str| json!([{ "Effect": effect, "Principal": { "AWS": arn }, "Action": action, "Resource": "*" }]);
    let alice_arn = "arn:aws:iam::111122223333:user/alice";
    let with = |own: Value, resource: &str, policy: Value| {
        alice(|estate, alice| {
            inline(estate, alice, &own);
            resource_policy(estate, resource, &policy);
        })
    };
    let none = || allow("ec2:DescribeInstances");
    // All objects of a bucket have its policy.
    let denied = with(allow("s3:*"), BUCKET, names("Deny", alice_arn, "s3:*"));
    assert_eq!(decision(&denied, "alice", "s3:GetObject", "arn:aws:s3:::reports/*"), Decision::Denied);
    assert_eq!(decision(&denied, "alice", "s3:GetObject", "arn:aws:s3:::other/*"), Decision::Allowed);
    assert_eq!(
        decision(&denied, "alice", "s3:GetObject", "*"),
        Decision::Conditional,
        "some of them are denied"
    );
    let given = with(none(), BUCKET, names("Allow", alice_arn, "s3:*"));
    assert_eq!(decision(&given, "alice", "s3:GetObject", "arn:aws:s3:::reports/*"), Decision::Allowed);
    assert_eq!(decision(&given, "alice", "s3:GetObject", "arn:aws:s3:::re*"), Decision::Conditional);
    assert_eq!(decision(&given, "alice", "s3:GetObject", "arn:aws:s3:::x*"), Decision::Denied);
    // A key and a role must say so themselves.
    let key = "arn:aws:kms:eu-west-1:111122223333:key/k1";
    let keyed = with(none(), key, names("Allow", alice_arn, "kms:*"));
    assert_eq!(
        decision(&keyed, "alice", "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/*"),
        Decision::Conditional
    );
    assert_eq!(decision(&keyed, "alice", "kms:Decrypt", "*"), Decision::Conditional);
    let unkeyed = with(allow("kms:*"), BUCKET, names("Allow", alice_arn, "s3:*"));
    assert_eq!(decision(&unkeyed, "alice", "kms:Decrypt", "*"), Decision::Denied);
    let mut estate = account();
    let (alice, target) = (user("alice"), role("target"));
    let trusting =
        json!([{ "Effect": "Allow", "Principal": { "AWS": alice_arn }, "Action": "sts:AssumeRole" }]);
    trust(&mut estate, &target, &trusting);
    estate.identity(alice);
    estate.identity(target);
    assert_eq!(decision(&finish(estate), "alice", "sts:AssumeRole", "*"), Decision::Conditional);
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

#[test]
fn a_named_session_is_that_session() {
    let session = |name: &str| format!("arn:aws:sts::111122223333:assumed-role/worker/{name}");
    let estate = worker(|estate, _| {
        resource_policy(
            estate,
            BUCKET,
            &json!([
                { "Effect": "Allow", "Principal": { "AWS": session("one") }, "Action": "s3:*", "Resource": "*" },
            ]),
        );
    });
    let index = Index::new(&estate);
    let access = Access::new(&index);
    let question = Question::new("s3:GetObject", OBJECT).unwrap();
    let decide = |name: &str| access.verdict_in_session(&estate.identities[0], name, &question).decision;
    assert_eq!((decide("one"), decide("two")), (Decision::Allowed, Decision::Denied));
}

#[test]
fn what_no_choice_meets_is_not_met() {
    // A session must bear the name of the user that begins it; a role has no such name.
    let condition = json!({ "StringEquals": { "sts:RoleSessionName": "${aws:username}" } });
    let trusting = json!([
        { "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": "sts:AssumeRole", "Condition": condition },
    ]);
    let becomes = |caller: Identity| {
        let mut estate = account();
        let target = role("target");
        inline(&mut estate, &caller, &allow("sts:AssumeRole"));
        trust(&mut estate, &target, &trusting);
        let name = caller.name.to_string();
        estate.identity(caller);
        estate.identity(target);
        decision(&finish(estate), &name, "sts:AssumeRole", "arn:aws:iam::111122223333:role/target")
    };
    assert_eq!(becomes(user("alice")), Decision::Allowed);
    assert_eq!(becomes(role("worker")), Decision::Denied);
}

#[test]
fn the_root_user_may_what_control_policies_leave() {
    let mut estate = account();
    organization(&mut estate);
    scp(&mut estate, "aws:organization-root/r-1", "all", &allow("*"));
    scp(&mut estate, "aws:organization-root/r-1", "no-ec2", &deny("ec2:*"));
    estate.identity(root());
    let estate = finish(estate);
    assert_eq!(decision(&estate, "root", "s3:GetObject", OBJECT), Decision::Allowed);
    assert_eq!(decision(&estate, "root", "ec2:RunInstances", "*"), Decision::Denied);
}

#[test]
fn outsiders_are_those_whom_the_resource_lets_in() {
    let estate = alice(|estate, alice| {
        inline(estate, alice, &allow("ec2:*"));
        resource_policy(
            estate,
            BUCKET,
            &json!([
                { "Effect": "Allow", "Principal": { "AWS": ["444455556666", &alice.native_id] }, "Action": "s3:GetObject", "Resource": "*" },
                { "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" }, "Action": "s3:PutObject", "Resource": "*" },
                { "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*",
                  "Condition": { "StringEquals": { "aws:SourceVpce": "vpce-1" } } },
            ]),
        );
    });
    let index = Index::new(&estate);
    let outsiders = Access::new(&index).outsiders(&Question::new("s3:GetObject", OBJECT).unwrap());
    let found: Vec<_> = outsiders.iter().map(|(who, verdict)| (who.clone(), verdict.decision)).collect();
    assert_eq!(
        found,
        [
            (PrincipalSet::Account("444455556666".into()), Decision::Allowed),
            (PrincipalSet::Everyone, Decision::Conditional),
        ]
    );
}

#[test]
fn a_refused_policy_gives_nothing_for_certain_and_is_listed() {
    let estate = alice(|estate, alice| {
        inline(estate, alice, &json!([{ "Effect": "Allow", "Action": "GetObject", "Resource": "*" }]));
        estate.gap(gap(DETAILS, GapReason::Invalid, &[alice.id.as_str()]));
    });
    let index = Index::new(&estate);
    let access = Access::new(&index);
    let refused = access.refused();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].1.to_string().contains("`GetObject`"), "{}", refused[0].1);
}

#[test]
fn questions_that_make_no_sense_are_refused() {
    for (action, resource) in
        [("GetObject", "*"), ("s3:", "*"), ("s3:Get*", "*"), (":x", "*"), ("s3:GetObject", "reports")]
    {
        assert!(Question::new(action, resource).is_err(), "{action} {resource}");
    }
}

/// A statement of the small world in which scan and simulator are compared.
fn any_statement(principal: bool) -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec!["sqs:SendMessage", "sqs:*", "*", "sqs:ReceiveMessage"]);
    let resource = prop::sample::select(vec!["*", "arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:*:*:other"]);
    let condition = prop::sample::select(vec![
        json!(null),
        json!({ "StringEquals": { "aws:SourceVpc": "vpc-1" } }),
        json!({ "StringNotEquals": { "aws:SourceVpc": "vpc-1" } }),
        json!({ "Null": { "aws:SourceVpce": "true" } }),
        json!({ "ForAllValues:StringLike": { "aws:TagKeys": "a*" } }),
        json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" } }),
    ]);
    let who = prop::sample::select(vec![
        json!("*"),
        json!({ "AWS": "111122223333" }),
        json!({ "AWS": "arn:aws:iam::111122223333:user/alice" }),
        json!({ "AWS": "arn:aws:iam::111122223333:user/bob" }),
    ]);
    (any::<bool>(), action, resource, condition, who).prop_map(move |(allows, action, resource, condition, who)| {
        let mut statement = json!({ "Effect": if allows { "Allow" } else { "Deny" }, "Action": action, "Resource": resource });
        if !condition.is_null() {
            statement["Condition"] = condition;
        }
        if principal {
            statement["Principal"] = who;
        }
        statement
    })
}

fn any_policy(principal: bool) -> impl Strategy<Value = Value> {
    prop::collection::vec(any_statement(principal), 1..4).prop_map(Value::Array)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The simulator and a scan give the same decision for the same policies and the same context.
    #[test]
    fn the_simulator_agrees_with_a_scan(
        identity in prop::collection::vec(any_policy(false), 0..3),
        bound in prop::option::of(any_policy(false)),
        levels in prop::collection::vec(any_policy(false), 0..3),
        resource in prop::option::of(any_policy(true)),
        keys in prop::collection::vec(prop::sample::select(vec![
            ("aws:SourceVpc", "vpc-1"), ("aws:SourceVpc", "vpc-2"), ("aws:SourceVpce", "vpce-1"), ("aws:TagKeys", "ab"),
            ("aws:MultiFactorAuthPresent", "true"), ("aws:MultiFactorAuthPresent", "false"),
        ]), 0..3),
    ) {
        let queue = "arn:aws:sqs:eu-west-1:111122223333:q";
        let estate = alice(|estate, alice| {
            for policy in &identity {
                inline(estate, alice, policy);
            }
            if let Some(bound) = &bound {
                boundary(estate, alice, bound);
            }
            organization(estate);
            for (level, at) in levels.iter().zip(["aws:organization-root/r-1", "aws:organizational-unit/ou-1"]) {
                scp(estate, at, "any", level);
            }
            if let Some(resource) = &resource {
                resource_policy(estate, queue, resource);
            }
        });
        let scanned = verdict_with(&estate, "alice", "sqs:SendMessage", queue, &keys);
        let as_document = |statements: &Value| json!({ "Version": "2012-10-17", "Statement": statements });
        let context: serde_json::Map<String, Value> = keys.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
        let line = json!({
            "principal": "arn:aws:iam::111122223333:user/alice",
            "action": "sqs:SendMessage",
            "resource": queue,
            "context": context,
            "context_complete": false,
            "identity_policies": identity.iter().map(as_document).collect::<Vec<_>>(),
            "boundaries": bound.iter().map(as_document).collect::<Vec<_>>(),
            "scps": levels.iter().map(|level| vec![as_document(level)]).collect::<Vec<_>>(),
            "resource_policy": resource.as_ref().map(as_document),
        });
        let answer = serde_json::to_value(Simulator::default().answer(&line.to_string())).unwrap();
        prop_assert_eq!(scanned.decision.as_str(), answer["decision"].as_str().unwrap(), "{}", line);
        prop_assert_eq!(scanned.denied_by.map(DeniedBy::as_str), answer["denied_by"].as_str(), "{}", line);
    }
}
