//! `census permissions`: the policy that a scan needs, and whether the current credentials have it.

use std::fmt::Write as _;

use census_provider_api::{PermissionCheck, PermissionProblem};
use census_reports::visible;

use crate::{
    cli::PermissionsArgs,
    config::Config,
    exit::Outcome,
    output, pipeline, plan,
    problem::Problem,
    providers,
};

pub fn run(args: &PermissionsArgs) -> Result<Outcome, Problem> {
    let mut config = Config::load(args.config.config.as_deref())?;
    plan::override_aws(&mut config.aws, &args.aws);
    let name = plan::provider(&args.provider)?;
    let provider = providers::all(&config)
        .into_iter()
        .find(|provider| provider.provider() == name)
        .ok_or_else(|| Problem::failed(format!("`{name}` is not in this build")))?;
    if !args.check {
        let mut policy = provider.permissions_policy();
        if !policy.ends_with('\n') {
            policy.push('\n');
        }
        output::stdout(policy.as_bytes())?;
        return Ok(Outcome::Done);
    }
    let checks = pipeline::runtime()?.block_on(provider.check_permissions())?;
    output::stdout(table(&checks).as_bytes())?;
    let holds = checks.iter().all(|check| check.outcome.is_ok());
    Ok(if holds { Outcome::Done } else { Outcome::Failed })
}

fn table(checks: &[PermissionCheck]) -> String {
    let mut text = String::new();
    for check in checks {
        let (word, detail) = match &check.outcome {
            Ok(()) => ("allowed", ""),
            Err(PermissionProblem::Denied(detail)) => ("DENIED", detail.as_str()),
            Err(PermissionProblem::Unknown(detail)) => ("unknown", detail.as_str()),
        };
        let line = format!("{word:8} {:45} {}", check.read.name(), visible(detail));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
