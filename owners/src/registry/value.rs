//! Dates and durations as registries write them.

use census_model::{Period, PeriodError};
use jiff::{Timestamp, civil::Date};

use super::{entry::TriggerEvent, error::shown};

/// Reads an ISO 8601 duration: `P90D`, `P1Y6M`.
pub(super) fn period(text: &str) -> Result<Period, String> {
    text.parse()
        .map_err(|why: PeriodError| format!("{} {why}, write it like `P90D`, `P6M` or `P1Y`", shown(text)))
}

/// Reads a day: `2026-12-31`, or an instant with its offset, of which the day in UTC counts.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    if is_iso_shape(text) {
        return text.parse().map_err(|_| format!("{} is not a day of the calendar", shown(text)));
    }
    if text.get(..10).is_some_and(is_iso_shape)
        && let Ok(at) = text.parse::<Timestamp>()
    {
        return Ok(super::day(at));
    }
    let shown = shown(text);
    Err(if is_ambiguous(text) {
        format!("{shown} is ambiguous, day and month cannot be told apart, write it as YYYY-MM-DD")
    } else {
        format!("{shown} is not an ISO 8601 date, write it as YYYY-MM-DD")
    })
}

/// Reads an event: a day, or a name. What begins with a digit must be a day, so that no mistyped date becomes a name.
pub(super) fn event(text: &str) -> Result<TriggerEvent, String> {
    if text.starts_with(|c: char| c.is_numeric()) {
        date(text).map(TriggerEvent::On)
    } else {
        Ok(TriggerEvent::Named(text.into()))
    }
}

fn is_iso_shape(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        })
}

/// Three groups of digits, of which two could be day and month.
fn is_ambiguous(text: &str) -> bool {
    let groups: Vec<Option<u32>> =
        text.split(['/', '.', '-', ' ']).map(|group| group.trim().parse().ok()).collect();
    match groups.as_slice() {
        [Some(first), Some(second), Some(_)] => *first <= 12 && *second <= 12,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_dates_are_read() {
        for (text, day) in [
            ("2026-12-31", "2026-12-31"),
            ("2024-02-29", "2024-02-29"),
            ("2026-01-01T23:30:00-02:00", "2026-01-02"),
            ("2026-01-01T00:00:00Z", "2026-01-01"),
        ] {
            assert_eq!(date(text).unwrap().to_string(), day, "{text}");
        }
    }

    #[test]
    fn other_dates_are_refused_with_the_reason() {
        for (text, reason) in [
            ("01/02/2026", "ambiguous"),
            ("1.2.2026", "ambiguous"),
            ("03-04-26", "ambiguous"),
            ("31/12/2026", "not an ISO"),
            ("2026/12/31", "not an ISO"),
            ("20261231", "not an ISO"),
            ("2026-02-30", "not a day of the calendar"),
            ("2026-1-2", "not an ISO"),
            ("2026-01-02T10:00", "not an ISO"),
            ("soon", "not an ISO"),
            ("46023", "not an ISO"),
        ] {
            let error = date(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn a_mistyped_date_is_not_an_event() {
        assert_eq!(event("Apollo").unwrap(), TriggerEvent::Named("Apollo".into()));
        assert!(matches!(event("2026-12-31").unwrap(), TriggerEvent::On(_)));
        assert!(event("31/12/2026").is_err());
    }
}
