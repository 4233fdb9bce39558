//! Each API's own words for what it refuses, and faults on purpose.

use jiff::Timestamp;

use crate::{
    cloud::HostKind,
    http::{Answer, Delivery, Request},
    ids::request_id,
    json::quote,
    settings::Fault,
};

/// An error in the form of the API that the request went to.
pub(crate) fn error(request: &Request, status: u16, code: &str, message: &str) -> Box<Answer> {
    let answer = match request.host.kind {
        HostKind::Graph => {
            let (code, message, id) = (quote(code), quote(message), request_id());
            let date = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S");
            Answer::json(
                status,
                format!(
                    r#"{{"error":{{"code":{code},"message":{message},"innerError":{{"date":"{date}","request-id":"{id}","client-request-id":"{id}"}}}}}}"#
                ),
            )
            .with("request-id", id.clone())
            .with("client-request-id", id)
        }
        HostKind::Login => login_error(status, code, message),
        HostKind::Metadata => Answer::json(
            status,
            format!(r#"{{"error":{},"error_description":{}}}"#, quote(code), quote(message)),
        ),
        HostKind::Arm => {
            let id = request_id();
            Answer::error(status, code, message)
                .with("x-ms-failure-cause", "gateway")
                .with("x-ms-request-id", id.clone())
                .with("x-ms-correlation-request-id", id)
        }
        HostKind::Vault | HostKind::Hsm => {
            Answer::error(status, code, message).with("x-ms-request-id", request_id())
        }
    };
    Box::new(answer)
}

/// An error of the token endpoint; its number stands at the start of the message, as `AADSTS7000215: …`.
fn login_error(status: u16, code: &str, message: &str) -> Answer {
    let id = request_id();
    let number: String =
        message.trim_start_matches("AADSTS").chars().take_while(char::is_ascii_digit).collect();
    let time = Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ");
    let description = quote(&format!("{message} Trace ID: {id} Correlation ID: {id} Timestamp: {time}"));
    Answer::json(
        status,
        format!(
            r#"{{"error":{},"error_description":{description},"error_codes":[{number}],"timestamp":"{time}","trace_id":"{id}","correlation_id":"{id}"}}"#,
            quote(code)
        ),
    )
}

/// The path that no route serves.
pub(crate) fn not_found(request: &Request) -> Box<Answer> {
    let (code, message) = match request.host.kind {
        HostKind::Graph => {
            ("Request_ResourceNotFound", format!("Resource '{}' does not exist.", request.path))
        }
        HostKind::Arm => ("ResourceNotFound", format!("The resource '{}' was not found.", request.path)),
        HostKind::Vault => ("SecretNotFound", format!("'{}' was not found in this key vault.", request.path)),
        HostKind::Hsm => ("NotFound", format!("'{}' was not found.", request.path)),
        HostKind::Login => ("invalid_request", format!("AADSTS90009: '{}' was not found.", request.path)),
        HostKind::Metadata => ("not_found", "The resource was not found.".to_owned()),
    };
    error(request, 404, code, &message)
}

/// Any method that changes something.
pub(crate) fn not_read(request: &Request) -> Box<Answer> {
    let message = format!("The method '{}' is not allowed.", request.method);
    error(request, 405, "MethodNotAllowed", &message)
}

/// The answer that a fault gives in place of the real one.
pub(crate) fn instead(request: &Request, fault: &Fault) -> Option<Answer> {
    let answer = match fault {
        Fault::Denied => denied(request),
        // A vault says it by its challenge.
        Fault::InvalidToken if matches!(request.host.kind, HostKind::Vault | HostKind::Hsm) => return None,
        Fault::InvalidToken => invalid_token(request),
        Fault::NotFound => not_found(request),
        Fault::Throttled { retry_after } => {
            let code = match request.host.kind {
                HostKind::Vault | HostKind::Hsm => "Throttled",
                _ => "TooManyRequests",
            };
            let answer = error(request, 429, code, "Too many requests. Please retry after some time.");
            return Some(answer.with("retry-after", retry_after.to_string()));
        }
        Fault::Status { status } => {
            let code = match (request.host.kind, status) {
                (HostKind::Graph, 503) => "serviceNotAvailable",
                (HostKind::Graph, _) => "UnknownError",
                (_, 503) => "ServiceUnavailable",
                (_, 502) => "BadGateway",
                (_, 504) => "GatewayTimeout",
                _ => "InternalServerError",
            };
            error(request, *status, code, "The server could not process the request. Please retry.")
        }
        Fault::Html { status } => return Some(Answer::html(*status)),
        Fault::BrokenJson => return Some(Answer::json(200, r#"{"value":[{"id":"#)),
        Fault::Challenge { .. }
        | Fault::Reset
        | Fault::CutBody
        | Fault::ForeignNextLink { .. }
        | Fault::EndlessNextLink { .. } => return None,
    };
    Some(*answer)
}

/// What a fault does to an answer on its way.
pub(crate) fn spoil(answer: &mut Answer, fault: Option<&Fault>) {
    match fault {
        Some(Fault::Reset) => answer.delivery = Delivery::Reset,
        Some(Fault::CutBody) => answer.delivery = Delivery::Cut,
        _ => {}
    }
}

fn denied(request: &Request) -> Box<Answer> {
    match request.host.kind {
        HostKind::Graph => error(
            request,
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        ),
        HostKind::Arm => error(
            request,
            403,
            "AuthorizationFailed",
            "The client does not have authorization to perform the action over the scope or the scope is \
             invalid. If access was recently granted, please refresh your credentials.",
        ),
        HostKind::Vault | HostKind::Hsm => {
            let message = "Caller is not authorized to perform action on resource. If role assignments, deny \
                           assignments or role definitions were changed recently, please observe propagation \
                           time.";
            Box::new(Answer::json(
                403,
                format!(
                    r#"{{"error":{{"code":"Forbidden","message":{},"innererror":{{"code":"ForbiddenByRbac"}}}}}}"#,
                    quote(message)
                ),
            ))
        }
        HostKind::Login => error(
            request,
            400,
            "unauthorized_client",
            "AADSTS700016: Application was not found in the directory.",
        ),
        HostKind::Metadata => error(request, 403, "forbidden", "The request is not allowed."),
    }
}

/// 401 as for a token that has expired.
pub(crate) fn invalid_token(request: &Request) -> Box<Answer> {
    match request.host.kind {
        HostKind::Graph => graph_unauthorized(request, "Lifetime validation failed, the token is expired."),
        HostKind::Arm => arm_unauthorized(
            request,
            "ExpiredAuthenticationToken",
            "The access token expiry UTC time is earlier than current UTC time.",
        ),
        HostKind::Vault | HostKind::Hsm => error(request, 401, "Unauthorized", "The token is expired."),
        HostKind::Login => error(
            request,
            401,
            "invalid_client",
            "AADSTS7000222: The provided client secret keys are expired.",
        ),
        HostKind::Metadata => error(request, 400, "invalid_request", "Identity not found"),
    }
}

pub(crate) fn graph_unauthorized(request: &Request, message: &str) -> Box<Answer> {
    let login = request.host.cloud.names().login.first().copied().unwrap_or_default();
    let challenge = format!(
        r#"Bearer realm="", authorization_uri="https://{login}/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000""#
    );
    let answer = *error(request, 401, "InvalidAuthenticationToken", message);
    Box::new(answer.with("www-authenticate", challenge))
}

pub(crate) fn arm_unauthorized(request: &Request, code: &str, message: &str) -> Box<Answer> {
    let login = request.host.cloud.names().login.first().copied().unwrap_or_default();
    let challenge = format!(
        r#"Bearer authorization_uri="https://{login}/", error="invalid_token", error_description={}"#,
        quote(message)
    );
    let answer = *error(request, 401, code, message);
    Box::new(answer.with("www-authenticate", challenge))
}
