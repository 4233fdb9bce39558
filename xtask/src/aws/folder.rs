//! Where documents go: memory, or a folder that is written as they are made.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::PathBuf,
};

use anyhow::{Context, Result};
use census_model::Gap;
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use sha2::{Digest, Sha256};

use super::clock::Stamp;

/// What the manifest says of one file.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    sha256: String,
    items: usize,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
}

/// `census-documents.json`, schema `census.documents/1`.
#[derive(Debug, Serialize)]
struct Manifest<'a> {
    schema: &'static str,
    collected_at: String,
    finished_at: String,
    caller: &'a str,
    targets: &'a [String],
    scopes_done: &'a [String],
    files: &'a BTreeMap<String, Entry>,
    gaps: &'a [Gap],
}

/// What the manifest says of the whole.
pub(crate) struct Collection {
    /// The ARN of who collected.
    pub(crate) caller: String,
    /// The scopes that were asked for.
    pub(crate) targets: Vec<String>,
    /// The scopes (native ids) that are done.
    pub(crate) scopes_done: Vec<String>,
    /// What could not be collected.
    pub(crate) gaps: Vec<Gap>,
}

/// A folder of documents in the making.
pub(crate) struct Folder {
    place: Store,
    entries: BTreeMap<String, Entry>,
}

enum Store {
    Memory(BTreeMap<String, Vec<u8>>),
    Disk(PathBuf),
}

impl Folder {
    /// Keeps the documents in memory.
    pub(crate) fn in_memory() -> Self {
        Self { place: Store::Memory(BTreeMap::new()), entries: BTreeMap::new() }
    }

    /// Writes the documents below a folder as they are made.
    pub(crate) fn on_disk(root: PathBuf) -> Self {
        Self { place: Store::Disk(root), entries: BTreeMap::new() }
    }

    /// Adds a JSON document, indented as the AWS command line does it.
    pub(crate) fn json(&mut self, path: &str, items: usize, value: &impl Serialize) -> Result<()> {
        self.file(path, items, None, |out| {
            let mut out = out;
            value.serialize(&mut Serializer::with_formatter(
                &mut out,
                PrettyFormatter::with_indent(b"    "),
            ))?;
            out.write_all(b"\n").context("end of document")
        })
    }

    /// Adds any document; `as_of` when the provider made its content at another time.
    pub(crate) fn file(
        &mut self,
        path: &str,
        items: usize,
        as_of: Option<Stamp>,
        write: impl FnOnce(&mut dyn Write) -> Result<()>,
    ) -> Result<()> {
        let sha256 = self.put(path, write).with_context(|| format!("cannot write `{path}`"))?;
        let entry = Entry { sha256, items, complete: true, as_of: as_of.map(Stamp::zulu) };
        self.entries.insert(path.to_owned(), entry);
        Ok(())
    }

    /// Writes the manifest and hands over what was kept in memory.
    pub(crate) fn finish(mut self, collection: &Collection) -> Result<BTreeMap<String, Vec<u8>>> {
        let manifest = Manifest {
            schema: "census.documents/1",
            collected_at: Stamp::now().zulu(),
            finished_at: Stamp::minutes_ago(-4).zulu(),
            caller: &collection.caller,
            targets: &collection.targets,
            scopes_done: &collection.scopes_done,
            files: &std::mem::take(&mut self.entries),
            gaps: &collection.gaps,
        };
        let mut bytes = serde_json::to_vec_pretty(&manifest)?;
        bytes.push(b'\n');
        self.put("census-documents.json", |out| Ok(out.write_all(&bytes)?))?;
        match self.place {
            Store::Memory(files) => Ok(files),
            Store::Disk(_) => Ok(BTreeMap::new()),
        }
    }

    /// Writes bytes where they belong and says their digest.
    fn put(&mut self, path: &str, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<String> {
        match &mut self.place {
            Store::Memory(files) => {
                let mut out = Hashing::new(Vec::new());
                write(&mut out)?;
                let (bytes, digest) = out.finish();
                files.insert(path.to_owned(), bytes);
                Ok(digest)
            }
            Store::Disk(root) => {
                let path = root.join(path);
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent)?;
                }
                let mut out = Hashing::new(BufWriter::with_capacity(1 << 18, File::create(&path)?));
                write(&mut out)?;
                let (mut file, digest) = out.finish();
                file.flush()?;
                Ok(digest)
            }
        }
    }
}

/// Takes a digest of what passes through.
struct Hashing<W> {
    inner: W,
    digest: Sha256,
}

impl<W: Write> Hashing<W> {
    fn new(inner: W) -> Self {
        Self { inner, digest: Sha256::new() }
    }

    fn finish(self) -> (W, String) {
        (self.inner, self.digest.finalize().iter().map(|b| format!("{b:02x}")).collect())
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
