//! Resources that run as a managed identity.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{EstateBuilder, IdentityId, Text, Workload, WorkloadId, WorkloadKind};

use super::{
    arm_id,
    files::Files,
    holders::identity_id,
    managed::{Behind, Managed},
    scopes::{self, Scopes},
    tenant::Tenant,
};
use crate::documents::{Collection, arm, value::at};

/// Adds the resources that have an identity, and those of which only their identity tells.
pub(super) fn read(
    tenant: &Tenant,
    files: &Files<'_>,
    managed: &Managed<'_>,
    scopes: &mut Scopes<'_>,
    estate: &mut EstateBuilder,
) {
    let mut runs_as: BTreeMap<String, BTreeSet<IdentityId>> = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    let mut known = BTreeMap::new();
    for one in &files.resources {
        let id = arm_id::normal(&one.id);
        let Some(identity) = &one.identity else { continue };
        let mut all: BTreeSet<IdentityId> = identity.principal_id.iter().map(|id| identity_id(id)).collect();
        for (lent, of) in identity.user_assigned_identities.iter().flatten() {
            let lent = arm_id::normal(lent);
            let told = of.as_ref().and_then(|of| of.principal_id.as_ref()).map(|id| identity_id(id));
            match told.or_else(|| managed.principal(&lent).map(identity_id)) {
                Some(identity) => drop(all.insert(identity)),
                None => drop(unknown.insert(lent)),
            }
        }
        if !all.is_empty() {
            runs_as.entry(id.clone()).or_default().extend(all);
            known.insert(id, one);
        }
    }
    let principals = files.service_principals.iter();
    for one in principals.filter(|one| one.service_principal_type.as_deref() == Some("ManagedIdentity")) {
        if let Behind::Host(id) = managed.behind(one) {
            runs_as.entry(id).or_default().insert(identity_id(&one.id));
        }
    }
    for (id, identities) in runs_as {
        let workload = workload(&id, known.get(&id).copied(), identities, scopes, estate);
        estate.workload(workload);
    }
    let detail =
        "resources run as these managed identities, of which no document tells the service principal";
    tenant.inconsistent(Collection::UserAssignedIdentities, detail, &unknown, estate);
}

fn workload(
    id: &str,
    known: Option<&arm::Resource<'_>>,
    runs_as: BTreeSet<IdentityId>,
    scopes: &mut Scopes<'_>,
    estate: &mut EstateBuilder,
) -> Workload {
    let said = known.and_then(|one| one.kind.as_ref()).map(|kind| kind.lower());
    let kind = said.or_else(|| arm_id::resource_type(id)).unwrap_or_default();
    let name = known.and_then(|one| one.name.as_deref()).unwrap_or_else(|| arm_id::name(id));
    let made = known.and_then(|one| {
        at(one.created_time).or_else(|| one.system_data.and_then(|data| at(data.created_at)))
    });
    Workload {
        id: WorkloadId::new(format!("azure:{id}")),
        native_id: known.map_or(id, |one| &one.id).into(),
        kind: WorkloadKind::AzureResource(Text::from(kind)),
        name: name.into(),
        scope: scopes.refer(&arm_id::home(id), estate),
        runs_as: runs_as.into_iter().collect(),
        uses: Vec::new(),
        state: None,
        created: made,
        tags: scopes::tags(known.and_then(|one| one.tags.as_ref())),
    }
}
