//! Values that documents are made of.

use std::{borrow::Cow, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

/// Text that borrows from the document wherever JSON allows it: `Cow` alone does so only outside of `Option`, `Vec`
/// and maps.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Str<'a>(Cow<'a, str>);

impl Str<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
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

impl fmt::Display for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> From<&'a str> for Str<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Str<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl Serialize for Str<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
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

/// An instant. The `aws` command prints ISO 8601 with an offset; version 1 and `--cli-timestamp-format none` print
/// seconds since 1970. Written as ISO 8601 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub Timestamp);

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time as ISO 8601 text or in seconds since 1970")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                text.parse().map(Time).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Time, E> {
                match i64::try_from(seconds) {
                    Ok(seconds) => self.visit_i64(seconds),
                    Err(_) => Err(E::invalid_value(de::Unexpected::Unsigned(seconds), &self)),
                }
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Time, E> {
                let wrong = |_| E::invalid_value(de::Unexpected::Signed(seconds), &self);
                Timestamp::from_second(seconds).map(Time).map_err(wrong)
            }

            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Time, E> {
                let wrong = || E::invalid_value(de::Unexpected::Float(seconds), &self);
                // A double holds today's instants to better than a microsecond; what lies below is noise.
                let micros = (seconds * 1e6).round();
                if !micros.is_finite() || micros.abs() >= 9e18 {
                    return Err(wrong());
                }
                #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
                Timestamp::from_microsecond(micros as i64).map(Time).map_err(|_| wrong())
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A piece of JSON as it stands in the document: a policy, either as an object (as the `aws` command prints it) or as
/// a string of JSON, plain or URL-encoded (as the API sends it).
#[derive(Clone, Debug)]
pub struct Json<'a>(Cow<'a, RawValue>);

impl Json<'_> {
    /// The JSON text.
    pub fn get(&self) -> &str {
        self.0.get()
    }

    /// A policy text as the API sends it, URL-encoded or plain, in the form in which the `aws` command prints it: an
    /// object where it is JSON, else the text itself as a string.
    pub fn policy(text: &str) -> Json<'static> {
        let decoded = census_privilege::aws::document::decode(text);
        let object = decoded
            .trim_start()
            .starts_with('{')
            .then(|| serde_json::from_str::<Box<RawValue>>(&decoded).ok())
            .flatten();
        // A string always serializes, so the last resort is never reached.
        let raw = object.or_else(|| serde_json::value::to_raw_value(text).ok());
        Json(raw.map_or_else(|| Cow::Borrowed(RawValue::NULL), Cow::Owned))
    }
}

impl PartialEq for Json<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for Json<'_> {}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Self(Cow::Borrowed(raw)))
    }
}
