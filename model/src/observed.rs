//! "Cannot tell" as a value.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::GapId;

/// What is known about something that a provider may not show, or only for so long.
///
/// Providers look back a limited time (AWS about 400 days), so "never" cannot be proved: what was not seen is
/// [`Observed::NotSince`] a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observed<T> {
    /// It was seen.
    Known(T),
    /// It was not seen since this instant, which is as far back as the source reaches (or the creation).
    NotSince(Timestamp),
    /// The source could not be read, or says nothing; the gap tells why.
    NotVisible(GapId),
}

impl<T> Observed<T> {
    /// The value, if it was seen.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::NotSince(_) | Self::NotVisible(_) => None,
        }
    }
}
