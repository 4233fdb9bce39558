//! Collecting documents during a fetch, and keeping them with `--save-raw`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use census_model::Gap;
use jiff::Timestamp;

use crate::{
    document::{DocPath, FileEntry, MANIFEST_FILE, Manifest},
    store::{DirStore, DocumentStore, MemoryStore, StoreError},
};

/// Why documents could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The operating system refused.
    #[error("cannot write `{path}`: {source}")]
    Io {
        /// Which file or folder.
        path: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The folder already holds something else.
    #[error(
        "`{0}` is not empty; choose another folder, or add --resume to continue the scan that is saved there"
    )]
    NotEmpty(String),
    /// The folder to resume from cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A manifest could not be written as JSON.
    #[error("cannot write the manifest: {0}")]
    Json(#[from] serde_json::Error),
}

/// What one scope's fetch yields, committed as a whole.
#[derive(Debug, Default)]
pub struct Batch {
    /// Documents with what the manifest says of them.
    pub files: Vec<(DocPath, Vec<u8>, FileEntry)>,
    /// What could not be fetched.
    pub gaps: Vec<Gap>,
    /// The scope (native id) that is now done and need not be fetched on `--resume`.
    pub done: Option<String>,
}

impl Batch {
    /// Adds a document.
    pub fn file(&mut self, path: DocPath, bytes: Vec<u8>, items: usize, complete: bool) {
        let entry = FileEntry::of(&bytes, items, complete);
        self.files.push((path, bytes, entry));
    }

    /// Adds a document whose content the provider made at another time.
    pub fn file_as_of(&mut self, path: DocPath, bytes: Vec<u8>, items: usize, as_of: Option<Timestamp>) {
        let entry = FileEntry { as_of, ..FileEntry::of(&bytes, items, true) };
        self.files.push((path, bytes, entry));
    }
}

/// Takes the batches of a fetch, from any task, and writes them through to a folder if there is one.
pub struct Collector {
    folder: Option<PathBuf>,
    inner: Mutex<Inner>,
}

struct Inner {
    files: BTreeMap<DocPath, Vec<u8>>,
    manifest: Manifest,
    /// How many batches the manifest on the disk does not know yet.
    unwritten: usize,
}

impl Inner {
    fn new(files: BTreeMap<DocPath, Vec<u8>>, manifest: Manifest) -> Mutex<Self> {
        Mutex::new(Self { files, manifest, unwritten: 0 })
    }
}

/// How many files the manifest may list for each batch that it may lack. Below that many it is written with each batch;
/// above, writing it each time would cost more than the scan, since all of it is written. An interrupted scan of
/// thousands of accounts then reads again at most a few in a hundred of those that were done.
const FILES_PER_UNWRITTEN_BATCH: usize = 512;

impl Collector {
    /// Collects in memory only.
    pub fn in_memory(collected_at: Timestamp) -> Self {
        Self { folder: None, inner: Inner::new(BTreeMap::new(), Manifest::new(collected_at)) }
    }

    /// Collects in memory and in a new or empty folder (mode 0700, files 0600).
    ///
    /// # Errors
    /// When the folder holds anything or cannot be made.
    pub fn saving(folder: &Path, collected_at: Timestamp) -> Result<Self, SaveError> {
        create_private_dir(folder)?;
        let mut entries = fs::read_dir(folder).map_err(|source| io(folder, source))?;
        if entries.next().is_some() {
            return Err(SaveError::NotEmpty(folder.display().to_string()));
        }
        Ok(Self { folder: Some(folder.to_owned()), ..Self::in_memory(collected_at) })
    }

    /// Continues the scan that is saved in a folder: scopes that were done are taken from it, and the clock is the
    /// one of the first run. Documents and gaps of scopes that were not done are forgotten.
    ///
    /// # Errors
    /// When the folder's manifest cannot be read or a file has changed since.
    pub fn resuming(folder: &Path, collected_at: Timestamp) -> Result<Self, SaveError> {
        if fs::symlink_metadata(folder.join(MANIFEST_FILE)).is_err() {
            return Self::saving(folder, collected_at);
        }
        let store = DirStore::open(folder)?;
        let mut manifest = store.manifest().cloned().unwrap_or_else(|| Manifest::new(collected_at));
        let mut files = BTreeMap::new();
        let done: BTreeSet<&str> = manifest.scopes_done.iter().map(String::as_str).collect();
        // A path or a scope's id belongs to a scope that is done if one of its components is the scope's native id.
        let belongs_to_done = |path: &str| path.split('/').any(|part| done.contains(part));
        for path in manifest.files.keys().filter(|path| belongs_to_done(path.as_str())) {
            if let Some(bytes) = store.get(path)? {
                files.insert(path.clone(), bytes.into_owned());
            }
        }
        manifest.gaps.retain(|gap| gap.scope.as_ref().is_some_and(|scope| belongs_to_done(scope.as_str())));
        manifest.files.retain(|path, _| files.contains_key(path));
        manifest.finished_at = None;
        Ok(Self { folder: Some(folder.to_owned()), inner: Inner::new(files, manifest) })
    }

