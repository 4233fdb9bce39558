//! Permission sets and who may use their roles.

use census_model::{AssigneeKind, Estate, Gap, GapReason, Observed, Provider, ScopeId};
use serde_json::{Value, json};

use super::{ACCOUNT, Folder, gaps, role, with};

const PATH: &str = "/aws-reserved/sso.amazonaws.com/eu-west-1/";
const ADMIN: &str = "AWSReservedSSO_Admin_0123456789abcdef";
const READER: &str = "AWSReservedSSO_Reader_fedcba9876543210";

fn id(name: &str) -> String {
    format!("aws:arn:aws:iam::{ACCOUNT}:role{PATH}{name}")
}

/// An account with these roles of IAM Identity Center and one of its own.
fn folder(names: &[&str]) -> Folder {
    let reserved = |name: &&str| {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role{PATH}{name}");
        with(role(name), &json!({"Path": PATH, "Arn": arn}))
    };
    let roles: Vec<Value> = names.iter().map(reserved).chain([role("deploy")]).collect();
    Folder::complete().details(&json!({"RoleDetailList": roles}))
}

fn listing(folder: Folder, sets: &Value) -> Folder {
    folder.of_account("identity-center.json", &sets.to_string())
}

fn set(suffix: &str, name: &str, assignments: &Value) -> Value {
    json!({"PermissionSetArn": format!("arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-{suffix}"),
           "Name": name, "AccountAssignments": assignments})
}

fn group(id: &str, name: &str) -> Value {
    json!({"PrincipalType": "GROUP", "PrincipalId": id, "DisplayName": name})
}

/// Each permission set with its role and to whom it is assigned; `?` where that is not known.
fn read(estate: &Estate) -> Vec<String> {
    let assigned = |assigned: &Observed<Vec<census_model::Assignee>>| match assigned.known() {
        None => "?".to_owned(),
        Some(all) => {
            let name = |one: &census_model::Assignee| {
                let name = one.name.as_deref().unwrap_or(&one.id);
                format!("{} {name}", one.kind.as_str())
            };
            all.iter().map(name).collect::<Vec<_>>().join(", ")
        }
    };
    let one = |set: &census_model::PermissionSet| {
        let role = set.role.as_str().rsplit('/').next().unwrap_or_default();
        format!("{} {role}: {}", set.name, assigned(&set.assigned))
    };
    estate.permission_sets.iter().map(one).collect()
}

#[test]
fn a_role_is_told_by_the_name_of_its_permission_set() {
    let people = json!([
        {"PrincipalType": "USER", "PrincipalId": "u-1", "DisplayName": "Jane Doe", "AccountId": ACCOUNT},
        group("g-1", "Platform"),
        group("g-1", "Platform"),
        {"PrincipalType": "GROUP", "PrincipalId": "g-0"},
    ]);
    let sets = json!([set("b", "Reader", &json!([])), set("a", "Admin", &people)]);
    let estate = listing(folder(&[ADMIN, READER]), &sets).read();
    assert_eq!(
        read(&estate),
        [format!("Admin {ADMIN}: group g-0, group Platform, user u-1"), format!("Reader {READER}: "),],
        "a person's name is not kept"
    );
    assert_eq!(gaps(&estate), Vec::<String>::new());
    assert!(!serde_json::to_string(&estate).unwrap().contains("Jane"));
    let wrapped = json!({"PermissionSets": sets, "IsTruncated": true});
    let estate = listing(folder(&[ADMIN, READER]), &wrapped).read();
    assert_eq!(
        (estate.permission_sets.len(), gaps(&estate)),
        (2, vec!["truncated sso:ListInstances".into()])
    );
    let estate = listing(folder(&[ADMIN]), &json!([set("a", "Admin", &json!([]))])).read();
    assert_eq!(estate.permission_sets[0].assigned.known().unwrap().len(), 0);
    assert_eq!(AssigneeKind::Group.as_str(), "group");
}

#[test]
fn without_a_role_of_its_nothing_is_missing() {
    let none = folder(&[]).without("identity-center.json");
    for estate in [none.read(), none.gaps(Vec::new()).read()] {
        assert_eq!((estate.permission_sets.len(), gaps(&estate)), (0, vec![]));
    }
}

