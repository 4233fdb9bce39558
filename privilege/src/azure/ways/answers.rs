//! Whether somebody may do what a technique takes.

use census_model::{
    Decision, Group, Identity, Part, PolicyId, ScopeId, ScopeKind, StatementEffect, Vault, VaultObject,
    Verdict, Via,
};

use super::{
    Ways,
    directory::{is_role, reached},
    prepared::{Need, Operation},
    world::Who,
};
use crate::{
    azure::{
        access::{Inquiry, Plane, Question, Spot},
        assigning::{self, Role},
        techniques::{By, On},
    },
    escalation::NodeId,
    truth::Truth,
};

/// A permission that somebody has.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) truth: Truth,
    /// The operation, as the technique spells it.
    pub(super) operation: &'static str,
    /// On what, in words or by id.
    pub(super) resource: String,
    /// Who gives it; `None` where it is had as the administrator that somebody has made of itself.
    pub(super) verdict: Option<Verdict>,
}

impl Given {
    fn of(operation: &'static str, resource: String, verdict: Verdict) -> Option<Self> {
        let truth = match verdict.decision {
            Decision::Allowed => Truth::Yes,
            Decision::Conditional => Truth::Maybe,
            // What was not read is weighed for each identity as a whole.
            Decision::Unknown | Decision::Denied => return None,
        };
        Some(Self { truth, operation, resource, verdict: Some(verdict) })
    }

    /// Whether it is had by what a technique asks for.
    pub(super) fn is_by(&self, by: Option<By>) -> bool {
        let (Some(by), Some(verdict)) = (by, &self.verdict) else { return by != Some(By::Ownership) };
        let gives = verdict.because.iter().filter(|one| {
            one.effect == StatementEffect::Allow && matches!(one.part, Part::Decides | Part::MayDecide)
        });
        let (owns, others): (Vec<_>, Vec<_>) =
            gives.partition(|one| matches!(one.via, Via::Ownership { .. }));
        match by {
            By::Ownership => others.is_empty() && !owns.is_empty(),
            By::Grants => !others.is_empty(),
        }
    }

    fn as_administrator(operation: &'static str, resource: String) -> Self {
        Self { truth: Truth::Yes, operation, resource, verdict: None }
    }
}

