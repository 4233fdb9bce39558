//! What sign-in libraries read before they ask for a token.

use crate::{
    http::{Answer, Reply, Request},
    server::Context,
};

/// `GET /common/discovery/instance`: the names of the authority.
pub(super) fn instance(request: &Request) -> Reply {
    let names = request.host.cloud.names();
    let login = names.login.first().copied().unwrap_or_default();
    let aliases = serde_json::json!(names.login);
    Ok(Answer::json(
        200,
        format!(
            r#"{{"tenant_discovery_endpoint":"https://{login}/common/v2.0/.well-known/openid-configuration","api-version":"1.1","metadata":[{{"preferred_network":"{login}","preferred_cache":"{login}","aliases":{aliases}}}]}}"#
        ),
    ))
}

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`.
pub(super) fn openid_configuration(context: &Context<'_>, tenant: &str) -> Reply {
    let (_, tenant) = super::tenant_called(context, tenant)?;
    let login = &context.request.host.name;
    let authority = format!("https://{login}/{}", tenant.id);
    let body = serde_json::json!({
        "token_endpoint": format!("{authority}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{authority}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("{authority}/v2.0"),
        "authorization_endpoint": format!("{authority}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{authority}/oauth2/v2.0/devicecode"),
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
    });
    Ok(Answer::json(200, body.to_string()))
}
