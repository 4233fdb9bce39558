//! What is missing is a gap, once, and the estate is never poorer for it than it must be.

use census_model::{Gap, GapReason, IdentityId, NatureKind, Provider, ScopeId};
use serde_json::json;

use super::*;
use crate::documents::AccountFile;

fn noted(read: &str, reason: GapReason) -> Gap {
    let scope = ScopeId::new(format!("aws:account/{ACCOUNT}"));
    Gap::new(Provider::Aws, Some(scope), read, reason, "AccessDenied", Vec::new())
}

#[test]
fn every_absent_file_is_a_gap_named_by_its_permission() {
    let cases = [
        ("authorization-details.json", "iam:GetAccountAuthorizationDetails"),
        ("credential-report.csv", "iam:GetCredentialReport"),
        ("account-summary.json", "iam:GetAccountSummary"),
        ("access-keys.json", "iam:ListAccessKeys"),
        ("oidc-providers.json", "iam:ListOpenIDConnectProviders"),
        ("saml-providers.json", "iam:ListSAMLProviders"),
        ("signing-certificates.json", "iam:ListSigningCertificates"),
        ("ssh-public-keys.json", "iam:ListSSHPublicKeys"),
        ("service-specific-credentials.json", "iam:ListServiceSpecificCredentials"),
        ("server-certificates.json", "iam:ListServerCertificates"),
        ("organization.json", "organizations:DescribeOrganization"),
    ];
    for (file, read) in cases {
        let folder = Folder::complete().without(file);
        let estate = folder.read();
        assert_eq!(gaps(&estate), [format!("not-provided {read}")], "{file}");
        assert!(estate.is_complete(), "what nobody provided is no failure");
        // A fetch that says why is believed, and nothing is added.
        let estate = folder.clone().gaps(vec![noted(read, GapReason::Denied)]).read();
        assert_eq!(gaps(&estate), [format!("denied {read}")], "{file}");
        assert!(!estate.is_complete());
        // A fetch that lost the file without a word is not.
        assert_eq!(gaps(&folder.gaps(vec![]).read()), [format!("not-provided {read}")], "{file}");
    }
    let estate = Folder::complete()
        .without("credential-report.csv")
        .gaps(vec![noted("iam:GenerateCredentialReport", GapReason::Denied)])
        .read();
    assert_eq!(gaps(&estate), ["denied iam:GenerateCredentialReport"]);
    assert_eq!(gaps(&Folder::complete().without("login-profiles.json").read()), Vec::<String>::new());
}

#[test]
fn whichever_answer_of_a_fetch_makes_no_sense_is_a_gap() {
    for file in AccountFile::ALL {
        let mut folder = Folder::complete();
        if file == AccountFile::CredentialReportJson {
            // Which is read where the other form is not there.
            folder = folder.without(AccountFile::CredentialReport.name());
        }
        let estate = folder.of_account(file.name(), "{").gaps(vec![]).read();
        let told: Vec<&Gap> = estate.gaps.iter().filter(|gap| gap.reason == GapReason::Invalid).collect();
        let [gap] = told[..] else { panic!("{}: {told:#?}", file.name()) };
        assert_eq!(Some(&&*gap.read), file.reads().first(), "{}", file.name());
        assert!(gap.detail.contains(file.name()), "{}", gap.detail);
        assert!(!estate.is_complete(), "{}", file.name());
    }
}

#[test]
fn the_caller_tells_the_partition_where_no_document_does() {
    let mut folder = Folder::default().of_account("account-summary.json", "{}").gaps(vec![]);
    folder.manifest.as_mut().unwrap().caller = Some("arn:aws-cn:sts::444455556666:assumed-role/x/y".into());
    let root = format!("arn:aws-cn:iam::{ACCOUNT}:root");
    assert!(folder.read().identities.iter().any(|one| *one.native_id == *root));
}

