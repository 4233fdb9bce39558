//! One chore, one file.

pub(crate) mod bench;
pub(crate) mod catalogue;
pub(crate) mod estate;
pub(crate) mod example;
pub(crate) mod fuzz;
pub(crate) mod generate;
pub(crate) mod measure;
pub(crate) mod new_rule;
pub(crate) mod owners;
pub(crate) mod tenant;
pub(crate) mod test;
pub(crate) mod verdicts;

use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// The repository's folder.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// Says what is going on, on stderr.
pub(crate) fn say(what: &str) {
    // A chore goes on where nobody listens.
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// The program that runs Cargo's commands.
pub(crate) fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}
