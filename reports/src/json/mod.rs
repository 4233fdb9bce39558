//! JSON: `census.report/1` and the form of `explain` for programs.

mod azure;
mod build;
mod identity;
mod life;
mod outside;
mod owners;
mod paths;
mod permission_set;
mod privilege_use;
mod reach;
mod retirement;
mod right_size;
mod scalars;
mod types;
mod vaults;
mod verdict;
mod writer;

use std::io::Write;

use schemars::generate::SchemaSettings;
use serde::Serialize;

pub(crate) use azure::Activation;
pub(crate) use build::{COMMAND_LEFT_OUT, policies, scope_policies, via};
pub(crate) use identity::{Attached, How};
pub(crate) use owners::owners_report;
pub use paths::paths_json;
pub use retirement::retirement_json;
pub use right_size::right_size_json;
pub(crate) use vaults::vaults_report;
pub use vaults::vaults_schema;
pub use verdict::{can_json, who_can_json};
pub use writer::to_line;
pub(crate) use writer::{to_bytes, to_writer};

use crate::{
    Input, Power,
    format::RenderError,
    reach::{best_cut, paths_of},
    view::View,
};
use census_model::Identity;
use scalars::{Instant, Lazy};
use types::{Report, Scan, Tool};

/// Name and version of the report format.
pub(crate) const REPORT_SCHEMA: &str = "census.report/1";

/// The whole scan as `census.report/1`. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn report_json(input: &Input<'_>) -> Result<Vec<u8>, RenderError> {
    let mut bytes = Vec::new();
    write_report_json(input, &mut bytes)?;
    Ok(bytes)
}

/// The same, written as it is made: it can be larger than everything that it is made from.
///
/// # Errors
/// When `out` refuses.
pub fn write_report_json(input: &Input<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    let view = View::new(input);
    let scopes: Vec<_> = input.estate.scopes.values().collect();
    let mut sources: Vec<_> = input.estate.sources.iter().collect();
    sources.sort();
    let mut issuers: Vec<_> = input.estate.issuers.iter().collect();
    issuers.sort_by(|a, b| a.id.cmp(&b.id));
    let scope_credentials: Vec<_> =
        view.credentials.iter().copied().filter(|c| c.identity().is_none()).collect();
    let techniques: Vec<_> = input.reaches.techniques.values().collect();
    let outsiders: Vec<_> = input.reaches.outside.iter().collect();
    let report = Report {
        schema: REPORT_SCHEMA,
        tool: tool(input),
        scan: scan(&view, &sources),
        summary: build::summary(&view),
        scopes: Lazy::of(&scopes, |scope| build::scope(scope)),
        identities: Lazy::of(&view.identities, |identity| build::identity(&view, identity)),
        techniques: Lazy::of(&techniques, |technique| reach::technique(technique)),
        outsiders: Lazy::of(&outsiders, |one| outside::outsider(&view, one)),
        scope_credentials: Lazy(Box::new(|| {
            Box::new(scope_credentials.iter().filter_map(|c| build::scope_credential(c)))
        })),
        issuers: Lazy::of(&issuers, |issuer| build::issuer(issuer)),
        vaults: Lazy::of(&view.vaults, |vault| azure::vault(&view, vault)),
        registry: build::registry(input.ownership),
        findings: Lazy::of(&view.findings, |finding| build::finding(&view, finding)),
        gaps: Lazy::of(&view.gaps, |gap| build::gap(gap)),
    };
    to_writer(&report, out)
}

/// The JSON Schema (draft 2020-12) of `census.report/1`, made from the types that are written. Ends with one line
/// break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn report_schema() -> Result<String, RenderError> {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut text = serde_json::to_string_pretty(&generator.into_root_schema_for::<Report<'static>>())?;
    text.push('\n');
    Ok(text)
}

/// One identity for programs: its object of the report, what limits it from above, its findings and the gaps
/// because of which something about it is not known.
#[derive(Serialize)]
struct Explanation<'v> {
    schema: &'v str,
    tool: Tool<'v>,
    scan: Scan<'v>,
    /// The scopes it lives in, nearest first.
    scope_path: Vec<types::Scope<'v>>,
    identity: identity::Identity<'v>,
    /// Policies of those scopes.
    scope_policies: Vec<Attached<'v>>,
    /// The change that ends the most of its paths.
    cut_first: Option<reach::Cut<'v>>,
    /// The techniques that its paths name.
    techniques: Vec<reach::Technique<'v>>,
    /// Operations that weigh, each with its answer on any resource.
    powers: Vec<verdict::PowerAnswer<'v>>,
    findings: Vec<types::Finding<'v>>,
    gaps: Vec<types::Gap<'v>>,
}

/// What `census explain` says of one identity, as `census.explain/1`. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn explain_json(
    input: &Input<'_>,
    identity: &Identity,
    powers: &[Power],
) -> Result<Vec<u8>, RenderError> {
    let view = View::new(input);
    let mut sources: Vec<_> = input.estate.sources.iter().collect();
    sources.sort();
    to_bytes(&Explanation {
        schema: "census.explain/1",
        tool: tool(input),
        scan: scan(&view, &sources),
        scope_path: view.index.ancestors(&identity.scope).into_iter().map(build::scope).collect(),
        identity: build::identity(&view, identity),
        scope_policies: scope_policies(&view, identity),
        cut_first: view.reach(&identity.id).and_then(best_cut).map(|cut| reach::cut(&view, cut)),
        techniques: reach::techniques_of(&view, paths_of(view.reach(&identity.id))),
        powers: powers.iter().map(verdict::PowerAnswer::of).collect(),
        findings: view.findings_of(&identity.id).iter().map(|f| build::finding(&view, f)).collect(),
        gaps: view.gaps_of(identity).into_iter().map(build::gap).collect(),
    })
}

pub(crate) fn tool<'v>(input: &Input<'v>) -> Tool<'v> {
    Tool { name: "census", version: input.tool_version }
}

fn scan<'v>(view: &'v View<'v>, sources: &'v [&'v census_model::Source]) -> Scan<'v> {
    let estate = view.input.estate;
    let mut targets: Vec<&str> = estate.targets.iter().map(AsRef::as_ref).collect();
    targets.sort_unstable();
    Scan {
        started: Instant(estate.started),
        finished: Instant(estate.finished),
        as_of: Instant(estate.as_of),
        targets,
        complete: estate.is_complete(),
        sources: Lazy::of(sources, move |source| build::source(view, source)),
    }
}
