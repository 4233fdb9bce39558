//! `census.owners/1`.

use std::collections::BTreeMap;

use census_model::{LifeState, OwnerStatus};
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
    coverage::{coverage_by_owner, coverage_of},
    format::RenderError,
    view::View,
};

#[derive(Serialize)]
struct OwnersReport<'v> {
    schema: &'v str,
    tool: Tool<'v>,
    as_of: Instant,
    complete: bool,
    /// By owner status.
    coverage: BTreeMap<&'static str, usize>,
    coverage_by_scope: BTreeMap<&'v str, BTreeMap<&'static str, usize>>,
    reviews: Reviews,
    reviews_by_scope: BTreeMap<&'v str, Reviews>,
    /// By business owner.
    reviews_by_owner: BTreeMap<&'v str, Reviews>,
    /// Of what nobody owns, or nobody is known to.
    reviews_without_owner: Reviews,
    identities: Lazy<'v, OwnedIdentity<'v>>,
}

/// How much is owned, reviewed, and retired when its end came.
#[derive(Serialize)]
struct Reviews {
    /// Identities that somebody should own.
    ownable: usize,
    registered: usize,
    /// Registered, and both attestations hold.
    reviewed: usize,
    /// By stage of life.
    states: BTreeMap<&'static str, usize>,
    /// Those that reach `sensitive`, `escalates` or `admin`.
    privileged: PrivilegedReviews,
    /// Those whose end came.
    ended: usize,
    /// Those of them as whom nobody can act any more.
    retired: usize,
}

#[derive(Serialize)]
struct PrivilegedReviews {
    ownable: usize,
    registered: usize,
    reviewed: usize,
}

impl Reviews {
    fn of(coverage: &Coverage) -> Self {
        let (ended, retired) = coverage.ended();
        let privileged = coverage.privileged();
        Self {
            ownable: coverage.ownable(),
            registered: coverage.count(OwnerStatus::Registered),
            reviewed: coverage.reviewed(),
            states: LifeState::ALL.iter().map(|state| (state.as_str(), coverage.standing(*state))).collect(),
            privileged: PrivilegedReviews {
                ownable: privileged.all,
                registered: privileged.registered,
                reviewed: privileged.reviewed,
            },
            ended,
            retired,
        }
    }
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

pub(crate) fn owners_report(view: &View<'_>, filter: &OwnerFilter) -> Result<Vec<u8>, RenderError> {
    let (coverage, scopes) = coverage_of(view);
    let mut owners = coverage_by_owner(view);
    let listed: Vec<_> =
        view.identities.iter().copied().filter(|identity| filter.wants(view, identity)).collect();
    to_bytes(&OwnersReport {
        schema: "census.owners/1",
        tool: tool(&view.input),
        as_of: Instant(view.as_of()),
        complete: view.input.estate.is_complete(),
        coverage: counts(&coverage),
        reviews: Reviews::of(&coverage),
        reviews_by_scope: scopes.iter().map(|s| (s.scope.as_str(), Reviews::of(&s.coverage))).collect(),
        reviews_without_owner: Reviews::of(&owners.remove(&None).unwrap_or_default()),
        reviews_by_owner: owners.iter().filter_map(|(owner, c)| Some(((*owner)?, Reviews::of(c)))).collect(),
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
    OwnerStatus::ALL.iter().map(|status| (status.as_str(), coverage.count(*status))).collect()
}
