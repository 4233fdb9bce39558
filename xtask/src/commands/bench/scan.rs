//! `cargo xtask bench scan`: what a scan from files costs.

use std::{
    ffi::OsStr,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};

use super::{folder as bench_folder, measure::Used, release, say};
use crate::aws::synthetic::{self, Mix, Size};

/// Scan estates of several sizes with a release build and print CPU seconds and peak memory.
#[derive(clap::Args)]
#[group(id = "scan")]
pub(super) struct Args {
    /// How many principals each estate has
    #[arg(long, value_delimiter = ',', default_value = "1000,5000,20000")]
    principals: Vec<u32>,
    /// What the principals may do
    #[arg(long, value_enum, default_value_t = Mix::Real)]
    mix: Mix,
    /// Also run cloudsplaining on the same file, where it is on the path (`pip install cloudsplaining`); it takes
    /// minutes for the larger estates
    #[arg(long)]
    peer: bool,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let bench = bench_folder();
    let census = release("census")?;
    let jq = Command::new("jq").arg("--version").output().is_ok();
    if !jq {
        say("jq is not installed, so there is no ratio to it (Debian: apt-get install jq)");
    }
    let mut out = std::io::stdout();
    let peer = if args.peer { "  peer: CPU s, peak MiB, CPU / census" } else { "" };
    writeln!(
        out,
        "{:>10}  {:>7}  {:>7}  {:>8}  {:>8}{peer}",
        "principals", "MB", "CPU s", "peak MiB", "CPU / jq"
    )?;
    for principals in &args.principals {
        let folder = bench.join(principals.to_string());
        let bytes = estate(*principals, args.mix, &folder)?;
        let output = bench.join("output");
        let scan = [
            OsStr::new("scan"),
            OsStr::new("aws"),
            OsStr::new("--from"),
            folder.as_os_str(),
            OsStr::new("--output"),
            output.as_os_str(),
        ];
        let used = measured(census.as_os_str(), &scan, &bench)?;
        if used.status != Some(0) {
            bail!(
                "`census scan aws --from {}` ended with {:?}, run it to see why",
                folder.display(),
                used.status
            );
        }
        let ratio = if jq { ratio(used, &folder)? } else { "-".to_owned() };
        let (cpu, peak) = (used.cpu_seconds, used.peak_mebibytes);
        let megabytes = bytes as f64 / 1e6;
        let peer = if args.peer { beside(used, &folder, &bench)? } else { String::new() };
        writeln!(out, "{principals:>10}  {megabytes:>7.1}  {cpu:>7.2}  {peak:>8.0}  {ratio:>8}{peer}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes an estate anew and says how many bytes its authorization details hold.
fn estate(principals: u32, mix: Mix, folder: &Path) -> Result<u64> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty `{}`", folder.display()))?;
    }
    synthetic::write(Size { principals, accounts: 1, roles: 50, seed: 1, mix }, folder.to_owned())?;
    let details = details(folder);
    Ok(fs::metadata(&details).with_context(|| format!("cannot read `{}`", details.display()))?.len())
}

fn details(folder: &Path) -> PathBuf {
    folder.join("accounts").join(synthetic::account_id(0)).join("authorization-details.json")
}

/// How many times the CPU of merely parsing the largest document.
fn ratio(used: Used, folder: &Path) -> Result<String> {
    let parsing = measured(OsStr::new("jq"), &[OsStr::new("empty"), details(folder).as_os_str()], folder)?;
    Ok(format!("{:.2}", used.cpu_seconds / parsing.cpu_seconds.max(0.001)))
}

/// What cloudsplaining uses for the same file, as a black box in the same run.
fn beside(used: Used, folder: &Path, bench: &Path) -> Result<String> {
    let output = bench.join("peer");
    fs::create_dir_all(&output).with_context(|| format!("cannot make `{}`", output.display()))?;
    let details = details(folder);
    let scan = [
        OsStr::new("scan"),
        OsStr::new("--input-file"),
        details.as_os_str(),
        OsStr::new("--output"),
        output.as_os_str(),
        OsStr::new("--skip-open-report"),
    ];
    let peer = measured(OsStr::new("cloudsplaining"), &scan, bench)?;
    if peer.status != Some(0) {
        bail!("`cloudsplaining scan` ended with {:?}, run it to see why", peer.status);
    }
    let (cpu, peak, times) =
        (peer.cpu_seconds, peer.peak_mebibytes, peer.cpu_seconds / used.cpu_seconds.max(0.001));
    Ok(format!("  {cpu:>11.1}  {peak:>8.0}  {times:>11.0}x"))
}

/// Runs a program in a process of ours that tells what it used. `folder` becomes its working directory and the home
/// of its state, so that neither a configuration nor the last estate of whoever runs the benchmark is touched.
pub(super) fn measured(program: &OsStr, args: &[impl AsRef<OsStr>], folder: &Path) -> Result<Used> {
    let own = std::env::current_exe().context("cannot find this program")?;
    let output = Command::new(own)
        .arg("measure")
        .arg("--")
        .arg(program)
        .args(args)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .output()
        .context("cannot run this program")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("cannot read what `xtask measure` printed")
}
