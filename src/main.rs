//! `census`: a read-only scanner for cloud non-human identities.
//!
//! This package wires the parts; it decides nothing. `cli` is what a person typed, `plan` what the program needs,
//! `pipeline` the one way from documents to findings, `exit` the one place that chooses an exit status.

mod attestation_log;
mod cli;
mod clock;
mod commands;
mod config;
mod exit;
mod files;
mod lines;
mod logging;
mod logs;
mod lookup;
mod output;
mod people;
mod pipeline;
mod plan;
mod problem;
mod progress;
mod providers;
mod registry;
mod state;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// A scan makes and frees millions of small texts; docs/benchmarks.md has what that costs with the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::usage(&error),
    };
    logging::init(cli.globals.verbose);
    match commands::run(&cli) {
        Ok(outcome) => outcome.into(),
        Err(problem) => {
            problem.report();
            exit::Outcome::from(problem.kind()).into()
        }
    }
}
