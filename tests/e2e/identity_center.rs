//! Permission sets of IAM Identity Center, read live: against a fake that AWS's own models hold to the contract.

use serde_json::{Value, json};

use crate::support::{
    census::{Census, files},
    fake::{ACCOUNT, CANARY, Fake, everything},
    report::{assert_complete, assert_gap, identity, list},
    world::text,
};

const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
const ADMIN: &str = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-aaaaaaaaaaaaaaaa";
const READER: &str = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-bbbbbbbbbbbbbbbb";
const GROUP: &str = "11111111-2222-3333-4444-555555555555";
const USER: &str = "99999999-2222-3333-4444-555555555555";
const MANAGEMENT: &str = "999988887777";

/// The home region of IAM Identity Center; the scan's own is another.
const HOME: &str = "eu-west-1";

/// The name of a group as nobody should give one.
const HOSTILE: &str = "=cmd|'/C calc'!A0 Platform";

fn role(set: &str) -> String {
    format!(
        "arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/{HOME}/AWSReservedSSO_{set}_0123456789abcdef"
    )
}

/// An account of an organization with two permission sets of two pages, one of which a group and a user have.
fn scenario(management: &str) -> Value {
    let mut scenario = everything();
    let answers = scenario["answers"].as_array_mut().expect("answers");
    answers.retain(|one| {
        let operation = text(one, "operation");
        operation.starts_with("iam:") || operation.starts_with("sts:")
    });
    let reserved = ["Admin", "Reader"].map(|set| {
        let arn = role(set);
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE")},
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        }]});
        json!({"Path": format!("/aws-reserved/sso.amazonaws.com/{HOME}/"), "RoleName": arn.rsplit('/').next(),
               "RoleId": format!("AROAEXAMPLE{}00000", set.to_uppercase()), "Arn": arn, "RoleLastUsed": {},
               "CreateDate": "2025-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust.to_string()})
    });
    for answer in answers.iter_mut() {
        if answer["operation"] == "iam:GetAccountAuthorizationDetails" {
            answer["pages"][0]["RoleDetailList"] = json!(reserved);
        }
        if answer["operation"] == "iam:GetAccountSummary" {
            answer["pages"][0]["SummaryMap"]["Roles"] = json!(2);
            answer["pages"][0]["SummaryMap"]["InstanceProfiles"] = json!(0);
        }
    }
    let store = "d-1234567890";
    let organization = format!("arn:aws:organizations::{management}:organization/o-abcdefghij");
    for (operation, with, pages) in [
        (
            "organizations:DescribeOrganization",
            json!({}),
            json!([{"Organization": {"Id": "o-abcdefghij", "MasterAccountId": management, "Arn": organization}}]),
        ),
        (
            "sso:ListInstances",
            json!({}),
            json!([{"Instances": [
                {"InstanceArn": INSTANCE, "IdentityStoreId": store, "OwnerAccountId": management, "Status": "ACTIVE",
                 "Name": CANARY}]}]),
        ),
        (
            "sso:ListPermissionSetsProvisionedToAccount",
            json!({"InstanceArn": INSTANCE, "AccountId": ACCOUNT}),
            json!([{"PermissionSets": [READER]}, {"PermissionSets": [ADMIN]}]),
        ),
        (
            "sso:DescribePermissionSet",
            json!({"PermissionSetArn": ADMIN}),
            json!([{"PermissionSet": {"Name": "Admin", "Description": CANARY, "PermissionSetArn": ADMIN}}]),
        ),
        (
            "sso:DescribePermissionSet",
            json!({"PermissionSetArn": READER}),
            json!([{"PermissionSet": {"Name": "Reader", "RelayState": CANARY, "PermissionSetArn": READER}}]),
        ),
        (
            "sso:ListAccountAssignments",
            json!({"PermissionSetArn": ADMIN, "AccountId": ACCOUNT}),
            json!([
                {"AccountAssignments": [{"AccountId": ACCOUNT, "PermissionSetArn": ADMIN, "PrincipalType": "USER", "PrincipalId": USER}]},
                {"AccountAssignments": [{"AccountId": ACCOUNT, "PermissionSetArn": ADMIN, "PrincipalType": "GROUP", "PrincipalId": GROUP}]},
            ]),
        ),
        (
            "identitystore:DescribeGroup",
            json!({"IdentityStoreId": store, "GroupId": GROUP}),
            json!([{"IdentityStoreId": store, "GroupId": GROUP, "DisplayName": HOSTILE, "Description": CANARY}]),
        ),
    ] {
        let mut answer = json!({"operation": operation, "with": with, "pages": pages});
        if operation.starts_with("sso:") || operation.starts_with("identitystore:") {
            answer["region"] = json!(HOME);
        }
        answers.push(answer);
    }
    scenario
}

