//! `census vaults`: who may do what in which vault, and who could make itself able to.

use std::io::Write;

use census_model::{Estate, Vault};
use census_reports::{VaultsOf, vaults_text, write_vaults_csv, write_vaults_json};

use crate::{
    cli::{Globals, VaultsArgs, VaultsFormat},
    commands::{estate, voice},
    exit::Outcome,
    lookup, output, pipeline,
    problem::Problem,
};

pub(crate) fn run(args: &VaultsArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let (estate, analysis) = estate::analyzed(&args.analyzed)?;
    let of = args.of.as_deref().map_or(Ok(VaultsOf::All), |name| find(&estate, name))?;
    let input = output::input(&estate, &analysis);
    match args.format {
        VaultsFormat::Text => {
            output::stdout(vaults_text(&input, of, &output::terminal_options(globals)).as_bytes())?;
        }
        VaultsFormat::Csv => output::streamed(|out: &mut dyn Write| write_vaults_csv(&input, of, out))?,
        VaultsFormat::Json => output::streamed(|out: &mut dyn Write| write_vaults_json(&input, of, out))?,
    }
    pipeline::warn_partial(&estate, voice(globals));
    Ok(Outcome::of_answer(&estate))
}

/// The vault of this id, address or name, else the identity of this name.
fn find<'e>(estate: &'e Estate, wanted: &str) -> Result<VaultsOf<'e>, Problem> {
    let is_id = |vault: &&Vault| {
        vault.id.as_str() == wanted
            || vault.native_id.eq_ignore_ascii_case(wanted)
            || vault.uri.as_deref().is_some_and(|uri| uri.eq_ignore_ascii_case(wanted.trim_end_matches('/')))
    };
    if let Some(vault) = estate.vaults.iter().find(is_id) {
        return Ok(VaultsOf::Vault(vault));
    }
    let named: Vec<&Vault> =
        estate.vaults.iter().filter(|vault| vault.name.eq_ignore_ascii_case(wanted)).collect();
    match (named.as_slice(), lookup::identity(estate, wanted)) {
        ([], Ok(identity)) => Ok(VaultsOf::Identity(identity)),
        (_, Err(problem)) if lookup::means_several(estate, wanted) => Err(problem),
        ([vault], Err(_)) => Ok(VaultsOf::Vault(vault)),
        ([], Err(problem)) => Err(unknown(estate, wanted, problem)),
        (several, found) => {
            let ids = several.iter().map(|vault| &*vault.native_id);
            let ids: Vec<&str> = ids.chain(found.ok().map(|identity| &*identity.native_id)).collect();
            Err(Problem::failed(format!("`{wanted}` means {} vaults and identities", ids.len()))
                .help(format!("name one of them:\n{}", ids.join("\n"))))
        }
    }
}

fn unknown(estate: &Estate, wanted: &str, problem: Problem) -> Problem {
    if estate.vaults.is_empty() {
        return problem;
    }
    Problem::failed(format!("no vault and no identity is called `{wanted}`"))
        .help("`census vaults` lists the vaults, and population.csv every identity")
}

#[cfg(test)]
mod tests {
    use census_fixtures::azure;
    use census_model::{EstateBuilder, Identity};

    use super::*;

    fn estate() -> Estate {
        let mut estate = EstateBuilder::new();
        azure::tenant(&mut estate);
        estate.vault(azure::vault("payments"));
        estate.vault(azure::vault("billing"));
        estate.identity(azure::service_principal("billing"));
        estate.identity(azure::service_principal("nightly"));
        for id in ["one", "two"] {
            estate.identity(Identity { name: "twin".into(), ..azure::service_principal(id) });
        }
        census_fixtures::finish(estate)
    }

    #[test]
    fn a_name_is_a_vault_s_or_an_identity_s() {
        let estate = estate();
        for name in ["payments", "PAYMENTS", "https://payments.vault.azure.net/", &estate.vaults[1].native_id]
        {
            assert!(
                matches!(find(&estate, name), Ok(VaultsOf::Vault(vault)) if &*vault.name == "payments"),
                "{name}"
            );
        }
        assert!(matches!(find(&estate, "nightly"), Ok(VaultsOf::Identity(_))));
    }

    #[test]
    fn what_means_several_or_nothing_says_what_to_type() {
        let estate = estate();
        let problem = find(&estate, "billing").unwrap_err();
        assert!(problem.to_string().contains("means 2 vaults and identities"), "{problem}");
        let problem = find(&estate, "twin").unwrap_err();
        assert!(problem.to_string().contains("2 identities"), "{problem}");
        let problem = find(&estate, "nobody").unwrap_err();
        assert!(problem.to_string().contains("no vault and no identity"), "{problem}");
        assert!(problem.advice().unwrap().contains("census vaults"));
    }
}
