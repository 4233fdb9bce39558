//! Principals that what was read refers to: of these, groups and users are looked up.

use serde::Deserialize;

use super::{groups::Referred, tenant::Tenant};
use crate::{client::Item, documents::Collection};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Holder {
    principal_id: Option<String>,
    principal_type: Option<String>,
}

#[derive(Deserialize)]
struct Azure {
    properties: Option<Holder>,
}

#[derive(Deserialize)]
struct Child {
    id: String,
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Related {
    #[serde(alias = "owners", alias = "sponsors", default = "Vec::new")]
    children: Vec<Child>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vault {
    properties: Option<VaultProperties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VaultProperties {
    #[serde(default)]
    access_policies: Vec<Policy>,
    #[serde(default)]
    initial_admin_object_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    object_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Local {
    #[serde(default)]
    role_assignments: Vec<Azure>,
}

#[derive(Deserialize)]
struct Denied {
    properties: Option<DeniedProperties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeniedProperties {
    #[serde(default)]
    principals: Vec<DeniedPrincipal>,
    #[serde(default)]
    exclude_principals: Vec<DeniedPrincipal>,
}

#[derive(Deserialize)]
struct DeniedPrincipal {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// The id that stands for everybody in deny assignments.
/// <https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#system-defined-principal>
const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";

/// What was read, by reference.
pub(super) fn referred(tenant: &Tenant<'_>) -> Referred {
    let mut referred = Referred::default();
    for collection in [
        Collection::DirectoryAssignments,
        Collection::DirectoryAssignmentInstances,
        Collection::DirectoryEligibilityInstances,
        Collection::AppRoleAssignments,
    ] {
        each::<Holder>(tenant, collection, |holder| add(&mut referred, holder));
    }
    for collection in [
        Collection::AzureAssignments,
        Collection::AzureAssignmentInstances,
        Collection::AzureEligibilityInstances,
    ] {
        each::<Azure>(tenant, collection, |one| {
            one.properties.into_iter().for_each(|holder| add(&mut referred, holder));
        });
    }
    each::<Local>(tenant, Collection::HsmAssignments, |local| {
        local
            .role_assignments
            .into_iter()
            .filter_map(|one| one.properties)
            .for_each(|holder| add(&mut referred, holder));
    });
    for collection in [Collection::Owners, Collection::Sponsors] {
        each::<Related>(tenant, collection, |related| {
            for child in related.children {
                referred.add(&child.id, child.kind.as_deref());
            }
        });
    }
    for collection in [Collection::Vaults, Collection::ManagedHsms] {
        each::<Vault>(tenant, collection, |vault| {
            let Some(properties) = vault.properties else { return };
            let policies = properties.access_policies.into_iter().filter_map(|policy| policy.object_id);
            for id in policies.chain(properties.initial_admin_object_ids) {
                referred.add(&id, None);
            }
        });
    }
    each::<Denied>(tenant, Collection::DenyAssignments, |deny| {
        let Some(properties) = deny.properties else { return };
        for one in properties.principals.into_iter().chain(properties.exclude_principals) {
            if let Some(id) = one.id.filter(|id| id != EVERYBODY) {
                referred.add(&id, one.kind.as_deref());
            }
        }
    });
    referred
}

fn add(referred: &mut Referred, holder: Holder) {
    if let Some(id) = holder.principal_id {
        referred.add(&id, holder.principal_type.as_deref());
    }
}

fn each<T: serde::de::DeserializeOwned>(tenant: &Tenant<'_>, collection: Collection, found: impl FnMut(T)) {
    tenant.items(collection).iter().filter_map(Item::read::<T>).for_each(found);
}
