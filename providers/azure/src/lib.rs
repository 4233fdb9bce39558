//! Microsoft Azure and Entra ID: API → documents → nouns.

mod client;
pub mod documents;
mod fetch;
mod options;
mod read;

pub use client::Cloud;
pub use options::{AzureOptions, CredentialKind};
