//! `cargo xtask owners`: does one piece of the correlator's work and says what it used. Hidden: `bench owners` starts it,
//! built for release, once for each piece, so that each has a peak of memory of its own.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Result;

use crate::owners::{Size, read_inventory, run as work};

/// Measure the correlator and print what it used as JSON.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    size: Size,
    /// Instead read an inventory of so many rows, which is written to the file first
    #[arg(long, requires = "file")]
    rows: Option<usize>,
    #[arg(long)]
    file: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let text = match (args.rows, &args.file) {
        (Some(rows), Some(file)) => serde_json::to_string(&read_inventory(file, rows)?)?,
        _ => serde_json::to_string(&work(args.size)?)?,
    };
    writeln!(std::io::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}
