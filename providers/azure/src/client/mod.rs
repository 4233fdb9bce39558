//! Talking to Microsoft: credentials, one client for Azure Resource Manager, Microsoft Graph and Key Vault, and what
//! stands between them and the network: the gate (only declared reads, only the cloud's own hosts) and the deadline.

mod admit;
mod batch;
mod cached;
mod call;
mod certificate;
mod cloud;
mod credentials;
mod failure;
mod gate;
mod keep;
mod list;
mod send;
#[cfg(test)]
pub(crate) mod tests;
mod tokens;

use std::{sync::Arc, time::Instant};

use census_model::GapReason;
use futures::{StreamExt, stream};
use url::Url;

pub(crate) use admit::Door;
pub(crate) use batch::Ask;
pub(crate) use call::{Call, version};
pub use cloud::Cloud;
pub(crate) use cloud::Plane;
pub(crate) use cloud::issues;
pub(crate) use credentials::{Environment, SignIn};
pub(crate) use failure::Failure;
pub(crate) use gate::{Gate, Ways, identity_endpoint};
pub(crate) use list::{Item, Listed};
pub(crate) use send::Retry;
pub(crate) use tokens::{Caller, Tokens};

/// The client of one tenant, and how long it may go on.
#[derive(Clone)]
pub(crate) struct Api {
    /// The cloud that the tenant is in.
    pub(crate) cloud: Cloud,
    /// How many requests are under way at the same time.
    pub(crate) concurrency: usize,
    gate: Gate,
    tokens: Arc<Tokens>,
    retry: Retry,
    deadline: Option<Instant>,
}

impl Api {
    /// A client.
    pub(crate) fn new(
        cloud: Cloud,
        gate: Gate,
        tokens: Arc<Tokens>,
        retry: Retry,
        concurrency: usize,
        deadline: Option<Instant>,
    ) -> Self {
        Self { cloud, concurrency: concurrency.max(1), gate, tokens, retry, deadline }
    }

    /// Does pieces of work, so many at the same time; their results in order. The work is a list, not an iterator: one
    /// that borrows and is held across an `await` would not be `Send`.
    pub(crate) async fn all<T>(&self, work: Vec<impl Future<Output = T>>) -> Vec<T> {
        stream::iter(work).buffered(self.concurrency).collect().await
    }

    /// The address of what a call asks for, at Graph or Resource Manager.
    ///
    /// # Errors
    /// When it is no address.
    pub(crate) fn url(&self, plane: Plane, target: &str) -> Result<Url, Failure> {
        let host = self.cloud.endpoints().service(plane).host;
        Url::parse(&format!("https://{host}{target}"))
            .map_err(|_| Failure::client(GapReason::Invalid, "an address could not be made"))
    }

    /// The address of what a call asks for at a vault or HSM of this cloud, by its own address.
    ///
    /// # Errors
    /// When that is no host of this cloud's Key Vault.
    pub(crate) fn vault_url(&self, plane: Plane, vault: &str, target: &str) -> Result<Url, Failure> {
        let foreign =
            || Failure::client(GapReason::Invalid, "the vault's address is none of this cloud's Key Vault");
        let vault = Url::parse(vault).map_err(|_| foreign())?;
        let host = vault.host_str().filter(|host| self.cloud.endpoints().plane(host) == Some(plane));
        let host =
            host.filter(|_| vault.scheme() == "https" && vault.port().is_none()).ok_or_else(foreign)?;
        Url::parse(&format!("https://{host}{target}")).map_err(|_| foreign())
    }
}
