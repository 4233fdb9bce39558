//! One account and its membership, against a scripted endpoint.

mod usage;

use census_model::Gap;
use census_provider_api::Silent;

use super::*;
use crate::{
    client::Partition,
    documents::AccountFile,
    testing::{Answer, Endpoint, error, ok},
};

const ACCOUNT: &str = "111122223333";

/// Authorization details of users, with the marker of a next page.
fn details(users: &[&str], marker: Option<&str>) -> Answer {
    let member = |name: &&str| {
        format!(
            "<member><Path>/</Path><UserName>{name}</UserName><UserId>ID{name}</UserId>\
             <Arn>arn:aws:iam::{ACCOUNT}:user/{name}</Arn></member>"
        )
    };
    let list: String = users.iter().map(member).collect();
    let more = marker.map_or("<IsTruncated>false</IsTruncated>".to_owned(), |marker| {
        format!("<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>")
    });
    ok(
        "GetAccountAuthorizationDetails",
        &format!(
            "<UserDetailList>{list}</UserDetailList><RoleDetailList/><Policies/><GroupDetailList/>{more}"
        ),
    )
}

/// A report of users, of whom those with a `+` hold a key.
fn report(users: &[&str]) -> Answer {
    let mut text = "user,arn,access_key_1_active,access_key_1_last_rotated\n".to_owned();
    for user in users {
        let name = user.trim_end_matches('+');
        let key = if name == *user { "false,N/A" } else { "true,2024-01-01T00:00:00+00:00" };
        text.push_str(&format!("{name},arn:aws:iam::{ACCOUNT}:user/{name},{key}\n"));
    }
    let content = aws_smithy_types::base64::encode(text);
    ok(
        "GetCredentialReport",
        &format!("<Content>{content}</Content><GeneratedTime>2026-01-02T03:04:05Z</GeneratedTime>"),
    )
}

/// What an account with users `a` (with a key) and `b` answers.
fn usual(operation: &str) -> Answer {
    match operation {
        "GenerateCredentialReport" => ok(operation, "<State>COMPLETE</State>"),
        "GetCredentialReport" => report(&["a+", "b"]),
        "GetAccountAuthorizationDetails" => details(&["a", "b"], None),
        "GetAccountSummary" => {
            let entries = ["Providers", "ServerCertificates"];
            let entry = |key: &str| format!("<entry><key>{key}</key><value>0</value></entry>");
            ok(operation, &format!("<SummaryMap>{}</SummaryMap>", entries.map(entry).concat()))
        }
        "ListAccessKeys" => {
            let key = "<member><UserName>a</UserName><AccessKeyId>AKIAA</AccessKeyId><Status>Active</Status></member>";
            ok(
                operation,
                &format!("<AccessKeyMetadata>{key}</AccessKeyMetadata><IsTruncated>false</IsTruncated>"),
            )
        }
        "ListServiceSpecificCredentials" => {
            ok(operation, "<ServiceSpecificCredentials/><IsTruncated>false</IsTruncated>")
        }
        _ => error(400, "InvalidAction"),
    }
}

async fn read_from(endpoint: &Endpoint, options: &AwsOptions) -> Batch {
    let api = Connection::for_test(&endpoint.url, 1, 0).api();
    // Workloads and resource policies have tests of their own.
    let options = &AwsOptions { workloads: false, resource_policies: false, ..options.clone() };
    let (partition, home) = (Partition::Aws, "us-east-1");
    let caller = Caller { arn: String::new(), account: ACCOUNT.into(), partition };
    let center = &IdentityCenter::new(api.clone(), &caller, Standing::Alone, options.deep);
    let circumstances = Circumstances { options, progress: &Silent, partition, home, center };
    let mut batch = account::read(&api, ACCOUNT, circumstances).await;
    batch.gaps.retain(|gap| !["lambda:ListFunctions", "s3:GetBucketPolicy"].contains(&&*gap.read));
    batch
}

fn failures(batch: &Batch) -> Vec<(&str, GapReason)> {
    let failures = batch.gaps.iter().filter(|gap| gap.reason.is_failure());
    failures.map(|gap| (&*gap.read, gap.reason)).collect()
}

fn file(batch: &Batch, file: AccountFile) -> Option<(String, bool)> {
    let path = file.path(ACCOUNT).unwrap();
    let found = batch.files.iter().find(|(known, _, _)| *known == path)?;
    Some((String::from_utf8(found.1.clone()).unwrap(), found.2.complete))
}

