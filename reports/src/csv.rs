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

pub(crate) use privilege::{FILE as PRIVILEGE_FILE, privilege_file};
pub use review::{REVIEW_COLUMNS, ReviewSheets};
pub(crate) use rows::owner_rows;
pub(crate) use vault_access::{
    ACCESS_FILE, READERS_FILE, vault_access_file, vault_access_rows, vault_readers_file,
};
pub(crate) use vaults::{FILE as VAULTS_FILE, vaults_file};

use crate::{Input, OutputFile, OwnerFilter, format::RenderError, sanitize::visible, view::View};

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
    of_view(file, &View::new(input))
}

/// All of them; the look-ups are made once.
pub(crate) fn csv_files(input: &Input<'_>) -> Result<Vec<OutputFile>, RenderError> {
    let view = View::new(input);
    CsvFile::ALL
        .into_iter()
        .map(|file| Ok(OutputFile { name: file.file_name(), bytes: of_view(file, &view)? }))
        .collect()
}

fn of_view(file: CsvFile, view: &View<'_>) -> Result<Vec<u8>, RenderError> {
    match file {
        CsvFile::Population => population::population(view),
        CsvFile::Credentials => rows::credentials(view),
        CsvFile::Findings => rows::findings(view),
        CsvFile::Owners => rows::owner_rows(view, &OwnerFilter::default()),
        CsvFile::Gaps => rows::gaps(view),
    }
}

/// Writes records of a fixed number of cells, every cell made harmless.
pub(crate) struct Sheet<const COLUMNS: usize>(::csv::Writer<Vec<u8>>);

impl<const COLUMNS: usize> Sheet<COLUMNS> {
    fn new(header: [&str; COLUMNS]) -> Result<Self, RenderError> {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(header)?;
        Ok(Self(writer))
    }

    fn row(&mut self, cells: [String; COLUMNS]) -> Result<(), RenderError> {
        Ok(self.0.write_record(cells.map(|text| cell(&text)))?)
    }

    fn finish(self) -> Result<Vec<u8>, RenderError> {
        self.0.into_inner().map_err(|error| RenderError::Flush(error.to_string()))
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
