//! Documents: their paths and the manifest that `--save-raw` writes beside them.

use std::{collections::BTreeMap, fmt};

use census_model::Gap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Version of the manifest.
pub const DOCUMENTS_SCHEMA: &str = "census.documents/1";

/// Name of the manifest in a documents folder.
pub const MANIFEST_FILE: &str = "census-documents.json";

/// A document's path inside the folder: relative, `/`-separated, ASCII letters, digits, `.`, `_`, `-` only, and
/// never upwards. A name from a cloud cannot become a path by accident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct DocPath(String);

/// A path that cannot name a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a document path: use relative names of letters, digits, `.`, `_` and `-`")]
pub struct PathError(pub String);

impl DocPath {
    /// Checks a path.
    ///
    /// # Errors
    /// When a component is empty, starts with a dot, or holds another character than those allowed.
    pub fn new(path: impl Into<String>) -> Result<Self, PathError> {
        let path = path.into();
        let fits = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.len() <= 128
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        };
        if path.split('/').count() <= 8 && path.split('/').all(fits) {
            Ok(Self(path))
        } else {
            Err(PathError(path))
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for DocPath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for DocPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the manifest says of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// How many items the collection holds.
    pub items: usize,
    /// Whether every page arrived.
    pub complete: bool,
    /// When the provider made the content, where that differs from the time of the scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
}

impl FileEntry {
    /// Describes bytes.
    pub fn of(bytes: &[u8], items: usize, complete: bool) -> Self {
        Self { sha256: sha256(bytes), items, complete, as_of: None }
    }
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// `census-documents.json`: what a live fetch left behind, so that a replay is the same scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`DOCUMENTS_SCHEMA`].
    pub schema: String,
    /// When fetching began; the clock of a replay.
    pub collected_at: Timestamp,
    /// When fetching ended; absent while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Who fetched: the caller's native id.
    pub caller: Option<String>,
    /// The scopes that were asked for.
    pub targets: Vec<String>,
    /// Scopes (native ids) whose documents are all here; `--resume` does not fetch them again.
    #[serde(default)]
    pub scopes_done: Vec<String>,
    /// The files.
    pub files: BTreeMap<DocPath, FileEntry>,
    /// What could not be fetched.
    pub gaps: Vec<Gap>,
}

impl Manifest {
    /// A manifest before the first file.
    pub fn new(collected_at: Timestamp) -> Self {
        Self {
            schema: DOCUMENTS_SCHEMA.to_owned(),
            collected_at,
            finished_at: None,
            caller: None,
            targets: Vec::new(),
            scopes_done: Vec::new(),
            files: BTreeMap::new(),
            gaps: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_never_leave_the_folder() {
        for good in ["authorization-details.json", "accounts/111122223333/access-keys.json"] {
            assert!(DocPath::new(good).is_ok(), "{good}");
        }
        for bad in
            ["", "/etc/passwd", "../x", "a/../b", "a//b", ".hidden", "a\\b", "a/b\0", "a b", "C:x", "a/."]
        {
            assert!(DocPath::new(bad).is_err(), "{bad}");
        }
    }
}
