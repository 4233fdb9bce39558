//! What all connections share: tenants, settings, and what was asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::StartError;
use crate::{
    arm,
    calls::Call,
    cloud::{Host, HostKind},
    faults, graph,
    http::{Answer, Delivery, Reply, Request},
    page::{Paging, Style},
    settings::{Fault, Rule, Settings},
    tenant::Tenant,
    token::{self, Bearer, Tokens},
    vault,
};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) tokens: Tokens,
    pub(crate) vaults: vault::Hosts,
    settings: Mutex<Arc<Settings>>,
    /// How often each fault has befallen a request.
    befallen: Mutex<Vec<u32>>,
    calls: Mutex<Vec<Call>>,
    refused: Mutex<Vec<String>>,
}

/// One request in the middle of being answered.
pub(crate) struct Context<'a> {
    pub(crate) state: &'a State,
    pub(crate) request: &'a Request,
    pub(crate) settings: &'a Settings,
    pub(crate) fault: Option<&'a Fault>,
    pub(crate) bearer: Option<&'a Bearer>,
}

impl State {
    pub(crate) fn new(tenants: Vec<Tenant>, settings: Settings) -> Result<Self, StartError> {
        Ok(Self {
            vaults: vault::Hosts::new(&tenants),
            tenants,
            tokens: Tokens::new()?,
            befallen: Mutex::new(vec![0; settings.faults.len()]),
            settings: Mutex::new(Arc::new(settings)),
            calls: Mutex::default(),
            refused: Mutex::default(),
        })
    }

    /// Answers a request and remembers it.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        let settings = Arc::clone(&lock(&self.settings));
        let fault = self.befall(&settings, request);
        let bearer = self.tokens.bearer(request.header("authorization"));
        let context = Context { state: self, request, settings: &settings, fault, bearer: bearer.as_ref() };
        let mut answer = context.answer().unwrap_or_else(|refusal| *refusal);
        faults::spoil(&mut answer, fault);
        let status = (answer.delivery != Delivery::Reset).then_some(answer.status);
        lock(&self.calls).push(Call {
            kind: request.host.kind,
            host: request.host.name.clone(),
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.sent(),
            status,
            inner: request.is_inner(),
            audience: token::audience_shown(request.header("authorization"), bearer.as_ref()),
        });
        answer
    }

    fn befall<'a>(&self, settings: &'a Settings, request: &Request) -> Option<&'a Fault> {
        let mut befallen = lock(&self.befallen);
        for (rule, count) in settings.faults.iter().zip(befallen.iter_mut()) {
            if rule.fits(request) && rule.times.is_none_or(|times| *count < times) {
                *count = count.saturating_add(1);
                return Some(&rule.fault);
            }
        }
        None
    }

    /// Whether a host answers at all; a vault that no tenant has is no name in DNS.
    pub(super) fn plays(&self, host: &Host) -> bool {
        !matches!(host.kind, HostKind::Vault | HostKind::Hsm) || self.vaults.has(&host.name)
    }

    pub(super) fn refuse(&self, host: &str) {
        lock(&self.refused).push(host.to_owned());
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        lock(&self.calls).clone()
    }

    pub(super) fn clear_calls(&self) {
        lock(&self.calls).clear();
    }

    pub(super) fn refused(&self) -> Vec<String> {
        lock(&self.refused).clone()
    }

    pub(super) fn set_faults(&self, faults: Vec<Rule>) {
        let mut settings = lock(&self.settings);
        *lock(&self.befallen) = vec![0; faults.len()];
        *settings = Arc::new(Settings { faults, ..Settings::clone(&settings) });
    }
}

impl Context<'_> {
    fn answer(&self) -> Reply {
        if let Some(answer) = self.fault.and_then(|fault| faults::instead(self.request, fault)) {
            return Ok(answer);
        }
        let answer = match self.request.host.kind {
            HostKind::Login => token::answer(self),
            HostKind::Metadata => token::managed_identity(self),
            HostKind::Arm => arm::answer(self),
            HostKind::Graph => graph::answer(self),
            HostKind::Vault | HostKind::Hsm => vault::answer(self),
        };
        answer.map(|answer| self.with_ids(answer))
    }

    /// The headers that every answer of these APIs has.
    fn with_ids(&self, answer: Answer) -> Answer {
        let id = crate::ids::request_id();
        match self.request.host.kind {
            HostKind::Graph => answer.with("request-id", id.clone()).with("client-request-id", id),
            _ => answer.with("x-ms-request-id", id.clone()).with("x-ms-correlation-request-id", id),
        }
    }

    pub(crate) fn paging(&self, style: Style) -> Paging<'_> {
        Paging { settings: self.settings, fault: self.fault, style }
    }

    /// The tenant that the token was issued by.
    pub(crate) fn tenant(&self) -> Option<&Tenant> {
        self.state.tenants.get(self.bearer?.tenant)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
