//! From a person's options to clients.

use std::{sync::Arc, time::Duration};

use aws_config::{
    BehaviorVersion, Region, SdkConfig,
    environment::EnvironmentVariableRegionProvider,
    meta::region::RegionProviderChain,
    profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider},
    provider_config::ProviderConfig,
    retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_credential_types::provider::SharedCredentialsProvider;
use census_privilege::aws::trust::is_account_id;
use census_provider_api::{FetchError, Guard};

use super::{
    Api, Cause, Failure, GET_CALLER_IDENTITY, Partition,
    egress::{EgressError, Gate, Transport},
    enter::{Entered, Entry},
    guard::ReadOnly,
    hosts::Purpose,
    wire::Wire,
};
use crate::{fetch::READS, options::AwsOptions};

const DEFAULT_ATTEMPTS: u32 = 5;

/// Who the credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The ARN of the user or session.
    pub(crate) arn: String,
    /// Its account.
    pub(crate) account: String,
    /// Its partition.
    pub(crate) partition: Partition,
}

/// The configuration from which all clients of one fetch are made.
#[derive(Debug)]
pub(crate) struct Connection {
    config: SdkConfig,
    region: Option<Region>,
    profile: Option<String>,
    transport: Arc<Transport>,
    requests_per_second: u32,
    deadline: Option<std::time::Instant>,
}

impl Connection {
    /// Loads the AWS configuration; makes no call, unless the region or the credentials need one.
    ///
    /// # Errors
    /// When the options or the environment cannot be meant.
    pub(crate) async fn open(
        options: &AwsOptions,
        deadline: Option<std::time::Instant>,
    ) -> Result<Self, FetchError> {
        if let Some((what, help)) = options.problem() {
            return Err(FetchError::Options { what, help });
        }
        let wait = Duration::from_secs(options.read_timeout_seconds);
        let transport = Transport::new(wait);
        let gate = Gate::new(Arc::clone(&transport), Purpose::Credentials);
        let region = region(options).await;
        let first = region.clone().unwrap_or(Region::from_static(Partition::Aws.default_region()));
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(options.connect_timeout_seconds))
            .read_timeout(wait)
            .build();
        // Given in full, because the loader panics on an environment that it cannot parse.
        let retries = RetryConfig::standard().with_max_attempts(attempts(options)?);
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(gate.clone())
            .region(first.clone())
            .timeout_config(timeouts)
            .retry_config(retries);
        if let Some(profile) = &options.profile {
            // A profile that is asked for goes before keys in the environment, as with the `aws` command.
            let config = ProviderConfig::default().with_region(Some(first)).with_http_client(gate);
            let credentials =
                ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build();
            loader = loader.profile_name(profile).credentials_provider(credentials);
        }
        let config = loader.load().await;
        let requests_per_second = options.requests_per_second;
        let profile = options.profile.clone();
        Ok(Self { config, region, profile, transport, requests_per_second, deadline })
    }

    /// A connection to an endpoint, with keys that stand for nothing and short waits.
    #[cfg(test)]
    pub(crate) fn for_test(endpoint: &str, attempts: u32, requests_per_second: u32) -> Self {
        let keys = aws_credential_types::Credentials::new("AKIDTEST", "SECRETTEST", None, None, "test");
        let retries = RetryConfig::standard()
            .with_max_attempts(attempts)
            .with_initial_backoff(Duration::from_millis(1))
            .with_max_backoff(Duration::from_millis(2));
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .endpoint_url(endpoint)
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .retry_config(retries)
            .build();
        let transport = Transport::new(Duration::from_millis(300));
        Self { config, region: None, profile: None, transport, requests_per_second, deadline: None }
    }

    /// The region of the caller: that of the environment or the profile, else the partition's own.
    pub(crate) fn home(&self) -> &str {
        self.config.region().map_or(Partition::Aws.default_region(), Region::as_ref)
    }

    /// How many requests were sent.
    pub(crate) fn requests(&self) -> u64 {
        self.transport.requests()
    }

    /// Clients that act as the caller.
    pub(crate) fn api(&self) -> Api {
        self.clients(&self.config, "caller")
    }

    /// Assumes a role and makes clients that act as it.
    ///
    /// # Errors
    /// When the role cannot be assumed.
    pub(crate) async fn enter(&self, caller: &Api, entry: Entry) -> Result<Api, Failure> {
        let first = entry.assume(caller).await?;
        let name = entry.account.clone();
        let credentials = SharedCredentialsProvider::new(Entered::new(entry, caller.clone(), first));
        let config = self.config.to_builder().credentials_provider(credentials).build();
        Ok(self.clients(&config, &name))
    }

    /// The one place where clients are made, so that none goes without guard and gate.
    fn clients(&self, config: &SdkConfig, name: &str) -> Api {
        let gate = Gate::new(Arc::clone(&self.transport), Purpose::Reads).capped(self.requests_per_second);
        let guard = ReadOnly::new(Guard::new(READS.iter()));
        let wire = Wire::new(config, gate.clone(), guard.clone(), name);
        let config = config.to_builder().http_client(gate).build();
        macro_rules! client {
            ($sdk:ident) => {
                $sdk::Client::from_conf(
                    $sdk::config::Builder::from(&config)
                        .interceptor(guard.clone())
                        // Retries of one account do not use up those of another.
                        .retry_partition($sdk::config::retry::RetryPartition::new(format!(
                            "census-{}-{name}",
                            stringify!($sdk)
                        )))
                        .build(),
                )
            };
        }
        Api {
            iam: client!(aws_sdk_iam),
            sts: client!(aws_sdk_sts),
            organizations: client!(aws_sdk_organizations),
            wire,
            deadline: self.deadline,
        }
    }

    /// Asks who the caller is, and turns to the endpoints of its partition.
    ///
    /// # Errors
    /// When the credentials are missing or refused, or AWS cannot be reached.
    pub(crate) async fn caller(&mut self) -> Result<Caller, FetchError> {
        let api = self.api();
        let answer = api.call(&GET_CALLER_IDENTITY, api.sts.get_caller_identity().send()).await;
        self.refusal()?;
        let answer = answer.map_err(|failure| self.unusable(&failure))?;
        let arn = answer.arn.unwrap_or_default();
        let account = answer.account.filter(|account| is_account_id(account));
        let (Some(account), Some(partition)) = (account, Partition::of_arn(&arn)) else {
            return Err(FetchError::Options {
                what: format!("the caller `{}` is in no partition that can be scanned", arn.escape_debug()),
                help: "the partitions aws, aws-us-gov and aws-cn can be scanned".to_owned(),
            });
        };
        if self.region.is_none() {
            let region = Region::from_static(partition.default_region());
            self.config = self.config.to_builder().region(region).build();
        }
        Ok(Caller { arn, account, partition })
    }

    fn unusable(&self, failure: &Failure) -> FetchError {
        let mut what = failure.detail.clone();
        let mut help = match failure.cause {
            Cause::Credentials => {
                "sign in (`aws sso login`), set AWS_PROFILE or the AWS_* keys, or name a profile; \
                 `aws sts get-caller-identity` must work"
            }
            Cause::Api => {
                "AWS does not accept these credentials; check them with `aws sts get-caller-identity`"
            }
            Cause::Deadline => "give the scan more time",
            Cause::Network | Cause::NoSuchHost | Cause::Client => {
                "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL; `aws sts get-caller-identity` must work"
            }
        }
        .to_owned();
        if let Some(profile) = &self.profile {
            what = format!("profile `{}`: {what}", profile.escape_debug());
        }
        if failure.cause == Cause::Api && self.region.is_none() {
            help.push_str(
                "; for GovCloud or China set AWS_REGION to a region there (us-gov-west-1, cn-north-1)",
            );
        }
        FetchError::Credentials { what, help }
    }

    /// Fails if the gate refused a host: every further call would fail in the same way, and the person must know.
    ///
    /// # Errors
    /// With the host and the settings to look at.
    pub(crate) fn refusal(&self) -> Result<(), FetchError> {
        match self.transport.refused() {
            None => Ok(()),
            Some(refused) => Err(endpoint_problem(&refused)),
        }
    }
}

