//! What a person may choose about an AWS scan.

use census_privilege::aws::trust::is_account_id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::client::is_region;

/// How far an AWS scan goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// The account of the credentials.
    #[default]
    Account,
    /// Every active account of the organization. The credentials must be those of the management account or of a
    /// delegated administrator.
    Organization,
}

/// Amazon Web Services. Credentials, region and endpoints come from where every AWS tool takes them: the environment
/// and your own AWS configuration. There is no key for an endpoint here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AwsOptions {
    /// The profile of your AWS configuration to use. Default: `AWS_PROFILE`, else `default`.
    pub profile: Option<String>,
    /// `account` or `organization`.
    pub extent: Extent,
    /// The role to assume in each account of the organization, with its path if it has one.
    pub role_name: String,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// Only these accounts of the organization, by id.
    pub include_accounts: Vec<String>,
    /// Not these accounts, by id.
    pub exclude_accounts: Vec<String>,
    /// Only accounts below these organizational units or roots, at any depth.
    pub include_ous: Vec<String>,
    /// No account below these organizational units, at any depth.
    pub exclude_ous: Vec<String>,
    /// Only accounts with one of these tags, each `key=value`. Costs one call for each account.
    pub include_tags: Vec<String>,
    /// No account with one of these tags, each `key=value`. Costs one call for each account.
    pub exclude_tags: Vec<String>,
    /// How many accounts are read at the same time.
    #[schemars(range(min = 1, max = 64))]
    pub concurrency: usize,
    /// The most requests a second for each account, retries included. 0: no limit.
    pub requests_per_second: u32,
    /// How often one call is tried before it counts as failed. Default: `AWS_MAX_ATTEMPTS`, else 5.
    #[schemars(range(min = 1, max = 20))]
    pub max_attempts: Option<u32>,
    /// Seconds to wait for a connection.
    #[schemars(range(min = 1))]
    pub connect_timeout_seconds: u64,
    /// Seconds to wait for an answer to begin, and for each next part of it.
    #[schemars(range(min = 1))]
    pub read_timeout_seconds: u64,
    /// Seconds to wait for AWS to make the credential report.
    pub credential_report_wait_seconds: u64,
    /// Also make the reads that cost calls for each user or role: SSH keys, and last accessed services and actions.
    pub deep: bool,
    /// Ask functions, instances, stacks and other workloads which role they run as, in every enabled region.
    pub workloads: bool,
    /// Ask buckets, keys, queues, topics, secrets, functions, repositories and event buses for policies of their own.
    pub resource_policies: bool,
    /// Ask IAM Identity Center which permission sets the roles that it keeps are for, and to whom they are assigned.
    pub identity_center: bool,
    /// Look for workloads and resource policies in these regions only. Default: every region that the account has enabled.
    pub regions: Vec<String>,
    /// With deep: of how many users and roles of an account the last accessed services are asked for. Those whose
    /// policies reach furthest come first. 0: of none.
    pub usage_identities: usize,
    /// Seconds to wait for AWS to make one report of last accessed services.
    pub usage_report_wait_seconds: u64,
}

impl Default for AwsOptions {
    fn default() -> Self {
        Self {
            profile: None,
            extent: Extent::Account,
            role_name: "CensusReadOnly".to_owned(),
            external_id: None,
            include_accounts: Vec::new(),
            exclude_accounts: Vec::new(),
            include_ous: Vec::new(),
            exclude_ous: Vec::new(),
            include_tags: Vec::new(),
            exclude_tags: Vec::new(),
            concurrency: 8,
            requests_per_second: 20,
            max_attempts: None,
            connect_timeout_seconds: 10,
            read_timeout_seconds: 60,
            credential_report_wait_seconds: 60,
            deep: false,
            workloads: true,
            resource_policies: true,
            identity_center: true,
            regions: Vec::new(),
            usage_identities: 200,
            usage_report_wait_seconds: 60,
        }
    }
}

