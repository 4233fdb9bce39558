//! CSV: five files, UTF-8, one line a record.
//!
//! Conventions, for whoever reads the files back:
//! - The first line names the columns. Cells are separated by commas and quoted as RFC 4180 has it; lines end with
//!   a line feed alone.
//! - Characters that cannot be seen, line breaks among them, are written as `\u{…}`, so a record is one line.
//! - A cell that a spreadsheet would take for a formula (it starts with `=`, `+`, `-`, `@`, a tab or a carriage
//!   return, or with the full-width form of one of the four) starts with an apostrophe instead.
//! - An instant is RFC 3339, UTC. An empty cell means that the provider says nothing. A last use is an instant,
//!   `not since` an instant, or `not visible`; gaps.csv says why.
//! - The columns `reach_…` are empty where that was not computed. A `+` behind a number of paths: at least so many.
//! - Tags are one JSON object. Other lists are separated by `; `.
//!
//! Where a value must be exact to the last byte, report.json has it.

mod population;
mod privilege;
mod review;
mod rows;
mod vault_access;
mod vaults;

pub(crate) use privilege::{FILE as PRIVILEGE_FILE, privilege_rows};
pub use review::{REVIEW_COLUMNS, ReviewSheets};
pub(crate) use rows::owner_rows;
pub(crate) use vault_access::{ACCESS_FILE, READERS_FILE, vault_access_rows, vault_readers_rows};
pub(crate) use vaults::{FILE as VAULTS_FILE, vaults_rows};

use std::io::Write;

use crate::{Input, OwnerFilter, format::RenderError, sanitize::visible, view::View};

/// One of the CSV files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CsvFile {
    /// Every identity.
    Population,
    /// Every credential.
    Credentials,
    /// Every finding.
    Findings,
    /// Every claim to own an identity, and every identity without one.
    Owners,
    /// Everything that could not be read.
    Gaps,
}

impl CsvFile {
    /// Every file.
    pub const ALL: [Self; 5] =
        [Self::Population, Self::Credentials, Self::Findings, Self::Owners, Self::Gaps];

    /// Its name in an output folder.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Population => "population.csv",
            Self::Credentials => "credentials.csv",
            Self::Findings => "findings.csv",
            Self::Owners => "owners.csv",
            Self::Gaps => "gaps.csv",
        }
    }
}

/// One CSV file.
///
/// # Errors
/// When the CSV writer refuses, which writing to memory gives no cause for.
pub fn csv_file(file: CsvFile, input: &Input<'_>) -> Result<Vec<u8>, RenderError> {
    let mut bytes = Vec::new();
    csv_rows(file, &View::new(input), &mut bytes)?;
    Ok(bytes)
}

/// The same, written as it is made.
pub(crate) fn csv_rows(file: CsvFile, view: &View<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    match file {
        CsvFile::Population => population::population(view, out),
        CsvFile::Credentials => rows::credentials(view, out),
        CsvFile::Findings => rows::findings(view, out),
        CsvFile::Owners => rows::owner_rows(view, &OwnerFilter::default(), out),
        CsvFile::Gaps => rows::gaps(view, out),
    }
}

/// Writes records of a fixed number of cells as they are made, every cell made harmless.
pub(crate) struct Sheet<'w, const COLUMNS: usize>(::csv::Writer<&'w mut dyn Write>);

impl<'w, const COLUMNS: usize> Sheet<'w, COLUMNS> {
    fn new(out: &'w mut dyn Write, header: [&str; COLUMNS]) -> Result<Self, RenderError> {
        let mut writer = ::csv::Writer::from_writer(out);
        writer.write_record(header).map_err(refused)?;
        Ok(Self(writer))
    }

    fn row(&mut self, cells: [String; COLUMNS]) -> Result<(), RenderError> {
        self.0.write_record(cells.map(|text| cell(&text))).map_err(refused)
    }

    fn finish(mut self) -> Result<(), RenderError> {
        Ok(self.0.flush()?)
    }
}

/// A reader that has seen enough (`| head`) is told from what the writer finds wrong.
fn refused(error: ::csv::Error) -> RenderError {
    if !error.is_io_error() {
        return RenderError::Csv(error);
    }
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => RenderError::Io(error),
        other => RenderError::Flush(format!("{other:?}")),
    }
}

/// The text as a cell that is one line and no formula.
fn cell(text: &str) -> String {
    let shown = visible(text);
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if formula { format!("'{shown}") } else { shown.into_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_get_an_apostrophe_and_other_cells_do_not() {
        for formula in ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"] {
            assert!(cell(formula).starts_with('\''), "{formula:?}");
        }
        for text in ["", "a=b", "arn:aws:iam::1:role/x", " x", "1-2", "'=1", "{\"a\":1}"] {
            assert_eq!(cell(text), text);
        }
    }

    proptest! {
        #[test]
        fn no_cell_is_a_formula_or_more_than_a_line(text in any::<String>()) {
            let cell = cell(&text);
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']));
            prop_assert_eq!(cell.lines().count(), usize::from(!cell.is_empty()));
        }
    }

    #[test]
    fn a_cell_is_one_line() {
        assert_eq!(cell("a\nb\r\nc\u{1b}[0m"), r"a\u{a}b\u{d}\u{a}c\u{1b}[0m");
    }
}
