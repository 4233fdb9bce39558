//! What an identity can do as it is, before any step.

use std::collections::BTreeMap;

use census_model::{Bound, Doubt, GapId, Level, Proof, ScopeId};

use super::graph::{Certainty, NodeId};
use crate::truth::Truth;

/// The level of an identity at one scope.
#[derive(Clone, Debug)]
pub(crate) struct OwnAt<'e> {
    /// Where.
    pub(crate) scope: &'e ScopeId,
    /// How far.
    pub(crate) level: Level,
    /// Whether that is certain.
    pub(crate) truth: Truth,
    /// What was not read and could take it away, besides what limits everything of the identity.
    pub(crate) limits: Vec<GapId>,
}

/// What an identity can do as it is.
pub(crate) struct Own<'e> {
    /// At each scope that it has to do with. Never empty: the scope it lives in comes first.
    pub(crate) at: Vec<OwnAt<'e>>,
    /// What gives the highest level.
    pub(crate) because: Vec<Proof>,
    /// What was not read.
    pub(crate) doubts: Doubts,
}

impl Own<'_> {
    /// The highest level at any scope, and whether it is certain at one of those that have it.
    pub(crate) fn highest(&self) -> (Level, Truth) {
        let levels = self.at.iter().map(|at| (at.level, at.truth));
        levels.max().unwrap_or((Level::Unknown, Truth::No))
    }

    /// What was not read and could take the highest level away; empty where nothing could in one of the scopes that have it.
    pub(crate) fn limits(&self) -> Vec<GapId> {
        let highest = self.highest();
        let having = || self.at.iter().filter(move |at| (at.level, at.truth) == highest);
        if having().any(|at| at.limits.is_empty()) {
            return Vec::new();
        }
        having().flat_map(|at| at.limits.iter().cloned()).collect()
    }
}

/// What was not read and bears on one identity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubts {
    /// Its own grants.
    pub(crate) own: Vec<GapId>,
    /// What else could give it something, or lead to somebody.
    pub(crate) widening: Vec<GapId>,
    /// What could give it something if it has nothing. No level above that is made of it.
    pub(crate) faint: Vec<GapId>,
    /// What could limit it, wherever.
    pub(crate) limits: Vec<GapId>,
    /// Whether it holds something whose text was not read, whether or not a gap says so.
    pub(crate) unread: bool,
    /// Whether all was tried that it may do, and whoever it can become.
    pub(crate) search: Search,
}

/// Whether all ways were looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Search {
    /// They were.
    #[default]
    Whole,
    /// It ended before that.
    Ended,
}

impl Doubts {
    /// How sure a level is, at a scope where some more could take it away. Nothing is more than administration, and no way that was not looked for gives more than one
    /// that is certain.
    pub(crate) fn bound(&self, level: Level, certainty: Certainty, limits: &[GapId]) -> Bound {
        let doubt = |lists: &[&[GapId]]| {
            if lists.iter().all(|list| list.is_empty()) { Doubt::None } else { Doubt::Some }
        };
        let less = if level <= Level::None { Doubt::None } else { doubt(&[&self.limits, limits]) };
        let more = match level {
            Level::Admin => Doubt::None,
            _ if self.unread => Doubt::Some,
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

    /// Adds what was not read and could lead to somebody.
    pub(crate) fn widen(&mut self, gaps: &[GapId]) {
        self.widening.extend(gaps.iter().cloned());
        self.widening.sort_unstable();
        self.widening.dedup();
    }

    /// All that bear on a level, once.
    pub(crate) fn all(&self, level: Level, limits: &[GapId]) -> Vec<GapId> {
        let mut all: Vec<GapId> = self.limits.iter().chain(limits).cloned().collect();
        // Nothing is more than administration.
        if level < Level::Admin {
            all.extend(self.own.iter().chain(&self.widening).cloned());
        }
        if level <= Level::None {
            all.extend(self.faint.iter().cloned());
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// What a search that ended before all was tried leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Left {
    /// How many ways there are.
    Paths,
    /// Whether there is one that is surer, or one at all.
    Levels,
}

/// The identities, as they were read, whose searches ended.
pub(crate) type Ended = BTreeMap<NodeId, Left>;
