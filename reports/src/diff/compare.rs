//! The comparison.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Diff, FindingChange, FindingFate, GapChange, GapFate, IdentityChange, OwnerChange, OwnerState, Presence,
    Side,
    credentials::{credentials_of, scope_credentials},
    sight::{Sight, Sights, Thing},
    snapshot::{FindingRow, GapRow, IdentityRow, OwnerRow, Snapshot},
};

/// What changed from `old` to `new`.
pub fn diff(old: &Snapshot, new: &Snapshot) -> Diff {
    let sights = Sights { old: Sight::of(old, new), new: Sight::of(new, old) };
    let matching = Matching::new(old, new);
    let mut credentials = scope_credentials(old, new, &sights);
    for (before, after) in &matching.both {
        let thing = Thing::identity(after);
        credentials.extend(credentials_of(
            &after.id,
            &thing,
            &before.credentials,
            &after.credentials,
            &sights,
        ));
    }
    credentials.sort();
    let findings = match (&old.findings, &new.findings) {
        (Some(before), Some(after)) => findings(before, after, old, new, &sights),
        _ => Vec::new(),
    };
    Diff {
        schema: "census.diff/1",
        old: side(old),
        new: side(new),
        analyzed: old.findings.is_some() && new.findings.is_some(),
        identities: matching.changes(&sights),
        credentials,
        owners: owners(&matching),
        findings,
        gaps: gaps(old, new),
    }
}

fn side(snapshot: &Snapshot) -> Side {
    Side { as_of: snapshot.as_of.clone(), complete: snapshot.complete }
}

/// Which identity of the one scan is which of the other.
struct Matching<'a> {
    both: Vec<(&'a IdentityRow, &'a IdentityRow)>,
    only_old: Vec<&'a IdentityRow>,
    only_new: Vec<&'a IdentityRow>,
}

impl<'a> Matching<'a> {
    /// By immutable id; by native id where one of the two scans does not know the immutable one.
    fn new(old: &'a Snapshot, new: &'a Snapshot) -> Self {
        let mut by_immutable: BTreeMap<_, &IdentityRow> = BTreeMap::new();
        let mut by_native: BTreeMap<_, &IdentityRow> = BTreeMap::new();
        for identity in &new.identities {
            by_native.insert((&identity.provider, &identity.native_id), identity);
            if let Some(immutable) = &identity.immutable_id {
                by_immutable.insert((&identity.provider, immutable), identity);
            }
        }
        let mut matched = BTreeSet::new();
        let (mut both, mut only_old) = (Vec::new(), Vec::new());
        for before in &old.identities {
            let immutable =
                before.immutable_id.as_ref().and_then(|id| by_immutable.get(&(&before.provider, id)));
            let native = by_native
                .get(&(&before.provider, &before.native_id))
                .filter(|after| before.immutable_id.is_none() || after.immutable_id.is_none());
            match immutable.or(native) {
                Some(after) if matched.insert(&after.id) => both.push((before, *after)),
                _ => only_old.push(before),
            }
        }
        let only_new = new.identities.iter().filter(|identity| !matched.contains(&identity.id)).collect();
        Self { both, only_old, only_new }
    }

