//! Directory roles of Entra: who holds them, and who may switch them on.
//!
//! An active instance stands for every assignment, whoever made it; a role that was switched on has an assignment too for
//! as long as it is on. <https://learn.microsoft.com/graph/api/resources/unifiedroleassignmentscheduleinstance>

use census_model::{Attachment, Bounds, Effect, EstateBuilder, Grant, Via};

use super::{
    files::Files,
    holders::Holders,
    roles::{DirectoryRoles, Held, Instance, MemberType, Schedules},
    tenant::Tenant,
};
use crate::documents::{
    Collection,
    roles::DirectoryInstance,
    value::{Str, at},
};

/// Adds grants of directory roles.
pub(super) fn read(tenant: &Tenant, files: &Files<'_>, holders: &Holders<'_>, estate: &mut EstateBuilder) {
    let mut roles = DirectoryRoles::of(&files.directory_roles);
    let assignments = files.directory_assignments.iter().map(|one| {
        let scope = place(one.directory_scope_id.as_ref(), one.app_scope_id.as_ref());
        (one.id.as_str().to_owned(), held(&one.id, &one.principal_id, &one.role_definition_id, scope))
    });
    let schedules = Schedules {
        assignments: assignments.collect(),
        active: files.directory_active.iter().map(instance).collect(),
        eligible: files.directory_eligible.iter().map(instance).collect(),
    };
    for (held, activation) in schedules.join(tenant.clock) {
        let role = roles.role(&held.role, estate);
        let attached_to: Attachment = holders.attachment(held.principal, None);
        estate.grant(Grant {
            attached_to,
            via: Via::DirectoryRole {
                native_id: held.native_id.into(),
                role: held.role.into(),
                name: role.name,
                directory_scope: held.scope.into(),
            },
            policy: role.policy,
            effect: Effect::Allow,
            scope: tenant.scope.clone(),
            activation,
            condition: None,
        });
    }
    if !tenant.is_doubtful(Collection::DirectoryRoles) {
        let detail = "directory roles that are held are not among the role definitions";
        tenant.inconsistent(Collection::DirectoryRoles, detail, &roles.missing, estate);
    }
}

fn held<'f>(id: &'f Str<'f>, principal: &'f Str<'f>, role: &Str<'_>, scope: String) -> Held<'f> {
    let (native_id, role) = (id.as_str(), role.lower());
    Held { native_id, principal: principal.as_str(), principal_kind: None, role, scope, condition: None }
}

/// Where an assignment counts; without a word of it, in the whole tenant.
fn place(directory: Option<&Str<'_>>, app: Option<&Str<'_>>) -> String {
    let said = directory.or(app).map(|scope| scope.as_str()).filter(|scope| !scope.is_empty());
    said.unwrap_or("/").to_ascii_lowercase()
}

fn instance<'f>(one: &'f DirectoryInstance<'f>) -> Instance<'f> {
    let scope = place(one.directory_scope_id.as_ref(), one.app_scope_id.as_ref());
    Instance {
        held: held(&one.id, &one.principal_id, &one.role_definition_id, scope),
        origin: one.role_assignment_origin_id.as_ref().map(|id| id.as_str().to_owned()),
        member: MemberType::of(one.member_type.as_ref()),
        bounds: Bounds { from: at(one.start_date_time), until: at(one.end_date_time) },
    }
}