fn with_fault(management: &str, fault: &Value) -> Value {
    let mut scenario = scenario(management);
    scenario["faults"] = json!([fault]);
    scenario
}

fn census(fake: &Fake) -> Census {
    let census = fake.census();
    census.file(
        "census.toml",
        "[aws]\nworkloads = false\nresource_policies = false\nrequests_per_second = 0\n",
    );
    census
}

/// What was asked of IAM Identity Center, by operation.
fn asked(fake: &Fake) -> Vec<String> {
    let of = |call: &Value| ["sso:", "identitystore:"].iter().any(|s| text(call, "operation").starts_with(s));
    fake.calls().iter().filter(|call| of(call)).map(|call| text(call, "operation")).collect()
}

#[test]
fn a_role_shows_its_permission_set_and_who_may_use_it() {
    let fake = Fake::of(&scenario(ACCOUNT));
    let census = census(&fake);
    let arguments = ["scan", "aws", "--format", "json", "--output", "-", "--save-raw", "raw"];
    let run = census.run(&arguments);
    let report = run.json();
    assert_complete(run.status.code().expect("an exit status"), &report);
    assert!(
        fake.calls()
            .iter()
            .all(|call| !text(call, "operation").starts_with("sso:") || call["region"] == HOME)
    );
    assert_eq!(asked(&fake).len(), 9, "{:?}", asked(&fake));
    let admin = identity(&report, &role("Admin"));
    assert_eq!((&admin["nature"], &admin["managed_by"]), (&json!("human"), &json!("aws-identity-center")));
    let expected = json!({"native_id": ADMIN, "name": "Admin", "gap": null, "assigned": [
        {"kind": "group", "id": GROUP, "name": HOSTILE}, {"kind": "user", "id": USER, "name": null}]});
    assert_eq!(admin["permission_set"], expected);
    let owner = &admin["owner"];
    assert_eq!((&owner["status"], &owner["claims"][0]["band"]), (&json!("not-applicable"), &json!("III")));
    assert_eq!(owner["claims"][0]["source"], "assigned-group");
    assert_eq!(identity(&report, &role("Reader"))["permission_set"]["assigned"], json!([]));

    let raw = files(&census.work().join("raw"));
    for (name, content) in &raw {
        assert!(!String::from_utf8_lossy(content).contains(CANARY), "{name}");
    }
    assert!(!run.text().contains(CANARY) && !run.stderr.contains(CANARY), "what nobody needs was shown");
    let replayed = census.expect(0, &["scan", "--from", "raw", "--format", "json", "--output", "-"]).json();
    assert_eq!(replayed["identities"], report["identities"], "a replay is the same scan");
    assert_eq!(replayed["gaps"], report["gaps"]);
    let explained = census.expect(0, &["explain", &role("Admin"), "--from", "raw"]);
    assert!(
        explained.text().contains("PERMISSION SET  Admin") && explained.text().contains(USER),
        "{explained}"
    );
}

#[test]
fn each_read_denied_is_a_gap_that_names_the_roles() {
    let fake = Fake::of(&scenario(ACCOUNT));
    for read in [
        "sso:ListInstances",
        "sso:ListPermissionSetsProvisionedToAccount",
        "sso:DescribePermissionSet",
        "sso:ListAccountAssignments",
        "identitystore:DescribeGroup",
    ] {
        let (denied, throttled) = ("AccessDeniedException", "ThrottlingException");
        for (code, reason) in [(denied, "denied"), (throttled, "throttled")] {
            let fault = json!({"operation": read, "status": 400, "code": code});
            fake.tell(&with_fault(ACCOUNT, &fault));
            let (status, report) = census(&fake).with("AWS_MAX_ATTEMPTS", "2").scan(&[]);
            assert_gap(status, &report, read, &[reason]);
            let gaps: Vec<&Value> =
                list(&report, "gaps").iter().filter(|gap| gap["reason"] == reason).collect();
            assert_eq!(gaps.len(), 1, "{read}: {gaps:#?}");
            assert!(list(gaps[0], "affects").contains(&json!(format!("aws:{}", role("Admin")))), "{gaps:#?}");
            let set = &identity(&report, &role("Admin"))["permission_set"];
            // What was not read is no assignment to nobody.
            assert_ne!(set["assigned"], json!([]), "{read}");
        }
    }
    // A moment's throttling is waited out.
    let fault = json!({"operation": "sso:ListAccountAssignments", "status": 400, "code": "ThrottlingException", "times": 2});
    fake.tell(&with_fault(ACCOUNT, &fault));
    let (status, report) = census(&fake).scan(&[]);
    assert_complete(status, &report);
}

