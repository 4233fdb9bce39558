//! `cargo xtask new-rule ID`: a rule's file from the template.

use std::{fs, process::ExitCode};

use anyhow::{Context, Result, bail};

use super::{repository, say};

/// Write the file of a new rule from the template.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The rule's id in kebab case, as in `access-key-old`.
    id: String,
}

/// Writes the file; the registry of rules is a list in code, and a test tells what is missing there.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let template = census_rules::scaffold(&args.id)?;
    let path = repository().join(format!("rules/src/rules/{}.rs", args.id.replace('-', "_")));
    if path.exists() {
        bail!("`{}` is already there", path.display());
    }
    fs::write(&path, template).with_context(|| format!("cannot write `{}`", path.display()))?;
    say(&format!(
        "wrote {}; now name it in rules/src/rules/mod.rs, fill it in, and run `cargo xtask generate`",
        path.display()
    ));
    Ok(ExitCode::SUCCESS)
}
