//! Files that other programs write: tables with a header, as CSV or as a spreadsheet, read one row at a time.

mod archive;
mod csv;
mod lines;
mod xlsx;

use std::io::{Read, Seek};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::registry::{Place, Problems, shown};

/// The largest table that is read, in bytes.
pub const MAX_TABLE_BYTES: u64 = 4 << 30;

/// What a file is read from: spreadsheets are read from their end.
pub trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// The characters of a CSV file. A spreadsheet says them itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with a byte order mark or without. What is not UTF-8 is refused.
    #[default]
    Utf8,
    /// Windows-1252, of which Latin-1 (ISO 8859-1) is a part.
    Windows1252,
    /// UTF-16, little-endian where no byte order mark says otherwise: "Unicode text" of spreadsheet programs.
    Utf16,
}

/// How to read a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) encoding: Encoding,
    /// Which sheet of a spreadsheet; may stay open where there is one.
    pub(crate) sheet: Option<String>,
}

/// A row below the header.
#[derive(Debug)]
pub(crate) struct Row<'r> {
    /// The line on which it begins; of a spreadsheet, the number of the row.
    pub(crate) line: u64,
    /// The cells, by column. Those at the end that are empty may be missing.
    cells: &'r [String],
}

impl<'r> Row<'r> {
    /// The trimmed text of a cell, and where it stands; nothing where it is empty.
    pub(crate) fn cell(&self, column: Column) -> Option<(&'r str, Place)> {
        let text = self.cells.get(column.0).map(|text| text.trim()).filter(|text| !text.is_empty())?;
        Some((text, Place { line: self.line, column: column.0 as u64 + 1 }))
    }
}

/// A column that the header names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column(usize);

/// The first row: what the columns are called.
#[derive(Debug)]
pub(crate) struct Header<'r> {
    line: u64,
    names: &'r [String],
}

impl Header<'_> {
    /// The column of a name.
    pub(crate) fn find(&self, name: &str, problems: &mut Problems) -> Option<Column> {
        let mut found = self.names.iter().enumerate().filter(|(_, known)| known.trim() == name);
        let (first, second) = (found.next(), found.next());
        if let (Some(_), Some((index, _))) = (first, second) {
            let place = Place { line: self.line, column: index as u64 + 1 };
            problems.at(place, format!("column {} appears twice", shown(name)));
        }
        first.map(|(index, _)| Column(index))
    }

    /// The column of a name that has to be there.
    pub(crate) fn need(&self, name: &str, problems: &mut Problems) -> Option<Column> {
        let found = self.find(name, problems);
        if found.is_none() {
            problems.line(self.line, format!("there is no column {}, {}", shown(name), self.known()));
        }
        found
    }

    /// Those columns of some names that are there; at least one has to be.
    pub(crate) fn need_any(&self, names: &[String], problems: &mut Problems) -> Vec<Column> {
        let found: Vec<Column> = names.iter().filter_map(|name| self.find(name, problems)).collect();
        if found.is_empty() && !names.is_empty() {
            let wanted = names.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ");
            problems.line(self.line, format!("there is none of the columns {wanted}, {}", self.known()));
        }
        found
    }

    fn known(&self) -> String {
        let names = self.names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
        let names: Vec<String> = names.take(30).map(shown).collect();
        format!("the header has {}; correct the map of columns in the configuration", names.join(", "))
    }
}

/// Who reads a table.
pub(crate) trait Reader {
    /// Looks for columns. What is missing goes to `problems`, and then no row is read.
    fn header(&mut self, header: &Header<'_>, problems: &mut Problems);

    /// Takes a row.
    fn row(&mut self, row: &Row<'_>, problems: &mut Problems);
}

/// Reads a table, row by row; the name's extension tells the format, `.csv` or `.xlsx`.
pub(crate) fn read(
    source: &mut dyn Source,
    layout: &Layout,
    reader: &mut dyn Reader,
    problems: &mut Problems,
) {
    let name = problems.name().to_ascii_lowercase();
    let mut table = Table { reader, header: false };
    if name.ends_with(".csv") {
        csv::read(source, layout.encoding, &mut table, problems);
    } else if name.ends_with(".xlsx") {
        xlsx::read(source, layout.sheet.as_deref(), &mut table, problems);
    } else {
        return problems.file("the name does not tell the format of a table, call it `.csv` or `.xlsx`");
    }
    if !table.header && problems.is_empty() {
        problems.file("there is no header row, the first row names the columns");
    }
}

/// Rows on their way to their reader.
struct Table<'t> {
    reader: &'t mut dyn Reader,
    /// Whether the header was seen.
    header: bool,
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Row,
    Stop,
}

impl Table<'_> {
    fn take(&mut self, line: u64, cells: &[String], problems: &mut Problems) -> Next {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Next::Row;
        }
        if self.header {
            self.reader.row(&Row { line, cells }, problems);
        } else {
            self.header = true;
            self.reader.header(&Header { line, names: cells }, problems);
            if !problems.is_empty() {
                return Next::Stop;
            }
        }
        if problems.are_too_many() { Next::Stop } else { Next::Row }
    }
}
