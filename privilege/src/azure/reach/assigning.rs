//! Whether somebody may assign any role, or some.

use census_model::{Identity, ScopeId};

use super::asker::{Answer, Asker};
use crate::{
    azure::{
        access::Question,
        assigning::{CONTRIBUTOR, TRIED, assignment, owner_for_itself},
        conditions::guids,
        held::Weight,
    },
    truth::Truth,
};

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
    let owner = asker.may_itself(identity, &owner_for_itself(asker.access, identity), scope)?;
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
        let answer = asker.may_itself(identity, &assignment(asker.access, identity, &role), scope)?;
        if answer.truth == Truth::Yes {
            let role = asker.role_name(&role);
            let why = format!("gives itself and others some roles, {role} among them, and not all");
            return Some(Assigning { weight: Weight::Permissions, why, answer });
        }
    }
    let why = "gives others some roles, and not all".to_owned();
    Some(Assigning { weight: Weight::Permissions, why, answer: any })
}
