//! Key Vault's way of asking for a token: by a challenge that says where to get it and what for.

use crate::{faults, http::Answer, server::Context, settings::Fault, tenant::Tenant};

/// Checks the token; without one the answer is the challenge.
pub(super) fn check(context: &Context<'_>, tenant: &Tenant) -> Result<(), Box<Answer>> {
    let request = context.request;
    let audiences = request.host.audiences();
    let refuse = |message: &str| unauthorized(context, tenant, message);
    if request.header("authorization").is_none() {
        return Err(refuse("AKV10000: Request is missing a Bearer or PoP token."));
    }
    if matches!(context.fault, Some(Fault::InvalidToken | Fault::Challenge { .. })) {
        return Err(refuse("AKV10046: The token is not valid any more."));
    }
    let Some(bearer) = context.bearer else {
        return Err(refuse("AKV10001: The token could not be read."));
    };
    if bearer.is_expired() {
        return Err(refuse("AKV10003: The token is expired."));
    }
    if !bearer.is_for(&audiences) {
        let message = format!(
            "AKV10022: Invalid audience. Expected {}, found: {}.",
            audiences.join(" or "),
            bearer.audience
        );
        return Err(refuse(&message));
    }
    let issuer = context.tenant().map(|tenant| tenant.id.as_str());
    if issuer == Some(tenant.id.as_str()) {
        return Ok(());
    }
    Err(refuse("AKV10032: Invalid issuer."))
}

fn unauthorized(context: &Context<'_>, tenant: &Tenant, message: &str) -> Box<Answer> {
    let request = context.request;
    let login = request.host.cloud.names().login.first().copied().unwrap_or_default();
    let mut authority = format!("https://{login}/{}", tenant.id);
    let mut resource = request.host.audiences().into_iter().next().unwrap_or_default();
    if let Some(Fault::Challenge { resource: other, authority: by }) = context.fault {
        resource.clone_from(other);
        authority = by.clone().unwrap_or(authority);
    }
    let challenge = format!(r#"Bearer authorization="{authority}", resource="{resource}""#);
    let answer = *faults::error(request, 401, "Unauthorized", message);
    Box::new(answer.with("www-authenticate", challenge))
}
