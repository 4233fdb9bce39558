//! Making an estate: whatever order things are found in, the estate has one.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    Creation, Credential, CredentialStatus, DirectoryOwner, ESTATE_SCHEMA, Estate, Gap, GapId, Grant, Group,
    Identity, IdentityId, Issuer, Membership, NestedGroup, PermissionSet, Policy, PolicyId,
    PublicAccessBlock, Resource, RoleDefinition, Scope, ScopeId, Source, TenantPolicy, Text, Trust, Usage,
    Vault, VaultObject, Workload,
};

/// Collects what readers find, in any order, and puts it into the one order.
#[derive(Debug, Default)]
pub struct EstateBuilder {
    scopes: BTreeMap<ScopeId, Scope>,
    identities: Vec<Identity>,
    groups: Vec<Group>,
    memberships: Vec<Membership>,
    nested_groups: Vec<NestedGroup>,
    credentials: Vec<Credential>,
    policies: BTreeMap<PolicyId, Policy>,
    grants: Vec<Grant>,
    trusts: Vec<Trust>,
    issuers: Vec<Issuer>,
    workloads: Vec<Workload>,
    resources: Vec<Resource>,
    public_access_blocks: BTreeMap<Text, PublicAccessBlock>,
    usage: BTreeMap<IdentityId, Usage>,
    role_definitions: Vec<RoleDefinition>,
    permission_sets: Vec<PermissionSet>,
    directory_owners: Vec<DirectoryOwner>,
    tenant_policies: Vec<TenantPolicy>,
    vaults: Vec<Vault>,
    vault_objects: Vec<VaultObject>,
    creations: Vec<Creation>,
    sources: Vec<Source>,
    gaps: BTreeMap<GapId, Gap>,
    targets: Vec<Text>,
}

impl EstateBuilder {
    /// An empty estate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names a scope that was asked for.
    pub fn target(&mut self, target: impl Into<Text>) {
        self.targets.push(target.into());
    }

    /// Adds a scope. A scope that is already known keeps what it knows and gains what is new.
    pub fn scope(&mut self, scope: Scope) {
        match self.scopes.get_mut(&scope.id) {
            None => {
                self.scopes.insert(scope.id.clone(), scope);
            }
            Some(known) => {
                known.name = known.name.take().or(scope.name);
                known.parent = known.parent.take().or(scope.parent);
                known.manages = known.manages.take().or(scope.manages);
                known.scanned |= scope.scanned;
                known.tags.extend(scope.tags);
            }
        }
    }

    /// Adds an identity.
    pub fn identity(&mut self, identity: Identity) {
        self.identities.push(identity);
    }

    /// Adds a group.
    pub fn group(&mut self, group: Group) {
        self.groups.push(group);
    }

    /// Adds a membership.
    pub fn membership(&mut self, membership: Membership) {
        self.memberships.push(membership);
    }

    /// Adds a group that is in another one.
    pub fn nested_group(&mut self, nested: NestedGroup) {
        self.nested_groups.push(nested);
    }

    /// Adds a credential.
    pub fn credential(&mut self, credential: Credential) {
        self.credentials.push(credential);
    }

    /// Adds a policy text and returns its id; the same text is kept once.
    pub fn policy(&mut self, policy: Policy) -> PolicyId {
        let id = policy.id.clone();
        self.policies.entry(id.clone()).or_insert(policy);
        id
    }

    /// Adds an attachment.
    pub fn grant(&mut self, grant: Grant) {
        self.grants.push(grant);
    }

    /// Adds a role that a condition may let somebody assign.
    pub fn role_definition(&mut self, role: RoleDefinition) {
        self.role_definitions.push(role);
    }

    /// Adds a trust.
    pub fn trust(&mut self, trust: Trust) {
        self.trusts.push(trust);
    }

    /// Adds an issuer.
    pub fn issuer(&mut self, issuer: Issuer) {
        self.issuers.push(issuer);
    }

    /// Adds a workload.
    pub fn workload(&mut self, workload: Workload) {
        self.workloads.push(workload);
    }

    /// Adds a resource.
    pub fn resource(&mut self, resource: Resource) {
        self.resources.push(resource);
    }

    /// Adds how S3 Block Public Access is set for a bucket or an account. Of settings that differ none is relied on.
    pub fn public_access_block(&mut self, of: impl Into<Text>, block: PublicAccessBlock) {
        let known = self.public_access_blocks.entry(of.into()).or_insert(block);
        known.restrict_public_buckets &= block.restrict_public_buckets;
        known.block_public_policy &= block.block_public_policy;
    }

    /// Adds what is known of an identity's usage to what other sources told.
    pub fn usage(&mut self, usage: Usage) {
        match self.usage.get_mut(&usage.identity) {
            Some(known) => known.join(usage),
            None => drop(self.usage.insert(usage.identity.clone(), usage)),
        }
    }

    /// Adds a permission set.
    pub fn permission_set(&mut self, permission_set: PermissionSet) {
        self.permission_sets.push(permission_set);
    }

    /// Adds somebody whom the directory names as owner or sponsor.
    pub fn directory_owner(&mut self, owner: DirectoryOwner) {
        self.directory_owners.push(owner);
    }

    /// Adds what a tenant lets everybody do.
    pub fn tenant_policy(&mut self, policy: TenantPolicy) {
        self.tenant_policies.push(policy);
    }

    /// Adds a vault.
    pub fn vault(&mut self, vault: Vault) {
        self.vaults.push(vault);
    }

    /// Adds what a vault holds.
    pub fn vault_object(&mut self, object: VaultObject) {
        self.vault_objects.push(object);
    }

