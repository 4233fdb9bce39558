//! Access at every level of a made-up tenant: assignments, nested groups, conditions, denials.

use super::{OwnerKind, Tenant, Who, roles, synthetic::Size};
use crate::aws::dice::Dice;

/// A condition as delegated administrators have: only these roles may be given.
const CONDITION: &str = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR \
                         (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] \
                         ForAnyOfAnyValues:GuidEquals{acdd72a7-3385-48ef-bd42-f606fba81ae7, \
                         4633458b-17de-408a-b874-0445c86b69e6}))";

/// Where roles are given.
pub(super) struct Places {
    pub(super) root: String,
    pub(super) subscriptions: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) vaults: Vec<String>,
}

/// Gives what a size asks for.
pub(super) fn give(tenant: &mut Tenant, size: Size, places: &Places, principals: &[String]) {
    let access = size.access;
    for (number, principal) in principals.iter().enumerate() {
        for time in 0..access.at_every_level {
            let mut dice = Dice::of(size.seed, &format!("levels {number} {time}"));
            at_every_level(tenant, size, places, principal, &mut dice);
        }
    }
    for (number, vault) in places.vaults.iter().enumerate() {
        for time in 0..access.vault_roles {
            let mut dice = Dice::of(size.seed, &format!("vault role {number} {time}"));
            let roles = [roles::VAULT_SECRETS_USER, roles::VAULT_SECRETS_OFFICER, roles::VAULT_ADMINISTRATOR];
            if let (Some(role), Some(who)) = (dice.one_of(&roles), dice.one_of(principals)) {
                tenant.assign(vault, role, Who::Program(who), None);
            }
        }
    }
    nested_groups(tenant, size, places, principals);
    for (number, scope) in places.subscriptions.iter().enumerate() {
        for time in 0..access.denials {
            let mut dice = Dice::of(size.seed, &format!("denial {number} {time}"));
            if let Some(but) = dice.one_of(principals) {
                let actions =
                    ["Microsoft.Authorization/locks/delete", "Microsoft.Storage/storageAccounts/delete"];
                tenant.deny(scope, &format!("Deny {time}"), &actions, but);
            }
        }
    }
}

fn at_every_level(tenant: &mut Tenant, size: Size, places: &Places, principal: &str, dice: &mut Dice) {
    let one = |dice: &mut Dice, scopes: &[String]| dice.one_of(scopes).cloned();
    let scopes = [
        Some("/".to_owned()),
        Some(places.root.clone()),
        one(dice, &places.subscriptions),
        one(dice, &places.groups),
        one(dice, &places.vaults),
    ];
    for scope in scopes.into_iter().flatten() {
        let limited = dice.percent(size.access.conditions);
        let role = if limited { roles::ACCESS_ADMINISTRATOR } else { roles::READER };
        tenant.assign(&scope, role, Who::Program(principal), limited.then_some(CONDITION));
    }
}

/// Groups in chains of so many, each with some members of its own; all hold a role.
fn nested_groups(tenant: &mut Tenant, size: Size, places: &Places, principals: &[String]) {
    let mut inner: Option<String> = None;
    for number in 0..size.access.groups {
        let mut dice = Dice::of(size.seed, &format!("group {number}"));
        let chosen: Vec<String> = (0..10).filter_map(|_| dice.one_of(principals).cloned()).collect();
        let mut members: Vec<(&str, OwnerKind)> =
            chosen.iter().map(|id| (id.as_str(), OwnerKind::ServicePrincipal)).collect();
        let nested = inner.take().filter(|_| number % size.access.nested.max(1) != 0);
        members.extend(nested.as_deref().map(|id| (id, OwnerKind::Group)));
        let group = tenant.group(&format!("group-{number}"), false, &[], &members);
        if let Some(scope) = dice.one_of(&places.groups) {
            tenant.assign(scope, roles::CONTRIBUTOR, Who::Group(&group), None);
        }
        inner = Some(group);
    }
}
