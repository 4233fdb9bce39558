//! Against a scripted endpoint.

use census_model::GapReason;
use census_provider_api::{Batch, Silent};
use serde_json::{Value, json};

use super::{IdentityCenter, Reserved};
use crate::{
    client::{Caller, Connection, Partition},
    documents::{AccountFile, AuthorizationDetails},
    fetch::{
        account::{Circumstances, read_identity_center},
        organization::Standing,
    },
    options::AwsOptions,
    testing::{Answer, Endpoint},
};

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
const ADMIN: &str = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-aaaaaaaaaaaaaaaa";
const READER: &str = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-bbbbbbbbbbbbbbbb";

fn json(body: &Value) -> Answer {
    (200, body.to_string())
}

fn refusal(code: &str) -> Answer {
    (400, json!({"__type": code, "message": "m"}).to_string())
}

/// An instance with two permission sets in the account; one is assigned to a group and a user, the other to nobody.
fn usual(operation: &str, body: &str, before: usize) -> Answer {
    let is_of_admin = body.contains(ADMIN);
    match (operation, before) {
        ("ListInstances", _) => json(&json!({"Instances": [
            {"InstanceArn": INSTANCE, "IdentityStoreId": "d-1234567890", "OwnerAccountId": ACCOUNT, "Name": "secret word"},
            {"InstanceArn": "arn:aws:sso:::instance/ssoins-9999999999999999", "IdentityStoreId": "d-9", "OwnerAccountId": OTHER},
        ]})),
        ("ListPermissionSetsProvisionedToAccount", 0) => {
            json(&json!({"PermissionSets": [READER], "NextToken": "n"}))
        }
        ("ListPermissionSetsProvisionedToAccount", _) => json(&json!({"PermissionSets": [ADMIN, READER]})),
        ("DescribePermissionSet", _) if is_of_admin => {
            json(&json!({"PermissionSet": {"Name": "Admin", "Description": "secret word"}}))
        }
        ("DescribePermissionSet", _) => json(&json!({"PermissionSet": {"Name": "Reader"}})),
        ("ListAccountAssignments", _) if is_of_admin => json(&json!({"AccountAssignments": [
            {"AccountId": ACCOUNT, "PrincipalType": "USER", "PrincipalId": "u-1"},
            {"AccountId": ACCOUNT, "PrincipalType": "GROUP", "PrincipalId": "g-1"},
        ]})),
        ("ListAccountAssignments", _) => json(&json!({"AccountAssignments": []})),
        ("DescribeGroup", _) => {
            json(&json!({"DisplayName": "=cmd|'/C calc'!A0\u{1b}[31m", "Description": "secret word"}))
        }
        _ => refusal("UnknownOperationException"),
    }
}

/// The roles of the two permission sets, and one role of the account's own.
fn roles(names: &[(&str, &str)]) -> Value {
    let role = |(path, name): &(&str, &str)| {
        json!({"Path": path, "RoleName": name, "RoleId": name, "AssumeRolePolicyDocument": {},
               "Arn": format!("arn:aws:iam::{ACCOUNT}:role{path}{name}")})
    };
    let roles: Vec<Value> = names.iter().map(role).collect();
    json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": roles})
}

const PATH: &str = "/aws-reserved/sso.amazonaws.com/eu-west-1/";
const TWO: [(&str, &str); 3] = [
    (PATH, "AWSReservedSSO_Admin_0123456789abcdef"),
    (PATH, "AWSReservedSSO_Reader_fedcba9876543210"),
    ("/", "deploy"),
];

struct Asked {
    batch: Batch,
    endpoint: Endpoint,
}

impl Asked {
    fn document(&self) -> Option<(Value, bool)> {
        let path = AccountFile::IdentityCenter.path(ACCOUNT).unwrap();
        let (_, bytes, entry) = self.batch.files.iter().find(|file| file.0 == path)?;
        Some((serde_json::from_slice(bytes).unwrap(), entry.complete))
    }

    /// Read, reason and the names of the roles of each gap.
    fn gaps(&self) -> Vec<(&str, GapReason, Vec<&str>)> {
        self.batch
            .gaps
            .iter()
            .map(|gap| {
                let names = gap.affects.iter().map(|one| one.rsplit('/').next().unwrap_or_default());
                (&*gap.read, gap.reason, names.collect())
            })
            .collect()
    }
}

