//! What several commands do with an estate.

use census_model::Estate;
use census_owners::Registry;

use crate::{
    cli::{ConfigArgs, EstateArgs, Globals},
    commands::voice,
    config::Config,
    exit::{Coverage, Outcome, Threshold},
    output::ReportPlan,
    pipeline, plan,
    problem::Problem,
    state,
};

/// The estate that `--estate`, `--from` or neither names.
pub(crate) fn chosen(
    args: &EstateArgs,
    config_args: &ConfigArgs,
    config: &Config,
) -> Result<Estate, Problem> {
    let as_of = plan::as_of(config_args)?;
    let mut estate = match (&args.estate, &args.from) {
        (Some(file), _) => state::load(file)?,
        (None, Some(dir)) => return pipeline::from_folder(dir, &[], as_of, config),
        (None, None) => state::last(config.state.dir.as_deref())?,
    };
    if let Some(as_of) = as_of {
        estate.as_of = as_of;
    }
    Ok(estate)
}

/// Analyses an estate, writes the reports and chooses the outcome.
pub(crate) fn report(
    estate: &Estate,
    registry: &Registry,
    config: &Config,
    reports: &ReportPlan,
    globals: &Globals,
) -> Result<Outcome, Problem> {
    let analysis = pipeline::analyze(estate, registry, config);
    reports.write(estate, &analysis)?;
    pipeline::warn_partial(estate, voice(globals));
    let coverage = if estate.is_complete() { Coverage::Complete } else { Coverage::Partial };
    let reached = reports
        .fail_on
        .is_some_and(|limit| analysis.findings.iter().any(|finding| finding.severity >= limit));
    Ok(Outcome::of_scan(coverage, if reached { Threshold::Reached } else { Threshold::Below }))
}
