//! `cargo xtask estate`: documents of any size.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};

use super::say;
use crate::aws::synthetic::{self, Mix, Size};

/// Write an estate of any size for benchmarks; the same arguments write the same bytes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many users and roles, over all accounts
    #[arg(long)]
    pub(crate) principals: u32,
    /// How many accounts; more than one make an organization
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) accounts: u32,
    /// How many of a hundred principals are roles
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) roles: u32,
    /// What everything that is drawn by lot depends on
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// What the principals may do
    #[arg(long, value_enum, default_value_t = Mix::Real)]
    pub(crate) mix: Mix,
    /// A new or empty folder
    #[arg(long)]
    pub(crate) output: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let name = args.output.display();
    fs::create_dir_all(&args.output).with_context(|| format!("cannot make `{name}`"))?;
    if fs::read_dir(&args.output).with_context(|| format!("cannot list `{name}`"))?.next().is_some() {
        bail!("`{name}` is not empty; choose another folder");
    }
    let size = Size {
        principals: args.principals,
        accounts: args.accounts,
        roles: args.roles,
        seed: args.seed,
        mix: args.mix,
    };
    synthetic::write(size, args.output.clone())?;
    say(&format!("{} principals in {} accounts in `{name}`", args.principals, args.accounts));
    Ok(ExitCode::SUCCESS)
}
