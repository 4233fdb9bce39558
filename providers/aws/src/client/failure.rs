//! What went wrong with a call, as a reason for a gap and a text that is safe to keep.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use census_model::GapReason;
use census_provider_api::Undeclared;

use super::egress::EgressError;

/// The longest text taken from an answer, in characters.
const MAX_TEXT: usize = 300;

/// A call, or a collection of them, that did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Why, as a gap says it.
    pub(crate) reason: GapReason,
    /// What happened: operation, status, error code and request id; never a header or a body.
    pub(crate) detail: String,
    /// The error code of the API, where it gave one.
    pub(crate) code: Option<String>,
    /// Whose fault it was.
    pub(crate) cause: Cause,
}

/// Where a failure arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The API answered with an error.
    Api,
    /// Nothing usable arrived.
    Network,
    /// The host that the call goes to has no address.
    NoSuchHost,
    /// There were no credentials to sign with.
    Credentials,
    /// The time was up.
    Deadline,
    /// The client itself refused or could not go on.
    Client,
}

impl Failure {
    /// A failure that is no answer of the API.
    pub(crate) fn client(reason: GapReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), code: None, cause: Cause::Client }
    }

    /// The deadline was reached before or within a call.
    pub(crate) fn deadline() -> Self {
        Self {
            reason: GapReason::Truncated,
            detail: "the deadline was reached".to_owned(),
            code: None,
            cause: Cause::Deadline,
        }
    }

    /// Whether the API answered with this error code.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the API answered that what was asked for by its name does not exist.
    pub(crate) fn is_absence(&self) -> bool {
        let says_so = |code: &String| {
            code.contains("NotFound") || code.contains("DoesNotExist") || code.starts_with("NoSuchBucket")
        };
        self.code.as_ref().is_some_and(says_so)
    }

    /// Whether another run may fare better. A denial, a missing operation or a choice stays as it is, unless it was
    /// the credentials that had ended.
    pub(crate) fn may_pass(&self) -> bool {
        match self.reason {
            GapReason::Throttled | GapReason::Failed | GapReason::Truncated | GapReason::Invalid => true,
            GapReason::Denied => {
                let ended = |code: &String| code.starts_with("ExpiredToken") || code == "RequestExpired";
                self.cause == Cause::Credentials || self.code.as_ref().is_some_and(ended)
            }
            GapReason::Inconsistent
            | GapReason::Unsupported
            | GapReason::NotProvided
            | GapReason::NotRequested => false,
        }
    }

    /// The failure of an SDK call.
    pub(crate) fn of<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        match error.raw_response() {
            Some(response) => answered(operation, error, response),
            None => unanswered(operation, error),
        }
    }
}

fn answered<E>(operation: &str, error: &SdkError<E, HttpResponse>, response: &HttpResponse) -> Failure
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let status = response.status().as_u16();
    let service_error = error.as_service_error();
    let code = service_error.and_then(ProvideErrorMetadata::code).map(token).filter(|code| !code.is_empty());
    let reason = reason(status, code.as_deref(), is_html(response));
    let mut detail = format!("{operation}: HTTP {status}");
    if let Some(code) = &code {
        detail.push(' ');
        detail.push_str(code);
    }
    if is_html(response) {
        detail.push_str(", a web page");
    }
    if reason == GapReason::Invalid {
        detail.push_str(", but the answer could not be understood");
    }
    let id = ["x-amzn-requestid", "x-amz-request-id"].iter().find_map(|name| response.headers().get(name));
    if let Some(id) = id.map(token).filter(|id| !id.is_empty()) {
        detail.push_str(", request ");
        detail.push_str(&id);
    }
    // The message of a denial names principal, action and the kind of policy that denied. Other messages may repeat
    // what was sent, signatures and tokens included (SignatureDoesNotMatch does), and stay out.
    let denial = code.as_deref().is_some_and(|code| code.starts_with("AccessDenied"));
    if let Some(message) = service_error.and_then(ProvideErrorMetadata::message).filter(|_| denial) {
        detail.push_str(": ");
        detail.push_str(&plain(message));
    }
    Failure { reason, detail, code, cause: Cause::Api }
}

fn unanswered<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let failed = |cause, detail: String| Failure {
        reason: GapReason::Failed,
        detail: format!("{operation}: {detail}"),
        code: None,
        cause,
    };
    if let Some(error) = find::<EgressError>(error) {
        let cause = match error {
            EgressError::NoSuchHost { .. } => Cause::NoSuchHost,
            _ => Cause::Network,
        };
        return failed(cause, error.to_string());
    }
    if let Some(undeclared) = find::<Undeclared>(error) {
        return failed(Cause::Client, undeclared.to_string());
    }
    if let Some(error) = find::<CredentialsError>(error) {
        return Failure {
            reason: GapReason::Denied,
            ..failed(Cause::Credentials, credentials(error).to_owned())
        };
    }
    if matches!(error, SdkError::ConstructionFailure(_)) {
        return failed(Cause::Client, "the request could not be made".to_owned());
    }
    let timeout = matches!(error, SdkError::TimeoutError(_))
        || matches!(error, SdkError::DispatchFailure(dispatch) if dispatch.is_timeout());
    if timeout {
        return failed(Cause::Network, "no answer in time".to_owned());
    }
    match find::<std::io::Error>(error).map(std::io::Error::kind) {
        Some(kind) if kind != std::io::ErrorKind::Other => {
            failed(Cause::Network, format!("no answer: {kind}"))
        }
        _ => failed(Cause::Network, "no answer: the connection could not be made or was cut".to_owned()),
    }
}

