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
fn every_rule_has_something_to_find() {
    let mut company = Company::healthy();
    let planted: BTreeSet<&str> = planted::plant(&mut company).iter().map(|row| row.problem).collect();
    // A read that failed would make every scan of the example end with status 3, so it has a folder of its own.
    let gaps = &json_at(&example().unwrap(), &format!("{PARTIAL}/census-documents.json"))["gaps"];
    assert!(gaps.as_array().unwrap().iter().all(|gap| gap["reason"] == "denied") && gaps[0].is_object());
    let rules: BTreeSet<&str> =
        census_rules::all().iter().map(|rule| rule.id).filter(|id| *id != "coverage-gap").collect();
    assert_eq!(rules.difference(&planted).collect::<Vec<_>>(), Vec::<&&str>::new());
    let unknown: Vec<_> = planted.difference(&rules).filter(|problem| !problem.contains(' ')).collect();
    assert!(unknown.is_empty(), "no such rule: {unknown:?}");
}

fn json_at(example: &Example, path: &str) -> Value {
    serde_json::from_slice(&example.files[path]).unwrap()
}