async fn ask(
    standing: Standing,
    names: &[(&str, &str)],
    options: &AwsOptions,
    script: impl Fn(&str, usize) -> Option<Answer> + Send + Sync + 'static,
) -> Asked {
    let endpoint = Endpoint::reading(move |operation, body, before| {
        script(operation, before).unwrap_or_else(|| usual(operation, body, before))
    })
    .await;
    let api = Connection::for_test(&endpoint.url, 1, 0).api();
    let partition = Partition::Aws;
    let caller = Caller { arn: String::new(), account: ACCOUNT.into(), partition };
    let center = &IdentityCenter::new(api.clone(), &caller, standing, options.deep);
    let circumstances = Circumstances { options, progress: &Silent, partition, home: "us-east-1", center };
    let details = roles(names).to_string();
    let details: AuthorizationDetails<'_> = serde_json::from_str(&details).unwrap();
    let reserved = Reserved::of(&details.role_detail_list, partition);
    let batch = read_identity_center(&api, ACCOUNT, circumstances, Some(&reserved)).await;
    Asked { batch, endpoint }
}

fn management() -> Standing {
    Standing::Management(ACCOUNT.to_owned())
}

#[tokio::test]
async fn permission_sets_of_the_account_are_read_with_their_assignments() {
    let asked = ask(management(), &TWO, &AwsOptions::default(), |_, _| None).await;
    assert_eq!(asked.gaps(), []);
    let (document, complete) = asked.document().unwrap();
    let group = "=cmd|'/C calc'!A0\u{1b}[31m";
    let expected = json!([
        {"PermissionSetArn": ADMIN, "Name": "Admin", "AccountAssignments": [
            {"PrincipalType": "GROUP", "PrincipalId": "g-1", "DisplayName": group},
            {"PrincipalType": "USER", "PrincipalId": "u-1"}]},
        {"PermissionSetArn": READER, "Name": "Reader", "AccountAssignments": []},
    ]);
    assert_eq!((document, complete), (expected, true));
    assert_eq!(asked.batch.done.as_deref(), Some(ACCOUNT));
    let calls = |operation| asked.endpoint.calls(operation);
    assert_eq!(calls("ListPermissionSetsProvisionedToAccount"), 2, "two pages of one instance");
    assert_eq!((calls("DescribePermissionSet"), calls("DescribeGroup")), (2, 1));
}

#[tokio::test]
async fn without_a_role_of_its_nothing_is_asked_and_nothing_is_missing() {
    for identity_center in [true, false] {
        let options = AwsOptions { identity_center, ..AwsOptions::default() };
        let asked = ask(management(), &[("/", "deploy")], &options, |_, _| None).await;
        assert_eq!((asked.gaps(), asked.document()), (vec![], Some((json!([]), true))));
        assert_eq!(asked.endpoint.calls("ListInstances"), 0);
    }
    let options = AwsOptions { identity_center: false, ..AwsOptions::default() };
    let asked = ask(management(), &TWO, &options, |_, _| None).await;
    assert_eq!(asked.gaps(), [("sso:ListInstances", GapReason::NotRequested, vec![TWO[0].1, TWO[1].1])]);
    assert_eq!((asked.document(), asked.endpoint.calls("ListInstances")), (None, 0));
}

#[tokio::test]
async fn what_an_ordinary_member_cannot_see_is_no_failure_and_names_the_roles() {
    let both = vec![TWO[0].1, TWO[1].1];
    let denied = |operation: &str, _| {
        (operation == "ListPermissionSetsProvisionedToAccount").then(|| refusal("AccessDeniedException"))
    };
    let read = "sso:ListPermissionSetsProvisionedToAccount";
    for (standing, reason) in [
        (management(), GapReason::Denied),
        (Standing::Unknown, GapReason::Denied),
        (Standing::Member(ACCOUNT.to_owned()), GapReason::NotProvided),
        (Standing::Alone, GapReason::NotProvided),
    ] {
        let asked = ask(standing.clone(), &TWO, &AwsOptions::default(), denied).await;
        assert_eq!(asked.gaps(), [(read, reason, both.clone())], "{standing:?}");
        assert_eq!(asked.document(), None, "what was not read is not empty");
        assert_eq!(asked.batch.done.as_deref(), Some(ACCOUNT), "it would be the same the next time");
    }
    // No instance at all, or one of the account's own, which keeps no permission sets.
    let none = |operation: &str, _| (operation == "ListInstances").then(|| json(&json!({"Instances": []})));
    let asked = ask(Standing::Member(OTHER.to_owned()), &TWO, &AwsOptions::default(), none).await;
    assert_eq!(asked.gaps(), [("sso:ListInstances", GapReason::NotProvided, both.clone())]);
    assert_eq!(asked.document(), None);
    // Credentials that have ended are never a matter of who may know.
    let ended = |operation: &str, _| (operation == "ListInstances").then(|| refusal("ExpiredTokenException"));
    let asked = ask(Standing::Member(OTHER.to_owned()), &TWO, &AwsOptions::default(), ended).await;
    assert_eq!(asked.gaps(), [("sso:ListInstances", GapReason::Denied, both)]);
    assert_eq!(asked.batch.done, None);
}

