//! Techniques that are tried.

use census_model::{
    AccessModel, Credential, CredentialKind, CredentialStatus, Group, Identity, IdentityKind, InstanceLock,
    Mechanism, PrincipalSet, ScopeId, ScopeKind, VaultObject, Workload, WorkloadState,
};

use super::{
    Through, Ways,
    able::Attempt,
    answers::Aim,
    certainty, standing,
    world::{Who, is_out, type_of},
};
use crate::{
    azure::{
        access::Joiner,
        assigning::Role,
        techniques::{Becomes, Precondition, TargetKind},
    },
    escalation::{Edge, NodeId},
    truth::Truth,
};

impl<'e> Ways<'_, 'e> {
    /// The steps by which somebody becomes an identity.
    pub(super) fn become_identity(&mut self, to: NodeId, identity: &'e Identity) -> Vec<Edge> {
        let mut found = Vec::new();
        // Nobody signs in as what is disabled or gone.
        if is_out(identity) {
            return found;
        }
        for number in 0..self.data.prepared.len() {
            let Some(prepared) = self.data.prepared.get(number) else { continue };
            let technique = prepared.technique;
            if technique.becomes != Becomes::Target {
                continue;
            }
            let given = exists(&technique.exists, identity);
            match technique.target {
                TargetKind::Resource => self.by_resources(number, to, identity, &mut found),
                TargetKind::Certificate => self.by_certificates(number, to, identity, &mut found),
                TargetKind::Trusting => self.by_trusts(number, to, identity, &mut found),
                TargetKind::UserAssignedIdentity
                    if identity.kind == IdentityKind::AzureUserAssignedIdentity =>
                {
                    if let Some(id) = resource_of(identity) {
                        self.attempt(&Attempt::on(number, to, Aim::Resource(&id), given), &mut found);
                    }
                }
                kind if is_of_kind(kind, identity) => {
                    let aim = self.aim_of(kind, identity);
                    if let Some(aim) = aim {
                        self.attempt(&Attempt::on(number, to, aim, given), &mut found);
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// On what the permissions to become an identity are needed. Blueprints of agents are objects that no operation names
    /// one by one.
    pub(super) fn aim_of(&self, kind: TargetKind, identity: &'e Identity) -> Option<Aim<'static, 'e>> {
        let aim = Aim::Principal(identity);
        match kind {
            TargetKind::Blueprint => self.tenant_of(aim).map(Aim::Tenant),
            _ => Some(aim),
        }
    }

    /// The steps through what runs as an identity.
    fn by_resources(&mut self, number: usize, to: NodeId, identity: &'e Identity, found: &mut Vec<Edge>) {
        let Some(prepared) = self.data.prepared.get(number) else { return };
        let kinds = &prepared.technique.resource;
        let runs = |workload: &&&Workload| {
            let is_of_kind = type_of(workload).is_some_and(|kind| kinds.iter().any(|one| **one == *kind));
            is_of_kind && workload.state != Some(WorkloadState::Ended)
        };
        let index = self.access.index();
        let workloads: Vec<&'e Workload> =
            index.workloads(&identity.id).iter().filter(runs).copied().collect();
        for workload in workloads {
            // What is stopped has to be started first, which not everybody may.
            let given =
                if workload.state == Some(WorkloadState::Stopped) { Truth::Maybe } else { Truth::Yes };
            let attempt = Attempt::on(number, to, Aim::Resource(&workload.native_id), given);
            self.attempt(&Attempt { through: Through::Workload(workload), ..attempt }, found);
        }
    }

    /// The steps through vaults that hold a certificate with which an identity signs in.
    fn by_certificates(&mut self, number: usize, to: NodeId, identity: &'e Identity, found: &mut Vec<Edge>) {
        let Some(prepared) = self.data.prepared.get(number) else { return };
        let by_policies = prepared.technique.exists.contains(&Precondition::AccessPolicies);
        let index = self.access.index();
        let works = |one: &&&Credential| {
            one.kind == CredentialKind::ClientCertificate && one.status == CredentialStatus::Active
        };
        let keys =
            index.credentials(&identity.id).iter().filter(works).filter_map(|one| one.key_id.as_deref());
        let held: Vec<&'e VaultObject> =
            keys.filter_map(|key| self.certificates.get(key)).flatten().copied().collect();
        for object in held {
            let Some(vault) = index.vault(&object.vault).filter(|vault| vault.deleted.is_none()) else {
                continue;
            };
            let fits = !by_policies || vault.access == Some(AccessModel::AccessPolicies);
            let given = Truth::from(fits && object.enabled);
            let attempt = Attempt::on(number, to, Aim::Certificate(object), given);
            self.attempt(&Attempt { through: Through::Certificate(object), ..attempt }, found);
        }
    }

    /// The steps of those whom an identity trusts by name.
    fn by_trusts(&mut self, number: usize, to: NodeId, identity: &'e Identity, found: &mut Vec<Edge>) {
        let Some(prepared) = self.data.prepared.get(number) else { return };
        let standing = standing(prepared);
        let index = self.access.index();
        for trust in index.trusts(&identity.id).iter().copied() {
            let PrincipalSet::Identity(native) = &trust.who else { continue };
            let Some(caller) = index.native(native) else { continue };
            let Some(from) = self.world.of_identity(&caller.id) else { continue };
            if trust.mechanism != Mechanism::FederatedCredential || is_out(caller) || from == to {
                continue;
            }
            // Tokens of user-assigned identities and of agents' blueprints are documented to be taken. Those of
            // system-assigned ones are documented as not supported, and of others nobody says anything.
            let is_known = matches!(
                caller.kind,
                IdentityKind::AzureUserAssignedIdentity | IdentityKind::EntraAgentBlueprint
            );
            let certainty = certainty(if is_known { Truth::Yes } else { Truth::Maybe });
            let through = self.through(Through::Trust(trust));
            let technique = u16::try_from(number).unwrap_or(u16::MAX);
            let home = self.home(to);
            self.keep(Edge { from, to, standing, certainty, technique, through }, home, found);
        }
    }

    /// The steps by which somebody has what a group has.
    pub(super) fn join(&mut self, to: NodeId, group: &'e Group, joiner: Joiner) -> Vec<Edge> {
        let mut found = Vec::new();
        if group.kept_elsewhere {
            return found;
        }
        let kind = if group.role_assignable { TargetKind::RoleGroup } else { TargetKind::Group };
        for number in 0..self.data.prepared.len() {
            let Some(prepared) = self.data.prepared.get(number) else { continue };
            let technique = prepared.technique;
            // The members of a group that has a rule follow from the rule alone.
            let mut operations = prepared.needs.iter().flat_map(|need| &need.any);
            let by_rule = operations.any(|one| one.name().contains("dynamicMembershipRule"));
            if technique.target != kind || by_rule != group.membership_rule.is_some() {
                continue;
            }
            let attempt = Attempt::on(number, to, Aim::Group(group), Truth::Yes);
            self.attempt(&Attempt { joiner: Some(joiner), ..attempt }, &mut found);
        }
        found
    }

    /// The steps by which somebody comes to administer a place.
    pub(super) fn administer(&mut self, to: NodeId, kind: TargetKind, scope: &'e ScopeId) -> Vec<Edge> {
        let mut found = Vec::new();
        let is_tenant = |id: &ScopeId| {
            let scope = self.access.index().estate().scopes.get(id);
            scope.is_some_and(|one| one.kind == ScopeKind::Tenant)
        };
        if kind == TargetKind::Root && !is_tenant(scope) {
            return found;
        }
        let above = self.above(scope).filter(|_| kind == TargetKind::Scope).map(Aim::Scope);
        let above: Vec<_> = above.into_iter().collect();
        for number in 0..self.data.prepared.len() {
            let Some(prepared) = self.data.prepared.get(number) else { continue };
            let technique = prepared.technique;
            if technique.target != kind || technique.becomes != Becomes::Administrator {
                continue;
            }
            let aim = if kind == TargetKind::Scope { Aim::Scope(scope) } else { Aim::Tenant(scope) };
            let given = match technique.exists.contains(&Precondition::FederatedDomain) {
                true => Truth::Maybe,
                false => Truth::Yes,
            };
            let above = above.clone();
            self.attempt(&Attempt { above, ..Attempt::on(number, to, aim, given) }, &mut found);
        }
        found
    }

    /// The steps by which somebody gives itself a role.
    pub(super) fn assign(&mut self, to: NodeId, scope: &'e ScopeId, role: Role<'e>) -> Vec<Edge> {
        let mut found = Vec::new();
        let ancestors = self.access.index().ancestors(scope).into_iter().map(|one| &one.id).skip(1);
        let has_role = |one: &&ScopeId| self.world.of_roles(one).iter().any(|(other, _)| *other == role);
        // Who makes itself Owner there has the role's steps by that.
        let above: Vec<_> = [Aim::Scope(scope)]
            .into_iter()
            .chain(ancestors.filter(has_role).map(|one| Aim::Role(one, role)))
            .collect();
        for number in 0..self.data.prepared.len() {
            let is_one = |one: &super::Prepared| one.technique.target == TargetKind::Role;
            if self.data.prepared.get(number).is_some_and(is_one) {
                let above = above.clone();
                let attempt = Attempt::on(number, to, Aim::Role(scope, role), Truth::Yes);
                self.attempt(&Attempt { above, ..attempt }, &mut found);
            }
        }
        found
    }
}

/// What must exist of a target.
fn exists(all: &[Precondition], identity: &Identity) -> Truth {
    Truth::all(all.iter().map(|one| match one {
        Precondition::IdentityLockOff => lock_of(identity),
        Precondition::FederatedDomain => Truth::Maybe,
        // Those are questions about the caller, and about the vault.
        Precondition::HeldCustomRole | Precondition::AccessPolicies => Truth::Yes,
    }))
}

/// The id of what a step is done to in Azure Resource Manager.
pub(super) fn id_of_target(ways: &Ways<'_, '_>, to: NodeId, through: Through<'_>) -> Option<String> {
    match (through, ways.world.who(to)?) {
        (Through::Workload(workload), _) => Some(workload.native_id.to_string()),
        (Through::Nothing, Who::Identity(identity)) => resource_of(identity),
        _ => None,
    }
}

/// Whether credentials can be added to a service principal. Its publisher may have locked them; of applications of other
/// tenants that is not told.
/// <https://learn.microsoft.com/entra/identity-platform/howto-configure-app-instance-property-locks>
fn lock_of(identity: &Identity) -> Truth {
    match identity.application.as_ref().and_then(|one| one.instance_lock) {
        Some(InstanceLock::Off) => Truth::Yes,
        Some(InstanceLock::Partial) | None => Truth::Maybe,
        Some(InstanceLock::Credentials) => Truth::No,
    }
}

/// The id of the resource that a managed identity is.
fn resource_of(identity: &Identity) -> Option<String> {
    identity.aliases.iter().find(|alias| alias.starts_with("/subscriptions/")).map(|alias| alias.to_string())
}

/// Whether a user signs in with the account of another directory, whose password and methods nobody here changes. A guest
/// may have an account here, and a member one elsewhere; the name to sign in with tells it.
/// <https://learn.microsoft.com/entra/external-id/user-properties>
fn lives_elsewhere(identity: &Identity) -> bool {
    let login = identity.person.as_ref().and_then(|person| person.login.as_deref());
    login.is_some_and(|login| login.to_ascii_uppercase().contains("#EXT#"))
}

/// Whether a technique's target is of an identity's kind.
fn is_of_kind(kind: TargetKind, identity: &Identity) -> bool {
    let is_here = identity.application.as_ref().is_some_and(|one| one.native_id.is_some());
    let is_blueprint = identity.kind == IdentityKind::EntraAgentBlueprint;
    match kind {
        // The registration of a blueprint is that of an application, and has its owners.
        TargetKind::Application => {
            is_here && (is_blueprint || identity.kind == IdentityKind::EntraServicePrincipal)
        }
        TargetKind::Principal => identity.kind == IdentityKind::EntraServicePrincipal,
        TargetKind::Blueprint => is_here && is_blueprint,
        TargetKind::User => identity.kind == IdentityKind::EntraUser && !lives_elsewhere(identity),
        _ => false,
    }
}
