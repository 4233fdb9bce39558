//! Who is trusted across the border by a token.

use std::collections::BTreeSet;

use census_model::{
    CloudIssuer, ConditionLanguage, Decision, Gap, GapId, Identity, Index, Issuer, IssuerKind, Mechanism,
    PrincipalSet, Provider, ScopeId, Text, Trust, Verdict,
};
use serde::Deserialize;

use crate::{
    aws::{
        access::{Access, Token},
        trust::is_of_identity_center,
    },
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
    /// What was not read of the provider: whether it is there, or for whom it takes tokens.
    pub(super) unread: Vec<GapId>,
}

/// The reads that bring identity providers, and what is known of each.
const LIST_OIDC: &str = "iam:ListOpenIDConnectProviders";
const GET_OIDC: &str = "iam:GetOpenIDConnectProvider";
const LIST_SAML: &str = "iam:ListSAMLProviders";
const GET_SAML: &str = "iam:GetSAMLProvider";

/// The identity provider that a trust of an AWS role names. One counts in its own account, while it is there.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
fn provider_of<'e>(role: &Identity, trust: &'e Trust) -> Option<&'e str> {
    let PrincipalSet::External(provider) = &trust.who else { return None };
    let account = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
    (account(provider) == account(&role.native_id)).then_some(&**provider)
}

fn registered<'e>(index: &Index<'e>, provider: &str) -> Option<&'e Issuer> {
    index.estate().issuers.iter().find(|one| *one.native_id == *provider)
}

/// The gaps of some reads in the account of a role that are about an identity provider.
fn unread(index: &Index<'_>, role: &Identity, provider: &str, reads: &[&str]) -> Vec<GapId> {
    let is_here = |gap: &&Gap| gap.scope.as_ref().is_none_or(|scope| *scope == role.scope);
    let id = format!("aws:{provider}");
    let gaps = index.estate().gaps.iter().filter(|gap| reads.contains(&&*gap.read)).filter(is_here);
    gaps.filter(|gap| gap.concerns(&id) || gap.concerns(provider)).map(|gap| gap.id.clone()).collect()
}

/// The providers that every account knows without registering them.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html>
const BUILT_IN: [&str; 4] =
    ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];

impl<'e> IdentityProvider<'e> {
    /// The one whose tokens or assertions a trust of an AWS role takes. It counts in its own account, while it is there.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
    pub(super) fn of(index: &Index<'e>, role: &Identity, trust: &'e Trust) -> Option<Self> {
        if let PrincipalSet::External(name) = &trust.who
            && BUILT_IN.contains(&&**name)
            && trust.mechanism == Mechanism::WebIdentity
        {
            return Some(Self { arn: name, issuer: name.to_string(), audiences: &[], unread: Vec::new() });
        }
        let arn = provider_of(role, trust)?;
        let registered = registered(index, arn);
        let (issuer, unread) = match (trust.mechanism, registered) {
            (Mechanism::WebIdentity, _) => {
                let issuer = arn.split_once(":oidc-provider/")?.1.to_owned();
                let unread = match registered {
                    None => unread(index, role, arn, &[LIST_OIDC, GET_OIDC]),
                    Some(known) if known.audiences.is_empty() => unread(index, role, arn, &[GET_OIDC]),
                    Some(_) => Vec::new(),
                };
                if registered.is_none() && unread.is_empty() {
                    return None;
                }
                (issuer, unread)
            }
            (Mechanism::Saml, Some(known)) if known.kind == IssuerKind::Saml => {
                let entity = known.issuer.as_deref()?;
                (entity.strip_prefix("https://").unwrap_or(entity).to_owned(), Vec::new())
            }
            _ => return None,
        };
        let audiences = registered.map_or(&[][..], |one| one.audiences.as_slice());
        Some(Self { arn, issuer, audiences, unread })
    }

    /// Whether a token that it takes lets in for sure. For which applications those of a built-in one are given out is not
    /// read, nor is what was not read of a registered one.
    pub(super) fn is_sure(&self) -> bool {
        self.unread.is_empty() && self.arn != self.issuer
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
    Some(&index.estate().scopes.get(&ScopeId::of_tenant(id))?.id)
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

/// Why it is not known whose assertions a trust of an AWS role takes; empty where it is, or where it takes none.
pub(super) fn unread_assertions(index: &Index<'_>, role: &Identity, trust: &Trust) -> Vec<GapId> {
    let provider = provider_of(role, trust).filter(|_| trust.mechanism == Mechanism::Saml);
    let Some(provider) = provider.filter(|provider| !is_of_identity_center(provider)) else {
        return Vec::new();
    };
    match registered(index, provider) {
        None => unread(index, role, provider, &[LIST_SAML, GET_SAML]),
        Some(known) if known.issuer.is_none() => unread(index, role, provider, &[GET_SAML]),
        Some(_) => Vec::new(),
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
