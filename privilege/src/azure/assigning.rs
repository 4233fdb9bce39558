//! Assigning roles of Azure: what is asked, and which roles a condition lets somebody assign.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-overview>

use std::collections::{BTreeMap, BTreeSet, HashMap};

use census_model::{Grant, Identity, IdentityKind, PolicyId, RoleDefinition, ScopeId, Via};

use super::{
    access::{Access, Plane, Question},
    conditions::{Attribute, Expression, Facts, guids},
};
use crate::{escalation::Left, truth::Truth};

/// Assigning a role.
pub(super) const ASSIGN: &str = "Microsoft.Authorization/roleAssignments/write";

/// The role Owner.
/// <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged#owner>
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/// The role Contributor, which a condition that names what must not be given lets through.
pub(super) const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";

/// How many of the roles that a condition lets in are tried.
pub(super) const TRIED: usize = 32;

const ROLE: &str = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]";
const PRINCIPAL: &str = "@Request[Microsoft.Authorization/roleAssignments:PrincipalId]";
const PRINCIPAL_TYPE: &str = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]";

/// To make itself Owner.
pub(super) fn owner_for_itself(access: &Access<'_>, identity: &Identity) -> Question {
    assignment(access, identity, OWNER)
}

/// To assign a role to itself. Who stands in for somebody says nothing of who that is.
pub(super) fn assignment(access: &Access<'_>, identity: &Identity, role: &str) -> Question {
    let mut question = Question::of_operation(ASSIGN, Plane::Control);
    // They are attributes: a test says so.
    let mut say = |attribute, value: &str| drop(question.with(attribute, vec![value.to_owned()]));
    say(ROLE, role);
    let is_somebody = access.stand_in(&identity.id).is_none();
    let is_person = identity.kind == IdentityKind::EntraUser;
    if is_somebody {
        say(PRINCIPAL, &identity.native_id);
    }
    if is_somebody || is_person {
        say(PRINCIPAL_TYPE, if is_person { "User" } else { "ServicePrincipal" });
    }
    question
}

/// A role that somebody may assign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Role<'e> {
    /// Its GUID.
    pub(super) id: &'e str,
    pub(super) name: &'e str,
    /// What it allows.
    pub(super) policy: &'e PolicyId,
}

/// The roles that conditions let somebody assign, and where.
#[derive(Default)]
pub(super) struct Assignable<'e> {
    roles: BTreeSet<(&'e ScopeId, Role<'e>)>,
    /// The assignments that let somebody assign a role whose text is not known, or more roles than are tried.
    open: Vec<&'e Grant>,
    /// The roles that do, once somebody has them.
    open_roles: BTreeSet<(&'e ScopeId, Role<'e>)>,
}

impl<'e> Assignable<'e> {
    pub(super) fn of(access: &Access<'e>) -> Self {
        let estate = access.index().estate();
        let known = estate.role_definitions.iter();
        let known = known.map(|one| (&*one.id, Role { id: &one.id, name: &one.name, policy: &one.policy }));
        let known: BTreeMap<&str, Role<'e>> = known.collect();
        let mut found = Self::default();
        let mut told: HashMap<(&PolicyId, Option<&str>), Option<LetIn<'e>>> = HashMap::new();
        for grant in &estate.grants {
            let (Via::RoleAssignment { .. }, Some(policy)) = (&grant.via, &grant.policy) else { continue };
            let condition = grant.condition.as_ref().map(|one| &*one.text);
            let lets = told
                .entry((policy, condition))
                .or_insert_with(|| LetIn::of(access, &known, policy, condition));
            let Some(lets) = lets else { continue };
            found.roles.extend(lets.roles.iter().map(|role| (&grant.scope, *role)));
            found.open.extend(lets.left.map(|_| grant));
        }
        // A role may let its holder assign further ones.
        let mut next: Vec<_> = found.roles.iter().copied().collect();
        while let Some((scope, role)) = next.pop() {
            let lets = told
                .entry((role.policy, None))
                .or_insert_with(|| LetIn::of(access, &known, role.policy, None));
            let Some(lets) = lets else { continue };
            found.open_roles.extend(lets.left.map(|_| (scope, role)));
            let further = lets.roles.iter().map(|role| (scope, *role));
            next.extend(further.filter(|one| found.roles.insert(*one)));
        }
        found
    }

