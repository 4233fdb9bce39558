//! The types of condition values: numbers, instants, addresses.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::{cmp::Ordering, net::IpAddr};

use ipnet::IpNet;
use jiff::{Timestamp, civil, tz::Offset};

/// A number: exact where it is whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Whole(i128),
    Decimal(f64),
}

impl Number {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(whole) = text.parse() {
            return Some(Self::Whole(whole));
        }
        let digits = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
        text.parse().ok().filter(|number: &f64| digits && number.is_finite()).map(Self::Decimal)
    }

    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        #[allow(
            clippy::cast_precision_loss,
            reason = "only beside a number that has no more precision itself"
        )]
        let decimal = |number| match number {
            Self::Whole(whole) => whole as f64,
            Self::Decimal(decimal) => decimal,
        };
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Some(a.cmp(&b)),
            (a, b) => decimal(a).partial_cmp(&decimal(b)),
        }
    }
}

/// An instant: W3C's profile of ISO 8601 from the year alone to the fraction of a second, or seconds since 1970. What
/// names no offset is UTC.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let utc = |at| Offset::UTC.to_timestamp(at).ok();
    let numbers = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    match (text.len(), text.split_once('-')) {
        (4, None) => utc(civil::Date::new(numbers(text)?, 1, 1).ok()?.at(0, 0, 0, 0)),
        (7, Some((year, month))) if year.len() == 4 => {
            let month = i8::try_from(numbers(month)?).ok()?;
            utc(civil::Date::new(numbers(year)?, month, 1).ok()?.at(0, 0, 0, 0))
        }
        _ => match text.parse::<civil::DateTime>() {
            Ok(at) => utc(at),
            Err(_) => seconds(text),
        },
    }
}

fn seconds(text: &str) -> Option<Timestamp> {
    match Number::parse(text)? {
        Number::Whole(seconds) => Timestamp::from_second(i64::try_from(seconds).ok()?).ok(),
        Number::Decimal(seconds) => {
            let nanoseconds = jiff::SignedDuration::try_from_secs_f64(seconds).ok()?;
            Timestamp::from_duration(nanoseconds).ok()
        }
    }
}

/// A network, or an address as the network of itself.
pub(super) fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// A truth value.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_where_they_are_whole() {
        let compare = |a: &str, b: &str| Number::parse(a)?.compare(Number::parse(b)?);
        assert_eq!(compare("9007199254740993", "9007199254740992"), Some(Ordering::Greater));
        assert_eq!(compare("1.0", "1"), Some(Ordering::Equal));
        assert_eq!(compare("-2", "-1.5"), Some(Ordering::Less));
        for none in ["", "ten", "inf", "NaN", "0x10", "1,000"] {
            assert_eq!(Number::parse(none), None, "{none}");
        }
    }

    #[test]
    fn instants_of_every_form() {
        let new_year = instant("2013-01-01T00:00:00Z");
        assert!(new_year.is_some());
        for same in [
            "2013",
            "2013-01",
            "2013-01-01",
            "2013-01-01T00:00Z",
            "2013-01-01T00:00:00",
            "2013-01-01T00:00:00.000Z",
            "2013-01-01T01:00:00+01:00",
            "1356998400",
            "1356998400.0",
        ] {
            assert_eq!(instant(same), new_year, "{same}");
        }
        for none in ["", "yesterday", "2013-13", "2013-02-30", "01/01/2013", "99999999999999999999"] {
            assert_eq!(instant(none), None, "{none}");
        }
    }

    #[test]
    fn an_address_is_a_network_of_one() {
        assert_eq!(network("10.0.0.1"), network("10.0.0.1/32"));
        assert_eq!(network("2001:db8::1"), network("2001:DB8:0::1/128"));
        for none in ["", "10.0.0", "10.0.0.0/33", "10.0.0.256", "example.com"] {
            assert_eq!(network(none), None, "{none}");
        }
    }
}
