//! `census explain`: one identity, for somebody who has ten minutes.

use census_reports::{explain, explain_json};

use crate::{
    cli::{ExplainArgs, Globals, TextFormat},
    commands::{estate, voice},
    exit::Outcome,
    lookup, output, pipeline,
    problem::Problem,
};

pub(crate) fn run(args: &ExplainArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let (estate, analysis) = estate::analyzed(&args.analyzed)?;
    let identity = lookup::identity(&estate, &args.identity)?;
    let input = output::input(&estate, &analysis);
    let text = match args.format {
        TextFormat::Text => explain(&input, identity, &output::terminal_options(globals)).into_bytes(),
        TextFormat::Json => explain_json(&input, identity).map_err(Problem::failed)?,
    };
    output::stdout(&text)?;
    pipeline::warn_partial(&estate, voice(globals));
    Ok(Outcome::of_answer(&estate))
}
