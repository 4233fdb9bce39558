//! The clock of everything generated: fixed, because the same seed must give the same bytes on any day.

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use super::dice::Dice;

/// An instant, written as AWS writes it: `2026-06-01T00:00:00+00:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp(Timestamp);

/// When the documents were collected: 2026-06-01T00:00:00Z.
const COLLECTED_AT: i64 = 1_780_272_000;

impl Stamp {
    /// When the documents were collected.
    pub(crate) fn now() -> Self {
        Self::at_second(COLLECTED_AT)
    }

    /// A number of seconds since 1970.
    fn at_second(second: i64) -> Self {
        Self(Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// So many days before the collection, at an hour that is drawn.
    pub(crate) fn days_ago(days: u32, dice: &mut Dice) -> Self {
        // At least two hours before, so that a report made an hour before the collection knows of it.
        let seconds = i64::from(days) * 86_400 + i64::from(dice.between(2 * 3600, 22 * 3600));
        Self::at_second(COLLECTED_AT - seconds)
    }

    /// So many minutes before or, when negative, after the collection.
    pub(crate) fn minutes_ago(minutes: i64) -> Self {
        Self::at_second(COLLECTED_AT - minutes * 60)
    }

    /// The same hour some days later.
    pub(crate) fn plus_days(self, days: u32) -> Self {
        Self(self.0 + SignedDuration::from_hours(24 * i64::from(days)))
    }

    /// As RFC 3339 with `Z`, as Census writes it.
    pub(crate) fn zulu(self) -> String {
        self.0.to_string()
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%S+00:00"))
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_aws_writes_them() {
        assert_eq!(Stamp::now().to_string(), "2026-06-01T00:00:00+00:00");
        assert_eq!(Stamp::now().zulu(), "2026-06-01T00:00:00Z");
        assert_eq!(Stamp::now().plus_days(2).zulu(), "2026-06-03T00:00:00Z");
        assert!(Stamp::days_ago(0, &mut Dice::of(1, "x")) < Stamp::minutes_ago(60));
    }
}
