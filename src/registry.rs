//! Reads what was written down about owners: registries, and what other programs keep.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use census_owners::{
    Codeowners, MAX_CODEOWNERS_BYTES, MAX_REGISTRY_BYTES, MAX_STATE_BYTES, MAX_TABLE_BYTES, Records,
    RegistryError, SourcesConfig,
};

use crate::{config::Config, files, problem::Problem};

/// What a descriptor file of Backstage is called in a folder.
const DESCRIPTORS: [&str; 2] = ["catalog-info.yaml", "catalog-info.yml"];

/// How deep folders are searched for descriptor files.
const MAX_DEPTH: usize = 32;

/// The files named by flags or, if there are none, by the configuration.
pub(crate) fn named<'a>(flags: &'a [PathBuf], config: &'a Config) -> &'a [PathBuf] {
    if flags.is_empty() { &config.registry.files } else { flags }
}

/// Reads registries and the configured sources. A registry that is named twice counts once.
pub(crate) fn load(registries: &[PathBuf], sources: &SourcesConfig) -> Result<Records, Problem> {
    let mut records = Records::default();
    let mut seen = BTreeSet::new();
    for path in registries {
        if !seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
            continue;
        }
        let bytes = files::read(path, MAX_REGISTRY_BYTES)
            .map_err(|e| Problem::usage(e).help("this file was named as a registry of owners"))?;
        records.add_registry(&name(path), &bytes).map_err(wrong)?;
    }
    for table in &sources.tables {
        let mut file = open(&table.file)?;
        records.add_table(&name(&table.file), &mut file, table).map_err(wrong)?;
    }
    for servicenow in &sources.servicenow {
        for path in &servicenow.files {
            records.add_servicenow(&name(path), &mut open(path)?, servicenow).map_err(wrong)?;
        }
    }
    // People come before catalogues, which name some of them again.
    for directory in &sources.directory {
        let mut file = open(&directory.file)?;
        records.add_directory(&name(&directory.file), &mut file, directory).map_err(wrong)?;
    }
    for backstage in &sources.backstage {
        for path in descriptors(&backstage.files)? {
            records
                .add_backstage(&name(&path), &read(&path, MAX_REGISTRY_BYTES)?, backstage)
                .map_err(wrong)?;
        }
    }
    for repository in &sources.repositories {
        let path = &repository.codeowners;
        let codeowners = Codeowners::parse(&name(path), &read(path, MAX_CODEOWNERS_BYTES)?).map_err(wrong)?;
        records.add_repository(repository, &codeowners);
        for state in &repository.terraform {
            let bytes = read(&state.state, MAX_STATE_BYTES)?;
            records.add_terraform(&name(&state.state), &bytes, state, &codeowners).map_err(wrong)?;
        }
    }
    Ok(records)
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn wrong(error: RegistryError) -> Problem {
    Problem::usage(error).help("docs/registry.md describes what each file holds")
}

fn configured(error: String) -> Problem {
    Problem::usage(error).help("the `[sources]` of the configuration name this file")
}

fn open(path: &Path) -> Result<fs::File, Problem> {
    files::open(path, MAX_TABLE_BYTES).map_err(configured)
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Problem> {
    files::read(path, limit).map_err(configured)
}

/// The files, and for a folder the descriptor files below it, in the order of their names. Links to folders are not
/// followed.
fn descriptors(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Problem> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            search(path, MAX_DEPTH, &mut found)?;
            if found.len() == before {
                return Err(configured(format!(
                    "there is no `catalog-info.yaml` below `{}`",
                    path.display()
                )));
            }
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn search(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Problem> {
    let cannot = |error: std::io::Error| configured(format!("cannot read `{}`: {error}", folder.display()));
    if depth == 0 {
        return Err(configured(format!("`{}` lies too deep to be searched", folder.display())));
    }
    let mut entries = fs::read_dir(folder).map_err(cannot)?.collect::<Result<Vec<_>, _>>().map_err(cannot)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(cannot)?;
        if kind.is_dir() {
            search(&entry.path(), depth - 1, found)?;
        } else if entry.file_name().to_str().is_some_and(|name| DESCRIPTORS.contains(&name)) {
            found.push(entry.path());
        }
    }
    Ok(())
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
        let entries =
            |paths: &[PathBuf]| load(paths, &SourcesConfig::default()).unwrap().registry.entries().len();
        assert_eq!(entries(std::slice::from_ref(&path)), 1);
        assert_eq!(entries(&[path, again]), 1);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let error = load(&["missing.yaml".into()], &SourcesConfig::default()).unwrap_err();
        assert!(error.to_string().contains("`missing.yaml`"), "{error}");
    }
}
