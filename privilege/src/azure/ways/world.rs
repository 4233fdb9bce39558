//! Everybody in a tenant who may take a step or be the aim of one.

use std::collections::HashMap;

use census_model::{
    Group, GroupId, Identity, IdentityId, IdentityKind, Provider, ScopeId, ScopeKind, Workload, WorkloadKind,
};

use crate::{
    azure::{
        access::{Access, Joiner},
        assigning::Role,
    },
    escalation::NodeId,
};

/// Who a node is.
#[derive(Clone, Copy, Debug)]
pub(in crate::azure) enum Who<'e> {
    /// An identity.
    Identity(&'e Identity),
    /// Whoever is in a group, with what the group has.
    Member(&'e Group, Joiner),
    /// Administration of a directory, subscription or management group: where paths end.
    Goal(&'e ScopeId),
    /// Whoever has given itself a role in a scope, with what the role gives there.
    OfRole(&'e ScopeId, Role<'e>),
    /// Whoever has made itself administrator of the directory of a tenant.
    OfDirectory(&'e ScopeId),
    /// Whoever has made itself administrator of a scope of Azure Resource Manager; a tenant stands for all of them.
    OfScope(&'e ScopeId),
}

/// All of them. Nodes are numbered from a base, so that those of other clouds have other numbers.
pub(in crate::azure) struct World<'e> {
    base: u32,
    nodes: Vec<Who<'e>>,
    identities: HashMap<&'e IdentityId, NodeId>,
    groups: HashMap<(&'e GroupId, Joiner), NodeId>,
    goals: HashMap<&'e ScopeId, NodeId>,
    directories: HashMap<&'e ScopeId, NodeId>,
    scopes: HashMap<&'e ScopeId, NodeId>,
    /// Roles that somebody may give itself, by where.
    roles: HashMap<&'e ScopeId, Vec<(Role<'e>, NodeId)>>,
    /// The identities that are in a group.
    members: HashMap<&'e GroupId, Vec<NodeId>>,
}

impl<'e> World<'e> {
    pub(super) fn new(access: &Access<'e>, base: u32) -> Self {
        let index = access.index();
        let mut world = Self {
            base,
            nodes: Vec::new(),
            identities: HashMap::new(),
            groups: HashMap::new(),
            goals: HashMap::new(),
            directories: HashMap::new(),
            scopes: HashMap::new(),
            roles: HashMap::new(),
            members: HashMap::new(),
        };
        let estate = index.estate();
        for scope in estate.scopes.values().filter(|scope| scope.id.as_str().starts_with("azure:")) {
            let id = &scope.id;
            if matches!(scope.kind, ScopeKind::Tenant | ScopeKind::ManagementGroup | ScopeKind::Subscription)
            {
                let node = world.push(Who::Goal(id));
                world.goals.insert(id, node);
            }
            if scope.kind == ScopeKind::Tenant {
                let node = world.push(Who::OfDirectory(id));
                world.directories.insert(id, node);
            }
            let node = world.push(Who::OfScope(id));
            world.scopes.insert(id, node);
        }
        // Of ways that are alike the one to whoever has the lower number is told: numbers follow the ids.
        let mut identities: Vec<&Identity> =
            estate.identities.iter().filter(|one| one.provider == Provider::Azure).collect();
        identities.sort_by(|a, b| a.id.cmp(&b.id));
        for identity in identities {
            let node = world.push(Who::Identity(identity));
            world.identities.insert(&identity.id, node);
        }
        let mut groups: Vec<&Group> =
            index.groups().filter(|group| group.id.as_str().starts_with("azure:")).collect();
        groups.sort_by(|a, b| a.id.cmp(&b.id));
        for group in groups {
            for joiner in [Joiner::Anybody, Joiner::Person] {
                if access.member_of(group, joiner).is_some() {
                    let node = world.push(Who::Member(group, joiner));
                    world.groups.insert((&group.id, joiner), node);
                }
            }
        }
        for (scope, role) in access.assignable().roles() {
            let node = world.push(Who::OfRole(scope, role));
            world.roles.entry(scope).or_default().push((role, node));
        }
        for one in &estate.memberships {
            if let Some(node) = world.identities.get(&one.member) {
                world.members.entry(&one.group).or_default().push(*node);
            }
        }
        world.members.values_mut().for_each(|list| {
            list.sort_unstable();
            list.dedup();
        });
        world
    }

    fn push(&mut self, who: Who<'e>) -> NodeId {
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(who);
        NodeId(self.base.saturating_add(number))
    }

    pub(super) fn who(&self, node: NodeId) -> Option<Who<'e>> {
        self.nodes.get(usize::try_from(node.0.checked_sub(self.base)?).ok()?).copied()
    }

    pub(super) fn identity(&self, node: NodeId) -> Option<&'e Identity> {
        match self.who(node)? {
            Who::Identity(identity) => Some(identity),
            _ => None,
        }
    }

    pub(in crate::azure) fn of_identity(&self, id: &IdentityId) -> Option<NodeId> {
        self.identities.get(id).copied()
    }

    pub(super) fn of_group(&self, id: &GroupId, joiner: Joiner) -> Option<NodeId> {
        self.groups.get(&(id, joiner)).copied()
    }

    /// As whom somebody comes to be in a group.
    pub(super) fn joiner(&self, who: NodeId, group: &GroupId) -> Joiner {
        let is_person = match self.who(who) {
            Some(Who::Identity(identity)) => identity.kind == IdentityKind::EntraUser,
            Some(Who::Member(_, joiner)) => joiner == Joiner::Person,
            _ => false,
        };
        let has_more = self.of_group(group, Joiner::Person).is_some();
        if is_person && has_more { Joiner::Person } else { Joiner::Anybody }
    }

    /// Where a subscription, management group or directory is administered.
    pub(super) fn goal(&self, id: &ScopeId) -> Option<NodeId> {
        self.goals.get(id).copied()
    }

    /// Whoever has made itself administrator of a tenant's directory.
    pub(super) fn of_directory(&self, tenant: &ScopeId) -> Option<NodeId> {
        self.directories.get(tenant).copied()
    }

    /// Whoever has made itself administrator of a scope.
    pub(super) fn of_scope(&self, id: &ScopeId) -> Option<NodeId> {
        self.scopes.get(id).copied()
    }

    /// Whoever has given itself a role in a scope, of all such roles.
    pub(super) fn of_roles(&self, scope: &ScopeId) -> &[(Role<'e>, NodeId)] {
        self.roles.get(scope).map_or(&[], Vec::as_slice)
    }

    pub(super) fn members(&self, group: &GroupId) -> &[NodeId] {
        self.members.get(group).map_or(&[], Vec::as_slice)
    }

    /// All nodes with who they are.
    pub(in crate::azure) fn all(&self) -> impl Iterator<Item = (NodeId, Who<'e>)> + '_ {
        let numbers = (0..).map(|number: u32| NodeId(self.base.saturating_add(number)));
        numbers.zip(self.nodes.iter().copied())
    }
}

/// Whether nobody can sign in as an identity any more.
pub(super) fn is_out(identity: &Identity) -> bool {
    identity.disabled || identity.deleted.is_some()
}

/// The type of the resource that a workload is, in lower case.
pub(super) fn type_of(workload: &Workload) -> Option<&str> {
    match &workload.kind {
        WorkloadKind::AzureResource(kind) => Some(kind),
        _ => None,
    }
}
