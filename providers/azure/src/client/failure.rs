//! What went wrong with a call, as a reason for a gap and a text that is safe to keep.

use std::time::Duration;

use census_model::GapReason;
use serde::Deserialize;

use super::gate::{Answer, EgressError};

/// A call, or a collection of them, that did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Why, as a gap says it.
    pub(crate) reason: GapReason,
    /// What happened: operation, status and error code; never a header or a text of the answer.
    pub(crate) detail: String,
    /// The error code of the API, where it gave one.
    pub(crate) code: Option<String>,
    /// The HTTP status, where there was an answer.
    pub(crate) status: Option<u16>,
    /// Whose fault it was.
    pub(crate) cause: Cause,
}

/// Where a failure arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The API answered with an error, or with what cannot be understood.
    Api,
    /// Nothing usable arrived.
    Network,
    /// There was no token.
    Credentials,
    /// The time was up.
    Deadline,
    /// The client itself refused or could not go on.
    Client,
}

impl Failure {
    /// A failure that is no answer of the API.
    pub(crate) fn client(reason: GapReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), code: None, status: None, cause: Cause::Client }
    }

    /// The deadline was reached before or within a call.
    pub(crate) fn deadline() -> Self {
        Self { cause: Cause::Deadline, ..Self::client(GapReason::Truncated, "the deadline was reached") }
    }

    /// Whether the API answered with this error code.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether what was asked for does not exist.
    pub(crate) fn is_absence(&self) -> bool {
        self.status == Some(404)
    }

    /// Whether another run may fare better. A denial, a missing operation or a choice stays as it is.
    pub(crate) fn may_pass(&self) -> bool {
        match self.reason {
            GapReason::Throttled | GapReason::Failed | GapReason::Truncated | GapReason::Invalid => true,
            GapReason::Denied => self.cause == Cause::Credentials || self.status == Some(401),
            GapReason::Inconsistent
            | GapReason::Unsupported
            | GapReason::NotProvided
            | GapReason::NotRequested => false,
        }
    }

    /// No token could be had.
    pub(super) fn credentials(operation: &str, what: &str) -> Self {
        let detail = format!("{operation}: no token: {what}");
        Self { cause: Cause::Credentials, ..Self::client(GapReason::Denied, detail) }
    }

    /// No answer came.
    pub(super) fn egress(operation: &str, error: &EgressError) -> Self {
        let cause = match error {
            EgressError::Refused { .. } => Cause::Client,
            _ => Cause::Network,
        };
        Self { cause, ..Self::client(GapReason::Failed, format!("{operation}: {error}")) }
    }

    /// The API answered with an error.
    pub(super) fn answered(operation: &str, status: u16, body: &[u8]) -> Self {
        let (code, inner) = codes(body);
        let mut detail = format!("{operation}: HTTP {status}");
        if let Some(code) = &code {
            detail.push_str(&format!(" {code}"));
        }
        if let Some(inner) = inner.filter(|inner| code.as_ref() != Some(inner)) {
            detail.push_str(&format!(" ({inner})"));
        }
        let reason = reason(status, code.as_deref().unwrap_or_default());
        if reason == GapReason::NotProvided {
            detail.push_str(", the tenant has no licence for it");
        }
        Self { reason, detail, code, status: Some(status), cause: Cause::Api }
    }

    /// The answer is not what it should be; `where_in` says where, and nothing of what is there.
    pub(super) fn invalid(operation: &str, status: u16, where_in: &str) -> Self {
        let detail = format!("{operation}: the answer could not be understood{where_in}");
        Self { status: Some(status), cause: Cause::Api, ..Self::client(GapReason::Invalid, detail) }
    }
}

/// Whether the same request may fare better in a moment.
pub(super) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// How long the API asks to wait: a number of seconds, or a date.
/// <https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>
pub(super) fn retry_after(text: Option<&str>) -> Option<Duration> {
    let text = text?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(jiff::Timestamp::now())).unwrap_or_default())
}

