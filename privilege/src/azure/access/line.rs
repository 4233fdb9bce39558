//! What each grant has to do with a question.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Activation, Condition, Grant, GroupId, Identity, Membership, Scope, ScopeKind, SharedText,
    StatementEffect, Text, Via,
};

use super::{Inquiry, Judge, Read};
use crate::{
    azure::{
        activation::active,
        conditions::Expression,
        key_vault::{self, Given},
        matching::Covered,
    },
    truth::Truth,
};

/// What is open where a role or membership has to be switched on.
const ACTIVATION: &str = "activation";

/// What is open where a key decides.
const ASYMMETRIC: &str = "asymmetric key";

/// Actions that whoever may read an asymmetric key can do with its public part.
/// <https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault>
const PUBLIC_PART: [&str; 3] = [
    "microsoft.keyvault/vaults/keys/encrypt/action",
    "microsoft.keyvault/vaults/keys/verify/action",
    "microsoft.keyvault/vaults/keys/wrap/action",
];

/// What gives those.
const READ_KEY: &str = "microsoft.keyvault/vaults/keys/read";

/// What a grant says about a question.
pub(super) struct Line<'e> {
    pub(super) grant: &'e Grant,
    pub(super) effect: StatementEffect,
    /// Whether it counts.
    pub(super) truth: Truth,
    /// The entry of its policy.
    pub(super) statement: Text,
    /// What it comes to, in words.
    pub(super) says: Text,
    /// What is open, where it may count.
    pub(super) open: BTreeSet<String>,
}

/// The grants that bear on a question, as far as they could be understood.
#[derive(Default)]
pub(super) struct Found<'e> {
    pub(super) lines: Vec<Line<'e>>,
    /// Those that reach the identity and whose text was not read.
    pub(super) unread: Vec<&'e Grant>,
}

/// How a grant comes to an identity.
#[derive(Clone, Copy)]
struct Way<'e> {
    truth: Truth,
    through: Option<&'e Membership>,
}

/// What decides whether an entry counts: whether it does, what is open of it, and the words for both.
struct Weighed {
    truth: Truth,
    open: BTreeSet<String>,
    words: Vec<String>,
}

impl Weighed {
    fn and(&mut self, truth: Truth, open: impl IntoIterator<Item = String>, words: String) {
        self.truth = self.truth & truth;
        if truth == Truth::Maybe {
            self.open.extend(open);
        }
        if truth != Truth::Yes {
            self.words.push(words);
        }
    }
}

