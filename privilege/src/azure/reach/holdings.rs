//! What one identity holds through roles of Azure: which operations that weigh, and where it may do anything at all.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{Decision, GapId, Grant, Identity, Proof, Scope, ScopeId, ScopeKind, Via};

use super::{
    asker::{Answer, Asker},
    assigning,
    operations::Operation,
    places::Places,
};
use crate::{
    azure::{
        assigning::{Role, owner_for_itself},
        held::{Held, Weight},
        place,
    },
    truth::Truth,
};

/// Something held, with what was not read and could take it away.
pub(super) struct Weighed {
    pub(super) held: Held,
    pub(super) takes: Vec<GapId>,
}

/// A place where an identity may do something, whatever it is worth.
pub(super) struct Lesser {
    pub(super) scope: ScopeId,
    pub(super) truth: Truth,
    pub(super) takes: Vec<GapId>,
}

/// What an identity holds.
#[derive(Default)]
pub(super) struct Holdings {
    pub(super) weighed: Vec<Weighed>,
    pub(super) lesser: Vec<Lesser>,
}

/// What an identity holds in Azure.
pub(super) fn of<'e>(
    asker: &mut Asker<'_, 'e>,
    places: &Places<'e>,
    identity: &Identity,
    granted: &[(&'e Grant, Truth)],
) -> Holdings {
    let mut roles: BTreeMap<&'e ScopeId, Vec<&'e Grant>> = BTreeMap::new();
    for (grant, _) in granted {
        if matches!(grant.via, Via::RoleAssignment { .. }) {
            for scope in places.of_grant(&grant.scope) {
                roles.entry(scope).or_default().push(grant);
            }
        }
    }
    let mut scopes: Vec<&'e ScopeId> = roles.keys().copied().collect();
    // The outermost first: what is held there need not be asked again below.
    scopes.sort_by_key(|scope| (places.depth(scope), *scope));
    let mut found = Found { asker, places, identity, holdings: Holdings::default(), sure: BTreeSet::new() };
    for scope in scopes {
        if let Some(grants) = roles.get(scope) {
            found.look(scope, grants);
        }
    }
    found.holdings
}

struct Found<'s, 'a, 'e> {
    asker: &'s mut Asker<'a, 'e>,
    places: &'s Places<'e>,
    identity: &'s Identity,
    holdings: Holdings,
    /// What is held for certain, and where.
    sure: BTreeSet<(&'e ScopeId, Weight)>,
}

/// The best of each weight that was found in a scope.
type Best = BTreeMap<Weight, (Truth, Weighed)>;

fn is_certain(best: &Best, weight: Weight) -> bool {
    best.get(&weight).is_some_and(|(truth, _)| *truth == Truth::Yes)
}

impl<'a, 'e> Found<'_, 'a, 'e> {
    fn look(&mut self, at: &'e ScopeId, grants: &[&'e Grant]) {
        let index = self.asker.access.index();
        let Some(scope) = index.estate().scopes.get(at) else { return };
        if self.is_sure(at, Weight::Administration) {
            return;
        }
        let (texts, table) = (self.asker.texts, self.asker.table);
        let told: Vec<_> = grants.iter().filter_map(|grant| texts.get(grant.policy.as_ref()?)).collect();
        let listed: BTreeSet<usize> = told.iter().flat_map(|one| one.listed.iter().copied()).collect();
        let listed = listed.into_iter().filter_map(|number| table.operations.get(number));
        let mut best = Best::new();
        for operation in listed {
            // Administration comes first, and nothing is more.
            if is_certain(&best, Weight::Administration) {
                break;
            }
            self.try_one(scope, operation, &mut best);
        }
        for shape in told.iter().flat_map(|one| &one.shapes) {
            if is_certain(&best, Weight::Administration) {
                break;
            }
            // As far as its holder has what the table knows of an entry, the table says what the entry is worth.
            if shape.is_listed
                && (best.values().any(|(truth, _)| *truth == Truth::Yes) || self.is_any_sure(at))
            {
                continue;
            }
            let _ = shape.tries.iter().any(|operation| self.try_one(scope, operation, &mut best));
        }
        for (weight, (truth, weighed)) in best {
            if truth == Truth::Yes {
                self.sure.insert((at, weight));
            }
            self.holdings.weighed.push(weighed);
        }
        self.look_for_less(scope, &told);
    }

    /// Asks about an operation unless its weight is certain already, and keeps what is new. Whether its weight is certain
    /// now.
    fn try_one(&mut self, scope: &'e Scope, operation: &'a Operation, best: &mut Best) -> bool {
        if is_certain(best, operation.weight) || self.is_sure(&scope.id, operation.weight) {
            return true;
        }
        if !counts_at(scope, operation) {
            return false;
        }
        let Some((weight, weighed)) = self.ask(scope, operation) else { return false };
        let truth = weighed.held.truth;
        if best.get(&weight).is_none_or(|(known, _)| truth > *known) {
            best.insert(weight, (truth, weighed));
        }
        truth == Truth::Yes
    }

    /// Whether anything that weighs is held for certain in a scope above, or in this one.
    fn is_any_sure(&self, at: &'e ScopeId) -> bool {
        let above = self.places.above(at);
        self.sure.iter().any(|(scope, _)| above.contains(scope))
    }

    /// Whether a weight is held for certain in a scope above, or in this one.
    fn is_sure(&self, at: &'e ScopeId, weight: Weight) -> bool {
        let above = self.places.above(at);
        above.iter().any(|scope| self.sure.contains(&(*scope, weight)))
    }

    fn ask(&mut self, scope: &'e Scope, operation: &'a Operation) -> Option<(Weight, Weighed)> {
        let question = &operation.question;
        if operation.weight != Weight::Administration {
            let answer = self.asker.may(self.identity, question, &scope.id)?;
            return self.weigh(scope, operation, operation.weight, &operation.why, answer);
        }
        if !is_whole(scope.kind) && self.is_sure(&scope.id, Weight::Permissions) {
            return None;
        }
        let assigning = assigning::of(self.asker, self.identity, &scope.id, question)?;
        // Whoever assigns roles in a part of a subscription does not administer it.
        let weight = if is_whole(scope.kind) { assigning.weight } else { Weight::Permissions };
        self.weigh(scope, operation, weight, &assigning.why, assigning.answer)
    }

    fn weigh(
        &self,
        scope: &Scope,
        operation: &Operation,
        weight: Weight,
        why: &str,
        answer: Answer,
    ) -> Option<(Weight, Weighed)> {
        let Answer { truth, verdict } = answer;
        if truth == Truth::No {
            return None;
        }
        let proof = Proof {
            action: (&*operation.action).into(),
            resource: place_of(scope).into(),
            why: why.into(),
            decision: if truth == Truth::Yes { Decision::Allowed } else { Decision::Conditional },
            residual: verdict.residual,
            because: verdict.because,
        };
        let held = Held { scope: self.places.innermost(&scope.id), weight, truth, proof };
        let takes = verdict.may_narrow.into_iter().map(|gap| gap.id).collect();
        Some((weight, Weighed { held, takes }))
    }

    /// Whether anything is allowed: an example of each entry is asked until one is.
    fn look_for_less(&mut self, scope: &'e Scope, told: &[&'a super::texts::Told]) {
        let place = self.places.innermost(&scope.id);
        let known = self.holdings.weighed.iter().any(|one| one.held.scope == place)
            || self.holdings.lesser.iter().any(|one| one.scope == place && one.truth == Truth::Yes);
        if known {
            return;
        }
        let mut best: Option<Answer> = None;
        for question in told.iter().flat_map(|one| &one.examples) {
            let Some(answer) = self.asker.may(self.identity, question, &scope.id) else { continue };
            if best.as_ref().is_none_or(|best| answer.truth > best.truth) {
                best = Some(answer);
            }
            if best.as_ref().is_some_and(|best| best.truth == Truth::Yes) {
                break;
            }
        }
        if let Some(answer) = best.filter(|best| best.truth != Truth::No) {
            let takes = answer.verdict.may_narrow.into_iter().map(|gap| gap.id).collect();
            self.holdings.lesser.push(Lesser { scope: place, truth: answer.truth, takes });
        }
    }
}

