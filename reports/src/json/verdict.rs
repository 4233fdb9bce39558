//! `census.verdict/1` and `census.who-can/1`.

use census_model::{Identity, PrincipalSet, Verdict};
use serde::Serialize;

use super::{
    build,
    identity::Who,
    reach::{self, Path, Reason, Residual},
    scalars::{IdentityKind, Instant},
    to_bytes, tool,
    types::{Gap, Tool},
};
use crate::{
    Input, Power,
    format::RenderError,
    verdict::{Asked, WhoCan},
    view::View,
};

#[derive(Serialize)]
struct Can<'v> {
    schema: &'v str,
    tool: Tool<'v>,
    as_of: Instant,
    principal: &'v str,
    action: &'v str,
    resource: &'v str,
    #[serde(flatten)]
    verdict: Answer<'v>,
}

#[derive(Serialize)]
struct WhoCanReport<'v> {
    schema: &'v str,
    tool: Tool<'v>,
    as_of: Instant,
    complete: bool,
    action: &'v str,
    resource: &'v str,
    identities: Vec<OfIdentity<'v>>,
    /// Whoever outside the estate the resource's own policy lets in, should their own side allow it too.
    outsiders: Vec<OfOutsider<'v>>,
    /// Who cannot do it and can come to act as somebody who can, where that was asked for.
    by_path: Vec<ByPath<'v>>,
}

#[derive(Serialize)]
struct ByPath<'v> {
    native_id: &'v str,
    name: &'v str,
    path: Path<'v>,
}

#[derive(Serialize)]
struct OfIdentity<'v> {
    native_id: &'v str,
    name: &'v str,
    kind: IdentityKind,
    scope: &'v str,
    #[serde(flatten)]
    verdict: Answer<'v>,
}

#[derive(Serialize)]
struct OfOutsider<'v> {
    principal: Who<'v>,
    #[serde(flatten)]
    verdict: Answer<'v>,
}

/// An operation that weighs, with its answer.
#[derive(Serialize)]
pub(crate) struct PowerAnswer<'v> {
    action: &'v str,
    resource: &'v str,
    why: &'v str,
    #[serde(flatten)]
    verdict: Answer<'v>,
}

impl<'v> PowerAnswer<'v> {
    pub(crate) fn of(power: &'v Power) -> Self {
        Self { action: power.action, resource: "*", why: power.why, verdict: Answer::of(&power.verdict) }
    }
}

#[derive(Serialize)]
struct Answer<'v> {
    decision: &'v str,
    denied_by: Option<&'v str>,
    /// What the provider does whatever the policies say, where that decides.
    rule: Option<&'v str>,
    residual: Option<Residual<'v>>,
    because: Vec<Reason<'v>>,
    may_widen: Vec<Gap<'v>>,
    may_narrow: Vec<Gap<'v>>,
}

impl<'v> Answer<'v> {
    fn of(verdict: &'v Verdict) -> Self {
        Self {
            decision: verdict.decision.as_str(),
            denied_by: verdict.denied_by.map(census_model::DeniedBy::as_str),
            rule: verdict.rule.as_deref(),
            residual: verdict.residual.as_ref().map(Residual::of),
            because: verdict.because.iter().map(Reason::of).collect(),
            may_widen: verdict.may_widen.iter().map(build::gap).collect(),
            may_narrow: verdict.may_narrow.iter().map(build::gap).collect(),
        }
    }
}

/// One answer as `census.verdict/1`. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn can_json(
    input: &Input<'_>,
    identity: &Identity,
    asked: Asked<'_>,
    verdict: &Verdict,
) -> Result<Vec<u8>, RenderError> {
    to_bytes(&Can {
        schema: "census.verdict/1",
        tool: tool(input),
        as_of: Instant(input.estate.as_of),
        principal: &identity.native_id,
        action: asked.action,
        resource: asked.resource,
        verdict: Answer::of(verdict),
    })
}

/// Everybody's answers as `census.who-can/1`. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn who_can_json(input: &Input<'_>, who: &WhoCan<'_>) -> Result<Vec<u8>, RenderError> {
    let view = View::new(input);
    let mut identities: Vec<_> = who.identities.iter().collect();
    identities.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    to_bytes(&WhoCanReport {
        schema: "census.who-can/1",
        tool: tool(input),
        as_of: Instant(input.estate.as_of),
        complete: input.estate.is_complete(),
        action: who.asked.action,
        resource: who.asked.resource,
        identities: identities
            .into_iter()
            .map(|(identity, verdict)| OfIdentity {
                native_id: &identity.native_id,
                name: &identity.name,
                kind: identity.kind.into(),
                scope: identity.scope.as_str(),
                verdict: Answer::of(verdict),
            })
            .collect(),
        outsiders: who.outsiders.iter().map(|(name, verdict)| outsider(name, verdict)).collect(),
        by_path: who
            .ways
            .iter()
            .map(|(identity, way)| ByPath {
                native_id: &identity.native_id,
                name: &identity.name,
                path: reach::path(&view, way),
            })
            .collect(),
    })
}

fn outsider<'v>(name: &'v PrincipalSet, verdict: &'v Verdict) -> OfOutsider<'v> {
    OfOutsider { principal: build::who(name), verdict: Answer::of(verdict) }
}