#[tokio::test]
async fn each_read_that_fails_is_a_gap_at_the_roles_that_it_was_about() {
    let (admin, reader) = (TWO[0].1, TWO[1].1);
    for (operation, read, about, kept) in [
        ("ListInstances", "sso:ListInstances", vec![admin, reader], None),
        ("DescribePermissionSet", "sso:DescribePermissionSet", vec![admin, reader], Some(2)),
        ("ListAccountAssignments", "sso:ListAccountAssignments", vec![admin, reader], Some(2)),
        ("DescribeGroup", "identitystore:DescribeGroup", vec![admin], Some(2)),
    ] {
        for (code, reason) in [
            ("AccessDeniedException", GapReason::Denied),
            ("ThrottlingException", GapReason::Throttled),
            ("InternalServerException", GapReason::Failed),
        ] {
            let fails = move |name: &str, _| {
                let status = if code.starts_with("Internal") { 500 } else { 400 };
                (name == operation).then(|| (status, refusal(code).1))
            };
            let asked = ask(management(), &TWO, &AwsOptions::default(), fails).await;
            assert_eq!(asked.gaps(), [(read, reason, about.clone())], "{code}");
            let document = asked.document().map(|(document, _)| document.as_array().unwrap().len());
            assert_eq!(document, kept, "{operation}");
            assert_eq!(asked.batch.done.is_some(), reason == GapReason::Denied, "{operation} {code}");
        }
    }
}

#[tokio::test]
async fn one_permission_set_that_fails_leaves_the_others() {
    let fails = |name: &str, before| {
        (name == "ListAccountAssignments" && before == 1).then(|| refusal("AccessDeniedException"))
    };
    let asked = ask(management(), &TWO, &AwsOptions::default(), fails).await;
    let (document, _) = asked.document().unwrap();
    let unknown: Vec<&Value> =
        document.as_array().unwrap().iter().filter(|one| one["AccountAssignments"].is_null()).collect();
    assert_eq!((unknown.len(), asked.gaps().len()), (1, 1));
    let name = unknown[0]["Name"].as_str().unwrap();
    assert!(asked.gaps()[0].2[0].contains(name), "{:?}", asked.gaps());
}

#[tokio::test]
async fn later_pages_that_fail_and_groups_that_are_gone() {
    let cut = |name: &str, before| match (name, before) {
        ("ListPermissionSetsProvisionedToAccount", 1) => Some((500, "{}".to_owned())),
        ("ListPermissionSetsProvisionedToAccount", _) => {
            Some(json(&json!({"PermissionSets": [ADMIN], "NextToken": "n"})))
        }
        ("DescribeGroup", _) => Some(refusal("ResourceNotFoundException")),
        _ => None,
    };
    let asked = ask(management(), &TWO, &AwsOptions::default(), cut).await;
    let read = "sso:ListPermissionSetsProvisionedToAccount";
    assert_eq!(asked.gaps(), [(read, GapReason::Truncated, vec![TWO[0].1, TWO[1].1])]);
    let (document, complete) = asked.document().unwrap();
    let assigned = &document[0]["AccountAssignments"];
    assert_eq!((complete, document.as_array().unwrap().len()), (false, 1));
    assert_eq!(assigned[0], json!({"PrincipalType": "GROUP", "PrincipalId": "g-1"}), "an id without a name");
    let odd = |name: &str, _| {
        let assignment = json!({"PrincipalType": "ROBOT", "PrincipalId": "r"});
        (name == "ListAccountAssignments").then(|| json(&json!({"AccountAssignments": [assignment]})))
    };
    let asked = ask(management(), &TWO, &AwsOptions::default(), odd).await;
    assert_eq!(asked.gaps()[0].1, GapReason::Invalid);
}

#[tokio::test]
async fn the_number_of_permission_sets_is_bounded_without_deep() {
    let arn = |number: usize| format!("arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-{number:016}");
    let many = move |name: &str, _| match name {
        "ListPermissionSetsProvisionedToAccount" => {
            Some(json(&json!({"PermissionSets": (0..203).map(arn).collect::<Vec<_>>()})))
        }
        "ListAccountAssignments" => Some(json(&json!({"AccountAssignments": []}))),
        _ => None,
    };
    let asked = ask(management(), &TWO, &AwsOptions::default(), many).await;
    assert_eq!(asked.endpoint.calls("ListAccountAssignments"), 200);
    assert!(asked.gaps().iter().any(|(read, reason, _)| {
        (*read, *reason) == ("sso:ListAccountAssignments", GapReason::NotRequested)
    }));
    let deep = AwsOptions { deep: true, ..AwsOptions::default() };
    let asked = ask(management(), &TWO, &deep, many).await;
    assert_eq!((asked.endpoint.calls("ListAccountAssignments"), asked.gaps()), (203, vec![]));
}
