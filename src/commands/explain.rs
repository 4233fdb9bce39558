//! `census explain`: one identity, for somebody who has ten minutes.

use census_model::{Estate, Identity};
use census_reports::{Input, explain, explain_json};

use crate::{
    cli::{ExplainArgs, Globals, TextFormat},
    commands::{estate, voice},
    config::Config,
    exit::Outcome,
    output, pipeline,
    problem::Problem,
    registry,
};

/// How many candidates an ambiguous name lists.
const CANDIDATES: usize = 10;

pub(crate) fn run(args: &ExplainArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let config = Config::load(args.config.config.as_deref())?;
    let registry = registry::load(&args.registry.registry, &config)?;
    let estate = estate::chosen(&args.estate, &args.config, &config)?;
    let identity = find(&estate, &args.identity)?;
    let analysis = pipeline::analyze(&estate, &registry, &config);
    let input = Input {
        tool_version: output::VERSION,
        estate: &estate,
        ownership: &analysis.ownership,
        findings: &analysis.findings,
    };
    let text = match args.format {
        TextFormat::Text => explain(&input, identity, &output::terminal_options(globals)).into_bytes(),
        TextFormat::Json => explain_json(&input, identity).map_err(Problem::failed)?,
    };
    output::stdout(&text)?;
    pipeline::warn_partial(&estate, voice(globals));
    Ok(Outcome::Done)
}

/// The identity that a person means: an exact id first, then a credential's key id, then a name in any case.
fn find<'a>(estate: &'a Estate, wanted: &str) -> Result<&'a Identity, Problem> {
    let exact = |identity: &&Identity| {
        identity.id.as_str() == wanted
            || *identity.native_id == *wanted
            || identity.immutable_id.as_deref() == Some(wanted)
    };
    let holds_key = |identity: &&Identity| {
        let key = |c: &census_model::Credential| {
            c.id.as_str() == wanted || c.key_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(wanted))
        };
        estate.credentials.iter().any(|c| c.identity() == Some(&identity.id) && key(c))
    };
    let named = |identity: &&Identity| {
        identity.name.eq_ignore_ascii_case(wanted) || identity.aliases.iter().any(|alias| **alias == *wanted)
    };
    let tests: [&dyn Fn(&&Identity) -> bool; 3] = [&exact, &holds_key, &named];
    for test in tests {
        let found: Vec<&Identity> = estate.identities.iter().filter(test).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one),
            several => return Err(ambiguous(wanted, several)),
        }
    }
    Err(Problem::failed(format!("no identity is called `{wanted}`")).help(suggestion(estate, wanted)))
}

fn ambiguous(wanted: &str, several: &[&Identity]) -> Problem {
    let mut list: Vec<&str> = several.iter().take(CANDIDATES).map(|identity| &*identity.native_id).collect();
    if several.len() > CANDIDATES {
        list.push("…");
    }
    Problem::failed(format!("`{wanted}` means {} identities", several.len()))
        .help(format!("name one of them:\n{}", list.join("\n")))
}

fn suggestion(estate: &Estate, wanted: &str) -> String {
    let wanted = wanted.to_lowercase();
    let like: Vec<&str> = estate
        .identities
        .iter()
        .filter(|identity| identity.name.to_lowercase().contains(&wanted))
        .map(|identity| &*identity.native_id)
        .take(CANDIDATES)
        .collect();
    if like.is_empty() {
        "population.csv of `census scan --format csv --output DIR` lists every identity".to_owned()
    } else {
        format!("names like it:\n{}", like.join("\n"))
    }
}