impl AwsOptions {
    /// Whether accounts are chosen by their tags, which costs a call for each.
    pub(crate) fn asks_for_tags(&self) -> bool {
        !self.include_tags.is_empty() || !self.exclude_tags.is_empty()
    }

    /// Whether accounts are chosen by the unit that they are in.
    pub(crate) fn asks_for_units(&self) -> bool {
        !self.include_ous.is_empty() || !self.exclude_ous.is_empty()
    }

    /// What is wrong with the options, as a sentence and what to do about it.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        let list = |what: &str, values: &[String], fits: &dyn Fn(&str) -> bool, help: &str| {
            values
                .iter()
                .find(|value| !fits(value))
                .map(|value| (format!("`{}` is not {what}", value.escape_debug()), help.to_owned()))
        };
        let account = "write the 12 digits of the account id";
        let unit = "write the id that AWS Organizations shows: ou-ab12-34cd56ef or r-ab12";
        let tag = "write it as key=value";
        let is_tag = |value: &str| value.split_once('=').is_some_and(|(key, _)| !key.is_empty());
        list("an account id", &self.include_accounts, &is_account_id, account)
            .or_else(|| list("an account id", &self.exclude_accounts, &is_account_id, account))
            .or_else(|| list("an organizational unit", &self.include_ous, &is_unit_id, unit))
            .or_else(|| list("an organizational unit", &self.exclude_ous, &is_unit_id, unit))
            .or_else(|| list("a tag", &self.include_tags, &is_tag, tag))
            .or_else(|| list("a tag", &self.exclude_tags, &is_tag, tag))
            .or_else(|| list("a region", &self.regions, &is_region, "write its code: eu-central-1"))
            .or_else(|| self.number_problem())
    }

    fn number_problem(&self) -> Option<(String, String)> {
        let wrong = |what: String, help: &str| Some((what, help.to_owned()));
        let role = self.role_name.as_str();
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_/-".contains(&b);
        if role.is_empty() || role.len() > 512 || role.starts_with('/') || !role.bytes().all(fits) {
            return wrong(
                format!("`{}` is not a role name", role.escape_debug()),
                "write the name of the role, with its path before it if it has one: audit/CensusReadOnly",
            );
        }
        if !(1..=64).contains(&self.concurrency) {
            return wrong(format!("concurrency {} is out of range", self.concurrency), "use 1 to 64");
        }
        if self.max_attempts.is_some_and(|attempts| !(1..=20).contains(&attempts)) {
            return wrong("max_attempts is out of range".to_owned(), "use 1 to 20");
        }
        if self.connect_timeout_seconds == 0 || self.read_timeout_seconds == 0 {
            return wrong("a timeout of 0 seconds lets no call end".to_owned(), "use 1 or more");
        }
        None
    }
}

/// Whether a text has the form of a root or organizational unit id.
pub(crate) fn is_unit_id(text: &str) -> bool {
    (text.starts_with("ou-") || text.starts_with("r-"))
        && text.len() <= 68
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_sound_and_an_empty_table_gives_them() {
        assert_eq!(AwsOptions::default().problem(), None);
        let empty: AwsOptions = serde_json::from_str("{}").unwrap();
        assert_eq!(empty, AwsOptions::default());
        assert!(serde_json::from_str::<AwsOptions>(r#"{"endpoint_url":"http://127.0.0.1"}"#).is_err());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let bad: [fn(&mut AwsOptions); 10] = [
            |o| o.include_accounts = vec!["1234".into()],
            |o| o.exclude_accounts = vec!["12345678901a".into()],
            |o| o.include_ous = vec!["Root".into()],
            |o| o.exclude_tags = vec!["no-equals-sign".into()],
            |o| o.regions = vec!["Frankfurt".into()],
            |o| o.role_name = "../x y".into(),
            |o| o.role_name = String::new(),
            |o| o.concurrency = 0,
            |o| o.max_attempts = Some(0),
            |o| o.read_timeout_seconds = 0,
        ];
        for change in bad {
            let mut options = AwsOptions::default();
            change(&mut options);
            assert!(options.problem().is_some(), "{options:?}");
        }
    }
}