fn endpoint_problem(refused: &EgressError) -> FetchError {
    FetchError::Options {
        what: refused.to_string(),
        help: "requests go to endpoints of AWS over https, or to this machine for tests; look at AWS_ENDPOINT_URL, \
               AWS_ENDPOINT_URL_<SERVICE> (as in AWS_ENDPOINT_URL_IAM), AWS_CONTAINER_CREDENTIALS_FULL_URI and at `endpoint_url` in your AWS configuration"
            .to_owned(),
    }
}

/// The region of the environment or the profile. Instance metadata is not asked: it is needed for nothing here, and
/// where there is none, asking takes seconds.
async fn region(options: &AwsOptions) -> Option<Region> {
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &options.profile {
        profile = profile.profile_name(name);
    }
    RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build())
        .region()
        .await
}

fn attempts(options: &AwsOptions) -> Result<u32, FetchError> {
    const VARIABLE: &str = "AWS_MAX_ATTEMPTS";
    if let Some(attempts) = options.max_attempts {
        return Ok(attempts);
    }
    match std::env::var(VARIABLE) {
        Err(_) => Ok(DEFAULT_ATTEMPTS),
        Ok(text) => match text.parse() {
            Ok(attempts) if (1..=20).contains(&attempts) => Ok(attempts),
            _ => Err(FetchError::Options {
                what: format!("{VARIABLE} is `{}`", text.escape_debug()),
                help: "set it to 1 to 20, or unset it".to_owned(),
            }),
        },
    }
}
