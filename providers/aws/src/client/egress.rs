//! The gate through which every request of the SDK leaves: the declared reads and what the SDK asks for credentials.
//!
//! It refuses hosts that are not AWS's before connecting, follows no redirect, keeps to the rate cap, counts, and
//! bounds how long an answer may take and how large it may be.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_smithy_http_client::{Builder, Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use governor::DefaultDirectRateLimiter;

use super::hosts::{Purpose, Route, route};

/// The largest answer that is taken, in bytes. A page of 1,000 entities at every quota stays below 100 MB.
const MAX_ANSWER_BYTES: usize = 256 << 20;

/// How many times longer than one wait for data a whole answer may take.
const WAITS_PER_ANSWER: u32 = 5;

/// Why the gate let a request or its answer not pass.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EgressError {
    /// The request was not sent.
    #[error("refused to send a request to `{host}`: {why}")]
    Refused {
        /// Where it should have gone.
        host: String,
        /// What is wrong with that.
        why: &'static str,
    },
    /// The answer leads elsewhere.
    #[error("`{host}` answered with a redirect (HTTP {status}), which is not followed")]
    Redirect {
        /// Who answered.
        host: String,
        /// The status.
        status: u16,
    },
    /// The answer does not end.
    #[error("the answer of `{host}` is larger than {MAX_ANSWER_BYTES} bytes, the most that is read")]
    TooLarge {
        /// Who answered.
        host: String,
    },
    /// The answer takes too long.
    #[error("`{host}` did not finish its answer in time")]
    TooSlow {
        /// Who answered.
        host: String,
    },
    /// There is no such host.
    #[error("`{host}` has no address: there is no such endpoint, or the resolver of names does not know it")]
    NoSuchHost {
        /// Who was asked for.
        host: String,
    },
    /// The connection ended within the answer.
    #[error("the answer of `{host}` was cut off")]
    Cut {
        /// Who answered.
        host: String,
    },
}

/// What all gates of one fetch share.
#[derive(Debug)]
pub(crate) struct Transport {
    direct: SharedHttpClient,
    proxied: SharedHttpClient,
    requests: AtomicU64,
    refused: Mutex<Option<EgressError>>,
    wait: Duration,
}

impl Transport {
    /// Connections that wait at most so long for each part of an answer.
    pub(crate) fn new(wait: Duration) -> Arc<Self> {
        Arc::new(Self {
            direct: client(ProxyConfig::disabled),
            proxied: client(ProxyConfig::from_env),
            requests: AtomicU64::new(0),
            refused: Mutex::new(None),
            wait,
        })
    }

    /// How many requests were sent.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The first refusal, if any.
    pub(crate) fn refused(&self) -> Option<EgressError> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note_refusal(&self, error: &EgressError) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| error.clone());
    }
}

fn client(proxy: fn() -> ProxyConfig) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
            .proxy_config(proxy());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build()
    })
}

/// The SDK's HTTP client: one for each account, since each has its own rate cap.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    transport: Arc<Transport>,
    purpose: Purpose,
    cap: Option<Arc<DefaultDirectRateLimiter>>,
}

impl Gate {
    /// A gate without a rate cap.
    pub(crate) fn new(transport: Arc<Transport>, purpose: Purpose) -> Self {
        Self { transport, purpose, cap: None }
    }

    /// Caps the requests a second; 0 is no cap.
    pub(crate) fn capped(self, requests_per_second: u32) -> Self {
        let cap = std::num::NonZeroU32::new(requests_per_second)
            .map(|rate| Arc::new(governor::RateLimiter::direct(governor::Quota::per_second(rate))));
        Self { cap, ..self }
    }
}

impl HttpClient for Gate {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Gated {
            gate: self.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }
}

#[derive(Clone, Debug)]
struct Gated {
    gate: Gate,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for Gated {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move { this.send(request).await })
    }
}

impl Gated {
    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let transport = &self.gate.transport;
        let (host, way) = match self.decide(request.uri()) {
            Ok(decided) => decided,
            Err(error) => {
                transport.note_refusal(&error);
                return Err(ConnectorError::user(error.into()));
            }
        };
        if let Some(cap) = &self.gate.cap {
            cap.until_ready().await;
        }
        transport.requests.fetch_add(1, Ordering::Relaxed);
        let client = match way {
            Route::Direct => &transport.direct,
            Route::Proxied => &transport.proxied,
        };
        let connector = client.http_connector(&self.settings, &self.components);
        let wait = transport.wait;
        let answer = async {
            let response = connector.call(request).await.map_err(|error| unresolved(error, &host))?;
            whole(response, &host, wait).await
        };
        match tokio::time::timeout(wait.saturating_mul(WAITS_PER_ANSWER), answer).await {
            Ok(answered) => answered,
            Err(_) => Err(ConnectorError::timeout(EgressError::TooSlow { host }.into())),
        }
    }

    fn decide(&self, uri: &str) -> Result<(String, Route), EgressError> {
        let refused = |host: &str, why| EgressError::Refused { host: host.to_owned(), why };
        // The connector parses the address with the same type, so that both see the same host.
        let uri: http::Uri = uri.parse().map_err(|_| refused("", "the address is not a URI"))?;
        let host = uri.host().unwrap_or_default();
        match route(self.gate.purpose, &uri) {
            Ok(way) => Ok((host.to_owned(), way)),
            Err(why) => Err(refused(host, why)),
        }
    }
}

