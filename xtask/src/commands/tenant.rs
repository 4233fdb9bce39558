//! `cargo xtask tenant`: documents of a tenant of any size.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};

use super::say;
use crate::azure::synthetic::{self, Given, Size};

/// Write a tenant of any size for benchmarks; the same arguments write the same bytes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many service principals
    #[arg(long)]
    pub(crate) principals: u32,
    /// How many subscriptions
    #[arg(long, default_value_t = 10)]
    pub(crate) subscriptions: u32,
    /// How many vaults
    #[arg(long, default_value_t = 50)]
    pub(crate) vaults: u32,
    /// How many of the principals are in a group that reads the secrets of every vault in which roles decide
    #[arg(long, default_value_t = 0)]
    pub(crate) readers: u32,
    /// What everything that is drawn by lot depends on
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) access: Given,
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
        subscriptions: args.subscriptions,
        vaults: args.vaults,
        readers: args.readers,
        seed: args.seed,
        access: args.access,
    };
    synthetic::write(size, args.output.clone())?;
    say(&format!(
        "{} service principals in {} subscriptions in `{name}`",
        args.principals, args.subscriptions
    ));
    Ok(ExitCode::SUCCESS)
}
