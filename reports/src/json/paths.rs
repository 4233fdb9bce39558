//! `census.paths/1`.

use std::collections::BTreeMap;

use census_model as model;
use serde::Serialize;

use super::{
    build,
    outside::Named,
    reach::{Path, Technique, path, techniques_of},
    scalars::{Bound, IdentityKind, Instant, Level},
    to_bytes, tool,
    types::Tool,
};
use crate::{
    Input,
    format::RenderError,
    paths::{Sought, Taker, Ways},
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
    /// Id of the one outside that was asked about.
    outsider: Option<String>,
    /// What the paths end at or pass through, as it was typed.
    to: Option<&'v str>,
    /// Identities of the whole estate by level.
    reach: BTreeMap<&'static str, usize>,
    identities: Vec<OfIdentity<'v>>,
    /// Those outside, with the paths that were asked for.
    outsiders: Vec<OfOutsider<'v>>,
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

#[derive(Serialize)]
struct OfOutsider<'v> {
    #[serde(flatten)]
    who: Named<'v>,
    level: Level,
    bound: Bound,
    conditional: bool,
    paths: Vec<Path<'v>>,
    /// How many ways lead to administration, whatever was asked for.
    paths_total: usize,
    paths_more: bool,
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
    let mut identities = Vec::new();
    let mut outsiders = Vec::new();
    for ways in found {
        match ways.of {
            Taker::Identity(identity) => identities.push((identity, ways)),
            Taker::Outside(outside) => outsiders.push((outside, ways)),
        }
    }
    identities.sort_by_key(|(identity, _)| &identity.id);
    outsiders.sort_by_key(|(outside, _)| &outside.who);
    to_bytes(&PathsReport {
        schema: "census.paths/1",
        tool: tool(input),
        as_of: Instant(view.as_of()),
        complete: input.estate.is_complete(),
        identity: match sought {
            Sought::Of(Taker::Identity(identity)) => Some(&identity.native_id),
            Sought::Of(Taker::Outside(_)) | Sought::OfAll => None,
        },
        outsider: match sought {
            Sought::Of(Taker::Outside(outside)) => Some(outside.who.id().to_string()),
            Sought::Of(Taker::Identity(_)) | Sought::OfAll => None,
        },
        to,
        reach: build::levels(&view),
        identities: identities.into_iter().map(|(one, ways)| of_identity(&view, one, ways)).collect(),
        outsiders: outsiders.into_iter().map(|(one, ways)| of_outsider(&view, one, ways)).collect(),
        techniques: techniques_of(
            &view,
            found.iter().flat_map(|ways| ways.paths.iter().chain(&ways.possible)).copied(),
        ),
    })
}

fn of_outsider<'v>(view: &'v View<'v>, outside: &'v model::Outside, ways: &'v Ways<'v>) -> OfOutsider<'v> {
    let reach = &outside.reach;
    OfOutsider {
        who: Named::of(view, outside),
        level: reach.level.into(),
        bound: reach.bound.into(),
        conditional: reach.conditional,
        paths: ways.paths.iter().map(|found| path(view, found)).collect(),
        paths_total: reach.paths_total,
        paths_more: reach.paths_more,
    }
}

fn of_identity<'v>(view: &'v View<'v>, identity: &'v model::Identity, ways: &'v Ways<'v>) -> OfIdentity<'v> {
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
