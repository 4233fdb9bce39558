//! The plan for retiring one identity, for programs: `census.retirement/1`.

use census_model::{self as model, Command, Undo as ModelUndo, WorkloadState};
use serde::Serialize;

use super::{
    build,
    identity::Evidence,
    right_size::Named,
    scalars::Instant,
    to_bytes, tool,
    types::{Gap, Tool},
};
use crate::{Input, format::RenderError, json::COMMAND_LEFT_OUT, view::View, words::activity_cell};

#[derive(Serialize)]
struct Answer<'v> {
    schema: &'static str,
    tool: Tool<'v>,
    as_of: Instant,
    identity: Named<'v>,
    /// `staged`, `elsewhere` or `never`.
    way: &'static str,
    because: &'v str,
    remarks: Vec<&'v str>,
    /// An instant, `not since` one, or `not visible`.
    last_used: String,
    /// Whether everything was read that could depend on it.
    complete: bool,
    kept_by: Vec<Keeper<'v>>,
    dependents: Vec<Dependents<'v>>,
    wait: Wait<'v>,
    stages: Vec<Stage<'v>>,
    /// Because of which more may depend on it, or something about it is not known.
    gaps: Vec<Gap<'v>>,
}

#[derive(Serialize)]
struct Keeper<'v> {
    kind: &'static str,
    name: &'v str,
    evidence: Vec<Evidence<'v>>,
}

#[derive(Serialize)]
struct Dependents<'v> {
    kind: &'static str,
    count: usize,
    /// The gaps because of which there may be more.
    open: Vec<&'v str>,
    items: Vec<Dependent<'v>>,
}

#[derive(Serialize)]
struct Dependent<'v> {
    id: &'v str,
    name: &'v str,
    what: &'v str,
    state: Option<&'static str>,
    evidence: Vec<Evidence<'v>>,
}

#[derive(Serialize)]
struct Wait<'v> {
    days: u32,
    because: &'v str,
}

#[derive(Serialize)]
struct Stage<'v> {
    number: usize,
    stage: &'static str,
    tasks: Vec<Task<'v>>,
}

#[derive(Serialize)]
struct Task<'v> {
    says: &'v str,
    evidence: Vec<Evidence<'v>>,
    /// For a POSIX shell, in order.
    commands: Vec<String>,
    undo: Undo<'v>,
    /// Set where a command is missing from either list.
    left_out: Option<&'static str>,
}

#[derive(Serialize)]
struct Undo<'v> {
    /// `nothing`, `by`, `by-hand` or `impossible`.
    kind: &'static str,
    commands: Vec<String>,
    says: Option<&'v str>,
}

/// What `census explain --retire` says of one identity. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn retirement_json(
    input: &Input<'_>,
    identity: &model::Identity,
    plan: &model::RetirementPlan,
) -> Result<Vec<u8>, RenderError> {
    let view = View::new(input);
    let open = plan.open();
    let mut gaps = view.gaps_of(identity);
    gaps.extend(open.iter().filter_map(|id| view.index.gap(id)));
    gaps.sort_by(|a, b| a.id.cmp(&b.id));
    gaps.dedup_by(|a, b| a.id == b.id);
    to_bytes(&Answer {
        schema: "census.retirement/1",
        tool: tool(input),
        as_of: Instant(input.estate.as_of),
        identity: Named::of(identity),
        way: plan.way.as_str(),
        because: &plan.because,
        remarks: plan.remarks.iter().map(AsRef::as_ref).collect(),
        last_used: activity_cell(view.activity(identity)),
        complete: open.is_empty(),
        kept_by: plan.kept_by.iter().map(keeper).collect(),
        dependents: plan.dependents.iter().map(dependents).collect(),
        wait: Wait { days: plan.wait.days, because: &plan.wait.because },
        stages: plan.stages.iter().enumerate().map(stage).collect(),
        gaps: gaps.into_iter().map(build::gap).collect(),
    })
}

fn keeper(one: &model::Keeper) -> Keeper<'_> {
    Keeper { kind: one.kind.as_str(), name: &one.name, evidence: facts(&one.evidence) }
}

fn facts(evidence: &[model::Evidence]) -> Vec<Evidence<'_>> {
    evidence.iter().map(build::evidence).collect()
}

fn dependents(group: &model::Dependents) -> Dependents<'_> {
    Dependents {
        kind: group.kind.as_str(),
        count: group.items.len(),
        open: group.open.iter().map(model::GapId::as_str).collect(),
        items: group.items.iter().map(dependent).collect(),
    }
}

fn dependent(one: &model::Dependent) -> Dependent<'_> {
    let state = one.state.map(|state| match state {
        WorkloadState::Running => "running",
        WorkloadState::Stopped => "stopped",
        WorkloadState::Ended => "ended",
    });
    Dependent { id: &one.id, name: &one.name, what: &one.what, state, evidence: facts(&one.evidence) }
}

fn stage((number, one): (usize, &model::RetirementStage)) -> Stage<'_> {
    Stage { number, stage: one.kind.as_str(), tasks: one.tasks.iter().map(task).collect() }
}

fn task(one: &model::RetirementTask) -> Task<'_> {
    let (kind, undo, says): (_, &[Command], _) = match &one.undo {
        ModelUndo::Nothing => ("nothing", &[], None),
        ModelUndo::By(commands) => ("by", commands, None),
        ModelUndo::ByHand(how) => ("by-hand", &[], Some(&**how)),
        ModelUndo::Impossible(why) => ("impossible", &[], Some(&**why)),
    };
    let shells = |commands: &[Command]| commands.iter().filter_map(Command::shell).collect::<Vec<_>>();
    let (commands, undone) = (shells(&one.commands), shells(undo));
    let is_short = commands.len() < one.commands.len() || undone.len() < undo.len();
    Task {
        says: &one.says,
        evidence: facts(&one.evidence),
        commands,
        undo: Undo { kind, commands: undone, says },
        left_out: is_short.then_some(COMMAND_LEFT_OUT),
    }
}
