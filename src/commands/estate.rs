//! What several commands do with an estate.

use census_model::Estate;
use census_owners::Records;

use crate::{
    cli::{AnalyzedArgs, Globals, LoadedArgs, RegistryArgs},
    commands::voice,
    config::Config,
    exit::{Coverage, Outcome, Threshold},
    output::ReportPlan,
    people::{self, Secret},
    pipeline::{self, Analysis},
    plan,
    problem::Problem,
    registry,
    state::{self, JudgedBy},
};

/// The estate that `--estate`, `--from` or neither names, as it was read.
pub(crate) fn loaded(args: &LoadedArgs) -> Result<Estate, Problem> {
    Ok(Loaded::new(args)?.estate)
}

/// The same, with what owners and rules make of it.
///
/// The last estate is judged as its scan judged it, unless another configuration or registry is named: whoever asks
/// who owns something expects the answer that the scan gave.
pub(crate) fn analyzed(args: &AnalyzedArgs) -> Result<(Estate, Analysis), Problem> {
    let Judged { estate, config, records, .. } = judged(args)?;
    let secret = Secret::wanted(&args.people, &config)?;
    let analysis = pipeline::analyze(&estate, &records, &config);
    people::redacted((estate, analysis), &records, secret.as_ref())
}

/// An estate, and by what it is judged.
pub(crate) struct Judged {
    pub(crate) estate: Estate,
    pub(crate) config: Config,
    /// The files that were named, now or for the last scan.
    pub(crate) flags: RegistryArgs,
    pub(crate) records: Records,
}

/// The same, not analysed.
pub(crate) fn judged(args: &AnalyzedArgs) -> Result<Judged, Problem> {
    let Loaded { estate, config, judged_by } = Loaded::new(&args.loaded)?;
    let (config, flags, records) = match judged_by {
        Some(judged_by) => recalled(&judged_by, config, &args.registry)?,
        None => {
            let records = registry::load(registry::named(&args.registry, &config), &config.sources)?;
            (config, args.registry.clone(), records)
        }
    };
    Ok(Judged { estate, config, flags, records })
}

/// An estate, and what there is to judge it by.
struct Loaded {
    estate: Estate,
    config: Config,
    /// What judged the last scan, where the estate is its and no other configuration is named.
    judged_by: Option<JudgedBy>,
}

impl Loaded {
    fn new(args: &LoadedArgs) -> Result<Self, Problem> {
        let config = Config::load(args.config.config.as_deref())?;
        let as_of = plan::as_of(&args.clock)?;
        let (mut estate, judged_by) = match (&args.estate.estate, &args.estate.from) {
            (Some(file), _) => (state::load(file)?, None),
            (None, Some(dir)) => (pipeline::from_folder(dir, &[], &[], as_of, &config)?, None),
            (None, None) => {
                let (estate, judged_by) = state::last(config.state.dir.as_deref())?;
                (estate, Some(judged_by).filter(|_| args.config.config.is_none()))
            }
        };
        if let Some(as_of) = as_of {
            estate.as_of = as_of;
        }
        Ok(Self { estate, config, judged_by })
    }
}

/// What judged the last scan; where that was nothing, what there is now.
fn recalled(
    judged_by: &JudgedBy,
    here: Config,
    args: &RegistryArgs,
) -> Result<(Config, RegistryArgs, Records), Problem> {
    let help = "the last scan used this file; name another with --config or --registry";
    let config = match &judged_by.config {
        Some(path) => Config::recall(path).map_err(|problem| problem.help(help))?,
        None => here,
    };
    let flags = RegistryArgs {
        registry: if args.registry.is_empty() { &judged_by.registries } else { &args.registry }.clone(),
        attestations: args.attestations.as_ref().or(judged_by.attestations.as_ref()).cloned(),
    };
    let of_scan = args.registry.is_empty() && !flags.registry.is_empty();
    let records = registry::load(registry::named(&flags, &config), &config.sources)
        .map_err(|problem| if of_scan { problem.help(help) } else { problem })?;
    Ok((config, flags, records))
}

/// Analyses an estate, writes the reports and chooses the outcome.
pub(crate) fn report(
    estate: Estate,
    records: &Records,
    config: &Config,
    reports: &ReportPlan,
    globals: &Globals,
) -> Result<Outcome, Problem> {
    let analysis = pipeline::analyze(&estate, records, config);
    let (estate, analysis) = people::redacted((estate, analysis), records, reports.secret.as_ref())?;
    reports.write(&estate, &analysis, voice(globals))?;
    pipeline::warn_partial(&estate, voice(globals));
    let reached = reports
        .fail_on
        .is_some_and(|limit| analysis.findings.iter().any(|finding| finding.severity >= limit));
    Ok(Outcome::of_scan(Coverage::of(&estate), if reached { Threshold::Reached } else { Threshold::Below }))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_last_scan_s_configuration_and_registries_count_until_others_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path: PathBuf = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let judged_by = JudgedBy {
            config: Some(file("census.toml", "[aws]\nprofile = \"admin\"\n[thresholds]\nunused_days = 7\n")),
            registries: vec![file(
                "a.csv",
                "identity,business_owner\none,a@example.com\ntwo,a@example.com\n",
            )],
            attestations: None,
        };
        let (config, _, records) = recalled(&judged_by, Config::default(), &RegistryArgs::default()).unwrap();
        assert_eq!((config.thresholds.unused_days, records.registry.entries().len()), (7, 2));
        assert_eq!(config.aws.profile, None, "nothing is called on its account");

        let other = RegistryArgs {
            registry: vec![file("b.csv", "identity,business_owner\none,b@example.com\n")],
            attestations: None,
        };
        assert_eq!(recalled(&judged_by, Config::default(), &other).unwrap().2.registry.entries().len(), 1);

        std::fs::remove_file(&judged_by.registries[0]).unwrap();
        let problem = recalled(&judged_by, Config::default(), &RegistryArgs::default()).unwrap_err();
        assert!(problem.advice().unwrap().contains("--registry"), "{problem}");
    }
}
