//! `cargo xtask example`: the example company's documents and registry.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};

use super::{repository, say};
use crate::company;

/// The parts of `examples/README.md` that this command writes, between two lines each.
const PARTS: [&str; 3] = ["accounts", "tenant", "planted"];

/// Files in the example's folder that people write.
const HAND_WRITTEN: [&str; 2] = ["README.md", "census.toml"];

/// Write the example company, always the same bytes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail where a file differs from what would be written
    #[arg(long)]
    pub(crate) check: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let examples = repository().join("examples");
    let example = company::example()?;
    let mut files: BTreeMap<PathBuf, Vec<u8>> =
        example.files.into_iter().map(|(path, bytes)| (examples.join(path), bytes)).collect();
    let readme = examples.join("README.md");
    let mut text =
        fs::read_to_string(&readme).with_context(|| format!("cannot read `{}`", readme.display()))?;
    for (part, table) in PARTS.into_iter().zip([&example.accounts, &example.tenant, &example.planted]) {
        text = with_part(&text, part, "cargo xtask example", table)?;
    }
    files.insert(readme, text.into_bytes());
    let mut stale = stale(&examples.join(company::NAME), &files)?;
    stale.extend(self::stale(&examples.join(company::PARTIAL), &files)?);
    if args.check { check(&files, &stale) } else { write(&files, &stale) }
}

/// Replaces one part and leaves the text around it.
pub(crate) fn with_part(text: &str, part: &str, command: &str, content: &str) -> Result<String> {
    let begin = format!("<!-- {part}: written by `{command}` -->\n");
    let end = format!("<!-- end of {part} -->\n");
    let cut = |text: &str, line: &str| {
        let halves = text.split_once(line).map(|(before, after)| (before.to_owned(), after.to_owned()));
        halves.with_context(|| format!("the line `{}` is missing", line.trim()))
    };
    let (before, rest) = cut(text, &begin)?;
    let (_, after) = cut(&rest, &end)?;
    Ok(format!("{before}{begin}{content}{end}{after}"))
}

/// Files in the folder that nobody generates any more.
fn stale(folder: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = match fs::read_dir(&next) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other.with_context(|| format!("cannot list `{}`", next.display()))?,
        };
        for entry in entries {
            let path = entry?.path();
            let by_hand = HAND_WRITTEN.iter().any(|name| path == folder.join(name));
            if path.is_dir() {
                folders.push(path);
            } else if !files.contains_key(&path) && !by_hand {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

fn check(files: &BTreeMap<PathBuf, Vec<u8>>, stale: &BTreeSet<PathBuf>) -> Result<ExitCode> {
    let mut differing = 0;
    for (path, bytes) in files {
        let problem = match fs::read(path) {
            Ok(found) if found == *bytes => continue,
            Ok(_) => "differs",
            Err(error) if error.kind() == io::ErrorKind::NotFound => "is missing",
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", path.display())),
        };
        differing += 1;
        say(&format!("`{}` {problem}", path.display()));
    }
    for path in stale {
        say(&format!("`{}` is not generated", path.display()));
    }
    if differing + stale.len() == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("the example is not what its generator writes, run `cargo xtask example`")
}

fn write(files: &BTreeMap<PathBuf, Vec<u8>>, stale: &BTreeSet<PathBuf>) -> Result<ExitCode> {
    for (path, bytes) in files {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
        }
        fs::write(path, bytes).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    for path in stale {
        fs::remove_file(path).with_context(|| format!("cannot remove `{}`", path.display()))?;
    }
    say(&format!("{} files, {} bytes", files.len(), files.values().map(Vec::len).sum::<usize>()));
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_and_a_missing_line_is_named() {
        let text = "a\n<!-- x: written by `cargo xtask example` -->\nold\n<!-- end of x -->\nb\n";
        let replaced = with_part(text, "x", "cargo xtask example", "new\n").unwrap();
        assert_eq!(replaced, text.replace("old", "new"));
        assert_eq!(with_part(&replaced, "x", "cargo xtask example", "new\n").unwrap(), replaced);
        assert!(
            with_part(text, "y", "cargo xtask example", "")
                .unwrap_err()
                .to_string()
                .contains("y: written by")
        );
    }
}
