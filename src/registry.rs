//! Reads what was written down about owners: registries, and what other programs keep.

use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use census_owners::{
    AllowedSigners, Codeowners, MAX_CODEOWNERS_BYTES, MAX_REGISTRY_BYTES, MAX_STATE_BYTES, MAX_TABLE_BYTES,
    Records, RegistryError, SourcesConfig,
};

use crate::{
    attestation_log,
    cli::RegistryArgs,
    config::{Config, RegistryConfig},
    files,
    problem::Problem,
};

/// What a descriptor file of Backstage is called in a folder.
const DESCRIPTORS: [&str; 2] = ["catalog-info.yaml", "catalog-info.yml"];

/// How deep folders are searched for descriptor files.
const MAX_DEPTH: usize = 32;

/// The largest file of allowed signers that is read, in bytes.
const MAX_SIGNERS_BYTES: u64 = 1 << 20;

/// The files of the registry, by flags or, where there are none, by the configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'a> {
    /// Registries.
    pub(crate) registries: &'a [PathBuf],
    /// The attestation log.
    pub(crate) log: Option<Log<'a>>,
    /// Whose signatures count in it.
    pub(crate) signers: Option<&'a Path>,
}

/// An attestation log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Log<'a> {
    /// Somebody named it now: it has to be there.
    Named(&'a Path),
    /// The configuration names it: it may be begun later.
    Configured(&'a Path),
}

impl<'a> Log<'a> {
    /// The file.
    pub(crate) fn path(self) -> &'a Path {
        match self {
            Self::Named(path) | Self::Configured(path) => path,
        }
    }
}

/// The files named by flags or, if there are none, by the configuration.
pub(crate) fn named<'a>(flags: &'a RegistryArgs, config: &'a Config) -> Named<'a> {
    let RegistryConfig { files, attestations, allowed_signers } = &config.registry;
    let flagged = flags.attestations.as_deref().map(Log::Named);
    Named {
        registries: if flags.registry.is_empty() { files } else { &flags.registry },
        log: flagged.or_else(|| attestations.as_deref().map(Log::Configured)),
        signers: allowed_signers.as_deref(),
    }
}

/// Reads registries, the attestation log and the configured sources. A registry that is named twice counts once.
pub(crate) fn load(named: Named<'_>, sources: &SourcesConfig) -> Result<Records, Problem> {
    let mut records = load_written(named.registries, sources)?;
    add_log(&mut records, named)?;
    Ok(records)
}

/// Reads the attestation log alone.
pub(crate) fn load_log(named: Named<'_>) -> Result<Records, Problem> {
    let mut records = Records::default();
    add_log(&mut records, named)?;
    Ok(records)
}

fn add_log(records: &mut Records, named: Named<'_>) -> Result<(), Problem> {
    if let Some(log) = named.log {
        let path = log.path();
        let missing = || path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound);
        if matches!(log, Log::Named(_)) || !missing() {
            let bytes = attestation_log::read(path).map_err(|e| {
                Problem::usage(e)
                    .help("this file was named as an attestation log, `census attest` begins one")
            })?;
            let signers = signers(named)?;
            records.add_attestations(&name(path), &bytes, signers.as_ref()).map_err(wrong)?;
        }
    }
    Ok(())
}

/// Whose keys count.
pub(crate) fn signers(named: Named<'_>) -> Result<Option<AllowedSigners>, Problem> {
    let Some(path) = named.signers else { return Ok(None) };
    let bytes = files::read(path, MAX_SIGNERS_BYTES).map_err(|e| {
        Problem::usage(e).help("the `[registry]` of the configuration names this file as `allowed_signers`")
    })?;
    AllowedSigners::parse(&name(path), &bytes).map(Some).map_err(wrong)
}

/// Registries and sources.
fn load_written(registries: &[PathBuf], sources: &SourcesConfig) -> Result<Records, Problem> {
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
        let entries = |paths: &[PathBuf]| {
            load_written(paths, &SourcesConfig::default()).unwrap().registry.entries().len()
        };
        assert_eq!(entries(std::slice::from_ref(&path)), 1);
        assert_eq!(entries(&[path, again]), 1);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let error = load_written(&["missing.yaml".into()], &SourcesConfig::default()).unwrap_err();
        assert!(error.to_string().contains("`missing.yaml`"), "{error}");
    }

    #[test]
    fn a_log_that_is_configured_may_be_begun_later_and_one_that_is_named_may_not() {
        let path = Path::new("missing.jsonl");
        let load =
            |log| load(Named { registries: &[], log: Some(log), signers: None }, &SourcesConfig::default());
        assert_eq!(load(Log::Configured(path)).unwrap().attestations(), []);
        assert!(load(Log::Named(path)).unwrap_err().to_string().contains("`missing.jsonl`"));
    }
}