/// The reason that a status and an error code stand for.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>
fn reason(status: u16, code: Option<&str>, html: bool) -> GapReason {
    let code = code.unwrap_or_default();
    let denied = ["AccessDenied", "UnauthorizedOperation", "NotAuthorized", "AuthFailure", "OptInRequired"];
    let refused = [
        "InvalidClientTokenId",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "UnrecognizedClient",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "MissingAuthenticationToken",
        "InvalidToken",
        "RequestExpired",
        "TokenRefreshRequired",
    ];
    let slow = [
        "Throttl",
        "TooManyRequests",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
        "BandwidthLimitExceeded",
    ];
    let unknown = [
        "InvalidAction",
        "UnknownOperation",
        "UnsupportedOperation",
        "UnsupportedAPIEndpoint",
        "NotImplemented",
        "NotSupportedService",
    ];
    let any = |known: &[&str]| known.iter().any(|start| code.starts_with(start));
    if any(&denied) || any(&refused) {
        GapReason::Denied
    } else if any(&slow) {
        GapReason::Throttled
    } else if any(&unknown) {
        GapReason::Unsupported
    } else {
        match status {
            200..300 => GapReason::Invalid,
            401 | 403 => GapReason::Denied,
            429 => GapReason::Throttled,
            501 => GapReason::Unsupported,
            // An endpoint that does not know an operation at all may answer with a web page.
            500 if html => GapReason::Unsupported,
            _ => GapReason::Failed,
        }
    }
}

fn is_html(response: &HttpResponse) -> bool {
    response.headers().get("content-type").is_some_and(|kind| kind.starts_with("text/html"))
}

/// What is wrong with the credentials, without what their source printed: that may hold a secret.
fn credentials(error: &CredentialsError) -> &'static str {
    match error {
        CredentialsError::CredentialsNotLoaded(_) => "no AWS credentials were found",
        CredentialsError::ProviderTimedOut(_) => "the source of the AWS credentials did not answer in time",
        CredentialsError::InvalidConfiguration(_) => {
            "the AWS configuration does not lead to credentials (is the profile there and complete?)"
        }
        CredentialsError::ProviderError(_) => {
            "no source of AWS credentials gave any (none is set up, a sign-in has expired, a role was refused or a \
             process failed)"
        }
        _ => "the AWS credentials could not be loaded",
    }
}

/// Finds an error of a type in the chain of causes.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// An error code or request id: visible ASCII, at most 80 characters.
fn token(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(80).collect()
}

/// A message for people: one line, no control or formatting characters, bounded.
fn plain(text: &str) -> String {
    let shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut text: String = text.chars().filter(shown).take(MAX_TEXT).collect();
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_before_the_status() {
        for (status, code, expected) in [
            (403, Some("AccessDenied"), GapReason::Denied),
            (400, Some("AccessDeniedException"), GapReason::Denied),
            (401, None, GapReason::Denied),
            (403, Some("InvalidClientTokenId"), GapReason::Denied),
            (403, Some("ExpiredToken"), GapReason::Denied),
            (400, Some("ExpiredTokenException"), GapReason::Denied),
            (400, Some("UnauthorizedOperation"), GapReason::Denied),
            (400, Some("Throttling"), GapReason::Throttled),
            (400, Some("ThrottlingException"), GapReason::Throttled),
            (400, Some("TooManyRequestsException"), GapReason::Throttled),
            (503, Some("RequestLimitExceeded"), GapReason::Throttled),
            (429, None, GapReason::Throttled),
            (400, Some("InvalidAction"), GapReason::Unsupported),
            (400, Some("UnknownOperationException"), GapReason::Unsupported),
            (400, Some("UnsupportedAPIEndpointException"), GapReason::Unsupported),
            (404, Some("NotSupportedService"), GapReason::Unsupported),
            (501, None, GapReason::Unsupported),
            (200, None, GapReason::Invalid),
            (500, Some("ServiceFailure"), GapReason::Failed),
            (500, None, GapReason::Failed),
            (503, None, GapReason::Failed),
            (404, Some("NoSuchEntity"), GapReason::Failed),
        ] {
            assert_eq!(reason(status, code, false), expected, "{status} {code:?}");
        }
        assert_eq!(reason(500, None, true), GapReason::Unsupported);
        assert_eq!(reason(503, None, true), GapReason::Failed);
    }

    #[test]
    fn a_denial_passes_only_where_the_credentials_had_ended() {
        let denied = |code: &str| {
            Failure { code: Some(code.to_owned()), ..Failure::client(GapReason::Denied, "detail") }.may_pass()
        };
        assert!(denied("ExpiredToken") && denied("ExpiredTokenException"));
        assert!(!denied("AccessDenied"));
        assert!(Failure::deadline().may_pass());
        assert!(!Failure::client(GapReason::Unsupported, "detail").may_pass());
    }

    #[test]
    fn texts_of_an_answer_cannot_break_a_line_or_a_terminal() {
        assert_eq!(
            plain("User: \u{1b}[31mx\r\n\u{202e}y is not\tauthorized "),
            "User: [31mxy is notauthorized"
        );
        assert_eq!(plain(&"a".repeat(1000)).len(), MAX_TEXT);
        assert_eq!(token("abc-1\n\u{1b}[0m é"), "abc-1[0m");
    }
}
