//! From bytes to typed items, with errors that name file, place and problem.

use std::{borrow::Cow, collections::BTreeMap, fmt::Debug};

use census_model::GapReason;
use census_provider_api::{DocPath, DocumentStore, ReadError};
use serde::Deserialize;

use super::Paths;
use crate::documents::{
    Collection,
    list::{RawList, Unreadable, message, typed},
};

/// The bytes of a tenant's documents, from which everything that is parsed borrows.
pub(super) type Bytes<'s> = BTreeMap<Collection, (DocPath, Cow<'s, [u8]>)>;

/// Loads documents that are in the store.
pub(super) fn bytes<'s>(documents: &'s dyn DocumentStore, paths: &Paths) -> Result<Bytes<'s>, ReadError> {
    let mut all = Bytes::new();
    for (collection, path) in paths {
        if let Some(bytes) = documents.get(path)? {
            all.insert(*collection, (path.clone(), bytes));
        }
    }
    Ok(all)
}

/// Whether a document is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// With all its pages.
    Whole,
    /// With pages missing.
    Truncated,
    /// Not at all.
    Absent,
}

/// Something that was found out about a document while it was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Trouble {
    /// The document.
    pub(super) collection: Collection,
    /// What kind of trouble.
    pub(super) reason: GapReason,
    /// What happened.
    pub(super) detail: String,
    /// Whom it concerns; empty: everything in the document.
    pub(super) affects: Vec<String>,
}

/// What is known of the documents once they are read.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// Which are there.
    pub(super) presence: BTreeMap<Collection, Presence>,
    /// What is wrong with them.
    pub(super) troubles: Vec<Trouble>,
}

/// Reads the documents of one tenant.
pub(super) struct Loader<'b> {
    bytes: &'b Bytes<'b>,
    documents: &'b dyn DocumentStore,
    /// A document of a live fetch that makes no sense is a gap, because a stranger's answer must not keep the others from
    /// being read; in a folder that a person filled it is an error that they can mend.
    live: bool,
    loaded: Loaded,
}

impl<'b> Loader<'b> {
    pub(super) fn new(bytes: &'b Bytes<'b>, documents: &'b dyn DocumentStore, live: bool) -> Self {
        Self { bytes, documents, live, loaded: Loaded::default() }
    }

    pub(super) fn finish(self) -> Loaded {
        self.loaded
    }

