//! Whether a registry record is attested at present.

use census_model::{Evidence, Identity};
use jiff::civil::Date;

use crate::registry::{RegistryEntry, day};

/// What a record's business attestation is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attestation {
    /// Nobody ever attested.
    Missing,
    /// It holds.
    Current(Date),
    /// It was due again on this day.
    Overdue { last: Date, due: Date },
    /// Its date lies ahead of the scan, so it attests nothing.
    Future(Date),
    /// It is older than the identity: it was given for another one of the same name.
    Predecessor { last: Date, created: Date },
}

impl Attestation {
    pub(super) fn of(entry: &RegistryEntry, identity: &Identity, today: Date) -> Self {
        let Some(last) = entry.last_business_attestation else {
            return Self::Missing;
        };
        if last > today {
            return Self::Future(last);
        }
        // A pattern is attested for all that it matches, now and later.
        let created = identity.created.map(day).filter(|_| !entry.is_pattern());
        if let Some(created) = created.filter(|created| last < *created) {
            return Self::Predecessor { last, created };
        }
        match entry.review_every.and_then(|period| period.after(last)) {
            Some(due) if due < today => Self::Overdue { last, due },
            _ => Self::Current(last),
        }
    }

    pub(super) fn evidence(self) -> Option<Evidence> {
        let value = match self {
            Self::Missing => return None,
            Self::Current(last) => format!("{last}"),
            Self::Overdue { last, due } => format!("{last}, overdue since {due}"),
            Self::Future(last) => format!("{last} lies in the future and is ignored"),
            Self::Predecessor { last, created } => {
                format!("{last} is older than the identity, which was created on {created}, and is ignored")
            }
        };
        Some(Evidence::new("business attestation", value))
    }
}
