//! Credentials of one user, put together from whichever source knows.

use census_model::{
    Credential, CredentialId, CredentialKind, CredentialStatus, EstateBuilder, GapId, Holder, IdentityId,
    LastUse, Observed,
};
use jiff::Timestamp;

use super::{
    join::{Entry, join},
    report::Slot,
};

/// Since when AWS notes the last use of access keys: 2015-04-22.
const KEY_USE_TRACKED_SINCE: i64 = 1_429_660_800;

/// Since when AWS notes the last sign-in with a password: 2014-10-20.
const PASSWORD_USE_TRACKED_SINCE: i64 = 1_413_763_200;

/// "Not since": the creation, or the begin of the tracking if that is later.
fn not_since<T>(created: Option<Timestamp>, tracked_since: i64) -> Observed<T> {
    let tracked = Timestamp::from_second(tracked_since).unwrap_or(Timestamp::UNIX_EPOCH);
    Observed::NotSince(created.map_or(tracked, |created| created.max(tracked)))
}

/// The last use of a key, as the report tells it.
pub(super) fn key_use(used: Option<&LastUse>, created: Option<Timestamp>) -> Observed<LastUse> {
    used.map_or_else(|| not_since(created, KEY_USE_TRACKED_SINCE), |used| Observed::Known(used.clone()))
}

/// The last sign-in with a password, as the report tells it.
pub(super) fn password_use(at: Option<Timestamp>, created: Option<Timestamp>) -> Observed<LastUse> {
    at.map_or_else(
        || not_since(created, PASSWORD_USE_TRACKED_SINCE),
        |at| Observed::Known(LastUse { at, service: None, region: None }),
    )
}

/// A status as IAM words it.
pub(super) fn status(word: Option<&str>) -> CredentialStatus {
    match word.unwrap_or_default().to_ascii_lowercase().as_str() {
        "active" => CredentialStatus::Active,
        "inactive" => CredentialStatus::Inactive,
        "expired" => CredentialStatus::Expired,
        _ => CredentialStatus::Unknown,
    }
}

/// A credential about which nothing more than its existence is known yet.
pub(super) fn bare(
    holder: &IdentityId,
    kind: CredentialKind,
    name: &str,
    last_used: Observed<LastUse>,
) -> Credential {
    Credential {
        id: CredentialId::new(format!("{holder}#{kind}/{name}")),
        holder: Holder::Identity(holder.clone()),
        kind,
        key_id: None,
        label: None,
        created: None,
        expires: None,
        status: CredentialStatus::Unknown,
        last_used,
        kept_on: None,
    }
}

/// A key or certificate as a list names it.
pub(super) struct Named<'f> {
    pub(super) key_id: &'f str,
    pub(super) status: Option<&'f str>,
    pub(super) created: Option<Timestamp>,
}

/// What the report says of one user's slots of a kind.
pub(super) enum Slots<'r> {
    /// The slots, and when the report was made.
    Seen(&'r [Slot], Option<Timestamp>),
    /// The report, or the user's row in it, is missing.
    Hidden(GapId),
}

/// One user's credentials of a kind that has slots in the report.
pub(super) struct Slotted<'f, 'r> {
    pub(super) holder: &'f IdentityId,
    pub(super) kind: CredentialKind,
    /// Those that the list names.
    pub(super) named: &'f [Named<'f>],
    /// Whether the list holds all of them.
    pub(super) list_is_complete: bool,
    pub(super) slots: Slots<'r>,
    /// For kinds whose use nobody notes: the gap that says so.
    pub(super) use_not_told: Option<GapId>,
}

/// Whether list and report contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// They do not.
    Agree,
    /// A credential is in one only, or which is which cannot be told.
    Contradict,
}

impl Slotted<'_, '_> {
    /// Adds the credentials. `contradiction` makes the gap for those that do not fit together.
    pub(super) fn add(
        &self,
        contradiction: impl Fn(&mut EstateBuilder) -> GapId,
        estate: &mut EstateBuilder,
    ) -> Agreement {
        let (slots, made): (&[Slot], _) = match &self.slots {
            Slots::Seen(slots, made) => (slots, *made),
            Slots::Hidden(_) => (&[], None),
        };
        let entries: Vec<Entry> = self.named.iter().map(Named::entry).collect();
        let joined = join(&entries, slots, made);
        let unmatched = joined.slots.iter().any(Option::is_none) && matches!(self.slots, Slots::Seen(..));
        let agreement = if unmatched || (self.list_is_complete && !joined.left.is_empty()) {
            Agreement::Contradict
        } else {
            Agreement::Agree
        };
        let gap = (agreement == Agreement::Contradict).then(|| contradiction(estate));
        for (named, slot) in self.named.iter().zip(&joined.slots) {
            estate.credential(self.named(named, *slot, gap.as_ref()));
        }
        for slot in joined.left {
            estate.credential(self.unnamed(slot));
        }
        agreement
    }

    fn named(&self, named: &Named<'_>, slot: Option<&Slot>, gap: Option<&GapId>) -> Credential {
        let created = named.created.or_else(|| slot.and_then(|slot| slot.rotated));
        let last_used = match (&self.use_not_told, slot, &self.slots, gap) {
            (Some(gap), ..)
            | (None, None, Slots::Hidden(gap), _)
            | (None, None, Slots::Seen(..), Some(gap)) => Observed::NotVisible(gap.clone()),
            (None, Some(slot), ..) => key_use(slot.used.as_ref(), created),
            (None, None, Slots::Seen(..), None) => key_use(None, created),
        };
        Credential {
            key_id: Some(named.key_id.into()),
            created,
            status: status(named.status),
            ..bare(self.holder, self.kind, named.key_id, last_used)
        }
    }

    fn unnamed(&self, slot: &Slot) -> Credential {
        let last_used = match &self.use_not_told {
            Some(gap) => Observed::NotVisible(gap.clone()),
            None => key_use(slot.used.as_ref(), slot.rotated),
        };
        let status = if slot.active { CredentialStatus::Active } else { CredentialStatus::Inactive };
        let name = format!("slot-{}", slot.number);
        Credential { created: slot.rotated, status, ..bare(self.holder, self.kind, &name, last_used) }
    }
}

impl Named<'_> {
    fn entry(&self) -> Entry {
        let active = match status(self.status) {
            CredentialStatus::Active => Some(true),
            CredentialStatus::Inactive | CredentialStatus::Expired => Some(false),
            CredentialStatus::Unknown => None,
        };
        Entry { created: self.created, active }
    }
}
