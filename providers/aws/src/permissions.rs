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
        Need::Enter => "CensusEnter",
    }
}

/// The reads take no narrower resource than all: most are about the whole account, the others about every user and
/// provider in it. Entering names the role.
fn resource(need: Need, options: &AwsOptions, partition: Partition) -> String {
    match need {
        Need::Enter => format!("arn:{}:iam::*:role/{}", partition.as_str(), options.role_name),
        Need::Scope | Need::Organization | Need::Deep | Need::Workloads => "*".to_owned(),
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
    use crate::{
        client::{MAX_SESSION_POLICY, session_policy},
        options::Extent,
    };

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
                assert!(service == read.service, "{permission}");
                let reads =
                    ["Get", "List", "Describe", "BatchGet"].iter().any(|verb| action.starts_with(verb));
                // The two that do not only read: making a report, and entering an account.
                let known = ["GenerateCredentialReport", "AssumeRole"].contains(&action);
                assert!(reads || known, "{permission}");
            }
        }
    }

    #[test]
    fn the_session_policy_is_short_enough_and_cannot_move_on() {
        let options = whole();
        let text = session_policy(needed(&options).filter(|read| read.service == "iam"));
        assert!(text.len() < MAX_SESSION_POLICY, "{}", text.len());
        assert!(text.contains("iam:ListSSHPublicKeys"));
        assert!(!text.contains("sts:") && !text.contains('?'), "{text}");
        let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
        let actions = parsed["Statement"][0]["Action"].as_array().unwrap();
        assert!(actions.iter().all(|action| !action.as_str().unwrap().contains('*')));
    }
}
