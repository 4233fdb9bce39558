//! What clients asked for.

use serde::{Deserialize, Serialize};

use crate::cloud::HostKind;

/// One request, on the wire or inside a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The API.
    pub kind: HostKind,
    /// The host's name.
    pub host: String,
    /// The method.
    pub method: String,
    /// The path as it was sent; of an inner request as it would be outside.
    pub path: String,
    /// The query as it was sent.
    pub query: String,
    /// The answer's status; none if the connection was ended instead.
    pub status: Option<u16>,
    /// Whether the request stood inside a batch.
    pub inner: bool,
    /// What the bearer token that came is for; none if none came.
    pub audience: Option<String>,
}

/// What [`Call::audience`] says of a bearer token that the fake did not issue.
pub const UNKNOWN_AUDIENCE: &str = "unknown";
