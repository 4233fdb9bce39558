//! `census review`: campaigns, from sheets for owners to lines in the log.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use census_model::{Identity, Index};
use census_owners::{
    Answer, AnswerReader, Answering, Campaign, Extent, FileProgress, MAX_TABLE_BYTES, Selection,
};
use census_reports::{
    ReviewCounts, ReviewFile, ReviewSheets, ReviewStatus, review_status, review_status_json, visible,
};

use crate::{
    cli::{
        Globals, RegistryArgs, ReviewAnswersArgs, ReviewCommand, ReviewOpenArgs, ReviewStatusArgs, TextFormat,
    },
    clock,
    commands::{
        attesting::Attesting,
        estate::{self, Judged},
        voice,
    },
    config::Config,
    exit::Outcome,
    files, output, pipeline,
    problem::Problem,
    registry,
};

/// What a campaign keeps of itself, beside its sheets.
const CAMPAIGN: &str = "campaign.json";

/// The largest campaign that is read, in bytes.
const MAX_CAMPAIGN_BYTES: u64 = 1 << 30;

pub(crate) fn run(command: &ReviewCommand, globals: &Globals) -> Result<Outcome, Problem> {
    match command {
        ReviewCommand::Open(args) => open(args, globals),
        ReviewCommand::Answers(args) => answers(args, globals),
        ReviewCommand::Status(args) => status(args, globals),
    }
}

fn open(args: &ReviewOpenArgs, globals: &Globals) -> Result<Outcome, Problem> {
    if args.analyzed.people.redact_people {
        return Err(Problem::usage(
            "a campaign goes to the people whom it names, so `--redact-people` cannot be",
        )
        .help("leave the flag out; `census review status` names owners by their files"));
    }
    may_hold_a_campaign(&args.dir)?;
    let Judged { estate, config, records, .. } = estate::judged(&args.analyzed)?;
    let analysis = pipeline::analyze(&estate, &records, &config);
    let selection = Selection {
        extent: if args.all { Extent::All } else { Extent::Due(args.due_within) },
        owners: args.owner.iter().map(|who| who.as_str().into()).collect(),
    };
    let written = (&records, &config.owners);
    let campaign = Campaign::open(&estate, &analysis.ownership, written, &selection, clock::now());
    if campaign.files.is_empty() {
        output::stdout(b"nothing is due for review, no campaign was opened\n")?;
        pipeline::warn_partial(&estate, voice(globals));
        return Ok(Outcome::of_answer(&estate));
    }
    let index = Index::new(&estate);
    let input = output::input(&estate, &analysis);
    let sheets = ReviewSheets::new(&input);
    let mut text = String::new();
    for (name, file) in &campaign.files {
        let asked: Vec<&Identity> =
            file.identities.iter().filter_map(|one| index.native(&one.identity)).collect();
        let sheet = sheets.sheet(&asked).map_err(Problem::failed)?;
        files::write(&args.dir.join(&**name), &sheet)?;
        let owner = file.owner.as_deref().unwrap_or("no registered owner");
        text.push_str(&visible(&format!("{name}  {owner}: {} to review", asked.len())));
        text.push('\n');
    }
    // Last, so that a folder with it is whole.
    files::write(&args.dir.join(CAMPAIGN), &campaign.to_json().map_err(Problem::failed)?)?;
    output::stdout(text.as_bytes())?;
    pipeline::warn_partial(&estate, voice(globals));
    Ok(Outcome::of_answer(&estate))
}

/// A campaign replaces no file: what somebody filled in is not lost.
fn may_hold_a_campaign(dir: &Path) -> Result<(), Problem> {
    let shown = dir.display();
    match fs::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Problem::usage(format!("`{shown}` is not empty"))
                .help("a review replaces no file: name a new folder, or an empty one")),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Problem::usage(format!("cannot write to `{shown}`: {error}"))),
    }
}

