//! What a rule looks at.

use census_model::{
    Credential, CredentialKind, CredentialStatus, Estate, Gap, GapReason, Identity, IdentityId, IdentityKind,
    Index, LastUse, Observed, OwnerRecord, Ownership, Reach, Reaches, Scope, ScopeId, ScopeKind,
    VaultAccesses,
};
use jiff::{SignedDuration, Timestamp};

use crate::{Declared, Policies, Thresholds};

/// An estate with its owners and the limits of this company.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The estate, indexed.
    pub index: &'a Index<'a>,
    /// Who owns what.
    pub ownership: &'a Ownership,
    /// What each identity can do.
    pub reaches: &'a Reaches,
    /// Who may do what in which vault.
    pub vaults: &'a VaultAccesses,
    /// The policies, read once for all rules.
    pub policies: &'a Policies<'a>,
    /// The limits.
    pub thresholds: &'a Thresholds,
    /// What registrations have to say, and what their classes and patterns allow.
    pub declared: &'a Declared,
}

/// How long something has certainly not been used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    /// The last use, or how far back nobody used it.
    pub since: Timestamp,
    /// Whole days from then to the scan's clock.
    pub days: i64,
    /// Whether `since` is a use that was seen; else it is where the source's view, or the thing's life, begins.
    pub seen: bool,
}

impl<'a> View<'a> {
    /// The estate.
    pub fn estate(&self) -> &'a Estate {
        self.index.estate()
    }

    /// The instant at which ages are computed.
    pub fn as_of(&self) -> Timestamp {
        self.estate().as_of
    }

    /// Whole days from an instant to the scan's clock; negative for an instant after it.
    pub fn age_days(&self, since: Timestamp) -> i64 {
        self.as_of().duration_since(since).as_secs().div_euclid(SignedDuration::from_hours(24).as_secs())
    }

    /// The identities that somebody in the company can change, by id: those that the provider manages are left out, and
    /// those that were deleted and can only be restored.
    pub fn fixable(&self) -> impl Iterator<Item = &'a Identity> + use<'a> {
        let all = self.estate().identities.iter();
        all.filter(|identity| identity.managed_by.is_none() && identity.deleted.is_none())
    }

    /// The fixable identities of one kind, by id.
    pub fn of_kind(&self, kind: IdentityKind) -> impl Iterator<Item = &'a Identity> + use<'a> {
        self.fixable().filter(move |identity| identity.kind == kind)
    }

    /// What the correlator says of an identity.
    pub fn owner(&self, id: &IdentityId) -> Option<&'a OwnerRecord> {
        self.ownership.records.get(id)
    }

    /// What an identity can do.
    pub fn reach(&self, id: &IdentityId) -> Option<&'a Reach> {
        self.reaches.get(id)
    }

    /// The credentials of an identity that work, of one kind, by id.
    pub fn active(&self, id: &IdentityId, kind: CredentialKind) -> Vec<&'a Credential> {
        self.index
            .credentials(id)
            .iter()
            .copied()
            .filter(|c| c.kind == kind && c.status == CredentialStatus::Active)
            .collect()
    }

    /// Whether, and since when, something has not been used for more than `limit` days. `None` when it was used
    /// since, is too young to tell, or when its use is not visible: what cannot be seen is never unused.
    pub fn idle(
        &self,
        last_used: &Observed<LastUse>,
        created: Option<Timestamp>,
        limit: u32,
    ) -> Option<Idle> {
        let grace = i64::from(self.thresholds.new_identity_grace_days);
        if created.is_some_and(|at| self.age_days(at) < grace) {
            return None;
        }
        let (since, seen) = match last_used {
            Observed::Known(used) => (used.at, true),
            // Nothing is idle for longer than it exists.
            Observed::NotSince(at) => (created.map_or(*at, |created| created.max(*at)), false),
            Observed::NotVisible(_) => return None,
        };
        let days = self.age_days(since);
        (days > i64::from(limit)).then_some(Idle { since, days, seen })
    }

    /// The days without use beyond which an identity counts as unused: the limit of its kind, or how often it is used at
    /// least, where its registry entry says so and that is longer.
    pub fn unused_limit(&self, identity: &Identity) -> u32 {
        let registration = self.owner(&identity.id).and_then(|owner| owner.registration.as_deref());
        let declared =
            registration.and_then(|one| one.used_every.as_ref()).map(|every| every.value.most_days());
        let limit = match identity.kind {
            IdentityKind::AwsRole => self.thresholds.role_unused_days,
            _ => self.thresholds.unused_days,
        };
        declared.map_or(limit, |declared| limit.max(declared))
    }

    /// The gaps that concern a scope: its own, those of a scope above it, and those without a scope.
    pub fn gaps(&self, scope: &ScopeId) -> Vec<&'a Gap> {
        let above = self.index.ancestors(scope);
        self.estate()
            .gaps
            .iter()
            .filter(|gap| match &gap.scope {
                None => true,
                Some(at) => at == scope || above.iter().any(|one| one.id == *at),
            })
            .collect()
    }

    /// The gaps of these reads in a scope that leave open what is asked `about`, by any of its names. Gaps about
    /// other things by name do not count; the reason does not matter: what was not asked for is as unknown as what
    /// was denied.
    pub fn unread(&self, scope: &ScopeId, reads: &[&str], about: &[&str]) -> Vec<&'a Gap> {
        let concerns = |one: &str| one == scope.as_str() || about.contains(&one);
        self.gaps(scope)
            .into_iter()
            .filter(|gap| reads.contains(&&*gap.read))
            .filter(|gap| gap.affects.is_empty() || gap.affects.iter().any(|one| concerns(one)))
            .collect()
    }

    /// The contradictions between sources that may touch an identity or one of its credentials.
    pub fn contradictions(&self, identity: &Identity) -> Vec<&'a Gap> {
        let credentials = self.index.credentials(&identity.id);
        let names = |affected: &str| {
            affected == identity.id.as_str()
                || affected == &*identity.native_id
                || affected == identity.scope.as_str()
                || credentials.iter().any(|c| affected == c.id.as_str())
        };
        self.gaps(&identity.scope)
            .into_iter()
            .filter(|gap| gap.reason == GapReason::Inconsistent)
            .filter(|gap| gap.affects.is_empty() || gap.affects.iter().any(|affected| names(affected)))
            .collect()
    }

    /// The organization that a scope belongs to, where the tree shows one.
    pub fn organization(&self, scope: &ScopeId) -> Option<&'a Scope> {
        self.index.ancestors(scope).into_iter().find(|above| above.kind == ScopeKind::Organization)
    }

    /// The id of the account that an identity lives in: its scope's, or the one its ARN names.
    pub fn account<'i>(&self, identity: &'i Identity) -> Option<&'i str>
    where
        'a: 'i,
    {
        let scope =
            self.estate().scopes.get(&identity.scope).filter(|scope| scope.kind == ScopeKind::Account);
        let named = || identity.native_id.split(':').nth(4).filter(|account| !account.is_empty());
        scope.map(|scope| &*scope.native_id).or_else(named)
    }

    /// The scope of an account of the same provider as `beside`, where the estate knows it.
    pub fn account_scope(&self, account: &str, beside: &Identity) -> Option<&'a Scope> {
        let id = format!("{}:account/{account}", beside.provider);
        self.estate().scopes.get(id.as_str()).filter(|scope| scope.kind == ScopeKind::Account)
    }
}
