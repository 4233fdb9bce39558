//! The token endpoint, and the tokens themselves.

mod assertion;
mod discovery;
mod jwt;
mod metadata;

use jiff::Timestamp;

pub(crate) use jwt::{Bearer, Tokens, audience_shown};
pub(crate) use metadata::managed_identity;

use crate::{
    cloud::is_audience,
    faults,
    http::{Answer, Reply, Request, decode},
    json::quote,
    server::Context,
    tenant::{Client, Tenant},
};

/// Answers a request to the token endpoint's host.
pub(crate) fn answer(context: &Context<'_>) -> Reply {
    let request = context.request;
    match (request.method.as_str(), request.parts().as_slice()) {
        ("POST", [tenant, "oauth2", "v2.0", "token"]) => token(context, tenant),
        ("GET", [_, "discovery", "instance"]) => discovery::instance(request),
        ("GET", [tenant, "v2.0", ".well-known", "openid-configuration"]) => {
            discovery::openid_configuration(context, tenant)
        }
        ("GET", _) => Err(faults::not_found(request)),
        _ => Err(faults::not_read(request)),
    }
}

/// The tenant that a path names, in the cloud that the host belongs to.
fn tenant_called<'a>(context: &'a Context<'_>, name: &str) -> Result<(usize, &'a Tenant), Box<Answer>> {
    let found = context
        .state
        .tenants
        .iter()
        .enumerate()
        .find(|(_, tenant)| tenant.extras.cloud == context.request.host.cloud && tenant.is_called(name));
    found.ok_or_else(|| {
        let message = format!(
            "AADSTS90002: Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are \
             signing into the correct cloud."
        );
        faults::error(context.request, 400, "invalid_request", &message)
    })
}

/// The fields of a form.
struct Form(Vec<(String, String)>);

impl Form {
    fn parse(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let fields = text.split('&').filter_map(|pair| pair.split_once('='));
        Self(fields.map(|(name, value)| (field(name), field(value))).collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn field(text: &str) -> String {
    decode(&text.replace('+', " "))
}

fn token(context: &Context<'_>, name: &str) -> Reply {
    let request = context.request;
    let (number, tenant) = tenant_called(context, name)?;
    let form = Form::parse(&request.body);
    let refuse = |status, code, message: String| faults::error(request, status, code, &message);
    if form.get("grant_type") != Some("client_credentials") {
        let message = "AADSTS70003: The app requested an unsupported grant type.".to_owned();
        return Err(refuse(400, "unsupported_grant_type", message));
    }
    let id = form.get("client_id").unwrap_or_default();
    let client = tenant.extras.clients.iter().find(|client| client.client_id.eq_ignore_ascii_case(id));
    let client = client.ok_or_else(|| {
        let message = format!(
            "AADSTS700016: Application with identifier '{id}' was not found in the directory '{}'.",
            tenant.id
        );
        refuse(400, "unauthorized_client", message)
    })?;
    prove(request, tenant, client, &form)?;
    let audience = audience(request, &form)?;
    let lifetime = context.settings.token_lifetime;
    let bearer = Bearer {
        tenant: number,
        audience,
        client_id: client.client_id.clone(),
        object_id: client.object_id.clone(),
        expires: expiry(lifetime),
    };
    let token = quote(&context.state.tokens.issue(&bearer, &tenant.id));
    Ok(Answer::json(
        200,
        format!(
            r#"{{"token_type":"Bearer","expires_in":{lifetime},"ext_expires_in":{lifetime},"access_token":{token}}}"#
        ),
    )
    .with("cache-control", "no-store, no-cache"))
}

fn expiry(lifetime: u64) -> i64 {
    Timestamp::now().as_second().saturating_add(i64::try_from(lifetime).unwrap_or(i64::MAX))
}

/// Checks that the client is who it says.
fn prove(request: &Request, tenant: &Tenant, client: &Client, form: &Form) -> Result<(), Box<Answer>> {
    if let Some(secret) = form.get("client_secret") {
        if client.secret.as_deref() == Some(secret) {
            return Ok(());
        }
        let message = format!(
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the \
             client secret value, not the client secret ID, for a secret added to app '{}'.",
            client.client_id
        );
        return Err(faults::error(request, 401, "invalid_client", &message));
    }
    let kind = form.get("client_assertion_type");
    match form.get("client_assertion") {
        Some(text) if kind == Some(assertion::KIND) => assertion::check(request, tenant, client, text)
            .map_err(|message| faults::error(request, 401, "invalid_client", &message)),
        _ => {
            let message = "AADSTS7000218: The request body must contain the following parameter: \
                           'client_assertion' or 'client_secret'.";
            Err(faults::error(request, 401, "invalid_client", message))
        }
    }
}

/// What the token shall be for.
fn audience(request: &Request, form: &Form) -> Result<String, Box<Answer>> {
    let scopes = form.get("scope").unwrap_or_default();
    let resource = scopes.split_whitespace().find_map(|scope| scope.strip_suffix("/.default"));
    let Some(resource) = resource else {
        let message = format!(
            "AADSTS1002012: The provided value for scope {scopes} is not valid. Client credential flows must \
             have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        return Err(faults::error(request, 400, "invalid_scope", &message));
    };
    if is_audience(request.host.cloud, resource.trim_end_matches('/')) {
        return Ok(resource.to_owned());
    }
    let message = format!(
        "AADSTS500011: The resource principal named {resource} was not found in the tenant. This can happen if \
         the application has not been installed by the administrator of the tenant."
    );
    Err(faults::error(request, 400, "invalid_resource", &message))
}
