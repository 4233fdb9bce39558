//! Literate cases: read from the chapters of a folder, and run one by one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that stops says why")]

use std::{collections::BTreeSet, fs, path::Path};

use serde::de::DeserializeOwned;

/// The chapters of a folder of `tests/cases`, by file name and in order, with their texts.
pub(crate) fn chapters(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let named = |file: &Path| file.file_name().unwrap().to_string_lossy().into_owned();
    files.iter().map(|file| (named(file), fs::read_to_string(file).unwrap())).collect()
}

/// A chapter, understood.
pub(crate) fn read<T: DeserializeOwned>(chapter: &str, text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|error| panic!("{chapter}: {error}"))
}

/// What every case tells its reader.
pub(crate) struct Told<'c> {
    /// Its name, which no other case of the folder has.
    pub(crate) name: &'c str,
    /// Why it comes out so.
    pub(crate) why: &'c str,
    /// Where that is documented.
    pub(crate) source: Option<&'c String>,
}

/// What was run, and what came out wrong.
pub(crate) struct Run {
    /// What every source begins with.
    sources: &'static str,
    names: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Run {
    pub(crate) fn new(sources: &'static str) -> Self {
        Self { sources, names: BTreeSet::new(), wrong: Vec::new() }
    }

    /// Runs a case of a chapter. The case is given its place, for what it says when it stops.
    pub(crate) fn case(
        &mut self,
        chapter: &str,
        told: &Told<'_>,
        run: impl FnOnce(&str) -> Result<(), String>,
    ) {
        let place = format!("{chapter}: {}", told.name);
        assert!(self.names.insert(told.name.to_owned()), "{place}: this name is taken");
        assert!(told.why.len() > 10, "{place}: say why");
        let source = told.source.unwrap_or_else(|| panic!("{place}: no source"));
        assert!(source.starts_with(self.sources), "{place}: {source}");
        if let Err(problem) = run(&place) {
            self.wrong.push(format!("{place}: {problem}\n    {}", told.why));
        }
    }

    /// Stops if any came out wrong, or if there are fewer than `least`: some were lost.
    pub(crate) fn end(self, least: usize) {
        let Self { names, wrong, .. } = self;
        assert!(names.len() >= least, "{} cases, expected at least {least}", names.len());
        assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), names.len(), wrong.join("\n"));
    }
}
