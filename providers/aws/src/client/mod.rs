//! Talking to AWS: credentials, clients, and the three things that stand between them and the network: the guard
//! (only declared reads), the gate (only AWS's own hosts) and the deadline.

mod answer;
mod connection;
mod egress;
mod endpoint;
mod enter;
mod failure;
mod guard;
mod hosts;
mod paging;
mod partition;
mod request;
mod service;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Instant;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use census_provider_api::{DeclaredRead, Need};
use serde::de::DeserializeOwned;
use wire::Wire;

pub(crate) use answer::Items;
pub(crate) use connection::{Caller, Connection};
pub(crate) use enter::{ASSUME_ROLE, Entry, session_policy};
pub(crate) use failure::{Cause, Failure};
pub(crate) use hosts::is_region;
pub(crate) use paging::{Page, Pages, marker, pages};
pub(crate) use partition::Partition;
pub(crate) use request::{Call, Http, Input};
pub(crate) use service::{Fips, GOV, JSON_1_0, JSON_1_1, Offered, Protocol, Service};

pub(crate) const GET_CALLER_IDENTITY: DeclaredRead = DeclaredRead {
    service: "sts",
    operation: "GetCallerIdentity",
    permissions: &[],
    part: None,
    need: Need::Scope,
    why: "which account the credentials belong to, and in which partition",
};

/// The clients that act for one account, and how long they may.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    /// Identity and Access Management.
    pub(crate) iam: aws_sdk_iam::Client,
    /// Security Token Service.
    pub(crate) sts: aws_sdk_sts::Client,
    /// Organizations.
    pub(crate) organizations: aws_sdk_organizations::Client,
    /// Everything else.
    wire: Wire,
    deadline: Option<Instant>,
}

impl Api {
    /// Makes a declared call, unless the deadline has passed, and cuts it when the deadline comes.
    ///
    /// # Errors
    /// When the call fails in any way.
    pub(crate) async fn call<T, E>(
        &self,
        read: &DeclaredRead,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        tracing::debug!(service = read.service, operation = read.operation, "call");
        let answer = self.before_deadline(request).await?;
        answer.map_err(|error| {
            let failure = Failure::of(read.operation, &error);
            tracing::debug!(operation = read.operation, reason = %failure.reason, "call failed");
            failure
        })
    }

    /// Makes a declared call in a region; of its answer is kept what the type has fields for.
    ///
    /// # Errors
    /// When the call fails in any way, or the answer is not of that type.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        call: &Call,
        region: &str,
        input: Input,
    ) -> Result<T, Failure> {
        let body = self.call(&call.read, self.wire.send(call, region, input)).await?;
        answer::decode(call, &body)
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
