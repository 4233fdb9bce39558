//! Attestations that people gave apart from the entries.

use std::collections::HashMap;

use census_model::{Attests, Authorship, Identity, ReviewDecision, Text};
use jiff::Timestamp;

use crate::registry::Location;

/// Somebody's word about one identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// What the cloud calls the identity.
    pub identity: Text,
    /// The id that a re-created identity of the same name does not inherit.
    pub immutable_id: Option<Text>,
    /// What is attested.
    pub attests: Attests,
    /// What was decided.
    pub decision: ReviewDecision,
    /// Who attests.
    pub by: Text,
    /// When.
    pub at: Timestamp,
    /// Why, in their words.
    pub comment: Option<Text>,
    /// The ticket that follows.
    pub ticket: Option<Text>,
    /// What shows who attests.
    pub authorship: Authorship,
    /// Where it is written.
    pub location: Location,
}

/// Attestations by the identity that they are about.
#[derive(Debug, Default)]
pub(crate) struct AttestationLog<'a>(HashMap<&'a str, Vec<&'a Attestation>>);

impl<'a> AttestationLog<'a> {
    pub(crate) fn new(attestations: &'a [Attestation]) -> Self {
        let mut log: HashMap<&str, Vec<&Attestation>> = HashMap::new();
        for one in attestations {
            log.entry(&one.identity).or_default().push(one);
        }
        Self(log)
    }

    /// Those about an identity of this name, whichever bore it, of one kind.
    pub(super) fn of(&self, identity: &Identity, attests: Attests) -> impl Iterator<Item = &'a Attestation> {
        let found = self.0.get(&*identity.native_id).map_or(&[][..], Vec::as_slice);
        found.iter().copied().filter(move |one| one.attests == attests)
    }
}
