//! `cargo xtask bench mixed`: what a scan of both clouds costs beside scans of each, from the same documents.

use std::{
    ffi::OsString,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{azure::ended, folder as bench_folder, release};
use crate::{
    aws::synthetic as aws,
    azure::synthetic::{self as azure, Given},
};

/// Scan a made-up organization of AWS and a tenant that trusts each other, with a release build: each alone, then both.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Users and roles of AWS
    #[arg(long, default_value_t = 50_000)]
    principals: u32,
    /// Accounts of AWS
    #[arg(long, default_value_t = 100)]
    accounts: u32,
    /// Service principals of the tenant
    #[arg(long, default_value_t = 20_000)]
    service_principals: u32,
    /// Subscriptions of the tenant
    #[arg(long, default_value_t = 50)]
    subscriptions: u32,
    /// Measure this program instead of a release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

const MANIFEST: &str = "census-documents.json";

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let census = match &args.program {
        Some(program) => {
            program.canonicalize().with_context(|| format!("cannot find `{}`", program.display()))?
        }
        None => release("census")?,
    };
    let bench = bench_folder().join("mixed");
    let documents = bench.join(format!("estate-{}-{}", args.principals, args.service_principals));
    if documents.exists() {
        fs::remove_dir_all(&documents).with_context(|| format!("cannot remove `{}`", documents.display()))?;
    }
    write(args, &documents)?;
    let mut out = std::io::stdout();
    writeln!(out, "{:<9}  {:>7}  {:>8}", "scan", "CPU s", "peak MiB")?;
    for scan in ["aws", "azure", "all"] {
        let words = ["scan", scan, "--from"].into_iter().filter(|word| *word != "all").map(OsString::from);
        let words: Vec<OsString> = words.chain([documents.clone().into()]).collect();
        let used = ended(&census, &[], &words, &bench)?;
        writeln!(out, "{scan:<9}  {:>7.2}  {:>8.0}", used.cpu_seconds, used.peak_mebibytes)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes both below one folder, with one manifest.
fn write(args: &Args, documents: &Path) -> Result<()> {
    let size = aws::Size {
        principals: args.principals,
        accounts: args.accounts,
        roles: 50,
        seed: 1,
        mix: aws::Mix::Real,
    };
    aws::write(size, documents.to_owned())?;
    let of_aws = manifest(documents)?;
    let size = azure::Size {
        principals: args.service_principals,
        subscriptions: args.subscriptions,
        vaults: 100,
        readers: 0,
        seed: 1,
        access: Given { escalating: 8, aws_roles: 20, ..Given::default() },
    };
    azure::write(size, documents.to_owned())?;
    let mut both = manifest(documents)?;
    for part in ["targets", "scopes_done", "files", "gaps"] {
        match (both.get_mut(part), of_aws.get(part)) {
            (Some(Value::Array(all)), Some(Value::Array(more))) => all.extend(more.iter().cloned()),
            (Some(Value::Object(all)), Some(Value::Object(more))) => {
                all.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            _ => bail!("a manifest has no `{part}`"),
        }
    }
    fs::write(documents.join(MANIFEST), both.to_string())?;
    Ok(())
}

fn manifest(documents: &Path) -> Result<Value> {
    let path = documents.join(MANIFEST);
    let bytes = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("`{}` is no JSON", path.display()))
}
