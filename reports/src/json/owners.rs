//! `census.owners/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    build,
    identity::Owner,
    scalars::{IdentityKind, Instant, Lazy, NatureKind},
    to_bytes, tool,
    types::Tool,
};
use crate::{
    Coverage, OwnerFilter,
    coverage::{STATUSES, coverage_of},
    format::RenderError,
    view::View,
};

#[derive(Serialize)]
struct OwnersReport<'v> {
    schema: &'v str,
    tool: Tool<'v>,
    as_of: Instant,
    complete: bool,
    coverage: BTreeMap<&'static str, usize>,
    coverage_by_scope: BTreeMap<&'v str, BTreeMap<&'static str, usize>>,
    identities: Lazy<'v, OwnedIdentity<'v>>,
}

#[derive(Serialize)]
struct OwnedIdentity<'v> {
    id: &'v str,
    native_id: &'v str,
    name: &'v str,
    kind: IdentityKind,
    nature: NatureKind,
    scope: &'v str,
    owner: Owner<'v>,
}

pub(crate) fn owners_report(view: &View<'_>, filter: OwnerFilter) -> Result<Vec<u8>, RenderError> {
    let (coverage, scopes) = coverage_of(view);
    let listed: Vec<_> =
        view.identities.iter().copied().filter(|i| filter.wants(view.owner_status(&i.id))).collect();
    to_bytes(&OwnersReport {
        schema: "census.owners/1",
        tool: tool(&view.input),
        as_of: Instant(view.as_of()),
        complete: view.input.estate.is_complete(),
        coverage: counts(&coverage),
        coverage_by_scope: scopes.iter().map(|s| (s.scope.as_str(), counts(&s.coverage))).collect(),
        identities: Lazy::of(&listed, |identity| OwnedIdentity {
            id: identity.id.as_str(),
            native_id: &identity.native_id,
            name: &identity.name,
            kind: identity.kind.into(),
            nature: identity.nature.kind.into(),
            scope: identity.scope.as_str(),
            owner: build::owner(view.owner(&identity.id)),
        }),
    })
}

fn counts(coverage: &Coverage) -> BTreeMap<&'static str, usize> {
    STATUSES.iter().map(|status| (status.as_str(), coverage.count(*status))).collect()
}