#[test]
fn identities_are_known_from_other_documents_where_the_details_are_not() {
    let estate = Folder::complete()
        .without("authorization-details.json")
        .report(&[
            &row("u", "true,N/A,2025-02-01T00:00:00+00:00,N/A", NO_KEYS).replace("user/u", "user/team/u")
        ])
        .without("login-profiles.json")
        .of_account("access-keys.json", r#"[{"UserName":"v","AccessKeyId":"AKIA1"}]"#)
        .gaps(vec![noted("iam:GetAccountAuthorizationDetails", GapReason::Denied)])
        .read();
    let u = identity(&estate, "user/team/u");
    assert_eq!((u.nature.kind, u.immutable_id.as_deref()), (NatureKind::Human, None));
    assert_eq!(credentials(&estate, "user/v").len(), 1);
    assert_eq!(identity(&estate, "user/v").path, None, "nobody tells it");
    assert!(estate.identities.iter().any(|one| one.native_id.ends_with(":root")));
    assert_eq!(
        gaps(&estate),
        ["denied iam:GetAccountAuthorizationDetails", "inconsistent iam:GetCredentialReport"]
    );
}

#[test]
fn missing_pages_are_truncated() {
    let mut page = details(&json!({"UserDetailList": [user("a")]}));
    page["IsTruncated"] = true.into();
    let folder = Folder::complete().without("login-profiles.json").without("credential-report.csv");
    let estate = folder.clone().of_account("authorization-details.json", &page.to_string()).read();
    assert!(gaps(&estate).contains(&"truncated iam:GetAccountAuthorizationDetails".to_owned()));
    assert!(!estate.is_complete());
    // Pages one after another, the last of them without the mark, are whole.
    let last = details(&json!({"UserDetailList": [user("b"), user("a")]}));
    let estate = folder.of_account("authorization-details.json", &format!("{page}\n{last}\n")).read();
    assert!(estate.is_complete(), "{:?}", gaps(&estate));
    assert_eq!(estate.identities.len(), 3, "overlapping pages repeat a user, who is one");

    let keys = r#"{"AccessKeyMetadata":[],"IsTruncated":true}"#;
    let estate = Folder::complete().of_account("access-keys.json", keys).read();
    assert_eq!(gaps(&estate), ["truncated iam:ListAccessKeys"]);
}

#[test]
fn counts_that_differ_from_the_summary_are_one_gap() {
    let folder = Folder::complete().details(&json!({"RoleDetailList": [role("r")]}));
    let read = |summary: &str| folder.clone().of_account("account-summary.json", summary).read();
    let same = r#"{"SummaryMap":{"Users":0,"Roles":1,"Groups":0,"Policies":0,"Providers":0,"ServerCertificates":0,"AccountMFAEnabled":1}}"#;
    assert_eq!(gaps(&read(same)), Vec::<String>::new());
    let estate = read(&same.replace(r#""Users":0,"Roles":1"#, r#""Users":2,"Roles":7"#));
    assert_eq!(gaps(&estate), ["inconsistent iam:GetAccountSummary"]);
    let detail = &gap(&estate, "inconsistent iam:GetAccountSummary").detail;
    assert_eq!(
        &**detail,
        "Users: 2 in the summary, 0 in the documents; Roles: 7 in the summary, 1 in the documents"
    );
}

#[test]
fn users_in_one_source_only_are_a_gap_about_them() {
    let estate = Folder::complete()
        .details(&json!({"UserDetailList": [user("a"), user("b")]}))
        .report(&[&row("b", "false,N/A,N/A,N/A", NO_KEYS), &row("c", "false,N/A,N/A,N/A", NO_KEYS)])
        .read();
    let skew = gap(&estate, "inconsistent iam:GetCredentialReport");
    let ids = ["user/a", "user/c"].map(|one| identity(&estate, one).id.to_string());
    assert_eq!(texts(&skew.affects), ids);
}

#[test]
fn a_managed_policy_without_text_is_a_gap_about_whoever_has_it() {
    let attached = json!([{"PolicyName": "p", "PolicyArn": arn("policy/p")}]);
    let folder = Folder::complete().details(&json!({"RoleDetailList": [
        with(role("r"), &json!({"AttachedManagedPolicies": attached})),
        with(role("s"), &json!({"PermissionsBoundary": {"PermissionsBoundaryArn": arn("policy/p")}})),
    ]}));
    let estate = folder.read();
    assert_eq!(gaps(&estate), ["not-provided iam:GetAccountAuthorizationDetails"]);
    let affects = &gap(&estate, "not-provided iam:GetAccountAuthorizationDetails").affects;
    for role in ["role/r", "role/s"] {
        assert!(texts(affects).contains(&identity(&estate, role).id.as_str()), "{affects:?}");
    }
    assert_eq!(estate.grants.iter().filter(|grant| grant.policy.is_none()).count(), 2);
    assert_eq!(gaps(&folder.gaps(vec![]).read()), ["inconsistent iam:GetAccountAuthorizationDetails"]);
}

#[test]
fn a_group_that_is_not_there_is_a_gap_about_its_members() {
    let member = with(user("u"), &json!({"GroupList": ["gone"]}));
    let estate = Folder::complete()
        .details(&json!({"UserDetailList": [member]}))
        .report(&[&row("u", "false,N/A,N/A,N/A", NO_KEYS)])
        .read();
    let gap = gap(&estate, "not-provided iam:GetAccountAuthorizationDetails");
    assert_eq!(texts(&gap.affects), [identity(&estate, "user/u").id.as_str()]);
    assert!(gap.detail.contains("`gone`"));
}

#[test]
fn a_list_that_was_denied_for_one_user_proves_nothing_about_that_user_alone() {
    let id = |name: &str| IdentityId::new(format!("aws:{}", arn(&format!("user/{name}"))));
    let denied =
        Gap { affects: vec![id("a").as_str().into()], ..noted("iam:GetLoginProfile", GapReason::Denied) };
    let estate = Folder::complete()
        .without("credential-report.csv")
        .details(&json!({"UserDetailList": [user("a"), user("b")]}))
        .gaps(vec![denied, noted("iam:GetCredentialReport", GapReason::Denied)])
        .read();
    let hidden = |name: &str| {
        let reasons = texts(&identity(&estate, &format!("user/{name}")).nature.reasons).join(" ");
        reasons.contains("console password not visible")
    };
    assert!(hidden("a") && !hidden("b"));
}

#[test]
fn accounts_that_could_not_be_entered_are_scopes_with_their_gap() {
    let other = ScopeId::new("aws:account/444455556666");
    let gap =
        |reason| Gap::new(Provider::Aws, Some(other.clone()), "sts:AssumeRole", reason, "x", Vec::new());
    let estate = Folder::complete().gaps(vec![gap(GapReason::Denied)]).read();
    assert!(estate.scopes[&other].scanned);
    assert_eq!(gaps(&estate), ["denied sts:AssumeRole"]);
    let estate = Folder::complete().gaps(vec![gap(GapReason::NotRequested)]).read();
    assert!(!estate.scopes.contains_key(&other));
}

#[test]
fn gaps_of_other_providers_and_other_files_are_left_alone() {
    let foreign = Gap::new(Provider::Azure, None, "x", GapReason::Denied, "x", Vec::new());
    let folder = Folder::complete().gaps(vec![foreign]).of_account("notes.json", "not even JSON");
    let estate = folder.file("README.md", "").read();
    assert!(estate.is_complete());
    assert_eq!(gaps(&estate), Vec::<String>::new());
}

#[test]
fn a_fetch_lists_keys_only_for_users_in_the_report_so_absence_proves_nothing_about_others() {
    let folder = Folder::complete()
        .details(&json!({"UserDetailList": [user("new")]}))
        .of_account("login-profiles.json", r#"[{"UserName":"new"}]"#);
    assert_eq!(identity(&folder.read(), "user/new").nature.kind, NatureKind::Human);
    assert_eq!(identity(&folder.gaps(vec![]).read(), "user/new").nature.kind, NatureKind::Unknown);
}
