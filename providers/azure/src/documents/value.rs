//! Values that documents are made of.

use std::{borrow::Cow, fmt};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Deserializer, de};

/// Text that borrows from the document wherever JSON allows it: `Cow` alone does so only outside of `Option`, `Vec`
/// and maps.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Str<'a>(Cow<'a, str>);

impl Str<'_> {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text in lower case: ids of Azure and Entra compare without case.
    pub(crate) fn lower(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl std::ops::Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Str<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// The id of something, by which others name it. Blank it would be the id of whatever else has none, so such an item makes
/// no sense.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id<'a>(Str<'a>);

impl<'a> std::ops::Deref for Id<'a> {
    type Target = Str<'a>;

    fn deref(&self) -> &Str<'a> {
        &self.0
    }
}

impl fmt::Debug for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Id<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Str::deserialize(deserializer)?;
        if text.trim().is_empty() {
            return Err(de::Error::invalid_value(de::Unexpected::Str(&text), &"an id that is not blank"));
        }
        Ok(Self(text))
    }
}

/// An id that need not be there: blank it is not. A resource whose identity is still being made has such a one.
pub(crate) fn some_id<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Id<'a>>, D::Error> {
    let text = Option::<Str<'a>>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.trim().is_empty()).map(Id))
}

/// An instant: ISO 8601 text (Graph and Resource Manager), or seconds since 1970 (Key Vault).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Time(pub(crate) Timestamp);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time as ISO 8601 text or in seconds since 1970")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                // Resource Manager leaves the offset away here and there; its instants are in UTC.
                let utc = |_| text.parse().and_then(|at: DateTime| TimeZone::UTC.to_timestamp(at));
                let (year, _) = text.split_once('-').unwrap_or((text, ""));
                match year {
                    "" => return Ok(Time(Timestamp::MIN)),
                    // "Not set", as .NET writes it, and "never ends", which lies beyond what a time can be.
                    "0001" => return Ok(Time(Timestamp::MIN)),
                    "9999" => return Ok(Time(Timestamp::MAX)),
                    _ => {}
                }
                text.parse()
                    .or_else(utc)
                    .map(Time)
                    .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Time, E> {
                match i64::try_from(seconds) {
                    Ok(seconds) => self.visit_i64(seconds),
                    Err(_) => Err(E::invalid_value(de::Unexpected::Unsigned(seconds), &self)),
                }
            }

            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Time, E> {
                // Out of range saturates, and is refused there.
                #[allow(clippy::cast_possible_truncation)]
                let whole = seconds as i64;
                if seconds.is_finite() {
                    self.visit_i64(whole)
                } else {
                    Err(E::invalid_value(de::Unexpected::Float(seconds), &self))
                }
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Time, E> {
                let wrong = |_| E::invalid_value(de::Unexpected::Signed(seconds), &self);
                Timestamp::from_second(seconds).map(Time).map_err(wrong)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// The instant of an optional time; none of one that is not set.
pub(crate) fn at(time: Option<Time>) -> Option<Timestamp> {
    time.map(|time| time.0).filter(|at| *at != Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_every_api_writes_them() {
        let time = |text: &str| serde_json::from_str::<Time>(text).map(|time| time.0.to_string());
        for text in [
            r#""2026-01-02T03:04:05Z""#,
            r#""2026-01-02T04:04:05+01:00""#,
            r#""2026-01-02T03:04:05""#,
            "1767323045",
        ] {
            assert_eq!(time(text).unwrap(), "2026-01-02T03:04:05Z", "{text}");
        }
        assert_eq!(time(r#""2026-01-02T03:04:05.1234567Z""#).unwrap(), "2026-01-02T03:04:05.1234567Z");
        for text in [r#""""#, r#""0001-01-01T00:00:00Z""#] {
            assert_eq!(at(serde_json::from_str(text).unwrap()), None, "{text}");
        }
        assert!(time(r#""9999-12-31T23:59:59Z""#).unwrap().starts_with("9999-12-30"));
        assert_eq!(time("1767323045.9").unwrap(), "2026-01-02T03:04:05Z");
        for text in [r#""soon""#, "true", "1e300", "99999999999999999999"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