/// `Retry-After` of an answer.
pub(super) fn asked_to_wait(answer: &Answer) -> Option<Duration> {
    let name = azure_core::http::headers::HeaderName::from_static("retry-after");
    retry_after(answer.headers.get_optional_str(&name))
}

/// The reason that a status and an error code stand for.
/// <https://learn.microsoft.com/graph/errors>,
/// <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>
fn reason(status: u16, code: &str) -> GapReason {
    // Without a licence for Entra ID P1 or P2 there is nothing of that kind to be read.
    let unlicensed = [
        "AadPremiumLicenseRequired",
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        "Authentication_RequestFromUnsupportedUserRole",
    ];
    let unknown = [
        "InvalidResourceType",
        "NoRegisteredProviderFound",
        "InvalidApiVersionParameter",
        "UnsupportedApiVersion",
        "InvalidApiVersion",
        "Request_UnsupportedQuery",
    ];
    if unlicensed.contains(&code) {
        return GapReason::NotProvided;
    }
    if status == 400 && unknown.contains(&code) {
        return GapReason::Unsupported;
    }
    match status {
        200..300 => GapReason::Invalid,
        401 | 403 => GapReason::Denied,
        429 => GapReason::Throttled,
        405 | 410 | 501 => GapReason::Unsupported,
        _ => GapReason::Failed,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    error: ApiError,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ApiError {
    code: Option<String>,
    #[serde(alias = "innerError", alias = "innererror")]
    inner: Option<InnerError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InnerError {
    code: Option<String>,
}

/// The code of an error, and the closer one within.
fn codes(body: &[u8]) -> (Option<String>, Option<String>) {
    let envelope: Envelope = serde_json::from_slice(body).unwrap_or_default();
    let inner = envelope.error.inner.and_then(|inner| inner.code);
    let code = |code: Option<String>| code.map(|code| token(&code)).filter(|code| !code.is_empty());
    (code(envelope.error.code), code(inner))
}

/// An error code: letters, digits and what joins them, at most 80 characters.
fn token(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_and_code_give_the_reason() {
        for (status, code, expected) in [
            (401, "InvalidAuthenticationToken", GapReason::Denied),
            (403, "AuthorizationFailed", GapReason::Denied),
            (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", GapReason::NotProvided),
            (400, "AadPremiumLicenseRequired", GapReason::NotProvided),
            (400, "InvalidApiVersionParameter", GapReason::Unsupported),
            (400, "Request_BadRequest", GapReason::Failed),
            (404, "ResourceNotFound", GapReason::Failed),
            (429, "TooManyRequests", GapReason::Throttled),
            (500, "", GapReason::Failed),
            (501, "", GapReason::Unsupported),
        ] {
            assert_eq!(reason(status, code), expected, "{status} {code}");
        }
    }

    #[test]
    fn nothing_of_a_body_but_its_codes_is_kept() {
        let body = br#"{"error":{"code":"Forbidden\u001b[31m","message":"secret","innererror":{"code":"ForbiddenByFirewall"}}}"#;
        let failure = Failure::answered("ListKeys", 403, body);
        assert_eq!(failure.detail, "ListKeys: HTTP 403 Forbidden31m (ForbiddenByFirewall)");
        assert_eq!(failure.reason, GapReason::Denied);
        assert_eq!(Failure::answered("X", 502, b"<html>secret").detail, "X: HTTP 502");
        assert_eq!(Failure::answered("X", 403, br#"{"error":"text"}"#).detail, "X: HTTP 403");
    }

    #[test]
    fn waits_are_numbers_or_dates() {
        assert_eq!(retry_after(Some("7")), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(Some("Fri, 31 Dec 1999 23:59:59 GMT")), Some(Duration::ZERO));
        assert!(retry_after(Some("Thu, 31 Dec 2099 23:59:59 GMT")).unwrap() > Duration::from_secs(1_000_000));
        for odd in [None, Some(""), Some("soon"), Some("-1"), Some("inf"), Some("NaN")] {
            assert_eq!(retry_after(odd), None, "{odd:?}");
        }
    }
}
