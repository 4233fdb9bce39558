//! Any table with one row for each identity: a column for each field, named in the configuration.

use std::{collections::BTreeMap, path::PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    intake::{Column, Encoding, Header, Layout, Reader, Row, Source, read},
    registry::{Cell, Field, Place, Problems, RawEntry, Registry, RegistryError, check},
};

/// A register of owners as a table: CSV (`,`, `;` or tabulators) or a spreadsheet (.xlsx).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableConfig {
    /// The file, `.csv` or `.xlsx`, relative to the configuration file.
    pub file: PathBuf,
    /// The column that holds each field of a registry entry: `{ identity = "ARN", business_owner = "Owner" }`. Dates
    /// are `YYYY-MM-DD`; cells of a spreadsheet that are dates are read as such. Rows without an identity are left out.
    pub columns: BTreeMap<Field, String>,
    /// The characters of a CSV file.
    #[serde(default)]
    pub encoding: Encoding,
    /// The sheet of a spreadsheet; may be left out where there is one.
    #[serde(default)]
    pub sheet: Option<String>,
}

/// The entries of a table, and how many rows were not about an identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    pub(crate) registry: Registry,
    pub(crate) left_out: usize,
}

impl TableConfig {
    /// Reads the entries. `name` names the file in locations and errors, and its extension tells the format.
    ///
    /// # Errors
    /// When it is no such table, a column is missing, or any value is not right; each problem with line and column.
    pub(crate) fn read(&self, name: &str, source: &mut dyn Source) -> Result<Entries, RegistryError> {
        let mut problems = Problems::new(name);
        if !self.columns.contains_key(&Field::Identity) {
            problems.file(
                "`columns` names no column for `identity`, every entry names the identity that it is about",
            );
            return Err(problems.into_error());
        }
        let layout = Layout { encoding: self.encoding, sheet: self.sheet.clone() };
        let mut rows = Rows { config: self, columns: Vec::new(), entries: Vec::new(), left_out: 0 };
        read(source, &layout, &mut rows, &mut problems);
        if problems.is_empty() {
            Ok(Entries { registry: Registry::of(rows.entries), left_out: rows.left_out })
        } else {
            Err(problems.into_error())
        }
    }
}

struct Rows<'c> {
    config: &'c TableConfig,
    columns: Vec<(Field, Column)>,
    entries: Vec<crate::RegistryEntry>,
    left_out: usize,
}

impl Reader for Rows<'_> {
    fn header(&mut self, header: &Header<'_>, problems: &mut Problems) {
        let columns = self.config.columns.iter();
        self.columns =
            columns.filter_map(|(field, name)| Some((*field, header.need(name, problems)?))).collect();
    }

    fn row(&mut self, row: &Row<'_>, problems: &mut Problems) {
        let cell = |(field, column): &(Field, Column)| {
            let (text, place) = row.cell(*column)?;
            Some(Cell { field: *field, text: text.to_owned(), place: Place { ..place } })
        };
        let cells: Vec<Cell> = self.columns.iter().filter_map(cell).collect();
        if cells.iter().any(|cell| cell.field == Field::Identity) {
            let raw = RawEntry { line: row.line, cells };
            // Line and column of a wrong value say where; the header's name says which column that is.
            self.entries.extend(check(&raw, problems));
        } else {
            self.left_out += 1;
        }
    }
}
