//! Finding things in an estate.

use std::collections::HashMap;

use crate::{
    Activity, Attachment, By, Credential, DirectoryOwner, Estate, Gap, GapId, Grant, Group, GroupId,
    Identity, IdentityId, Owned, PermissionSet, Scope, ScopeId, Trust, Usage, Vault, VaultId, VaultObject,
    Workload, activity::is_a_way_in,
};

/// Look-ups into an estate, built once.
pub struct Index<'a> {
    estate: &'a Estate,
    identities: HashMap<&'a IdentityId, &'a Identity>,
    by_native_id: HashMap<&'a str, &'a Identity>,
    credentials: HashMap<&'a IdentityId, Vec<&'a Credential>>,
    trusts: HashMap<&'a IdentityId, Vec<&'a Trust>>,
    workloads: HashMap<&'a IdentityId, Vec<&'a Workload>>,
    workloads_by_native_id: HashMap<&'a str, &'a Workload>,
    groups: HashMap<&'a GroupId, &'a Group>,
    groups_of: HashMap<&'a IdentityId, Vec<&'a Group>>,
    grants: Grants<'a>,
    usage: HashMap<&'a IdentityId, &'a Usage>,
    permission_sets: HashMap<&'a IdentityId, &'a PermissionSet>,
    directory_owners: HashMap<&'a Owned, Vec<&'a DirectoryOwner>>,
    vaults: HashMap<&'a VaultId, &'a Vault>,
    vault_objects: HashMap<&'a VaultId, Vec<&'a VaultObject>>,
    gaps: HashMap<&'a GapId, &'a Gap>,
}

/// Attachments by what they are attached to.
#[derive(Default)]
struct Grants<'a> {
    identities: HashMap<&'a str, Vec<&'a Grant>>,
    groups: HashMap<&'a str, Vec<&'a Grant>>,
    scopes: HashMap<&'a str, Vec<&'a Grant>>,
    resources: HashMap<&'a str, Vec<&'a Grant>>,
}

impl<'a> Grants<'a> {
    fn of(estate: &'a Estate) -> Self {
        let mut grants = Self::default();
        for grant in &estate.grants {
            let (map, id) = match &grant.attached_to {
                Attachment::Identity(id) => (&mut grants.identities, id.as_str()),
                Attachment::Group(id) => (&mut grants.groups, id.as_str()),
                Attachment::Scope(id) => (&mut grants.scopes, id.as_str()),
                Attachment::Resource(id) => (&mut grants.resources, &**id),
            };
            map.entry(id).or_default().push(grant);
        }
        let maps = [&mut grants.identities, &mut grants.groups, &mut grants.scopes, &mut grants.resources];
        maps.into_iter().flat_map(HashMap::values_mut).for_each(|list| list.sort());
        grants
    }
}

impl<'a> Index<'a> {
    /// Indexes an estate.
    pub fn new(estate: &'a Estate) -> Self {
        let mut credentials: HashMap<_, Vec<_>> = HashMap::new();
        for credential in &estate.credentials {
            if let Some(id) = credential.identity() {
                credentials.entry(id).or_default().push(credential);
            }
        }
        let mut trusts: HashMap<_, Vec<_>> = HashMap::new();
        for trust in &estate.trusts {
            trusts.entry(&trust.becomes).or_default().push(trust);
        }
        let mut workloads: HashMap<_, Vec<_>> = HashMap::new();
        for workload in &estate.workloads {
            workload.runs_as.iter().for_each(|id| workloads.entry(id).or_default().push(workload));
        }
        workloads.values_mut().for_each(|list| list.sort_by(|a: &&Workload, b: &&Workload| a.id.cmp(&b.id)));
        let groups: HashMap<_, _> = estate.groups.iter().map(|group| (&group.id, group)).collect();
        let mut groups_of: HashMap<_, Vec<_>> = HashMap::new();
        for membership in &estate.memberships {
            if let Some(group) = groups.get(&membership.group) {
                groups_of.entry(&membership.member).or_default().push(*group);
            }
        }
        groups_of.values_mut().for_each(|groups| groups.sort_by(|a: &&Group, b: &&Group| a.id.cmp(&b.id)));
        let mut directory_owners: HashMap<_, Vec<_>> = HashMap::new();
        for owner in &estate.directory_owners {
            directory_owners.entry(&owner.of).or_default().push(owner);
        }
        let mut vault_objects: HashMap<_, Vec<_>> = HashMap::new();
        for object in &estate.vault_objects {
            vault_objects.entry(&object.vault).or_default().push(object);
        }
        Self {
            estate,
            directory_owners,
            vaults: estate.vaults.iter().map(|vault| (&vault.id, vault)).collect(),
            vault_objects,
            groups,
            groups_of,
            grants: Grants::of(estate),
            identities: estate.identities.iter().map(|i| (&i.id, i)).collect(),
            by_native_id: estate.identities.iter().map(|i| (&*i.native_id, i)).collect(),
            credentials,
            trusts,
            workloads,
            workloads_by_native_id: estate.workloads.iter().map(|one| (&*one.native_id, one)).collect(),
            usage: estate.usage.iter().map(|one| (&one.identity, one)).collect(),
            permission_sets: estate.permission_sets.iter().map(|one| (&one.role, one)).collect(),
            gaps: estate.gaps.iter().map(|g| (&g.id, g)).collect(),
        }
    }

