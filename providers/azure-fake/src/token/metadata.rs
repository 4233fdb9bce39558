//! The managed identity endpoint of a virtual machine.

use super::{Bearer, expiry};
use crate::{
    cloud::is_audience,
    faults,
    http::{Answer, Reply},
    json::quote,
    server::Context,
};

/// `GET http://169.254.169.254/metadata/identity/oauth2/token`.
pub(crate) fn managed_identity(context: &Context<'_>) -> Reply {
    let request = context.request;
    let refuse = |message: &str| faults::error(request, 400, "invalid_request", message);
    if request.method != "GET" {
        return Err(faults::not_read(request));
    }
    if request.parts() != ["metadata", "identity", "oauth2", "token"] {
        return Err(faults::not_found(request));
    }
    if !request.header("metadata").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Err(refuse("Required metadata header not specified"));
    }
    if request.query.get("api-version").is_none() {
        return Err(refuse("Required query variable 'api-version' is missing"));
    }
    let resource = request
        .query
        .get("resource")
        .ok_or_else(|| refuse("Required query variable 'resource' is missing"))?;
    let wanted = request.query.get("client_id").or_else(|| request.query.get("object_id"));
    let found = context.state.tenants.iter().enumerate().find_map(|(number, tenant)| {
        let identity = tenant.extras.managed_identity.as_ref()?;
        let is_it = wanted.as_ref().is_none_or(|id| *id == identity.client_id || *id == identity.object_id);
        is_it.then_some((number, tenant, identity))
    });
    let (number, tenant, identity) = found.ok_or_else(|| refuse("Identity not found"))?;
    if !is_audience(tenant.extras.cloud, resource.trim_end_matches('/')) {
        return Err(faults::error(request, 400, "invalid_resource", "AADSTS500011: unknown resource."));
    }
    let lifetime = context.settings.token_lifetime;
    let bearer = Bearer {
        tenant: number,
        audience: resource.clone(),
        client_id: identity.client_id.clone(),
        object_id: identity.object_id.clone(),
        expires: expiry(lifetime),
    };
    let token = quote(&context.state.tokens.issue(&bearer, &tenant.id));
    let (resource, client) = (quote(&resource), quote(&identity.client_id));
    let expires = bearer.expires;
    Ok(Answer::json(
        200,
        format!(
            r#"{{"access_token":{token},"client_id":{client},"expires_in":"{lifetime}","expires_on":"{expires}","ext_expires_in":"{lifetime}","not_before":"{}","resource":{resource},"token_type":"Bearer"}}"#,
            expires.saturating_sub(i64::try_from(lifetime).unwrap_or(i64::MAX))
        ),
    ))
}