    fn changes(&self, sights: &Sights<'_>) -> Vec<IdentityChange> {
        let names = |rows: &[&'a IdentityRow]| -> BTreeSet<&'a str> {
            rows.iter().map(|row| row.native_id.as_str()).collect()
        };
        let (old_names, new_names) = (names(&self.only_old), names(&self.only_new));
        let mut changes = Vec::new();
        for identity in &self.only_old {
            let recreated = new_names.contains(identity.native_id.as_str());
            // Two identities cannot hold one name: the old one is gone whatever else was not read.
            let (change, hidden_by) = if recreated {
                (Presence::Gone, Vec::new())
            } else {
                sights.missing_in_new(&Thing::identity(identity))
            };
            changes.push(identity_change(identity, change, recreated, hidden_by));
        }
        for identity in &self.only_new {
            let recreated = old_names.contains(identity.native_id.as_str());
            let (change, hidden_by) = if recreated {
                (Presence::New, Vec::new())
            } else {
                sights.missing_in_old(&Thing::identity(identity))
            };
            changes.push(identity_change(identity, change, recreated, hidden_by));
        }
        changes.sort();
        changes
    }
}

fn identity_change(
    identity: &IdentityRow,
    change: Presence,
    recreated: bool,
    hidden_by: Vec<String>,
) -> IdentityChange {
    IdentityChange {
        change,
        id: identity.id.clone(),
        immutable_id: identity.immutable_id.clone(),
        kind: identity.kind.clone(),
        name: identity.name.clone(),
        scope: identity.scope.clone(),
        recreated,
        hidden_by,
    }
}

fn owners(matching: &Matching<'_>) -> Vec<OwnerChange> {
    let state = |owner: &OwnerRow| OwnerState {
        status: owner.status.clone(),
        business_owner: owner.business_owner.clone(),
        technical_steward: owner.technical_steward.clone(),
    };
    let mut changes: Vec<_> = matching
        .both
        .iter()
        .filter_map(|(before, after)| {
            let (old, new) = (before.owner.as_ref()?, after.owner.as_ref()?);
            (old != new).then(|| OwnerChange {
                id: after.id.clone(),
                name: after.name.clone(),
                before: state(old),
                after: state(new),
            })
        })
        .collect();
    changes.sort();
    changes
}

fn findings(
    before: &[FindingRow],
    after: &[FindingRow],
    old: &Snapshot,
    new: &Snapshot,
    sights: &Sights<'_>,
) -> Vec<FindingChange> {
    let by_print = |rows: &'_ [FindingRow]| -> BTreeMap<String, FindingRow> {
        rows.iter().map(|row| (row.fingerprint.clone(), row.clone())).collect()
    };
    let (before, mut after) = (by_print(before), by_print(after));
    let (old_ids, new_ids) = (by_id(old), by_id(new));
    let mut changes = Vec::new();
    for (print, row) in &before {
        match after.remove(print) {
            Some(same) if same.severity == row.severity => {}
            Some(other) => {
                changes.push(finding_change(
                    FindingFate::SeverityChanged,
                    Some(row),
                    Some(&other),
                    Vec::new(),
                ));
            }
            None => {
                let hidden_by = sights.new.hidden_by(&subject(row, &old_ids));
                let fate = if hidden_by.is_empty() { FindingFate::Resolved } else { FindingFate::NotVisible };
                changes.push(finding_change(fate, Some(row), None, hidden_by));
            }
        }
    }
    for row in after.values() {
        let hidden_by = sights.old.hidden_by(&subject(row, &new_ids));
        let fate = if hidden_by.is_empty() { FindingFate::New } else { FindingFate::NewlyVisible };
        changes.push(finding_change(fate, None, Some(row), hidden_by));
    }
    changes.sort();
    changes
}

fn by_id(snapshot: &Snapshot) -> BTreeMap<&str, &IdentityRow> {
    snapshot.identities.iter().map(|identity| (identity.id.as_str(), identity)).collect()
}

/// What a finding is about. One about an identity can also be missing because of its credentials' reads.
fn subject<'a>(finding: &'a FindingRow, identities: &BTreeMap<&str, &'a IdentityRow>) -> Thing<'a> {
    if let Some(identity) = finding.identity.as_deref().and_then(|id| identities.get(id)) {
        let mut thing = Thing::identity(identity);
        thing.ids.extend(identity.credentials.iter().map(|credential| credential.id.as_str()));
        return thing;
    }
    let scope = finding.subject.id.as_deref().filter(|_| finding.subject.kind == "scope");
    let provider = scope.and_then(|scope| scope.split(':').next()).unwrap_or_default();
    Thing { provider, scope, ids: scope.into_iter().collect() }
}

fn finding_change(
    change: FindingFate,
    before: Option<&FindingRow>,
    after: Option<&FindingRow>,
    hidden_by: Vec<String>,
) -> FindingChange {
    let shown = after.or(before);
    let text = |pick: fn(&FindingRow) -> &String| shown.map(|row| pick(row).clone()).unwrap_or_default();
    FindingChange {
        change,
        rule: text(|row| &row.rule),
        title: text(|row| &row.title),
        identity: shown.and_then(|row| row.identity.clone()),
        fingerprint: text(|row| &row.fingerprint),
        severity_before: before.map(|row| row.severity.clone()),
        severity_after: after.map(|row| row.severity.clone()),
        hidden_by,
    }
}

fn gaps(old: &Snapshot, new: &Snapshot) -> Vec<GapChange> {
    let ids =
        |snapshot: &Snapshot| -> BTreeSet<String> { snapshot.gaps.iter().map(|g| g.id.clone()).collect() };
    let (old_ids, new_ids) = (ids(old), ids(new));
    let change = |gap: &GapRow, change: GapFate| GapChange {
        change,
        id: gap.id.clone(),
        scope: gap.scope.clone(),
        read: gap.read.clone(),
        reason: gap.reason.to_string(),
    };
    let visited = |gap: &GapRow| match &gap.scope {
        Some(scope) => new.scopes.contains_key(scope),
        None => true,
    };
    let opened = new.gaps.iter().filter(|g| !old_ids.contains(&g.id)).map(|g| change(g, GapFate::Opened));
    let closed = old
        .gaps
        .iter()
        .filter(|g| !new_ids.contains(&g.id))
        .map(|gap| change(gap, if visited(gap) { GapFate::Closed } else { GapFate::NotVisible }));
    let mut changes: Vec<_> = opened.chain(closed).collect();
    changes.sort();
    changes
}
