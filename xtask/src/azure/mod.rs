//! Tenants of Entra ID with subscriptions of Azure, made from a seed, in the layout that `census scan --from` reads.

#![allow(
    clippy::indexing_slicing,
    reason = "JSON objects are made here: naming a key of one adds it or gives null, and never panics"
)]

mod access;
mod directory;
mod escalating;
mod resources;
pub(crate) mod roles;
mod spread;
pub(crate) mod synthetic;

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) use self::{
    access::{Who, person},
    directory::{App, Federated, GRAPH, Key, OwnerKind, Registered, Secret},
    resources::{Network, Object, Vault},
};
use crate::aws::{clock::Stamp, dice::Dice, folder::Folder};

/// What every id that is made up has in its last group, so that nobody takes it for a real one.
const MARK: &str = "e8a3b1e0";

/// The app role that stands for "assigned, with no role".
pub(crate) const NO_ROLE: &str = "00000000-0000-0000-0000-000000000000";

/// The documents of a tenant in the making.
pub(crate) struct Tenant {
    seed: u64,
    /// The tenant's id.
    pub(crate) id: String,
    domain: &'static str,
    documents: BTreeMap<&'static str, Vec<Value>>,
}

impl Tenant {
    /// A tenant with nobody in it. Every document is there, most of them empty: everything was read.
    pub(crate) fn new(seed: u64, name: &'static str, domain: &'static str) -> Self {
        let mut tenant = Self { seed, id: String::new(), domain, documents: BTreeMap::new() };
        tenant.id = tenant.guid("tenant");
        for path in DOCUMENTS {
            tenant.documents.insert(path, Vec::new());
        }
        let verified = json!([{"name": domain, "isDefault": true, "isInitial": false, "type": "Managed"}]);
        let id = tenant.id.clone();
        tenant.put(
            "tenant.json",
            json!({"id": id, "displayName": name, "tenantType": "AAD", "verifiedDomains": verified,
                   "createdDateTime": tenant.stamp(3000, "tenant")}),
        );
        tenant
    }

    /// An id that depends on the seed and a name.
    pub(crate) fn guid(&self, name: &str) -> String {
        let digest =
            Sha256::new().chain_update(self.seed.to_le_bytes()).chain_update(name.as_bytes()).finalize();
        let hex: String = digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
        format!("{}-{}-4{}-8{}-{MARK}{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(0, 4))
    }

    /// The instant so many days before the clock, at an hour that depends on a name.
    pub(crate) fn stamp(&self, days: u32, name: &str) -> String {
        Stamp::days_ago(days, &mut Dice::of(self.seed, name)).zulu()
    }

    /// The instant so many days after the clock.
    pub(crate) fn ahead(&self, days: u32) -> String {
        Stamp::now().plus_days(days).zulu()
    }

    /// Adds an item to a document.
    fn put(&mut self, path: &'static str, item: Value) {
        self.documents.entry(path).or_default().push(item);
    }

    /// Changes the item of a document that has this id.
    fn change(&mut self, path: &str, id: &str, change: impl FnOnce(&mut Value)) {
        let items = self.documents.get_mut(path).into_iter().flatten();
        if let Some(item) = items.into_iter().find(|item| item["id"] == id) {
            change(item);
        }
    }

    /// How many items a document has.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.documents.get(path).map_or(0, Vec::len)
    }

    /// Hands over the documents, sorted.
    ///
    /// # Errors
    /// When a document cannot be written.
    pub(crate) fn write(self, folder: &mut Folder) -> Result<()> {
        for (path, mut items) in self.documents {
            items.sort_by_cached_key(|item| ["id", "kid"].map(|key| item[key].as_str().map(str::to_owned)));
            folder.json(path, items.len(), &json!({ "value": items }))?;
        }
        Ok(())
    }
}

/// Every document of a tenant that a scan without `--deep` reads.
const DOCUMENTS: [&str; 42] = [
    "tenant.json",
    "graph/servicePrincipals.json",
    "graph/applications.json",
    "graph/deletedApplications.json",
    "graph/deletedServicePrincipals.json",
    "graph/federatedIdentityCredentials.json",
    "graph/owners.json",
    "graph/sponsors.json",
    "graph/appRoleAssignments.json",
    "graph/oauth2PermissionGrants.json",
    "graph/roleDefinitions.json",
    "graph/roleAssignments.json",
    "graph/roleAssignmentScheduleInstances.json",
    "graph/roleEligibilityScheduleInstances.json",
    "graph/groups.json",
    "graph/groupMembers.json",
    "graph/groupAssignmentScheduleInstances.json",
    "graph/groupEligibilityScheduleInstances.json",
    "graph/users.json",
    "graph/servicePrincipalSignInActivities.json",
    "graph/authorizationPolicy.json",
    "graph/defaultAppManagementPolicy.json",
    "graph/permissionGrantPolicies.json",
    "arm/subscriptions.json",
    "arm/managementGroups.json",
    "arm/descendants.json",
    "arm/resourceGroups.json",
    "arm/resources.json",
    "arm/roleDefinitions.json",
    "arm/roleAssignments.json",
    "arm/roleAssignmentScheduleInstances.json",
    "arm/roleEligibilityScheduleInstances.json",
    "arm/denyAssignments.json",
    "arm/userAssignedIdentities.json",
    "arm/federatedIdentityCredentials.json",
    "arm/vaults.json",
    "arm/deletedVaults.json",
    "arm/managedHsms.json",
    "arm/deletedManagedHsms.json",
    "arm/managedHsmRoleAssignments.json",
    "arm/managedHsmRoleDefinitions.json",
    "arm/vaultObjects.json",
];
