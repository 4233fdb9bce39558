//! Lengths of time that people write down.

use std::{cmp::Ordering, fmt, str::FromStr};

use jiff::{Span, SpanFieldwise, Unit, civil::Date};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A length of time in years, months, weeks and days, more than none; an ISO 8601 duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period(SpanFieldwise);

/// Why a text is no [`Period`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodError {
    /// It does not have the form.
    Form,
    /// It is nothing, or less.
    NotPositive,
    /// It counts hours or less: what is reviewed is counted in days.
    Hours,
}

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "is not an ISO 8601 duration",
            Self::NotPositive => "is not longer than nothing",
            Self::Hours => "counts hours or less, but registries count days",
        })
    }
}

impl std::error::Error for PeriodError {}

impl Period {
    /// So many years; none is one.
    pub fn years(number: u8) -> Self {
        Self(Span::new().years(number.max(1)).fieldwise())
    }

    /// So many days; none is one.
    pub fn days(number: u8) -> Self {
        Self(Span::new().days(number.max(1)).fieldwise())
    }

    /// The day that is so much later; `None` beyond the calendar.
    pub fn after(self, day: Date) -> Option<Date> {
        day.checked_add(self.0.0).ok()
    }

    /// The most days that it can be, whatever the calendar.
    pub fn most_days(self) -> u32 {
        // From here two months of 31 days follow each other, and the first year holds a 29th of February.
        let start = jiff::civil::date(1999, 7, 1);
        let days = self.after(start).and_then(|end| start.until((Unit::Day, end)).ok());
        days.map_or(u32::MAX, |days| u32::try_from(days.get_days()).unwrap_or(u32::MAX))
    }

    /// The day that is so much earlier; `None` beyond the calendar.
    pub fn before(self, day: Date) -> Option<Date> {
        day.checked_sub(self.0.0).ok()
    }
}

/// By length, counted from a day whose months have 31 days and whose year has 366; equal ones by how they are written.
impl Ord for Period {
    fn cmp(&self, other: &Self) -> Ordering {
        let start = jiff::civil::date(2000, 1, 1);
        let key = |period: &Self| (period.after(start).unwrap_or(Date::MAX), period.to_string());
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    /// Reads `P90D`, `P6M`, `P1Y6M10D`.
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        // jiff also reads "90 days" and "-P1D"; there is one way to write it here.
        if !text.starts_with('P') {
            return Err(PeriodError::Form);
        }
        let span: Span = text.parse().map_err(|_| PeriodError::Form)?;
        if !span.is_positive() {
            return Err(PeriodError::NotPositive);
        }
        let smallest = [Unit::Hour, Unit::Minute, Unit::Second, Unit::Millisecond];
        if text.contains('T') || smallest.into_iter().any(|unit| has(span, unit)) {
            return Err(PeriodError::Hours);
        }
        Ok(Self(span.fieldwise()))
    }
}

fn has(span: Span, unit: Unit) -> bool {
    match unit {
        Unit::Hour => span.get_hours() != 0,
        Unit::Minute => span.get_minutes() != 0,
        Unit::Second => span.get_seconds() != 0,
        _ => false,
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.0.fmt(f)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|why| de::Error::custom(format!("`{text}` {why}, write it like `P90D`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_iso_durations_of_days_and_more() {
        for text in ["P90D", "P6M", "P1Y", "P2W", "P1Y6M10D"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        let refused = [
            "90 days",
            "90",
            "-P1D",
            "P",
            "P0D",
            "PT1H",
            "P1DT1H",
            "P-1D",
            "p1y",
            "P1.5D",
            "P99999999999D",
            "",
        ];
        for text in refused {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_month_ends_where_the_calendar_says() {
        let day: Date = "2026-01-31".parse().unwrap();
        let month: Period = "P1M".parse().unwrap();
        assert_eq!(month.after(day).unwrap().to_string(), "2026-02-28");
        assert_eq!(month.before(day).unwrap().to_string(), "2025-12-31");
        for (text, days) in [("P1Y", 366), ("P1M", 31), ("P2M", 62), ("P90D", 90), ("P2W", 14)] {
            assert_eq!(text.parse::<Period>().unwrap().most_days(), days, "{text}");
        }
        assert_eq!("P9000Y".parse::<Period>().unwrap().after(day), None);
    }
}
