//! Paths and powers in the words and with the statements that prove them.

use census_model::{Cut, Decision, Identity, Part, Path, Proof, Step, TechniqueId, Text};

use super::{
    ADMINISTRATION,
    gifts::{self},
    names,
    needs::{Assigned, Fixed},
    node::Who,
    proofs::cut,
    regions,
    steps::{Found, Through},
    tags::tag_along,
    world::World,
};
use crate::{
    aws::{
        access::Question,
        techniques::{Becomes, ResourcePolicy, TargetKind::PermissionSet, Technique},
    },
    escalation::{Certainty, Edge, NodeId, Route},
};

/// Why a principal administers its account: what lets it give a role everything.
pub(super) fn administration(world: &World<'_, '_>, id: NodeId) -> Option<Proof> {
    let account = world.accounts.get(world.node(id)?.account)?;
    let (partition, account) = (account.partition, account.id);
    let why = "gives whomever it likes any permission";
    for (action, kind) in [
        ("iam:PutRolePolicy", "role"),
        ("iam:AttachRolePolicy", "role"),
        ("iam:PutUserPolicy", "user"),
        ("iam:AttachUserPolicy", "user"),
    ] {
        let name = names::NAME;
        let Ok(question) = Question::new(action, &format!("arn:{partition}:iam::{account}:{kind}/{name}"))
        else {
            continue;
        };
        let proof =
            proof(world, id, action, &format!("arn:{partition}:iam::{account}:{kind}/*"), &question, why);
        if proof.as_ref().is_some_and(|proof| proof.decision != Decision::Denied) {
            return proof;
        }
    }
    None
}

/// One permission of a principal with the statements that decide it.
pub(super) fn proof(
    world: &World<'_, '_>,
    id: NodeId,
    action: &str,
    resource: &str,
    question: &Question,
    why: &str,
) -> Option<Proof> {
    let (decision, residual, because) = world.access.proof(world.actor(id)?, question);
    let because =
        because.into_iter().filter(|because| matches!(because.part, Part::Decides | Part::MayDecide));
    Some(Proof {
        action: action.into(),
        resource: resource.into(),
        why: why.into(),
        decision,
        residual,
        because: because.collect(),
    })
}

/// Writes paths.
pub(super) struct Describer<'w, 's, 'e> {
    pub(super) found: &'w Found<'s, 'e>,
}

impl<'w, 's, 'e> Describer<'w, 's, 'e> {
    pub(super) fn new(found: &'w Found<'s, 'e>) -> Self {
        Self { found }
    }