/// What an operation is asked about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Aim<'t, 'e> {
    /// A resource of Azure Resource Manager, by its id.
    Resource(&'t str),
    /// A scope of Azure Resource Manager; a tenant stands for all of them.
    Scope(&'e ScopeId),
    /// A role that is assigned in a scope.
    Role(&'e ScopeId, Role<'e>),
    /// A certificate in a vault.
    Certificate(&'e VaultObject),
    /// Somebody of the directory.
    Principal(&'e Identity),
    /// A group of the directory.
    Group(&'e Group),
    /// The directory of a tenant.
    Tenant(&'e ScopeId),
}

impl<'e> Ways<'_, 'e> {
    /// What of a permission somebody has on something: the surest of its operations.
    pub(super) fn given(&self, caller: NodeId, need: &Need, aim: Aim<'_, 'e>) -> Option<Given> {
        let mut best: Option<Given> = None;
        for operation in &need.any {
            let Some(given) = self.has(caller, *operation, aim) else { continue };
            let is_sure = given.truth == Truth::Yes;
            if best.as_ref().is_none_or(|best| given.truth > best.truth) {
                best = Some(given);
            }
            if is_sure {
                break;
            }
        }
        best
    }

    /// All of a permission's operations that somebody has on something.
    pub(super) fn all_given<'n>(
        &'n self,
        caller: NodeId,
        need: &'n Need,
        aim: Aim<'n, 'e>,
    ) -> impl Iterator<Item = Given> + 'n {
        need.any.iter().filter_map(move |operation| self.has(caller, *operation, aim))
    }

    /// Whether somebody has an operation on something. Denials that name people are not told of whoever joins a group, and
    /// none of somebody who administers by its own doing.
    fn has(&self, caller: NodeId, operation: Operation, aim: Aim<'_, 'e>) -> Option<Given> {
        let mut given = self.has_undenied(caller, operation, aim)?;
        let denials = match self.world.who(caller)? {
            Who::Member(..) | Who::OfRole(..) => &self.denials.of_somebody,
            Who::OfScope(_) => &self.denials.all,
            Who::Identity(_) | Who::Goal(_) | Who::OfDirectory(_) => return Some(given),
        };
        if !denials.is_empty() && self.chain(aim).iter().any(|scope| denials.contains(scope)) {
            given.truth = given.truth & Truth::Maybe;
        }
        Some(given)
    }

    fn has_undenied(&self, caller: NodeId, operation: Operation, aim: Aim<'_, 'e>) -> Option<Given> {
        let name = operation.name();
        match (self.world.who(caller)?, operation) {
            (Who::Goal(_), _) => None,
            (Who::OfDirectory(tenant), Operation::Directory(_)) => {
                let is_here = self.tenant_of(aim) == Some(tenant);
                is_here.then(|| Given::as_administrator(name, words(aim)))
            }
            (Who::OfScope(scope), Operation::Resource(..)) => {
                let is_within = self.chain(aim).contains(scope);
                is_within.then(|| Given::as_administrator(name, words(aim)))
            }
            (Who::OfDirectory(_) | Who::OfScope(_), _) | (Who::OfRole(..), Operation::Directory(_)) => None,
            (_, Operation::Directory(name)) => {
                let (verdict, resource) = self.directory(caller, name, aim)?;
                Given::of(name, resource, verdict)
            }
            (who, Operation::Resource(number, _)) => {
                let question = self.data.operations.question(number)?;
                let verdict = match aim {
                    Aim::Resource(id) => self.verdict(&self.access.ask_on(question, id)?, who)?,
                    Aim::Scope(scope) if name == assigning::ASSIGN => {
                        let itself = assigning::owner_for_itself(self.access, self.identity_of(who)?);
                        self.verdict(&self.access.ask_at(&itself, scope)?, who)?
                    }
                    Aim::Role(scope, role) => {
                        let itself = assigning::assignment(self.access, self.identity_of(who)?, role.id);
                        self.verdict(&self.access.ask_at(&itself, scope)?, who)?
                    }
                    Aim::Scope(scope) => self.verdict(&self.access.ask_at(question, scope)?, who)?,
                    Aim::Certificate(object) => {
                        let spot = self.spot(object, question)?;
                        self.verdict(&self.access.ask_about(question, &spot).ok()?, who)?
                    }
                    Aim::Principal(_) | Aim::Group(_) | Aim::Tenant(_) => return None,
                };
                Given::of(name, words(aim), verdict)
            }
        }
    }

    /// Who is asked about in place of a node.
    pub(super) fn identity_of(&self, who: Who<'e>) -> Option<&Identity> {
        match who {
            Who::Identity(identity) => Some(identity),
            Who::Member(group, joiner) => self.access.member_of(group, joiner),
            Who::OfRole(scope, role) => self.access.holder_of(scope, role),
            Who::Goal(_) | Who::OfDirectory(_) | Who::OfScope(_) => None,
        }
    }

    /// What is said to somebody; by what it has given itself nobody is told, as the estate has no such grant.
    fn verdict(&self, inquiry: &Inquiry<'_, 'e>, who: Who<'e>) -> Option<Verdict> {
        let verdict = inquiry.verdict(self.identity_of(who)?);
        Some(match who {
            Who::OfRole(..) => Verdict { because: Vec::new(), ..verdict },
            _ => verdict,
        })
    }

    /// On what a permission of a technique is needed; `None` where the target lies in nothing of the kind.
    pub(super) fn aim_of_need<'t>(&self, on: On, target: Aim<'t, 'e>) -> Option<Aim<'t, 'e>> {
        let is_meant = |kind| match on {
            On::Group => kind == ScopeKind::ResourceGroup,
            On::Subscription => matches!(kind, ScopeKind::Subscription | ScopeKind::ManagementGroup),
            On::Target | On::Tenant | On::Application | On::Anywhere => false,
        };
        match on {
            On::Group | On::Subscription => {
                let scopes = &self.access.index().estate().scopes;
                let chain = self.chain(target);
                let mut above = chain.iter().filter_map(|id| scopes.get(id));
                above.find(|scope| is_meant(scope.kind)).map(|scope| Aim::Scope(&scope.id))
            }
            On::Target | On::Tenant | On::Application | On::Anywhere => Some(target),
        }
    }

    /// The scopes that something of Azure Resource Manager lies in, innermost first.
    pub(super) fn chain(&self, aim: Aim<'_, 'e>) -> Vec<ScopeId> {
        match aim {
            Aim::Resource(id) => self.access.chain_of(id),
            Aim::Scope(scope) | Aim::Role(scope, _) => {
                self.access.index().ancestors(scope).into_iter().map(|one| one.id.clone()).collect()
            }
            Aim::Certificate(object) => {
                let vault = self.access.index().vault(&object.vault);
                vault.map(|vault| self.access.chain(&object_of(vault, object))).unwrap_or_default()
            }
            Aim::Principal(_) | Aim::Group(_) | Aim::Tenant(_) => Vec::new(),
        }
    }

    /// What a question about a certificate is asked about: the secret that holds its key, or the vault itself.
    fn spot(&self, object: &'e VaultObject, question: &Question) -> Option<Spot<'e>> {
        let vault = self.access.index().vault(&object.vault)?;
        Some(match question.plane_asked()? {
            Plane::Data => object_of(vault, object),
            Plane::Control => Spot::Vault(vault),
        })
    }

    /// Whether somebody may do it in some scope where it could make something of its own: in a subscription or resource
    /// group in which it has a role that gives it.
    pub(super) fn given_anywhere(
        &mut self,
        caller: NodeId,
        (technique, position): (usize, usize),
    ) -> Option<Given> {
        let key = (caller, technique, position);
        if let Some(known) = self.anywhere.get(&key) {
            return known.clone();
        }
        let given = self.look_anywhere(caller, technique, position);
        self.anywhere.insert(key, given.clone());
        given
    }

    /// The same, of what was looked for already.
    pub(super) fn known_anywhere(
        &self,
        caller: NodeId,
        (technique, position): (usize, usize),
    ) -> Option<Given> {
        self.anywhere.get(&(caller, technique, position)).cloned().flatten()
    }

    fn look_anywhere(&self, caller: NodeId, technique: usize, position: usize) -> Option<Given> {
        let need = self.data.prepared.get(technique)?.needs.get(position)?;
        let index = self.access.index();
        let who = self.world.who(caller)?;
        // Where it has which text.
        let roles: Vec<(&ScopeId, &PolicyId)> = match who {
            Who::Identity(_) | Who::Member(..) => {
                let granted = self.access.granted(self.identity_of(who)?).into_iter().map(|(one, _)| one);
                let roles = granted.filter(|grant| is_role(grant));
                roles.filter_map(|grant| Some((&grant.scope, grant.policy.as_ref()?))).collect()
            }
            Who::OfRole(scope, role) => vec![(scope, role.policy)],
            Who::OfScope(scope) => {
                let first = need.any.iter().find(|one| matches!(one, Operation::Resource(..)))?;
                let scope = index.estate().scopes.get(scope)?;
                // Nothing new is made in a resource that is there.
                return (scope.kind != ScopeKind::Resource)
                    .then(|| Given::as_administrator(first.name(), scope.native_id.to_string()));
            }
            Who::Goal(_) | Who::OfDirectory(_) => return None,
        };
        let mut best: Option<Given> = None;
        for operation in &need.any {
            let Operation::Resource(number, name) = *operation else { continue };
            let question = self.data.operations.question(number)?;
            for (scope, _) in roles.iter().filter(|(_, text)| self.holders.gives(text, number)) {
                let Some(scope) = index.estate().scopes.get(*scope) else { continue };
                if scope.kind == ScopeKind::Resource {
                    continue;
                }
                let Some(inquiry) = self.access.ask_at(question, &scope.id) else { continue };
                let Some(found) = self
                    .verdict(&inquiry, who)
                    .and_then(|one| Given::of(name, scope.native_id.to_string(), one))
                else {
                    continue;
                };
                let is_sure = found.truth == Truth::Yes;
                if best.as_ref().is_none_or(|best| found.truth > best.truth) {
                    best = Some(found);
                }
                if is_sure {
                    return best;
                }
            }
        }
        best
    }

    /// Who may have a permission on something, before anybody is asked.
    pub(super) fn candidates(&self, need: &Need, aim: Aim<'_, 'e>) -> Vec<NodeId> {
        let mut found = Vec::new();
        let chain = self.chain(aim);
        for operation in &need.any {
            match *operation {
                Operation::Resource(number, _) => {
                    for to in self.holders.at(number, &chain) {
                        reached(&self.world, to, &mut found);
                    }
                    if let Aim::Certificate(object) = aim {
                        for to in self.holders.by_policy(&object.vault) {
                            reached(&self.world, to, &mut found);
                        }
                    }
                    let of_roles = chain.iter().flat_map(|scope| self.world.of_roles(scope));
                    let giving = of_roles.filter(|(role, _)| self.holders.gives(role.policy, number));
                    found.extend(giving.map(|(_, node)| *node));
                    found.extend(chain.iter().find_map(|scope| self.world.of_scope(scope)));
                }
                Operation::Directory(name) => self.directory_callers(name, aim, &mut found),
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The secret in which a vault keeps a certificate with its key.
fn object_of<'e>(vault: &'e Vault, object: &VaultObject) -> Spot<'e> {
    Spot::Object(vault, format!("/secrets/{}", object.name.to_ascii_lowercase()).into())
}

/// What is asked about, by id.
pub(super) fn words(aim: Aim<'_, '_>) -> String {
    match aim {
        Aim::Resource(id) => id.to_owned(),
        Aim::Scope(scope) | Aim::Role(scope, _) | Aim::Tenant(scope) => {
            scope.as_str().split_once('/').map_or(scope.as_str(), |(_, id)| id).to_owned()
        }
        Aim::Certificate(object) => object.native_id.to_string(),
        Aim::Principal(identity) => identity.native_id.to_string(),
        Aim::Group(group) => group.native_id.to_string(),
    }
}