#[tokio::test]
async fn only_holders_are_asked_and_the_account_is_done() {
    let endpoint = Endpoint::new(|operation, _| usual(operation)).await;
    let batch = read_from(&endpoint, &AwsOptions::default()).await;
    assert_eq!(failures(&batch), []);
    assert_eq!(batch.done.as_deref(), Some(ACCOUNT));
    assert_eq!(endpoint.calls("ListAccessKeys"), 1);
    for unasked in
        ["ListSSHPublicKeys", "ListServerCertificates", "ListSAMLProviders", "ListSigningCertificates"]
    {
        assert_eq!(endpoint.calls(unasked), 0, "{unasked}");
    }
    let (keys, complete) = file(&batch, AccountFile::AccessKeys).unwrap();
    assert!(keys.contains("AKIAA") && complete);
    for empty in [AccountFile::OidcProviders, AccountFile::SamlProviders, AccountFile::ServerCertificates] {
        assert_eq!(file(&batch, empty), Some(("[]\n".into(), true)), "{empty:?}");
    }
    let ssh: Vec<&Gap> = batch.gaps.iter().filter(|gap| &*gap.read == "iam:ListSSHPublicKeys").collect();
    assert_eq!(ssh.len(), 1);
    assert_eq!(ssh[0].reason, GapReason::NotRequested);
    assert_eq!(file(&batch, AccountFile::SshPublicKeys), None);
}

#[tokio::test]
async fn a_report_in_the_making_is_waited_for_and_a_lost_one_asked_for_again() {
    let endpoint = Endpoint::new(|operation, before| match (operation, before) {
        ("GenerateCredentialReport", 0) => ok(operation, "<State>STARTED</State>"),
        ("GetCredentialReport", 0) => error(410, "ReportExpired"),
        ("GetCredentialReport", 1) => error(404, "ReportInProgress"),
        _ => usual(operation),
    })
    .await;
    let batch = read_from(&endpoint, &AwsOptions::default()).await;
    assert_eq!(failures(&batch), []);
    assert_eq!(endpoint.calls("GenerateCredentialReport"), 2);
    assert_eq!(endpoint.calls("GetCredentialReport"), 3);
    let made = batch.files.iter().find_map(|(_, _, entry)| entry.as_of).unwrap();
    assert_eq!(made.to_string(), "2026-01-02T03:04:05Z");
}

#[tokio::test]
async fn a_report_that_never_comes_is_a_gap_and_no_user_is_asked() {
    let endpoint = Endpoint::new(|operation, _| match operation {
        "GetCredentialReport" => error(404, "ReportInProgress"),
        _ => usual(operation),
    })
    .await;
    let options = AwsOptions { credential_report_wait_seconds: 0, ..AwsOptions::default() };
    let batch = read_from(&endpoint, &options).await;
    assert_eq!(failures(&batch), [("iam:GetCredentialReport", GapReason::Failed)]);
    assert_eq!(endpoint.calls("ListAccessKeys"), 0);
    assert_eq!(file(&batch, AccountFile::AccessKeys), None);
    assert_eq!(batch.done, None, "another run may find the report ready");
    let keys = batch.gaps.iter().find(|gap| &*gap.read == "iam:ListAccessKeys").unwrap();
    assert_eq!(keys.reason, GapReason::NotRequested);
}

#[tokio::test]
async fn a_skewed_report_is_asked_for_once_more() {
    let skewed = |operation: &str, before: usize, heals: bool| match (operation, before) {
        ("GetCredentialReport", 0) => report(&["a"]),
        ("GetCredentialReport", _) if !heals => report(&["a"]),
        _ => usual(operation),
    };
    let endpoint = Endpoint::new(move |operation, before| skewed(operation, before, true)).await;
    let batch = read_from(&endpoint, &AwsOptions::default()).await;
    assert_eq!(endpoint.calls("GenerateCredentialReport"), 2);
    assert!(file(&batch, AccountFile::CredentialReport).unwrap().0.contains("user/b"));

    let endpoint = Endpoint::new(move |operation, before| skewed(operation, before, false)).await;
    let batch = read_from(&endpoint, &AwsOptions::default()).await;
    assert_eq!(endpoint.calls("GetCredentialReport"), 2);
    assert!(!file(&batch, AccountFile::CredentialReport).unwrap().0.contains("user/b"));
    assert_eq!(endpoint.calls("ListAccessKeys"), 1, "of b, whom the report does not know");
}

#[tokio::test]
async fn a_key_without_an_id_is_not_lost_in_silence() {
    let endpoint = Endpoint::new(|operation, _| match operation {
        "ListAccessKeys" => ok(
            operation,
            "<AccessKeyMetadata><member><UserName>a</UserName><Status>Active</Status></member></AccessKeyMetadata>\
             <IsTruncated>false</IsTruncated>",
        ),
        _ => usual(operation),
    })
    .await;
    let batch = read_from(&endpoint, &AwsOptions::default()).await;
    assert_eq!(failures(&batch), [("iam:ListAccessKeys", GapReason::Invalid)]);
    assert_eq!(file(&batch, AccountFile::AccessKeys), Some(("[]\n".into(), false)));
}

