//! Whether something counts, with what stays open and the words for it.

use std::collections::BTreeSet;

use census_model::{Attachment, Text, Via};

use crate::truth::Truth;

/// Something that bears on a question.
pub(super) struct Line {
    pub(super) truth: Truth,
    pub(super) attached_to: Attachment,
    pub(super) via: Via,
    /// The entry or permission.
    pub(super) statement: Text,
    /// What it comes to, in words.
    pub(super) says: Text,
    /// What is open, where it may count.
    pub(super) open: BTreeSet<String>,
}

/// What decides whether something counts: whether it does, what is open of it, and the words for both.
#[derive(Clone)]
pub(super) struct Weighed {
    pub(super) truth: Truth,
    open: BTreeSet<String>,
    words: Vec<String>,
}

impl Weighed {
    pub(super) fn new() -> Self {
        Self { truth: Truth::Yes, open: BTreeSet::new(), words: Vec::new() }
    }

    pub(super) fn and(&mut self, truth: Truth, open: impl IntoIterator<Item = String>, words: String) {
        self.truth = self.truth & truth;
        if truth == Truth::Maybe {
            self.open.extend(open);
        }
        if truth != Truth::Yes {
            self.words.push(words);
        }
    }

    pub(super) fn line(self, attached_to: Attachment, via: Via, statement: &str, place: &str) -> Line {
        let verb = if self.truth == Truth::No { "would allow" } else { "allows" };
        let mut says = format!("{verb} it {place}");
        if !self.words.is_empty() {
            says.push_str(&format!(", if {}", self.words.join(", and ")));
        }
        Line {
            truth: self.truth,
            attached_to,
            via,
            statement: statement.into(),
            says: says.into(),
            open: self.open,
        }
    }
}
