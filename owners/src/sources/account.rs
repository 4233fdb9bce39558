//! The owner of the account that an identity lives in; in Azure of its resource group, subscription, management group or
//! tenant.

use std::collections::HashMap;

use census_model::{Claim, ClaimSource, Evidence, Identity, Index, Provider, Scope, ScopeId, ScopeKind};

use super::TagSource;
use crate::{config::OwnersConfig, owner_name};

/// Claims of account owners.
pub(crate) struct AccountSource<'a> {
    index: &'a Index<'a>,
    claims: HashMap<&'a ScopeId, Vec<Claim>>,
}

impl<'a> AccountSource<'a> {
    /// Reads the owners of all accounts.
    pub(crate) fn new(index: &'a Index<'a>, config: &OwnersConfig) -> Self {
        let tags = TagSource::new(config);
        let claims_of = |scope: &Scope| {
            let mut claims = tags.scope_claims(&scope.tags);
            for claim in &mut claims {
                for evidence in &mut claim.evidence {
                    evidence.label = format!("{} {}", word(scope.kind), evidence.label).into();
                    evidence.source = Some(scope.id.as_str().into());
                }
            }
            claims.extend(configured(scope, config));
            claims
        };
        let claims = index.estate().scopes.iter().map(|(id, scope)| (id, claims_of(scope)));
        Self { index, claims: claims.filter(|(_, claims)| !claims.is_empty()).collect() }
    }

    /// What the owner of the scope that an identity lives in claims about everything in it. Scopes of Azure lie in each
    /// other, and the nearest that names anybody speaks.
    pub(crate) fn claims(&self, identity: &Identity) -> &[Claim] {
        if self.claims.is_empty() {
            return &[];
        }
        let of = |scope: &ScopeId| self.claims.get(scope).map(Vec::as_slice);
        let nearest = || {
            let above = self.index.ancestors(&identity.scope).into_iter();
            above.filter(|_| identity.provider == Provider::Azure).find_map(|scope| of(&scope.id))
        };
        of(&identity.scope).or_else(nearest).unwrap_or_default()
    }
}

/// What a scope is called.
fn word(kind: ScopeKind) -> &'static str {
    match kind {
        ScopeKind::Tenant => "tenant",
        ScopeKind::ManagementGroup => "management group",
        ScopeKind::Subscription => "subscription",
        ScopeKind::ResourceGroup => "resource group",
        ScopeKind::Resource => "resource",
        ScopeKind::Folder => "folder",
        ScopeKind::Project => "project",
        ScopeKind::Account
        | ScopeKind::Organization
        | ScopeKind::OrganizationRoot
        | ScopeKind::OrganizationalUnit => "account",
    }
}

fn configured(scope: &Scope, config: &OwnersConfig) -> Option<Claim> {
    let owner = config.accounts.get(&*scope.native_id).or_else(|| config.accounts.get(scope.id.as_str()))?;
    Some(Claim {
        source: ClaimSource::AccountOwner,
        business_owner: Some(owner_name::named(owner)?),
        technical_steward: None,
        evidence: vec![
            Evidence::new(format!("{} owner", word(scope.kind)), &*scope.native_id)
                .from_source("configuration"),
        ],
    })
}
