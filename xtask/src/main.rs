//! Chores of the project, called as `cargo xtask <command>`.

mod aws;
mod azure;
mod catalogue;
mod commands;
mod company;
mod owners;
mod python;
mod verdicts;

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};

/// Chores of the project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Example(commands::example::Args),
    Generate(commands::generate::Args),
    Catalogue(commands::catalogue::Args),
    NewRule(commands::new_rule::Args),
    Estate(commands::estate::Args),
    Tenant(commands::tenant::Args),
    Test(commands::test::Args),
    Fuzz(commands::fuzz::Args),
    Bench(commands::bench::Args),
    #[command(hide = true)]
    Measure(commands::measure::Args),
    #[command(hide = true)]
    Owners(commands::owners::Args),
    #[command(hide = true)]
    Verdicts(commands::verdicts::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Example(args) => commands::example::run(&args),
        Command::Generate(args) => commands::generate::run(&args),
        Command::Catalogue(args) => commands::catalogue::run(&args),
        Command::NewRule(args) => commands::new_rule::run(&args),
        Command::Estate(args) => commands::estate::run(&args),
        Command::Tenant(args) => commands::tenant::run(&args),
        Command::Test(args) => commands::test::run(&args),
        Command::Fuzz(args) => commands::fuzz::run(&args),
        Command::Bench(args) => commands::bench::run(&args),
        Command::Measure(args) => commands::measure::run(&args),
        Command::Owners(args) => commands::owners::run(&args),
        Command::Verdicts(args) => commands::verdicts::run(&args),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to do where even this cannot be written.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
