//! What would have sufficed, for programs: `census.right-size/1`.

use census_model as model;
use serde::Serialize;
use serde_json::Value;

use super::{
    build,
    scalars::{Confidence, Instant},
    to_bytes, tool,
    types::{Gap, Tool},
};
use crate::{Input, format::RenderError, view::View};

#[derive(Serialize)]
struct Answer<'v> {
    schema: &'static str,
    tool: Tool<'v>,
    as_of: Instant,
    identity: Named<'v>,
    /// Null where nothing is known of its usage, so that nothing can be called unused.
    right_size: Option<Sized<'v>>,
    /// Because of which something is not known.
    gaps: Vec<Gap<'v>>,
}

/// Which identity an answer is about.
#[derive(Serialize)]
pub(super) struct Named<'v> {
    id: &'v str,
    native_id: &'v str,
    name: &'v str,
}

impl<'v> Named<'v> {
    pub(super) fn of(identity: &'v model::Identity) -> Self {
        Self { id: identity.id.as_str(), native_id: &identity.native_id, name: &identity.name }
    }
}

#[derive(Serialize)]
struct Sized<'v> {
    confidence: Confidence,
    window: Window,
    remarks: Vec<&'v str>,
    characters_before: usize,
    policies: Vec<Policy>,
    services: Vec<Service<'v>>,
}

#[derive(Serialize)]
struct Window {
    from: Instant,
    to: Instant,
}

#[derive(Serialize)]
struct Policy {
    /// Characters, without white space.
    characters: usize,
    /// The policy itself.
    document: Option<Value>,
}

#[derive(Serialize)]
struct Service<'v> {
    service: &'v str,
    state: &'static str,
    /// The last use of a used service; since when an unused one was not.
    at: Option<Instant>,
    granted: usize,
    used: usize,
    unused: usize,
    untold: usize,
    unused_permission_changes: usize,
    unused_weighty: Vec<Weighty<'v>>,
    untold_weighty: Vec<Weighty<'v>>,
}

#[derive(Serialize)]
struct Weighty<'v> {
    action: &'v str,
    why: &'v str,
}

/// What `census explain --right-size` says of one identity. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn right_size_json(
    input: &Input<'_>,
    identity: &model::Identity,
    sized: Option<&model::RightSize>,
) -> Result<Vec<u8>, RenderError> {
    let view = View::new(input);
    to_bytes(&Answer {
        schema: "census.right-size/1",
        tool: tool(input),
        as_of: Instant(input.estate.as_of),
        identity: Named::of(identity),
        right_size: sized.map(of),
        gaps: view.gaps_of(identity).into_iter().map(build::gap).collect(),
    })
}

fn of(sized: &model::RightSize) -> Sized<'_> {
    Sized {
        confidence: sized.confidence.into(),
        window: Window { from: Instant(sized.from), to: Instant(sized.to) },
        remarks: sized.remarks.iter().map(AsRef::as_ref).collect(),
        characters_before: sized.characters_before,
        policies: sized
            .policies
            .iter()
            .map(|policy| Policy {
                characters: policy.characters,
                document: serde_json::from_str(&policy.text).ok(),
            })
            .collect(),
        services: sized.services.iter().map(service).collect(),
    }
}

fn service(one: &model::ServiceSize) -> Service<'_> {
    Service {
        service: &one.service,
        state: one.state.as_str(),
        at: one.at.map(Instant),
        granted: one.actions.granted(),
        used: one.actions.used,
        unused: one.actions.unused,
        untold: one.actions.untold,
        unused_permission_changes: one.unused_permission_changes,
        unused_weighty: one.unused_weighty.iter().map(weighty).collect(),
        untold_weighty: one.untold_weighty.iter().map(weighty).collect(),
    }
}

fn weighty(one: &model::WeightyAction) -> Weighty<'_> {
    Weighty { action: &one.action, why: &one.why }
}
