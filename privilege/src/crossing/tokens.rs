//! Who is trusted across the border by a token.

use std::collections::BTreeSet;

use census_model::{
    CloudIssuer, ConditionLanguage, Decision, Identity, Index, IssuerKind, Mechanism, PrincipalSet, Provider,
    ScopeId, Text, Trust,
};
use serde::Deserialize;

use crate::azure::conditions::guids;

/// An identity provider of AWS whose tokens or assertions a tenant issues.
pub(super) struct OfTenant<'e> {
    /// The provider's ARN.
    pub(super) provider: &'e str,
    /// The issuer as condition keys begin.
    pub(super) issuer: String,
    /// The audiences that the provider takes tokens for; empty where that is not known.
    pub(super) audiences: &'e [Text],
    /// Whether the provider was read.
    pub(super) is_registered: bool,
    pub(super) tenant: &'e ScopeId,
}

/// The reads that bring identity providers.
const PROVIDERS: [&str; 2] = ["iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider"];

/// Whose tokens a trust of an AWS role takes, where that is a tenant of the estate.
pub(super) fn of_tenant<'e>(index: &Index<'e>, role: &Identity, trust: &'e Trust) -> Option<OfTenant<'e>> {
    let PrincipalSet::External(provider) = &trust.who else { return None };
    let account = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
    // A provider counts in its own account, while it is there.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    if account(provider) != account(&role.native_id) {
        return None;
    }
    let registered = index.estate().issuers.iter().find(|one| one.native_id == *provider);
    let is_unread = || {
        let gaps = index.estate().gaps.iter().filter(|gap| PROVIDERS.contains(&&*gap.read));
        gaps.into_iter().any(|gap| gap.scope.as_ref().is_none_or(|scope| *scope == role.scope))
    };
    if registered.is_none() && !is_unread() {
        return None;
    }
    let issuer = match trust.mechanism {
        Mechanism::WebIdentity => provider.split_once(":oidc-provider/")?.1.to_owned(),
        Mechanism::Saml => {
            let entity = registered.filter(|one| one.kind == IssuerKind::Saml)?.issuer.as_deref()?;
            entity.strip_prefix("https://").unwrap_or(entity).to_owned()
        }
        _ => return None,
    };
    let Some(CloudIssuer::Tenant(tenant)) = CloudIssuer::of(&issuer) else { return None };
    let id = ScopeId::new(format!("azure:tenant/{}", tenant.to_ascii_lowercase()));
    let tenant = &index.estate().scopes.get(&id)?.id;
    let audiences = registered.map_or(&[][..], |one| one.audiences.as_slice());
    Some(OfTenant { provider, issuer, audiences, is_registered: registered.is_some(), tenant })
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