    /// The paths along routes of one identity, each with what would end it.
    pub(super) fn paths(&self, id: NodeId, routes: &[Route]) -> Vec<Path> {
        let (mut paths, cuts): (Vec<Path>, Vec<Vec<Cut>>) =
            routes.iter().filter_map(|route| self.path(id, route)).unzip();
        let ends = |cut: &Cut| cuts.iter().filter(|cuts| cuts.contains(cut)).count();
        for (path, cuts) in paths.iter_mut().zip(&cuts) {
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

    fn path(&self, id: NodeId, route: &Route) -> Option<(Path, Vec<Cut>)> {
        let world = &self.found.world;
        let last = route.0.last()?;
        let end = world.node(last.to)?;
        let scope = matches!(end.who, Who::Goal)
            .then(|| world.accounts.get(end.account).map(|account| account.scope.clone()))
            .flatten();
        // To administer is the end of a path and no step of it.
        let is_step = |edge: &&Edge| world.node(edge.to).is_some_and(|node| !matches!(node.who, Who::Goal));
        let edges = route.0.iter().filter(is_step);
        let mut acting: &Identity = world.node(id)?.identity()?.0;
        let (mut steps, mut cuts): (Vec<Step>, Vec<Cut>) = (Vec::new(), Vec::new());
        for edge in edges {
            let to = world.node(edge.to)?.identity().map_or(acting, |(identity, _)| identity);
            // To administer an account is no step; what is done as its administrator is.
            let is_pseudo = self.technique(edge).is_some_and(|technique| &*technique.id == ADMINISTRATION);
            if !(is_pseudo && world.node(edge.to)?.identity().is_none()) {
                let about = world.about(edge.to).unwrap_or(to);
                let (step, of_step) = self.step(edge, acting, (to, about))?;
                steps.push(step);
                cuts.extend(of_step);
            }
            acting = to;
        }
        if steps.is_empty() {
            return None;
        }
        let conditional = route.certainty() == Certainty::Conditional;
        // Where administration itself hangs on a condition, so does the step that comes to it.
        if let Some(step) = steps.last_mut().filter(|_| last.certainty == Certainty::Conditional) {
            step.conditional = true;
        }
        Some((Path { steps, target: acting.id.clone(), scope, conditional, cut: None }, cuts))
    }

    pub(super) fn technique(&self, edge: &Edge) -> Option<&'static Technique> {
        Some(self.found.world.prepared.get(usize::from(edge.technique))?.technique)
    }

    fn step(
        &self,
        edge: &Edge,
        from: &Identity,
        (to, about): (&Identity, &Identity),
    ) -> Option<(Step, Vec<Cut>)> {
        let technique = self.technique(edge)?;
        let (edge_through, service) = self.found.throughs.get(usize::try_from(edge.through).ok()?)?;
        let through: Option<Text> = match edge_through {
            Through::Nothing => None,
            Through::Workload(id) => Some((*id).into()),
            Through::Thing(id) => Some(id.clone()),
            Through::Policy { policy, .. } => Some((*policy).into()),
            Through::Inline { group, .. } => group.map(Into::into),
        };
        let on = match &edge_through {
            Through::Policy { group, .. } => *group,
            _ => through.as_deref(),
        };
        let region = match edge_through {
            Through::Workload(id) => regions::of(id),
            _ => None,
        };
        let is_assigned = technique.target == PermissionSet && technique.becomes == Becomes::Target;
        let fixed = Fixed {
            service: *service,
            policy: through.as_deref(),
            region,
            assigned: is_assigned.then(|| Assigned::of(&self.found.world, about)),
            given: gifts::given_along(&self.found.world, edge),
            tag: tag_along(&self.found.world, edge),
            boundary: None,
        };
        let mut proofs = Vec::new();
        let mut cuts = Vec::new();
        // What a policy allows that the caller has rewritten by then has no statement to show.
        for need in technique.needs.iter().filter(|need| need.policy == ResourcePolicy::AsRead) {
            let resources = self.resources(edge, technique, need, about, (on, fixed));
            if let Some((proof, givers, gift)) = self.need(edge, need, &resources, fixed) {
                cuts.extend(cut(&from.id, &proof, givers));
                proofs.extend(self.written(edge, &gift));
                let room = self.room(edge, need, &proof);
                proofs.push(proof);
                proofs.extend(room);
            }
        }
        let step = Step {
            technique: TechniqueId::new(&technique.id),
            from: from.id.clone(),
            to: to.id.clone(),
            says: self.says(edge, technique, edge_through).into(),
            through,
            conditional: edge.certainty == Certainty::Conditional,
            proofs,
        };
        Some((step, cuts))
    }

    /// The step in words.
    fn says(&self, edge: &Edge, technique: &Technique, by: &Through<'_>) -> String {
        let is_administrator = self.found.world.node(edge.from).is_some_and(|node| {
            matches!(node.who, Who::Administrator(_)) && &*technique.id != ADMINISTRATION
        });
        let through =
            if is_administrator { ", through a principal of the account that it administers" } else { "" };
        let outsider =
            technique.outsider.as_ref().map(|outsider| format!("; {outsider}")).unwrap_or_default();
        let which = match by {
            Through::Inline { name, .. } => format!(": `{name}`"),
            _ => tag_along(&self.found.world, edge)
                .map(|(key, value)| format!(": `{key}` = `{value}`"))
                .unwrap_or_default(),
        };
        format!("{}{which}{through}{outsider}", technique.says)
    }
}
