//! `cargo xtask bench azure`: what a scan of a tenant costs, from documents and live, against a tenant on this machine.

use std::{
    ffi::{OsStr, OsString},
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use census_fake_azure::{Fake, HostKind, Settings, Tenant};

use super::{folder as bench_folder, release, scan::measured};
use crate::azure::synthetic::{self, Given, Size};

/// Scan made-up tenants with a release build and print calls, CPU seconds and peak memory.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Service principals; several sizes with commas
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 20_000])]
    principals: Vec<u32>,
    /// Subscriptions
    #[arg(long, default_value_t = 50)]
    subscriptions: u32,
    /// Vaults
    #[arg(long, default_value_t = 100)]
    vaults: u32,
    #[command(flatten)]
    access: Given,
    /// Measure this program instead of a release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// Who scans.
const CLIENT: &str = "5ca90000-0000-4000-8000-e8a3b1e00001";
const SECRET: &str = "of-the-benchmark";

/// What `who-can` is asked.
const QUESTION: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let census = match &args.program {
        Some(program) => {
            program.canonicalize().with_context(|| format!("cannot find `{}`", program.display()))?
        }
        None => release("census")?,
    };
    let bench = bench_folder().join("azure");
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{:>10}  {:<9}  {:>8}  {:>8}  {:>8}  {:>7}  {:>8}",
        "principals", "scan", "MB", "requests", "of batch", "CPU s", "peak MiB"
    )?;
    for &principals in &args.principals {
        let documents = bench.join(format!("tenant-{principals}"));
        if documents.exists() {
            fs::remove_dir_all(&documents)
                .with_context(|| format!("cannot remove `{}`", documents.display()))?;
        }
        let size = Size {
            principals,
            subscriptions: args.subscriptions,
            vaults: args.vaults,
            readers: 0,
            seed: 1,
            access: args.access,
        };
        synthetic::write(size, documents.clone())?;
        let megabytes = bytes_below(&documents)? as f64 / 1e6;
        let mut line = |scan: &str, requests: usize, inner: usize, used: crate::commands::measure::Used| {
            let (cpu, peak) = (used.cpu_seconds, used.peak_mebibytes);
            writeln!(
                out,
                "{principals:>10}  {scan:<9}  {megabytes:>8.1}  {requests:>8}  {inner:>8}  {cpu:>7.2}  {peak:>8.0}"
            )
        };
        let words = ["scan", "azure", "--from"].map(OsString::from);
        let words: Vec<OsString> = words.into_iter().chain([documents.clone().into()]).collect();
        line("documents", 0, 0, ended(&census, &[], &words, &bench)?)?;
        // Who may read the secrets of a vault, of all principals.
        if let Some(vault) = first_vault(&documents)? {
            let words = ["who-can", QUESTION, &vault, "--format", "json", "--from"].map(OsString::from);
            let words: Vec<OsString> = words.into_iter().chain([documents.clone().into()]).collect();
            let used = measured(OsStr::new(&census), &words, &bench)?;
            if used.status != Some(0) {
                bail!("the question ended with {:?}", used.status);
            }
            line("who-can", 0, 0, used)?;
        }
        let fake = fake(&documents)?;
        let environment: Vec<OsString> = fake
            .environment()
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .chain([format!("AZURE_CLIENT_ID={CLIENT}"), format!("AZURE_CLIENT_SECRET={SECRET}")])
            .chain([format!("AZURE_TENANT_ID={}", tenant_id(&documents)?)])
            .map(OsString::from)
            .collect();
        let words = ["scan", "azure", "--sign-in", "client-secret"].map(OsString::from);
        let used = ended(&census, &environment, &words, &bench)?;
        let calls = fake.calls();
        let inner = calls.iter().filter(|call| call.inner).count();
        let tokens = calls.iter().filter(|call| call.kind == HostKind::Login).count();
        line("live", calls.len() - inner - tokens, inner, used)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a scan to its end.
pub(super) fn ended(
    census: &Path,
    environment: &[OsString],
    words: &[OsString],
    bench: &Path,
) -> Result<crate::commands::measure::Used> {
    let mut all: Vec<OsString> = environment.to_vec();
    all.push(census.into());
    all.extend(words.iter().cloned());
    all.push("--output".into());
    all.push(bench.join("output").into());
    let used = measured(OsStr::new("env"), &all, bench)?;
    if used.status != Some(0) {
        bail!("the scan ended with {:?}", used.status);
    }
    Ok(used)
}

fn fake(documents: &Path) -> Result<Fake> {
    let who = serde_json::json!({"clients": [{"client_id": CLIENT, "object_id": CLIENT, "secret": SECRET}]});
    fs::write(documents.join("fake.json"), who.to_string())?;
    let tenant = Tenant::open(documents).map_err(|error| anyhow::anyhow!("{error}"))?;
    Fake::start(vec![tenant], Settings::default()).map_err(|error| anyhow::anyhow!("{error}"))
}

fn tenant_id(documents: &Path) -> Result<String> {
    let tenant: serde_json::Value = serde_json::from_slice(&fs::read(documents.join("tenant.json"))?)?;
    let id = tenant.pointer("/value/0/id").and_then(serde_json::Value::as_str);
    Ok(id.context("tenant.json names no tenant")?.to_owned())
}

fn first_vault(documents: &Path) -> Result<Option<String>> {
    let vaults: serde_json::Value = serde_json::from_slice(&fs::read(documents.join("arm/vaults.json"))?)?;
    Ok(vaults.pointer("/value/0/name").and_then(serde_json::Value::as_str).map(str::to_owned))
}

fn bytes_below(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list `{}`", folder.display()))? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        sum += if metadata.is_dir() { bytes_below(&entry.path())? } else { metadata.len() };
    }
    Ok(sum)
}
