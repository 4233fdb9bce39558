//! `cargo xtask test`: the parts that the tests talk to, then all tests.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use super::{cargo, repository, say};
use crate::python::{Environment, succeeds};

/// The variable that tells the tests where their Python environment is.
const VARIABLE: &str = "CENSUS_TEST_ENV";

/// The same for Microsoft's clients.
const AZURE_VARIABLE: &str = "CENSUS_AZURE_TEST_ENV";

/// What makes and checks signatures in the tests; OpenSSH 9.1 or newer.
const SSH_KEYGEN: &str = "ssh-keygen";

const ENVIRONMENT: Environment = Environment {
    name: "test-env",
    requirements: "tests/requirements.txt",
    what: "the stand-ins for AWS",
    options: &[],
};

// The CLI names more than a hundred packages that the tests have no use for, and compiling the SDKs takes longer than
// all tests: both are left out.
const AZURE_ENVIRONMENT: Environment = Environment {
    name: "azure-test-env",
    requirements: "tests/azure-requirements.txt",
    what: "Microsoft's clients for Azure",
    options: &["--no-deps", "--no-compile"],
};

/// Install what the tests talk to (the stand-ins for AWS, Microsoft's clients for Azure) into target/, then run every
/// test.
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
    AZURE_ENVIRONMENT.install()?;
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
        .env(AZURE_VARIABLE, AZURE_ENVIRONMENT.folder())
        .status()
        .context("cannot run cargo")?;
    // A status above 255 or a signal has no code of its own.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
