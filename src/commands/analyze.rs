//! `census analyze`: what follows reading, for one or more estates.

use census_model::Estate;

use crate::{
    cli::{AnalyzeArgs, Globals},
    commands::estate::report,
    config::Config,
    exit::Outcome,
    output::ReportPlan,
    plan,
    problem::Problem,
    registry, state,
};

pub(crate) fn run(args: &AnalyzeArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let config = Config::load(args.config.config.as_deref())?;
    let reports = ReportPlan::new(&args.report, &config, globals)?;
    let records = registry::load(registry::named(&args.registry, &config), &config.sources)?;
    let estates = args.estates.iter().map(|path| state::load(path)).collect::<Result<Vec<_>, _>>()?;
    let mut estate = Estate::merge(estates).ok_or_else(|| Problem::usage("no estate file is named"))?;
    if let Some(as_of) = plan::as_of(&args.clock)? {
        estate.as_of = as_of;
    }
    report(estate, &records, &config, &reports, globals)
}