/// What resolvers say of a name that does not exist: the C library of GNU, that of musl, and that of Apple. Those that
/// cannot be asked at the moment say something else.
/// <https://www.rfc-editor.org/rfc/rfc3493#section-6.1>
const NO_SUCH_NAME: [&str; 3] =
    ["Name or service not known", "Name does not resolve", "nodename nor servname provided"];

/// An error about a name that does not exist, which no other try would mend.
fn unresolved(error: ConnectorError, host: &str) -> ConnectorError {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(cause) = next {
        let text = cause.to_string();
        if text.contains("failed to lookup address") && NO_SUCH_NAME.iter().any(|known| text.contains(known))
        {
            return ConnectorError::user(EgressError::NoSuchHost { host: host.to_owned() }.into());
        }
        next = cause.source();
    }
    error
}

/// Whether an XML answer stops before its root element ends. The SDK's decoder takes the end of the input for the end
/// of every open element, so that half an answer would pass for a short one.
fn ends_early(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let element = match text.strip_prefix("<?xml") {
        None => text,
        Some(rest) => match rest.split_once("?>") {
            Some((_, element)) if !element.trim().is_empty() => element.trim_start(),
            _ => return true,
        },
    };
    // Anything else (JSON, a web page, nothing at all) is left to its own decoder.
    let Some(tag) = element.strip_prefix('<').filter(|tag| !tag.starts_with('!')) else { return false };
    let name: &str =
        tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
    let empty = tag.split_once('>').is_some_and(|(start, rest)| start.ends_with('/') && rest.is_empty());
    !empty && !text.ends_with(&format!("</{name}>"))
}

/// The answer with its whole body, which may not be a redirect, nor too large, nor stop on the way.
async fn whole(
    mut response: HttpResponse,
    host: &str,
    wait: Duration,
) -> Result<HttpResponse, ConnectorError> {
    let status = response.status().as_u16();
    if (300..400).contains(&status) {
        return Err(ConnectorError::user(EgressError::Redirect { host: host.to_owned(), status }.into()));
    }
    let mut body = ByteStream::new(response.take_body());
    let mut bytes = Vec::new();
    loop {
        let next = tokio::time::timeout(wait, body.next());
        match next.await {
            Ok(None) => break,
            Ok(Some(Ok(chunk))) if bytes.len() + chunk.len() <= MAX_ANSWER_BYTES => {
                bytes.extend_from_slice(&chunk);
            }
            Ok(Some(Ok(_))) => {
                return Err(ConnectorError::user(EgressError::TooLarge { host: host.to_owned() }.into()));
            }
            Ok(Some(Err(_))) => {
                return Err(ConnectorError::io(EgressError::Cut { host: host.to_owned() }.into()));
            }
            Err(_) => {
                return Err(ConnectorError::timeout(EgressError::TooSlow { host: host.to_owned() }.into()));
            }
        }
    }
    if (200..300).contains(&status) && ends_early(&bytes) {
        return Err(ConnectorError::io(EgressError::Cut { host: host.to_owned() }.into()));
    }
    tracing::debug!(host, status, bytes = bytes.len(), "answer");
    *response.body_mut() = SdkBody::from(bytes);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_does_not_exist_is_told_from_one_that_cannot_be_asked_for() {
        let lookup = |said: &str| {
            let text = format!("failed to lookup address information: {said}");
            unresolved(ConnectorError::io(std::io::Error::other(text).into()), "x.example")
        };
        for said in NO_SUCH_NAME {
            assert!(lookup(said).is_user(), "{said}: another try would not help");
        }
        assert!(lookup("Temporary failure in name resolution").is_io());
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert!(unresolved(ConnectorError::io(refused.into()), "x.example").is_io());
    }

    #[test]
    fn half_an_answer_is_told_from_a_short_one() {
        let whole = "<?xml version=\"1.0\"?>\n<R xmlns=\"x\"><A>1</A></R>\n";
        assert!(!ends_early(whole.as_bytes()));
        for whole in [
            "",
            "  ",
            "{\"a\": 1",
            "<R/>",
            "<R />",
            "<R></R>",
            "<!doctype html><p>",
            "<?xml version='1.0'?><R a='1'/>",
        ] {
            assert!(!ends_early(whole.as_bytes()), "{whole}");
        }
        for cut in 1..whole.trim_end().len() {
            assert!(ends_early(&whole.as_bytes()[..cut]), "{:?}", &whole[..cut]);
        }
        assert!(ends_early(b"<R><R/>"));
    }
}
