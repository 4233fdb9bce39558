//! Whether somebody may assign any role, or some.

use census_model::{Identity, IdentityKind, ScopeId};

use super::asker::{Answer, Asker};
use crate::{
    azure::{
        access::{Plane, Question},
        conditions::guids,
        held::Weight,
    },
    truth::Truth,
};

/// Assigning a role.
pub(in crate::azure) const ASSIGN: &str = "Microsoft.Authorization/roleAssignments/write";

/// The role Owner.
/// <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged#owner>
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/// The role Contributor, which a condition that names what must not be given lets through.
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";

/// How many of the roles that a condition names are tried.
const TRIED: usize = 32;

const ROLE: &str = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]";
const PRINCIPAL: &str = "@Request[Microsoft.Authorization/roleAssignments:PrincipalId]";
const PRINCIPAL_TYPE: &str = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]";

/// What assigning roles comes to.
pub(super) struct Assigning {
    pub(super) weight: Weight,
    pub(super) why: String,
    pub(super) answer: Answer,
}

/// What an identity can make of assigning roles in a scope. Conditions are asked with what would make it an administrator:
/// Owner, for itself.
/// <https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-overview>
pub(super) fn of<'a, 'e>(
    asker: &mut Asker<'a, 'e>,
    identity: &Identity,
    scope: &'e ScopeId,
    plain: &'a Question,
) -> Option<Assigning> {
    let owner = asker.may_itself(identity, &owner_for_itself(identity), scope)?;
    if owner.truth != Truth::No {
        let why = "gives anybody any role, itself included".to_owned();
        return Some(Assigning { weight: Weight::Administration, why, answer: owner });
    }
    let any = asker.may(identity, plain, scope)?;
    if any.truth == Truth::No {
        return None;
    }
    let said = any.verdict.residual.as_ref().map(|open| open.text.to_string()).unwrap_or_default();
    // The words name the place as well, which is no role.
    let named = guids(&said).into_iter().filter(|one| !scope.as_str().contains(one.as_str()));
    for role in std::iter::once(CONTRIBUTOR.to_owned()).chain(named).take(TRIED) {
        let answer = asker.may_itself(identity, &assignment(identity, &role), scope)?;
        if answer.truth == Truth::Yes {
            let role = asker.role_name(&role);
            let why = format!("gives itself and others some roles, {role} among them, and not all");
            return Some(Assigning { weight: Weight::Permissions, why, answer });
        }
    }
    let why = "gives others some roles, and not all".to_owned();
    Some(Assigning { weight: Weight::Permissions, why, answer: any })
}

/// To make itself Owner.
pub(in crate::azure) fn owner_for_itself(identity: &Identity) -> Question {
    assignment(identity, OWNER)
}

/// To assign a role to itself.
fn assignment(identity: &Identity, role: &str) -> Question {
    let mut question = Question::of_operation(ASSIGN, Plane::Control);
    let kind = if identity.kind == IdentityKind::EntraUser { "User" } else { "ServicePrincipal" };
    for (attribute, value) in [(ROLE, role), (PRINCIPAL, &identity.native_id), (PRINCIPAL_TYPE, kind)] {
        // They are attributes: a test says so.
        let _ = question.with(attribute, vec![value.to_owned()]);
    }
    question
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_an_assignment_are_attributes() {
        let mut question = Question::of_operation(ASSIGN, Plane::Control);
        assert!([ROLE, PRINCIPAL, PRINCIPAL_TYPE].iter().all(|one| question.with(one, Vec::new()).is_ok()));
    }
}
