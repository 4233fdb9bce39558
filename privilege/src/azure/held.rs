//! What an identity holds somewhere, before it is composed.

use census_model::{Proof, ScopeId};

use crate::truth::Truth;

/// What an operation is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Weight {
    /// Gives anybody any permission.
    Administration,
    /// Gives others permissions, or takes away what limits them.
    Permissions,
    /// Makes credentials of others.
    Credentials,
    /// Reads secrets.
    Secrets,
    /// Reads or copies data.
    Data,
    /// Changes what runs.
    Changes,
    /// Deletes what others need.
    Destroys,
    /// Keeps people from seeing what happens.
    Blinds,
}

/// An operation that weighs and that an identity may use somewhere.
#[derive(Clone)]
pub(super) struct Held {
    /// Where: the innermost scope of the estate (a subscription or above, a resource group, the tenant for the directory).
    pub(super) scope: ScopeId,
    /// What it is good for.
    pub(super) weight: Weight,
    /// Whether it is certain.
    pub(super) truth: Truth,
    /// The operation, what it gives and who gives it.
    pub(super) proof: Proof,
}