fn campaign(dir: &Path) -> Result<Campaign, Problem> {
    let help = "`census review open DIR` writes it; --campaign names the folder of sheets that lie elsewhere";
    let path = dir.join(CAMPAIGN);
    let bytes = files::read(&path, MAX_CAMPAIGN_BYTES).map_err(|e| Problem::usage(e).help(help))?;
    Campaign::from_json(&bytes)
        .map_err(|error| Problem::usage(format!("`{}`: {error}", path.display())).help(help))
}

/// The folder of the campaign that the sheets are of.
fn folder(args: &ReviewAnswersArgs) -> Result<PathBuf, Problem> {
    if let Some(dir) = &args.campaign {
        return Ok(dir.clone());
    }
    let mut folders: Vec<&Path> = args.files.iter().filter_map(|file| file.parent()).collect();
    folders.dedup();
    match folders.as_slice() {
        [only] if only.as_os_str().is_empty() => Ok(PathBuf::from(".")),
        [only] => Ok(only.to_path_buf()),
        _ => Err(Problem::usage("the sheets lie in several folders")
            .help("take those of one campaign at a time, or name its folder with --campaign DIR")),
    }
}

fn answers(args: &ReviewAnswersArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let campaign = campaign(&folder(args)?)?;
    let attesting = Attesting::new(&args.present, &args.attestor)?;
    let Judged { estate, config, records, .. } = &attesting.judged;
    let index = Index::new(estate);
    let answering = Answering {
        index: &index,
        written: records,
        config: &config.owners,
        by: &attesting.by,
        at: attesting.at,
    };
    let mut reader = AnswerReader::new(&campaign, answering);
    for path in &args.files {
        let mut file = files::open(path, MAX_TABLE_BYTES).map_err(Problem::usage)?;
        reader.read(&path.display().to_string(), &mut file).map_err(|error| {
            Problem::failed(error).help("nothing was written: correct the sheet and take it again")
        })?;
    }
    attesting.warn(voice(globals));
    let mut written = 0;
    if !reader.answers().is_empty() {
        attesting.append(|log| {
            let is_new = |one: &&Answer| !one.is_known(log.attestations(), &campaign);
            let mut lines = String::new();
            for answer in reader.answers().iter().filter(is_new) {
                let line = attesting.signed(answer.line.clone())?;
                lines.push_str(&line.to_line().map_err(Problem::failed)?);
                written += 1;
            }
            Ok(lines)
        })?;
    }
    let known = reader.answers().len() - written;
    let said = format!(
        "{written} attestations by {} written to {}; {known} known already, {} rows without a decision",
        attesting.by,
        attesting.log.display(),
        reader.unanswered(),
    );
    output::stdout(format!("{}\n", visible(&said)).as_bytes())?;
    Ok(Outcome::Done)
}

fn status(args: &ReviewStatusArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let campaign = campaign(&args.dir)?;
    let config = Config::load(args.config.config.as_deref())?;
    let flags = RegistryArgs { registry: Vec::new(), attestations: args.attestations.clone() };
    let named = registry::named(&flags, &config);
    if named.log.is_none() {
        return Err(Problem::usage("there is no attestation log to count by").help(
            "name it with --attestations FILE, or as `attestations` in the `[registry]` of the configuration",
        ));
    }
    let records = registry::load_log(named)?;
    let as_of = args.as_of.as_deref().map(clock::parse_as_of).transpose()?.unwrap_or_else(clock::now);
    let today = jiff::tz::Offset::UTC.to_datetime(as_of).date();
    let files = campaign.progress(records.attestations(), today).into_iter().map(file).collect();
    let status = ReviewStatus::new(campaign.opened, as_of, files);
    let text = match args.answer.format {
        TextFormat::Text => review_status(&status, &output::terminal_options(globals)).into_bytes(),
        TextFormat::Json => review_status_json(&status).map_err(Problem::failed)?,
    };
    output::stdout(&text)?;
    Ok(Outcome::Done)
}

fn file(progress: FileProgress) -> ReviewFile {
    let FileProgress { file, owner, identities, asked, answered, kept, changed, removed, open, overdue } =
        progress;
    ReviewFile {
        file: file.into(),
        owner: owner.map(Into::into),
        counts: ReviewCounts { identities, asked, answered, kept, changed, removed, open, overdue },
    }
}
