//! Whether one scan could have seen what the other one shows.

use std::collections::BTreeSet;

use census_model::GapReason;

use super::{
    Presence,
    snapshot::{GapRow, IdentityRow, Snapshot},
};

/// What is looked for: where it is and the ids by which a gap may name it.
pub(super) struct Thing<'a> {
    pub(super) provider: &'a str,
    /// `None`: it is of the whole scan, such as a registry entry.
    pub(super) scope: Option<&'a str>,
    pub(super) ids: Vec<&'a str>,
}

impl<'a> Thing<'a> {
    pub(super) fn identity(identity: &'a IdentityRow) -> Self {
        let mut ids = vec![identity.id.as_str(), identity.native_id.as_str()];
        ids.extend(identity.immutable_id.as_deref());
        Self { provider: &identity.provider, scope: Some(&identity.scope), ids }
    }
}

/// One scan, asked about things that the other one shows.
pub(super) struct Sight<'a> {
    asked: &'a Snapshot,
    /// Gaps of the asked scan that are news to the other one, which saw what it saw in spite of the rest.
    gaps: Vec<&'a GapRow>,
}

impl<'a> Sight<'a> {
    /// What `asked` could see, where `other` is the scan that shows the things asked about.
    pub(super) fn of(asked: &'a Snapshot, other: &Snapshot) -> Self {
        let known: BTreeSet<_> =
            other.gaps.iter().filter(|gap| hides_the_same_each_time(gap.reason)).map(place).collect();
        let news = |gap: &&GapRow| !(hides_the_same_each_time(gap.reason) && known.contains(&place(gap)));
        Self { asked, gaps: asked.gaps.iter().filter(news).collect() }
    }

    /// Why the scan could not have seen the thing; empty when it would have.
    pub(super) fn hidden_by(&self, thing: &Thing<'_>) -> Vec<String> {
        let scopes = thing.scope.map(|scope| self.path(scope)).unwrap_or_default();
        if let Some(scope) = thing.scope
            && !self.asked.scopes.get(scope).is_some_and(|node| node.scanned)
        {
            return vec![format!("{scope} was not scanned")];
        }
        let hides = |gap: &&&GapRow| {
            let here = match (&gap.scope, thing.scope) {
                (Some(scope), Some(_)) => scopes.contains(&scope.as_str()),
                (None, Some(_)) => gap.provider == thing.provider,
                (_, None) => true,
            };
            let about = gap.affects.is_empty()
                || thing.scope.is_none()
                || thing.ids.iter().chain(&scopes).any(|id| gap.affects.contains(*id));
            here && about
        };
        let mut ids: Vec<String> = self.gaps.iter().filter(hides).map(|gap| gap.id.clone()).collect();
        ids.sort();
        ids
    }

    /// The scope and those above it.
    fn path<'s>(&'s self, scope: &'s str) -> Vec<&'s str> {
        let mut path = vec![scope];
        let mut next = self.asked.scopes.get(scope).and_then(|node| node.parent.as_deref());
        while let Some(parent) = next.filter(|parent| !path.contains(parent)) {
            path.push(parent);
            next = self.asked.scopes.get(parent).and_then(|node| node.parent.as_deref());
        }
        path
    }
}

/// What each scan could see of what only the other one shows.
pub(super) struct Sights<'a> {
    pub(super) old: Sight<'a>,
    pub(super) new: Sight<'a>,
}

impl Sights<'_> {
    pub(super) fn missing_in_new(&self, thing: &Thing<'_>) -> (Presence, Vec<String>) {
        let hidden_by = self.new.hidden_by(thing);
        (if hidden_by.is_empty() { Presence::Gone } else { Presence::NotVisible }, hidden_by)
    }

    pub(super) fn missing_in_old(&self, thing: &Thing<'_>) -> (Presence, Vec<String>) {
        let hidden_by = self.old.hidden_by(thing);
        (if hidden_by.is_empty() { Presence::New } else { Presence::NewlyVisible }, hidden_by)
    }
}

/// A read that is refused or left out hides the same things whenever it happens. One that fails half-way does not.
fn hides_the_same_each_time(reason: GapReason) -> bool {
    match reason {
        GapReason::Denied | GapReason::Unsupported | GapReason::NotProvided | GapReason::NotRequested => true,
        GapReason::Throttled
        | GapReason::Failed
        | GapReason::Truncated
        | GapReason::Invalid
        | GapReason::Inconsistent => false,
    }
}

fn place(gap: &GapRow) -> (&str, Option<&str>, &str, &BTreeSet<String>) {
    (&gap.provider, gap.scope.as_deref(), &gap.read, &gap.affects)
}
