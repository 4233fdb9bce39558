//! Grants on KMS keys.

use census_model::{Decision, Index, Via};
use census_privilege::aws::access::{Access, Question};
use serde_json::{Value, json};

use super::*;

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k";

/// An account with a key whose policy lets nobody in but by grants.
fn granted(grants: &Value) -> Estate {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Admins", "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:role/admin")}, "Action": "kms:Put*", "Resource": "*"}]});
    let file = json!([{"resource": KEY, "policy": policy, "grants": grants}]);
    let summary = r#"{"SummaryMap":{"AccountMFAEnabled":1,"Roles":2}}"#;
    Folder::complete()
        .details(&json!({"RoleDetailList": [role("app"), role("other")]}))
        .of_account("account-summary.json", summary)
        .of_account("resource-policies.json", &file.to_string())
        .read()
}

fn grant(more: &Value) -> Value {
    let mut grant = json!({"GrantId": "0c237476", "KeyId": KEY, "Operations": ["Decrypt", "DescribeKey"],
        "GranteePrincipal": format!("arn:aws:iam::{ACCOUNT}:role/app"), "IssuingAccount": ACCOUNT});
    let fields = grant.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    grant
}

fn decision(estate: &Estate, name: &str, action: &str) -> Decision {
    let index = Index::new(estate);
    let access = Access::new(&index);
    let caller = identity(estate, &format!("role/{name}"));
    let caller = index.identity(&caller.id).unwrap();
    access.verdict(caller, &Question::new(action, KEY).unwrap()).decision
}

#[test]
fn a_grant_allows_its_grantee_the_operations_without_any_other_policy() {
    let estate = granted(&json!([grant(&json!({}))]));
    assert_eq!(gaps(&estate), Vec::<String>::new());
    let vias: Vec<&Via> = estate.grants.iter().map(|grant| &grant.via).collect();
    assert!(vias.contains(&&Via::KeyGrant { native_id: "0c237476".into() }), "{vias:?}");
    for (who, action, expected) in [
        ("app", "kms:Decrypt", Decision::Allowed),
        ("app", "kms:DescribeKey", Decision::Allowed),
        ("app", "kms:Encrypt", Decision::Denied),
        ("app", "kms:RetireGrant", Decision::Denied),
        ("other", "kms:Decrypt", Decision::Denied),
    ] {
        assert_eq!(decision(&estate, who, action), expected, "{who} {action}");
    }
    let none = granted(&json!([]));
    assert_eq!(decision(&none, "app", "kms:Decrypt"), Decision::Denied);
}

#[test]
fn a_constraint_is_open_at_run_time_and_binds_what_carries_an_encryption_context() {
    for constraints in [
        json!({"EncryptionContextSubset": {"Department": "Finance"}}),
        json!({"EncryptionContextEquals": {"Department": "Finance"}}),
    ] {
        let estate = granted(&json!([grant(&json!({"Constraints": constraints}))]));
        assert_eq!(decision(&estate, "app", "kms:Decrypt"), Decision::Conditional);
        assert_eq!(decision(&estate, "app", "kms:DescribeKey"), Decision::Allowed);
    }
    let source = json!({"Constraints": {"SourceArn": "arn:aws:s3:::lake"}});
    let estate = granted(&json!([grant(&source)]));
    assert_ne!(decision(&estate, "app", "kms:DescribeKey"), Decision::Allowed);
}

#[test]
fn who_may_retire_it_may_do_no_more() {
    let retiring = json!({"RetiringPrincipal": format!("arn:aws:iam::{ACCOUNT}:role/other")});
    let estate = granted(&json!([grant(&retiring)]));
    assert_eq!(decision(&estate, "other", "kms:RetireGrant"), Decision::Allowed);
    assert_eq!(decision(&estate, "other", "kms:Decrypt"), Decision::Denied);
}

#[test]
fn a_grant_that_is_not_understood_leaves_its_key_open() {
    let nobody = json!({"GrantId": "x", "Operations": ["Decrypt"]});
    let estate = granted(&json!([nobody]));
    assert_eq!(gaps(&estate), ["invalid kms:ListGrants"]);
    assert_eq!(decision(&estate, "app", "kms:Decrypt"), Decision::Unknown);
}
