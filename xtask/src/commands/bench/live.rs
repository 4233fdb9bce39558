//! `cargo xtask bench live`: what a live scan costs, against an endpoint on this machine.

use std::{
    ffi::{OsStr, OsString},
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};

use super::{
    endpoint::{Account, Endpoint},
    folder as bench_folder, release,
    scan::measured,
};

/// Scan a made-up account over HTTP with a release build and print calls, CPU seconds and peak memory.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Lambda functions, spread over 17 regions
    #[arg(long, default_value_t = 2_000)]
    functions: usize,
    /// EC2 instances, spread over 17 regions
    #[arg(long, default_value_t = 500)]
    instances: usize,
    /// S3 buckets
    #[arg(long, default_value_t = 1_000)]
    buckets: usize,
    /// Measure this program instead of a release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// What is scanned, and how.
const RUNS: [(&str, &[&str]); 3] = [
    ("identities alone", &["--no-workloads", "--no-resource-policies"]),
    ("with workloads", &["--no-resource-policies"]),
    ("with workloads and resource policies", &[]),
];

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let census = match &args.program {
        Some(program) => {
            program.canonicalize().with_context(|| format!("cannot find `{}`", program.display()))?
        }
        None => release("census")?,
    };
    let bench = bench_folder().join("live");
    fs::create_dir_all(&bench).with_context(|| format!("cannot make `{}`", bench.display()))?;
    let account = Account { functions: args.functions, instances: args.instances, buckets: args.buckets };
    let mut out = std::io::stdout();
    writeln!(out, "{:<38}  {:>6}  {:>7}  {:>8}", "scan", "calls", "CPU s", "peak MiB")?;
    for (name, options) in RUNS {
        let endpoint = Endpoint::start(account)?;
        let used = measured(OsStr::new("env"), &scan(&census, &endpoint, &bench, options), &bench)?;
        if used.status != Some(0) {
            bail!("the scan `{name}` ended with {:?}", used.status);
        }
        let (calls, cpu, peak) = (endpoint.calls(), used.cpu_seconds, used.peak_mebibytes);
        writeln!(out, "{name:<38}  {calls:>6}  {cpu:>7.2}  {peak:>8.0}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `env` with what the scan finds in its environment, and the scan, as fast as it is answered.
fn scan(census: &Path, endpoint: &Endpoint, bench: &Path, options: &[&str]) -> Vec<OsString> {
    let mut words: Vec<OsString> = [
        "AWS_ACCESS_KEY_ID=bench".to_owned(),
        "AWS_SECRET_ACCESS_KEY=bench".to_owned(),
        "AWS_REGION=us-east-1".to_owned(),
        "AWS_CONFIG_FILE=/dev/null".to_owned(),
        "AWS_SHARED_CREDENTIALS_FILE=/dev/null".to_owned(),
        format!("AWS_ENDPOINT_URL={}", endpoint.url()),
    ]
    .map(OsString::from)
    .to_vec();
    words.push(census.into());
    words.extend(["scan", "aws", "--requests-per-second", "0", "--output"].map(OsString::from));
    words.push(bench.join("output").into());
    words.extend(options.iter().map(OsString::from));
    words
}