    /// The estate itself.
    pub fn estate(&self) -> &'a Estate {
        self.estate
    }

    /// An identity by id.
    pub fn identity(&self, id: &IdentityId) -> Option<&'a Identity> {
        self.identities.get(id).copied()
    }

    /// An identity by native id.
    pub fn native(&self, native_id: &str) -> Option<&'a Identity> {
        self.by_native_id.get(native_id).copied()
    }

    /// The credentials of an identity, by id.
    pub fn credentials(&self, id: &IdentityId) -> &[&'a Credential] {
        self.credentials.get(id).map_or(&[], Vec::as_slice)
    }

    /// The trusts by which others become an identity.
    pub fn trusts(&self, id: &IdentityId) -> &[&'a Trust] {
        self.trusts.get(id).map_or(&[], Vec::as_slice)
    }

    /// A workload by its native id.
    pub fn workload(&self, native_id: &str) -> Option<&'a Workload> {
        self.workloads_by_native_id.get(native_id).copied()
    }

    /// The workloads that run as an identity, by id.
    pub fn workloads(&self, id: &IdentityId) -> &[&'a Workload] {
        self.workloads.get(id).map_or(&[], Vec::as_slice)
    }

    /// A group by id.
    pub fn group(&self, id: &GroupId) -> Option<&'a Group> {
        self.groups.get(id).copied()
    }

    /// All groups, in no order.
    pub fn groups(&self) -> impl Iterator<Item = &'a Group> + '_ {
        self.groups.values().copied()
    }

    /// The groups that an identity is in.
    pub fn groups_of(&self, id: &IdentityId) -> &[&'a Group] {
        self.groups_of.get(id).map_or(&[], Vec::as_slice)
    }

    /// What is attached to an identity itself.
    pub fn grants_of_identity(&self, id: &IdentityId) -> &[&'a Grant] {
        self.grants.identities.get(id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// What is attached to a group.
    pub fn grants_of_group(&self, id: &GroupId) -> &[&'a Grant] {
        self.grants.groups.get(id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// What is attached to a scope itself.
    pub fn grants_of_scope(&self, id: &ScopeId) -> &[&'a Grant] {
        self.grants.scopes.get(id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// The policies of a resource, by its native id.
    pub fn grants_of_resource(&self, native_id: &str) -> &[&'a Grant] {
        self.grants.resources.get(native_id).map_or(&[], Vec::as_slice)
    }

    /// The native ids of all resources that have policies, in no order.
    pub fn resources_with_policies(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.grants.resources.keys().copied()
    }

    /// What is known of an identity's use of services; nothing says that it used none.
    pub fn usage(&self, id: &IdentityId) -> Option<&'a Usage> {
        self.usage.get(id).copied()
    }

    /// The last use of an identity by all its ways in: its own, its credentials', and what a log tells of services.
    pub fn activity<'i>(&self, identity: &'i Identity) -> Activity<'i>
    where
        'a: 'i,
    {
        let own = std::iter::once((By::Identity, &identity.last_used));
        let credentials = self.credentials(&identity.id).iter().filter(|one| is_a_way_in(one));
        let credentials = credentials.map(|one| (By::Credential(one), &one.last_used));
        let services = self.usage(&identity.id).into_iter().flat_map(|usage| usage.services.values());
        // A service that was not used says nothing of the others.
        let called = services.map(|service| &service.last_used).filter(|seen| seen.known().is_some());
        Activity::of(own.chain(credentials).chain(called.map(|seen| (By::Identity, seen))))
    }

    /// The permission set that a role is kept for; nothing says that it is kept for none.
    pub fn permission_set(&self, role: &IdentityId) -> Option<&'a PermissionSet> {
        self.permission_sets.get(role).copied()
    }

    /// Whom the directory names as owners and sponsors of something, sorted.
    pub fn directory_owners(&self, of: &Owned) -> &[&'a DirectoryOwner] {
        self.directory_owners.get(of).map_or(&[], Vec::as_slice)
    }

    /// A vault by id.
    pub fn vault(&self, id: &VaultId) -> Option<&'a Vault> {
        self.vaults.get(id).copied()
    }

    /// What a vault holds, by id.
    pub fn vault_objects(&self, id: &VaultId) -> &[&'a VaultObject] {
        self.vault_objects.get(id).map_or(&[], Vec::as_slice)
    }

    /// A gap by id.
    pub fn gap(&self, id: &GapId) -> Option<&'a Gap> {
        self.gaps.get(id).copied()
    }

    /// The scope and everything above it, nearest first. Ends at a parent that is missing or seen before.
    pub fn ancestors(&self, id: &ScopeId) -> Vec<&'a Scope> {
        let mut found: Vec<&'a Scope> = Vec::new();
        let mut next = self.estate.scopes.get(id);
        while let Some(scope) = next {
            if found.iter().any(|seen| seen.id == scope.id) {
                break;
            }
            found.push(scope);
            next = scope.parent.as_ref().and_then(|parent| self.estate.scopes.get(parent));
        }
        found
    }
}
