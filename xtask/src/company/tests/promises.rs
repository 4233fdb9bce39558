//! The example holds what its table promises.

use std::collections::BTreeSet;

use super::*;

/// A role's trust policy as text.
fn trust(example: &Example, account: &str, role: &str) -> String {
    let all = details(example, account);
    let found = list(&all, "RoleDetailList").iter().find(|one| one["RoleName"] == role);
    found.unwrap_or_else(|| panic!("{role}"))["AssumeRolePolicyDocument"].to_string()
}

#[test]
fn loose_trusts_are_there() {
    let example = example().unwrap();
    for (account, role, part) in [
        (SANDBOX, "try-anything", r#""Principal":"*""#),
        (DATA, "open-data-share", r#"{"AWS":"*"}"#),
        (DEV, "design-system-github-deploy", r#""repo:brindlemoor*""#),
        (
            DEV,
            "mobile-app-github-deploy",
            r#""token.actions.githubusercontent.com:sub":"repo:brindlemoor/mobile-app:*""#,
        ),
        (DEV, "firmware-github-deploy", "ForAllValues:StringLike"),
        (DEV, "handbook-github-deploy", "StringLikeIfExists"),
        (DEV, "docs-github-deploy", "repo:*/docs"),
        (DATA, "lake-gitlab-publish", "project_path:*"),
        (DEV, "terraform-dev-apply", "organization:*"),
        (DATA, "ledger-archive-writer", r#""AROA"#),
        (PLATFORM, "oncall-debug", r#""AIDA"#),
        (PLATFORM, "costlantern-reader", "480100000922"),
    ] {
        let text = trust(&example, account, role);
        assert!(text.contains(part), "{role}: {text}");
    }
    for (account, role) in [(DEV, "preview-github-deploy"), (DEV, "buildkite-nightly")] {
        let text = trust(&example, account, role);
        assert!(text.contains(":aud") && !text.contains(":sub"), "{role}: {text}");
    }
    for (account, role) in [
        (PLATFORM, "parcel-events-router"),
        (DATA, "etl-backfill-workflow"),
        (PLATFORM, "costlantern-reader"),
    ] {
        let text = trust(&example, account, role);
        assert!(!text.contains("Condition"), "{role}: {text}");
    }
    assert!(trust(&example, PLATFORM, "watchkeep-monitoring").contains("sts:ExternalId"));
}

#[test]
fn bad_credentials_are_there() {
    let example = example().unwrap();
    let row = |account: &str, user: &str| {
        report(&example, account).into_iter().find(|row| &row[0] == user).unwrap_or_else(|| panic!("{user}"))
    };
    assert_eq!(&row(DATA, "<root_account>")[8], "true");
    assert_eq!(&row(DEV, "<root_account>")[7], "false");
    let two = row(PLATFORM, "fleet-telemetry-uplink");
    assert_eq!((&two[8], &two[13]), ("true", "true"));
    let both = row(DATA, "gregor.ilves");
    assert_eq!((&both[3], &both[8]), ("true", "true"));
    let disabled = row(PLATFORM, "smtp-marketing");
    assert_eq!((&disabled[8], &disabled[9][..4]), ("false", "2024"));
    assert!(row(PLATFORM, "ci-deployer-legacy-monolith")[9] < *"2024");
    assert!(row(PLATFORM, "depot-malmo")[10] < *"2026");
    assert_eq!(&row(DEV, "robot-ios-farm")[10], "N/A");
    assert!(!example.files.contains_key(&format!("{NAME}/accounts/{SANDBOX}/credential-report.csv")));
}

#[test]
fn unused_roles_and_the_recreated_one_are_there() {
    let example = example().unwrap();
    let role = |account: &str, name: &str| {
        let all = details(&example, account);
        list(&all, "RoleDetailList").iter().find(|one| one["RoleName"] == name).unwrap().clone()
    };
    assert_eq!(role(DATA, "poc-vector-search-lambda")["RoleLastUsed"].to_string(), "{}");
    assert!(role(PLATFORM, "migration-runner")["RoleLastUsed"]["LastUsedDate"].as_str().unwrap() < "2025-06");
    assert!(role(DATA, "ledger-export")["CreateDate"].as_str().unwrap() > "2026-05");
}

#[test]
fn loose_resource_policies_are_there() {
    let example = example().unwrap();
    let policies = |account: &str| json(&example, &format!("accounts/{account}/resource-policies.json"));
    let policy = |account: &str, resource: &str| {
        let all = policies(account);
        let found =
            all.as_array().unwrap().iter().find(|one| one["resource"].as_str().unwrap().contains(resource));
        found.unwrap_or_else(|| panic!("{resource}"))["policy"].clone()
    };
    let lake = policy(DATA, "brindlemoor-lake").to_string();
    assert!(lake.contains(&format!("arn:aws:iam::{DEV}:root")), "{lake}");
    assert!(lake.contains("arn:aws:iam::480100000933:role/parcel-sync"), "{lake}");
    // A key's policy keeps the account's own policies in force, and names one role beside them.
    for (account, role) in [(DATA, DATA), (PLATFORM, DEV)].map(|(account, of)| {
        let name = if account == DATA { "dbt-gitlab-docs" } else { "terraform-dev-apply" };
        (account, format!("arn:aws:iam::{of}:role/{name}"))
    }) {
        let key = policy(account, ":key/");
        let statements = list(&key, "Statement");
        assert_eq!(statements[0]["Principal"]["AWS"], format!("arn:aws:iam::{account}:root"));
        assert_eq!(statements[1]["Principal"]["AWS"], role);
        assert_eq!(statements.len(), 2);
    }
    let secret = policy(PLATFORM, "secret:invoice-engine").to_string();
    assert!(
        secret.contains("secretsmanager:GetSecretValue") && secret.contains("terraform-dev-apply"),
        "{secret}"
    );
    let open = policy(PLATFORM, "depot-scanner-events").to_string();
    assert!(open.contains("sns.amazonaws.com") && !open.contains("Condition"), "{open}");
    assert!(policy(PLATFORM, "parcel-tracker-ingest").to_string().contains("aws:SourceArn"));
    assert!(policy(DATA, "brindlemoor-ledger-archive").is_null());
    // What the table says of the other side.
    assert!(identity_policies(&example, DEV, "ci-load-test-runner").contains("AmazonS3ReadOnlyAccess"));
    assert!(identity_policies(&example, DEV, "terraform-dev-apply").contains("AdministratorAccess"));
    assert!(!identity_policies(&example, DATA, "dbt-gitlab-docs").contains("kms"));
    let perimeter = json(&example, "organization.json")["policies"].to_string();
    assert!(perimeter.contains("OnlyOurIdentities") && perimeter.contains("s3:GetObject"));
    // The rest of the accounts handed nothing in.
    for account in [MANAGEMENT, DEV, SANDBOX] {
        assert!(!example.files.contains_key(&format!("{NAME}/accounts/{account}/resource-policies.json")));
    }
}

#[test]
fn a_denial_with_a_typing_error_is_there() {
    let example = example().unwrap();
    for role in ["lake-gitlab-publish", "model-sandbox-notebook"] {
        let carried = identity_policies(&example, DATA, role);
        for part in [r#""Effect":"Deny""#, r#""s3:DeleteObjectVersions""#, "AmazonS3FullAccess"] {
            assert!(carried.contains(part), "{role}: {carried}");
        }
    }
}

/// What a role carries, as text.
fn identity_policies(example: &Example, account: &str, role: &str) -> String {
    let all = details(example, account);
    let role = list(&all, "RoleDetailList").iter().find(|one| one["RoleName"] == role).unwrap();
    let attached = |policy: &&Value| {
        role["AttachedManagedPolicies"].to_string().contains(policy["Arn"].as_str().unwrap())
    };
    let texts: Vec<String> = list(&all, "Policies").iter().filter(attached).map(Value::to_string).collect();
    format!("{} {}", role["RolePolicyList"], texts.join(" "))
}

#[test]
fn every_rule_has_something_to_find() {
    let mut company = Company::healthy();
    let rows = planted::plant(&mut company).into_iter().chain(azure::tenant().1);
    let planted: BTreeSet<&str> = rows.map(|row| row.problem).collect();
    // A read that failed would make every scan of the example end with status 3, so it has a folder of its own.
    let gaps = &json_at(&example().unwrap(), &format!("{PARTIAL}/census-documents.json"))["gaps"];
    assert!(gaps.as_array().unwrap().iter().all(|gap| gap["reason"] == "denied") && gaps[0].is_object());
    // AWS never hands out a policy that it would refuse.
    let elsewhere = ["coverage-gap", "policy-refused"];
    let rules: BTreeSet<&str> =
        census_rules::all().iter().map(|rule| rule.id).filter(|id| !elsewhere.contains(id)).collect();
    assert_eq!(rules.difference(&planted).collect::<Vec<_>>(), Vec::<&&str>::new());
    let unknown: Vec<_> = planted.difference(&rules).filter(|problem| !problem.contains(' ')).collect();
    assert!(unknown.is_empty(), "no such rule: {unknown:?}");
}

fn json_at(example: &Example, path: &str) -> Value {
    serde_json::from_slice(&example.files[path]).unwrap()
}