    /// The items of a document, sorted by id, each once; none where it is absent.
    pub(super) fn items<T>(
        &mut self,
        collection: Collection,
        id: impl Fn(&T) -> String,
    ) -> Result<Vec<T>, ReadError>
    where
        T: Deserialize<'b> + PartialEq + Debug,
    {
        let Some((path, bytes)) = self.bytes.get(&collection) else {
            self.loaded.presence.insert(collection, Presence::Absent);
            return Ok(Vec::new());
        };
        let mut unreadable = Vec::new();
        match lists(path, bytes) {
            Ok(lists) => {
                let cut = lists.iter().any(|list| list.is_truncated)
                    || self.documents.entry(path).is_some_and(|entry| !entry.complete);
                let presence = if cut { Presence::Truncated } else { Presence::Whole };
                self.loaded.presence.insert(collection, presence);
                let items = lists.iter().flat_map(|list| typed(&list.items, &mut unreadable)).collect();
                self.set_aside(collection, unreadable);
                Ok(self.unique(collection, items, id))
            }
            Err(ReadError::Document { document, place, problem }) if self.live => {
                self.loaded.presence.insert(collection, Presence::Absent);
                let detail = format!("{document}: {place}: {problem}");
                self.trouble(collection, GapReason::Invalid, detail, Vec::new());
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    fn trouble(&mut self, collection: Collection, reason: GapReason, detail: String, affects: Vec<String>) {
        self.loaded.troubles.push(Trouble { collection, reason, detail, affects });
    }

    fn set_aside(&mut self, collection: Collection, unreadable: Vec<Unreadable>) {
        for one in unreadable {
            // A place changes with the order of the items, so it is told only of those that have no name.
            let (detail, affects) = match one.id {
                Some(id) => {
                    let field = one.place.split_once("].").map_or("the item", |(_, field)| field);
                    (
                        format!("{}: {field}: {}", collection.file(), one.problem),
                        vec![id.to_ascii_lowercase()],
                    )
                }
                None => {
                    (format!("{}: an item without an id: {}", collection.file(), one.problem), Vec::new())
                }
            };
            self.trouble(collection, GapReason::Invalid, detail, affects);
        }
    }

    /// Sorted by id, each once. Pages that overlap repeat an item, which is no news; of two that differ the one with the
    /// smaller text stays, and a gap tells of it.
    fn unique<T: PartialEq + Debug>(
        &mut self,
        collection: Collection,
        items: Vec<T>,
        id: impl Fn(&T) -> String,
    ) -> Vec<T> {
        let mut keyed: Vec<(String, T)> = items.into_iter().map(|item| (id(&item), item)).collect();
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        let mut kept: Vec<(String, T)> = Vec::with_capacity(keyed.len());
        let mut conflicts = Vec::new();
        for (id, item) in keyed {
            match kept.last_mut() {
                Some((last_id, last)) if *last_id == id => {
                    if *last != item {
                        if format!("{item:?}") < format!("{last:?}") {
                            *last = item;
                        }
                        conflicts.push(id);
                    }
                }
                _ => kept.push((id, item)),
            }
        }
        if !conflicts.is_empty() {
            let detail = format!("{} holds these twice, with differences", collection.file());
            self.trouble(collection, GapReason::Inconsistent, detail, conflicts);
        }
        kept.into_iter().map(|(_, item)| item).collect()
    }
}

/// The lists in a document, one after another: several pages may have been appended to one file.
fn lists<'b>(path: &DocPath, bytes: &'b [u8]) -> Result<Vec<RawList<'b>>, ReadError> {
    let text = text(path, bytes)?;
    let stream = serde_json::Deserializer::from_str(text).into_iter::<RawList<'b>>();
    let mut lists: Vec<RawList<'b>> = Vec::new();
    for list in stream {
        lists.push(list.map_err(|error| {
            let place = match error.line() {
                0 => "the document".to_owned(),
                line => format!("line {line} column {}", error.column()),
            };
            problem(path, place, message(&error))
        })?);
    }
    // Each page but the last tells where the next is, which stands in the same file.
    if let Some((_, before)) = lists.split_last_mut() {
        before.iter_mut().for_each(|list| list.is_truncated = false);
    }
    Ok(lists)
}

/// A document as text, without a byte order mark.
fn text<'b>(path: &DocPath, bytes: &'b [u8]) -> Result<&'b str, ReadError> {
    let utf16 = |order: &str| {
        let what = format!(
            "the file is encoded as UTF-16 ({order}), as PowerShell writes with `>`; convert it to UTF-8"
        );
        Err(problem(path, "byte 0".to_owned(), what))
    };
    let bytes = match bytes {
        [0xff, 0xfe, ..] | [_, 0, ..] => return utf16("little endian"),
        [0xfe, 0xff, ..] | [0, ..] => return utf16("big endian"),
        [0xef, 0xbb, 0xbf, rest @ ..] => rest,
        bytes => bytes,
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let what = "is not UTF-8; save the file as UTF-8".to_owned();
        problem(path, format!("byte {}", error.valid_up_to()), what)
    })?;
    if text.trim_start().is_empty() {
        let what = "the file is empty; did the command that wrote it fail?".to_owned();
        return Err(problem(path, "line 1".to_owned(), what));
    }
    Ok(text)
}

fn problem(path: &DocPath, place: String, problem: String) -> ReadError {
    ReadError::Document { document: path.to_string(), place, problem }
}
