//! The gate through which everything leaves: the declared reads and what the credentials ask for.
//!
//! It refuses, before a connection is made, whatever is no declared read of one of this cloud's own hosts and no
//! request for a token. It follows no redirect, keeps to the rate cap, counts, and bounds how long an answer may take
//! and how large it may be.

use std::{
    error::Error as StdError,
    fmt,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use azure_core::{
    error::{Error, ErrorKind},
    http::{AsyncRawResponse, HttpClient, Request, headers::Headers},
};
use futures::StreamExt;
use governor::DefaultDirectRateLimiter;
use url::Url;

use super::admit::{Admission, Door};

/// The largest answer that is taken, in bytes. A page of 1,000 items at every quota stays below 100 MB.
const MAX_ANSWER_BYTES: usize = 256 << 20;

/// How many times longer than one wait for data a whole answer may take.
const WAITS_PER_ANSWER: u32 = 5;

/// How long a machine's own endpoint may take to accept a connection. It is on this machine or not at all.
const LOCAL_CONNECT: Duration = Duration::from_secs(2);

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
    #[error("`{host}` did not answer in time")]
    TooSlow {
        /// Who should have answered.
        host: String,
    },
    /// There was no connection.
    #[error("`{host}` could not be reached: {what}")]
    Unreachable {
        /// Who was asked.
        host: String,
        /// What kind of failure it was.
        what: String,
    },
    /// The connection ended within the answer.
    #[error("the answer of `{host}` was cut off")]
    Cut {
        /// Who answered.
        host: String,
    },
}

impl EgressError {
    /// Whether the same request may fare better.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::TooSlow { .. } | Self::Unreachable { .. } | Self::Cut { .. })
    }
}

/// An answer with its whole body.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: Headers,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// How requests travel.
pub(crate) struct Ways {
    /// By the system's proxy, if there is one.
    pub(crate) proxied: Arc<dyn HttpClient>,
    /// Without, for the endpoints of managed identities: a proxy would answer for its own machine, or read the token.
    pub(crate) direct: Arc<dyn HttpClient>,
}

impl Ways {
    /// Connections over TLS with the roots of the platform.
    ///
    /// # Errors
    /// When TLS or the proxy's settings cannot be set up.
    pub(crate) fn open(connect: Duration, wait: Duration) -> Result<Self, reqwest::Error> {
        let client = |connect| {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(connect)
                .read_timeout(wait)
                .user_agent(concat!("census/", env!("CARGO_PKG_VERSION")))
        };
        Ok(Self {
            proxied: Arc::new(client(connect).build()?),
            direct: Arc::new(client(LOCAL_CONNECT).no_proxy().build()?),
        })
    }
}

/// The HTTP client of everything in a fetch.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Shared>);

struct Shared {
    ways: Ways,
    door: Door,
    cap: Option<DefaultDirectRateLimiter>,
    wait: Duration,
    requests: AtomicU64,
    inner: AtomicU64,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").finish_non_exhaustive()
    }
}

impl Gate {
    /// A gate that lets pass what the door admits, at most so many requests a second (0: no cap), and waits so long for
    /// each part of an answer.
    pub(crate) fn new(ways: Ways, door: Door, requests_per_second: u32, wait: Duration) -> Self {
        let cap = NonZeroU32::new(requests_per_second)
            .map(|rate| governor::RateLimiter::direct(governor::Quota::per_second(rate)));
        Self(Arc::new(Shared {
            ways,
            door,
            cap,
            wait,
            requests: AtomicU64::new(0),
            inner: AtomicU64::new(0),
        }))
    }

