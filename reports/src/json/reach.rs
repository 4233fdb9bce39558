//! What an identity can do, in `census.report/1`.

use std::collections::BTreeSet;

use census_model as model;
use model::Attachment;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    build::via,
    identity::How,
    scalars::{
        Bound, ConditionLanguage, Decision, Level, Part, Severity, StatementEffect, TechniqueCategory,
        TechniqueConfidence,
    },
};
use crate::view::View;

/// What an identity can do, and what it can make itself able to do.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Reach<'v> {
    /// The highest level at any scope.
    level: Level,
    bound: Bound,
    /// Whether nothing unconditional gives this level.
    conditional: bool,
    /// By scope, highest first; scopes where it can do nothing are left out.
    at: Vec<ReachAt<'v>>,
    /// What gives the level, other than paths.
    because: Vec<Proof<'v>>,
    /// Ids of the gaps that bear on the level.
    gaps: Vec<&'v str>,
    /// The shortest ways to administration, at most five.
    paths: Vec<Path<'v>>,
    /// How many first steps lead to administration.
    paths_total: usize,
    /// Whether the search for first steps ended at its limit, so that there may be more than `paths_total`.
    paths_more: bool,
    /// Ways with a step whose technique is not documented well enough to raise a level.
    possible_paths: Vec<Path<'v>>,
}

/// The reach at one scope.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ReachAt<'v> {
    /// Id of the scope.
    scope: &'v str,
    level: Level,
    bound: Bound,
    conditional: bool,
}

/// One permission and the statements that decide it.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Proof<'v> {
    /// As the cloud spells it: `iam:PassRole`.
    action: &'v str,
    resource: &'v str,
    /// What it gives, in words.
    why: &'v str,
    decision: Decision,
    residual: Option<Residual<'v>>,
    because: Vec<Reason<'v>>,
}

/// What stays open at run time.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Residual<'v> {
    language: ConditionLanguage,
    /// All of it in words.
    text: &'v str,
    /// The condition keys that decide.
    atoms: Vec<&'v str>,
}

/// A statement that has to do with an answer: which policy, attached to what, and what it says.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Reason<'v> {
    part: Part,
    effect: StatementEffect,
    how: How,
    /// The name of the policy.
    policy: &'v str,
    /// The policy's own id in the cloud; null for an inline one.
    native_id: Option<&'v str>,
    /// The id of what the policy is attached to: an identity, a group, a scope or a resource.
    attached_to: &'v str,
    statement: &'v str,
    says: &'v str,
}

/// A way to administration, or to somebody who was asked for.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Path<'v> {
    /// Ids of the techniques of its steps, in their order.
    techniques: Vec<&'v str>,
    /// Native id of the identity as which the last step acts.
    target: &'v str,
    /// Id of the scope that it administers; null of a way to somebody who was asked for.
    scope: Option<&'v str>,
    /// Whether any step is conditional.
    conditional: bool,
    steps: Vec<Step<'v>>,
    /// The smallest change that ends it.
    cut: Option<Cut<'v>>,
}

/// One step of a path.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Step<'v> {
    /// Id of the technique.
    technique: &'v str,
    /// Native id of who takes it.
    from: &'v str,
    /// Native id of whom it acts as afterwards; the same where it rewrites its own permissions.
    to: &'v str,
    /// Native id of what it goes through: a workload, a policy, a group, an identity provider.
    through: Option<&'v str>,
    /// The step in words.
    says: &'v str,
    conditional: bool,
    /// The permissions that it takes.
    proofs: Vec<Proof<'v>>,
}

/// The smallest change that ends a path: taking one permission from one principal.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Cut<'v> {
    /// Native id of whose permission it is.
    from: &'v str,
    action: &'v str,
    resource: &'v str,
    /// The statements that give it; all of them have to change.
    grants: Vec<CutGrant<'v>>,
    /// How many of the identity's listed paths it ends.
    ends: usize,
}

/// A statement that gives what a cut takes.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct CutGrant<'v> {
    how: How,
    /// The name of the policy.
    policy: &'v str,
    /// The policy's own id in the cloud; null for an inline one.
    native_id: Option<&'v str>,
    /// The id of what the policy is attached to.
    attached_to: &'v str,
    /// The statement; null where the grant as a whole has to go: an assignment, an ownership.
    statement: Option<&'v str>,
}

/// A way to become somebody.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Technique<'v> {
    id: &'v str,
    /// The permissions in short.
    name: &'v str,
    category: TechniqueCategory,
    /// How bad it is before the context counts.
    severity: Severity,
    confidence: TechniqueConfidence,
    /// Where it is described.
    sources: Vec<&'v str>,
}

