//! What an identity holds somewhere, before it is composed.
#![allow(dead_code, reason = "read where reach is composed")]

use census_model::{Proof, ScopeId};

use crate::truth::Truth;

/// What an operation is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Weight {
    /// Makes administrators.
    Administration,
    /// Gives permissions to others.
    Permissions,
    /// Makes credentials of others.
    Credentials,
    /// Reads secrets.
    Secrets,
    /// Reads data.
    Data,
    /// Changes what runs or what others work with.
    Changes,
    /// Destroys it.
    Destroys,
    /// Takes away what watches or guards.
    Blinds,
}

/// An operation that weighs and that an identity may use somewhere.
pub(super) struct Held {
    /// Where: the innermost scope of the estate (a subscription or above, a resource group, the tenant for the directory).
    pub(super) scope: ScopeId,
    pub(super) weight: Weight,
    /// Whether it is certain.
    pub(super) truth: Truth,
    /// The operation, what it gives and who gives it.
    pub(super) proof: Proof,
}
