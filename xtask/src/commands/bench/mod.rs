//! `cargo xtask bench`: what scans, owners and verdicts cost.

mod azure;
mod endpoint;
mod live;
mod mixed;
mod owners;
mod peer;
mod scan;
mod verdicts;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};

use super::{cargo, measure, repository, say};

/// Print the CPU seconds and peak memory of scans of AWS and Azure from files or over HTTP, of finding owners, or of verdicts of the AWS
/// policy engine.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    scan: scan::Args,
}

#[derive(clap::Subcommand)]
enum What {
    Scan(scan::Args),
    Live(live::Args),
    Azure(azure::Args),
    Mixed(mixed::Args),
    Owners(owners::Args),
    Verdicts(verdicts::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    match &args.what {
        None => scan::run(&args.scan),
        Some(What::Scan(args)) => scan::run(args),
        Some(What::Live(args)) => live::run(args),
        Some(What::Azure(args)) => azure::run(args),
        Some(What::Mixed(args)) => mixed::run(args),
        Some(What::Owners(args)) => owners::run(args),
        Some(What::Verdicts(args)) => verdicts::run(args),
    }
}

/// Builds a package for release and gives its program of the same name.
fn release(package: &str) -> Result<PathBuf> {
    let status = Command::new(cargo())
        .args(["build", "--release", "--package", package])
        .current_dir(repository())
        .status()
        .context("cannot run cargo")?;
    if !status.success() {
        bail!("the release build failed");
    }
    Ok(target_folder().join("release").join(format!("{package}{}", std::env::consts::EXE_SUFFIX)))
}

/// Cargo's target folder, as an absolute path.
fn target_folder() -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    repository().join(folder)
}

/// The folder for what benchmarks write.
fn folder() -> PathBuf {
    target_folder().join("bench")
}

/// Where something lies, for an error.
fn named(path: &Path) -> String {
    format!("`{}`", path.display())
}
