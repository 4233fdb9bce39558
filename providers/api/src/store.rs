//! Where `read` takes documents from: memory after a live fetch, a folder with `--from`.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use crate::document::{DOCUMENTS_SCHEMA, DocPath, FileEntry, MANIFEST_FILE, Manifest, sha256};

/// The largest single document that is read, in bytes. The largest real ones (authorization details of an account
/// at every quota) stay below 200 MB.
pub const MAX_DOCUMENT_BYTES: u64 = 1 << 30;

/// The most files that a documents folder may hold.
pub const MAX_DOCUMENTS: usize = 200_000;

/// Why a folder or a document in it cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot read `{path}`: {source}")]
    Io {
        /// Which file or folder.
        path: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A link could lead out of the folder.
    #[error("`{path}` is a symbolic link or not a regular file, which is refused inside a documents folder")]
    NotRegular {
        /// Which file.
        path: String,
    },
    /// More than a document may hold.
    #[error("`{path}` is larger than {limit} bytes, the most that is read from one document")]
    TooLarge {
        /// Which file.
        path: String,
        /// The limit.
        limit: u64,
    },
    /// More files than a folder may hold.
    #[error("`{path}` holds more than {limit} files")]
    TooMany {
        /// Which folder.
        path: String,
        /// The limit.
        limit: usize,
    },
    /// The manifest is not what it should be.
    #[error("`{path}`: {detail}")]
    Manifest {
        /// Which file.
        path: String,
        /// What is wrong.
        detail: String,
    },
    /// A file that the manifest describes is not there.
    #[error("`{path}` is missing: {MANIFEST_FILE} lists it, so that it was there when the scan was saved")]
    Missing {
        /// Which file.
        path: String,
    },
    /// A file is not the one that the manifest describes.
    #[error("`{path}` has changed since it was collected: its SHA-256 is not the one in {MANIFEST_FILE}")]
    Changed {
        /// Which file.
        path: String,
    },
}

/// Documents to read from.
pub trait DocumentStore: Send + Sync {
    /// The paths of all documents, the manifest apart.
    fn paths(&self) -> &BTreeSet<DocPath>;

    /// The bytes of a document; `None` where there is none.
    ///
    /// # Errors
    /// When it is there but cannot be read.
    fn get(&self, path: &DocPath) -> Result<Option<Cow<'_, [u8]>>, StoreError>;

    /// The bytes of a document one after another, for documents that may be too large to hold; `None` where there is
    /// none.
    ///
    /// # Errors
    /// When it is there but cannot be read.
    fn open(&self, path: &DocPath) -> Result<Option<Box<dyn Read + '_>>, StoreError> {
        Ok(self.get(path)?.map(|bytes| Box::new(std::io::Cursor::new(bytes)) as Box<dyn Read + '_>))
    }

    /// What was said of the documents when they were collected; `None` for a folder of plain exports.
    fn manifest(&self) -> Option<&Manifest>;

    /// The manifest's entry of a document.
    fn entry(&self, path: &DocPath) -> Option<&FileEntry> {
        self.manifest().and_then(|manifest| manifest.files.get(path))
    }
}

/// Documents in memory, as a live fetch leaves them.
#[derive(Debug)]
pub struct MemoryStore {
    pub(crate) files: BTreeMap<DocPath, Vec<u8>>,
    paths: BTreeSet<DocPath>,
    manifest: Option<Manifest>,
}

impl MemoryStore {
    /// Documents with or without a manifest.
    pub fn new(files: BTreeMap<DocPath, Vec<u8>>, manifest: Option<Manifest>) -> Self {
        Self { paths: files.keys().cloned().collect(), files, manifest }
    }
}

impl DocumentStore for MemoryStore {
    fn paths(&self) -> &BTreeSet<DocPath> {
        &self.paths
    }

    fn get(&self, path: &DocPath) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        Ok(self.files.get(path).map(|bytes| Cow::Borrowed(bytes.as_slice())))
    }

    fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }
}

/// Documents in a folder. Links, other kinds of files and names that are no [`DocPath`] are never followed. Where there
/// is a manifest, the documents are those that it lists: what an interrupted run left beside them, or somebody added
/// later, is no part of the scan that was saved.
#[derive(Debug)]
pub struct DirStore {
    root: PathBuf,
    paths: BTreeSet<DocPath>,
    manifest: Option<Manifest>,
}

