//! Paths and powers in the words and with the statements that prove them.

use census_model::{Cut, Decision, Identity, Part, Proof, Step, TechniqueId, Text};

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
    escalation::{Certainty, Edge, NodeId, Told},
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

/// Writes steps.
pub(super) struct Describer<'w, 's, 'e> {
    pub(super) found: &'w Found<'s, 'e>,
}

impl<'w, 's, 'e> Describer<'w, 's, 'e> {
    pub(super) fn new(found: &'w Found<'s, 'e>) -> Self {
        Self { found }
    }

    /// What is told of an edge.
    pub(super) fn tell(&self, edge: &Edge, acting: &'e Identity) -> Option<Told> {
        let world = &self.found.world;
        let to = world.node(edge.to)?;
        // To administer an account is the end of a path and no step; what is done as its administrator is one.
        let is_pseudo = self.technique(edge).is_some_and(|technique| &*technique.id == ADMINISTRATION);
        if matches!(to.who, Who::Goal) || (is_pseudo && to.identity().is_none()) {
            return Some(Told::Nothing);
        }
        let to = to.identity().map_or(acting, |(identity, _)| identity);
        let (step, cuts) = self.step(edge, acting, (to, world.about(edge.to).unwrap_or(to)))?;
        Some(Told::Step { step, cuts, limits: Vec::new() })
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
