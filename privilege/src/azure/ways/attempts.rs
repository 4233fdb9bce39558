//! Techniques that are tried, and by whom.

use census_model::{
    AccessModel, Credential, CredentialKind, CredentialStatus, Grant, Group, Identity, IdentityKind,
    InstanceLock, Mechanism, PrincipalSet, ScopeId, ScopeKind, VaultObject, Via, Workload, WorkloadState,
};

use super::{
    Through, Ways,
    answers::Aim,
    certainty, standing,
    world::{Who, is_out, type_of},
};
use crate::{
    azure::techniques::{Becomes, On, Precondition, TargetKind},
    escalation::{Edge, NodeId},
    truth::Truth,
};

/// One technique on one target.
pub(super) struct Attempt<'t, 'e> {
    /// The position of the technique.
    number: usize,
    to: NodeId,
    aim: Aim<'t, 'e>,
    through: Through<'e>,
    /// What holds whoever the caller is.
    given: Truth,
    /// What the target lies in: whoever may do as much to that needs no step to this one.
    above: Option<Aim<'t, 'e>>,
}

impl<'t, 'e> Attempt<'t, 'e> {
    fn on(number: usize, to: NodeId, aim: Aim<'t, 'e>, given: Truth) -> Self {
        Self { number, to, aim, through: Through::Nothing, given, above: None }
    }
}

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

    /// The steps into a role of AWS that takes assertions of a directory.
    pub(super) fn assert(&mut self, to: NodeId, through: Through<'e>) -> Vec<Edge> {
        let mut found = Vec::new();
        let Through::Directory(tenant, _) = through else { return found };
        for number in 0..self.data.prepared.len() {
            let is_one = |one: &super::Prepared| one.technique.target == TargetKind::Assertion;
            if self.data.prepared.get(number).is_some_and(is_one) {
                let attempt = Attempt::on(number, to, Aim::Tenant(tenant), Truth::Yes);
                self.attempt(&Attempt { through, ..attempt }, &mut found);
            }
        }
        found
    }

    /// The steps by which somebody has what a group has.
    pub(super) fn join(&mut self, to: NodeId, group: &'e Group) -> Vec<Edge> {
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
            self.attempt(&Attempt::on(number, to, Aim::Group(group), Truth::Yes), &mut found);
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
            self.attempt(&Attempt { above, ..Attempt::on(number, to, aim, given) }, &mut found);
        }
        found
    }

    /// The steps of one attempt.
    fn attempt(&mut self, attempt: &Attempt<'_, 'e>, found: &mut Vec<Edge>) {
        let data = self.data;
        let Some(prepared) = data.prepared.get(attempt.number) else { return };
        if attempt.given == Truth::No {
            return;
        }
        let Some(first) = prepared.needs.iter().find(|need| need.on != On::Anywhere) else { return };
        let Some(aim) = self.aim_of_need(first.on, attempt.aim) else { return };
        let home = self.home(attempt.to);
        let mut through = None;
        for caller in self.candidates(first, aim) {
            if self.has_enough(caller, home) {
                self.ended.entry(caller).or_insert(super::Left::Paths);
                continue;
            }
            let Some(truth) = self.able(caller, attempt) else { continue };
            let outside = if prepared.technique.outsider.is_some() { Truth::Maybe } else { Truth::Yes };
            let through = *through.get_or_insert_with(|| self.through(attempt.through));
            let edge = Edge {
                from: caller,
                to: attempt.to,
                standing: standing(prepared),
                certainty: certainty(truth & attempt.given & outside),
                technique: u16::try_from(attempt.number).unwrap_or(u16::MAX),
                through,
            };
            self.keep(edge, home, found);
        }
    }

    /// Whether somebody holds a custom role on something. Which roles are custom ones is not kept, nor where they can be
    /// assigned, all of which whoever rewrites them must administer.
    fn holds_custom_role(&self, caller: NodeId, aim: Aim<'_, 'e>) -> Truth {
        let identity = match self.world.who(caller) {
            Some(Who::Identity(identity)) => Some(identity),
            Some(Who::Member(group)) => self.access.stand_in(group),
            _ => None,
        };
        let chain = self.chain(aim);
        let may_be_custom = |grant: &Grant| match &grant.via {
            Via::RoleAssignment { role, .. } => {
                let id = role.rsplit('/').next().unwrap_or(role);
                chain.contains(&grant.scope) && BUILT_IN.iter().all(|known| !known.eq_ignore_ascii_case(id))
            }
            _ => false,
        };
        let holds = identity
            .is_some_and(|one| self.access.granted(one).iter().any(|(grant, _)| may_be_custom(grant)));
        if holds { Truth::Maybe } else { Truth::No }
    }

    /// Whether somebody has all that an attempt takes.
    fn able(&mut self, caller: NodeId, attempt: &Attempt<'_, 'e>) -> Option<Truth> {
        let data = self.data;
        let prepared = data.prepared.get(attempt.number)?;
        let is_gone = |who| matches!(who, Who::Identity(one) if is_out(one));
        if caller == attempt.to || self.world.who(caller).is_none_or(is_gone) {
            return None;
        }
        let mut truth = Truth::Yes;
        for (position, need) in prepared.needs.iter().enumerate() {
            let given = match need.on {
                On::Anywhere => self.given_anywhere(caller, (attempt.number, position))?,
                on => self.given(caller, need, self.aim_of_need(on, attempt.aim)?)?,
            };
            if !given.is_by(prepared.technique.by) {
                return None;
            }
            truth = truth & given.truth;
        }
        if prepared.technique.exists.contains(&Precondition::HeldCustomRole) {
            truth = truth & self.holds_custom_role(caller, attempt.aim);
        }
        if truth == Truth::No {
            return None;
        }
        if let Some(above) = attempt.above {
            let first = prepared.needs.first()?;
            let mut there = self.given(caller, first, above).map_or(Truth::No, |given| given.truth);
            if prepared.technique.exists.contains(&Precondition::HeldCustomRole) {
                there = there & self.holds_custom_role(caller, above);
            }
            if there >= truth {
                return None;
            }
        }
        Some(truth)
    }
}

/// Built-in roles that can do what custom roles are made for; nobody rewrites them.
/// <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged>
const BUILT_IN: [&str; 5] = [
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
];

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
        TargetKind::User => identity.kind == IdentityKind::EntraUser,
        _ => false,
    }
}
