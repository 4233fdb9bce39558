//! `census scan`: everything, from the clouds or a folder to reports.

use crate::{
    cli::{Globals, ScanArgs},
    commands::{estate::report, voice},
    exit::Outcome,
    output::ReportPlan,
    pipeline, plan,
    problem::Problem,
    registry, state,
};

pub(crate) fn run(args: &ScanArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let (plan, config) = plan::source(&args.source, &args.config)?;
    // What can be wrong on this side is found before the first call.
    let reports = ReportPlan::new(&args.report, &config, globals)?;
    let registry = registry::load(&args.registry.registry, &config)?;
    let estate = pipeline::collect(&plan, &config, voice(globals))?;
    state::keep_last(config.state.dir.as_deref(), &estate)?;
    report(&estate, &registry, &config, &reports, globals)
}
