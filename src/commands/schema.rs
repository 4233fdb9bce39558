//! `census schema`: the JSON Schemas of what census reads and writes.

use crate::{
    cli::{SchemaArgs, SchemaName},
    config,
    exit::Outcome,
    output,
    problem::Problem,
};

pub fn run(args: &SchemaArgs) -> Result<Outcome, Problem> {
    let schema = match args.name {
        SchemaName::Config => config::schema(),
        SchemaName::Report => census_reports::report_schema(),
        SchemaName::Registry => census_owners::registry_schema(),
    };
    output::stdout(schema.as_bytes())?;
    Ok(Outcome::Done)
}
