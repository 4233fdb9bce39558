//! `cargo xtask test`: the Python parts that the tests talk to, then all tests.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::{cargo, repository, say};

/// The variable that tells the tests where their Python environment is.
const VARIABLE: &str = "CENSUS_TEST_ENV";

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
    let root = repository();
    let environment = root.join("target").join("test-env");
    install(&root.join("tests").join("requirements.txt"), &environment)?;
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
        .current_dir(&root)
        .env(VARIABLE, &environment)
        .status()
        .context("cannot run cargo")?;
    // A status above 255 or a signal has no code of its own.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Makes the environment unless it already holds these requirements. Runs side by side wait for one another.
fn install(requirements: &Path, environment: &Path) -> Result<()> {
    let text = fs::read(requirements).with_context(|| format!("cannot read `{}`", requirements.display()))?;
    let wanted: String = Sha256::digest(&text).iter().map(|b| format!("{b:02x}")).collect();
    if let Some(parent) = environment.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
    }
    let lock_path = environment.with_extension("lock");
    let lock = File::create(&lock_path).with_context(|| format!("cannot write `{}`", lock_path.display()))?;
    lock.lock().with_context(|| format!("cannot lock `{}`", lock_path.display()))?;
    let stamp = environment.join("requirements.sha256");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    say("installing the stand-ins for AWS (tests/requirements.txt) into target/test-env");
    create(environment)?;
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--requirement"];
    let done = Command::new(python_of(environment))
        .args(pip)
        .arg(requirements)
        .stdin(Stdio::null())
        .status()
        .context("cannot run pip")?;
    if !done.success() {
        bail!(
            "pip could not install tests/requirements.txt; check its message above and the way to a package index"
        );
    }
    fs::write(&stamp, wanted).with_context(|| format!("cannot write `{}`", stamp.display()))
}

fn create(environment: &Path) -> Result<()> {
    let python = if cfg!(windows) { "python" } else { "python3" };
    if !succeeds(Command::new(python).arg("--version")) {
        bail!(
            "`{python}` is not installed; the tests need Python 3.11 or later (Debian: apt-get install python3 python3-venv)"
        );
    }
    if !succeeds(Command::new(python).args(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"])) {
        bail!("`{python}` is too old; the tests need Python 3.11 or later");
    }
    if !succeeds(Command::new(python).args(["-c", "import venv, ensurepip"])) {
        bail!("`{python}` lacks the module venv or ensurepip (Debian: apt-get install python3-venv)");
    }
    let done = Command::new(python).args(["-m", "venv", "--clear"]).arg(environment).status();
    if !done.with_context(|| format!("cannot run `{python}`"))?.success() {
        bail!("`{python} -m venv {}` failed", environment.display());
    }
    Ok(())
}

/// The environment's own Python.
fn python_of(environment: &Path) -> PathBuf {
    if cfg!(windows) {
        environment.join("Scripts").join("python.exe")
    } else {
        environment.join("bin").join("python")
    }
}

/// Whether a quiet program runs and says yes.
fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
