//! What the entries that register an identity say about it, field by field.

use census_model::{Closeness, Registration, Stated, Text};
use jiff::civil::Date;

use crate::registry::{RegistryEntry, TriggerEvent};

/// What is registered about one identity.
#[derive(Clone, Debug)]
pub(crate) struct Terms<'a> {
    /// What other parts of census read.
    pub(crate) registration: Registration,
    /// The entries whose dates attest it: the closest that name an owner, and closer ones.
    pub(super) attested_by: Vec<&'a RegistryEntry>,
    /// Who operates it, by the registry.
    pub(super) stewards: Vec<Text>,
    pub(super) project_end: Option<Stated<TriggerEvent>>,
    pub(super) vendor_change: Option<Stated<TriggerEvent>>,
    pub(super) date: Option<Stated<Date>>,
    /// Set where no entry is left that has not ended.
    pub(super) ended: Option<Ended>,
}

/// How the entries of an identity ended.
#[derive(Clone, Debug)]
pub(super) enum Ended {
    /// Its last day is over.
    Expired(Stated<Date>),
    /// The inventory says so.
    Retired(Stated<Text>),
}

impl<'a> Terms<'a> {
    /// `entries` are those that register the identity, the closest first, with how closely; those of one closeness stand
    /// in one order. Nothing where there is none.
    pub(crate) fn of<C: Ord + Copy>(entries: &[(&'a RegistryEntry, C)], today: Date) -> Option<Self> {
        let over = |entry: &RegistryEntry| entry.has_expired(today) || entry.retired.is_some();
        let live: Vec<_> = entries.iter().copied().filter(|(entry, _)| !over(entry)).collect();
        let (entries, ended) = match live.first() {
            Some(_) => (live, None),
            None => (entries.to_vec(), entries.first().and_then(|(entry, _)| Ended::of(entry))),
        };
        let (closest, _) = *entries.first()?;
        let stated = Fields(&entries);
        let owner = entries.iter().find(|(entry, _)| entry.business_owner.is_some()).map(|(_, at)| *at);
        Some(Self {
            registration: Registration {
                entry: at(closest, closest.identity.clone()),
                closeness: if closest.is_pattern() { Closeness::Pattern } else { Closeness::Exact },
                backup: stated.text(|entry| &entry.backup),
                purpose: stated.text(|entry| &entry.purpose),
                data_class: stated.text(|entry| &entry.data_class),
                risk_class: stated.text(|entry| &entry.risk_class),
                environment: stated.text(|entry| &entry.environment),
                vendor: stated.text(|entry| &entry.vendor),
                ticket: stated.text(|entry| &entry.ticket),
                approved_pattern: stated.text(|entry| &entry.approved_pattern),
                review_every: stated.first(|entry| entry.review_every),
                used_every: stated.first(|entry| entry.used_every),
                idle: stated.first(|entry| entry.offboarding_trigger.idle),
            },
            attested_by: entries
                .iter()
                .filter(|(_, closeness)| owner.is_none_or(|owner| *closeness >= owner))
                .map(|(entry, _)| *entry)
                .collect(),
            stewards: stated.all(|entry| entry.technical_steward.as_ref()),
            project_end: stated.first(|entry| entry.offboarding_trigger.project_end.clone()),
            vendor_change: stated.first(|entry| entry.offboarding_trigger.vendor_change.clone()),
            date: stated.first(|entry| entry.offboarding_trigger.date),
            ended,
        })
    }
}

impl Terms<'_> {
    /// Whether the dates of an entry attest the identity, if it has some.
    pub(crate) fn is_attested_by(&self, entry: &RegistryEntry) -> bool {
        self.attested_by.iter().any(|one| std::ptr::eq(*one, entry))
    }
}

impl Ended {
    fn of(entry: &RegistryEntry) -> Option<Self> {
        let retired = entry.retired.clone().map(|status| Self::Retired(at(entry, status)));
        retired.or_else(|| entry.expires.map(|last| Self::Expired(at(entry, last))))
    }
}

/// The fields of several entries, the closest first.
struct Fields<'e, 'a, C>(&'e [(&'a RegistryEntry, C)]);

impl<C: Eq> Fields<'_, '_, C> {
    /// What the closest entry says that says anything; of several the least, so that their order changes nothing.
    fn first<T: Ord>(&self, field: impl Fn(&RegistryEntry) -> Option<T>) -> Option<Stated<T>> {
        let says = |group: &[(&RegistryEntry, C)]| {
            group.iter().filter_map(|(entry, _)| field(entry).map(|value| at(entry, value))).min()
        };
        self.0.chunk_by(|(_, a), (_, b)| a == b).find_map(says)
    }

    /// What all of the closest entries say that say anything.
    fn all(&self, field: impl Fn(&RegistryEntry) -> Option<&Text>) -> Vec<Text> {
        let groups = self.0.chunk_by(|(_, a), (_, b)| a == b);
        let mut said =
            groups.map(|group| group.iter().filter_map(|(entry, _)| field(entry).cloned()).collect());
        said.find(|names: &Vec<Text>| !names.is_empty()).unwrap_or_default()
    }

    fn text(&self, field: impl Fn(&RegistryEntry) -> &Option<Text>) -> Option<Stated<Text>> {
        self.first(|entry| field(entry).clone())
    }
}

fn at<T>(entry: &RegistryEntry, value: T) -> Stated<T> {
    Stated { value, at: entry.location.to_string().into() }
}
