//! `cargo xtask verdicts`: does one piece of work of the policy engine and says what it used. Hidden: `bench verdicts`
//! starts it, built for release, once for each piece, so that each has a peak of memory of its own.

use std::{io::Write, process::ExitCode};

use anyhow::Result;

use crate::verdicts::{Kind, Work, World, run as work};

/// Measure one piece of work and print what it used as JSON.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[arg(value_enum)]
    work: Work,
    #[arg(value_enum)]
    kind: Kind,
    /// How much of it
    count: u64,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let figures = work(args.work, &World::new(args.kind), args.count)?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&figures)?)?;
    Ok(ExitCode::SUCCESS)
}
