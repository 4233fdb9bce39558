//! Finding things in an estate.

use std::collections::HashMap;

use crate::{Credential, Estate, Gap, GapId, Identity, IdentityId, Scope, ScopeId, Trust};

/// Look-ups into an estate, built once.
pub struct Index<'a> {
    estate: &'a Estate,
    identities: HashMap<&'a IdentityId, &'a Identity>,
    by_native_id: HashMap<&'a str, &'a Identity>,
    credentials: HashMap<&'a IdentityId, Vec<&'a Credential>>,
    trusts: HashMap<&'a IdentityId, Vec<&'a Trust>>,
    gaps: HashMap<&'a GapId, &'a Gap>,
}

impl<'a> Index<'a> {
    /// Indexes an estate.
    pub fn new(estate: &'a Estate) -> Self {
        let mut credentials: HashMap<_, Vec<_>> = HashMap::new();
        for credential in &estate.credentials {
            if let Some(id) = credential.identity() {
                credentials.entry(id).or_default().push(credential);
            }
        }
        let mut trusts: HashMap<_, Vec<_>> = HashMap::new();
        for trust in &estate.trusts {
            trusts.entry(&trust.becomes).or_default().push(trust);
        }
        Self {
            estate,
            identities: estate.identities.iter().map(|i| (&i.id, i)).collect(),
            by_native_id: estate.identities.iter().map(|i| (&*i.native_id, i)).collect(),
            credentials,
            trusts,
            gaps: estate.gaps.iter().map(|g| (&g.id, g)).collect(),
        }
    }

    /// The estate itself.
    pub fn estate(&self) -> &'a Estate {
        self.estate
    }

    /// An identity by id.
    pub fn identity(&self, id: &IdentityId) -> Option<&'a Identity> {
        self.identities.get(id).copied()
    }

    /// An identity by native id.
    pub fn native(&self, native_id: &str) -> Option<&'a Identity> {
        self.by_native_id.get(native_id).copied()
    }

    /// The credentials of an identity, by id.
    pub fn credentials(&self, id: &IdentityId) -> &[&'a Credential] {
        self.credentials.get(id).map_or(&[], Vec::as_slice)
    }

    /// The trusts by which others become an identity.
    pub fn trusts(&self, id: &IdentityId) -> &[&'a Trust] {
        self.trusts.get(id).map_or(&[], Vec::as_slice)
    }

    /// A gap by id.
    pub fn gap(&self, id: &GapId) -> Option<&'a Gap> {
        self.gaps.get(id).copied()
    }

    /// The scope and everything above it, nearest first. Ends at a parent that is missing or seen before.
    pub fn ancestors(&self, id: &ScopeId) -> Vec<&'a Scope> {
        let mut found: Vec<&'a Scope> = Vec::new();
        let mut next = self.estate.scopes.get(id);
        while let Some(scope) = next {
            if found.iter().any(|seen| seen.id == scope.id) {
                break;
            }
            found.push(scope);
            next = scope.parent.as_ref().and_then(|parent| self.estate.scopes.get(parent));
        }
        found
    }
}
