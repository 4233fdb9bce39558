//! The contract of a provider.
//!
//! A provider has two halves. `fetch` turns an API into [`Documents`](store::DocumentStore): it is dumb, makes
//! only calls that are declared as [`DeclaredRead`], and keeps allow-listed fields only. `read` turns documents
//! into nouns: it is pure, and cannot tell whether the documents came from the network or from a folder.

pub mod conformance;
pub mod document;
pub mod guard;
pub mod provider;
pub mod save;
pub mod store;

pub use document::{DOCUMENTS_SCHEMA, DocPath, FileEntry, Manifest, PathError};
pub use guard::{DeclaredRead, Guard, Need, Undeclared};
pub use provider::{
    FetchContext, FetchError, Fetched, PermissionCheck, PermissionProblem, Progress, Provider, ReadError,
    Silent,
};
pub use save::{Batch, Collector, SaveError};
pub use store::{DirStore, DocumentStore, MemoryStore, StoreError, open_regular};
