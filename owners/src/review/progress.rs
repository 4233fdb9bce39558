//! How far a campaign got.

use std::collections::HashMap;

use census_model::{Attests, ReviewDecision, Text};
use jiff::civil::Date;
use serde::Serialize;

use super::Campaign;
use crate::life::Attestation;

/// How far one sheet got, in attestations: of an identity two may be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileProgress {
    /// The file.
    pub file: Text,
    /// Who is asked.
    pub owner: Option<Text>,
    /// About how many identities.
    pub identities: usize,
    /// How many attestations are asked for.
    pub asked: usize,
    /// Those that were given since the campaign was opened.
    pub answered: usize,
    /// Of these, those that keep.
    pub kept: usize,
    /// Those that ask for a change.
    pub changed: usize,
    /// Those that remove.
    pub removed: usize,
    /// Those that are not given yet.
    pub open: usize,
    /// Of these, those whose day is over.
    pub overdue: usize,
}

impl Campaign {
    /// How far each sheet got, by the log; of several attestations of one identity the last counts, as in an identity's
    /// life.
    pub fn progress(&self, log: &[Attestation], today: Date) -> Vec<FileProgress> {
        let mut given: HashMap<(&str, Option<&str>, Attests), &Attestation> = HashMap::new();
        for one in log.iter().filter(|one| one.at >= self.opened) {
            let key = (&*one.identity, one.immutable_id.as_deref(), one.attests);
            let last = given.entry(key).or_insert(one);
            if (one.at, one.decision) > (last.at, last.decision) {
                *last = one;
            }
        }
        let progress = |(name, file): (&Text, &super::CampaignFile)| {
            let mut found = FileProgress {
                file: name.clone(),
                owner: file.owner.clone(),
                identities: file.identities.len(),
                ..FileProgress::default()
            };
            for identity in &file.identities {
                for asked in &identity.asks {
                    let key = (&*identity.identity, identity.immutable_id.as_deref(), asked.attests);
                    found.count(given.get(&key).map(|one| one.decision), asked.due, today);
                }
            }
            found
        };
        self.files.iter().map(progress).collect()
    }
}

impl FileProgress {
    fn count(&mut self, decision: Option<ReviewDecision>, due: Option<Date>, today: Date) {
        self.asked += 1;
        self.answered += usize::from(decision.is_some());
        match decision {
            Some(ReviewDecision::Keep) => self.kept += 1,
            Some(ReviewDecision::Change) => self.changed += 1,
            Some(ReviewDecision::Remove) => self.removed += 1,
            None => {
                self.open += 1;
                self.overdue += usize::from(due.is_some_and(|due| due < today));
            }
        }
    }
}
