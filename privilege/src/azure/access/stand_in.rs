//! Those who stand in for whoever comes to be in a group.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Activation, Group, GroupId, Identity, IdentityId, IdentityKind, Index, Membership, Nature, NatureKind,
    Observed, Provider,
};
use jiff::Timestamp;

/// An identity that is in one group, and has nothing but what that gives.
pub(super) struct StandIn {
    pub(super) identity: Identity,
    pub(super) memberships: Vec<Membership>,
}

/// The id by which it is known here; nothing of the estate has such a one.
pub(super) fn id(group: &Group) -> IdentityId {
    IdentityId::new(format!("{}#member", group.id))
}

/// One for each group of Azure.
pub(super) fn all(index: &Index<'_>) -> BTreeMap<IdentityId, StandIn> {
    let mut around: BTreeMap<&GroupId, BTreeSet<&Membership>> = BTreeMap::new();
    for one in &index.estate().memberships {
        for inner in &one.through {
            around.entry(inner).or_default().insert(one);
        }
    }
    let groups = index.groups().filter(|group| group.id.as_str().starts_with("azure:"));
    groups
        .map(|group| {
            let identity = identity(group, index.estate().as_of);
            let membership = |of: &GroupId, through: Vec<GroupId>| Membership {
                group: of.clone(),
                member: identity.id.clone(),
                through,
                activation: Activation::Standing,
            };
            let mut memberships = vec![membership(&group.id, Vec::new())];
            for one in around.get(&group.id).into_iter().flatten() {
                // From the outermost inwards, this group the last.
                let inward = one.through.iter().take_while(|inner| **inner != group.id).cloned();
                memberships.push(membership(&one.group, inward.chain([group.id.clone()]).collect()));
            }
            memberships.sort();
            memberships.dedup();
            (identity.id.clone(), StandIn { identity, memberships })
        })
        .collect()
}

fn identity(group: &Group, as_of: Timestamp) -> Identity {
    Identity {
        id: id(group),
        native_id: id(group).as_str().into(),
        aliases: Vec::new(),
        immutable_id: None,
        provider: Provider::Azure,
        kind: IdentityKind::EntraServicePrincipal,
        nature: Nature { kind: NatureKind::Machine, reasons: Vec::new(), open: Vec::new() },
        scope: group.scope.clone(),
        name: group.name.clone(),
        path: None,
        tags: BTreeMap::new(),
        created: None,
        disabled: false,
        deleted: None,
        application: None,
        person: None,
        managed_by: None,
        last_used: Observed::NotSince(as_of),
    }
}
