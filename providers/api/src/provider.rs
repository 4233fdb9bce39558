//! What a provider offers to the command.

use std::time::Instant;

use census_model::EstateBuilder;
use futures::future::BoxFuture;

use crate::{
    document::DocPath,
    guard::DeclaredRead,
    save::{Collector, SaveError},
    store::{DocumentStore, StoreError},
};

/// Told what is going on; must be cheap and callable from any task.
pub trait Progress: Send + Sync {
    /// One line on what is being done now: `aws 111122223333: credential report`.
    fn step(&self, what: &str);

    /// How many scopes are done, of how many.
    fn scopes(&self, done: usize, total: usize);
}

/// No progress shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _what: &str) {}
    fn scopes(&self, _done: usize, _total: usize) {}
}

/// What a fetch works with.
#[derive(Clone, Copy)]
pub struct FetchContext<'a> {
    /// Takes the documents and gaps.
    pub collector: &'a Collector,
    /// Told what is going on.
    pub progress: &'a dyn Progress,
    /// After this instant no new call is made; what is missing becomes a gap `truncated`.
    pub deadline: Option<Instant>,
}

/// What a fetch cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// HTTP requests sent, retries included.
    pub requests: u64,
}

/// Why a fetch could not even begin or go on. What only leaves something unread is a gap instead.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No credentials, or they were refused at the first call.
    #[error("{what}")]
    Credentials {
        /// What happened.
        what: String,
        /// What to do.
        help: String,
    },
    /// The options contradict each other or the account.
    #[error("{what}")]
    Options {
        /// What happened.
        what: String,
        /// What to do.
        help: String,
    },
    /// The documents could not be kept.
    #[error(transparent)]
    Save(#[from] SaveError),
}

/// Why documents could not be read into an estate at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The folder or a file in it cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A document is not what its name says. Names file, place and field.
    #[error("`{document}`: {place}: {problem}")]
    Document {
        /// The document's path in the folder.
        document: String,
        /// Where in it: `UserDetailList[3].Arn`, or line and column where the text itself is broken.
        place: String,
        /// What is wrong.
        problem: String,
    },
    /// The folder holds no document of this provider.
    #[error("no document of provider `{provider}` in this folder")]
    Nothing {
        /// The provider.
        provider: &'static str,
        /// The names that were looked for.
        expected: &'static str,
    },
}

/// The answer of `census permissions PROVIDER --check` for one read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionCheck {
    /// The read.
    pub read: DeclaredRead,
    /// `Ok`: allowed. `Err`: why not, or why that could not be told.
    pub outcome: Result<(), PermissionProblem>,
}

/// Why a read is not known to be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PermissionProblem {
    /// The cloud denied it.
    Denied(String),
    /// It could not be tried, or failed for another reason.
    Unknown(String),
}

/// A provider, both halves.
pub trait Provider: Send + Sync {
    /// Which.
    fn provider(&self) -> census_model::Provider;

    /// Every operation that `fetch` may call.
    fn reads(&self) -> &'static [DeclaredRead];

    /// Whether a document belongs to this provider, by its path.
    fn owns(&self, path: &DocPath) -> bool;

    /// API → documents. Gaps and documents go to the collector.
    fn fetch<'a>(&'a self, context: FetchContext<'a>) -> BoxFuture<'a, Result<Fetched, FetchError>>;

    /// Documents → nouns. Pure.
    ///
    /// # Errors
    /// When a document is broken in a way that would make the estate wrong rather than partial.
    fn read(&self, documents: &dyn DocumentStore, estate: &mut EstateBuilder) -> Result<(), ReadError>;

    /// The least-privilege policy for `fetch`, in the provider's own format, made from [`Provider::reads`].
    fn permissions_policy(&self) -> String;

    /// Tries each read once.
    fn check_permissions<'a>(&'a self) -> BoxFuture<'a, Result<Vec<PermissionCheck>, FetchError>>;
}
