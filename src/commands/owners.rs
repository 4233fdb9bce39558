//! `census owners`: who owns what, by which evidence.

use std::path::Path;

use census_model::{Estate, Index, OwnerStatus};
use census_reports::{OwnerFilter, owners_csv, owners_json, owners_table};

use crate::{
    cli::{Globals, OwnersArgs, RowsFormat},
    commands::{estate, voice},
    exit::Outcome,
    files, output,
    pipeline::{self, Analysis, Voice},
    problem::{Problem, note},
};

pub(crate) fn run(args: &OwnersArgs, globals: &Globals) -> Result<Outcome, Problem> {
    if let Some(file) = &args.suggest {
        may_suggest(file)?;
    }
    let (estate, analysis) = estate::analyzed(&args.analyzed)?;
    if let Some(file) = &args.suggest {
        suggest(file, &estate, &analysis, voice(globals))?;
    }
    let input = output::input(&estate, &analysis);
    let filter = OwnerFilter {
        statuses: if args.unowned { vec![OwnerStatus::Unowned] } else { args.status.clone() },
        states: args.state.clone(),
        who: args.owner.clone(),
        scope: args.scope.clone(),
    };
    let text = match args.format {
        RowsFormat::Table => owners_table(&input, &filter, &output::terminal_options(globals)).into_bytes(),
        RowsFormat::Csv => owners_csv(&input, &filter).map_err(Problem::failed)?,
        RowsFormat::Json => owners_json(&input, &filter).map_err(Problem::failed)?,
    };
    output::stdout(&text)?;
    pipeline::warn_partial(&estate, voice(globals));
    Ok(Outcome::of_answer(&estate))
}

/// A registry is written by people; a suggestion never replaces one.
fn may_suggest(file: &Path) -> Result<(), Problem> {
    if file.exists() {
        return Err(Problem::usage(format!("`{}` is already there", file.display())).help(
            "a suggestion replaces no file: name a new one, and copy what is right into your registry",
        ));
    }
    files::may_become_a_file(file)
}

fn suggest(file: &Path, estate: &Estate, analysis: &Analysis, voice: Voice) -> Result<(), Problem> {
    let stub = census_owners::suggest(&Index::new(estate), &analysis.ownership);
    files::write(file, stub.as_bytes())?;
    if voice == Voice::Normal {
        let shown = file.display();
        note("note", &format!("wrote a registry stub to `{shown}`: complete it and have it reviewed"));
    }
    Ok(())
}
