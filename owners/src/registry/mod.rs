//! The registry: who says that they own what.

mod check;
mod clashes;
mod csv;
mod entry;
mod error;
mod field;
mod value;
mod yaml;

use census_model::Text;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema};

pub(crate) use check::{Cell, RawEntry, check};
pub use clashes::{Clash, ClashKind, ClashingEntry};
pub use entry::{Location, OffboardingTrigger, RegistryEntry, TriggerEvent};
pub(crate) use error::{Place, Problems, control_character, excerpt, shown};
pub use error::{Problem, RegistryError};
pub use field::Field;
pub(crate) use value::date;
pub(crate) use yaml::message as yaml_message;

/// Version of the registry's YAML form.
pub const REGISTRY_SCHEMA: &str = "census.registry/1";

/// The largest registry file that is read, in bytes.
pub const MAX_REGISTRY_BYTES: u64 = 64 << 20;

/// The syntax of a registry file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryFormat {
    /// A list of entries, or `{schema: census.registry/1, entries: […]}`.
    Yaml,
    /// A header row of field names, then one row an entry; `,` or `;` between cells.
    Csv,
}

impl RegistryFormat {
    /// The format that a file's name tells: `.yaml`, `.yml` or `.csv`, in any case.
    pub fn of(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// Entries of one or several registry files, in one order whatever the order of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    entries: Vec<RegistryEntry>,
}

impl Registry {
    /// Reads a registry file. `name` chooses the format by its extension, and names the file in locations and errors.
    ///
    /// # Errors
    /// When the file is too large, not UTF-8, not YAML or CSV, or when any entry is not right; the error lists
    /// each problem with line and column. A file is taken as a whole or not at all.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, RegistryError> {
        let mut problems = Problems::new(name);
        let Some(format) = RegistryFormat::of(name) else {
            problems.file("the name does not tell the format, call it `.yaml`, `.yml` or `.csv`");
            return Err(problems.into_error());
        };
        let Some(text) = decode(bytes, &mut problems) else {
            return Err(problems.into_error());
        };
        let raw = match format {
            RegistryFormat::Yaml => yaml::read(text, &mut problems),
            RegistryFormat::Csv => csv::read(text, &mut problems),
        };
        let entries: Vec<_> = raw.iter().filter_map(|entry| check::check(entry, &mut problems)).collect();
        if problems.is_empty() { Ok(Self::of(entries)) } else { Err(problems.into_error()) }
    }

    /// Entries that were read elsewhere.
    pub(crate) fn of(mut entries: Vec<RegistryEntry>) -> Self {
        entries.sort_unstable_by(RegistryEntry::order);
        Self { entries }
    }

    /// Adds the entries of another registry. The same file twice counts once.
    pub fn merge(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.entries.sort_unstable_by(RegistryEntry::order);
        self.entries.dedup();
    }

    /// The entries, by file and line.
    pub fn entries(&self) -> &[RegistryEntry] {
        &self.entries
    }
}

/// The text of a file: UTF-8, without byte order mark, of bounded size.
pub(crate) fn decode<'a>(bytes: &'a [u8], problems: &mut Problems) -> Option<&'a str> {
    if bytes.len() as u64 > MAX_REGISTRY_BYTES {
        let (size, limit) = (bytes.len(), MAX_REGISTRY_BYTES >> 20);
        problems.file(format!("{size} bytes are more than the limit of {limit} MiB, split the file"));
        return None;
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        problems.file("the encoding is UTF-16, save the file as UTF-8");
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let offset = error.valid_up_to();
            let line = bytes.iter().take(offset).filter(|b| **b == b'\n').count() as u64 + 1;
            let byte = bytes.get(offset).copied().unwrap_or_default();
            problems.line(
                line,
                format!(
                    "the encoding is not UTF-8: byte 0x{byte:02x} at offset {offset}, save the file as UTF-8"
                ),
            );
            None
        }
    }
}

/// The YAML form of a registry file; only its schema is used.
#[derive(JsonSchema)]
#[schemars(untagged, title = "Census registry")]
#[expect(
    dead_code,
    reason = "it exists for its schema; parsing keeps line and column of every field instead"
)]
enum RegistryDocument {
    /// Entries only.
    List(Vec<RegistryEntry>),
    /// Entries with the version of their schema.
    Versioned(VersionedDocument),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "it exists for its schema; parsing keeps line and column of every field instead"
)]
struct VersionedDocument {
    /// `census.registry/1`.
    #[schemars(extend("const" = REGISTRY_SCHEMA))]
    schema: Text,
    /// The entries.
    entries: Vec<RegistryEntry>,
}

/// The JSON Schema of a registry in YAML.
pub fn registry_schema() -> Schema {
    schemars::schema_for!(RegistryDocument)
}

/// The calendar day (UTC) of an instant; registry dates are days.
pub(crate) fn day(at: Timestamp) -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}
