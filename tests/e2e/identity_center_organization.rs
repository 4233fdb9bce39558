//! Permission sets of every account of an organization, asked by the management account and by the delegated
//! administrator of IAM Identity Center.

use serde_json::{Value, json};

use crate::support::{
    census::{Census, files},
    fake::{ACCOUNT, Fake, everything},
    report::{assert_complete, failures, identity, list},
    world::text,
};

const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
const SET: &str = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-aaaaaaaaaaaaaaaa";
const HOME: &str = "eu-west-1";

/// The other accounts of the organization; the caller's is [`ACCOUNT`].
const OTHERS: [&str; 2] = ["444455556666", "777788889999"];

fn role(account: &str) -> String {
    format!(
        "arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/{HOME}/AWSReservedSSO_Admin_0123456789abcdef"
    )
}

/// The key with which calls about an account's own IAM are signed.
fn key(account: &str) -> String {
    if account == ACCOUNT { "test".to_owned() } else { format!("ASIA{account}") }
}

/// Who has the permission set in an account: somebody else in each.
fn user(account: &str) -> String {
    format!("{}-2222-3333-4444-555555555555", &account[..8])
}

/// What an account's own IAM answers: one role, kept for the permission set.
fn account(id: &str) -> Vec<Value> {
    let arn = role(id);
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Principal": {"Federated": format!("arn:aws:iam::{id}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE")},
    }]});
    let detail = json!({
        "Path": format!("/aws-reserved/sso.amazonaws.com/{HOME}/"), "RoleName": arn.rsplit('/').next(), "Arn": arn,
        "RoleId": format!("AROAEXAMPLE{id}"), "RoleLastUsed": {}, "CreateDate": "2025-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": trust.to_string(),
    });
    let details =
        json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [detail]});
    let usual = everything();
    let page = |operation: &str| {
        let mut answers = list(&usual, "answers").iter();
        answers.find(|one| one["operation"] == operation).expect("an answer")["pages"][0].clone()
    };
    let mut report = page("iam:GetCredentialReport");
    report["Content"] = text(&report, "Content").replace(ACCOUNT, id).into();
    let mut summary = page("iam:GetAccountSummary");
    summary["SummaryMap"]["Roles"] = 1.into();
    summary["SummaryMap"]["InstanceProfiles"] = 0.into();
    [
        ("iam:GetAccountAuthorizationDetails", details),
        ("iam:GetCredentialReport", report),
        ("iam:GetAccountSummary", summary),
    ]
    .map(|(operation, page)| json!({"operation": operation, "key": key(id), "pages": [page]}))
    .to_vec()
}

/// An organization in whose accounts one permission set is provisioned; everything about it is asked with the caller's
/// own key.
fn scenario(management: &str) -> Value {
    let mut scenario = everything();
    let answers = scenario["answers"].as_array_mut().expect("answers");
    answers.retain(|one| {
        let operation = text(one, "operation");
        let caller = ["sts:GetCallerIdentity", "iam:GenerateCredentialReport"].contains(&operation.as_str());
        caller || operation == "iam:ListServiceSpecificCredentials"
    });
    let accounts = [&[ACCOUNT], OTHERS.as_slice()].concat();
    let organization = json!({"Id": "o-abcdefghij", "MasterAccountId": management,
        "Arn": format!("arn:aws:organizations::{management}:organization/o-abcdefghij")});
    let listed = |id: &&str| {
        json!({"Id": id, "Name": id, "Status": "ACTIVE", "State": "ACTIVE",
               "Arn": format!("arn:aws:organizations::{management}:account/o-abcdefghij/{id}")})
    };
    let listed: Vec<Value> = accounts.iter().map(listed).collect();
    let root = json!({"Id": "r-abcd", "Name": "Root", "PolicyTypes": [],
        "Arn": format!("arn:aws:organizations::{management}:root/o-abcdefghij/r-abcd")});
    let instance = json!({"InstanceArn": INSTANCE, "IdentityStoreId": "d-1234567890",
        "OwnerAccountId": management, "Status": "ACTIVE"});
    let about = json!({"PermissionSet": {"Name": "Admin", "PermissionSetArn": SET}});
    for (operation, with, page) in [
        ("organizations:DescribeOrganization", json!({}), json!({"Organization": organization})),
        ("organizations:ListRoots", json!({}), json!({"Roots": [root]})),
        ("organizations:ListAccountsForParent", json!({"ParentId": "r-abcd"}), json!({"Accounts": listed})),
        ("sso:ListInstances", json!({}), json!({"Instances": [instance]})),
        ("sso:DescribePermissionSet", json!({"PermissionSetArn": SET}), about),
    ] {
        answers.push(json!({"operation": operation, "with": with, "key": "test", "pages": [page]}));
    }
    for id in &accounts {
        answers.extend(account(id));
        let assigned = json!({"AccountId": id, "PermissionSetArn": SET, "PrincipalType": "USER", "PrincipalId": user(id)});
        for (operation, page) in [
            ("sso:ListPermissionSetsProvisionedToAccount", json!({"PermissionSets": [SET]})),
            ("sso:ListAccountAssignments", json!({"AccountAssignments": [assigned]})),
        ] {
            let with = json!({"AccountId": id});
            answers.push(
                json!({"operation": operation, "with": with, "key": "test", "region": HOME, "pages": [page]}),
            );
        }
    }
    for id in OTHERS {
        let arn = format!("arn:aws:iam::{id}:role/OrganizationAccountAccessRole");
        let credentials = json!({"AccessKeyId": key(id), "SecretAccessKey": "s", "SessionToken": "t",
            "Expiration": "2100-01-01T00:00:00Z"});
        let session = json!({"AssumedRoleId": "AROAEXAMPLE0000000001:census",
            "Arn": format!("arn:aws:sts::{id}:assumed-role/OrganizationAccountAccessRole/census")});
        let entered = json!({"Credentials": credentials, "AssumedRoleUser": session});
        answers.push(json!({"operation": "sts:AssumeRole", "with": {"RoleArn": arn}, "key": "test", "pages": [entered]}));
    }
    scenario
}

