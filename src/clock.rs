//! The only place that asks what time it is.

use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::problem::Problem;

/// The instant at which this process began to care, to the second. The same in every call.
pub(crate) fn now() -> Timestamp {
    static NOW: OnceLock<Timestamp> = OnceLock::new();
    *NOW.get_or_init(|| to_seconds(Timestamp::now()))
}

/// The instant at which a fetch ended, to the second.
pub(crate) fn finished() -> Timestamp {
    to_seconds(Timestamp::now())
}

fn to_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Reads `--as-of`: an RFC 3339 instant, or a date, which means its first second in UTC.
pub(crate) fn parse_as_of(text: &str) -> Result<Timestamp, Problem> {
    text.parse::<Timestamp>()
        .or_else(|_| format!("{text}T00:00:00Z").parse::<Timestamp>())
        .map(to_seconds)
        .map_err(|_| {
            Problem::usage(format!("`{text}` is not an instant"))
                .help("write a date (2026-06-01) or an RFC 3339 instant (2026-06-01T12:00:00Z)")
        })
}

/// Reads `--deadline`: `90s`, `10m`, `1h30m`.
pub(crate) fn parse_duration(text: &str) -> Result<std::time::Duration, Problem> {
    let wrong = || {
        Problem::usage(format!("`{text}` is not a duration above zero"))
            .help("write seconds, minutes or hours: 90s, 10m, 1h30m")
    };
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    // Only units that have one length.
    let span = 0.seconds().checked_add(span).map_err(|_| wrong())?;
    let duration = SignedDuration::try_from(span).map_err(|_| wrong())?;
    std::time::Duration::try_from(duration).ok().filter(|d| !d.is_zero()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_durations() {
        assert_eq!(parse_as_of("2026-06-01").unwrap().to_string(), "2026-06-01T00:00:00Z");
        assert_eq!(parse_as_of("2026-06-01T02:00:00.9+02:00").unwrap().to_string(), "2026-06-01T00:00:00Z");
        assert!(parse_as_of("01/06/2026").is_err());
        assert_eq!(parse_duration("1h30m").unwrap().as_secs(), 5400);
        assert_eq!(parse_duration("90s").unwrap().as_secs(), 90);
        for bad in ["", "10", "-5m", "0s", "1mo", "soon"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
