//! Who may be able to take a step, before anybody is asked.

use census_model::{Identity, Mechanism, PrincipalSet};

use super::{needs::Resources, prepared::Prepared, steps::Found, world::Account};
use crate::{
    aws::techniques::{CallerKind, TargetKind},
    escalation::NodeId,
};

impl<'s, 'e> Found<'s, 'e> {
    /// Callers that may have what a technique needs, in order.
    pub(super) fn candidates(
        &mut self,
        number: usize,
        target: NodeId,
        resources: &Resources<'_>,
    ) -> Vec<NodeId> {
        let Some(prepared) = self.world.prepared.get(number) else { return Vec::new() };
        let Some(home) = self.world.node(target).map(|node| node.account) else { return Vec::new() };
        // Where nobody names the actions, nobody need be found.
        let names = |account: &Account<'_>| prepared.may_be_met_by(account.union, self.assume_role);
        if prepared.technique.target == TargetKind::PermissionSet {
            return self.of_identity_center(prepared, home);
        }
        if prepared.stays_in_account && !self.world.accounts.get(home).is_some_and(names) {
            return Vec::new();
        }
        let is_met = |this: &Self, caller: &NodeId| {
            this.world.node(*caller).is_some_and(|node| prepared.may_be_met_by(node.mask, this.assume_role))
        };
        if prepared.enters_by_trust(self.assume_role) {
            let mut trusted = self.trusted_by(target);
            trusted.retain(|caller| is_met(self, caller));
            return trusted;
        }
        let ways = &self.ways;
        let is_done = |caller: NodeId| ways.get(&(caller, home)).is_some_and(|ways| ways.are_enough());
        let mut found = Vec::new();
        let Some(account) = self.world.accounts.get_mut(home) else { return Vec::new() };
        if !prepared.may_be_met_by(account.union, self.assume_role) {
            return Vec::new();
        }
        match prepared.first_aimed(self.assume_role) {
            Some((on, actions)) => {
                for on in resources.on(on) {
                    for action in actions {
                        account.by_resource.find(*action, on, is_done, &mut found);
                    }
                }
            }
            None => found.extend(account.sources.iter().filter(|caller| !is_done(**caller))),
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|caller| is_met(self, caller));
        found
    }

    /// Who may administer IAM Identity Center: principals of the organization's management account, and those of the
    /// target's own account, which may be the delegated administrator's.
    fn of_identity_center(&self, prepared: &Prepared, home: usize) -> Vec<NodeId> {
        let scopes = &self.world.access.index().estate().scopes;
        let manages =
            |account: &Account<'_>| scopes.get(account.scope).is_some_and(|one| one.manages.is_some());
        let accounts = self.world.accounts.iter().enumerate();
        let accounts = accounts.filter(|(position, account)| *position == home || manages(account));
        let met = |mask| prepared.may_be_met_by(mask, self.assume_role);
        let accounts = accounts.filter(|(_, account)| met(account.union));
        let is_done = |caller: NodeId| self.ways.get(&(caller, home)).is_some_and(|ways| ways.are_enough());
        let mut found: Vec<NodeId> =
            accounts.flat_map(|(_, account)| account.sources.iter().copied()).collect();
        found.retain(|caller| {
            !is_done(*caller) && self.world.node(*caller).is_some_and(|node| met(node.mask))
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whom the trust policy of a role, in whatever form, may let in, found once for all techniques.
    pub(super) fn trusted_by(&mut self, target: NodeId) -> Vec<NodeId> {
        let Some(base) = self.base(target) else { return Vec::new() };
        if let Some((of, trusted)) = &self.trusted_of
            && *of == base
        {
            return trusted.clone();
        }
        let identity = self.world.node(base).and_then(|node| node.identity()).map(|(identity, _)| identity);
        let trusted = identity.map(|identity| self.trusted(base, identity)).unwrap_or_default();
        self.trusted_of = Some((base, trusted.clone()));
        trusted
    }

    /// Whom a role's trust policy may let in by `sts:AssumeRole`.
    pub(super) fn trusted(&mut self, target: NodeId, identity: &'e Identity) -> Vec<NodeId> {
        let Some(home) = self.world.node(target).map(|node| node.account) else { return Vec::new() };
        let index = self.world.access.index();
        let mut named: Vec<NodeId> = Vec::new();
        let mut accounts: Vec<usize> = Vec::new();
        let mut is_open = false;
        for trust in index.trusts(&identity.id) {
            if trust.mechanism != Mechanism::AssumeRole {
                continue;
            }
            match &trust.who {
                PrincipalSet::Identity(arn) => named.extend(self.named(arn)),
                PrincipalSet::Account(id) => {
                    accounts.extend(self.world.accounts.iter().position(|account| account.id == &**id));
                }
                PrincipalSet::Everyone | PrincipalSet::Authenticated | PrincipalSet::Organization(_) => {
                    is_open = true;
                    accounts.extend(0..self.world.accounts.len());
                }
                PrincipalSet::Service(_)
                | PrincipalSet::External(_)
                | PrincipalSet::Deleted(_)
                | PrincipalSet::Unrecognized(_) => {}
            }
        }
        let forms: Vec<NodeId> = named.iter().flat_map(|id| self.world.forms(*id)).collect();
        named.extend(forms);
        accounts.sort_unstable();
        accounts.dedup();
        let ways = &self.ways;
        let is_done = |caller: NodeId| ways.get(&(caller, home)).is_some_and(|ways| ways.are_enough());
        for position in accounts {
            let Some(account) = self.world.accounts.get_mut(position) else { continue };
            if position != home {
                named.push(account.administrator);
            }
            if is_open && position == home {
                // Everybody of the role's own account needs no more than that.
                named.extend(account.identities.iter().filter(|caller| !is_done(**caller)));
            }
            account.by_resource.find(self.assume_role, &identity.native_id, is_done, &mut named);
        }
        named.sort_unstable();
        named.dedup();
        named
    }

    /// The identity that a principal of a policy names; a session is its role.
    pub(super) fn named(&self, arn: &str) -> Option<NodeId> {
        if let Some(identity) = self.world.access.index().native(arn) {
            return self.world.of(&identity.id);
        }
        let (_, session) = arn.split_once(":assumed-role/")?;
        let account = arn.split(':').nth(4)?;
        let account = self.world.accounts.iter().position(|one| one.id == account)?;
        self.roles.get(&(account, session.split('/').next()?)).copied()
    }

    pub(super) fn is_caller(&self, caller: NodeId, prepared: &Prepared) -> bool {
        use census_model::IdentityKind::{AwsRole, AwsUser};
        let Some(node) = self.world.node(caller) else { return false };
        let kind = node.identity().map(|(identity, _)| identity.kind);
        match prepared.technique.caller {
            None => true,
            Some(CallerKind::User) => kind == Some(AwsUser),
            Some(CallerKind::Role) => kind == Some(AwsRole),
            Some(CallerKind::ReservedRole) => node.is_reserved() && self.may_rule_identity_center(caller),
        }
    }

    /// Identity Center belongs to the organization's management account, as far as one is known.
    pub(super) fn may_rule_identity_center(&self, caller: NodeId) -> bool {
        let Some(account) = self.world.node(caller).and_then(|node| self.world.accounts.get(node.account))
        else {
            return false;
        };
        let scopes = &self.world.access.index().estate().scopes;
        let knows_manager = scopes.values().any(|scope| scope.manages.is_some());
        !knows_manager || scopes.get(account.scope).is_some_and(|scope| scope.manages.is_some())
    }
}
