//! Credentials from whichever source knows, and what they say of people and programs.

use census_model::{
    Credential, CredentialKind as Kind, CredentialStatus as Status, Holder, NatureKind, Observed,
};
use serde_json::{Value, json};

use super::*;

const KEY_1: &str = "true,2025-01-01T00:00:00+00:00,2026-05-01T10:00:00+00:00,eu-west-1,s3";
const NO_KEY: &str = "false,N/A,N/A,N/A,N/A";
const NO_CERTIFICATES: &str = "false,N/A,false,N/A";
const NO_PASSWORD: &str = "false,N/A,N/A,N/A";
const PASSWORD: &str = "true,2026-04-01T00:00:00+00:00,2025-02-01T00:00:00+00:00,N/A";

fn keys(first: &str, second: &str) -> String {
    format!("false,{first},{second},{NO_CERTIFICATES}")
}

fn users(names: &[&str]) -> Value {
    json!({"UserDetailList": names.iter().map(|name| user(name)).collect::<Vec<_>>()})
}

fn key(user: &str, id: &str, created: &str, status: &str) -> Value {
    json!({"UserName": user, "AccessKeyId": id, "Status": status, "CreateDate": created})
}

fn one(estate: &Estate, kind: Kind) -> Credential {
    let found: Vec<_> = credentials(estate, "user/u").into_iter().filter(|c| c.kind == kind).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

fn nature(estate: &Estate) -> NatureKind {
    identity(estate, "user/u").nature.kind
}

#[test]
fn a_report_older_than_the_user_tells_of_another_one_of_the_same_name() {
    let new = with(user("u"), &json!({"CreateDate": "2026-05-31T23:00:00Z"}));
    let estate = Folder::complete()
        .details(&json!({"UserDetailList": [new]}))
        .report(&[&row("u", PASSWORD, &keys(KEY_1, NO_KEY))])
        .without("login-profiles.json")
        .of_account(
            "access-keys.json",
            &json!([key("u", "AKIA9", "2026-05-31T23:10:00Z", "Active")]).to_string(),
        )
        .read();
    let found = credentials(&estate, "user/u");
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(only.key_id.as_deref(), Some("AKIA9"));
    assert!(matches!(only.last_used, Observed::NotVisible(_)), "the old key's use is not the new one's");
    assert_eq!(nature(&estate), NatureKind::Unknown, "the password was the old user's");
    let gap = gap(&estate, "inconsistent iam:GetCredentialReport");
    assert_eq!(texts(&gap.affects), [format!("aws:{}", arn("user/u"))]);
}

#[test]
fn keys_of_list_and_report_are_joined_by_date() {
    let second = "false,2025-06-01T00:00:00+00:00,N/A,N/A,N/A";
    let estate = Folder::complete()
        .details(&users(&["u"]))
        .report(&[&row("u", NO_PASSWORD, &keys(KEY_1, second))])
        .of_account(
            "access-keys.json",
            &json!([
                key("u", "AKIA2", "2025-06-01T00:00:00Z", "Inactive"),
                key("u", "AKIA1", "2025-01-01T00:00:00.4Z", "Active"),
            ])
            .to_string(),
        )
        .read();
    let found = credentials(&estate, "user/u");
    let [first, second] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(first.id.as_str(), format!("aws:{}#access-key/AKIA1", arn("user/u")));
    assert_eq!((first.key_id.as_deref(), first.status), (Some("AKIA1"), Status::Active));
    let used = first.last_used.known().unwrap();
    assert_eq!((used.at, used.service.as_deref()), (at("2026-05-01T10:00:00Z"), Some("s3")));
    assert_eq!(used.region.as_deref(), Some("eu-west-1"));
    assert_eq!((second.key_id.as_deref(), second.status), (Some("AKIA2"), Status::Inactive));
    assert_eq!(second.last_used, Observed::NotSince(at("2025-06-01T00:00:00Z")));
    assert_eq!(gaps(&estate), Vec::<String>::new());
    assert_eq!(nature(&estate), NatureKind::Machine);
}

#[test]
fn a_key_older_than_the_tracking_is_not_seen_since_its_begin() {
    let old = "true,2013-01-01T00:00:00+00:00,N/A,N/A,N/A";
    let estate = Folder::complete()
        .details(&users(&["u"]))
        .without("access-keys.json")
        .report(&[&row("u", NO_PASSWORD, &keys(old, NO_KEY))])
        .read();
    let key = one(&estate, Kind::AccessKey);
    assert_eq!(key.last_used, Observed::NotSince(at("2015-04-22T00:00:00Z")));
    // Without the list its id is not known, but it is there.
    assert_eq!((key.key_id.as_deref(), key.status), (None, Status::Active));
    assert!(key.id.as_str().ends_with("#access-key/slot-1"));
    assert_eq!(gaps(&estate), ["not-provided iam:ListAccessKeys"]);
    assert_eq!(nature(&estate), NatureKind::Machine);
}

#[test]
fn without_the_report_the_use_is_not_visible_and_the_nature_unknown() {
    let list = json!([key("u", "AKIA1", "2025-01-01T00:00:00Z", "Active")]).to_string();
    let folder = Folder::complete()
        .details(&users(&["u", "v"]))
        .without("credential-report.csv")
        .of_account("access-keys.json", &list);
    let estate = folder.clone().without("login-profiles.json").read();
    let report = gap(&estate, "not-provided iam:GetCredentialReport").id.clone();
    assert_eq!(one(&estate, Kind::AccessKey).last_used, Observed::NotVisible(report.clone()));
    assert_eq!(identity(&estate, "user/u").last_used, Observed::NotVisible(report.clone()));
    assert_eq!(nature(&estate), NatureKind::Unknown, "the password is not visible");
    // The root user exists all the same; the summary tells of its second factor.
    let root = identity(&estate, "root");
    assert_eq!(root.last_used, Observed::NotVisible(report));
    assert!(credentials(&estate, "root").iter().any(|c| c.kind == Kind::MfaDevice));

    // A list of login profiles proves that there is no password.
    assert_eq!(nature(&folder.read()), NatureKind::Machine);
    // Without the list of keys a password alone does not prove that only people use the user.
    let password = json!([{"UserName": "u", "CreateDate": "2025-01-01T00:00:00Z"}]).to_string();
    let estate = folder.without("access-keys.json").of_account("login-profiles.json", &password).read();
    assert_eq!(nature(&estate), NatureKind::Unknown);
    assert_eq!(one(&estate, Kind::ConsolePassword).created, Some(at("2025-01-01T00:00:00Z")));
}

#[test]
fn passwords_second_factors_and_keys_make_people_programs_or_both() {
    let read = |row: &str| {
        Folder::complete().details(&users(&["u"])).without("access-keys.json").report(&[row]).read()
    };
    let estate = read(&row("u", PASSWORD, NO_KEYS));
    let password = one(&estate, Kind::ConsolePassword);
    assert_eq!(password.created, Some(at("2025-02-01T00:00:00Z")));
    assert_eq!(password.last_used.known().map(|used| used.at), Some(at("2026-04-01T00:00:00Z")));
    assert_eq!(nature(&estate), NatureKind::Human);
    assert_eq!(nature(&read(&row("u", PASSWORD, &keys(KEY_1, NO_KEY)))), NatureKind::Mixed);
    assert_eq!(nature(&read(&row("u", NO_PASSWORD, NO_KEYS))), NatureKind::Unknown);
    let estate = read(&row("u", NO_PASSWORD, &NO_KEYS.replacen("false", "true", 1)));
    assert_eq!(nature(&estate), NatureKind::Human);
    let device = one(&estate, Kind::MfaDevice);
    assert_eq!(
        device.last_used,
        Observed::NotVisible(gap(&estate, "not-requested iam:ListMFADevices").id.clone())
    );
    assert!(estate.is_complete() || gaps(&estate).iter().all(|gap| gap.starts_with("not-")));
}

#[test]
fn a_password_never_used_is_not_seen_since_it_was_set() {
    let estate = Folder::complete()
        .details(&users(&["u"]))
        .report(&[&row("u", "true,no_information,2025-02-01T00:00:00+00:00,N/A", NO_KEYS)])
        .without("login-profiles.json")
        .read();
    let since = Observed::NotSince(at("2025-02-01T00:00:00Z"));
    assert_eq!(one(&estate, Kind::ConsolePassword).last_used, since);
}

#[test]
fn contradictions_are_gaps_and_lose_nothing() {
    let folder = |rows: &[&str], list: Value| {
        Folder::complete()
            .details(&users(&["u"]))
            .report(rows)
            .of_account("access-keys.json", &list.to_string())
    };
    // A key that only the report has, and one that only the list has.
    let estate = folder(&[&row("u", NO_PASSWORD, &keys(KEY_1, NO_KEY))], json!([])).read();
    assert_eq!(gaps(&estate), ["inconsistent iam:GetCredentialReport"]);
    assert_eq!(credentials(&estate, "user/u").len(), 1);
    let list = json!([key("u", "AKIA1", "2025-01-01T00:00:00Z", "Active")]);
    let estate = folder(&[&row("u", NO_PASSWORD, NO_KEYS)], list).read();
    let skew = gap(&estate, "inconsistent iam:GetCredentialReport");
    assert_eq!(texts(&skew.affects), [identity(&estate, "user/u").id.as_str()]);
    assert_eq!(one(&estate, Kind::AccessKey).last_used, Observed::NotVisible(skew.id.clone()));
    // A password that only the report has.
    let estate = folder(&[&row("u", PASSWORD, NO_KEYS)], json!([])).read();
    assert_eq!(gaps(&estate), ["inconsistent iam:GetCredentialReport"]);
    assert_eq!(one(&estate, Kind::ConsolePassword).status, Status::Active);
}

#[test]
fn certificates_ssh_keys_and_service_specific_credentials() {
    let certificates =
        "false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,true,2025-03-01T00:00:00+00:00,false,N/A";
    let estate = Folder::complete()
        .details(&users(&["u"]))
        .report(&[&row("u", NO_PASSWORD, certificates)])
        .of_account(
            "signing-certificates.json",
            r#"{"Certificates":[{"UserName":"u","CertificateId":"C1","CertificateBody":"x","Status":"Active","UploadDate":"2025-03-01T00:00:00Z"}]}"#,
        )
        .of_account(
            "ssh-public-keys.json",
            r#"{"SSHPublicKeys":[{"UserName":"u","SSHPublicKeyId":"APKA1","Status":"Inactive","UploadDate":"2025-03-01T00:00:00Z"}]}"#,
        )
        .of_account(
            "service-specific-credentials.json",
            r#"{"ServiceSpecificCredentials":[{"UserName":"u","ServiceSpecificCredentialId":"ACCA1","ServiceName":"bedrock.amazonaws.com",
                "Status":"Expired","CreateDate":"2025-03-01T00:00:00Z","ExpirationDate":"2025-04-01T00:00:00Z"}]}"#,
        )
        .of_account(
            "server-certificates.json",
            &json!({"ServerCertificateMetadataList":[{"Path":"/","ServerCertificateName":"web","ServerCertificateId":"ASCA1",
                "Arn":arn("server-certificate/web"),"UploadDate":"2024-01-01T00:00:00Z","Expiration":"2024-06-01T00:00:00Z"}]})
            .to_string(),
        )
        .read();
    assert_eq!(gaps(&estate), Vec::<String>::new());
    assert_eq!(one(&estate, Kind::SigningCertificate).key_id.as_deref(), Some("C1"));
    assert_eq!(one(&estate, Kind::SshPublicKey).status, Status::Inactive);
    let specific = one(&estate, Kind::ServiceSpecificCredential);
    assert_eq!(specific.label.as_deref(), Some("bedrock.amazonaws.com"));
    assert_eq!((specific.status, specific.expires), (Status::Expired, Some(at("2025-04-01T00:00:00Z"))));
    let not_told = gap(&estate, "not-requested iam:GetServiceLastAccessedDetails");
    assert_eq!(specific.last_used, Observed::NotVisible(not_told.id.clone()));
    assert_eq!(nature(&estate), NatureKind::Machine);
    let server = estate.credentials.iter().find(|c| c.kind == Kind::ServerCertificate).unwrap();
    assert!(
        matches!(&server.holder, Holder::Scope(scope) if scope.as_str() == format!("aws:account/{ACCOUNT}"))
    );
    assert_eq!((server.status, server.key_id.as_deref()), (Status::Expired, Some("ASCA1")));
}

