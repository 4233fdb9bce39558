//! The providers of this build. A new one is one line in each list.

use census_model::Provider as Name;
use census_provider_api::Provider;
use census_provider_aws::AwsProvider;
use census_provider_azure::AzureProvider;

use crate::config::Config;

/// The providers that this build knows.
pub(crate) const NAMES: &[Name] = &[Name::Aws, Name::Azure];

/// Builds every provider from its table of the configuration.
pub(crate) fn all(config: &Config) -> Vec<Box<dyn Provider>> {
    vec![Box::new(AwsProvider::new(config.aws.clone())), Box::new(AzureProvider::new(config.azure.clone()))]
}