    /// The roles, each with where it may be assigned.
    pub(super) fn roles(&self) -> impl Iterator<Item = (&'e ScopeId, Role<'e>)> + '_ {
        self.roles.iter().copied()
    }

    /// What an assignment leaves untried of what its holder may assign.
    pub(super) fn left_by(&self, grant: &Grant) -> Option<Left> {
        self.open.iter().any(|one| std::ptr::eq(*one, grant)).then_some(Left::Levels)
    }

    /// What a role leaves untried of what its holder may assign.
    pub(super) fn left_by_role(&self, scope: &'e ScopeId, role: Role<'e>) -> Option<Left> {
        self.open_roles.contains(&(scope, role)).then_some(Left::Levels)
    }
}

/// What a role's text lets its holder assign under conditions.
struct LetIn<'e> {
    roles: Vec<Role<'e>>,
    left: Option<Left>,
}

impl<'e> LetIn<'e> {
    /// `None` where the text assigns no role, or Owner too: who holds that administers, and needs no other role.
    fn of(
        access: &Access<'e>,
        known: &BTreeMap<&str, Role<'e>>,
        policy: &PolicyId,
        condition: Option<&str>,
    ) -> Option<Self> {
        let entries = access.permissions_of(policy)?.covering(Plane::Control, ASSIGN);
        let entries = entries.filter(|one| one.taken.is_none());
        let ways: Vec<Vec<(&str, Option<Expression>)>> = entries
            .map(|one| one.condition.into_iter().chain(condition))
            .map(|texts| texts.map(|text| (text, Expression::parse(text))).collect())
            .collect();
        let lets = |role: &str| {
            let holds =
                |one: &Option<Expression>| one.as_ref().map_or(Truth::Maybe, |one| one.holds(&OfRole(role)));
            Truth::any(ways.iter().map(|all| Truth::all(all.iter().map(|(_, one)| holds(one)))))
        };
        if ways.is_empty() || lets(OWNER) == Truth::Yes {
            return None;
        }
        let named = ways.iter().flatten().flat_map(|(text, one)| named(text, one.as_ref()));
        let named: BTreeSet<String> =
            named.filter(|role| !RoleDefinition::PRIVILEGED.contains(&role.as_str())).collect();
        let all = RoleDefinition::PRIVILEGED.into_iter().chain(named.iter().map(String::as_str));
        let let_in: Vec<&str> = all.filter(|role| lets(role) != Truth::No).collect();
        let roles: Vec<Role<'e>> =
            let_in.iter().take(TRIED).filter_map(|role| known.get(role).copied()).collect();
        let left = (roles.len() < let_in.len()).then_some(Left::Levels);
        Some(Self { roles, left })
    }
}

/// The roles that a condition names; of one that is not understood, all ids in it.
fn named(text: &str, understood: Option<&Expression>) -> BTreeSet<String> {
    match (understood, Attribute::parse(ROLE)) {
        (Some(expression), Some(role)) => {
            expression.compared_with(&role).iter().map(|one| one.to_ascii_lowercase()).collect()
        }
        _ => guids(text),
    }
}

/// That a role is assigned, to whomever.
struct OfRole<'r>(&'r str);

impl Facts for OfRole<'_> {
    fn action(&self) -> &str {
        ASSIGN
    }

    fn values(&self, attribute: &Attribute) -> Option<Vec<String>> {
        let is_role = Attribute::parse(ROLE).is_some_and(|role| role.is(attribute));
        is_role.then(|| vec![self.0.to_owned()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_an_assignment_are_attributes() {
        let mut question = Question::of_operation(ASSIGN, Plane::Control);
        assert!([ROLE, PRINCIPAL, PRINCIPAL_TYPE].iter().all(|one| question.with(one, Vec::new()).is_ok()));
    }

    #[test]
    fn only_what_is_compared_with_a_role_is_named() {
        let principal = "0a000000-0000-4000-8000-000000000001";
        let text = format!(
            "{ROLE} ForAnyOfAnyValues:GuidEquals {{{OWNER}}} AND {PRINCIPAL} ForAnyOfAnyValues:GuidEquals {{{principal}}}"
        );
        let understood = Expression::parse(&text);
        assert!(understood.is_some());
        assert_eq!(named(&text, understood.as_ref()), BTreeSet::from([OWNER.to_owned()]));
        assert_eq!(named(&text, None).len(), 2);
    }
}
