//! What became of credentials.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    CredentialChange, CredentialFate, CredentialState, Presence,
    sight::{Sights, Thing},
    snapshot::{CredentialRow, Snapshot},
};

/// The changes among credentials of scopes as a whole.
pub(super) fn scope_credentials(
    old: &Snapshot,
    new: &Snapshot,
    sights: &Sights<'_>,
) -> Vec<CredentialChange> {
    let by_scope = |snapshot: &Snapshot| {
        let mut found: BTreeMap<String, Vec<CredentialRow>> = BTreeMap::new();
        for (scope, credential) in &snapshot.scope_credentials {
            found.entry(scope.clone()).or_default().push(credential.clone());
        }
        found
    };
    let (before, after) = (by_scope(old), by_scope(new));
    let scopes: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut changes = Vec::new();
    for scope in scopes {
        let provider = scope.split(':').next().unwrap_or_default();
        let thing = Thing { provider, scope: Some(scope), ids: vec![scope] };
        let rows = |side: &BTreeMap<String, Vec<CredentialRow>>| side.get(scope).cloned().unwrap_or_default();
        changes.extend(credentials_of(scope, &thing, &rows(&before), &rows(&after), sights));
    }
    changes
}

/// The changes among one holder's credentials.
pub(super) fn credentials_of(
    holder: &str,
    thing: &Thing<'_>,
    before: &[CredentialRow],
    after: &[CredentialRow],
    sights: &Sights<'_>,
) -> Vec<CredentialChange> {
    let mut left: BTreeMap<_, &CredentialRow> = after.iter().map(|row| (credential_key(row), row)).collect();
    let mut removed: Vec<&CredentialRow> = Vec::new();
    let mut changes = Vec::new();
    let known = |change, old, new| credential_change(change, holder, Some(old), Some(new), Vec::new());
    for old in before {
        let Some(new) = left.remove(&credential_key(old)) else {
            removed.push(old);
            continue;
        };
        if old.created.is_some() && new.created.is_some() && old.created != new.created {
            changes.push(known(CredentialFate::Rotated, old, new));
        } else if old.status != new.status {
            changes.push(known(CredentialFate::StatusChanged, old, new));
        }
    }
    removed.retain(|old| match left.iter().find(|(_, new)| may_be_the_same(old, new)) {
        Some((key, new)) => {
            if old.status != new.status {
                changes.push(known(CredentialFate::StatusChanged, old, new));
            }
            let key = key.clone();
            left.remove(&key);
            false
        }
        None => true,
    });
    removed.sort_by(|a, b| (&a.kind, &a.created, &a.id).cmp(&(&b.kind, &b.created, &b.id)));
    for old in removed {
        let thing = with_id(thing, &old.id);
        let (presence, hidden_by) = sights.missing_in_new(&thing);
        let successor = left
            .iter()
            .filter(|((kind, _), new)| {
                presence == Presence::Gone && *kind == old.kind && new.created > old.created
            })
            .map(|(key, _)| key.clone())
            .next();
        match successor.and_then(|key| left.remove(&key)) {
            Some(new) => {
                changes.push(credential_change(
                    CredentialFate::Rotated,
                    holder,
                    Some(old),
                    Some(new),
                    hidden_by,
                ));
            }
            None => changes.push(credential_change(
                CredentialFate::Only(presence),
                holder,
                Some(old),
                None,
                hidden_by,
            )),
        }
    }
    for new in left.into_values() {
        let (presence, hidden_by) = sights.missing_in_old(&with_id(thing, &new.id));
        changes.push(credential_change(CredentialFate::Only(presence), holder, None, Some(new), hidden_by));
    }
    changes
}

/// Kind and public id; where that is not known, the part of the id that does not name the holder.
fn credential_key(row: &CredentialRow) -> (String, String) {
    let own = row.id.rsplit_once('#').map_or(row.id.as_str(), |(_, own)| own);
    (row.kind.clone(), row.key_id.clone().unwrap_or_else(|| own.to_owned()))
}

/// One scan saw only that there is a credential, the other one its public id too.
fn may_be_the_same(old: &CredentialRow, new: &CredentialRow) -> bool {
    let one_is_nameless = old.key_id.is_none() != new.key_id.is_none();
    one_is_nameless && old.kind == new.kind && old.created.is_some() && old.created == new.created
}

fn with_id<'t>(thing: &Thing<'t>, id: &'t str) -> Thing<'t> {
    let mut ids = thing.ids.clone();
    ids.push(id);
    Thing { provider: thing.provider, scope: thing.scope, ids }
}

fn credential_change(
    change: CredentialFate,
    holder: &str,
    before: Option<&CredentialRow>,
    after: Option<&CredentialRow>,
    hidden_by: Vec<String>,
) -> CredentialChange {
    let state = |row: &CredentialRow| CredentialState {
        id: row.id.clone(),
        key_id: row.key_id.clone(),
        status: row.status.clone(),
        created: row.created.clone(),
    };
    CredentialChange {
        change,
        holder: holder.to_owned(),
        kind: before.or(after).map(|row| row.kind.clone()).unwrap_or_default(),
        before: before.map(state),
        after: after.map(state),
        hidden_by,
    }
}
