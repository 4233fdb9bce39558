//! `cargo xtask bench owners`: what finding owners costs, and that it grows in step with identities and entries.

use std::{fs, io::Write, process::ExitCode};

use anyhow::Result;

use super::{folder, release, verdicts::output};
use crate::owners::{Figures, Size};

/// Print the CPU seconds and peak memory of reading registries and finding owners, for a quarter, half and all of a
/// company, and of reading a large inventory as CSV.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    size: Size,
    /// How many rows the inventory has
    #[arg(long, default_value_t = 1_000_000)]
    rows: usize,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let worker = release("xtask")?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "identities  entries  patterns  people   reading  correlating  µs / identity  peak MiB  statuses"
    )?;
    for divisor in [4, 2, 1] {
        let size = args.size.by(divisor);
        let number = |value: usize| value.to_string();
        let words = [
            "owners".to_owned(),
            "--identities".to_owned(),
            number(size.identities),
            "--entries".to_owned(),
            number(size.entries),
            "--patterns".to_owned(),
            number(size.patterns),
            "--people".to_owned(),
            number(size.people),
        ];
        let figures: Figures = output(&worker, words)?;
        let each = figures.correlating * 1e6 / size.identities.max(1) as f64;
        let statuses: Vec<String> =
            figures.statuses.iter().map(|(status, count)| format!("{status} {count}")).collect();
        writeln!(
            out,
            "{:>10}  {:>7}  {:>8}  {:>6}  {:>6.2} s  {:>9.2} s  {each:>13.1}  {:>8.0}  {}",
            size.identities,
            size.entries,
            size.patterns,
            size.people,
            figures.reading,
            figures.correlating,
            figures.peak_mebibytes,
            statuses.join(", ")
        )?;
    }
    fs::create_dir_all(folder())?;
    let file = folder().join("cmdb_ci.csv");
    let words = [
        "owners".into(),
        "--rows".into(),
        args.rows.to_string(),
        "--file".into(),
        file.display().to_string(),
    ];
    let (seconds, peak): (f64, f64) = output(&worker, words)?;
    let megabytes = fs::metadata(&file)?.len() as f64 / 1e6;
    fs::remove_file(&file)?;
    writeln!(
        out,
        "\ninventory of {} rows, {megabytes:.0} MB: {seconds:.2} s, peak {peak:.0} MiB",
        args.rows
    )?;
    Ok(ExitCode::SUCCESS)
}
