//! One account and its membership, against a scripted endpoint.

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

/// A report of last accessed services.
fn last_accessed(status: &str, services: &str) -> Answer {
    let dates = "<JobCreationDate>2026-05-30T09:59:58Z</JobCreationDate>\
                 <JobCompletionDate>2026-05-30T10:00:00Z</JobCompletionDate>";
    ok(
        "GetServiceLastAccessedDetails",
        &format!(
            "<JobStatus>{status}</JobStatus><JobType>ACTION_LEVEL</JobType>{dates}\
             <ServicesLastAccessed>{services}</ServicesLastAccessed>"
        ),
    )
}

const S3: &str = "<member><ServiceName>Amazon S3</ServiceName><LastAuthenticated>2026-05-20T00:00:00Z</LastAuthenticated>\
                  <ServiceNamespace>s3</ServiceNamespace><LastAuthenticatedRegion>eu-west-1</LastAuthenticatedRegion>\
                  <TotalAuthenticatedEntities>1</TotalAuthenticatedEntities><TrackedActionsLastAccessed>\
                  <member><ActionName>CreateBucket</ActionName></member></TrackedActionsLastAccessed></member>";

fn deep(usage_identities: usize) -> AwsOptions {
    AwsOptions { deep: true, usage_identities, usage_report_wait_seconds: 1, ..AwsOptions::default() }
}

/// What a deep scan of users `a` and `b` answers, whose reports are ready at the second request.
fn usage(operation: &str, before: usize) -> Answer {
    match (operation, before) {
        ("GenerateServiceLastAccessedDetails", _) => {
            ok(operation, "<JobId>examplef-1305-c245-eba4-71fe298bcda7</JobId>")
        }
        ("GetServiceLastAccessedDetails", 0) => last_accessed("IN_PROGRESS", ""),
        ("GetServiceLastAccessedDetails", _) => {
            let unused = "<member><ServiceName>AWS KMS</ServiceName><ServiceNamespace>kms</ServiceNamespace>\
                          <TrackedActionsLastAccessed><member><ActionName>CreateKey</ActionName></member>\
                          </TrackedActionsLastAccessed></member>";
            last_accessed("COMPLETED", &format!("{S3}{unused}"))
        }
        ("ListSSHPublicKeys", _) => ok(operation, "<SSHPublicKeys/><IsTruncated>false</IsTruncated>"),
        _ => usual(operation),
    }
}

/// The gaps about last accessed services, by reason and how many they affect.
fn usage_gaps(batch: &Batch) -> Vec<(GapReason, usize)> {
    let of = batch.gaps.iter().filter(|gap| gap.read.contains("ServiceLastAccessedDetails"));
    of.map(|gap| (gap.reason, gap.affects.len())).collect()
}

#[tokio::test]
async fn a_deep_scan_asks_what_was_used_and_waits_for_the_answer() {
    let endpoint = Endpoint::new(usage).await;
    let batch = read_from(&endpoint, &deep(200)).await;
    assert_eq!((failures(&batch), usage_gaps(&batch)), (vec![], vec![]));
    assert_eq!(endpoint.calls("GenerateServiceLastAccessedDetails"), 2);
    assert_eq!(endpoint.calls("GetServiceLastAccessedDetails"), 3);
    let (text, complete) = file(&batch, AccountFile::ServiceLastAccessed).unwrap();
    assert!(complete && text.contains("user/a") && text.contains("user/b"), "{text}");
    assert!(
        text.contains("CreateBucket") && text.contains("\"kms\"") && !text.contains("CreateKey"),
        "{text}"
    );
    assert!(!text.contains("TotalAuthenticatedEntities"), "only what is needed is kept");
    let endpoint = Endpoint::new(usage).await;
    read_from(&endpoint, &AwsOptions::default()).await;
    assert_eq!(endpoint.calls("GenerateServiceLastAccessedDetails"), 0, "not without --deep");
}

#[tokio::test]
async fn those_beyond_the_limit_are_named() {
    let endpoint = Endpoint::new(usage).await;
    let batch = read_from(&endpoint, &deep(1)).await;
    assert_eq!(usage_gaps(&batch), [(GapReason::NotRequested, 1)]);
    assert_eq!(endpoint.calls("GenerateServiceLastAccessedDetails"), 1);
    let endpoint = Endpoint::new(usage).await;
    let batch = read_from(&endpoint, &deep(0)).await;
    assert_eq!(usage_gaps(&batch), [(GapReason::NotRequested, 2)]);
}

#[tokio::test]
async fn pages_of_services_are_joined() {
    let endpoint = Endpoint::new(|operation, before| match (operation, before) {
        ("GetServiceLastAccessedDetails", 0 | 2) => {
            let (status, body) = last_accessed("COMPLETED", S3);
            let more =
                "<IsTruncated>true</IsTruncated><Marker>m</Marker></GetServiceLastAccessedDetailsResult>";
            (status, body.replace("</GetServiceLastAccessedDetailsResult>", more))
        }
        ("GetServiceLastAccessedDetails", 3) => error(400, "ValidationError"),
        _ => usage(operation, before),
    })
    .await;
    let batch = read_from(&endpoint, &deep(200)).await;
    let (text, complete) = file(&batch, AccountFile::ServiceLastAccessed).unwrap();
    assert!(text.contains("kms") && text.contains("\"IsTruncated\":true") && !complete, "{text}");
    assert_eq!(usage_gaps(&batch), [(GapReason::Truncated, 1)]);
}

#[tokio::test]
async fn what_fails_is_a_gap_and_what_fails_for_all_is_asked_once() {
    let html = || (500, "<!DOCTYPE html><html></html>".to_owned());
    for (call, answer, gaps, asked) in [
        ("GenerateServiceLastAccessedDetails", error(403, "AccessDenied"), vec![(GapReason::Denied, 0)], 1),
        ("GetServiceLastAccessedDetails", error(403, "AccessDenied"), vec![(GapReason::Denied, 0)], 1),
        (
            "GenerateServiceLastAccessedDetails",
            error(400, "InvalidAction"),
            vec![(GapReason::NotProvided, 0)],
            1,
        ),
        (
            "GenerateServiceLastAccessedDetails",
            error(404, "NoSuchEntity"),
            vec![(GapReason::Inconsistent, 2)],
            2,
        ),
        ("GetServiceLastAccessedDetails", last_accessed("IN_PROGRESS", ""), vec![(GapReason::Failed, 2)], 2),
        ("GetServiceLastAccessedDetails", last_accessed("FAILED", ""), vec![(GapReason::Failed, 2)], 2),
        ("GetServiceLastAccessedDetails", html(), vec![(GapReason::Failed, 2)], 2),
    ] {
        let (operation, scripted) = (call, answer.clone());
        let endpoint = Endpoint::new(
            move |name, before| if name == operation { scripted.clone() } else { usage(name, before) },
        )
        .await;
        let batch = read_from(&endpoint, &deep(200)).await;
        assert_eq!(usage_gaps(&batch), gaps, "{call}: {answer:?}");
        assert_eq!(endpoint.calls("GenerateServiceLastAccessedDetails"), asked, "{call}: {answer:?}");
    }
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
