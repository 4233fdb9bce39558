//! `cargo xtask generate`: the files that are made from code, so that they cannot say something else.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};

use super::{cargo, repository};

/// Write the generated files anew: documentation of rules and providers, schemas, the example company.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a file is not what would be written.
    #[arg(long)]
    check: bool,
}

/// Writes or checks every generated file.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let root = repository();
    build(&root)?;
    let files = files(&root)?;
    let mut stale = Vec::new();
    for (path, content) in &files {
        let current = fs::read_to_string(path).unwrap_or_default();
        if current != *content {
            stale.push(path.strip_prefix(&root).unwrap_or(path).display().to_string());
            if !args.check {
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent)?;
                }
                fs::write(path, content).with_context(|| format!("cannot write `{}`", path.display()))?;
            }
        }
    }
    // A rule that was renamed must not leave its page behind.
    for path in pages(&root.join("docs/rules"))? {
        if !files.contains_key(&path) {
            stale.push(path.strip_prefix(&root).unwrap_or(&path).display().to_string());
            if !args.check {
                fs::remove_file(&path)?;
            }
        }
    }
    let example = super::example::run(&super::example::Args { check: args.check })?;
    if args.check && !stale.is_empty() {
        bail!("not what the code generates: {}; run `cargo xtask generate`", stale.join(", "));
    }
    Ok(example)
}

fn files(root: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let docs = root.join("docs");
    let mut files = BTreeMap::new();
    files.insert(docs.join("rules/README.md"), census_rules::docs::index());
    for rule in census_rules::all() {
        files.insert(docs.join(format!("rules/{}.md", rule.id)), census_rules::docs::markdown(rule));
    }
    for name in ["config", "report", "registry", "attestation", "vaults"] {
        files.insert(docs.join(format!("schemas/{name}.schema.json")), census(root, &["schema", name])?);
    }
    files.insert(
        docs.join("providers/aws.md"),
        provider_page(
            root,
            "aws",
            "Amazon Web Services",
            "`census permissions aws` prints the policy for your partition and role name.",
        )?,
    );
    files.insert(
        docs.join("providers/azure.md"),
        provider_page(
            root,
            "azure",
            "Microsoft Azure and Entra ID",
            "`census permissions azure` prints what to grant: a custom role of Azure, application permissions of\n\
             Microsoft Graph, and what vaults ask for.",
        )?,
    );
    files.insert(root.join("README.md"), readme(root)?);
    Ok(files)
}

/// The README with the sample of what a scan of the example company prints.
fn readme(root: &Path) -> Result<String> {
    let example = root.join("examples").join(crate::company::NAME);
    let (folder, config) = (example.display().to_string(), example.join("census.toml").display().to_string());
    let report = census(root, &["scan", "--from", &folder, "--config", &config, "--quiet"])?;
    let mut sample = String::new();
    for section in report.split("\n\n") {
        let shown = match section.split_whitespace().next() {
            Some("FINDINGS") => section.split("\n  HIGH").next().unwrap_or(section).lines().count(),
            Some("OWNERS") => 6,
            Some("NOT") => 4,
            _ => section.lines().count(),
        };
        let mut lines: Vec<&str> = section.lines().take(shown).collect();
        if section.lines().count() > shown {
            lines.push("  …");
        }
        sample.push_str(&lines.join("\n"));
        sample.push_str("\n\n");
    }
    let path = root.join("README.md");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    super::example::with_part(
        &text,
        "sample",
        "cargo xtask generate",
        &format!("```text\n{}\n```\n", sample.trim_end()),
    )
}

fn provider_page(root: &Path, provider: &str, title: &str, policy_is: &str) -> Result<String> {
    let reads = census(root, &["permissions", provider, "--format", "markdown"])?;
    let policy = census(root, &["permissions", provider])?;
    Ok(format!(
        "# {title}: reads and permissions\n\n\
         Generated from the reads that the code declares. A call that is not in this table is refused before it\n\
         reaches the network. How documents are laid out is in [documents](../documents.md).\n\n{reads}\n\
         ## The least privilege\n\n{policy_is}\n\n```json\n{policy}```\n"
    ))
}

/// What this build's `census` prints, with nothing of this machine's configuration.
fn census(root: &Path, words: &[&str]) -> Result<String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    // A home of its own, so that no configuration is found and the last estate is left nowhere else.
    let home = target.join("generate-home");
    fs::create_dir_all(&home)?;
    let output = Command::new(target.join("debug/census"))
        .args(words)
        .env_clear()
        .env("HOME", &home)
        .current_dir(&home)
        .output()
        .context("cannot run `census`")?;
    if !output.status.success() {
        bail!("`census {}` failed: {}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("`census` printed something that is not UTF-8")
}

/// Builds `census` together with the tests: built alone, dependencies would get other features, and the next test
/// run would compile the SDKs once more.
fn build(root: &Path) -> Result<()> {
    let status = Command::new(cargo())
        .args(["test", "--workspace", "--no-run", "--quiet"])
        .current_dir(root)
        .stderr(std::process::Stdio::null())
        .status()
        .context("cannot run `cargo test`")?;
    if !status.success() {
        bail!("`cargo test --workspace --no-run` failed; run it to see why");
    }
    Ok(())
}

fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    entries.map(|entry| Ok(entry?.path())).collect()
}
