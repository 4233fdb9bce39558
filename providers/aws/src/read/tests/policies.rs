//! Policies that AWS would refuse where they are attached.

use serde_json::{Value, json};

use super::*;

/// A text that reads may still be refused as what it is attached as, and be in its place elsewhere.
#[test]
fn a_policy_that_aws_would_refuse_where_it_is_attached_is_a_gap_there() {
    let read = "iam:GetAccountAuthorizationDetails";
    let statements = [
        json!({"Sid": "B", "Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}),
        json!({"Sid": "A", "Effect": "Allow", "Principal": "*", "Action": "sts:TagSession"}),
    ];
    let plain = policy("s3:*");
    let estate = |named: &Value| {
        Folder::complete()
            .details(&json!({
                "UserDetailList": [with(user("u"), &json!({"UserPolicyList": inline("p", named)}))],
                "RoleDetailList": [with(role("r"), &json!({"AssumeRolePolicyDocument": named})),
                                   with(role("s"), &json!({"AssumeRolePolicyDocument": plain,
                                                           "RolePolicyList": inline("p", &plain)}))],
            }))
            .report(&[&row("u", "false,N/A,N/A,N/A", NO_KEYS)])
            .read()
    };
    let [forward, backward] = [[0, 1], [1, 0]].map(|order| {
        let named = order.map(|at| statements[at].clone());
        estate(&json!({"Version": "2012-10-17", "Statement": named}))
    });
    assert_eq!(forward.gaps, backward.gaps, "the order of statements changes nothing");
    let estate = forward;
    assert_eq!(gaps(&estate), [format!("invalid {read}"), format!("invalid {read}")]);
    assert_eq!(estate.policies.len(), 2);
    let about = |resource: &str| {
        let id = identity(&estate, resource).id.clone();
        estate.gaps.iter().filter(move |gap| gap.affects.iter().any(|one| **one == *id.as_str()))
    };
    let [of_user] = about("user/u").collect::<Vec<_>>()[..] else { panic!("{:?}", estate.gaps) };
    assert!(
        of_user.detail.contains("as an identity policy: Principal of statement `B`"),
        "{}",
        of_user.detail
    );
    assert_eq!(about("role/r").count(), 0);
    let [of_role] = about("role/s").collect::<Vec<_>>()[..] else { panic!("{:?}", estate.gaps) };
    assert!(of_role.detail.contains("as a trust policy: Principal of statement `#"), "{}", of_role.detail);
    assert!(estate.trusts.iter().any(|trust| trust.becomes == identity(&estate, "role/r").id));
}

#[test]
fn a_managed_policy_is_checked_as_what_it_is_attached_as() {
    let with_principal =
        json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}});
    let managed = arn("policy/m");
    let attached = json!({"AttachedManagedPolicies": [{"PolicyName": "m", "PolicyArn": managed}]});
    let boundary = json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": managed});
    let bounded = json!({"PermissionsBoundary": boundary});
    let estate = Folder::complete()
        .details(&json!({
            "RoleDetailList": [with(role("a"), &attached), with(role("b"), &bounded), with(role("c"), &attached)],
            "Policies": [{"PolicyName": "m", "Arn": managed, "DefaultVersionId": "v1", "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": true, "Document": with_principal}]}],
        }))
        .read();
    let mut affected: Vec<(bool, usize)> = estate
        .gaps
        .iter()
        .filter(|gap| gap.reason == GapReason::Invalid)
        .map(|gap| (gap.detail.contains("as a permissions boundary"), gap.affects.len()))
        .collect();
    affected.sort_unstable();
    assert_eq!(affected, [(false, 3), (true, 2)], "the holders, and the text itself");
}

/// How many versions there are decides whether another can be written, and what the others say what can be brought back.
#[test]
fn a_customer_managed_policy_of_several_versions_is_a_resource_with_these_as_parts() {
    let version = |id: &str, is_default: bool, says: &str| json!({"VersionId": id, "IsDefaultVersion": is_default, "Document": policy(says)});
    let several = json!([version("v2", false, "iam:*"), version("v7", true, "s3:*"), {"VersionId": "v6", "IsDefaultVersion": false}]);
    let aws = "arn:aws:iam::aws:policy/m";
    let estate = Folder::complete()
        .details(&json!({"Policies": [
            {"PolicyName": "m", "Arn": arn("policy/m"), "DefaultVersionId": "v7", "PolicyVersionList": several},
            {"PolicyName": "one", "Arn": arn("policy/one"), "DefaultVersionId": "v7",
             "PolicyVersionList": [version("v7", true, "s3:*")]},
            {"PolicyName": "m", "Arn": aws, "DefaultVersionId": "v7", "PolicyVersionList": several},
        ]}))
        .read();
    let found: Vec<_> =
        estate.resources.iter().map(|one| (&*one.native_id, one.kind.as_str(), &one.parts[..])).collect();
    let parts = ["v2".into(), "v6".into(), "v7".into()];
    assert_eq!(found, [(&*arn("policy/m"), "aws-iam-policy", &parts[..])]);
    let text = |id: &census_model::PolicyId| estate.policies[id].text.contains("iam:*");
    let older: Vec<_> = estate.resources[0].versions.iter().map(|(id, one)| (&**id, text(one))).collect();
    assert_eq!(older, [("v2", true)], "the texts of those that do not count, as far as they are there");
}
