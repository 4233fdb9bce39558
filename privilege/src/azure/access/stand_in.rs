//! Those who stand in for whoever comes to be in a group, or gives itself a role.

use std::{
    collections::{BTreeMap, HashSet},
    mem::discriminant,
};

use census_model::{
    Activation, Attachment, Effect, Grant, Group, GroupId, Identity, IdentityId, IdentityKind, Index,
    Membership, Nature, NatureKind, NestedGroup, Observed, Provider, ScopeId, Text, Via,
};

use crate::azure::assigning::{Assignable, Role};

/// An identity that is in one group, or has one role, and has nothing but what that gives.
pub(in crate::azure) struct StandIn {
    pub(super) identity: Identity,
    pub(super) memberships: Vec<Membership>,
    pub(super) grants: Vec<Grant>,
}

/// Who comes to be in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::azure) enum Joiner {
    /// Whoever it is: what has to be switched on is nothing to it.
    Anybody,
    /// A person, who can switch on what the group is eligible for. Only of groups that are eligible for something.
    Person,
}

/// The id by which a member of a group is known here; nothing of the estate has such a one.
pub(super) fn member_of(group: &Group, joiner: Joiner) -> IdentityId {
    let word = match joiner {
        Joiner::Anybody => "member",
        Joiner::Person => "person",
    };
    IdentityId::new(format!("{}#{word}", group.id))
}

/// The same of the holder of a role.
pub(super) fn holder_of(scope: &ScopeId, role: Role<'_>) -> IdentityId {
    IdentityId::new(format!("{scope}#{}", role.id))
}

/// One for each group of Azure, another one where people have more of it, and one for each role that a condition lets somebody assign, where it does.
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
            native_id: (&*identity.native_id).into(),
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
    let mut around: Around<'_> = BTreeMap::new();
    for one in &index.estate().nested_groups {
        around.entry(&one.inner).or_default().push(one);
    }
    let is_eligible = |activation: &Activation| matches!(activation, Activation::Eligible(_));
    let has_eligible = |one: &Membership| {
        let mut grants = index.grants_of_group(&one.group).iter();
        is_eligible(&one.activation) || grants.any(|grant| is_eligible(&grant.activation))
    };
    let mut found = Vec::new();
    for group in index.groups().filter(|group| group.id.as_str().starts_with("azure:")) {
        for joiner in [Joiner::Anybody, Joiner::Person] {
            let mut identity = identity(index, member_of(group, joiner), &group.scope, group.name.clone());
            let memberships = memberships(&identity, group, &around);
            if joiner == Joiner::Person {
                if !memberships.iter().any(has_eligible) {
                    continue;
                }
                identity.kind = IdentityKind::EntraUser;
            }
            found.push(StandIn { identity, memberships, grants: Vec::new() });
        }
    }
    found
}

/// The groups that a group is in.
type Around<'n> = BTreeMap<&'n GroupId, Vec<&'n NestedGroup>>;

/// The memberships of whoever is in a group, by a shortest way of each kind into each group around it: one that always
/// counts, one that counts for a time, and one that has to be switched on.
fn memberships(member: &Identity, group: &Group, around: &Around<'_>) -> Vec<Membership> {
    let own = Membership {
        group: group.id.clone(),
        member: member.id.clone(),
        through: Vec::new(),
        activation: Activation::Standing,
    };
    let mut seen = HashSet::new();
    let mut found = vec![own];
    let mut next = 0;
    while let Some(at) = found.get(next).cloned() {
        next += 1;
        for one in around.get(&at.group).into_iter().flatten() {
            let activation = at.activation.and(&one.activation);
            if one.group == group.id || !seen.insert((&one.group, discriminant(&activation))) {
                continue;
            }
            // From the outermost inwards, the group itself the last.
            let through = [at.group.clone()].into_iter().chain(at.through.iter().cloned()).collect();
            found.push(Membership {
                group: one.group.clone(),
                member: member.id.clone(),
                through,
                activation,
            });
        }
    }
    found.sort();
    found
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
