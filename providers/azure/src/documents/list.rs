//! A document is a list of items. An item that makes no sense is set aside and takes none of the others with it.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::value::{Id, Str};

/// A list as it stands in a document: `{"value":[…]}`, a bare array, or a single object, which is its own only item.
pub(crate) struct RawList<'a> {
    /// The items.
    pub(crate) items: Vec<&'a RawValue>,
    /// Whether the document itself says that pages are missing (`@odata.nextLink`, `nextLink`).
    pub(crate) is_truncated: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for RawList<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let whole = <&'a RawValue>::deserialize(deserializer)?;
        let parse = serde_json::Deserializer::from_str;
        let list = if whole.get().starts_with('[') {
            Vec::deserialize(&mut parse(whole.get())).map(|items| Self { items, is_truncated: false })
        } else {
            parse(whole.get()).deserialize_map(Pages(whole, PhantomData))
        };
        list.map_err(de::Error::custom)
    }
}

/// Reads the object around a list.
struct Pages<'a>(&'a RawValue, PhantomData<()>);

impl<'a> de::Visitor<'a> for Pages<'a> {
    type Value = RawList<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or an object with `value`")
    }

    fn visit_map<A: de::MapAccess<'a>>(self, mut map: A) -> Result<RawList<'a>, A::Error> {
        let (mut items, mut is_item, mut is_truncated) = (None, false, false);
        while let Some(key) = map.next_key::<Str<'a>>()? {
            match key.as_str() {
                "value" => items = map.next_value::<Option<Vec<&'a RawValue>>>()?,
                "@odata.nextLink" | "nextLink" => {
                    is_truncated = map.next_value::<Option<Str<'a>>>()?.is_some();
                }
                "id" => {
                    is_item = true;
                    map.next_value::<de::IgnoredAny>()?;
                }
                _ => drop(map.next_value::<de::IgnoredAny>()?),
            }
        }
        let items = items.or_else(|| is_item.then(|| vec![self.0]));
        Ok(RawList { items: items.ok_or_else(|| de::Error::missing_field("value"))?, is_truncated })
    }
}

/// An item that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Its id, where it has one.
    pub(crate) id: Option<String>,
    /// Where in the document: `value[3].appId`.
    pub(crate) place: String,
    /// What is wrong.
    pub(crate) problem: String,
}

/// Reads the items of a list.
pub(crate) fn typed<'a, T: Deserialize<'a>>(
    raw: &[&'a RawValue],
    unreadable: &mut Vec<Unreadable>,
) -> Vec<T> {
    let mut items = Vec::with_capacity(raw.len());
    for (at, one) in raw.iter().enumerate() {
        match serde_json::from_str(one.get()) {
            Ok(item) => items.push(item),
            Err(error) => unreadable.push(set_aside::<T>(at, one, &error)),
        }
    }
    items
}

fn set_aside<'a, T: Deserialize<'a>>(at: usize, raw: &'a RawValue, error: &serde_json::Error) -> Unreadable {
    let found = serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_str(raw.get()));
    let path = found.err().map(|error| error.path().to_string()).filter(|path| path != ".");
    let place = path.map_or_else(|| format!("value[{at}]"), |path| format!("value[{at}].{path}"));
    Unreadable { id: id_of(raw), place, problem: message(error) }
}

/// The id of an item of which nothing else need make sense. A key has a `kid` instead.
fn id_of(raw: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow, alias = "kid")]
        id: Id<'a>,
    }
    serde_json::from_str::<Named<'_>>(raw.get()).ok().map(|named| named.id.as_str().to_owned())
}

/// What `serde_json` says, without its position and without any value of the document: one that stands in the wrong
/// field may be a secret.
pub(crate) fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(before, _)| before);
    for kind in ["invalid type: ", "invalid value: ", "unknown variant "] {
        if let Some((found, expected)) =
            text.strip_prefix(kind).and_then(|rest| rest.rsplit_once(", expected "))
        {
            let noun = found.split(['"', '`']).next().unwrap_or_default().trim_end();
            return format!("{kind}{noun}, expected {expected}");
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Item<'a> {
        #[serde(borrow)]
        id: Str<'a>,
        count: Option<u8>,
    }

    fn ids(text: &str) -> Result<(Vec<String>, Vec<Unreadable>, bool), String> {
        let list: RawList<'_> = serde_json::from_str(text).map_err(|error| message(&error))?;
        let mut unreadable = Vec::new();
        let items: Vec<Item<'_>> = typed(&list.items, &mut unreadable);
        Ok((items.iter().map(|item| item.id.as_str().to_owned()).collect(), unreadable, list.is_truncated))
    }

    #[test]
    fn lists_in_every_form_read() {
        for (text, expected, truncated) in [
            (r#"{"value":[{"id":"a"},{"id":"b","count":null,"more":{}}]}"#, vec!["a", "b"], false),
            (r#" [{"id":"a"}]"#, vec!["a"], false),
            (r#"{"@odata.context":"x","id":"a","count":1}"#, vec!["a"], false),
            (r#"{"value":[],"nextLink":null}"#, vec![], false),
            (r#"{"value":[{"id":"a"}],"@odata.nextLink":"https://x"}"#, vec!["a"], true),
        ] {
            let (ids, unreadable, is_truncated) = ids(text).unwrap();
            assert_eq!(
                (ids, unreadable, is_truncated),
                (expected.iter().map(|&id| id.to_owned()).collect(), vec![], truncated)
            );
        }
        for text in ["{}", r#"{"value":7}"#, r#"{"value":null}"#, "7", "[1"] {
            assert!(ids(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_item_that_makes_no_sense_is_named_and_takes_no_other_with_it() {
        let (ids, unreadable, _) = ids(r#"[{"id":"a"},{"id":"b","count":"canary"},{"count":1},7]"#).unwrap();
        assert_eq!(ids, ["a"]);
        let told: Vec<_> = unreadable.iter().map(|one| (one.id.as_deref(), one.place.as_str())).collect();
        assert_eq!(told, [(Some("b"), "value[1].count"), (None, "value[2]"), (None, "value[3]")]);
        assert!(unreadable.iter().all(|one| !one.problem.contains("canary")), "{unreadable:?}");
    }
}
