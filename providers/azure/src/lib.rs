//! Microsoft Azure and Entra ID: API → documents → nouns.
//!
//! `fetch` makes the declared reads and writes documents; `read` turns documents into the estate's nouns without any
//! network. The table of documents is in `docs/documents.md`, that of reads in `docs/providers/azure.md`.

mod client;
pub mod documents;
mod fetch;
mod options;
mod permissions;
mod read;

use census_model::EstateBuilder;
use census_provider_api::{
    DeclaredRead, DocPath, DocumentStore, FetchContext, FetchError, Fetched, PermissionCheck, Provider,
    ReadError,
};
use futures::future::BoxFuture;

pub use client::Cloud;
pub use options::{AzureOptions, CredentialKind};

/// The provider of Entra tenants and their Azure subscriptions.
#[derive(Clone, Debug, Default)]
pub struct AzureProvider {
    options: AzureOptions,
}

impl AzureProvider {
    /// A provider that fetches as the options say. Reading documents needs none.
    pub fn new(options: AzureOptions) -> Self {
        Self { options }
    }
}

impl Provider for AzureProvider {
    fn provider(&self) -> census_model::Provider {
        census_model::Provider::Azure
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
        permissions::policy(&self.options)
    }

    fn check_permissions<'a>(&'a self) -> BoxFuture<'a, Result<Vec<PermissionCheck>, FetchError>> {
        Box::pin(permissions::check(&self.options))
    }
}
