//! Reads the registries of owners.

use std::{collections::BTreeSet, path::PathBuf};

use census_owners::Registry;

use crate::{config::Config, files, problem::Problem};

/// The largest registry file that is read, in bytes.
const MAX_REGISTRY_BYTES: u64 = 64 << 20;

/// The files named by flags or, if there are none, by the configuration.
pub(crate) fn named<'a>(flags: &'a [PathBuf], config: &'a Config) -> &'a [PathBuf] {
    if flags.is_empty() { &config.registry.files } else { flags }
}

/// Reads files into one registry. A file that is named twice counts once.
pub(crate) fn load(paths: &[PathBuf]) -> Result<Registry, Problem> {
    let mut registry = Registry::default();
    let mut seen = BTreeSet::new();
    for path in paths {
        if !seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
            continue;
        }
        let bytes = files::read(path, MAX_REGISTRY_BYTES)
            .map_err(|e| Problem::usage(e).help("this file was named as a registry of owners"))?;
        let parsed = Registry::parse(&path.display().to_string(), &bytes)
            .map_err(|e| Problem::usage(e).help("docs/registry.md describes every field of a registry"))?;
        registry.merge(parsed);
    }
    Ok(registry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_named_twice_counts_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("owners.csv");
        std::fs::write(&path, "identity,business_owner\ndeploy,payments@example.com\n").unwrap();
        let again = dir.path().join(".").join("owners.csv");
        let entries = |paths: &[PathBuf]| load(paths).unwrap().entries().len();
        assert_eq!(entries(std::slice::from_ref(&path)), 1);
        assert_eq!(entries(&[path, again]), 1);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let error = load(&["missing.yaml".into()]).unwrap_err();
        assert!(error.to_string().contains("`missing.yaml`"), "{error}");
    }
}
