//! `census permissions`: the policy that a scan needs, and whether the current credentials have it.

use std::fmt::Write as _;

use census_provider_api::{DeclaredRead, Need, PermissionCheck, PermissionProblem};
use census_reports::visible;

use crate::{
    cli::{PermissionsArgs, PermissionsFormat},
    config::Config,
    exit::Outcome,
    output, pipeline, plan,
    problem::Problem,
    providers,
};

pub(crate) fn run(args: &PermissionsArgs) -> Result<Outcome, Problem> {
    let mut config = Config::load(args.config.config.as_deref())?;
    plan::override_clouds(&mut config, &args.clouds, args.deep);
    let name = plan::provider(&args.provider)?;
    let provider = providers::all(&config)
        .into_iter()
        .find(|provider| provider.provider() == name)
        .ok_or_else(|| Problem::failed(format!("`{name}` is not in this build")))?;
    if !args.check {
        let text = match args.format {
            PermissionsFormat::Policy => provider.permissions_policy().trim_end().to_owned() + "\n",
            PermissionsFormat::Markdown => markdown(provider.reads()),
        };
        output::stdout(text.as_bytes())?;
        return Ok(Outcome::Done);
    }
    let checks = pipeline::runtime()?.block_on(provider.check_permissions())?;
    output::stdout(table(&checks).as_bytes())?;
    let holds = checks.iter().all(|check| check.outcome.is_ok());
    Ok(if holds { Outcome::Done } else { Outcome::Failed })
}

fn markdown(reads: &[DeclaredRead]) -> String {
    let mut text = "| operation | permissions | when | what is learnt |\n|---|---|---|---|\n".to_owned();
    for read in reads {
        let when = match read.need {
            Need::Scope => "always",
            Need::Organization => "organization",
            Need::Deep => "`--deep`",
            Need::Workloads => "every account, but for `--no-workloads`",
            Need::ResourcePolicies => "every account, but for `--no-resource-policies`",
            Need::IdentityCenter => {
                "the caller alone, for accounts with roles of IAM Identity Center, but for `--no-identity-center`"
            }
            Need::Enter => "entering an account",
        };
        let permissions = match read.permissions {
            [] => "none".to_owned(),
            some => some.iter().map(|permission| format!("`{permission}`")).collect::<Vec<_>>().join(", "),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| `{}:{}` | {permissions} | {when} | {} |",
            read.service, read.operation, read.why
        );
    }
    text
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
