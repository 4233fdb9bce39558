//! `--redact-people`: people's names out of what is handed on.

use std::path::{Path, PathBuf};

use census_model::Estate;
use census_owners::{Records, Redactor, Speech};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{cli::PeopleArgs, config::Config, files, pipeline::Analysis, problem::Problem, state};

/// The largest secret that is read, in bytes.
const MAX_SECRET_BYTES: u64 = 4096;

/// The shortest secret that is taken, in characters.
const SHORTEST_SECRET: usize = 16;

const SECRET: &str = "pseudonym-secret";

/// What is told of people.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PeopleConfig {
    /// Replace people's names in reports by pseudonyms, as `--redact-people` does. Default: no.
    pub(crate) redact: bool,
    /// The file with the secret that pseudonyms are made with, one line; the same secret gives the same pseudonyms.
    /// Default: one that census makes in its state folder.
    pub(crate) secret_file: Option<PathBuf>,
}

/// What pseudonyms are made with.
#[derive(Debug)]
pub(crate) struct Secret(String);

impl Secret {
    /// The secret, where names are to be replaced. Asked for before a scan begins, which may take an hour.
    pub(crate) fn wanted(args: &PeopleArgs, config: &Config) -> Result<Option<Self>, Problem> {
        if !args.redact_people && !config.people.redact {
            return Ok(None);
        }
        let path = match &config.people.secret_file {
            Some(path) => path.clone(),
            None => made(&state::dir(config.state.dir.as_deref())?.join(SECRET))?,
        };
        let bytes = files::read(&path, MAX_SECRET_BYTES).map_err(Problem::usage)?;
        let secret = String::from_utf8_lossy(&bytes).trim().to_owned();
        if secret.len() < SHORTEST_SECRET {
            return Err(Problem::usage(format!(
                "`{}` holds no secret of {SHORTEST_SECRET} characters or more",
                path.display()
            ))
            .help(
                "pseudonyms made with a short one can be guessed; `openssl rand -hex 32` makes a good one",
            ));
        }
        Ok(Some(Self(secret)))
    }
}

/// What was read and what was made of it, without people's names where there is a secret.
pub(crate) fn redacted(
    (estate, analysis): (Estate, Analysis),
    records: &Records,
    secret: Option<&Secret>,
) -> Result<(Estate, Analysis), Problem> {
    let Some(Secret(secret)) = secret else { return Ok((estate, analysis)) };
    let redactor =
        Redactor::new(records, &estate, &analysis.ownership, secret).map_err(|error| cannot(&error))?;
    let things = Speech::OfThings;
    let redacted = Analysis {
        ownership: redactor.apply(&analysis.ownership, Speech::OfPeople).map_err(|error| cannot(&error))?,
        findings: redactor.apply(&analysis.findings, Speech::OfPeople).map_err(|error| cannot(&error))?,
        reaches: redactor.apply(&analysis.reaches, things).map_err(|error| cannot(&error))?,
        uses: redactor.apply(&analysis.uses, things).map_err(|error| cannot(&error))?,
        vaults: redactor.apply(&analysis.vaults, things).map_err(|error| cannot(&error))?,
    };
    Ok((redactor.apply(&estate, things).map_err(|error| cannot(&error))?, redacted))
}

fn cannot(error: &str) -> Problem {
    Problem::failed(format!("people's names could not be replaced: {error}"))
}

/// A secret of our own, made once.
fn made(path: &Path) -> Result<PathBuf, Problem> {
    if !path.exists() {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(Problem::failed)?;
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        files::write(path, (text + "\n").as_bytes())?;
    }
    Ok(path.to_owned())
}