    /// When collecting began (for a resumed scan, when it first began).
    pub fn collected_at(&self) -> Timestamp {
        self.lock().manifest.collected_at
    }

    /// Whether an earlier run finished this scope.
    pub fn is_done(&self, scope: &str) -> bool {
        self.lock().manifest.scopes_done.iter().any(|done| done == scope)
    }

    /// Drops gaps that an earlier run left and that this one decides anew.
    pub fn forget(&self, stale: impl Fn(&Gap) -> bool) {
        self.lock().manifest.gaps.retain(|gap| !stale(gap));
    }

    #[cfg(test)]
    pub(crate) fn gaps(&self) -> Vec<Gap> {
        self.lock().manifest.gaps.clone()
    }

    /// Notes who fetches.
    pub fn caller(&self, caller: &str) {
        self.lock().manifest.caller = Some(caller.to_owned());
    }

    /// Notes a scope that was asked for.
    pub fn target(&self, target: &str) {
        let targets = &mut self.lock().manifest.targets;
        if !targets.iter().any(|known| known == target) {
            targets.push(target.to_owned());
            targets.sort_unstable();
        }
    }

    /// Takes a batch: all of it or, on an error, nothing that the manifest names. The manifest on the disk follows with
    /// this batch or a later one, at the latest when collecting ends.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn commit(&self, batch: Batch) -> Result<(), SaveError> {
        if let Some(folder) = &self.folder {
            for (path, bytes, _) in &batch.files {
                write_private(&folder.join(path.as_str()), bytes)?;
            }
        }
        let mut inner = self.lock();
        for (path, bytes, entry) in batch.files {
            inner.manifest.files.insert(path.clone(), entry);
            inner.files.insert(path, bytes);
        }
        inner.manifest.gaps.extend(batch.gaps);
        inner.manifest.gaps.sort_by(|a, b| (&a.id, &a.detail).cmp(&(&b.id, &b.detail)));
        inner.manifest.gaps.dedup_by(|a, b| a.id == b.id);
        if let Some(done) = batch.done {
            inner.manifest.scopes_done.push(done);
            inner.manifest.scopes_done.sort_unstable();
        }
        inner.unwritten += 1;
        if inner.unwritten * FILES_PER_UNWRITTEN_BATCH >= inner.manifest.files.len() {
            self.write_manifest(&inner.manifest)?;
            inner.unwritten = 0;
        }
        Ok(())
    }

    /// Ends collecting.
    ///
    /// # Errors
    /// When the manifest cannot be written.
    pub fn finish(self, finished_at: Timestamp) -> Result<MemoryStore, SaveError> {
        let mut inner = self.lock();
        inner.manifest.finished_at = Some(finished_at);
        self.write_manifest(&inner.manifest)?;
        drop(inner);
        let inner = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(MemoryStore::new(inner.files, Some(inner.manifest)))
    }

    fn write_manifest(&self, manifest: &Manifest) -> Result<(), SaveError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let mut bytes = serde_json::to_vec_pretty(manifest)?;
        bytes.push(b'\n');
        write_private(&folder.join(MANIFEST_FILE), &bytes)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a folder that only its owner can enter, with its parents. An existing one is left as it is.
///
/// # Errors
/// When the operating system refuses.
pub fn create_private_dir(path: &Path) -> Result<(), SaveError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| io(path, source))
}

/// Replaces a file as a whole: a reader, or a run that is interrupted, sees the old bytes or the new ones. Mode
/// 0600; parents are made.
///
/// # Errors
/// When the operating system refuses.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    write_private_with(path, |file| file.write_all(bytes))
}

/// The same of what `write` writes.
///
/// # Errors
/// When the operating system, or `write`, refuses; the file is as it was then.
pub fn write_private_with(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), SaveError> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    create_private_dir(parent)?;
    // `tempfile` creates with mode 0600 and removes the file again if it is not persisted.
    let file = tempfile::NamedTempFile::new_in(parent).map_err(|source| io(path, source))?;
    let mut out = BufWriter::new(file);
    write(&mut out).map_err(|source| io(path, source))?;
    let file = out.into_inner().map_err(|error| io(path, error.into_error()))?;
    file.persist(path).map_err(|e| io(path, e.error))?;
    Ok(())
}

fn io(path: &Path, source: std::io::Error) -> SaveError {
    SaveError::Io { path: path.display().to_string(), source }
}
