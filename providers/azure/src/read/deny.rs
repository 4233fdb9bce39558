//! Deny assignments. <https://learn.microsoft.com/azure/role-based-access-control/deny-assignments>

use std::collections::BTreeSet;

use census_model::{Attachment, Effect, EstateBuilder, Grant, SharedText, Via};

use super::{arm_id, assignments::place, files::Files, holders::Holders, policies, scopes::Scopes};
use crate::documents::roles::DenyPrincipal;

/// The id by which a deny assignment names everybody.
const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Adds what is denied. What is only logged (`audit`) denies nothing.
pub(super) fn read(
    files: &Files<'_>,
    holders: &Holders<'_>,
    scopes: &mut Scopes<'_>,
    estate: &mut EstateBuilder,
) {
    for one in &files.deny_assignments {
        let properties = &one.properties;
        if properties
            .deny_assignment_effect
            .as_ref()
            .is_some_and(|effect| effect.eq_ignore_ascii_case("audit"))
        {
            continue;
        }
        let scope = scopes.refer(&place(properties.scope.as_ref(), &one.id), estate);
        let policy = estate.policy(policies::azure(&properties.permissions));
        let except: BTreeSet<SharedText> =
            properties.exclude_principals.iter().flatten().map(|one| one.id.lower().into()).collect();
        let name = properties.deny_assignment_name.as_deref().unwrap_or_else(|| arm_id::name(&one.id));
        let attached = |principal: &DenyPrincipal<'_>| {
            if principal.id.as_str() == EVERYBODY {
                Attachment::Scope(scope.clone())
            } else {
                holders.attachment(&principal.id, principal.kind.as_deref())
            }
        };
        for principal in properties.principals.iter().flatten() {
            estate.grant(Grant {
                attached_to: attached(principal),
                via: Via::DenyAssignment {
                    native_id: one.id.as_str().into(),
                    name: name.into(),
                    except: except.iter().cloned().collect(),
                    own_scope_only: properties.do_not_apply_to_child_scopes == Some(true),
                },
                policy: Some(policy.clone()),
                effect: Effect::Deny,
                scope: scope.clone(),
                activation: Default::default(),
                condition: policies::condition(properties.condition.as_ref()),
            });
        }
    }
}
