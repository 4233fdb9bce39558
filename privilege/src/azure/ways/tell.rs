//! Steps in words, with the grants that prove them and the changes that end them.

use std::collections::BTreeSet;

use census_model::{
    Because, Decision, GapId, Identity, Part, PrincipalSet, Proof, Step, TechniqueId, Text, Trust,
};

use super::{
    ADMINISTERS, Through, Ways,
    answers::{self, Aim, Given},
    attempts,
    world::Who,
};
use crate::{
    azure::techniques::{On, TargetKind},
    escalation::{Certainty, Edge, Told, cut_of, cut_of_credential},
    truth::Truth,
};

/// What is told of an edge.
pub(super) fn edge<'e>(
    ways: &Ways<'_, 'e>,
    edge: &Edge,
    acting: &'e Identity,
    to: &'e Identity,
) -> Option<Told> {
    if edge.technique == ADMINISTERS {
        return Some(Told::Nothing);
    }
    let number = usize::from(edge.technique);
    let prepared = ways.data.prepared.get(number)?;
    let technique = prepared.technique;
    let through = *ways.throughs.get(usize::try_from(edge.through).ok()?)?;
    let id = attempts::id_of_target(ways, edge.to, through);
    let mut proofs = Vec::new();
    let mut cuts = Vec::new();
    let mut limits: BTreeSet<GapId> = BTreeSet::new();
    let made = match ways.world.who(edge.from) {
        Some(Who::OfRole(..)) => "by the role that it has given itself",
        _ => "as the administrator that it has made of itself",
    };
    for (position, need) in prepared.needs.iter().enumerate() {
        let given = match need.on {
            On::Anywhere => ways.known_anywhere(edge.from, (number, position))?,
            on => {
                let target = aim(ways, edge, (technique.target, through), id.as_deref())?;
                let aim = ways.aim_of_need(on, target)?;
                let given = ways.given(edge.from, need, aim)?;
                // Another operation that would do must go as well.
                let all = ways.all_given(edge.from, need, aim).filter(|one| one.is_by(technique.by));
                let because = all.filter_map(|one| one.verdict).flat_map(|verdict| verdict.because);
                cuts.extend(cut_of(
                    &acting.id,
                    &Proof { because: because.collect(), ..proof(given.clone(), on, made) },
                ));
                given
            }
        };
        let narrows = given.verdict.iter().flat_map(|verdict| &verdict.may_narrow);
        limits.extend(narrows.map(|gap| gap.id.clone()).filter(|id| ways.access.index().gap(id).is_some()));
        proofs.push(proof(given, need.on, made));
    }
    // An agent's blueprint is trusted for what it is, by no credential that anybody could take away.
    if let Through::Trust(trust) = through
        && trust.condition.is_some()
    {
        cuts.push(cut_of_credential(&acting.id, to, trust));
    }
    let outsider =
        technique.outsider.as_ref().map(|one| format!("; it depends on {one}")).unwrap_or_default();
    let step = Step {
        technique: TechniqueId::new(&technique.id),
        from: acting.id.clone(),
        to: to.id.clone(),
        through: match (through, ways.world.who(edge.to)) {
            (Through::Workload(workload), _) => Some(workload.native_id.clone()),
            (Through::Trust(trust), _) => Some(trust.statement.clone()),
            (Through::Directory(_, trust) | Through::Application(_, trust), _) => named(trust),
            (Through::Certificate(object), _) => Some(object.native_id.clone()),
            (Through::Nothing, Some(Who::Member(group, _))) => Some(group.native_id.clone()),
            (Through::Nothing, Some(Who::OfRole(scope, role))) => {
                Some(format!("{} in {}", role.name, answers::words(Aim::Scope(scope))).into())
            }
            (Through::Nothing, _) => None,
        },
        says: format!("{}{outsider}", technique.says).into(),
        conditional: edge.certainty == Certainty::Conditional,
        proofs,
    };
    Some(Told::Step { step, cuts, limits: limits.into_iter().collect() })
}

/// What a technique's permissions on its target were asked about.
fn aim<'t, 'e>(
    ways: &Ways<'_, 'e>,
    edge: &Edge,
    (kind, through): (TargetKind, Through<'e>),
    id: Option<&'t str>,
) -> Option<Aim<'t, 'e>> {
    match through {
        Through::Directory(tenant, _) => return Some(Aim::Tenant(tenant)),
        Through::Application(application, _) => return Some(Aim::Principal(application)),
        Through::Certificate(object) => return Some(Aim::Certificate(object)),
        Through::Nothing | Through::Workload(_) | Through::Trust(_) => {}
    }
    Some(match (kind, ways.world.who(edge.to)?) {
        (TargetKind::Scope, Who::OfScope(scope)) => Aim::Scope(scope),
        (_, Who::OfRole(scope, role)) => Aim::Role(scope, role),
        (TargetKind::Resource | TargetKind::UserAssignedIdentity, _) => Aim::Resource(id?),
        (kind, Who::Identity(identity)) => ways.aim_of(kind, identity)?,
        (_, Who::Member(group, _)) => Aim::Group(group),
        (_, Who::Goal(tenant) | Who::OfDirectory(tenant) | Who::OfScope(tenant)) => Aim::Tenant(tenant),
    })
}

/// The identity provider that a trust names.
fn named(trust: &Trust) -> Option<Text> {
    match &trust.who {
        PrincipalSet::External(provider) => Some(provider.clone()),
        _ => None,
    }
}

/// `made` says by what the permission is had where no grant of the estate gives it.
fn proof(given: Given, on: On, made: &str) -> Proof {
    let (because, residual) = match given.verdict {
        Some(verdict) => (verdict.because, verdict.residual),
        None => (Vec::new(), None),
    };
    let why = match (on, because.is_empty()) {
        (_, true) => made,
        (On::Target, false) => "on the target",
        (On::Group, false) => "in the resource group of the target",
        (On::Subscription, false) => "in the subscription of the target",
        (On::Anywhere, false) => "where it makes something of its own",
        (On::Tenant, false) => "on the directory",
        (On::Application, false) => "on the enterprise application",
    };
    let decides = |one: &Because| matches!(one.part, Part::Decides | Part::MayDecide);
    Proof {
        action: given.operation.into(),
        resource: given.resource.into(),
        why: why.into(),
        decision: if given.truth == Truth::Yes { Decision::Allowed } else { Decision::Conditional },
        residual,
        because: because.into_iter().filter(decides).collect(),
    }
}
