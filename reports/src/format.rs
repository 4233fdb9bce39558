//! The formats and the files that each of them writes.

use std::{fmt, io::Write, str::FromStr};

use crate::{
    CsvFile, Input, Options, VaultsOf,
    csv::{
        ACCESS_FILE, PRIVILEGE_FILE, READERS_FILE, VAULTS_FILE, csv_rows, privilege_rows, vault_access_rows,
        vault_readers_rows, vaults_rows,
    },
    table,
    view::View,
    write_report_json,
};

/// A format of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Text for people.
    Table,
    /// `census.report/1`.
    Json,
    /// Five files for spreadsheets and databases.
    Csv,
    /// One file: what each identity is granted beside what it used.
    Privilege,
    /// One file: vaults and what they hold, properties only.
    Vaults,
    /// One file: what each identity may do in which vault, and could.
    VaultAccess,
    /// One file: who gets at the secrets of each vault, in numbers.
    VaultReaders,
}

/// `--format` names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown format `{0}`, expected one of: table, json, csv, privilege, vaults, vault-access, vault-readers"
)]
pub struct UnknownFormat(pub String);

impl Format {
    /// Every format, in the order in which help lists them.
    pub const ALL: [Self; 7] = [
        Self::Table,
        Self::Json,
        Self::Csv,
        Self::Privilege,
        Self::Vaults,
        Self::VaultAccess,
        Self::VaultReaders,
    ];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Privilege => "privilege",
            Self::Vaults => "vaults",
            Self::VaultAccess => "vault-access",
            Self::VaultReaders => "vault-readers",
        }
    }

    /// The files that it writes into an output folder. A format of one file may also go to stdout.
    pub fn file_names(self) -> Vec<&'static str> {
        match self {
            Self::Table => vec!["report.txt"],
            Self::Json => vec!["report.json"],
            Self::Csv => CsvFile::ALL.iter().map(|file| file.file_name()).collect(),
            Self::Privilege => vec![PRIVILEGE_FILE],
            Self::Vaults => vec![VAULTS_FILE],
            Self::VaultAccess => vec![ACCESS_FILE],
            Self::VaultReaders => vec![READERS_FILE],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// Writes one file, as it is made: it can be larger than everything that it is made from.
pub type WriteFile<'w> = &'w dyn Fn(&mut dyn Write) -> Result<(), RenderError>;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The JSON writer refused.
    #[error("cannot write the report as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The CSV writer refused.
    #[error("cannot write the report as CSV: {0}")]
    Csv(::csv::Error),
    /// What is written to refused.
    #[error("cannot write the report: {0}")]
    Io(#[from] std::io::Error),
    /// The CSV writer could not finish.
    #[error("cannot write the report as CSV: {0}")]
    Flush(String),
}

/// Hands the files of one format to `place`, each by its name, in the order of [`Format::file_names`]. The look-ups are made
/// once.
///
/// # Errors
/// What `place` refuses, as it says it.
pub fn render<E>(
    format: Format,
    input: &Input<'_>,
    options: &Options,
    mut place: impl FnMut(&'static str, WriteFile<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let view = || View::new(input);
    match format {
        Format::Table => place("report.txt", &|out| Ok(out.write_all(table(input, options).as_bytes())?)),
        Format::Json => place("report.json", &|out| write_report_json(input, out)),
        Format::Csv => {
            let view = view();
            let mut files = CsvFile::ALL.into_iter();
            files.try_for_each(|file| place(file.file_name(), &|out| csv_rows(file, &view, out)))
        }
        Format::Privilege => place(PRIVILEGE_FILE, &|out| privilege_rows(&view(), out)),
        Format::Vaults => place(VAULTS_FILE, &|out| vaults_rows(&view(), out)),
        Format::VaultAccess => place(ACCESS_FILE, &|out| vault_access_rows(&view(), VaultsOf::All, out)),
        Format::VaultReaders => place(READERS_FILE, &|out| vault_readers_rows(&view(), out)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back_and_others_do_not() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        let error = "xml".parse::<Format>().unwrap_err().to_string();
        for format in Format::ALL {
            assert!(error.contains(format.as_str()), "{error}");
        }
        assert!("JSON".parse::<Format>().is_err());
    }
}