/// Whether a scope is a subscription or above.
fn is_whole(kind: ScopeKind) -> bool {
    !matches!(kind, ScopeKind::ResourceGroup | ScopeKind::Resource)
}

/// Whether whoever gives itself a role in a scope administers the scope by it.
pub(super) fn administers(asker: &Asker<'_, '_>, scope: &ScopeId, role: Role<'_>) -> Option<Truth> {
    let access = asker.access;
    let kind = access.index().estate().scopes.get(scope)?.kind;
    let holder = access.holder_of(scope, role).filter(|_| is_whole(kind))?;
    let answer = asker.may_itself(holder, &owner_for_itself(access, holder), scope)?;
    (answer.truth != Truth::No).then_some(answer.truth)
}

/// Whether an operation weighs in a scope. In a resource group or above it counts for what will be made there too; of one
/// resource that is named only what concerns others does, and only what there is of its type.
fn counts_at(scope: &Scope, operation: &Operation) -> bool {
    if scope.kind != ScopeKind::Resource {
        return true;
    }
    match operation.weight {
        Weight::Administration => true,
        Weight::Permissions | Weight::Credentials => {
            let action = operation.action.to_ascii_lowercase();
            action.starts_with("microsoft.authorization/")
                || type_of(scope).is_some_and(|kind| action.starts_with(&kind))
        }
        _ => false,
    }
}

/// The type of a resource, as operations begin: `microsoft.storage/storageaccounts/`.
fn type_of(scope: &Scope) -> Option<String> {
    let id = place::normal(&scope.native_id);
    let (namespace, types) = place::types(&id)?;
    let types: String = types.iter().map(|(kind, _)| format!("{kind}/")).collect();
    Some(format!("{namespace}/{types}"))
}

/// The id of a scope in Azure Resource Manager.
fn place_of(scope: &Scope) -> String {
    match scope.kind {
        ScopeKind::Tenant => "/".to_owned(),
        ScopeKind::ManagementGroup => {
            format!("/providers/Microsoft.Management/managementGroups/{}", scope.native_id)
        }
        ScopeKind::Subscription => format!("/subscriptions/{}", scope.native_id),
        _ => scope.native_id.to_string(),
    }
}
