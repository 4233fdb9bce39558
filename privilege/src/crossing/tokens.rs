//! Who is trusted across the border by a token.

use std::collections::BTreeSet;

use census_model::{
    CloudIssuer, ConditionLanguage, Decision, Identity, Index, IssuerKind, Mechanism, PrincipalSet, Provider,
    ScopeId, Text, Trust, Verdict,
};
use serde::Deserialize;

use crate::{
    aws::access::{Access, Token},
    azure::conditions::guids,
};

/// An identity provider of AWS.
pub(super) struct IdentityProvider<'e> {
    /// Its ARN.
    pub(super) arn: &'e str,
    /// The issuer as condition keys begin.
    pub(super) issuer: String,
    /// The audiences that it takes tokens for; empty where that is not known.
    pub(super) audiences: &'e [Text],
    /// Whether it was read.
    pub(super) is_registered: bool,
}

/// The reads that bring identity providers.
const PROVIDERS: [&str; 2] = ["iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider"];

impl<'e> IdentityProvider<'e> {
    /// The one whose tokens or assertions a trust of an AWS role takes. It counts in its own account, while it is there.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
    pub(super) fn of(index: &Index<'e>, role: &Identity, trust: &'e Trust) -> Option<Self> {
        let PrincipalSet::External(arn) = &trust.who else { return None };
        let account = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
        if account(arn) != account(&role.native_id) {
            return None;
        }
        let registered = index.estate().issuers.iter().find(|one| one.native_id == *arn);
        let is_unread = || {
            let gaps = index.estate().gaps.iter().filter(|gap| PROVIDERS.contains(&&*gap.read));
            gaps.into_iter().any(|gap| gap.scope.as_ref().is_none_or(|scope| *scope == role.scope))
        };
        if registered.is_none() && !is_unread() {
            return None;
        }
        let issuer = match trust.mechanism {
            Mechanism::WebIdentity => arn.split_once(":oidc-provider/")?.1.to_owned(),
            Mechanism::Saml => {
                let entity = registered.filter(|one| one.kind == IssuerKind::Saml)?.issuer.as_deref()?;
                entity.strip_prefix("https://").unwrap_or(entity).to_owned()
            }
            _ => return None,
        };
        let audiences = registered.map_or(&[][..], |one| one.audiences.as_slice());
        Some(Self { arn, issuer, audiences, is_registered: registered.is_some() })
    }

    /// The tenant of the estate whose issuer it is.
    pub(super) fn tenant(&self, index: &Index<'e>) -> Option<&'e ScopeId> {
        let Some(CloudIssuer::Tenant(tenant)) = CloudIssuer::of(&self.issuer) else { return None };
        known_tenant(index, tenant)
    }

    /// Whether a role takes a token of this subject, for the audience that suits best.
    pub(super) fn takes(&self, access: &Access<'e>, role: &'e Identity, subject: &str) -> Option<Verdict> {
        let ask = |audience| {
            let token = Token { provider: self.arn, issuer: &self.issuer, subject, audience };
            access.takes_token(role, &token)
        };
        if self.audiences.is_empty() {
            return ask(None);
        }
        let answers = self.audiences.iter().filter_map(|audience| ask(Some(audience)));
        answers.min_by_key(|verdict| order(verdict.decision))
    }
}

fn known_tenant<'e>(index: &Index<'e>, id: &str) -> Option<&'e ScopeId> {
    let id = ScopeId::new(format!("azure:tenant/{}", id.to_ascii_lowercase()));
    Some(&index.estate().scopes.get(&id)?.id)
}

/// Whether those of an issuer whom a subject names are identities of the estate, or would be.
pub(super) fn is_of_estate(index: &Index<'_>, issuer: &str, subject: &str) -> bool {
    match CloudIssuer::of(issuer) {
        Some(CloudIssuer::Tenant(tenant)) => known_tenant(index, tenant).is_some(),
        Some(CloudIssuer::Account) => index.native(subject).is_some(),
        None => false,
    }
}

/// How good an answer is for whoever asks, the best first.
pub(super) fn order(decision: Decision) -> u8 {
    match decision {
        Decision::Allowed => 0,
        Decision::Conditional => 1,
        Decision::Unknown => 2,
        Decision::Denied => 3,
    }
}

/// The ids in the condition of a trust, one of which may be the program that it means.
pub(super) fn named(trust: &Trust) -> BTreeSet<String> {
    guids(trust.condition.as_ref().map_or("", |condition| &condition.text))
}

/// An identity of AWS that a federated credential of Entra ID names.
pub(super) struct Named<'e> {
    pub(super) who: &'e Identity,
    pub(super) audiences: Vec<String>,
}

#[derive(Deserialize)]
struct Credential {
    #[serde(default)]
    audiences: Vec<String>,
    issuer: Option<String>,
    subject: Option<String>,
}

/// Whom of AWS a federated credential takes tokens of.
pub(super) fn of_aws<'e>(index: &Index<'e>, trust: &Trust) -> Option<Named<'e>> {
    let condition = trust.condition.as_ref()?;
    if trust.mechanism != Mechanism::FederatedCredential
        || condition.language != ConditionLanguage::EntraFederation
    {
        return None;
    }
    let credential: Credential = serde_json::from_str(&condition.text).ok()?;
    let issuer = credential.issuer?;
    if CloudIssuer::of(issuer.strip_prefix("https://")?) != Some(CloudIssuer::Account) {
        return None;
    }
    let who = index.native(&credential.subject?).filter(|one| one.provider == Provider::Aws)?;
    Some(Named { who, audiences: credential.audiences })
}

/// Whether something is allowed, for certain or under a condition.
pub(super) fn is_given(decision: Decision) -> bool {
    matches!(decision, Decision::Allowed | Decision::Conditional)
}
