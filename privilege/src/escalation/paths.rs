//! Routes, told as paths, each with what would end it.

use census_model::{
    Attachment, Because, Cut, CutGrant, GapId, Identity, IdentityId, Path, Proof, StatementEffect, Step,
    Text, Trust, Via,
};

use super::{
    cloud::{Cloud, Told},
    graph::{Certainty, NodeId},
    routes::Route,
};

/// Paths, each with what would end it.
pub(crate) struct Paths {
    pub(crate) paths: Vec<Path>,
    /// What was not read and could stand against all of them; empty where nothing could against one of them.
    pub(crate) limits: Vec<GapId>,
}

/// The paths along routes of one identity.
pub(crate) fn paths<'e>(cloud: &impl Cloud<'e>, id: NodeId, routes: &[Route]) -> Paths {
    let found: Vec<Along> = routes.iter().filter_map(|route| path(cloud, id, route)).collect();
    let is_free = found.iter().any(|one| one.limits.is_empty());
    let limits = found.first().filter(|_| !is_free).map(|one| one.limits.clone()).unwrap_or_default();
    let (paths, cuts): (Vec<Path>, Vec<Vec<Cut>>) = found.into_iter().map(|one| (one.path, one.cuts)).unzip();
    Paths { paths: with_cuts(paths, &cuts), limits }
}

/// Paths, each with the change to make first of those that would end it.
pub(crate) fn with_cuts(mut paths: Vec<Path>, cuts: &[Vec<Cut>]) -> Vec<Path> {
    let ends = |cut: &Cut| cuts.iter().filter(|cuts| cuts.iter().any(|one| one.is_same_change(cut))).count();
    for (path, cuts) in paths.iter_mut().zip(cuts) {
        // What ends most, then what takes the fewest changes, then what comes first.
        path.cut = cuts
            .iter()
            .map(|cut| Cut { ends: ends(cut), ..cut.clone() })
            .enumerate()
            .min_by_key(|(position, cut)| (std::cmp::Reverse(cut.ends), cut.grants.len(), *position))
            .map(|(_, cut)| cut);
    }
    paths
}

/// A path, the changes each of which would end it, and what was not read and could stand against it.
struct Along {
    path: Path,
    cuts: Vec<Cut>,
    limits: Vec<GapId>,
}

fn path<'e>(cloud: &impl Cloud<'e>, id: NodeId, route: &Route) -> Option<Along> {
    let mut acting = cloud.acts_as(id)?;
    let (mut steps, mut all_cuts): (Vec<Step>, Vec<Cut>) = (Vec::new(), Vec::new());
    let mut all_limits: Vec<GapId> = Vec::new();
    for edge in &route.0 {
        if let Told::Step { step, cuts, limits } = cloud.tell(edge, acting)? {
            steps.push(step);
            all_cuts.extend(cuts);
            all_limits.extend(limits);
        }
        acting = cloud.acts_as(edge.to).unwrap_or(acting);
    }
    // Where administration itself hangs on a condition, so does the step that comes to it.
    let last = route.0.last()?;
    let step = steps.last_mut()?;
    step.conditional |= last.certainty == Certainty::Conditional;
    let conditional = route.certainty() == Certainty::Conditional;
    let scope = cloud.administered(last.to).cloned();
    all_limits.sort_unstable();
    all_limits.dedup();
    let path = Path { steps, target: acting.id.clone(), scope, conditional, cut: None };
    Some(Along { path, cuts: all_cuts, limits: all_limits })
}

/// The change that takes what a proof shows from somebody: all the grants that give it. `None` where none is told.
pub(crate) fn cut_of(from: &IdentityId, proof: &Proof) -> Option<Cut> {
    let gives = |one: &&Because| one.effect == StatementEffect::Allow;
    let mut grants: Vec<CutGrant> = proof
        .because
        .iter()
        .filter(gives)
        .map(|one| CutGrant {
            attached_to: one.attached_to.clone(),
            via: one.via.clone(),
            statement: if is_given_whole(&one.via) { Text::default() } else { one.statement.clone() },
        })
        .collect();
    grants.sort_unstable();
    grants.dedup();
    let (action, resource) = (proof.action.clone(), proof.resource.clone());
    (!grants.is_empty()).then(|| Cut { from: from.clone(), action, resource, grants, ends: 1 })
}

/// The end of a federated credential, which goes as a whole.
pub(crate) fn cut_of_credential(from: &IdentityId, becomes: &Identity, trust: &Trust) -> Cut {
    let credential = CutGrant {
        attached_to: Attachment::Identity(becomes.id.clone()),
        via: Via::FederatedCredential { name: (&*trust.statement).into() },
        statement: Text::default(),
    };
    Cut {
        from: from.clone(),
        action: "federated credential".into(),
        resource: becomes.native_id.clone(),
        grants: vec![credential],
        ends: 1,
    }
}

/// Whether something is given or not, with all that it holds: nobody changes what a built-in role or an owner may do.
fn is_given_whole(via: &Via) -> bool {
    matches!(
        via,
        Via::RoleAssignment { .. }
            | Via::DirectoryRole { .. }
            | Via::AppRole { .. }
            | Via::DelegatedPermission { .. }
            | Via::Ownership { .. }
            | Via::AccessPolicy { .. }
            | Via::LocalRole { .. }
    )
}
