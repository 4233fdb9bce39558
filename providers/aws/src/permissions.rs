//! The least-privilege policy, made from the declared reads, and trying them out.

mod check;

use std::collections::BTreeMap;

use census_provider_api::{DeclaredRead, Need};
use serde::Serialize;

pub(crate) use check::check;

use crate::{
    client::Partition,
    fetch::{READS, is_needed},
    options::AwsOptions,
};

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: &'static str,
    effect: &'static str,
    action: Vec<&'static str>,
    resource: String,
}

/// The policy that a scan with these options needs: one statement for each kind of need.
pub(crate) fn policy(options: &AwsOptions, partition: Partition) -> String {
    let mut actions: BTreeMap<Need, Vec<&'static str>> = BTreeMap::new();
    for read in READS.iter().filter(|read| is_needed(read, options)) {
        actions.entry(read.need).or_default().extend(read.permissions);
    }
    let statement = actions
        .into_iter()
        .filter(|(_, actions)| !actions.is_empty())
        .map(|(need, mut action)| {
            action.sort_unstable();
            action.dedup();
            Statement {
                sid: sid(need),
                effect: "Allow",
                action,
                resource: resource(need, options, partition),
            }
        })
        .collect();
    let policy = Policy { version: "2012-10-17", statement };
    let mut text = serde_json::to_string_pretty(&policy).unwrap_or_default();
    text.push('\n');
    text
}

fn sid(need: Need) -> &'static str {
    match need {
        Need::Scope => "CensusScope",
        Need::Organization => "CensusOrganization",
        Need::Deep => "CensusDeep",
        Need::Workloads => "CensusWorkloads",
        Need::ResourcePolicies => "CensusResourcePolicies",
        Need::IdentityCenter => "CensusIdentityCenter",
        Need::Enter => "CensusEnter",
    }
}

/// The reads take no narrower resource than all: most are about the whole account, the others about every user and
/// provider in it. Entering names the role.
fn resource(need: Need, options: &AwsOptions, partition: Partition) -> String {
    match need {
        Need::Enter => format!("arn:{}:iam::*:role/{}", partition.as_str(), options.role_name),
        Need::Scope
        | Need::Organization
        | Need::Deep
        | Need::Workloads
        | Need::ResourcePolicies
        | Need::IdentityCenter => "*".to_owned(),
    }
}

/// The partition that the environment points to, for a policy that is made without any call.
pub(crate) fn partition_of_environment() -> Partition {
    let region = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| std::env::var(name).ok());
    region.map_or(Partition::Aws, |region| Partition::of_region(&region))
}

/// Every read that a scan with these options makes.
pub(crate) fn needed(options: &AwsOptions) -> impl Iterator<Item = &'static DeclaredRead> {
    READS.iter().filter(|read| is_needed(read, options))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{client::session_policy, fetch::is_of_account, options::Extent};

    fn whole() -> AwsOptions {
        AwsOptions {
            extent: Extent::Organization,
            deep: true,
            include_tags: vec!["env=prod".into()],
            ..AwsOptions::default()
        }
    }

    #[test]
    fn the_policy_of_one_account() {
        insta::assert_snapshot!(policy(&AwsOptions::default(), Partition::Aws));
    }

    #[test]
    fn the_policy_of_an_organization() {
        insta::assert_snapshot!(policy(&whole(), Partition::UsGov));
    }

    #[test]
    fn nothing_but_reads_is_ever_asked_for() {
        for read in READS.iter() {
            for permission in read.permissions {
                let (service, action) = permission.split_once(':').unwrap();
                // S3's settings of an account are asked of another endpoint, by permissions of S3.
                assert!(service == read.service.replace("s3control", "s3"), "{permission}");
                let reads =
                    ["Get", "List", "Describe", "BatchGet"].iter().any(|verb| action.starts_with(verb));
                // Those that do not only read: making a report, and entering an account.
                let known = ["GenerateCredentialReport", "GenerateServiceLastAccessedDetails", "AssumeRole"]
                    .contains(&action);
                assert!(reads || known, "{permission}");
            }
        }
    }

    #[test]
    fn the_session_policy_is_short_enough_names_every_read_and_cannot_move_on() {
        let options = whole();
        let policy = session_policy(needed(&options).filter(|read| is_of_account(read)));
        // STS takes no longer one.
        assert!(policy.fitting.len() <= 2048, "{}", policy.fitting.len());
        for text in [&policy.fitting, &policy.shortest] {
            let parsed: serde_json::Value = serde_json::from_str(text).unwrap();
            let actions = parsed["Statement"][0]["Action"].as_array().unwrap();
            let actions: Vec<&str> = actions.iter().map(|action| action.as_str().unwrap()).collect();
            let covers = |action: &&str, needed: &str| match action.strip_suffix('*') {
                None => *action == needed,
                Some(start) => needed.starts_with(start),
            };
            for read in needed(&options).filter(|read| is_of_account(read)) {
                let is_covered = |one: &&&str| actions.iter().any(|action| covers(action, one));
                assert!(read.permissions.iter().all(|one| is_covered(&one)), "{}", read.name());
            }
            let moves = |action: &&&str| action.starts_with("sts:") || action.ends_with(":*");
            assert_eq!(actions.iter().find(moves), None);
            let patterns = actions.iter().filter(|action| action.contains('*'));
            for pattern in patterns {
                assert!(pattern.ends_with(":List*") || pattern.ends_with(":Describe*"), "{pattern}");
            }
        }
    }

    #[test]
    fn without_workloads_nothing_is_asked_for_them() {
        let options = AwsOptions { workloads: false, ..AwsOptions::default() };
        let text = policy(&options, Partition::Aws);
        assert!(
            !text.contains("ecs:")
                && text.contains("lambda:GetPolicy")
                && text.contains("ec2:DescribeRegions")
        );
        let options = AwsOptions { resource_policies: false, ..options };
        let text = policy(&options, Partition::Aws);
        assert!(!text.contains("lambda:") && !text.contains("ec2:") && text.contains("iam:"));
        let narrowed = AwsOptions { regions: vec!["eu-west-1".into()], ..AwsOptions::default() };
        let text = policy(&narrowed, Partition::Aws);
        assert!(text.contains("lambda:ListFunctions") && !text.contains("ec2:DescribeRegions"));
    }
}
