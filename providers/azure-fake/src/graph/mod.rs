//! Microsoft Graph.

mod batch;
mod directory;
mod filter;
mod list;
mod members;
mod routes;

use crate::{
    faults,
    http::{Answer, Reply, Request},
    server::Context,
    tenant::Tenant,
};

/// One request with its tenant.
struct Call<'a> {
    context: &'a Context<'a>,
    request: &'a Request,
    tenant: &'a Tenant,
    version: Version,
}

/// Graph's two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V1,
    Beta,
}

impl Version {
    fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1.0",
            Self::Beta => "beta",
        }
    }
}

/// What beta writes otherwise than v1.0, which is how documents hold it.
const ANOTHER_IN_BETA: [&str; 4] = ["servicePrincipals", "applications", "directory", "directoryObjects"];

/// Answers a request to Microsoft Graph.
pub(crate) fn answer(context: &Context<'_>) -> Reply {
    let request = context.request;
    // `graph.` is the schema's own alias for `microsoft.graph.`, and what the SDKs write.
    let parts: Vec<String> = request
        .segments
        .iter()
        .map(|part| {
            part.strip_prefix("graph.").map_or(part.clone(), |name| format!("microsoft.graph.{name}"))
        })
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (version, path) = match parts.as_slice() {
        ["v1.0", path @ ..] => (Version::V1, path),
        ["beta", path @ ..] => (Version::Beta, path),
        _ => {
            return Err(faults::error(request, 400, "BadRequest", "Invalid version."));
        }
    };
    let tenant = authenticate(context)?;
    let call = Call { context, request, tenant, version };
    if version == Version::Beta && path.first().is_some_and(|name| ANOTHER_IN_BETA.contains(name)) {
        return Err(faults::not_found(request));
    }
    match (request.method.as_str(), path) {
        ("POST", ["$batch"]) if !request.is_inner() => batch::answer(&call),
        ("POST", ["directoryObjects", "getByIds"]) => directory::by_ids(&call),
        ("GET", path) => routes::answer(&call, path),
        _ => Err(faults::not_read(request)),
    }
}

fn authenticate<'a>(context: &'a Context<'a>) -> Result<&'a Tenant, Box<Answer>> {
    let request = context.request;
    if request.header("authorization").is_none() {
        return Err(faults::graph_unauthorized(request, "Access token is empty."));
    }
    let Some(bearer) = context.bearer else {
        return Err(faults::graph_unauthorized(request, "IDX14100: JWT is not well formed."));
    };
    if bearer.is_expired() {
        return Err(faults::invalid_token(request));
    }
    let tenant = context.tenant().filter(|tenant| tenant.extras.cloud == request.host.cloud);
    match tenant {
        Some(tenant) if bearer.is_for(&request.host.audiences()) => Ok(tenant),
        _ => Err(faults::graph_unauthorized(request, "Access token validation failure. Invalid audience.")),
    }
}

impl Call<'_> {
    fn missing(&self, id: &str) -> Box<Answer> {
        let message = format!(
            "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
        );
        faults::error(self.request, 404, "Request_ResourceNotFound", &message)
    }

    fn bad(&self, message: &str) -> Box<Answer> {
        faults::error(self.request, 400, "Request_BadRequest", message)
    }

    fn unsupported(&self, message: &str) -> Box<Answer> {
        faults::error(self.request, 400, "Request_UnsupportedQuery", message)
    }
}
