//! Roles of Azure Resource Manager: who holds them where, and who may switch them on.

use std::collections::BTreeSet;

use census_model::{Bounds, Effect, EstateBuilder, GapReason, Grant, Via};

use super::{
    arm_id,
    files::Files,
    holders::Holders,
    policies,
    roles::{AzureRoles, Held, Instance, MemberType, Schedules},
    scopes::Scopes,
    tenant::Tenant,
};
use crate::documents::{
    Collection,
    roles::{AzureInstance, Object},
    value::{Str, at},
};

/// Adds grants of roles.
pub(super) fn read(
    tenant: &Tenant,
    files: &Files<'_>,
    holders: &Holders<'_>,
    roles: &mut AzureRoles<'_>,
    scopes: &mut Scopes<'_>,
    estate: &mut EstateBuilder,
) {
    let assignments = files.azure_assignments.iter().map(|one| {
        let properties = &one.properties;
        let held = Held {
            native_id: one.id.as_str(),
            principal: properties.principal_id.as_str(),
            principal_kind: properties.principal_type.as_deref(),
            role: properties.role_definition_id.lower(),
            scope: place(properties.scope.as_ref(), &one.id),
            condition: properties.condition.as_ref(),
        };
        (arm_id::normal(&one.id), held)
    });
    let schedules = Schedules {
        assignments: assignments.collect(),
        active: files.azure_active.iter().map(instance).collect(),
        eligible: files.azure_eligible.iter().map(instance).collect(),
    };
    let mut foreign = BTreeSet::new();
    for (held, activation) in schedules.join(tenant.clock) {
        let role = roles.role(&held.role, estate);
        if held.principal_kind.is_some_and(|kind| kind.eq_ignore_ascii_case("ForeignGroup")) {
            foreign.insert(held.principal.to_ascii_lowercase());
        }
        let scope = scopes.refer(&held.scope, estate);
        estate.grant(Grant {
            attached_to: holders.attachment(held.principal, held.principal_kind),
            via: Via::RoleAssignment {
                native_id: held.native_id.into(),
                role: held.role.into(),
                name: role.name,
            },
            policy: role.policy,
            effect: Effect::Allow,
            scope,
            activation,
            condition: policies::condition(held.condition),
        });
    }
    let conditions = files.azure_assignments.iter().map(|one| one.properties.condition.as_ref());
    let instances = files.azure_active.iter().chain(&files.azure_eligible);
    let conditions = conditions.chain(instances.map(|one| one.properties.condition.as_ref()));
    roles.define(conditions.flatten(), estate);
    if !foreign.is_empty() {
        let detail = "these groups are of another tenant, where nobody was asked for their members";
        tenant.note(Collection::Groups, GapReason::NotRequested, detail, foreign, estate);
    }
    if !tenant.is_doubtful(Collection::AzureRoles) {
        let detail = "roles that are held are not among the role definitions";
        tenant.inconsistent(Collection::AzureRoles, detail, &roles.missing, estate);
    }
}

/// Where an assignment counts: what it says, else what its own id lies in.
pub(super) fn place(scope: Option<&Str<'_>>, id: &Str<'_>) -> String {
    scope.map_or_else(|| arm_id::parent(&arm_id::normal(id)), |scope| arm_id::normal(scope))
}

fn instance<'f>(one: &'f Object<'f, AzureInstance<'f>>) -> Instance<'f> {
    let properties = &one.properties;
    Instance {
        held: Held {
            native_id: one.id.as_str(),
            principal: properties.principal_id.as_str(),
            principal_kind: properties.principal_type.as_deref(),
            role: properties.role_definition_id.lower(),
            scope: place(properties.scope.as_ref(), &one.id),
            condition: properties.condition.as_ref(),
        },
        origin: properties.origin_role_assignment_id.as_ref().map(|id| arm_id::normal(id)),
        member: MemberType::of(properties.member_type.as_ref()),
        bounds: Bounds { from: at(properties.start_date_time), until: at(properties.end_date_time) },
    }
}
