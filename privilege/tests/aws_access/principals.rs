//! What is known of a principal, and what its session may choose.

use super::*;

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
