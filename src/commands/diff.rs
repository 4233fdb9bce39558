//! `census diff`: what changed between two scans.

use std::path::Path;

use census_reports::{Snapshot, diff, diff_json, diff_text};

use crate::{
    cli::{DiffArgs, Globals, TextFormat},
    exit::Outcome,
    files, output,
    problem::Problem,
};

/// The largest report that is read, in bytes.
const MAX_REPORT_BYTES: u64 = 4 << 30;

pub(crate) fn run(args: &DiffArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let diff = diff(&load(&args.old)?, &load(&args.new)?);
    let text = match args.answer.format {
        TextFormat::Text => diff_text(&diff, &output::terminal_options(globals)).into_bytes(),
        TextFormat::Json => diff_json(&diff).map_err(Problem::failed)?,
    };
    output::stdout(&text)?;
    Ok(Outcome::Done)
}

fn load(path: &Path) -> Result<Snapshot, Problem> {
    let bytes = files::read(path, MAX_REPORT_BYTES).map_err(Problem::failed)?;
    Snapshot::from_json(&bytes).map_err(|e| {
        Problem::failed(format!("`{}`: {e}", path.display()))
            .help("write reports with `census scan --format json --output DIR`")
    })
}
