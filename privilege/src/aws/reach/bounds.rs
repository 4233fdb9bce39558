//! What was not read and bears on how far identities reach.

use std::collections::HashMap;

use census_model::{Bound, Doubt, Gap, GapId, Identity, Level, ScopeId};

use crate::{
    aws::{
        access::{Access, OTHER_POLICIES_READ, RESOURCE_POLICY_READS, WORKLOAD_READS, actor::Actor},
        layers::Place,
    },
    escalation::Certainty,
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

/// What bears on one identity.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubts {
    /// Its own grants.
    pub(super) own: Vec<GapId>,
    /// What else could give it something, or lead to somebody.
    pub(super) widening: Vec<GapId>,
    /// What could give it something if it has nothing. No level above that is made of it.
    pub(super) faint: Vec<GapId>,
    /// What could limit it.
    pub(super) limits: Vec<GapId>,
    /// Whether all was tried that it may do, and whoever it can become.
    pub(super) search: Search,
}

/// Whether all ways were looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Search {
    /// They were.
    #[default]
    Whole,
    /// It ended before that.
    Ended,
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

impl Doubts {
    /// How sure a level is. Nothing is more than administration, and no way that was not looked for gives more than one
    /// that is certain.
    pub(super) fn bound(&self, level: Level, certainty: Certainty) -> Bound {
        let doubt = |lists: &[&Vec<GapId>]| {
            if lists.iter().all(|list| list.is_empty()) { Doubt::None } else { Doubt::Some }
        };
        let less = if level <= Level::None { Doubt::None } else { doubt(&[&self.limits]) };
        let more = match level {
            Level::Admin => Doubt::None,
            _ if self.search == Search::Ended
                && (level, certainty) != (Level::Escalates, Certainty::Certain) =>
            {
                Doubt::Some
            }
            Level::None => doubt(&[&self.own, &self.widening, &self.faint]),
            _ => doubt(&[&self.own, &self.widening]),
        };
        Bound::of(less, more)
    }

    /// All that bear on a level, once.
    pub(super) fn all(&self, level: census_model::Level) -> Vec<GapId> {
        let faint = if level <= census_model::Level::None { self.faint.as_slice() } else { &[] };
        let lists = [&self.own, &self.widening, &self.limits].into_iter().flatten();
        let mut all: Vec<GapId> = lists.chain(faint).cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
