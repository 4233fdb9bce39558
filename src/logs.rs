//! Log files that a person names beside the documents: they lie wherever the company keeps them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use census_provider_api::{DocPath, DocumentStore, Manifest, StoreError, open_regular};
use census_provider_aws::documents::{LOG_FOLDER, log_of};

use crate::problem::Problem;

/// Folders below one another that are looked into: CloudTrail makes eight.
const MAX_DEPTH: usize = 16;

/// Documents with log files beside them.
pub(crate) struct WithLogs<'s> {
    documents: &'s dyn DocumentStore,
    logs: BTreeMap<DocPath, PathBuf>,
    paths: BTreeSet<DocPath>,
}

impl<'s> WithLogs<'s> {
    /// Finds the logs of CloudTrail at these paths: files, or folders with files at any depth.
    pub(crate) fn find(documents: &'s dyn DocumentStore, named: &[PathBuf]) -> Result<Self, Problem> {
        let mut files = Vec::new();
        for path in named {
            let before = files.len();
            walk(path, 0, &mut files)?;
            if files.len() == before {
                return Err(Problem::failed(format!("no log file of CloudTrail in `{}`", path.display()))
                    .help("files that end with .json, .json.gz, .csv or .csv.gz are read"));
            }
        }
        files.sort();
        files.dedup();
        let logs: BTreeMap<DocPath, PathBuf> =
            files.into_iter().zip(1_usize..).filter_map(document).collect();
        let paths = documents.paths().iter().chain(logs.keys()).cloned().collect();
        Ok(Self { documents, logs, paths })
    }
}

/// A log file as a document: its number keeps files of one name apart.
fn document((file, number): (PathBuf, usize)) -> Option<(DocPath, PathBuf)> {
    let name = file.file_name()?.to_string_lossy().into_owned();
    let end = ENDS.iter().find(|end| name.to_ascii_lowercase().ends_with(*end))?;
    let named =
        DocPath::new(format!("{LOG_FOLDER}/{number}/{name}")).ok().filter(|path| log_of(path).is_some());
    let path = named.or_else(|| DocPath::new(format!("{LOG_FOLDER}/{number}/log{end}")).ok())?;
    Some((path, file))
}

const ENDS: [&str; 4] = [".json", ".json.gz", ".csv", ".csv.gz"];

fn walk(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Problem> {
    let failed =
        |error: std::io::Error| Problem::failed(format!("cannot read `{}`: {error}", path.display()));
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        if depth == MAX_DEPTH {
            return Err(Problem::failed(format!("`{}` lies too deep", path.display()))
                .help("name the folder of the logs with --cloudtrail"));
        }
        for entry in fs::read_dir(path).map_err(failed)? {
            walk(&entry.map_err(failed)?.path(), depth + 1, files)?;
        }
        return Ok(());
    }
    let name = path.to_string_lossy().to_ascii_lowercase();
    if metadata.is_symlink() {
        return Err(Problem::failed(format!(
            "`{}` is a symbolic link, which is not followed",
            path.display()
        ))
        .help("name the folder of the logs itself with --cloudtrail"));
    }
    // CloudTrail puts digests beside its logs, which hold no events.
    if metadata.is_file() && ENDS.iter().any(|end| name.ends_with(end)) && !name.contains("cloudtrail-digest")
    {
        files.push(path.to_owned());
    }
    Ok(())
}

impl DocumentStore for WithLogs<'_> {
    fn paths(&self) -> &BTreeSet<DocPath> {
        &self.paths
    }

    fn get(&self, path: &DocPath) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        self.documents.get(path)
    }

    fn open(&self, path: &DocPath) -> Result<Option<Box<dyn Read + '_>>, StoreError> {
        match self.logs.get(path) {
            Some(file) => open_regular(file).map(|file| Some(Box::new(file) as Box<dyn Read + '_>)),
            None => self.documents.open(path),
        }
    }

    fn manifest(&self) -> Option<&Manifest> {
        self.documents.manifest()
    }
}
