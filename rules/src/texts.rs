//! The policies of an estate, compiled once for all rules.

use std::{cell::OnceCell, collections::BTreeSet};

use census_model::{IdentityId, Index, PolicyId, PolicyKind, Reaches, VaultAccesses};
use census_privilege::{
    aws::{access::Access, document::Document},
    azure, reach,
};

/// The policies of an estate: each text is compiled when a verdict first asks for it, and kept.
pub struct Policies<'a> {
    index: &'a Index<'a>,
    access: OnceCell<Access<'a>>,
    azure: OnceCell<azure::access::Access<'a>>,
}

impl<'a> Policies<'a> {
    /// Reads nothing yet.
    pub fn new(index: &'a Index<'a>) -> Self {
        Self { index, access: OnceCell::new(), azure: OnceCell::new() }
    }

    /// A policy's document; `None` of a text that is none, of other clouds', or that the estate does not have. It is parsed at each call:
    /// few rules look at documents, and to keep them all would take more memory than the estate.
    pub fn document(&self, id: &PolicyId) -> Option<Document> {
        let policy = self.index.estate().policies.get(id)?;
        if policy.kind != PolicyKind::AwsDocument {
            return None;
        }
        Document::parse(&policy.text).ok()
    }

    /// What the identities of AWS may do.
    pub fn access(&self) -> &Access<'a> {
        self.access.get_or_init(|| Access::new(self.index))
    }

    /// What the identities of Azure may do.
    pub fn azure(&self) -> &azure::access::Access<'a> {
        self.azure.get_or_init(|| azure::access::Access::new(self.index))
    }

    /// Who may do what in which vault of Azure.
    pub fn vaults(&self) -> VaultAccesses {
        azure::vaults::of_estate(self.azure())
    }

    /// How far each identity reaches.
    pub fn reaches(&self) -> Reaches {
        reach::of_estate(self.access(), self.azure())
    }

    /// For everybody who can come to act as one of the targets, the shortest paths there.
    pub fn ways_to(&self, targets: &BTreeSet<&IdentityId>) -> reach::WaysTo {
        reach::ways_to(self.access(), self.azure(), targets)
    }
}
