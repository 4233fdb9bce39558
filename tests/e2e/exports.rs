//! Plain output of the `aws` command, dropped into a folder, is enough.

use serde_json::{Value, json};

use crate::support::{
    census::Census,
    export::{ACCOUNT, company, details, key, role, scan_export, user},
    report::{assert_complete, credentials, failures, identity, list},
};

fn complete(census: &Census) -> Value {
    let run = scan_export(census);
    let report = run.json();
    assert_complete(run.status.code().expect("a status"), &report);
    report
}

#[test]
fn plain_output_of_the_aws_command_is_enough() {
    let keys = [key("deploy", 1)];
    let report_line = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
        password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
        access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
        access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
        cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n\
        <root_account>,arn:aws:iam::111122223333:root,2019-01-01T00:00:00+00:00,not_supported,no_information,\
        not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n\
        backup,arn:aws:iam::111122223333:user/backup,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,false,\
        N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n\
        deploy,arn:aws:iam::111122223333:user/deploy,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,\
        2020-01-02T00:00:00+00:00,2026-05-20T10:00:00+00:00,eu-west-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n";
    for prefix in ["export", "export/accounts/111122223333"] {
        let census = Census::offline();
        census.file(&format!("{prefix}/authorization-details.json"), company().to_string());
        census.file(&format!("{prefix}/access-keys.json"), json!(keys).to_string());
        census.file(&format!("{prefix}/credential-report.csv"), report_line);
        census.file("export/README with spaces.txt", "not ours");
        let report = complete(&census);
        assert_eq!(report["scan"]["as_of"], "2026-06-01T00:00:00Z");
        let deploy = identity(&report, "arn:aws:iam::111122223333:user/deploy");
        let expected = [("AKIAEXAMPLE000000001".to_owned(), "active".to_owned())];
        assert_eq!(credentials(deploy, "access-key"), expected.into_iter().collect());
        let key =
            list(deploy, "credentials").iter().find(|c| c["kind"] == "access-key").expect("compared above");
        assert_eq!(key["last_used"]["at"], "2026-05-20T10:00:00Z", "joined by creation date: {key:#}");
        assert_eq!(deploy["scope"], format!("aws:account/{ACCOUNT}"));
        assert!(!list(&report, "gaps").is_empty(), "what is not provided is a gap, though no failure");
    }
}

#[test]
fn pages_that_were_appended_are_one_document() {
    let whole = Census::offline();
    whole.file("export/authorization-details.json", company().to_string());
    let pages = Census::offline();
    let (first, second) = (details(&[user("deploy")], &[]), company());
    pages.file("export/authorization-details.json", format!("{first:#}\n{second}\n"));
    let (mut a, mut b) = (complete(&whole), complete(&pages));
    a["scan"].take();
    b["scan"].take();
    assert_eq!(a, b);
}

#[test]
fn policy_documents_read_encoded_and_plain_and_as_text() {
    let plain = role("lambda", &json!({ "Service": "lambda.amazonaws.com" }));
    let document = plain["AssumeRolePolicyDocument"].to_string();
    let encoded: String = document
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let read = |document: Value| {
        let mut role = plain.clone();
        role["AssumeRolePolicyDocument"] = document;
        let census = Census::offline();
        census.file("export/authorization-details.json", details(&[], &[role]).to_string());
        let mut report = complete(&census);
        report["scan"].take();
        report
    };
    let expected = read(plain["AssumeRolePolicyDocument"].clone());
    assert_eq!(read(Value::String(document)), expected);
    assert_eq!(read(Value::String(encoded)), expected);
}

#[test]
fn unknown_fields_and_files_are_tolerated() {
    let strict = Census::offline();
    strict.file("export/authorization-details.json", company().to_string());
    let mut loose = company();
    loose["NewList"] = json!([{ "a": 1 }]);
    loose["UserDetailList"][0]["NewField"] = json!({ "deep": [1, null, "x"] });
    loose["RoleDetailList"][0]["RoleLastUsed"]["NewField"] = json!("x");
    let census = Census::offline();
    census.file("export/authorization-details.json", loose.to_string());
    census.file("export/notes.json", "not even JSON");
    let (a, b) = (complete(&strict), complete(&census));
    assert_eq!(list(&a, "identities").len(), list(&b, "identities").len());
    assert_eq!(
        identity(&a, "arn:aws:iam::111122223333:user/deploy"),
        identity(&b, "arn:aws:iam::111122223333:user/deploy")
    );
}

#[test]
fn the_order_of_documents_and_items_changes_no_byte() {
    let names = ["a", "b", "c", "d"];
    let write = |census: &Census, reverse: bool| {
        let mut users: Vec<Value> = names.iter().map(|name| user(name)).collect();
        let mut keys: Vec<Value> = names.iter().enumerate().map(|(n, name)| key(name, n)).collect();
        if reverse {
            users.reverse();
            keys.reverse();
        }
        census.file("export/authorization-details.json", details(&users, &[]).to_string());
        census.file("export/access-keys.json", json!(keys).to_string());
        let run = scan_export(census);
        assert!(failures(&run.json()).is_empty(), "{run}");
        run.stdout
    };
    assert!(write(&Census::offline(), false) == write(&Census::offline(), true));
}
