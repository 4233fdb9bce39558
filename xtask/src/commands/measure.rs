//! `cargo xtask measure`: runs a program and says what it used. Hidden: `bench` starts it once for each run, because
//! the system counts what finished children used all together.

use std::{
    ffi::OsString,
    io::Write,
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result};
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeValLike,
};
use serde::{Deserialize, Serialize};

/// Run a program, its output thrown away, and print what it used as JSON.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    program: Vec<OsString>,
}

/// What a run used.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Used {
    /// User and system time, in seconds.
    pub(crate) cpu_seconds: f64,
    /// The largest resident set, in mebibytes.
    pub(crate) peak_mebibytes: f64,
    /// The exit status; `None` when a signal ended it, and while it runs.
    pub(crate) status: Option<i32>,
}

impl Used {
    /// What this process used until now.
    pub(crate) fn so_far() -> Result<Self> {
        Self::by(UsageWho::RUSAGE_SELF)
    }

    fn by(who: UsageWho) -> Result<Self> {
        let usage = getrusage(who)?;
        let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        Ok(Self {
            cpu_seconds: micros as f64 / 1e6,
            peak_mebibytes: usage.max_rss() as f64 / 1024.0,
            status: None,
        })
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let (program, rest) = args.program.split_first().context("no program")?;
    let status = Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("cannot run `{}`", program.display()))?;
    let used = Used { status: status.code(), ..Used::by(UsageWho::RUSAGE_CHILDREN)? };
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&used)?)?;
    Ok(ExitCode::SUCCESS)
}
