//! Reads the registries of owners.

use std::path::PathBuf;

use census_owners::Registry;
use census_provider_api::store::read_bounded;

use crate::{config::Config, problem::Problem};

/// The largest registry file that is read, in bytes.
const MAX_REGISTRY_BYTES: u64 = 64 << 20;

/// Reads the files named by flags or, if there are none, by the configuration, into one registry.
pub(crate) fn load(flags: &[PathBuf], config: &Config) -> Result<Registry, Problem> {
    let files = if flags.is_empty() { &config.registry.files } else { flags };
    let mut registry = Registry::default();
    for path in files {
        let shown = path.display().to_string();
        // A link is fine here: the person named this file.
        let target = path
            .canonicalize()
            .map_err(|e| Problem::usage(format!("cannot read registry `{shown}`: {e}")))?;
        let bytes = read_bounded(&target, MAX_REGISTRY_BYTES).map_err(Problem::usage)?;
        let parsed = Registry::parse(&shown, &bytes)
            .map_err(|e| Problem::usage(e).help("docs/registry.md describes every field of a registry"))?;
        registry.merge(parsed);
    }
    Ok(registry)
}
