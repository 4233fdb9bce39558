//! What is granted beside what was used, in numbers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use census_model::{
    Identity, IdentityKind, Index, PolicyId, PrivilegeUse, PrivilegeUses, Provider, ServiceSize, Usage,
    UseCounts, UseState, WeightyAction,
};
use jiff::Timestamp;

use super::{grants, narrow::Names};
use crate::aws::{
    catalogue::{self, AccessLevel},
    document::{Document, Statement, StatementEffect},
    policy::{Policy, PolicyType},
    usage::{self, Seen},
    weight::OPERATIONS,
};

/// What all statements of an identity grant.
pub(super) struct Tally<'u> {
    usage: &'u Usage,
    granted: BTreeMap<String, BTreeSet<String>>,
}

impl<'u> Tally<'u> {
    pub(super) fn new(usage: &'u Usage) -> Self {
        Self { usage, granted: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, statement: &Statement) {
        let names = Names::of(statement);
        for service in names.services(Some(self.usage)) {
            let actions = names.actions(Some(self.usage), &service);
            if !actions.is_empty() {
                let all = self.granted.entry(service.clone()).or_default();
                all.extend(actions.into_iter().map(str::to_owned));
            }
        }
    }

    pub(super) fn finish(self) -> Vec<ServiceSize> {
        self.granted.iter().map(|(service, actions)| size(self.usage, service, actions)).collect()
    }
}

fn size(usage: &Usage, service: &str, actions: &BTreeSet<String>) -> ServiceSize {
    let (state, at) = state(usage::service(usage, service));
    let mut size = ServiceSize {
        service: service.into(),
        state,
        at,
        actions: UseCounts::default(),
        unused_weighty: Vec::new(),
        untold_weighty: Vec::new(),
        unused_permission_changes: 0,
    };
    let weighty = OPERATIONS.iter().filter_map(|one| Some((one.action.split_once(':')?, one)));
    let weighty: Vec<_> = weighty.filter(|((of, _), _)| *of == service).collect();
    for action in actions {
        let (state, _) = self::state(usage::action(usage, service, action));
        size.actions.add(state);
        let known = catalogue::service(service).and_then(|known| known.action(action));
        if state == UseState::Unused
            && known.is_some_and(|one| one.level == AccessLevel::PermissionsManagement)
        {
            size.unused_permission_changes += 1;
        }
        let Some((_, weighty)) = weighty.iter().find(|((_, name), _)| name == action) else { continue };
        let weighty = WeightyAction { action: weighty.action.into(), why: weighty.why.into() };
        match state {
            UseState::Used => {}
            UseState::Unused => size.unused_weighty.push(weighty),
            UseState::Untold => size.untold_weighty.push(weighty),
        }
    }
    size
}

fn state(seen: Seen<'_>) -> (UseState, Option<Timestamp>) {
    match seen {
        Seen::Used(last) => (UseState::Used, Some(last.at)),
        Seen::NotSince(since) => (UseState::Unused, Some(since)),
        Seen::Untold => (UseState::Untold, None),
    }
}

/// What a policy text grants: services, and which of the operations that weigh.
#[derive(Default)]
struct Grants {
    services: BTreeSet<String>,
    weighty: BTreeSet<usize>,
}

impl Grants {
    fn of(text: &str) -> Self {
        let mut grants = Self::default();
        let Ok(document) = Document::parse(text) else { return grants };
        if Policy::compile(&document, PolicyType::Identity).is_err() {
            return grants;
        }
        for statement in document.statements.iter().filter(|one| one.effect == StatementEffect::Allow) {
            let names = Names::of(statement);
            grants
                .services
                .extend(names.services(None).into_iter().filter(|service| names.grants_something(service)));
            let named = OPERATIONS.iter().enumerate().filter(|(_, one)| {
                one.action.split_once(':').is_some_and(|(service, action)| names.has(service, action))
            });
            grants.weighty.extend(named.map(|(number, _)| number));
        }
        grants
    }
}

/// What every identity is granted beside what it used; root users, who need no policy, are left out. What grants is read once from each text, however often it is
/// attached.
pub fn of_estate(index: &Index<'_>) -> PrivilegeUses {
    let estate = index.estate();
    let mut texts: HashMap<&PolicyId, Grants> = HashMap::new();
    let mut uses = PrivilegeUses::new();
    let by_policies =
        |one: &&Identity| one.provider == Provider::Aws && one.kind != IdentityKind::AwsRootUser;
    for identity in estate.identities.iter().filter(by_policies) {
        let ids: BTreeSet<&PolicyId> =
            grants(index, identity).filter_map(|grant| grant.policy.as_ref()).collect();
        for id in &ids {
            texts.entry(id).or_insert_with(|| {
                Grants::of(estate.policies.get(*id).map(|policy| &*policy.text).unwrap_or_default())
            });
        }
        let granted: Vec<&Grants> = ids.iter().filter_map(|id| texts.get(id)).collect();
        uses.insert(identity.id.clone(), one(index, identity, &granted));
    }
    uses
}

fn one(index: &Index<'_>, identity: &Identity, granted: &[&Grants]) -> PrivilegeUse {
    let usage = index.usage(&identity.id);
    let services: BTreeSet<&String> = granted.iter().flat_map(|grants| &grants.services).collect();
    let weighty: BTreeSet<&usize> = granted.iter().flat_map(|grants| &grants.weighty).collect();
    let mut found = PrivilegeUse { window: usage.and_then(Usage::window), ..PrivilegeUse::default() };
    for service in services {
        let seen = usage.map_or(Seen::Untold, |usage| usage::service(usage, service));
        found.services.add(state(seen).0);
    }
    for number in weighty {
        let Some((service, action)) = OPERATIONS.get(*number).and_then(|one| one.action.split_once(':'))
        else {
            continue;
        };
        let seen = usage.map_or(Seen::Untold, |usage| usage::action(usage, service, action));
        found.weighty.add(state(seen).0);
    }
    found
}
