//! A tenant for tests: Azure Resource Manager, Microsoft Graph, Key Vault and the token endpoint, answered from a
//! folder of documents by an HTTP proxy on 127.0.0.1.
//!
//! Clients keep their production settings: they are pointed at the proxy by `HTTPS_PROXY` and told to trust an
//! authority that is made anew at each start. The crate's `README.md` lists what differs from the published APIs.

mod arm;
mod calls;
mod cloud;
mod faults;
mod graph;
mod http;
mod ids;
mod json;
mod page;
mod server;
mod settings;
mod tenant;
mod token;
mod vault;

pub use calls::{Call, UNKNOWN_AUDIENCE};
pub use cloud::{Cloud, HostKind};
pub use server::{Fake, StartError};
pub use settings::{Endless, Fault, Requests, Rule, Settings};
pub use tenant::{Assertion, Canary, Client, Extras, ManagedIdentity, OpenError, Tenant};
