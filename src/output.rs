//! Where bytes go.

use std::{
    io::{ErrorKind, IsTerminal, Write},
    path::PathBuf,
};

use census_model::{Estate, Severity};
use census_reports::{ColorChoice, Format, Input, Options, RenderError, WriteFile, render, summary};

use crate::{
    cli::{Color, Globals, ReportArgs},
    config::Config,
    files,
    people::Secret,
    pipeline::{Analysis, Voice},
    problem::Problem,
};

/// Which reports to write, where to, and when they fail the run.
#[derive(Debug)]
pub(crate) struct ReportPlan {
    formats: Vec<Format>,
    /// `None`: stdout.
    folder: Option<PathBuf>,
    options: Options,
    /// The severity from which findings change the exit status.
    pub(crate) fail_on: Option<Severity>,
    /// What people's names are replaced with; nothing where they stay.
    pub(crate) secret: Option<Secret>,
}

impl ReportPlan {
    /// Flags over configuration over defaults: a table on stdout, JSON and CSV into a folder.
    pub(crate) fn new(args: &ReportArgs, config: &Config, globals: &Globals) -> Result<Self, Problem> {
        let folder = args.output.clone().filter(|path| path.as_os_str() != "-");
        let configured = config.scan.formats.iter().map(|name| name.parse().map_err(Problem::usage));
        let mut formats: Vec<Format> =
            if args.format.is_empty() { configured.collect::<Result<_, _>>()? } else { args.format.clone() };
        if formats.is_empty() {
            formats = if folder.is_some() { vec![Format::Json, Format::Csv] } else { vec![Format::Table] };
        }
        formats.sort_unstable();
        formats.dedup();
        if folder.is_none() && formats.iter().map(|format| format.file_names().len()).sum::<usize>() > 1 {
            let names: Vec<&str> = formats.iter().flat_map(|format| format.file_names()).collect();
            return Err(Problem::usage(format!(
                "stdout takes one file, and this would be {}",
                names.join(", ")
            ))
            .help("name a folder with --output DIR, or one of --format table and --format json"));
        }
        // A scan may take an hour; a folder that cannot hold its reports is found before it begins.
        if let Some(folder) = &folder {
            for name in formats.iter().flat_map(|format| format.file_names()) {
                files::may_become_a_file(&folder.join(name))?;
            }
        }
        Ok(Self {
            formats,
            options: options(globals, folder.is_none()),
            folder,
            fail_on: args.fail_on.or(config.scan.fail_on),
            secret: Secret::wanted(&args.people, config)?,
        })
    }

    /// Writes all of them. Every file is replaced as a whole and readable by its owner alone. Somebody who waits at
    /// a terminal for files is told in short what is in them.
    pub(crate) fn write(&self, estate: &Estate, analysis: &Analysis, voice: Voice) -> Result<(), Problem> {
        let input = input(estate, analysis);
        for format in &self.formats {
            render(*format, &input, &self.options, |name, write| self.write_file(name, write))?;
        }
        if self.folder.is_some() && voice == Voice::Normal && std::io::stderr().is_terminal() {
            print_to_stderr(&summary(&input, &self.options));
        }
        Ok(())
    }
}

impl ReportPlan {
    /// Into the folder where there is one, else to stdout.
    fn write_file(&self, name: &str, write: WriteFile<'_>) -> Result<(), Problem> {
        match &self.folder {
            Some(folder) => files::write_with(&folder.join(name), |out| write(out).map_err(as_io)),
            None => streamed(write),
        }
    }
}

/// What went wrong with the place that was written to, where that is what went wrong.
fn as_io(error: RenderError) -> std::io::Error {
    match error {
        RenderError::Json(error) => error.into(),
        RenderError::Io(error) => error,
        other @ (RenderError::Csv(_) | RenderError::Flush(_)) => std::io::Error::other(other),
    }
}

/// Writes to stdout as it is made.
pub(crate) fn streamed(write: impl Fn(&mut dyn Write) -> Result<(), RenderError>) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    delivered(write(&mut out).map_err(as_io).and_then(|()| out.flush()))
}

/// What reports are made of.
pub(crate) fn input<'a>(estate: &'a Estate, analysis: &'a Analysis) -> Input<'a> {
    Input {
        tool_version: env!("CARGO_PKG_VERSION"),
        estate,
        ownership: &analysis.ownership,
        reaches: &analysis.reaches,
        uses: &analysis.uses,
        vaults: &analysis.vaults,
        findings: &analysis.findings,
    }
}

/// How to lay out text for people on stdout.
pub(crate) fn terminal_options(globals: &Globals) -> Options {
    options(globals, true)
}

fn options(globals: &Globals, to_stdout: bool) -> Options {
    let terminal = to_stdout && std::io::stdout().is_terminal();
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let colored = match globals.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && !no_color && !dumb,
    };
    let width =
        if terminal { terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)) } else { None };
    // What `COLUMNS=160 census … | less` says.
    let named =
        || std::env::var("COLUMNS").ok().filter(|_| to_stdout).and_then(|columns| columns.parse().ok());
    let color = if colored { ColorChoice::Always } else { ColorChoice::Never };
    Options { width: width.or_else(named).unwrap_or(DEFAULT_WIDTH), color, ..Options::default() }
}

#[allow(clippy::print_stderr, reason = "stderr is where a run says how it went")]
fn print_to_stderr(text: &str) {
    anstream::eprint!("{text}");
}

/// Columns, where nothing says how many there are.
const DEFAULT_WIDTH: usize = 100;

/// Writes bytes to stdout as they are.
pub(crate) fn stdout(bytes: &[u8]) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    delivered(out.write_all(bytes).and_then(|()| out.flush()))
}

/// How writing to stdout went. A reader that has seen enough (`| head`) is no problem.
pub(crate) fn delivered(written: std::io::Result<()>) -> Result<(), Problem> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Problem::failed(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}