    /// Adds who made an identity.
    pub fn creation(&mut self, creation: Creation) {
        self.creations.push(creation);
    }

    /// The identities that were added so far.
    pub fn identities(&self) -> &[Identity] {
        &self.identities
    }

    /// Adds a source.
    pub fn source(&mut self, source: Source) {
        self.sources.push(source);
    }

    /// Adds a gap and returns its id. The same gap twice is one gap; of two wordings the smaller stays.
    pub fn gap(&mut self, gap: Gap) -> GapId {
        let id = gap.id.clone();
        match self.gaps.get_mut(&id) {
            Some(known) if known.detail <= gap.detail => {}
            _ => {
                self.gaps.insert(id.clone(), gap);
            }
        }
        id
    }

    pub(crate) fn absorb(&mut self, estate: Estate) {
        self.targets.extend(estate.targets);
        estate.scopes.into_values().for_each(|scope| self.scope(scope));
        self.identities.extend(estate.identities);
        self.groups.extend(estate.groups);
        self.memberships.extend(estate.memberships);
        self.nested_groups.extend(estate.nested_groups);
        self.credentials.extend(estate.credentials);
        for (id, policy) in estate.policies {
            self.policies.entry(id).or_insert(policy);
        }
        self.grants.extend(estate.grants);
        self.role_definitions.extend(estate.role_definitions);
        self.trusts.extend(estate.trusts);
        self.issuers.extend(estate.issuers);
        self.workloads.extend(estate.workloads);
        self.resources.extend(estate.resources);
        for (of, block) in estate.public_access_blocks {
            self.public_access_block(of, block);
        }
        for usage in estate.usage {
            self.usage.entry(usage.identity.clone()).or_insert(usage);
        }
        self.permission_sets.extend(estate.permission_sets);
        self.directory_owners.extend(estate.directory_owners);
        self.tenant_policies.extend(estate.tenant_policies);
        self.vaults.extend(estate.vaults);
        self.vault_objects.extend(estate.vault_objects);
        self.creations.extend(estate.creations);
        self.sources.extend(estate.sources);
        for gap in estate.gaps {
            self.gap(gap);
        }
    }

    /// The estate at an instant: what has ended by then is expired. Sorted, each thing once; of two things with one id the one that was added first stays.
    pub fn finish(mut self, started: Timestamp, finished: Timestamp, as_of: Timestamp) -> Estate {
        for credential in &mut self.credentials {
            let ended = credential.expires.is_some_and(|end| end <= as_of);
            if ended && credential.status == CredentialStatus::Active {
                credential.status = CredentialStatus::Expired;
            }
        }
        self.identities.sort_by(|a, b| a.id.cmp(&b.id));
        self.identities.dedup_by(|b, a| a.id == b.id);
        self.groups.sort_by(|a, b| a.id.cmp(&b.id));
        self.groups.dedup_by(|b, a| a.id == b.id);
        self.credentials.sort_by(|a, b| a.id.cmp(&b.id));
        self.credentials.dedup_by(|b, a| a.id == b.id);
        self.issuers.sort_by(|a, b| a.id.cmp(&b.id));
        self.issuers.dedup_by(|b, a| a.id == b.id);
        self.workloads.sort_by(|a, b| a.id.cmp(&b.id));
        self.workloads.dedup_by(|b, a| a.id == b.id);
        self.resources.sort_by(|a, b| a.id.cmp(&b.id));
        self.resources.dedup_by(|b, a| a.id == b.id);
        self.role_definitions.sort();
        self.role_definitions.dedup_by(|b, a| a.id == b.id);
        self.vaults.sort_by(|a, b| a.id.cmp(&b.id));
        self.vaults.dedup_by(|b, a| a.id == b.id);
        self.vault_objects.sort_by(|a, b| a.id.cmp(&b.id));
        self.vault_objects.dedup_by(|b, a| a.id == b.id);
        sort_unique(&mut self.directory_owners);
        sort_unique(&mut self.tenant_policies);
        // A role is kept for one permission set.
        self.permission_sets.sort_by(|a, b| a.role.cmp(&b.role));
        self.permission_sets.dedup_by(|b, a| a.role == b.role);
        sort_unique(&mut self.memberships);
        sort_unique(&mut self.nested_groups);
        sort_unique(&mut self.grants);
        sort_unique(&mut self.trusts);
        sort_unique(&mut self.creations);
        sort_unique(&mut self.sources);
        sort_unique(&mut self.targets);
        Estate {
            schema: ESTATE_SCHEMA.into(),
            started,
            finished,
            as_of,
            targets: self.targets,
            scopes: self.scopes,
            identities: self.identities,
            groups: self.groups,
            memberships: self.memberships,
            nested_groups: self.nested_groups,
            credentials: self.credentials,
            policies: self.policies,
            grants: self.grants,
            role_definitions: self.role_definitions,
            trusts: self.trusts,
            issuers: self.issuers,
            workloads: self.workloads,
            resources: self.resources,
            public_access_blocks: self.public_access_blocks,
            usage: self.usage.into_values().collect(),
            permission_sets: self.permission_sets,
            directory_owners: self.directory_owners,
            tenant_policies: self.tenant_policies,
            vaults: self.vaults,
            vault_objects: self.vault_objects,
            creations: self.creations,
            sources: self.sources,
            gaps: self.gaps.into_values().collect(),
        }
    }
}

fn sort_unique<T: Ord>(items: &mut Vec<T>) {
    items.sort_unstable();
    items.dedup();
}
