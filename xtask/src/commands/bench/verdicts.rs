//! `cargo xtask bench verdicts`: what verdicts of the AWS policy engine cost.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::{peer, release};
use crate::verdicts::{Figures, Kind, Work};

/// Print how many verdicts the AWS policy engine gives in a CPU second, over estates and for lines of the simulator,
/// and how many megabytes of policies it compiles.
#[derive(clap::Args)]
pub(super) struct Args {
    /// How many verdicts over an estate of each kind
    #[arg(long, default_value_t = 200_000)]
    verdicts: u64,
    /// How many lines of each kind the simulator answers
    #[arg(long, default_value_t = 100_000)]
    lines: u64,
    /// How many policies of each kind are parsed and compiled
    #[arg(long, default_value_t = 100_000)]
    policies: u64,
    /// Also let `@cloud-copilot/iam-simulate` decide, as it lies in the folder of `--peer-dir`
    #[arg(long, requires = "peer_dir")]
    peer: bool,
    /// Where `npm install @cloud-copilot/iam-simulate` was run
    #[arg(long, env = "CENSUS_BENCH_PEER_DIR")]
    peer_dir: Option<PathBuf>,
    /// How many lines of each kind the peer decides
    #[arg(long, default_value_t = 5_000)]
    peer_lines: u64,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let worker = Worker(release("xtask")?);
    let works = [
        (Work::Estate, args.verdicts, "verdicts"),
        (Work::Lines, args.lines, "lines"),
        (Work::LinesAnew, args.lines, "lines"),
        (Work::Parse, args.policies, "policies"),
    ];
    for (work, count, noun) in works {
        table(&worker, work, count, noun)?;
    }
    if let (true, Some(folder)) = (args.peer, &args.peer_dir) {
        peer::run(&worker, folder, args.peer_lines)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// This program, built for release.
pub(super) struct Worker(PathBuf);

impl Worker {
    /// Does some work in a process of its own.
    pub(super) fn figures(&self, work: Work, kind: Kind, count: u64) -> Result<Figures> {
        let work = work.to_possible_value().context("no such work")?;
        let count = count.to_string();
        output(&self.0, ["verdicts", work.get_name(), kind.as_str(), &count])
    }
}

/// What a program prints, read as JSON.
pub(super) fn output<T: serde::de::DeserializeOwned, A: AsRef<std::ffi::OsStr>>(
    program: &Path,
    args: impl IntoIterator<Item = A>,
) -> Result<T> {
    let name = program.display();
    let output = Command::new(program).args(args).output().with_context(|| format!("cannot run `{name}`"))?;
    if !output.status.success() {
        bail!("`{name}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("cannot read what `{name}` printed"))
}

fn table(worker: &Worker, work: Work, count: u64, noun: &str) -> Result<()> {
    let (title, decisions): (_, &[&str]) = match work {
        Work::Estate => ("verdicts over an estate", &["allowed", "denied", "conditional", "unknown"]),
        Work::Lines => ("lines of the simulator", &["allowed", "denied"]),
        Work::LinesAnew => ("lines, each with a new simulator", &["allowed", "denied"]),
        Work::Parse => ("policies parsed and compiled", &[]),
    };
    let mut out = std::io::stdout();
    write!(out, "{title}\n{:>12}  {noun:>9}  {:>7}  {:>11}", "kind", "CPU s", "/ CPU s")?;
    write!(out, "  {:>10}  {:>8}", "MB / CPU s", "peak MiB")?;
    decisions.iter().try_for_each(|decision| write!(out, "  {decision:>11}"))?;
    writeln!(out)?;
    for kind in Kind::ALL {
        let figures = worker.figures(work, kind, count)?;
        let cpu = figures.cpu_seconds.max(1e-6);
        let (name, count, each) = (kind.as_str(), figures.count, figures.count as f64 / cpu);
        let megabytes = match figures.bytes {
            0 => "-".to_owned(),
            bytes => format!("{:.1}", bytes as f64 / 1e6 / cpu),
        };
        let peak = figures.peak_mebibytes;
        write!(out, "{name:>12}  {count:>9}  {cpu:>7.2}  {each:>11.0}  {megabytes:>10}  {peak:>8.0}")?;
        decisions.iter().try_for_each(|one| write!(out, "  {:>9.1} %", figures.percent(one)))?;
        writeln!(out)?;
    }
    Ok(writeln!(out)?)
}
