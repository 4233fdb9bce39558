//! Which requests may leave.

use azure_core::http::{Body, Method, Request, headers::AUTHORIZATION};
use census_provider_api::Guard;
use serde::Deserialize;
use url::Url;

use super::{
    call::{Call, declared},
    cloud::{Endpoints, Plane},
};

/// Where virtual machines ask for the token of their managed identity.
/// <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>
const INSTANCE_METADATA: (&str, &str) = ("169.254.169.254", "/metadata/identity/oauth2/token");

/// The paths of Microsoft Graph's batches, and what comes before the paths of the requests in them.
const BATCHES: [(&str, &str); 2] = [("/v1.0/$batch", "/v1.0"), ("/beta/$batch", "/beta")];

/// The most requests in a batch. <https://learn.microsoft.com/graph/json-batching>
pub(crate) const BATCH_SIZE: usize = 20;

/// What a request that may leave is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// For a token of the cloud's authority.
    Token,
    /// For a token of the machine's managed identity.
    ManagedIdentity,
    /// A declared read.
    Read,
    /// So many declared reads.
    Batch(u64),
}

/// Decides what leaves.
pub(crate) struct Door {
    endpoints: &'static Endpoints,
    calls: Vec<&'static Call>,
    guard: Guard,
    identity_endpoint: Option<Url>,
}

impl Door {
    /// A door of a cloud for these reads. `identity_endpoint` is where the machine gives out tokens, beside the
    /// address that is the same for all virtual machines.
    pub(crate) fn new(
        endpoints: &'static Endpoints,
        calls: Vec<&'static Call>,
        identity_endpoint: Option<Url>,
    ) -> Self {
        let guard = Guard::new(calls.iter().map(|call| &call.read));
        Self { endpoints, calls, guard, identity_endpoint }
    }

    /// What a request is.
    ///
    /// # Errors
    /// With the reason, when it may not leave.
    pub(crate) fn admit(&self, request: &Request) -> Result<Admission, &'static str> {
        let url = request.url();
        let host = url.host_str().unwrap_or_default();
        let bearer = request.headers().get_optional_str(&AUTHORIZATION).is_some();
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the address holds a name or a password");
        }
        if self.is_managed_identity(url) {
            return match (request.method(), bearer) {
                (Method::Get, false) => Ok(Admission::ManagedIdentity),
                _ => Err("a token is asked for with a plain GET there"),
            };
        }
        if url.scheme() != "https" {
            return Err("only https is spoken");
        }
        if url.port().is_some() {
            return Err("the cloud's own hosts are at the port of https");
        }
        if host == self.endpoints.authority {
            return match (request.method(), bearer, is_token_path(url.path())) {
                (Method::Post, false, true) => Ok(Admission::Token),
                _ => Err("only tokens are asked for there"),
            };
        }
        let Some(plane) = self.endpoints.plane(host) else {
            return Err(
                "it is no host of this cloud's identity, Graph, Resource Manager or Key Vault services",
            );
        };
        match request.method() {
            Method::Get if self.is_declared(plane, url.path()) => Ok(Admission::Read),
            Method::Get => Err("no declared read asks for this path"),
            Method::Post if plane == Plane::Graph => self.batch(url.path(), request.body()),
            _ => Err("only reads are made"),
        }
    }

    fn is_managed_identity(&self, url: &Url) -> bool {
        let (host, path) = INSTANCE_METADATA;
        let instance = url.scheme() == "http"
            && url.host_str() == Some(host)
            && url.port().is_none()
            && url.path() == path;
        instance
            || self.identity_endpoint.as_ref().is_some_and(|own| {
                own.scheme() == url.scheme()
                    && own.host() == url.host()
                    && own.port_or_known_default() == url.port_or_known_default()
                    && own.path() == url.path()
            })
    }

    fn is_declared(&self, plane: Plane, path: &str) -> bool {
        declared(&self.calls, &self.guard, plane, path).is_some()
    }

    fn batch(&self, path: &str, body: &Body) -> Result<Admission, &'static str> {
        let Some((_, before)) = BATCHES.iter().find(|(batch, _)| *batch == path) else {
            return Err("only reads are made");
        };
        let Body::Bytes(bytes) = body else { return Err("the batch cannot be looked into") };
        let batch: BatchBody =
            serde_json::from_slice(bytes).map_err(|_| "the batch cannot be looked into")?;
        if batch.requests.is_empty() || batch.requests.len() > BATCH_SIZE {
            return Err("a batch holds 1 to 20 requests");
        }
        for inner in &batch.requests {
            let target = inner.url.split(['?', '#']).next().unwrap_or_default();
            let read = inner.method == "GET"
                && inner.body.is_none()
                && self.is_declared(Plane::Graph, &format!("{before}{target}"));
            if !read {
                return Err("a request in the batch is no declared read");
            }
        }
        Ok(Admission::Batch(batch.requests.len() as u64))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchBody {
    requests: Vec<Inner>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner {
    #[serde(rename = "id")]
    _id: String,
    method: String,
    url: String,
    body: Option<serde::de::IgnoredAny>,
}

/// `/{tenant}/oauth2/v2.0/token`.
fn is_token_path(path: &str) -> bool {
    let tenant = path.strip_prefix('/').and_then(|path| path.strip_suffix("/oauth2/v2.0/token"));
    tenant.is_some_and(|tenant| {
        !tenant.is_empty() && tenant.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
    })
}
