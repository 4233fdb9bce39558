//! Resources' own policies: of one, of all that a pattern names, and whom they let in.

use super::*;

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
