//! Identities that a registry entry registers: which of them rules look at, and how a finding puts what is registered
//! into words.

use census_model::{
    Attests, Authorship, Evidence, Identity, Life, LifeState, OwnerRecord, OwnerRole, OwnerStatus, PartyKind,
    Registration, Review, SuccessorReason,
};

use crate::View;

/// An identity and what is registered about it.
#[derive(Clone, Copy)]
pub(crate) struct Registered<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) record: &'a OwnerRecord,
    pub(crate) registration: &'a Registration,
    pub(crate) life: &'a Life,
}

/// The records of identities that somebody in the company has to own, by identity.
pub(crate) fn ownable<'a>(
    view: &View<'a>,
) -> impl Iterator<Item = (&'a Identity, &'a OwnerRecord)> + use<'a> {
    let ownership = view.ownership;
    view.fixable()
        .filter_map(|identity| Some((identity, ownership.records.get(&identity.id)?)))
        .filter(|(_, record)| record.status != OwnerStatus::NotApplicable)
}

/// Those that are registered, but for those that were retired, of which nothing is asked any more.
pub(crate) fn registered<'a>(view: &View<'a>) -> impl Iterator<Item = Registered<'a>> + use<'a> {
    ownable(view).filter_map(|(identity, record)| of(identity, record))
}

/// What is registered about one identity, if anything is and it was not retired.
pub(crate) fn registration<'a>(view: &View<'a>, identity: &Identity) -> Option<Registered<'a>> {
    let identity = view.index.identity(&identity.id)?;
    let record = view.owner(&identity.id).filter(|record| record.status != OwnerStatus::NotApplicable)?;
    of(identity, record)
}

fn of<'a>(identity: &'a Identity, record: &'a OwnerRecord) -> Option<Registered<'a>> {
    let registration = record.registration.as_deref()?;
    let life = record.life.as_deref().filter(|life| life.state != LifeState::Retired)?;
    Some(Registered { identity, record, registration, life })
}

impl Registered<'_> {
    /// The entry as evidence.
    pub(crate) fn entry(&self) -> Evidence {
        self.registration.entry.evidence("registry entry")
    }
}

/// Whether somebody attested lately enough.
pub(crate) fn is_current(review: &Review) -> bool {
    review.holds()
}

/// What an attestation is called.
pub(crate) fn attestation(attests: Attests) -> &'static str {
    match attests {
        Attests::BusinessOwnership => "business attestation",
        Attests::TechnicalNecessity => "technical attestation",
    }
}

/// How an attestation stands, as evidence: the last that counts, and those that do not.
pub(crate) fn attested(attests: Attests, review: &Review) -> Vec<Evidence> {
    let label = attestation(attests);
    let last = match &review.last {
        None => Evidence::new(label, "none was ever given"),
        Some(last) => {
            let by = last.by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
            let shown = match last.authorship {
                Authorship::RegistryEntry => "by a date in the entry",
                Authorship::SelfClaimed => "by their own word",
                Authorship::Signed => "signed",
            };
            Evidence::new(label, format!("{}{by}, {}, {shown}", last.on, last.decision.as_str()))
                .from_source(&*last.at)
        }
    };
    let every = review.every.iter().map(|every| every.evidence("asked for every"));
    let due = review.due.iter().map(|due| Evidence::new("due", due.to_string()));
    [last].into_iter().chain(every).chain(due).chain(review.ignored.iter().cloned()).collect()
}

/// Those who are named as this and have left, as evidence.
pub(crate) fn departures(record: &OwnerRecord, role: OwnerRole) -> Vec<Evidence> {
    let label = match role {
        OwnerRole::BusinessOwner => "owner who left",
        OwnerRole::TechnicalSteward => "steward who left",
    };
    let left = record.departed.iter().filter(|one| one.role == role);
    left.map(|one| Evidence {
        label: label.into(),
        value: format!("{}, {}", one.who, one.evidence.value).into(),
        source: one.evidence.source.clone(),
    })
    .collect()
}

/// Who may take over, as evidence, the best first.
pub(crate) fn successors(record: &OwnerRecord) -> Vec<Evidence> {
    let words = |reason: SuccessorReason| match reason {
        SuccessorReason::Backup => "the backup by the registry",
        SuccessorReason::Steward => "the steward",
        SuccessorReason::Manager => "the manager",
        SuccessorReason::Team => "the team",
        SuccessorReason::WorkloadOwner => "the owner of what runs as it",
        SuccessorReason::OtherClaim => "named by a weaker source",
    };
    let of = |one: &census_model::Successor| {
        let source = one.evidence.as_ref().and_then(|evidence| evidence.source.clone());
        Evidence {
            label: "may take over".into(),
            value: format!("{}, {}", one.who, words(one.reason)).into(),
            source,
        }
    };
    record.successors.iter().map(of).collect()
}

/// Whom the names of the owners mean, in words: those of nobody in particular, with the reason.
pub(crate) fn nobody(kind: PartyKind) -> Option<String> {
    match kind {
        PartyKind::Person | PartyKind::Team => None,
        PartyKind::Unlisted => Some("nobody is called so".to_owned()),
        PartyKind::Several(number) => Some(format!("{number} people or teams are called so")),
    }
}
