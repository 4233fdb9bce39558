//! The tree of scopes, as far as roles are held in it.

use std::collections::HashMap;

use census_model::{Estate, GapId, Index, ScopeId, ScopeKind, Via};

/// The scopes of an estate.
pub(super) struct Places<'e> {
    estate: &'e Estate,
    index: &'e Index<'e>,
    above: HashMap<&'e ScopeId, Vec<&'e ScopeId>>,
    /// Below which scopes a denial ends that counts in them alone, with the scopes right below.
    ends: Vec<(&'e ScopeId, Vec<&'e ScopeId>)>,
}

impl<'e> Places<'e> {
    pub(super) fn new(index: &'e Index<'e>) -> Self {
        let estate = index.estate();
        let chain = |id| index.ancestors(id).into_iter().map(|scope| &scope.id).collect::<Vec<_>>();
        let above = estate.scopes.keys().map(|id| (id, chain(id))).collect();
        let only_here = |via: &Via| matches!(via, Via::DenyAssignment { own_scope_only: true, .. });
        let mut ends: Vec<&ScopeId> =
            estate.grants.iter().filter(|grant| only_here(&grant.via)).map(|grant| &grant.scope).collect();
        ends.sort_unstable();
        ends.dedup();
        let below = |id: &ScopeId| {
            let scopes = estate.scopes.values().filter(|scope| scope.parent.as_ref() == Some(id));
            scopes.map(|scope| &scope.id).collect::<Vec<_>>()
        };
        let ends = ends.into_iter().map(|id| (id, below(id))).collect();
        Self { estate, index, above, ends }
    }

    /// A scope and those above it, innermost first.
    pub(super) fn above(&self, id: &ScopeId) -> &[&'e ScopeId] {
        self.above.get(id).map_or(&[], Vec::as_slice)
    }

    /// The same scope as the estate has it.
    pub(super) fn of_estate(&self, id: &ScopeId) -> Option<&'e ScopeId> {
        self.estate.scopes.get(id).map(|scope| &scope.id)
    }

    /// Whether a scope is a tenant.
    pub(super) fn is_tenant(&self, id: &ScopeId) -> bool {
        self.estate.scopes.get(id).is_some_and(|scope| scope.kind == ScopeKind::Tenant)
    }

    /// Whether a gap is one of the estate's, and none that the engine made up for what no gap tells.
    pub(super) fn tells_of(&self, gap: &GapId) -> bool {
        self.index.gap(gap).is_some()
    }

    pub(super) fn depth(&self, id: &ScopeId) -> usize {
        self.above(id).len()
    }

    /// The scopes in which a grant has to be looked at: its own, and those further down in which it may count for more.
    pub(super) fn of_grant(&self, id: &'e ScopeId) -> Vec<&'e ScopeId> {
        let mut scopes = vec![id];
        for (end, below) in &self.ends {
            if self.above(end).contains(&id) {
                scopes.extend(below.iter().copied().filter(|one| *one != id));
            }
        }
        scopes
    }

    /// The resource group of a resource; any other scope itself.
    pub(super) fn innermost(&self, id: &ScopeId) -> ScopeId {
        let is_resource =
            |id: &ScopeId| self.estate.scopes.get(id).is_some_and(|one| one.kind == ScopeKind::Resource);
        let place = self.above(id).iter().find(|one| !is_resource(one));
        place.map_or_else(|| id.clone(), |one| (*one).clone())
    }
}