pub(crate) fn reach<'v>(view: &'v View<'v>, reach: &'v model::Reach) -> Reach<'v> {
    Reach {
        level: reach.level.into(),
        bound: reach.bound.into(),
        conditional: reach.conditional,
        at: reach.at.iter().map(at).collect(),
        because: reach.because.iter().map(proof).collect(),
        gaps: reach.gaps.iter().map(model::GapId::as_str).collect(),
        paths: reach.paths.iter().map(|found| path(view, found)).collect(),
        paths_total: reach.paths_total,
        paths_more: reach.paths_more,
        possible_paths: reach.possible_paths.iter().map(|found| path(view, found)).collect(),
    }
}

fn at(at: &model::ReachAt) -> ReachAt<'_> {
    ReachAt {
        scope: at.scope.as_str(),
        level: at.level.into(),
        bound: at.bound.into(),
        conditional: at.conditional,
    }
}

fn proof(proof: &model::Proof) -> Proof<'_> {
    Proof {
        action: &proof.action,
        resource: &proof.resource,
        why: &proof.why,
        decision: proof.decision.into(),
        residual: proof.residual.as_ref().map(Residual::of),
        because: proof.because.iter().map(Reason::of).collect(),
    }
}

impl<'v> Residual<'v> {
    pub(crate) fn of(residual: &'v model::Residual) -> Self {
        Self {
            language: residual.language.into(),
            text: &residual.text,
            atoms: residual.atoms.iter().map(AsRef::as_ref).collect(),
        }
    }
}

impl<'v> Reason<'v> {
    pub(crate) fn of(because: &'v model::Because) -> Self {
        let (how, policy, native_id) = via(&because.via, &because.attached_to);
        Self {
            part: because.part.into(),
            effect: because.effect.into(),
            how,
            policy,
            native_id,
            attached_to: attached_to(&because.attached_to),
            statement: &because.statement,
            says: &because.says,
        }
    }
}

pub(crate) fn path<'v>(view: &'v View<'v>, path: &'v model::Path) -> Path<'v> {
    Path {
        techniques: path.steps.iter().map(|step| step.technique.as_str()).collect(),
        target: view.native_id(&path.target),
        scope: path.scope.as_ref().map(model::ScopeId::as_str),
        conditional: path.conditional,
        steps: path.steps.iter().map(|taken| step(view, taken)).collect(),
        cut: path.cut.as_ref().map(|smallest| cut(view, smallest)),
    }
}

fn step<'v>(view: &'v View<'v>, step: &'v model::Step) -> Step<'v> {
    Step {
        technique: step.technique.as_str(),
        from: view.native_id(&step.from),
        to: view.native_id(&step.to),
        through: step.through.as_deref(),
        says: &step.says,
        conditional: step.conditional,
        proofs: step.proofs.iter().map(proof).collect(),
    }
}

pub(crate) fn cut<'v>(view: &'v View<'v>, cut: &'v model::Cut) -> Cut<'v> {
    Cut {
        from: view.native_id(&cut.from),
        action: &cut.action,
        resource: &cut.resource,
        grants: cut.grants.iter().map(cut_grant).collect(),
        ends: cut.ends,
    }
}

fn cut_grant(grant: &model::CutGrant) -> CutGrant<'_> {
    let (how, policy, native_id) = via(&grant.via, &grant.attached_to);
    CutGrant {
        how,
        policy,
        native_id,
        attached_to: attached_to(&grant.attached_to),
        statement: (!grant.is_whole()).then_some(&*grant.statement),
    }
}

fn attached_to(attachment: &Attachment) -> &str {
    match attachment {
        Attachment::Identity(id) => id.as_str(),
        Attachment::Group(id) => id.as_str(),
        Attachment::Scope(id) => id.as_str(),
        Attachment::Resource(id) => id,
    }
}

pub(crate) fn technique(technique: &model::Technique) -> Technique<'_> {
    Technique {
        id: technique.id.as_str(),
        name: &technique.name,
        category: technique.category.into(),
        severity: technique.severity.into(),
        confidence: technique.confidence.into(),
        sources: technique.sources.iter().map(AsRef::as_ref).collect(),
    }
}

/// The techniques of paths, each once, by id.
pub(crate) fn techniques_of<'v>(
    view: &View<'v>,
    paths: impl IntoIterator<Item = &'v model::Path>,
) -> Vec<Technique<'v>> {
    let named: BTreeSet<_> =
        paths.into_iter().flat_map(|path| &path.steps).map(|step| &step.technique).collect();
    named.into_iter().filter_map(|id| view.input.reaches.techniques.get(id)).map(technique).collect()
}
