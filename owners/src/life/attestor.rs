//! Who may attest what. What is refused here would be ignored where it stood in a log.

use std::fmt;

use census_model::{Attests, Evidence, Identity, Index, Text};
use jiff::Timestamp;

use super::{AttestationLog, Reviewer, review::refusal};
use crate::{
    config::OwnersConfig,
    people::{Parties, Party},
    records::Records,
    registry::day,
    sources::RegistrySource,
};

/// An attestation that somebody wants to give.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Of which identity of the estate.
    pub identity: &'a Identity,
    /// What.
    pub attests: Attests,
    /// Who.
    pub by: &'a Text,
}

/// Why an attestation would not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The identity is its provider's.
    Managed(Text),
    /// No entry registers the identity.
    NotRegistered,
    /// Who attests that the business needs it is who alone operates it.
    OperatesAlone,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Managed(manager) => write!(f, "it is managed by {manager}, nobody here answers for it"),
            Self::NotRegistered => {
                f.write_str("no entry of a registry names it closely enough to register it")
            }
            Self::OperatesAlone => {
                f.write_str("who alone operates an identity may not attest it for the business")
            }
        }
    }
}

/// Who attests, as far as the directory knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attestor {
    /// Somebody who is known, or nobody is.
    Accepted,
    /// People are known, and nobody is called so.
    Unlisted,
    /// So many people or teams are called so.
    Several(usize),
    /// They left.
    Left(Evidence),
}

impl Attestor {
    /// Looks somebody up.
    pub fn of(by: &Text, written: &Records, config: &OwnersConfig, at: Timestamp) -> Self {
        let parties = Parties::new(&written.directory, &config.aliases, day(at));
        if let Some(evidence) = parties.departure(by) {
            return Self::Left(evidence);
        }
        match parties.resolve(by).party {
            Party::Unlisted if !written.directory.is_empty() => Self::Unlisted,
            Party::Several(number) => Self::Several(number),
            _ => Self::Accepted,
        }
    }
}

/// Whether attestations would count that were given at this instant, one answer each, in order.
pub fn may_attest(
    index: &Index<'_>,
    written: &Records,
    config: &OwnersConfig,
    at: Timestamp,
    wanted: &[Wanted<'_>],
) -> Vec<Result<(), Refusal>> {
    let parties = Parties::new(&written.directory, &config.aliases, day(at));
    let log = AttestationLog::new(&[]);
    let reviewer = Reviewer { config: &config.review, log, parties: &parties, today: day(at) };
    let mut records = RegistrySource::new(index.estate(), &written.registry, &reviewer);
    let mut answer = |one: &Wanted<'_>| {
        if let Some(manager) = &one.identity.managed_by {
            return Err(Refusal::Managed(manager.name.clone()));
        }
        let terms = records.claims(one.identity).terms.ok_or(Refusal::NotRegistered)?;
        refusal(one.attests, one.by, &terms, &parties).map_or(Ok(()), Err)
    };
    wanted.iter().map(&mut answer).collect()
}
