//! Which policies apply, and how they are named.

use super::*;

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
            role_assignable: false,
            membership_rule: None,
            kept_elsewhere: false,
        });
        estate.membership(Membership {
            group: group.clone(),
            member: alice.id.clone(),
            through: Vec::new(),
            activation: census_model::Activation::Standing,
        });
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
