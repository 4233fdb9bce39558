//! `census owners`: who owns what, by which evidence.

use census_model::Index;
use census_provider_api::save::write_private;
use census_reports::{Input, OwnerFilter, owners_csv, owners_json, owners_table};

use crate::{
    cli::{Globals, OwnersArgs, RowsFormat},
    commands::{estate, voice},
    config::Config,
    exit::Outcome,
    output, pipeline,
    problem::{Problem, note},
    registry,
};

pub(crate) fn run(args: &OwnersArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let config = Config::load(args.config.config.as_deref())?;
    let registry = registry::load(&args.registry.registry, &config)?;
    let estate = estate::chosen(&args.estate, &args.config, &config)?;
    let analysis = pipeline::analyze(&estate, &registry, &config);
    if let Some(file) = &args.suggest {
        let stub = census_owners::suggest(&Index::new(&estate), &analysis.ownership);
        write_private(file, stub.as_bytes()).map_err(Problem::failed)?;
        note(
            "note",
            &format!("wrote a registry stub to `{}`: complete it and have it reviewed", file.display()),
        );
    }
    let input = Input {
        tool_version: output::VERSION,
        estate: &estate,
        ownership: &analysis.ownership,
        findings: &analysis.findings,
    };
    let filter = if args.unowned { OwnerFilter::Unowned } else { OwnerFilter::All };
    let text = match args.format {
        RowsFormat::Table => owners_table(&input, filter, &output::terminal_options(globals)).into_bytes(),
        RowsFormat::Csv => owners_csv(&input, filter).map_err(Problem::failed)?,
        RowsFormat::Json => owners_json(&input, filter).map_err(Problem::failed)?,
    };
    output::stdout(&text)?;
    pipeline::warn_partial(&estate, voice(globals));
    Ok(Outcome::Done)
}
