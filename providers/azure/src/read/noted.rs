//! The gaps that a live fetch noted beside its documents.

use census_model::{Gap, Provider, ScopeId};
use census_provider_api::DocumentStore;

use crate::documents::Collection;

/// What a fetch noted.
pub(super) struct Noted {
    gaps: Vec<Gap>,
    /// Whether the documents come from a fetch: there is a manifest.
    pub(super) live: bool,
}

impl Noted {
    pub(super) fn of(documents: &dyn DocumentStore) -> Self {
        let manifest = documents.manifest();
        let gaps = manifest.iter().flat_map(|manifest| &manifest.gaps);
        let mut gaps: Vec<Gap> = gaps.filter(|gap| gap.provider == Provider::Azure).cloned().collect();
        gaps.sort_by(|a, b| a.id.cmp(&b.id));
        Self { gaps, live: manifest.is_some() }
    }

    /// All of them, by id.
    pub(super) fn all(&self) -> &[Gap] {
        &self.gaps
    }

    /// Those about a document of a tenant, or of something in it.
    pub(super) fn about<'n>(
        &'n self,
        collection: Collection,
        tenant: &'n ScopeId,
    ) -> impl Iterator<Item = &'n Gap> {
        let within = move |scope: &ScopeId| scope == tenant || !scope.as_str().starts_with("azure:tenant/");
        self.gaps.iter().filter(move |gap| {
            collection.reads().contains(&&*gap.read) && gap.scope.as_ref().is_none_or(within)
        })
    }
}