impl DirStore {
    /// Opens a folder and lists it.
    ///
    /// # Errors
    /// When the folder cannot be listed, holds a link, or its manifest is broken or lists a file that is not there.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let mut paths = BTreeSet::new();
        let metadata = fs::metadata(root).map_err(|source| io(root, source))?;
        if !metadata.is_dir() {
            return Err(io(root, std::io::Error::from(std::io::ErrorKind::NotADirectory)));
        }
        list(root, "", &mut paths, 0)?;
        let manifest_path = root.join(MANIFEST_FILE);
        let manifest = if fs::symlink_metadata(&manifest_path).is_ok() {
            Some(read_manifest(&manifest_path)?)
        } else {
            None
        };
        paths.retain(|path| path.as_str() != MANIFEST_FILE);
        if let Some(manifest) = &manifest {
            if let Some(gone) = manifest.files.keys().find(|path| !paths.contains(*path)) {
                return Err(StoreError::Missing { path: root.join(gone.as_str()).display().to_string() });
            }
            paths.retain(|path| manifest.files.contains_key(path));
        }
        Ok(Self { root: root.to_owned(), paths, manifest })
    }
}

impl DocumentStore for DirStore {
    fn paths(&self) -> &BTreeSet<DocPath> {
        &self.paths
    }

    fn get(&self, path: &DocPath) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        if !self.paths.contains(path) {
            return Ok(None);
        }
        let bytes = read_bounded(&self.root.join(path.as_str()), MAX_DOCUMENT_BYTES)?;
        match self.entry(path) {
            Some(entry) if entry.sha256 != sha256(&bytes) => {
                Err(StoreError::Changed { path: self.root.join(path.as_str()).display().to_string() })
            }
            _ => Ok(Some(Cow::Owned(bytes))),
        }
    }

    fn open(&self, path: &DocPath) -> Result<Option<Box<dyn Read + '_>>, StoreError> {
        if !self.paths.contains(path) {
            return Ok(None);
        }
        if self.entry(path).is_some() {
            // Whether it is what the manifest says is only known at its end.
            let bytes = self.get(path)?;
            return Ok(bytes.map(|bytes| Box::new(std::io::Cursor::new(bytes)) as Box<dyn Read + '_>));
        }
        open_regular(&self.root.join(path.as_str())).map(|file| Some(Box::new(file) as Box<dyn Read + '_>))
    }

    fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }
}

/// Opens a regular file.
///
/// # Errors
/// When it is a link or not a file, or unreadable.
pub fn open_regular(path: &Path) -> Result<fs::File, StoreError> {
    let metadata = fs::symlink_metadata(path).map_err(|source| io(path, source))?;
    if !metadata.is_file() {
        return Err(StoreError::NotRegular { path: path.display().to_string() });
    }
    fs::File::open(path).map_err(|source| io(path, source))
}

/// Lists regular files with document names. Files with other names (a README with spaces, `.git`) are not ours and
/// are left alone; a link is an error, because passing it by in silence could hide a whole account.
fn list(dir: &Path, prefix: &str, paths: &mut BTreeSet<DocPath>, depth: usize) -> Result<(), StoreError> {
    for entry in fs::read_dir(dir).map_err(|source| io(dir, source))? {
        let entry = entry.map_err(|source| io(dir, source))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let Ok(path) = DocPath::new(format!("{prefix}{name}")) else { continue };
        let kind = entry.file_type().map_err(|source| io(&entry.path(), source))?;
        if kind.is_symlink() {
            return Err(StoreError::NotRegular { path: entry.path().display().to_string() });
        } else if kind.is_dir() && depth < 7 {
            list(&entry.path(), &format!("{path}/"), paths, depth + 1)?;
        } else if kind.is_file() {
            paths.insert(path);
            if paths.len() > MAX_DOCUMENTS {
                return Err(StoreError::TooMany { path: dir.display().to_string(), limit: MAX_DOCUMENTS });
            }
        }
    }
    Ok(())
}

fn read_manifest(path: &Path) -> Result<Manifest, StoreError> {
    let broken = |detail: String| StoreError::Manifest { path: path.display().to_string(), detail };
    let bytes = read_bounded(path, MAX_DOCUMENT_BYTES)?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|e| broken(e.to_string()))?;
    if manifest.schema == DOCUMENTS_SCHEMA {
        Ok(manifest)
    } else {
        Err(broken(format!("schema `{}` is not supported, expected `{DOCUMENTS_SCHEMA}`", manifest.schema)))
    }
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// When it is a link or not a file, too large, or unreadable.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, StoreError> {
    let metadata = fs::symlink_metadata(path).map_err(|source| io(path, source))?;
    if !metadata.is_file() {
        return Err(StoreError::NotRegular { path: path.display().to_string() });
    }
    let too_large = || StoreError::TooLarge { path: path.display().to_string(), limit };
    if metadata.len() > limit {
        return Err(too_large());
    }
    let file = fs::File::open(path).map_err(|source| io(path, source))?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|source| io(path, source))?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) }
}

pub(crate) fn io(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Io { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests;