#[test]
fn the_root_user() {
    let root_with = |from: &str, to: &str| {
        let report = format!("{HEADER}\n{}\n", ROOT_ROW.replace(from, to));
        Folder::complete().of_account("credential-report.csv", &report)
    };
    let kinds = |estate: &Estate| credentials(estate, "root").iter().map(|c| c.kind).collect::<Vec<_>>();
    let estate = root_with("", "").read();
    let root = identity(&estate, "root");
    assert_eq!((root.nature.kind, root.immutable_id.as_deref()), (NatureKind::Human, Some(ACCOUNT)));
    assert_eq!(root.created, Some(at("2020-01-01T00:00:00Z")));
    assert_eq!(root.last_used.known().map(|used| used.at), Some(at("2026-01-05T08:00:00Z")));
    assert_eq!(kinds(&estate), [Kind::ConsolePassword, Kind::MfaDevice]);

    let estate =
        root_with("true,false,N/A,N/A,N/A,N/A", "true,true,2021-01-01T00:00:00+00:00,N/A,N/A,N/A").read();
    assert_eq!(kinds(&estate), [Kind::AccessKey, Kind::ConsolePassword, Kind::MfaDevice]);
    assert_eq!(identity(&estate, "root").nature.kind, NatureKind::Mixed);

    // Credentials of the root user that were removed centrally.
    let estate = root_with("not_supported,2026-01-05T08:00:00+00:00", "FALSE,N/A").read();
    assert_eq!(kinds(&estate), [Kind::MfaDevice]);

    // Report and summary differ on the second factor.
    let estate = root_with("true,false,N/A", "false,false,N/A").read();
    assert_eq!(gaps(&estate), ["inconsistent iam:GetCredentialReport"]);

    // Summary alone: that there is a key is known.
    let estate = Folder::complete()
        .without("credential-report.csv")
        .of_account(
            "account-summary.json",
            r#"{"AccountMFAEnabled":0,"AccountAccessKeysPresent":1,"AccountPasswordPresent":1}"#,
        )
        .read();
    assert_eq!(kinds(&estate), [Kind::AccessKey, Kind::ConsolePassword]);
}

#[test]
fn the_report_as_the_command_line_prints_it() {
    let report = format!("{HEADER}\n{ROOT_ROW}\n{}\n", row("u", PASSWORD, NO_KEYS));
    let content = aws_smithy_types::base64::encode(report);
    let json =
        json!({"Content": content, "ReportFormat": "text/csv", "GeneratedTime": "2026-05-30T00:00:00+00:00"});
    let estate = Folder::complete()
        .details(&users(&["u"]))
        .without("credential-report.csv")
        .without("login-profiles.json")
        .of_account("credential-report.json", &json.to_string())
        .read();
    assert_eq!(gaps(&estate), Vec::<String>::new());
    assert_eq!(nature(&estate), NatureKind::Human);
    let source = estate.sources.iter().find(|s| s.document.ends_with("credential-report.json")).unwrap();
    assert_eq!(source.as_of, Some(at("2026-05-30T00:00:00Z")));
}
