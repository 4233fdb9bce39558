//! `census.paths/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    build,
    reach::{Path, Technique, path, techniques_of},
    scalars::{Bound, IdentityKind, Instant, Level},
    to_bytes, tool,
    types::Tool,
};
use crate::{
    Input,
    format::RenderError,
    paths::{Sought, Ways},
    view::View,
};

#[derive(Serialize)]
struct PathsReport<'v> {
    schema: &'v str,
    tool: Tool<'v>,
    as_of: Instant,
    complete: bool,
    /// Native id of the identity that was asked about; null where all were.
    identity: Option<&'v str>,
    /// What the paths end at or pass through, as it was typed.
    to: Option<&'v str>,
    /// Identities of the whole estate by level.
    reach: BTreeMap<&'static str, usize>,
    identities: Vec<OfIdentity<'v>>,
    techniques: Vec<Technique<'v>>,
}

#[derive(Serialize)]
struct OfIdentity<'v> {
    id: &'v str,
    native_id: &'v str,
    name: &'v str,
    kind: IdentityKind,
    scope: &'v str,
    level: Option<Level>,
    bound: Option<Bound>,
    conditional: Option<bool>,
    paths: Vec<Path<'v>>,
    /// How many first steps lead to administration, whatever was asked for.
    paths_total: Option<usize>,
    paths_more: Option<bool>,
    possible_paths: Vec<Path<'v>>,
}

/// Escalation paths as `census.paths/1`. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn paths_json(
    input: &Input<'_>,
    sought: Sought<'_>,
    to: Option<&str>,
    found: &[Ways<'_>],
) -> Result<Vec<u8>, RenderError> {
    let view = View::new(input);
    let mut found: Vec<_> = found.iter().collect();
    found.sort_by_key(|ways| &ways.identity.id);
    to_bytes(&PathsReport {
        schema: "census.paths/1",
        tool: tool(input),
        as_of: Instant(view.as_of()),
        complete: input.estate.is_complete(),
        identity: match sought {
            Sought::Of(identity) => Some(&identity.native_id),
            Sought::OfAll => None,
        },
        to,
        reach: build::levels(&view),
        identities: found.iter().map(|ways| of_identity(&view, ways)).collect(),
        techniques: techniques_of(
            &view,
            found.iter().flat_map(|ways| ways.paths.iter().chain(&ways.possible)).copied(),
        ),
    })
}

fn of_identity<'v>(view: &'v View<'v>, ways: &'v Ways<'v>) -> OfIdentity<'v> {
    let identity = ways.identity;
    let reach = view.reach(&identity.id);
    OfIdentity {
        id: identity.id.as_str(),
        native_id: &identity.native_id,
        name: &identity.name,
        kind: identity.kind.into(),
        scope: identity.scope.as_str(),
        level: reach.map(|reach| reach.level.into()),
        bound: reach.map(|reach| reach.bound.into()),
        conditional: reach.map(|reach| reach.conditional),
        paths: ways.paths.iter().map(|found| path(view, found)).collect(),
        paths_total: reach.map(|reach| reach.paths_total),
        paths_more: reach.map(|reach| reach.paths_more),
        possible_paths: ways.possible.iter().map(|found| path(view, found)).collect(),
    }
}
