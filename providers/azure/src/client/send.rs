//! One request to an API: its token, its tries, and the deadline.
//!
//! This is a loop of our own over the gate, not the pipeline of `azure_core`: that one knows neither the deadline nor
//! a token that was refused before it ended, and retries inside of a batch would need a second loop beside it.

use std::time::{Duration, Instant};

use azure_core::http::{Method, Request, headers};
use url::Url;

use super::{
    Api,
    cloud::Plane,
    failure::{Failure, asked_to_wait, is_transient},
    gate::Answer,
    tokens::Bearer,
};

/// How often, and after which pauses, a request is made again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    /// How often one call is tried before it counts as failed.
    pub(crate) attempts: u32,
    /// The first pause, where the API names none; each further one is twice as long.
    pub(crate) pause: Duration,
}

/// The longest pause that an API may ask for. Beyond that the call counts as throttled.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// The longest pause of our own choice.
const LONGEST_OWN_PAUSE: Duration = Duration::from_secs(30);

impl Retry {
    /// The pause after a try, counted from 1; `None` if it would be too long.
    pub(super) fn pause(self, attempt: u32, asked: Option<Duration>) -> Option<Duration> {
        match asked {
            Some(asked) => Some(asked).filter(|pause| *pause <= LONGEST_PAUSE),
            None => {
                Some(self.pause.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(LONGEST_OWN_PAUSE))
            }
        }
    }
}

/// What is sent.
pub(super) struct Outgoing<'a> {
    /// The operation's name, for messages.
    pub(super) operation: &'a str,
    /// Which API.
    pub(super) plane: Plane,
    /// Where to.
    pub(super) url: &'a Url,
    /// A batch; without, it is a GET.
    pub(super) batch: Option<&'a [u8]>,
}

/// How one try ended.
enum Try {
    Answered(Answer),
    /// It may fare better after a pause that the API asks for, or one of our choice.
    Again(Failure, Option<Duration>),
    /// The token was refused.
    Refused(Failure, Bearer),
}

impl Api {
    /// Sends until there is a success, a failure that lasts, or no try left.
    ///
    /// # Errors
    /// With the last failure.
    pub(super) async fn send(&self, outgoing: &Outgoing<'_>) -> Result<Answer, Failure> {
        let (mut attempt, mut renewed) = (1, false);
        loop {
            let (failure, asked) = match self.before_deadline(self.attempt(outgoing)).await?? {
                Try::Answered(answer) => return Ok(answer),
                Try::Refused(failure, _) if renewed => return Err(failure),
                Try::Refused(failure, bearer) => {
                    renewed = true;
                    tracing::debug!(
                        operation = outgoing.operation,
                        "the token was refused; asking for another"
                    );
                    if self.tokens.renew(&bearer).await.is_err() {
                        return Err(failure);
                    }
                    continue;
                }
                Try::Again(failure, asked) => (failure, asked),
            };
            let pause = self.retry.pause(attempt, asked);
            let Some(pause) = pause.filter(|_| attempt < self.retry.attempts) else { return Err(failure) };
            tracing::debug!(
                operation = outgoing.operation,
                attempt,
                ?pause,
                detail = failure.detail,
                "again"
            );
            self.wait(pause, failure).await?;
            attempt += 1;
        }
    }

    async fn attempt(&self, outgoing: &Outgoing<'_>) -> Result<Try, Failure> {
        let operation = outgoing.operation;
        let scope = self.cloud.endpoints().service(outgoing.plane).scope;
        let bearer =
            self.tokens.bearer(scope).await.map_err(|what| Failure::credentials(operation, &what))?;
        let method = if outgoing.batch.is_some() { Method::Post } else { Method::Get };
        let mut request = Request::new(outgoing.url.clone(), method);
        request.insert_header(headers::AUTHORIZATION, format!("Bearer {}", bearer.token.secret()));
        request.insert_header(headers::ACCEPT, "application/json");
        if let Some(batch) = outgoing.batch {
            request.insert_header(headers::CONTENT_TYPE, "application/json");
            request.set_body(batch.to_vec());
        }
        let answer = match self.gate.send(&request).await {
            Ok(answer) => answer,
            Err(error) => {
                let failure = Failure::egress(operation, &error);
                return if error.may_pass() { Ok(Try::Again(failure, None)) } else { Err(failure) };
            }
        };
        if (200..300).contains(&answer.status) {
            return Ok(Try::Answered(answer));
        }
        let failure = Failure::answered(operation, answer.status, &answer.body);
        match answer.status {
            401 => Ok(Try::Refused(failure, bearer)),
            status if is_transient(status) => Ok(Try::Again(failure, asked_to_wait(&answer))),
            _ => Err(failure),
        }
    }

    /// Waits for another try, if the deadline leaves room for one.
    ///
    /// # Errors
    /// When it does not.
    pub(super) async fn wait(&self, pause: Duration, failure: Failure) -> Result<(), Failure> {
        if self.deadline.is_some_and(|deadline| Instant::now() + pause >= deadline) {
            let detail = format!("the deadline was reached ({}: {})", failure.reason, failure.detail);
            return Err(Failure { detail, ..Failure::deadline() });
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Waits, but not beyond the deadline.
    ///
    /// # Errors
    /// When the deadline has come.
    pub(crate) async fn before_deadline<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        let Some(deadline) = self.deadline else { return Ok(work.await) };
        // A time-out alone would let the work begin first.
        if deadline <= Instant::now() {
            return Err(Failure::deadline());
        }
        tokio::time::timeout_at(deadline.into(), work).await.map_err(|_| Failure::deadline())
    }
}

/// The body of an answer as a type.
///
/// # Errors
/// When it is not of that type.
pub(super) fn decode<'a, T: serde::Deserialize<'a>>(
    operation: &str,
    status: u16,
    body: &'a [u8],
) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| {
        let place = format!(" (line {}, column {})", error.line(), error.column());
        Failure::invalid(operation, status, &place)
    })
}
