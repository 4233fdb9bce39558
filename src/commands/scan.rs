//! `census scan`: everything, from the clouds or a folder to reports.

use crate::{
    cli::{Globals, ScanArgs},
    commands::{estate::report, voice},
    exit::Outcome,
    output::ReportPlan,
    pipeline, plan,
    problem::Problem,
    registry,
    state::{self, JudgedBy},
};

pub(crate) fn run(args: &ScanArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let (plan, config) = plan::source(&args.source, &args.clouds, &args.config, &args.clock)?;
    // What can be wrong on this side is found before the first call.
    let reports = ReportPlan::new(&args.report, &config, globals)?;
    let registries = registry::named(&args.registry, &config);
    let records = registry::load(registries, &config.sources)?;
    let estate = pipeline::collect(&plan, &config, voice(globals))?;
    state::keep_last(&config, &estate, &JudgedBy::new(&config, registries), voice(globals));
    report(estate, &records, &config, &reports, globals)
}
