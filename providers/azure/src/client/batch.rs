//! Many reads of Microsoft Graph in one request. <https://learn.microsoft.com/graph/json-batching>

use std::{collections::BTreeMap, time::Duration};

use azure_core::http::Method;
use census_model::GapReason;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;

use super::{
    Api,
    admit::BATCH_SIZE,
    call::Call,
    cloud::Plane,
    failure::{Failure, is_transient, retry_after},
    list::{Listed, add},
    send::{Outgoing, decode},
};

/// One read of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// What it is.
    pub(crate) call: &'static Call,
    /// Its address, from the version on: `/v1.0/groups/…`.
    pub(crate) target: String,
}

#[derive(Serialize)]
struct Body<'a> {
    requests: Vec<Inner<'a>>,
}

#[derive(Serialize)]
struct Inner<'a> {
    id: String,
    method: &'static str,
    url: &'a str,
}

#[derive(Deserialize)]
struct Answers<'a> {
    #[serde(borrow)]
    responses: Vec<InnerAnswer<'a>>,
}

#[derive(Deserialize)]
struct InnerAnswer<'a> {
    id: String,
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, serde_json::Value>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

/// How one read of a batch ended.
enum Ended {
    Done(Result<(Listed, Option<String>), Failure>),
    /// It may fare better after a pause that the API asks for, or one of our choice.
    Again(Failure, Option<Duration>),
}

impl Api {
    /// Makes declared reads, 20 a request, so many requests at the same time. The results are in the order of the
    /// asks.
    pub(crate) async fn batch(&self, asks: Vec<Ask>) -> Vec<Result<Listed, Failure>> {
        let chunks = asks.chunks(BATCH_SIZE).map(|chunk| self.chunk(chunk)).collect();
        self.all(chunks).await.into_iter().flatten().collect()
    }

    /// One request, and further ones for the reads in it that shall be made again.
    async fn chunk(&self, asks: &[Ask]) -> Vec<Result<Listed, Failure>> {
        let mut results: Vec<Option<Result<Listed, Failure>>> = asks.iter().map(|_| None).collect();
        let mut left: Vec<usize> = (0..asks.len()).collect();
        let mut attempt = 1;
        while !left.is_empty() {
            let mut again: Vec<(usize, Failure)> = Vec::new();
            let mut longest: Option<Duration> = None;
            let answers = self.post(asks, &left).await;
            // An answer that is not there was lost, as one to a single request can be.
            let answered: Vec<usize> = answers.iter().map(|(at, _)| *at).collect();
            let lost = left.iter().filter(|at| !answered.contains(at));
            again.extend(lost.map(|at| (*at, missing())));
            for (at, ended) in answers {
                match ended {
                    Ended::Done(done) => put(&mut results, at, self.completed(asks, at, done).await),
                    Ended::Again(failure, asked) => {
                        longest = longest.max(asked);
                        again.push((at, failure));
                    }
                }
            }
            let Some((_, first)) = again.first() else { break };
            let pause = self.retry.pause(attempt, longest).filter(|_| attempt < self.retry.attempts);
            let waited = match pause {
                Some(pause) => self.wait(pause, first.clone()).await.map_err(Some),
                None => Err(None),
            };
            if let Err(instead) = waited {
                for (at, failure) in again {
                    put(&mut results, at, Err(instead.clone().unwrap_or(failure)));
                }
                break;
            }
            left = again.into_iter().map(|(at, _)| at).collect();
            attempt += 1;
        }
        results.into_iter().map(|result| result.unwrap_or_else(|| Err(missing()))).collect()
    }

    /// Makes the reads at these places.
    async fn post(&self, asks: &[Ask], left: &[usize]) -> Vec<(usize, Ended)> {
        let all = |failure: Failure| {
            left.iter().map(|at| (*at, Ended::Done(Err(failure.clone())))).collect::<Vec<_>>()
        };
        let version = version(asks);
        let inner = |at: &usize| {
            let target = asks.get(*at)?.target.strip_prefix(version)?;
            Some(Inner { id: at.to_string(), method: Method::Get.as_ref(), url: target })
        };
        let body = Body { requests: left.iter().filter_map(inner).collect() };
        let Ok(body) = serde_json::to_vec(&body) else {
            return all(Failure::client(GapReason::Failed, "$batch: the request could not be made"));
        };
        let url = match self.url(Plane::Graph, &format!("{version}/$batch")) {
            Ok(url) => url,
            Err(failure) => return all(failure),
        };
        let operation = asks.first().map_or("$batch", |ask| ask.call.read.operation);
        let outgoing = Outgoing { operation, plane: Plane::Graph, url: &url, batch: Some(&body) };
        let answer = match self.send(&outgoing).await {
            Ok(answer) => answer,
            Err(failure) => return all(failure),
        };
        let answers: Answers<'_> = match decode(operation, answer.status, &answer.body) {
            Ok(answers) => answers,
            Err(failure) => return all(failure),
        };
        let ended = |answer: InnerAnswer<'_>| {
            let at: usize = answer.id.parse().ok().filter(|at| left.contains(at))?;
            Some((at, ended(asks.get(at)?.call, &answer)))
        };
        answers.responses.into_iter().filter_map(ended).collect()
    }

    /// Follows the pages of a read.
    async fn completed(
        &self,
        asks: &[Ask],
        at: usize,
        done: Result<(Listed, Option<String>), Failure>,
    ) -> Result<Listed, Failure> {
        let (mut listed, next) = done?;
        if let (Some(next), Some(ask)) = (next, asks.get(at)) {
            let first: Url = self.url(Plane::Graph, &ask.target)?;
            self.follow(ask.call, &first, Some(next), &mut listed).await;
        }
        Ok(listed)
    }
}

fn missing() -> Failure {
    Failure::client(GapReason::Invalid, "$batch: no answer to this request")
}

fn put<T>(results: &mut [Option<T>], at: usize, result: T) {
    if let Some(place) = results.get_mut(at) {
        *place = Some(result);
    }
}

/// The version that the reads are of. All of one batch are of one.
fn version(asks: &[Ask]) -> &'static str {
    let beta = asks.first().is_some_and(|ask| ask.target.starts_with("/beta/"));
    if beta { "/beta" } else { "/v1.0" }
}

fn ended(call: &Call, answer: &InnerAnswer<'_>) -> Ended {
    let operation = call.read.operation;
    let body = answer.body.map(|body| body.get().as_bytes()).unwrap_or_default();
    if (200..300).contains(&answer.status) {
        let mut listed = Listed::default();
        return Ended::Done(add(call, answer.status, body, &mut listed).map(|next| (listed, next)));
    }
    let failure = Failure::answered(operation, answer.status, body);
    if is_transient(answer.status) {
        let header = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
        let text = header.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        return Ended::Again(failure, retry_after(text.as_deref()));
    }
    Ended::Done(Err(failure))
}
