//! Python environments for the chores that need packages from PyPI.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::commands::{repository, say};

/// An environment in the target folder.
pub(crate) struct Environment {
    /// Its folder's name in the target folder.
    pub(crate) name: &'static str,
    /// The file of its requirements, seen from the repository's folder.
    pub(crate) requirements: &'static str,
    /// What for, as in `installing … into`.
    pub(crate) what: &'static str,
    /// Options of `pip install` besides the usual ones.
    pub(crate) options: &'static [&'static str],
}

impl Environment {
    /// Its folder.
    pub(crate) fn folder(&self) -> PathBuf {
        repository().join("target").join(self.name)
    }

    /// Its own Python.
    pub(crate) fn python(&self) -> PathBuf {
        if cfg!(windows) {
            self.folder().join("Scripts").join("python.exe")
        } else {
            self.folder().join("bin").join("python")
        }
    }

    /// Makes the environment unless it already holds these requirements. Runs side by side wait for one another.
    pub(crate) fn install(&self) -> Result<()> {
        let (folder, requirements) = (self.folder(), repository().join(self.requirements));
        let text =
            fs::read(&requirements).with_context(|| format!("cannot read `{}`", requirements.display()))?;
        let wanted: String = Sha256::digest(&text).iter().map(|b| format!("{b:02x}")).collect();
        if let Some(parent) = folder.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
        }
        let lock_path = folder.with_extension("lock");
        let lock =
            File::create(&lock_path).with_context(|| format!("cannot write `{}`", lock_path.display()))?;
        lock.lock().with_context(|| format!("cannot lock `{}`", lock_path.display()))?;
        let stamp = folder.join("requirements.sha256");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return Ok(());
        }
        say(&format!("installing {} ({}) into target/{}", self.what, self.requirements, self.name));
        create(&folder)?;
        self.fill(&requirements)?;
        fs::write(&stamp, wanted).with_context(|| format!("cannot write `{}`", stamp.display()))
    }

    fn fill(&self, requirements: &Path) -> Result<()> {
        let done = Command::new(self.python())
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
            .args(self.options)
            .arg("--requirement")
            .arg(requirements)
            .stdin(Stdio::null())
            .status()
            .context("cannot run pip")?;
        if !done.success() {
            bail!(
                "pip could not install {}; check its message above and the way to a package index",
                self.requirements
            );
        }
        Ok(())
    }
}

fn create(environment: &Path) -> Result<()> {
    let python = if cfg!(windows) { "python" } else { "python3" };
    if !succeeds(Command::new(python).arg("--version")) {
        bail!(
            "`{python}` is not installed; this needs Python 3.11 or later (Debian: apt-get install python3 python3-venv)"
        );
    }
    if !succeeds(Command::new(python).args(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"])) {
        bail!("`{python}` is too old; this needs Python 3.11 or later");
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

/// Whether a quiet program runs and says yes.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