#[test]
fn a_member_account_alone_is_complete_and_says_whom_it_cannot_tell_of() {
    let read = "sso:ListPermissionSetsProvisionedToAccount";
    let fault = json!({"operation": read, "status": 400, "code": "AccessDeniedException"});
    let fake = Fake::of(&with_fault(MANAGEMENT, &fault));
    let (status, report) = census(&fake).scan(&[]);
    assert_complete(status, &report);
    let gap = list(&report, "gaps").iter().find(|gap| gap["read"] == read).expect("a gap");
    assert_eq!((&gap["reason"], list(gap, "affects").len()), (&json!("not-provided"), 2));
    assert!(text(gap, "detail").contains("delegated administrator"), "{gap}");
    assert_eq!(identity(&report, &role("Admin"))["permission_set"], Value::Null);
    assert_eq!(asked(&fake), ["sso:ListInstances", read], "two calls, and no more");
    let run = census(&fake).run(&["permissions", "aws", "--check"]);
    assert!(!run.text().lines().any(|line| line.contains("sso:") && !line.starts_with("allowed")), "{run}");
    // The delegated administrator is a member too, and is told.
    fake.tell(&scenario(MANAGEMENT));
    let (status, report) = census(&fake).scan(&[]);
    assert_complete(status, &report);
    assert_eq!(identity(&report, &role("Admin"))["permission_set"]["name"], "Admin");
}

#[test]
fn an_account_without_such_roles_and_a_scan_without_it_ask_nothing() {
    let mut without = scenario(ACCOUNT);
    for answer in without["answers"].as_array_mut().expect("answers") {
        if answer["operation"] == "iam:GetAccountAuthorizationDetails" {
            answer["pages"][0]["RoleDetailList"] = json!([]);
        }
        if answer["operation"] == "iam:GetAccountSummary" {
            answer["pages"][0]["SummaryMap"]["Roles"] = json!(0);
        }
    }
    let fake = Fake::of(&without);
    let (status, report) = census(&fake).scan(&[]);
    assert_complete(status, &report);
    let of_center =
        |report: &Value| list(report, "gaps").iter().filter(|g| text(g, "read").starts_with("sso:")).count();
    assert_eq!((asked(&fake).len(), of_center(&report)), (0, 0));
    fake.tell(&scenario(ACCOUNT));
    let (status, report) = census(&fake).scan(&["--no-identity-center"]);
    assert_complete(status, &report);
    assert_eq!((asked(&fake).len(), of_center(&report)), (0, 1));
    let policy = census(&fake).expect(0, &["permissions", "aws", "--no-identity-center"]);
    assert!(!policy.text().contains("sso:") && !policy.text().contains("identitystore:"), "{policy}");
}

#[test]
fn the_published_policy_names_what_is_called_and_check_tries_it() {
    let fake = Fake::of(&scenario(ACCOUNT));
    let census = census(&fake);
    let policy = census.expect(0, &["permissions", "aws"]);
    let (status, report) = census.scan(&[]);
    assert_complete(status, &report);
    for operation in asked(&fake) {
        assert!(policy.text().contains(&format!("\"{operation}\"")), "{operation} is called and not granted");
    }
    let granted = policy.text().matches("\"sso:").count() + policy.text().matches("\"identitystore:").count();
    let mut called = asked(&fake);
    called.sort();
    called.dedup();
    assert_eq!(granted, called.len(), "granted and never called: {policy}");
    let mut home = scenario(ACCOUNT);
    for answer in home["answers"].as_array_mut().expect("answers") {
        answer["region"] = Value::Null;
        answer.as_object_mut().expect("an answer").remove("region");
    }
    fake.tell(&home);
    let run = census.run(&["permissions", "aws", "--check"]);
    let lines = run.text().lines().filter(|line| line.contains("sso:") || line.contains("identitystore:"));
    let lines: Vec<&str> = lines.collect();
    assert!(lines.len() == 5 && lines.iter().all(|line| line.starts_with("allowed")), "{run}");
    home["faults"] =
        json!([{"operation": "sso:ListAccountAssignments", "status": 400, "code": "AccessDeniedException"}]);
    fake.tell(&home);
    let run = census.expect(1, &["permissions", "aws", "--check"]);
    let denied: Vec<&str> = run.text().lines().filter(|line| line.starts_with("DENIED")).collect();
    assert!(denied.len() == 1 && denied[0].contains("sso:ListAccountAssignments"), "{run}");
}