impl<'a> Inquiry<'a, '_> {
    pub(super) fn lines(&self, identity: &Identity) -> Found<'a> {
        let access = self.access;
        let index = access.index;
        let own = Way { truth: Truth::Yes, through: None };
        let of_stand_in = access.stand_in(&identity.id).into_iter().flat_map(|one| &one.grants);
        let of_estate = index.grants_of_identity(&identity.id).iter().copied();
        let mut grants: Vec<(&'a Grant, Way<'_>)> =
            of_estate.chain(of_stand_in).map(|grant| (grant, own)).collect();
        for (group, way) in self.groups(identity) {
            grants.extend(index.grants_of_group(group).iter().map(|grant| (*grant, way)));
        }
        for scope in &self.target.chain {
            grants.extend(index.grants_of_scope(scope).iter().map(|grant| (*grant, own)));
        }
        let mut found = Found::default();
        for (grant, way) in grants {
            if self.bears(grant) && way.truth != Truth::No {
                self.add(identity, grant, way, &mut found);
            }
        }
        found
    }

    /// The groups of an identity, with the best way into each.
    fn groups(&self, identity: &Identity) -> BTreeMap<&GroupId, Way<'_>> {
        let mut ways: BTreeMap<&GroupId, Way<'_>> = BTreeMap::new();
        for one in self.access.memberships(&identity.id) {
            let way = Way { truth: self.active(&one.activation, identity), through: Some(one) };
            let known = ways.entry(&one.group).or_insert(way);
            if way.truth > known.truth {
                *known = way;
            }
        }
        ways
    }

    /// Whether a grant is of the kind that decides, and counts at the target.
    pub(super) fn bears(&self, grant: &Grant) -> bool {
        match (&self.judge, &grant.via) {
            (Judge::Roles, Via::RoleAssignment { .. }) => self.target.chain.contains(&grant.scope),
            (Judge::Roles, Via::DenyAssignment { own_scope_only: true, .. }) => {
                self.target.chain.first() == Some(&grant.scope)
            }
            (Judge::Roles, Via::DenyAssignment { .. }) => self.target.chain.contains(&grant.scope),
            (Judge::Policies(of), Via::AccessPolicy { vault, .. }) => of.id == *vault,
            (Judge::Local(of), Via::LocalRole { vault, local_scope, .. }) => {
                let object = self.target.object.as_deref();
                of.id == *vault && key_vault::local_scope_covers(local_scope, object, &self.question.action)
            }
            _ => false,
        }
    }

    fn add(&self, identity: &Identity, grant: &'a Grant, way: Way<'_>, found: &mut Found<'a>) {
        let mut weighed = Weighed { truth: Truth::Yes, open: BTreeSet::new(), words: Vec::new() };
        if way.truth == Truth::Maybe {
            weighed.and(way.truth, [ACTIVATION.to_owned()], "the membership is switched on".to_owned());
        }
        let active = self.active(&grant.activation, identity);
        weighed.and(active, [ACTIVATION.to_owned()], activation_words(&grant.activation).to_owned());
        match grant.policy.as_ref().and_then(|id| self.access.text(id)) {
            Some(Read::Permissions(permissions)) => {
                let action = &*self.question.action;
                for covered in permissions.covering(self.plane, action) {
                    self.entry(identity, grant, way, &weighed, covered, None, found);
                }
                if self.target.vault.is_some() && PUBLIC_PART.contains(&action) {
                    let allows = matches!(grant.via, Via::RoleAssignment { .. });
                    for covered in permissions.covering(self.plane, READ_KEY).filter(|_| allows) {
                        self.entry(identity, grant, way, &weighed, covered, Some(ASYMMETRIC), found);
                    }
                }
            }
            Some(Read::Policies(policy)) => {
                let Some((list, words)) = key_vault::needed(&self.question.action) else { return };
                let Some(given) = policy.give(list, words) else { return };
                if let Via::AccessPolicy { application: Some(application), .. } = &grant.via {
                    let words = format!("it acts through the application {application}");
                    weighed.and(Truth::Maybe, [format!("application {application}")], words);
                }
                if let Via::AccessPolicy { tenant: Some(tenant), .. } = &grant.via {
                    let id = tenant.as_str().trim_start_matches("azure:tenant/");
                    let words = format!("it named a principal of the vault's tenant, and not of tenant {id}");
                    weighed.and(Truth::No, [], words);
                }
                let word = match given {
                    Given::Named(word) => word,
                    Given::All => "all",
                    Given::AllForPurge => {
                        let words = "`all` includes `purge`, which is not told alike everywhere".to_owned();
                        weighed.and(Truth::Maybe, ["`all` and `purge`".to_owned()], words);
                        "all"
                    }
                };
                self.push(grant, way, weighed, &format!("{} {word}", list.as_str()), found);
            }
            Some(Read::Directory(_) | Read::Unusable) | None => {
                if weighed.truth != Truth::No {
                    found.unread.push(grant);
                }
            }
        }
    }

    /// Adds an entry of a role or denial that covers the action.
    #[expect(clippy::too_many_arguments, reason = "what an entry is made of, in one place")]
    fn entry(
        &self,
        identity: &Identity,
        grant: &'a Grant,
        way: Way<'_>,
        before: &Weighed,
        covered: Covered<'_>,
        open: Option<&str>,
        found: &mut Found<'a>,
    ) {
        let mut weighed =
            Weighed { truth: before.truth, open: before.open.clone(), words: before.words.clone() };
        if let Some(open) = open {
            weighed.and(Truth::Maybe, [open.to_owned()], "the key is asymmetric".to_owned());
        }
        if let Some(taken) = covered.taken {
            weighed.and(Truth::No, [], format!("`{taken}` were not taken away again"));
        }
        for text in [covered.condition, grant.condition.as_ref().map(|one: &Condition| &*one.text)]
            .into_iter()
            .flatten()
        {
            let shown = text.split_whitespace().collect::<Vec<_>>().join(" ");
            match Expression::parse(text) {
                Some(expression) => {
                    weighed.and(
                        expression.holds(self),
                        expression.open(self),
                        format!("its condition holds: {shown}"),
                    );
                }
                None => weighed.and(
                    Truth::Maybe,
                    ["a condition that is not understood".to_owned()],
                    format!("its condition holds, which is not understood: {shown}"),
                ),
            }
        }
        if let Via::DenyAssignment { except, .. } = &grant.via {
            let excepted = self.excepted(identity, except);
            weighed.and(!excepted, [ACTIVATION.to_owned()], "the identity is not excepted".to_owned());
        }
        self.push(grant, way, weighed, covered.pattern, found);
    }

    fn push(&self, grant: &'a Grant, way: Way<'_>, weighed: Weighed, entry: &str, found: &mut Found<'a>) {
        let effect = match grant.via {
            Via::DenyAssignment { .. } => StatementEffect::Deny,
            _ => StatementEffect::Allow,
        };
        let verb = match (effect, weighed.truth) {
            (StatementEffect::Allow, Truth::No) => "would allow",
            (StatementEffect::Allow, _) => "allows",
            (StatementEffect::Deny, _) => "denies",
        };
        let mut says = format!("{verb} it {}", self.place(grant));
        if let Some(way) = way.through.filter(|way| !way.through.is_empty()) {
            let names: Vec<&str> = way
                .through
                .iter()
                .map(|id| self.access.index.group(id).map_or(id.as_str(), |group| &group.name))
                .collect();
            says.push_str(&format!(", through group {}", names.join(" and ")));
        }
        if !weighed.words.is_empty() {
            says.push_str(&format!(", if {}", weighed.words.join(", and ")));
        }
        found.lines.push(Line {
            grant,
            effect,
            truth: weighed.truth,
            statement: entry.into(),
            says: says.into(),
            open: weighed.open,
        });
    }

    /// Where a grant counts, in words.
    fn place(&self, grant: &Grant) -> String {
        match &grant.via {
            Via::AccessPolicy { .. } => "on all that the vault holds".to_owned(),
            Via::LocalRole { local_scope, .. } => format!("in {local_scope} of the managed HSM"),
            _ => match self.access.index.estate().scopes.get(&grant.scope) {
                Some(scope) => format!("in {}", scope_words(scope)),
                None => format!("in {}", grant.scope),
            },
        }
    }

    /// Whether an identity is one of those that a denial does not reach, itself or by a group.
    fn excepted(&self, identity: &Identity, except: &[SharedText]) -> Truth {
        let names = |id: &str| except.iter().any(|one| one.eq_ignore_ascii_case(id));
        if names(&identity.native_id) {
            return Truth::Yes;
        }
        let groups = self.groups(identity).into_iter();
        Truth::any(groups.filter(|(group, _)| names(object_id(group))).map(|(_, way)| way.truth))
    }

    /// Whether something counts at the clock of the estate.
    fn active(&self, activation: &Activation, identity: &Identity) -> Truth {
        active(activation, identity, self.access.index.estate().as_of)
    }
}

/// The object id of a group.
pub(super) fn object_id(group: &GroupId) -> &str {
    let id = group.as_str();
    id.strip_prefix("azure:").unwrap_or(id)
}

fn activation_words(activation: &Activation) -> &'static str {
    match activation {
        Activation::Standing => "it counted",
        Activation::Active(_) => "it counted now",
        Activation::Eligible(_) => "a person switches it on",
    }
}

fn scope_words(scope: &Scope) -> String {
    match scope.kind {
        ScopeKind::Tenant => "/".to_owned(),
        ScopeKind::ManagementGroup => format!("management group {}", scope.native_id),
        ScopeKind::Subscription => format!("subscription {}", scope.native_id),
        _ => scope.native_id.to_string(),
    }
}
