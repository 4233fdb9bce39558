//! `census permissions azure --check`: each read is made once.
//!
//! What belongs to a single thing is asked of one that does not exist: who may not ask is told so, who may is told that
//! it is not there.

use std::sync::Arc;

use census_model::GapReason;
use census_provider_api::{FetchError, PermissionCheck, PermissionProblem};
use url::Url;

use super::needed;
use crate::{
    client::{Api, Call, Environment, Failure, Plane},
    fetch::{gate, probes, sign_in},
    options::AzureOptions,
};

/// An object that no tenant has, and a name that nothing has.
const NOBODY: &str = "00000000-0000-0000-0000-000000000001";
const NOTHING: &str = "census-permission-check";

/// What the reads are tried at.
struct Where {
    tenant: String,
    subscription: Option<String>,
    vault: Option<String>,
    hsm: Option<String>,
}

/// Tries every read that a scan with these options makes.
///
/// # Errors
/// When nobody can sign in.
pub(crate) async fn check(options: &AzureOptions) -> Result<Vec<PermissionCheck>, FetchError> {
    let gate = gate(options)?;
    let environment = Arc::new(Environment::read());
    let tenant = options.tenants.first().map(String::as_str);
    let (api, caller) = sign_in(options, &gate, &environment, tenant, None).await?;
    Ok(check_with(options, &api, &caller.tenant).await)
}

/// The same with a client that has signed in.
pub(crate) async fn check_with(options: &AzureOptions, api: &Api, tenant: &str) -> Vec<PermissionCheck> {
    let found = probes::find(options, api).await;
    let at = Where {
        tenant: tenant.to_owned(),
        subscription: found.subscription,
        vault: found.vault,
        hsm: found.hsm,
    };
    let mut checks = Vec::new();
    for call in needed(options) {
        let outcome = match target(api, call, &at) {
            Ok(url) => outcome(api.probe(call, &url).await),
            Err(problem) => Err(problem),
        };
        checks.push(PermissionCheck { read: call.read, outcome });
    }
    checks
}

/// The address to try a call at.
fn target(api: &Api, call: &Call, at: &Where) -> Result<Url, PermissionProblem> {
    let untried = |what: &str| PermissionProblem::Unknown(format!("there is no {what} to try it at"));
    let url = match call.plane {
        Plane::Graph => api.url(Plane::Graph, &call.target_with(0, &[NOBODY], probes::filter(call))),
        Plane::Arm if needs_subscription(call) => {
            let subscription = at.subscription.as_deref().ok_or_else(|| untried("subscription"))?;
            api.url(Plane::Arm, &call.target(0, &[subscription, NOTHING, NOTHING]))
        }
        Plane::Arm => api.url(Plane::Arm, &call.target(0, &[&at.tenant])),
        Plane::Vault => {
            let vault = at.vault.as_deref().ok_or_else(|| untried("vault"))?;
            api.vault_url(Plane::Vault, vault, &call.target(0, &[NOTHING]))
        }
        Plane::Hsm => {
            let hsm = at.hsm.as_deref().ok_or_else(|| untried("managed HSM"))?;
            api.vault_url(Plane::Hsm, hsm, &call.target(0, &[]))
        }
    };
    url.map_err(|failure| PermissionProblem::Unknown(failure.detail))
}

fn needs_subscription(call: &Call) -> bool {
    call.paths.first().is_some_and(|path| path.starts_with("/subscriptions/{}"))
}

fn outcome(answer: Result<(), Failure>) -> Result<(), PermissionProblem> {
    match answer {
        Ok(()) => Ok(()),
        // What is not there is told only to those who may ask.
        Err(failure) if failure.is_absence() => Ok(()),
        Err(failure) if failure.reason == GapReason::Denied => Err(PermissionProblem::Denied(failure.detail)),
        Err(failure) => Err(PermissionProblem::Unknown(failure.detail)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_denial_is_a_denial() {
        let failure = |reason, status| Failure { status, ..Failure::client(reason, "detail") };
        assert_eq!(outcome(Ok(())), Ok(()));
        assert_eq!(outcome(Err(failure(GapReason::Failed, Some(404)))), Ok(()));
        let denied = outcome(Err(failure(GapReason::Denied, Some(403))));
        assert_eq!(denied, Err(PermissionProblem::Denied("detail".to_owned())));
        for reason in [GapReason::Throttled, GapReason::NotProvided, GapReason::Failed] {
            let unknown = outcome(Err(failure(reason, Some(500))));
            assert_eq!(unknown, Err(PermissionProblem::Unknown("detail".to_owned())), "{reason}");
        }
    }
}