const SCAN: [&str; 3] = ["--organization", "--role-name", "OrganizationAccountAccessRole"];

fn census(fake: &Fake) -> Census {
    let census = fake.census();
    let settings = "[aws]\nworkloads = false\nresource_policies = false\nrequests_per_second = 0\n";
    census.file("census.toml", settings);
    census
}

/// Asserts that the role of an account shows the permission set and who has it there.
fn assert_shown(report: &Value, account: &str) {
    let set = &identity(report, &role(account))["permission_set"];
    assert_eq!((&set["native_id"], &set["name"]), (&json!(SET), &json!("Admin")), "{account}");
    let assigned = json!([{"kind": "user", "id": user(account), "name": null}]);
    assert_eq!((&set["assigned"], &set["gap"]), (&assigned, &Value::Null), "{account}");
}

#[test]
fn the_caller_asks_about_every_account_whether_it_is_the_management_account_or_the_delegated_administrator() {
    for management in [ACCOUNT, OTHERS[1]] {
        let fake = Fake::of(&scenario(management));
        let census = census(&fake);
        let (code, report) = census.scan(&[SCAN.as_slice(), &["--save-raw", "raw"]].concat());
        assert_complete(code, &report);
        for id in [ACCOUNT, OTHERS[0], OTHERS[1]] {
            assert_shown(&report, id);
        }
        let asked = fake.calls();
        let asked: Vec<&Value> =
            asked.iter().filter(|call| text(call, "operation").starts_with("sso:")).collect();
        assert!(asked.iter().all(|call| call["key"] == "test" && call["region"] == HOME), "{asked:#?}");
        // The instances and the name once, and two calls an account.
        assert_eq!(asked.len(), 2 + 2 * 3, "{asked:#?}");
        for id in [ACCOUNT, OTHERS[0], OTHERS[1]] {
            let document = &files(&census.work().join("raw"))[&format!("accounts/{id}/identity-center.json")];
            let document = String::from_utf8_lossy(document);
            assert!(document.contains(&user(id)), "{id}: {document}");
        }
    }
}

#[test]
fn what_the_delegated_administrator_is_not_told_of_the_management_account_is_a_gap_there_and_nowhere_else() {
    let management = OTHERS[1];
    for read in ["sso:ListPermissionSetsProvisionedToAccount", "sso:ListAccountAssignments"] {
        let mut scenario = scenario(management);
        let fault = json!({"operation": read, "with": {"AccountId": management}, "status": 400,
                           "code": "AccessDeniedException"});
        scenario["faults"] = json!([fault]);
        let fake = Fake::of(&scenario);
        let (code, report) = census(&fake).scan(&SCAN);
        assert_complete(code, &report);
        assert_shown(&report, ACCOUNT);
        assert_shown(&report, OTHERS[0]);
        let gaps: Vec<&Value> = list(&report, "gaps").iter().filter(|gap| gap["read"] == read).collect();
        let [gap] = gaps[..] else { panic!("{read}: {gaps:#?}") };
        assert_eq!(
            (&gap["reason"], &gap["scope"]),
            (&json!("not-provided"), &json!(format!("aws:account/{management}")))
        );
        assert_eq!(list(gap, "affects"), [json!(format!("aws:{}", role(management)))], "{read}");
        let set = &identity(&report, &role(management))["permission_set"];
        assert_ne!(set["assigned"], json!([]), "what was not told is no assignment to nobody");
    }
    // The management account itself is denied a permission, which somebody can mend.
    let mut scenario = scenario(ACCOUNT);
    scenario["faults"] = json!([{"operation": "sso:ListAccountAssignments", "with": {"AccountId": OTHERS[0]},
                                 "status": 400, "code": "AccessDeniedException"}]);
    let fake = Fake::of(&scenario);
    let (code, report) = census(&fake).scan(&SCAN);
    assert_eq!(code, 3);
    assert_eq!(failures(&report), [("sso:ListAccountAssignments".to_owned(), "denied".to_owned())].into());
    assert_shown(&report, OTHERS[1]);
}
