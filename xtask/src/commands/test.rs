//! `cargo xtask test`: the parts that the tests talk to, then all tests.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use super::{cargo, repository, say};
use crate::python::{Environment, succeeds};

/// The variable that tells the tests where their Python environment is.
const VARIABLE: &str = "CENSUS_TEST_ENV";

/// What makes and checks signatures in the tests; OpenSSH 9.1 or newer.
const SSH_KEYGEN: &str = "ssh-keygen";

const ENVIRONMENT: Environment = Environment {
    name: "test-env",
    requirements: "tests/requirements.txt",
    what: "the stand-ins for AWS",
    options: &[],
};

/// Install the stand-ins for AWS that the tests need into target/test-env, then run every test.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only install
    #[arg(long)]
    install_only: bool,
    /// Arguments for `cargo nextest run`, or for `cargo test` where that is not installed
    #[arg(last = true)]
    args: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    if Command::new(SSH_KEYGEN).arg("-?").output().is_err() {
        bail!(
            "`{SSH_KEYGEN}` is not installed, and signatures are tested against it: install openssh-client"
        );
    }
    ENVIRONMENT.install()?;
    if args.install_only {
        return Ok(ExitCode::SUCCESS);
    }
    let mut command = Command::new(cargo());
    if succeeds(Command::new(cargo()).args(["nextest", "--version"])) {
        command.args(["nextest", "run", "--workspace"]);
    } else {
        say(
            "cargo-nextest is not installed, so `cargo test` runs the tests (cargo install --locked cargo-nextest)",
        );
        command.args(["test", "--workspace"]);
    }
    let status = command
        .args(&args.args)
        .current_dir(repository())
        .env(VARIABLE, ENVIRONMENT.folder())
        .status()
        .context("cannot run cargo")?;
    // A status above 255 or a signal has no code of its own.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
