//! `census collect`: fetch and read, nothing else.

use crate::{
    cli::{CollectArgs, Globals},
    commands::voice,
    exit::{Coverage, Outcome, Threshold},
    pipeline, plan,
    problem::Problem,
    state,
};

pub(crate) fn run(args: &CollectArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let (plan, config) = plan::source(&args.source, &args.config)?;
    let estate = pipeline::collect(&plan, &config, voice(globals))?;
    state::save(&args.output, &estate)?;
    state::keep_last(config.state.dir.as_deref(), &estate)?;
    pipeline::warn_partial(&estate, voice(globals));
    let coverage = if estate.is_complete() { Coverage::Complete } else { Coverage::Partial };
    Ok(Outcome::of_scan(coverage, Threshold::Below))
}
