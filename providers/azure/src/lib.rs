//! Microsoft Azure and Entra ID: API → documents → nouns.

mod client;
mod fetch;
mod options;
mod permissions;

pub use client::Cloud;
pub use options::{AzureOptions, CredentialKind};