#[tokio::test]
async fn a_marker_that_repeats_ends_the_listing() {
    let endpoint = Endpoint::new(|operation, before| match (operation, before) {
        ("GetAccountAuthorizationDetails", 0) => details(&["a"], Some("m")),
        ("GetAccountAuthorizationDetails", _) => details(&["b"], Some("m")),
        _ => usual(operation),
    })
    .await;
    let batch = read_from(&endpoint, &AwsOptions::default()).await;
    assert_eq!(endpoint.calls("GetAccountAuthorizationDetails"), 2);
    assert_eq!(failures(&batch), [("iam:GetAccountAuthorizationDetails", GapReason::Truncated)]);
    let (text, complete) = file(&batch, AccountFile::AuthorizationDetails).unwrap();
    assert!(text.contains("user/a") && text.contains("user/b") && text.contains("\"IsTruncated\":true"));
    assert!(!complete);
    assert_eq!(batch.done, None);
}

#[tokio::test]
async fn a_page_that_fails_leaves_the_earlier_ones() {
    let endpoint = Endpoint::new(|operation, before| match (operation, before) {
        ("GetAccountAuthorizationDetails", 0) => details(&["a"], Some("m")),
        ("GetAccountAuthorizationDetails", _) => error(403, "AccessDenied"),
        _ => usual(operation),
    })
    .await;
    let batch = read_from(&endpoint, &AwsOptions::default()).await;
    assert_eq!(failures(&batch), [("iam:GetAccountAuthorizationDetails", GapReason::Truncated)]);
    let (text, complete) = file(&batch, AccountFile::AuthorizationDetails).unwrap();
    assert!(text.contains("user/a") && !complete);
}

#[tokio::test]
async fn a_denied_user_is_named_and_a_deleted_one_is_inconsistent() {
    for (status, code, expected) in
        [(403, "AccessDenied", GapReason::Denied), (404, "NoSuchEntity", GapReason::Inconsistent)]
    {
        let endpoint = Endpoint::new(move |operation, _| match operation {
            "ListAccessKeys" => error(status, code),
            _ => usual(operation),
        })
        .await;
        let batch = read_from(&endpoint, &AwsOptions::default()).await;
        assert_eq!(failures(&batch), [("iam:ListAccessKeys", expected)]);
        let gap = batch.gaps.iter().find(|gap| gap.reason == expected).unwrap();
        assert_eq!(gap.affects, [Text::from("aws:arn:aws:iam::111122223333:user/a")]);
        assert_eq!(batch.done.as_deref(), Some(ACCOUNT), "{code} would be the same the next time");
    }
}

#[tokio::test]
async fn everything_denied_is_a_gap_for_each_read_and_no_document() {
    let endpoint = Endpoint::new(|_, _| error(403, "AccessDenied")).await;
    let options = AwsOptions { deep: true, ..AwsOptions::default() };
    let batch = read_from(&endpoint, &options).await;
    assert!(batch.files.is_empty());
    let denied: Vec<&str> =
        batch.gaps.iter().filter(|g| g.reason == GapReason::Denied).map(|g| &*g.read).collect();
    let expected = [
        "iam:GenerateCredentialReport",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetCredentialReport",
        "iam:GetAccountSummary",
        "iam:ListServiceSpecificCredentials",
        "iam:ListServerCertificates",
        "iam:ListOpenIDConnectProviders",
        "iam:ListSAMLProviders",
    ];
    assert_eq!(denied, expected);
}

#[tokio::test]
async fn no_organization_is_told_from_one_that_cannot_be_seen() {
    let caller = Caller { arn: String::new(), account: ACCOUNT.into(), partition: Partition::Aws };
    let membership = async |body: &'static str| {
        let endpoint = Endpoint::new(move |_, _| (400, body.to_owned())).await;
        let api = Connection::for_test(&endpoint.url, 1, 0).api();
        organization::membership(&api, &caller).await.0
    };
    let none = membership(r#"{"__type":"AWSOrganizationsNotInUseException"}"#).await;
    assert_eq!(none.gaps, []);
    assert!(String::from_utf8(none.files[0].1.clone()).unwrap().starts_with(r#"{"id":null"#));
    let denied = membership(r#"{"__type":"AccessDeniedException"}"#).await;
    assert_eq!(failures(&denied), [("organizations:DescribeOrganization", GapReason::Denied)]);
    assert!(denied.files.is_empty());
}
