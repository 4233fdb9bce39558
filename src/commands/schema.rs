//! `census schema`: the JSON Schemas of what census reads and writes.

use crate::{
    cli::{SchemaArgs, SchemaName},
    config::Config,
    exit::Outcome,
    output,
    problem::Problem,
};

pub(crate) fn run(args: &SchemaArgs) -> Result<Outcome, Problem> {
    let schema = match args.name {
        SchemaName::Config => json(&schemars::schema_for!(Config))?,
        SchemaName::Report => census_reports::report_schema().map_err(Problem::failed)?,
        SchemaName::Registry => json(&census_owners::registry_schema())?,
        SchemaName::Vaults => census_reports::vaults_schema().map_err(Problem::failed)?,
        SchemaName::Attestation => json(&census_owners::attestation_schema())?,
    };
    output::stdout(schema.as_bytes())?;
    Ok(Outcome::Done)
}

fn json(schema: &schemars::Schema) -> Result<String, Problem> {
    serde_json::to_string_pretty(schema).map(|text| text + "\n").map_err(Problem::failed)
}
