//! The owner of the account that an identity lives in.

use std::collections::HashMap;

use census_model::{Claim, ClaimSource, Estate, Evidence, Scope, ScopeId};

use super::TagSource;
use crate::{config::OwnersConfig, owner_name};

/// Claims of account owners.
#[derive(Debug)]
pub(crate) struct AccountSource<'a> {
    claims: HashMap<&'a ScopeId, Vec<Claim>>,
}

impl<'a> AccountSource<'a> {
    /// Reads the owners of all accounts.
    pub(crate) fn new(estate: &'a Estate, config: &OwnersConfig) -> Self {
        let tags = TagSource::new(config);
        let claims_of = |scope: &Scope| {
            let mut claims = tags.scope_claims(&scope.tags);
            for claim in &mut claims {
                for evidence in &mut claim.evidence {
                    evidence.label = format!("account {}", evidence.label).into();
                    evidence.source = Some(scope.id.as_str().into());
                }
            }
            claims.extend(configured(scope, config));
            claims
        };
        Self { claims: estate.scopes.iter().map(|(id, scope)| (id, claims_of(scope))).collect() }
    }

    /// What the owner of a scope claims about everything in it.
    pub(crate) fn claims(&self, scope: &ScopeId) -> &[Claim] {
        self.claims.get(scope).map_or(&[], Vec::as_slice)
    }
}

fn configured(scope: &Scope, config: &OwnersConfig) -> Option<Claim> {
    let owner = config.accounts.get(&*scope.native_id).or_else(|| config.accounts.get(scope.id.as_str()))?;
    Some(Claim {
        source: ClaimSource::AccountOwner,
        business_owner: Some(owner_name::named(owner)?),
        technical_steward: None,
        evidence: vec![Evidence::new("account owner", &*scope.native_id).from_source("configuration")],
    })
}
