//! Entering another account: a role is assumed with a session policy that allows the declared reads and nothing
//! else, so that a role with more permissions than it needs cannot be used for more.

use std::sync::{Mutex, PoisonError};

use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, error::CredentialsError, future},
};
use census_model::GapReason;
use census_provider_api::{DeclaredRead, Need};

use super::{Api, Failure};

pub(crate) const ASSUME_ROLE: DeclaredRead = DeclaredRead {
    service: "sts",
    operation: "AssumeRole",
    permissions: &["sts:AssumeRole"],
    need: Need::Enter,
    why: "enter the other accounts of an organization, with a read-only session policy",
};

/// The longest session policy that STS takes, in characters.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
#[cfg(test)]
pub(crate) const MAX_SESSION_POLICY: usize = 2048;

/// How an account is entered.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The account.
    pub(crate) account: String,
    /// The role's ARN.
    pub(crate) role_arn: String,
    /// The external id that its trust policy may ask for.
    pub(crate) external_id: Option<String>,
    /// What the session may do.
    pub(crate) session_policy: String,
}

impl Entry {
    /// Assumes the role.
    ///
    /// # Errors
    /// When STS refuses, or answers for another account.
    pub(crate) async fn assume(&self, api: &Api) -> Result<Credentials, Failure> {
        let request = api
            .sts
            .assume_role()
            .role_arn(&self.role_arn)
            .role_session_name("census")
            .set_external_id(self.external_id.clone())
            .policy(&self.session_policy);
        let answer = api.call(&ASSUME_ROLE, request.send()).await?;
        let entered = answer.assumed_role_user().map(|user| user.arn()).unwrap_or_default();
        if entered.split(':').nth(4) != Some(self.account.as_str()) {
            let detail = "AssumeRole: the answer is not for the account that was asked for";
            return Err(Failure::client(GapReason::Inconsistent, detail));
        }
        let Some(keys) = answer.credentials() else {
            return Err(Failure::client(GapReason::Invalid, "AssumeRole: the answer holds no credentials"));
        };
        Ok(Credentials::new(
            keys.access_key_id(),
            keys.secret_access_key(),
            Some(keys.session_token().to_owned()),
            std::time::SystemTime::try_from(*keys.expiration()).ok(),
            "census",
        ))
    }
}

/// Credentials of an entered account, renewed when they are about to end.
#[derive(Debug)]
pub(super) struct Entered {
    entry: Entry,
    api: Api,
    first: Mutex<Option<Credentials>>,
}

impl Entered {
    /// Begins with credentials that were just issued.
    pub(super) fn new(entry: Entry, api: Api, first: Credentials) -> Self {
        Self { entry, api, first: Mutex::new(Some(first)) }
    }

    async fn current(&self) -> provider::Result {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        match first {
            Some(credentials) => Ok(credentials),
            None => self
                .entry
                .assume(&self.api)
                .await
                .map_err(|failure| CredentialsError::provider_error(failure.detail)),
        }
    }
}

impl ProvideCredentials for Entered {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.current())
    }
}

/// The session policy for an entered account: the permissions of these reads.
pub(crate) fn session_policy<'a>(reads: impl IntoIterator<Item = &'a DeclaredRead>) -> String {
    let mut actions: Vec<&str> =
        reads.into_iter().flat_map(|read| read.permissions.iter().copied()).collect();
    actions.sort_unstable();
    actions.dedup();
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
    })
    .to_string()
}
