//! Lines that are to be appended.

use census_model::{Attests, Authorship, Identity, ReviewDecision, Text};
use jiff::Timestamp;

use super::{AllowedSigners, Line, line::Said, log::authorship, signature::SigningKey};

/// What somebody attests now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttestation {
    /// What.
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
}

/// A line that can be read back.
#[derive(Clone, Debug)]
pub struct NewLine(Line);

impl NewAttestation {
    /// The line that attests this of an identity, bound to what a re-created one does not inherit.
    ///
    /// # Errors
    /// When a value is empty, too long or holds a control character; names the value.
    pub fn of(&self, identity: &Identity) -> Result<NewLine, String> {
        Line::new(&Said {
            identity: &identity.native_id,
            immutable_id: identity.immutable_id.as_deref(),
            attests: self.attests,
            decision: self.decision,
            by: &self.by,
            at: self.at,
            comment: self.comment.as_deref(),
            ticket: self.ticket.as_deref(),
        })
        .map(NewLine)
    }
}

impl NewLine {
    /// Signs it.
    ///
    /// # Errors
    /// When the key cannot, or is not one that counts for who attests: a line that does not verify would make the log
    /// unreadable.
    pub fn signed(mut self, key: &SigningKey, signers: &AllowedSigners) -> Result<Self, String> {
        self.0.signature = Some(key.sign(&self.0)?);
        authorship(&self.0, Some(signers))?;
        Ok(self)
    }

    /// What shows who attests.
    pub fn authorship(&self) -> Authorship {
        if self.0.signature.is_some() { Authorship::Signed } else { Authorship::SelfClaimed }
    }

    /// What a signature signs: the line's JSON without spaces and without the signature, and no line break.
    ///
    /// # Errors
    /// When the JSON writer refuses, which writing to memory gives no cause for.
    pub fn canonical(&self) -> Result<String, String> {
        self.0.canonical().map_err(|error| error.to_string())
    }

    /// The line, with its line break.
    ///
    /// # Errors
    /// When the JSON writer refuses, which writing to memory gives no cause for.
    pub fn to_line(&self) -> Result<String, String> {
        self.0.to_line().map_err(|error| error.to_string())
    }
}
