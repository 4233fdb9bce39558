//! The one way: documents → estate → owners and reach → findings.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Instant,
};

use census_model::{
    Estate, EstateBuilder, Finding, GapReason, Index, Ownership, PrivilegeUses, Provider as Name, Reaches,
    VaultAccesses,
};
use census_owners::Records;
use census_privilege::aws::right_size;
use census_provider_api::{
    Collector, DirStore, DocumentStore, FetchContext, FetchError, Progress, Provider, ReadError, Silent,
};
use census_reports::visible;
use census_rules::{Policies, View};
use jiff::Timestamp;

use crate::{
    clock,
    config::Config,
    logs::WithLogs,
    plan::{Origin, Save, SourcePlan},
    problem::{Problem, note},
    progress::TerminalProgress,
    providers,
};

/// Whether to say anything on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Progress and notes.
    Normal,
    /// Errors only.
    Quiet,
}

/// What owners and rules make of an estate; by default nothing.
#[derive(Default)]
pub(crate) struct Analysis {
    /// The owners.
    pub(crate) ownership: Ownership,
    /// What each identity can do.
    pub(crate) reaches: Reaches,
    /// What each identity is granted beside what it used.
    pub(crate) uses: PrivilegeUses,
    /// Who may do what in which vault.
    pub(crate) vaults: VaultAccesses,
    /// The findings.
    pub(crate) findings: Vec<Finding>,
}

/// Reads what the plan asks for.
pub(crate) fn collect(plan: &SourcePlan, config: &Config, voice: Voice) -> Result<Estate, Problem> {
    match &plan.origin {
        Origin::Folder(dir) => from_folder(dir, &plan.providers, &plan.logs, plan.as_of, config),
        Origin::Network { save, deadline } => {
            let collector = collector(save.as_ref())?;
            let deadline = deadline.and_then(|d| Instant::now().checked_add(d));
            let providers = chosen(config, &plan.providers);
            let store = fetch(&providers, collector, deadline, voice)?;
            read(&providers, &store, &plan.logs, plan.as_of)
        }
    }
}

/// Reads a folder of documents.
pub(crate) fn from_folder(
    dir: &Path,
    names: &[Name],
    logs: &[PathBuf],
    as_of: Option<Timestamp>,
    config: &Config,
) -> Result<Estate, Problem> {
    let store = DirStore::open(dir).map_err(Problem::failed)?;
    let mut providers = chosen(config, names);
    if names.is_empty() {
        providers.retain(|provider| store.paths().iter().any(|path| provider.owns(path)));
        if providers.is_empty() {
            return Err(Problem::failed(format!("no documents of a known cloud in `{}`", dir.display()))
                .help("docs/documents.md describes the files of each cloud; `census scan --help` shows how to make them"));
        }
    }
    read(&providers, &store, logs, as_of)
}

/// Matches owners and applies the rules.
pub(crate) fn analyze(estate: &Estate, records: &Records, config: &Config) -> Analysis {
    let index = Index::new(estate);
    let ownership = census_owners::correlate(&index, records, &config.owners, estate.as_of);
    let policies = Policies::new(&index);
    let reaches = policies.reaches();
    let vaults = policies.vaults();
    let view = View {
        index: &index,
        ownership: &ownership,
        reaches: &reaches,
        vaults: &vaults,
        policies: &policies,
        thresholds: &config.thresholds,
        declared: &config.declared,
    };
    let findings = census_rules::run(&view);
    Analysis { uses: right_size::of_estate(&index), ownership, reaches, vaults, findings }
}

fn chosen(config: &Config, names: &[Name]) -> Vec<Box<dyn Provider>> {
    let mut all = providers::all(config);
    all.retain(|provider| names.is_empty() || names.contains(&provider.provider()));
    all
}

fn collector(save: Option<&Save>) -> Result<Collector, Problem> {
    let now = clock::now();
    match save {
        None => Ok(Collector::in_memory(now)),
        Some(Save::Fresh(dir)) => Collector::saving(dir, now),
        Some(Save::Resume(dir)) => Collector::resuming(dir, now),
    }
    .map_err(Problem::failed)
}

fn fetch(
    providers: &[Box<dyn Provider>],
    collector: Collector,
    deadline: Option<Instant>,
    voice: Voice,
) -> Result<impl DocumentStore + use<>, Problem> {
    let terminal = (voice == Voice::Normal).then(TerminalProgress::start);
    let progress: &dyn Progress = terminal.as_ref().map_or(&Silent, |shown| shown);
    let runtime = runtime()?;
    let requests = runtime.block_on(async {
        let fetching = async {
            let mut requests = 0;
            for provider in providers {
                let context = FetchContext { collector: &collector, progress, deadline };
                requests += provider.fetch(context).await?.requests;
            }
            Ok::<u64, FetchError>(requests)
        };
        tokio::select! {
            fetched = fetching => fetched.map_err(Problem::from),
            _ = tokio::signal::ctrl_c() => Err(Problem::failed("interrupted; nothing was reported")
                .help("a scan with --save-raw can be continued with --resume")),
        }
    })?;
    // Threads that still wait for a slow server must not hold up the report.
    runtime.shutdown_background();
    drop(terminal);
    tracing::info!(requests, "fetched");
    collector.finish(clock::finished()).map_err(Problem::failed)
}

/// A runtime for the commands that call a cloud.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Problem::failed)
}

fn read(
    providers: &[Box<dyn Provider>],
    store: &dyn DocumentStore,
    logs: &[PathBuf],
    as_of: Option<Timestamp>,
) -> Result<Estate, Problem> {
    let store = WithLogs::find(store, logs)?;
    let manifest = store.manifest();
    let started = manifest.map_or_else(|| as_of.unwrap_or_else(clock::now), |m| m.collected_at);
    let finished = manifest.and_then(|m| m.finished_at).unwrap_or(started);
    let as_of = as_of.unwrap_or(started);
    let mut estate = EstateBuilder::new();
    for provider in providers {
        provider.read(&store, &mut estate)?;
    }
    Ok(estate.finish(started, finished, as_of))
}

/// How many kinds of failed reads a warning names.
const NAMED: usize = 5;

/// Says on stderr that a result is partial, and what is missing.
pub(crate) fn warn_partial(estate: &Estate, voice: Voice) {
    let mut kinds: BTreeMap<(GapReason, &str), usize> = BTreeMap::new();
    for gap in estate.gaps.iter().filter(|gap| gap.reason.is_failure()) {
        *kinds.entry((gap.reason, &gap.read)).or_default() += 1;
    }
    if kinds.is_empty() || voice == Voice::Quiet {
        return;
    }
    let failures: usize = kinds.values().sum();
    let mut text = format!("partial result: {failures} read(s) did not succeed; every report lists them");
    for ((reason, read), number) in kinds.iter().take(NAMED) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{reason}: {}", visible(read));
        if *number > 1 {
            let _ = write!(text, ", {number} times");
        }
    }
    if kinds.len() > NAMED {
        text.push_str("\n…");
    }
    note("warning", &text);
}

impl From<FetchError> for Problem {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Credentials { what, help } => Self::failed(what).help(help),
            FetchError::Options { what, help } => Self::usage(what).help(help),
            FetchError::Save(error) => Self::failed(error),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match &error {
            ReadError::Nothing { expected, .. } => {
                let help = format!("expected {expected}");
                Self::failed(&error).help(help)
            }
            ReadError::Store(_) | ReadError::Document { .. } => Self::failed(&error),
        }
    }
}
