//! Amazon Web Services: API → documents → nouns.
//!
//! `fetch` makes the declared reads and writes documents; `read` turns documents into the estate's nouns without any
//! network. The table of reads, permissions and documents is in this crate's README.

mod client;
pub mod documents;
mod fetch;
mod options;
mod permissions;
mod read;
#[cfg(test)]
mod testing;

use census_model::EstateBuilder;
use census_provider_api::{
    DeclaredRead, DocPath, DocumentStore, FetchContext, FetchError, Fetched, PermissionCheck, Provider,
    ReadError,
};
use futures::future::BoxFuture;

pub use options::{AwsOptions, Extent};

/// The provider of AWS accounts and organizations.
#[derive(Clone, Debug, Default)]
pub struct AwsProvider {
    options: AwsOptions,
}

impl AwsProvider {
    /// A provider that fetches as the options say. Reading documents needs none.
    pub fn new(options: AwsOptions) -> Self {
        Self { options }
    }
}

impl Provider for AwsProvider {
    fn provider(&self) -> census_model::Provider {
        census_model::Provider::Aws
    }

    fn reads(&self) -> &'static [DeclaredRead] {
        &fetch::READS
    }

    fn owns(&self, path: &DocPath) -> bool {
        documents::owns(path)
    }

    fn fetch<'a>(&'a self, context: FetchContext<'a>) -> BoxFuture<'a, Result<Fetched, FetchError>> {
        Box::pin(fetch::fetch(&self.options, context))
    }

    fn read(&self, documents: &dyn DocumentStore, estate: &mut EstateBuilder) -> Result<(), ReadError> {
        read::read(documents, estate)
    }

    fn permissions_policy(&self) -> String {
        permissions::policy(&self.options, permissions::partition_of_environment())
    }

    fn check_permissions<'a>(&'a self) -> BoxFuture<'a, Result<Vec<PermissionCheck>, FetchError>> {
        Box::pin(permissions::check(&self.options))
    }
}