    /// How many requests were sent.
    pub(crate) fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }

    /// How many requests were sent within batches.
    pub(crate) fn inner_requests(&self) -> u64 {
        self.0.inner.load(Ordering::Relaxed)
    }

    /// Sends a request, if it is one that may leave.
    ///
    /// # Errors
    /// When it may not, or no whole answer comes back.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, EgressError> {
        let shared = &self.0;
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let admission =
            shared.door.admit(request).map_err(|why| EgressError::Refused { host: host.clone(), why })?;
        let way = match admission {
            Admission::ManagedIdentity => &shared.ways.direct,
            Admission::Token | Admission::Read => &shared.ways.proxied,
            Admission::Batch(inner) => {
                shared.inner.fetch_add(inner, Ordering::Relaxed);
                &shared.ways.proxied
            }
        };
        if let Some(cap) = &shared.cap {
            cap.until_ready().await;
        }
        shared.requests.fetch_add(1, Ordering::Relaxed);
        let answer = async {
            let response = way.execute_request(request).await.map_err(|error| unreachable(&error, &host))?;
            whole(response, &host, shared.wait).await
        };
        tokio::time::timeout(shared.wait.saturating_mul(WAITS_PER_ANSWER), answer)
            .await
            .unwrap_or(Err(EgressError::TooSlow { host }))
    }
}

#[async_trait::async_trait]
impl HttpClient for Gate {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        match self.send(request).await {
            Ok(answer) => Ok(AsyncRawResponse::from_bytes(answer.status.into(), answer.headers, answer.body)),
            Err(error) => {
                // Where the machine has no such endpoint, trying for a minute does not make one.
                let local = request.url().scheme() == "http";
                let kind = if error.may_pass() && !local { ErrorKind::Io } else { ErrorKind::Other };
                let text = error.to_string();
                Err(Error::with_error(kind, error, text))
            }
        }
    }
}

/// What went wrong with a connection, without addresses or texts from outside.
fn unreachable(error: &Error, host: &str) -> EgressError {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if cause.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout) {
            return EgressError::TooSlow { host: host.to_owned() };
        }
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && io.kind() != std::io::ErrorKind::Other
        {
            return EgressError::Unreachable { host: host.to_owned(), what: io.kind().to_string() };
        }
        let text = cause.to_string();
        for known in ["dns error", "invalid peer certificate", "unsuccessful tunnel"] {
            if text.contains(known) {
                return EgressError::Unreachable { host: host.to_owned(), what: plainly(known).to_owned() };
            }
        }
        next = cause.source();
    }
    let what = "the connection could not be made or was cut".to_owned();
    EgressError::Unreachable { host: host.to_owned(), what }
}

fn plainly(known: &str) -> &'static str {
    match known {
        "dns error" => "its name has no address",
        "invalid peer certificate" => "its certificate is not trusted",
        _ => "the proxy refused to connect to it",
    }
}

/// The answer with its whole body, which may not be a redirect, nor too large, nor stop on the way.
async fn whole(response: AsyncRawResponse, host: &str, wait: Duration) -> Result<Answer, EgressError> {
    let (status, headers, mut stream) = response.deconstruct();
    let status = u16::from(status);
    let host = || host.to_owned();
    if (300..400).contains(&status) {
        return Err(EgressError::Redirect { host: host(), status });
    }
    let mut body = Vec::new();
    loop {
        match tokio::time::timeout(wait, stream.next()).await {
            Ok(None) => break,
            Ok(Some(Ok(chunk))) if body.len() + chunk.len() <= MAX_ANSWER_BYTES => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(Ok(_))) => return Err(EgressError::TooLarge { host: host() }),
            Ok(Some(Err(_))) => return Err(EgressError::Cut { host: host() }),
            Err(_) => return Err(EgressError::TooSlow { host: host() }),
        }
    }
    tracing::debug!(host = host(), status, bytes = body.len(), "answer");
    Ok(Answer { status, headers, body })
}

/// The endpoint that App Service and its like give a managed identity, by their environment. Only on this machine or
/// link-local: a token must not come from, or a secret header go to, anywhere else.
/// <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>
pub(crate) fn identity_endpoint(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let near = match url.host()? {
        url::Host::Ipv4(ip) => ip.is_loopback() || ip.is_link_local(),
        url::Host::Ipv6(ip) => ip.is_loopback() || ip.is_unicast_link_local(),
        url::Host::Domain(name) => name == "localhost",
    };
    (near && url.scheme() == "http").then_some(url)
}
