//! What was not read and bears on how far identities reach.

use std::collections::HashMap;

use census_model::{Gap, GapId, Identity, ScopeId};

use crate::{
    aws::{
        access::{Access, OTHER_POLICIES_READ, RESOURCE_POLICY_READS, WORKLOAD_READS, actor::Actor},
        layers::Place,
    },
    escalation::Doubts,
};

/// The read that brings identities with their policies.
const DETAILS: &str = "iam:GetAccountAuthorizationDetails";

/// Gaps by what they could change, for each scope.
pub(super) struct Bounds<'e> {
    details: HashMap<&'e ScopeId, Vec<&'e Gap>>,
    widening: HashMap<&'e ScopeId, Vec<GapId>>,
    /// What could give something to whoever has nothing, and lead nobody further.
    faint: HashMap<&'e ScopeId, Vec<GapId>>,
    limits: HashMap<&'e ScopeId, Vec<GapId>>,
}

impl<'e> Bounds<'e> {
    pub(super) fn new(access: &Access<'e>) -> Self {
        let estate = access.index().estate();
        let mut bounds = Self {
            details: HashMap::new(),
            widening: HashMap::new(),
            faint: HashMap::new(),
            limits: HashMap::new(),
        };
        for gap in &estate.gaps {
            let Some(scope) = &gap.scope else { continue };
            if &*gap.read == DETAILS {
                bounds.details.entry(scope).or_default().push(gap);
            } else if &*gap.read == OTHER_POLICIES_READ {
                // One resource's policy never gives what weighs only on everything of a kind, and no technique calls
                // what these policies can allow.
                bounds.faint.entry(scope).or_default().push(gap.id.clone());
            } else if RESOURCE_POLICY_READS.contains(&&*gap.read) || WORKLOAD_READS.contains(&&*gap.read) {
                bounds.widening.entry(scope).or_default().push(gap.id.clone());
            }
        }
        for scope in estate.scopes.keys() {
            let limits = access.unread_limits(scope);
            if !limits.is_empty() {
                bounds.limits.insert(scope, limits);
            }
        }
        bounds
    }

    pub(super) fn of(&self, access: &Access<'_>, identity: &Identity, actor: &Actor<'_, '_>) -> Doubts {
        let list =
            |map: &HashMap<&ScopeId, Vec<GapId>>| map.get(&identity.scope).cloned().unwrap_or_default();
        let mut doubts = Doubts {
            widening: list(&self.widening),
            faint: list(&self.faint),
            limits: list(&self.limits),
            ..Doubts::default()
        };
        let details = self.details.get(&identity.scope).map_or(&[][..], Vec::as_slice);
        let about = details.iter().filter(|gap| gap.concerns(identity.id.as_str()));
        doubts.own.extend(about.map(|gap| gap.id.clone()));
        for (place, grant) in actor.unread() {
            let gaps = access.unread_text(grant);
            match place {
                Place::Identity => doubts.own.extend(gaps),
                _ => doubts.limits.extend(gaps),
            }
        }
        for list in [&mut doubts.own, &mut doubts.widening, &mut doubts.limits] {
            list.sort_unstable();
            list.dedup();
        }
        doubts
    }
}
