//! Those who stand in for whoever comes to be in a group, or gives itself a role.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Activation, Attachment, Effect, Grant, Group, GroupId, Identity, IdentityId, IdentityKind, Index,
    Membership, Nature, NatureKind, Observed, Provider, ScopeId, Text, Via,
};

use crate::azure::assigning::{Assignable, Role};

/// An identity that is in one group, or has one role, and has nothing but what that gives.
pub(in crate::azure) struct StandIn {
    pub(super) identity: Identity,
    pub(super) memberships: Vec<Membership>,
    pub(super) grants: Vec<Grant>,
}

/// The id by which a member of a group is known here; nothing of the estate has such a one.
pub(super) fn member_of(group: &Group) -> IdentityId {
    IdentityId::new(format!("{}#member", group.id))
}

/// The same of the holder of a role.
pub(super) fn holder_of(scope: &ScopeId, role: Role<'_>) -> IdentityId {
    IdentityId::new(format!("{scope}#{}", role.id))
}

/// One for each group of Azure, and one for each role that a condition lets somebody assign, where it does.
pub(super) fn all(index: &Index<'_>, assignable: &Assignable<'_>) -> BTreeMap<IdentityId, StandIn> {
    let members = members(index);
    let holders = assignable.roles().map(|(scope, role)| holder(index, scope, role));
    members.into_iter().chain(holders).map(|one| (one.identity.id.clone(), one)).collect()
}

fn holder(index: &Index<'_>, scope: &ScopeId, role: Role<'_>) -> StandIn {
    let identity = identity(index, holder_of(scope, role), scope, role.name.into());
    let grant = Grant {
        policy: Some(role.policy.clone()),
        effect: Effect::Allow,
        attached_to: Attachment::Identity(identity.id.clone()),
        via: Via::RoleAssignment {
            native_id: identity.native_id.clone(),
            role: role.id.into(),
            name: role.name.into(),
        },
        scope: scope.clone(),
        activation: Activation::Standing,
        condition: None,
    };
    StandIn { identity, memberships: Vec::new(), grants: vec![grant] }
}

fn members(index: &Index<'_>) -> Vec<StandIn> {
    let mut around: BTreeMap<&GroupId, BTreeSet<&Membership>> = BTreeMap::new();
    for one in &index.estate().memberships {
        for inner in &one.through {
            around.entry(inner).or_default().insert(one);
        }
    }
    let groups = index.groups().filter(|group| group.id.as_str().starts_with("azure:"));
    groups
        .map(|group| {
            let identity = identity(index, member_of(group), &group.scope, group.name.clone());
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
            StandIn { identity, memberships, grants: Vec::new() }
        })
        .collect()
}

fn identity(index: &Index<'_>, id: IdentityId, scope: &ScopeId, name: Text) -> Identity {
    Identity {
        native_id: id.as_str().into(),
        id,
        aliases: Vec::new(),
        immutable_id: None,
        provider: Provider::Azure,
        kind: IdentityKind::EntraServicePrincipal,
        nature: Nature { kind: NatureKind::Machine, reasons: Vec::new(), open: Vec::new() },
        scope: scope.clone(),
        name,
        path: None,
        tags: BTreeMap::new(),
        created: None,
        disabled: false,
        deleted: None,
        application: None,
        person: None,
        managed_by: None,
        last_used: Observed::NotSince(index.estate().as_of),
    }
}