#[test]
fn a_document_that_is_absent_is_a_gap_that_names_the_roles() {
    let absent = folder(&[ADMIN, READER]).without("identity-center.json");
    let of = |estate: &Estate| {
        let gap = estate.gaps.iter().find(|gap| &*gap.read == "sso:ListInstances").unwrap();
        (gap.reason, gap.affects.iter().map(|one| one.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(of(&absent.read()), (GapReason::NotProvided, vec![id(ADMIN), id(READER)]));
    assert!(absent.read().is_complete(), "a folder need not hold it");
    assert_eq!(of(&absent.clone().gaps(Vec::new()).read()).0, GapReason::NotRequested);
    // What the fetch said stands, and is not said again.
    let scope = Some(ScopeId::new(format!("aws:account/{ACCOUNT}")));
    let read = "sso:ListPermissionSetsProvisionedToAccount";
    let affects = vec![id(ADMIN).into(), id(READER).into()];
    let denied = Gap::new(Provider::Aws, scope, read, GapReason::Denied, "x", affects);
    assert_eq!(gaps(&absent.gaps(vec![denied]).read()), [format!("denied {read}")]);
}

#[test]
fn what_does_not_fit_together_is_a_gap_and_no_guess() {
    let admin = || set("a", "Admin", &json!([group("g", "G")]));
    for (names, sets, expected, count) in [
        // A role that no permission set of the document provisions.
        (vec![ADMIN, READER], json!([admin()]), "not-provided sso:ListInstances", 1),
        // A permission set without a role.
        (vec![ADMIN], json!([admin(), set("b", "Reader", &json!([]))]), "inconsistent sso:ListInstances", 1),
        // Two that could be each other's.
        (
            vec![ADMIN, "AWSReservedSSO_Admin_aaaaaaaaaaaaaaaa"],
            json!([admin()]),
            "inconsistent sso:ListInstances",
            0,
        ),
        (vec![ADMIN], json!([admin(), set("c", "Admin", &json!([]))]), "inconsistent sso:ListInstances", 0),
        // One twice, with differences.
        (vec![ADMIN], json!([admin(), set("a", "Admin", &json!([]))]), "inconsistent sso:ListInstances", 1),
        // Assignments that are not known.
        (vec![ADMIN], json!([set("a", "Admin", &Value::Null)]), "not-provided sso:ListAccountAssignments", 1),
    ] {
        let estate = listing(folder(&names), &sets).read();
        assert_eq!(
            (gaps(&estate), estate.permission_sets.len()),
            (vec![expected.to_owned()], count),
            "{sets}"
        );
    }
    // Unknown is not nobody.
    let estate = listing(folder(&[ADMIN]), &json!([set("a", "Admin", &Value::Null)])).read();
    assert!(
        matches!(&estate.permission_sets[0].assigned, Observed::NotVisible(gap) if *gap == estate.gaps[0].id)
    );
    // Where roles may be missing, a permission set without one says nothing.
    let mut details = super::details(&json!({}));
    details["IsTruncated"] = true.into();
    let cut = Folder::complete().of_account("authorization-details.json", &details.to_string());
    let estate = listing(cut, &json!([admin()])).read();
    assert!(!gaps(&estate).iter().any(|gap| gap.contains("sso:")), "{:?}", gaps(&estate));
}

#[test]
fn what_is_not_of_the_account_or_no_permission_set_is_an_error() {
    let foreign = json!([{"PrincipalType": "GROUP", "PrincipalId": "g", "AccountId": "444455556666"}]);
    let error = listing(folder(&[ADMIN]), &json!([set("a", "Admin", &foreign)])).error();
    assert!(
        error.contains("[0].AccountAssignments[0].AccountId") && error.contains("444455556666"),
        "{error}"
    );
    let wrong = json!([{"PermissionSetArn": "arn:aws:iam::111122223333:role/x", "Name": "x"}]);
    let error = listing(folder(&[ADMIN]), &wrong).error();
    assert!(error.contains("[0].PermissionSetArn") && error.contains("is not the ARN of a permission set"));
    let odd = json!([{"PrincipalType": "ROBOT", "PrincipalId": "r"}]);
    let error = listing(folder(&[ADMIN]), &json!([set("a", "Admin", &odd)])).error();
    assert!(error.contains("unknown variant"), "{error}");
    // The output of `list-permission-sets-provisioned-to-account` alone tells neither names nor assignments.
    let error =
        listing(folder(&[ADMIN]), &json!({"PermissionSets": ["arn:aws:sso:::permissionSet/x/y"]})).error();
    assert!(error.contains("PermissionSets"), "{error}");
}
