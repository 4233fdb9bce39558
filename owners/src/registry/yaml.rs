//! A registry as YAML: a list of entries, or `{schema, entries}`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::{Options, Spanned};

use super::{
    REGISTRY_SCHEMA,
    check::{Cell, RawEntry},
    error::{Place, Problems, shown},
    field::{Field, Nesting, TRIGGER, unknown_key},
};

/// Reads the entries. What is wrong goes to `problems`.
pub(super) fn read(text: &str, problems: &mut Problems) -> Vec<RawEntry> {
    let document: Document = match serde_saphyr::from_str_with_options(text, options()) {
        Ok(document) => document,
        Err(error) => {
            let what = format!("not a registry in YAML: {}", message(&error));
            match error.location() {
                Some(at) => problems.at(Place { line: at.line(), column: at.column() }, what),
                None => problems.file(what),
            }
            return Vec::new();
        }
    };
    if let Some(schema) = &document.schema
        && schema.value != REGISTRY_SCHEMA
    {
        let what = format!("schema {} is not supported, expected `{REGISTRY_SCHEMA}`", shown(&schema.value));
        problems.at(place(schema), what);
    }
    for key in &document.unknown {
        let what = format!("unknown field {}, expected `schema` and `entries`", shown(&key.value));
        problems.at(place(key), what);
    }
    let Some(entries) = document.entries else {
        problems.file("there are no entries, write `entries: []` if there are none to name");
        return Vec::new();
    };
    entries.into_iter().map(|entry| raw(entry, problems)).collect()
}

/// Limits far above any honest registry of the largest size, and far below what an alias bomb needs.
fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 8,
            flow_nesting_limit: 8,
            max_events: 16_000_000,
            max_nodes: 8_000_000,
            max_documents: 1,
            max_aliases: 10_000,
            max_anchors: 1_000,
            max_merge_keys: 10_000,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 200_000,
            max_replay_stack_depth: 8,
        },
        with_snippet: false,
    }
}

/// The parser's message on one line, for a person who edits the file.
pub(crate) fn message(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().render_with_formatter(&serde_saphyr::UserMessageFormatter);
    let text = shown(text.lines().next().unwrap_or_default());
    text.trim_matches('`').to_owned()
}

fn place<T>(at: &Spanned<T>) -> Place {
    Place { line: at.referenced.line(), column: at.referenced.column() }
}

fn raw(entry: Spanned<Mapping>, problems: &mut Problems) -> RawEntry {
    for (nesting, key) in &entry.value.unknown {
        problems.at(place(key), unknown_key(*nesting, &key.value));
    }
    RawEntry { line: entry.referenced.line(), cells: entry.value.cells }
}

#[derive(Default)]
struct Document {
    schema: Option<Spanned<String>>,
    entries: Option<Vec<Spanned<Mapping>>>,
    unknown: Vec<Spanned<String>>,
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DocumentVisitor;

        impl<'de> Visitor<'de> for DocumentVisitor {
            type Value = Document;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of entries, or `schema` and `entries`")
            }

            fn visit_unit<E>(self) -> Result<Document, E> {
                Ok(Document::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Document, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = seq.next_element()? {
                    entries.push(entry);
                }
                Ok(Document { entries: Some(entries), ..Document::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
                let mut document = Document::default();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    match key.value.as_str() {
                        "schema" => document.schema = Some(map.next_value()?),
                        "entries" => document.entries = map.next_value()?,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            document.unknown.push(key);
                        }
                    }
                }
                Ok(document)
            }
        }

        deserializer.deserialize_any(DocumentVisitor)
    }
}

/// An entry as it is written.
#[derive(Default)]
struct Mapping {
    cells: Vec<Cell>,
    unknown: Vec<(Nesting, Spanned<String>)>,
}

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MappingVisitor(Nesting::Entry))
    }
}

/// The mapping of `offboarding_trigger`.
struct Trigger(Mapping);

impl<'de> Deserialize<'de> for Trigger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MappingVisitor(Nesting::Trigger)).map(Self)
    }
}

struct MappingVisitor(Nesting);

impl<'de> Visitor<'de> for MappingVisitor {
    type Value = Mapping;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Nesting::Entry => "an entry: a mapping of fields",
            Nesting::Trigger => "a mapping of `project_end`, `vendor_change`, `idle` and `date`",
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mapping, A::Error> {
        let mut mapping = Mapping::default();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            if let Some(field) = Field::from_key(self.0, &key.value) {
                let value: Spanned<Option<String>> = map.next_value()?;
                let place = place(&value);
                if let Some(text) = value.value {
                    mapping.cells.push(Cell { field, text, place });
                }
            } else if self.0 == Nesting::Entry && key.value == TRIGGER {
                if let Some(Trigger(nested)) = map.next_value()? {
                    mapping.cells.extend(nested.cells);
                    mapping.unknown.extend(nested.unknown);
                }
            } else {
                map.next_value::<IgnoredAny>()?;
                mapping.unknown.push((self.0, key));
            }
        }
        Ok(mapping)
    }
}
