//! Entering another account: a role is assumed with a session policy that allows the declared reads and nothing
//! else, so that a role with more permissions than it needs cannot be used for more.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

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
    part: None,
    need: Need::Enter,
    why: "enter the other accounts of an organization, with a read-only session policy",
};

/// The longest session policy that STS takes, in characters.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
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
    pub(crate) session_policy: SessionPolicy,
}

/// What a session may do, in two lengths: STS also bounds the size of a policy in a packed form that it does not
/// document.
#[derive(Clone, Debug)]
pub(crate) struct SessionPolicy {
    /// As exact as the bound on characters lets it be.
    pub(crate) fitting: String,
    /// The shortest one.
    pub(crate) shortest: String,
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
            .set_external_id(self.external_id.clone());
        let ask = |policy: &str| api.call(&ASSUME_ROLE, request.clone().policy(policy).send());
        let answer = match ask(&self.session_policy.fitting).await {
            Err(failure) if failure.is("PackedPolicyTooLarge") => ask(&self.session_policy.shortest).await?,
            answer => answer?,
        };
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

/// The session policy for an entered account: the permissions of these reads. Where they are too many for STS, the
/// `List` and `Describe` operations of a service become one pattern, those of the service with the most of them first.
/// The guard lets pass the declared reads and no others all the same; a policy with patterns only keeps what the role
/// may do besides to lists and descriptions. `Get` never becomes a pattern: it is what reads contents.
pub(crate) fn session_policy<'a>(reads: impl IntoIterator<Item = &'a DeclaredRead>) -> SessionPolicy {
    let mut actions: BTreeSet<String> =
        reads.into_iter().flat_map(|read| read.permissions.iter().map(|one| (*one).to_owned())).collect();
    let exact = text(&actions);
    let mut fitting = (exact.chars().count() <= MAX_SESSION_POLICY).then_some(exact);
    for (pattern, covered) in patterns(&actions) {
        actions.retain(|action| !covered.contains(action));
        actions.insert(pattern);
        if fitting.is_none() && text(&actions).chars().count() <= MAX_SESSION_POLICY {
            fitting = Some(text(&actions));
        }
    }
    let shortest = text(&actions);
    SessionPolicy { fitting: fitting.unwrap_or_else(|| shortest.clone()), shortest }
}

fn text(actions: &BTreeSet<String>) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
    })
    .to_string()
}

/// Patterns that stand for several actions, those first that save the most.
fn patterns(actions: &BTreeSet<String>) -> Vec<(String, BTreeSet<String>)> {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for action in actions {
        let Some((service, operation)) = action.split_once(':') else { continue };
        if let Some(verb) = ["List", "Describe"].iter().find(|verb| operation.starts_with(**verb)) {
            groups.entry(format!("{service}:{verb}*")).or_default().insert(action.clone());
        }
    }
    let mut groups: Vec<_> = groups.into_iter().filter(|(_, covered)| covered.len() > 1).collect();
    groups.sort_by_key(|(_, covered)| std::cmp::Reverse(covered.iter().map(String::len).sum::<usize>()));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(operations: &[String]) -> SessionPolicy {
        let reads: Vec<DeclaredRead> = operations
            .iter()
            .map(|one| DeclaredRead {
                service: "x",
                operation: "x",
                permissions: Box::leak(Box::new([&*one.clone().leak()])),
                need: Need::Scope,
                why: "",
                part: None,
            })
            .collect();
        session_policy(&reads)
    }

    #[test]
    fn actions_become_patterns_only_where_they_are_too_many() {
        let few = ["a:ListX".to_owned(), "a:ListY".into(), "a:GetX".into(), "a:GetY".into()];
        let policy_of_few = policy(&few);
        assert!(few.iter().all(|action| policy_of_few.fitting.contains(action.as_str())));
        assert!(!policy_of_few.fitting.contains("a:List*") && policy_of_few.shortest.contains("a:List*"));
        assert!(!policy_of_few.shortest.contains("a:Get*"), "what reads contents is named");

        let many: Vec<String> = (0..60)
            .map(|n| format!("big:DescribeSomethingOfNumber{n:03}"))
            .chain(["a:ListX".into(), "a:ListY".into()])
            .collect();
        let policy_of_many = policy(&many);
        assert!(policy_of_many.fitting.len() <= MAX_SESSION_POLICY);
        assert!(
            policy_of_many.fitting.contains("big:Describe*") && policy_of_many.fitting.contains("a:ListX")
        );
    }
}
