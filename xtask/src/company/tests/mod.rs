//! The example holds together.

mod promises;

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

fn json(example: &Example, path: &str) -> Value {
    let path = format!("{NAME}/{path}");
    serde_json::from_slice(&example.files[&path]).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn details(example: &Example, account: &str) -> Value {
    json(example, &format!("accounts/{account}/authorization-details.json"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap()
}

fn report(example: &Example, account: &str) -> Vec<csv::StringRecord> {
    let path = format!("{NAME}/accounts/{account}/credential-report.csv");
    csv::Reader::from_reader(example.files[&path].as_slice()).records().map(Result::unwrap).collect()
}

#[test]
fn two_runs_write_the_same_bytes() {
    let (one, two) = (example().unwrap(), example().unwrap());
    assert!(one.files == two.files && one.planted == two.planted && one.accounts == two.accounts);
}

#[test]
fn every_file_is_well_formed_and_the_whole_is_small() {
    let example = example().unwrap();
    for (path, bytes) in example.files.iter().filter(|(path, _)| path.ends_with(".json")) {
        serde_json::from_slice::<Value>(bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    for (id, _) in NAMES.iter().filter(|(id, _)| *id != SANDBOX) {
        assert!(report(&example, id).iter().all(|row| row.len() == 23), "{id}");
    }
    assert!(example.files.values().map(Vec::len).sum::<usize>() < 1_500_000);
}

#[test]
fn counts_reconcile_with_the_account_summaries() {
    let example = example().unwrap();
    let mut identities = 0;
    for (id, _) in NAMES {
        let all = details(&example, id);
        let summary = json(&example, &format!("accounts/{id}/account-summary.json"));
        let of = |name: &str| usize::try_from(summary["SummaryMap"][name].as_u64().unwrap()).unwrap();
        let length =
            |file: &str| json(&example, &format!("accounts/{id}/{file}.json")).as_array().unwrap().len();
        let users = list(&all, "UserDetailList");
        let roles = list(&all, "RoleDetailList");
        let own = |policy: &&Value| !policy["Arn"].as_str().unwrap().starts_with("arn:aws:iam::aws:");
        assert_eq!(of("Users"), users.len());
        assert_eq!(of("Roles"), roles.len());
        assert_eq!(of("Groups"), list(&all, "GroupDetailList").len());
        assert_eq!(of("Policies"), list(&all, "Policies").iter().filter(own).count());
        assert_eq!(
            of("InstanceProfiles"),
            roles.iter().map(|role| list(role, "InstanceProfileList").len()).sum::<usize>()
        );
        assert_eq!(of("Providers"), length("oidc-providers") + length("saml-providers"));
        assert_eq!(of("ServerCertificates"), length("server-certificates"));
        if id != SANDBOX {
            let rows = report(&example, id);
            assert_eq!(rows.len(), users.len() + 1);
            let keys = rows.iter().skip(1).flat_map(|row| [row[9].to_owned(), row[14].to_owned()]);
            assert_eq!(keys.filter(|rotated| rotated != "N/A").count(), length("access-keys"));
            assert_eq!(of("AccountMFAEnabled"), usize::from(&rows[0][7] == "true"));
            assert_eq!(of("AccountAccessKeysPresent"), usize::from(&rows[0][8] == "true"));
        }
        identities += users.len() + roles.len() + 1;
    }
    assert!((350..=450).contains(&identities), "{identities}");
}

#[test]
fn everything_that_is_named_exists() {
    let example = example().unwrap();
    for (id, _) in NAMES {
        let all = details(&example, id);
        let texts = |key: &str, field: &str| -> BTreeSet<String> {
            list(&all, key).iter().map(|one| one[field].as_str().unwrap().to_owned()).collect()
        };
        let (policies, groups) = (texts("Policies", "Arn"), texts("GroupDetailList", "GroupName"));
        let providers: BTreeSet<String> = ["oidc-providers", "saml-providers"]
            .iter()
            .flat_map(|file| {
                json(&example, &format!("accounts/{id}/{file}.json")).as_array().unwrap().clone()
            })
            .map(|one| one["Arn"].as_str().unwrap().to_owned())
            .collect();
        let mut names = BTreeSet::new();
        for one in list(&all, "UserDetailList").iter().chain(list(&all, "RoleDetailList")) {
            let arn = one["Arn"].as_str().unwrap();
            assert!(names.insert(arn), "{arn} twice");
            assert!(
                list(one, "AttachedManagedPolicies")
                    .iter()
                    .all(|p| policies.contains(p["PolicyArn"].as_str().unwrap())),
                "{arn}"
            );
            if let Some(boundary) = one["PermissionsBoundary"]["PermissionsBoundaryArn"].as_str() {
                assert!(policies.contains(boundary), "{arn}");
            }
            for group in one["GroupList"].as_array().into_iter().flatten() {
                assert!(groups.contains(group.as_str().unwrap()), "{arn}");
            }
            for statement in one["AssumeRolePolicyDocument"]["Statement"].as_array().into_iter().flatten() {
                if let Some(provider) = statement["Principal"]["Federated"].as_str() {
                    assert!(providers.contains(provider), "{arn}: {provider}");
                }
            }
        }
    }
}

#[test]
fn every_role_that_a_resource_policy_names_exists() {
    let example = example().unwrap();
    let roles: BTreeSet<String> = NAMES
        .iter()
        .flat_map(|(id, _)| list(&details(&example, id), "RoleDetailList").to_vec())
        .map(|role| role["Arn"].as_str().unwrap().to_owned())
        .collect();
    let mut named = 0;
    for id in [SECURITY, PLATFORM, DATA] {
        for one in json(&example, &format!("accounts/{id}/resource-policies.json")).as_array().unwrap() {
            let resource = one["resource"].as_str().unwrap();
            assert!(resource.starts_with("arn:aws:s3:::brindlemoor-") || resource.contains(id), "{resource}");
            for statement in one["policy"]["Statement"].as_array().into_iter().flatten() {
                let Some(who) = statement["Principal"]["AWS"].as_str() else { continue };
                let ours = NAMES.iter().any(|(id, _)| who.contains(id));
                assert!(!ours || who.ends_with(":root") || roles.contains(who), "{resource}: {who}");
                named += usize::from(roles.contains(who));
            }
        }
    }
    assert_eq!(named, 3);
}

#[test]
fn what_runs_runs_as_a_role_that_exists_and_trusts_it() {
    let example = example().unwrap();
    let mut kinds = BTreeSet::new();
    for (id, _) in NAMES.iter().filter(|(id, _)| *id != SANDBOX) {
        let all = details(&example, id);
        let role = |field: &str, arn: &Value| {
            let is_it = |role: &&Value| match field {
                "instance_profile_arn" => role["InstanceProfileList"][0]["Arn"] == *arn,
                _ => role["Arn"] == *arn,
            };
            list(&all, "RoleDetailList").iter().find(is_it).unwrap_or_else(|| panic!("{id}: {arn}")).clone()
        };
        let mut arns = BTreeSet::new();
        for one in json(&example, &format!("accounts/{id}/workloads.json")).as_array().unwrap() {
            let arn = one["arn"].as_str().unwrap();
            assert!(arn.contains(id) && arns.insert(arn), "{one}");
            let kind = one["type"].as_str().unwrap();
            kinds.insert(kind.to_owned());
            for field in ["role_arn", "instance_profile_arn", "administration_role_arn"] {
                if let arn @ Value::String(_) = &one[field] {
                    let trust = role(field, arn)["AssumeRolePolicyDocument"].to_string();
                    let service =
                        if field == "instance_profile_arn" { "ec2" } else { kind.split('_').next().unwrap() };
                    let service = match service {
                        "ecs" => "ecs-tasks",
                        "state" => "states",
                        other => other,
                    };
                    assert!(trust.contains(&format!("{service}.amazonaws.com")), "{one}: {trust}");
                }
            }
        }
    }
    for kind in
        ["lambda_function", "ec2_instance", "codebuild_project", "cloudformation_stack_set", "glue_job"]
    {
        assert!(kinds.contains(kind), "{kinds:?}");
    }
    assert!(!example.files.contains_key(&format!("{NAME}/accounts/{SANDBOX}/workloads.json")));
}

#[test]
fn ids_are_unique_and_marked_as_examples() {
    let example = example().unwrap();
    let mut seen = BTreeSet::new();
    for (id, _) in NAMES {
        let all = details(&example, id);
        let keys = json(&example, &format!("accounts/{id}/access-keys.json"));
        let of = |values: &[Value], field: &str| -> Vec<String> {
            values.iter().map(|one| one[field].as_str().unwrap().to_owned()).collect()
        };
        let mut ids = of(list(&all, "UserDetailList"), "UserId");
        ids.extend(of(list(&all, "RoleDetailList"), "RoleId"));
        ids.extend(of(keys.as_array().unwrap(), "AccessKeyId"));
        for id in ids {
            assert!(id.ends_with("EXAMPLE"), "{id}");
            assert!(seen.insert(id));
        }
    }
}

#[test]
fn no_date_lies_after_the_collection() {
    let example = example().unwrap();
    let dates =
        ["CreateDate", "UpdateDate", "LastUsedDate", "UploadDate"].map(|key| format!("\"{key}\": \""));
    let mut found = 0;
    for (path, bytes) in &example.files {
        for line in String::from_utf8_lossy(bytes).lines() {
            if let Some(date) = dates.iter().find_map(|key| line.trim().strip_prefix(key.as_str())) {
                assert!(date < "2026-06-01", "{path}: {line}");
                found += 1;
            }
        }
    }
    assert!(found > 500);
    for (id, _) in NAMES.iter().filter(|(id, _)| *id != SANDBOX) {
        for row in report(&example, id) {
            for date in row.iter().filter(|cell| cell.starts_with("20")) {
                assert!(date >= &row[2] && date < "2026-06-01", "{row:?}");
            }
        }
    }
}

#[test]
fn the_manifest_names_every_document_and_no_gap() {
    let example = example().unwrap();
    let manifest = json(&example, "census-documents.json");
    assert_eq!(manifest["schema"], "census.documents/1");
    assert_eq!(manifest["collected_at"], "2026-06-01T00:00:00Z");
    assert_eq!(manifest["gaps"], Value::Array(Vec::new()));
    let named: BTreeSet<&str> = manifest["files"].as_object().unwrap().keys().map(String::as_str).collect();
    let beside = [
        "census-documents.json",
        registry::MAIN,
        registry::FINANCE,
        beside::PEOPLE,
        beside::TEAMS,
        beside::INVENTORY,
        beside::ATTESTATIONS,
    ];
    let there: BTreeSet<&str> = example
        .files
        .keys()
        .filter_map(|path| path.strip_prefix("brindlemoor/"))
        .filter(|path| !beside.contains(path))
        .collect();
    assert_eq!(named, there);
}

/// Whether a registry pattern names an ARN.
fn names(pattern: &str, arn: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| arn.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    true
}

#[test]
fn the_registries_cover_most_and_name_four_ghosts() {
    let example = example().unwrap();
    let patterns: Vec<String> =
        registry::identities().into_iter().filter(|pattern| pattern.starts_with("arn:")).collect();
    let broad = format!("arn:aws:iam::{SANDBOX}:*");
    let (mut arns, mut covered) = (Vec::new(), 0);
    for (id, _) in NAMES {
        let all = details(&example, id);
        for one in list(&all, "UserDetailList").iter().chain(list(&all, "RoleDetailList")) {
            arns.push(one["Arn"].as_str().unwrap().to_owned());
        }
    }
    for arn in &arns {
        covered += usize::from(patterns.iter().any(|pattern| *pattern != broad && names(pattern, arn)));
    }
    let percent = covered * 100 / arns.len();
    assert!((50..=70).contains(&percent), "{percent}");
    let ghosts: Vec<&String> =
        patterns.iter().filter(|pattern| !arns.iter().any(|arn| names(pattern, arn))).collect();
    assert_eq!(ghosts.len(), 4, "{ghosts:?}");
    assert!(patterns.contains(&broad));
}
