//! `census registry`: whether what was written down about owners can be read, and where it contradicts itself.

use std::fmt::Write as _;

use census_owners::{Clash, ClashKind, Records};
use census_reports::visible;
use serde::Serialize;

use crate::{
    cli::{RegistryCheckArgs, TextFormat},
    config::Config,
    exit::Outcome,
    output,
    problem::Problem,
    registry,
};

pub(crate) fn run(args: &RegistryCheckArgs) -> Result<Outcome, Problem> {
    let config = Config::load(args.config.config.as_deref())?;
    let files = registry::named(&args.registry, &config);
    let records = registry::load(files, &config.sources)?;
    if records.intakes().is_empty() {
        return Err(Problem::usage("there is no registry to check")
            .help("name one with --registry FILE, or in the `[registry]` or `[sources]` of census.toml"));
    }
    let clashes = records.clashes(&config.owners.aliases);
    let text = match args.answer.format {
        TextFormat::Text => text(&records, &clashes),
        TextFormat::Json => json(&records, &clashes)?,
    };
    output::stdout(text.as_bytes())?;
    let holds = clashes.iter().all(|clash| clash.kind == ClashKind::Duplicate);
    Ok(if holds { Outcome::Done } else { Outcome::Failed })
}

fn text(records: &Records, clashes: &[Clash]) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    for intake in records.intakes() {
        let _ = write!(text, "{}  {}: {} taken", visible(&intake.file), intake.format, intake.taken);
        if intake.left_out > 0 {
            let _ = write!(text, ", {} left out that name no identity or no owner", intake.left_out);
        }
        text.push('\n');
    }
    let (people, groups) = (records.directory.people(), records.directory.groups());
    let entries = records.registry.entries().len();
    let _ = writeln!(text, "\n{entries} registry entries, {people} people, {groups} teams");
    for clash in clashes {
        let _ = writeln!(text, "\n{}: {}", clash.kind.as_str(), meaning(clash.kind));
        for entry in &clash.entries {
            let owner = entry.business_owner.as_deref().unwrap_or("no owner");
            let (place, identity) = (entry.location.to_string(), visible(&entry.identity));
            let _ = writeln!(text, "  {}  {identity}: {}", visible(&place), visible(owner));
        }
    }
    text
}

fn meaning(kind: ClashKind) -> &'static str {
    match kind {
        ClashKind::Duplicate => "the same identity and owner, one entry is enough",
        ClashKind::Contradiction => "the same identity, different owners",
        ClashKind::Overlap => {
            "patterns of equal specificity can match the same identity, with different owners"
        }
    }
}

#[derive(Serialize)]
struct Report<'r> {
    schema: &'static str,
    files: Vec<File<'r>>,
    entries: usize,
    people: usize,
    teams: usize,
    clashes: Vec<ClashOut<'r>>,
}

#[derive(Serialize)]
struct File<'r> {
    file: &'r str,
    format: &'r str,
    taken: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct ClashOut<'r> {
    kind: &'static str,
    entries: Vec<EntryOut<'r>>,
}

#[derive(Serialize)]
struct EntryOut<'r> {
    file: &'r str,
    line: u64,
    identity: &'r str,
    business_owner: Option<&'r str>,
}

fn json(records: &Records, clashes: &[Clash]) -> Result<String, Problem> {
    let files = records.intakes().iter().map(|intake| File {
        file: &intake.file,
        format: intake.format,
        taken: intake.taken,
        left_out: intake.left_out,
    });
    let clashes = clashes.iter().map(|clash| ClashOut {
        kind: clash.kind.as_str(),
        entries: clash
            .entries
            .iter()
            .map(|entry| EntryOut {
                file: &entry.location.file,
                line: entry.location.line,
                identity: &entry.identity,
                business_owner: entry.business_owner.as_deref(),
            })
            .collect(),
    });
    let report = Report {
        schema: "census.registry-check/1",
        files: files.collect(),
        entries: records.registry.entries().len(),
        people: records.directory.people(),
        teams: records.directory.groups(),
        clashes: clashes.collect(),
    };
    serde_json::to_string_pretty(&report).map(|text| text + "\n").map_err(Problem::failed)
}
