//! What Azure Resource Manager holds: subscriptions, resources with identities, vaults.

use serde_json::{Value, json};

use super::Tenant;

/// From where a vault can be reached.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Network {
    /// Every network.
    Open,
    /// One office and one virtual network.
    Selected,
    /// Private endpoints only.
    Private,
}

/// A key vault.
#[derive(Clone, Debug)]
pub(crate) struct Vault<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// `enableRbacAuthorization`.
    pub(crate) rbac: Option<bool>,
    /// Whether what is deleted cannot be purged.
    pub(crate) purge_protection: bool,
    /// From where it can be reached.
    pub(crate) network: Network,
    /// `enabledForTemplateDeployment`.
    pub(crate) deployments: bool,
    /// Object ids with what they may do to secrets.
    pub(crate) policies: &'a [(&'a str, &'a [&'a str])],
    /// Object ids that may read secrets together with the application of a client id.
    pub(crate) compound: &'a [(&'a str, &'a str)],
}

/// Something that a vault holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object {
    /// `keys`, `secrets` or `certificates`.
    pub(crate) kind: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// In how many days it ends, if it does.
    pub(crate) ends: Option<u32>,
}

impl Tenant {
    /// Adds the root management group.
    pub(crate) fn root_group(&mut self, name: &str) {
        let id = self.id.clone();
        self.management_group(&id, name);
    }

    fn management_group(&mut self, id: &str, name: &str) {
        self.put(
            "arm/managementGroups.json",
            json!({"id": format!("/providers/Microsoft.Management/managementGroups/{id}"), "name": id,
                   "type": "Microsoft.Management/managementGroups",
                   "properties": {"displayName": name, "tenantId": self.id}}),
        );
    }

    /// Adds a management group below the root; its scope.
    pub(crate) fn group_of_subscriptions(&mut self, id: &str, name: &str) -> String {
        self.management_group(id, name);
        let scope = format!("/providers/Microsoft.Management/managementGroups/{id}");
        let root = format!("/providers/Microsoft.Management/managementGroups/{}", self.id);
        self.put(
            "arm/descendants.json",
            json!({"id": scope, "name": id, "type": "Microsoft.Management/managementGroups",
                   "properties": {"displayName": name, "parent": {"id": root}}}),
        );
        scope
    }

    /// Adds a subscription; its scope.
    pub(crate) fn subscription(&mut self, name: &str, parent: &str, tags: &Value) -> String {
        let id = self.guid(&format!("subscription {name}"));
        let scope = format!("/subscriptions/{id}");
        self.put(
            "arm/subscriptions.json",
            json!({"id": scope, "subscriptionId": id, "tenantId": self.id, "displayName": name, "state": "Enabled",
                   "authorizationSource": "RoleBased", "tags": tags}),
        );
        self.put(
            "arm/descendants.json",
            json!({"id": scope, "name": id, "type": "/subscriptions",
                   "properties": {"displayName": name, "parent": {"id": parent}}}),
        );
        scope
    }

    /// Adds a resource group; its scope.
    pub(crate) fn resource_group(&mut self, subscription: &str, name: &str, tags: &Value) -> String {
        let scope = format!("{subscription}/resourceGroups/{name}");
        self.put(
            "arm/resourceGroups.json",
            json!({"id": scope, "name": name, "type": "Microsoft.Resources/resourceGroups", "location": "westeurope",
                   "tags": tags, "properties": {"provisioningState": "Succeeded"}}),
        );
        scope
    }

    /// Adds a user-assigned managed identity; its ARM id and the object id of its service principal.
    pub(crate) fn user_assigned(
        &mut self,
        group: &str,
        name: &str,
        tags: &Value,
        signed_in: Option<u32>,
    ) -> (String, String) {
        let arm = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}");
        let (principal, client) =
            (self.guid(&format!("principal {arm}")), self.guid(&format!("client {arm}")));
        self.put(
            "arm/userAssignedIdentities.json",
            json!({"id": arm, "name": name, "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "location": "westeurope",
                   "tags": tags, "properties": {"tenantId": self.id, "principalId": principal, "clientId": client}}),
        );
        self.managed(&principal, name, &client, &arm, true, 250);
        if let Some(days) = signed_in {
            self.signed_in(&client, days);
        }
        (arm, principal)
    }

    /// Lets a token of an issuer become a user-assigned identity.
    pub(crate) fn federate(&mut self, identity: &str, name: &str, issuer: &str, subject: &str) {
        self.put(
            "arm/federatedIdentityCredentials.json",
            json!({"id": format!("{identity}/federatedIdentityCredentials/{name}"), "name": name,
                   "type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
                   "properties": {"issuer": issuer, "subject": subject, "audiences": ["api://AzureADTokenExchange"]}}),
        );
    }

    /// Adds a resource that runs as itself and as user-assigned identities; the object id of its own identity.
    pub(crate) fn resource(
        &mut self,
        group: &str,
        kind: &str,
        name: &str,
        itself: bool,
        lent: &[&str],
        tags: &Value,
    ) -> String {
        let arm = format!("{group}/providers/{kind}/{name}");
        let principal = self.guid(&format!("principal {arm}"));
        let mut identity = json!({"type": match (itself, lent.is_empty()) {
            (true, true) => "SystemAssigned",
            (true, false) => "SystemAssigned, UserAssigned",
            (false, false) => "UserAssigned",
            (false, true) => "None",
        }});
        if itself {
            let client = self.guid(&format!("client {arm}"));
            identity["principalId"] = json!(principal);
            identity["tenantId"] = json!(self.id);
            self.managed(&principal, name, &client, &arm, false, 250);
            self.signed_in(&client, 1);
        }
        for lent in lent {
            let ids = ["principal", "client"].map(|what| self.guid(&format!("{what} {lent}")));
            let [principal, client] = ids;
            identity["userAssignedIdentities"][lent] = json!({"principalId": principal, "clientId": client});
        }
        self.put(
            "arm/resources.json",
            json!({"id": arm, "name": name, "type": kind, "location": "westeurope", "tags": tags, "identity": identity,
                   "createdTime": self.stamp(250, &arm)}),
        );
        principal
    }

    /// Adds a vault with what it holds; its ARM id.
    pub(crate) fn vault(&mut self, group: &str, vault: &Vault<'_>, objects: &[Object]) -> String {
        let arm = format!("{group}/providers/Microsoft.KeyVault/vaults/{}", vault.name);
        let policies: Vec<Value> = vault
            .policies
            .iter()
            .map(|(id, secrets)| {
                json!({"tenantId": self.id, "objectId": id,
                       "permissions": {"keys": [], "secrets": secrets, "certificates": [], "storage": []}})
            })
            .chain(vault.compound.iter().map(|(id, application)| {
                json!({"tenantId": self.id, "objectId": id, "applicationId": application,
                       "permissions": {"keys": [], "secrets": ["get"], "certificates": [], "storage": []}})
            }))
            .collect();
        let (public, action, ranges, networks) = match vault.network {
            Network::Open => ("Enabled", "Allow", json!([]), json!([])),
            Network::Selected => (
                "Enabled",
                "Deny",
                json!([{"value": "192.0.2.0/24"}]),
                json!([{
                "id": format!("{group}/providers/Microsoft.Network/virtualNetworks/hub/subnets/apps"),
                "ignoreMissingVnetServiceEndpoint": false}]),
            ),
            Network::Private => ("Disabled", "Deny", json!([]), json!([])),
        };
        let mut properties = json!({
            "tenantId": self.id, "sku": {"family": "A", "name": "standard"}, "accessPolicies": policies,
            "enabledForDeployment": false, "enabledForDiskEncryption": false, "enabledForTemplateDeployment": vault.deployments,
            "enableSoftDelete": true, "softDeleteRetentionInDays": 90, "enableRbacAuthorization": vault.rbac,
            "vaultUri": format!("https://{}.vault.azure.net/", vault.name), "provisioningState": "Succeeded",
            "publicNetworkAccess": public,
            "networkAcls": {"bypass": "AzureServices", "defaultAction": action, "ipRules": ranges, "virtualNetworkRules": networks},
        });
        if vault.purge_protection {
            properties["enablePurgeProtection"] = json!(true);
        }
        let made = self.stamp(500, &arm);
        self.put(
            "arm/vaults.json",
            json!({"id": arm, "name": vault.name, "type": "Microsoft.KeyVault/vaults", "location": "westeurope", "tags": {},
                   "systemData": {"createdAt": made, "createdByType": "User"}, "properties": properties}),
        );
        for object in objects {
            self.object(vault.name, object);
        }
        arm
    }

    fn object(&mut self, vault: &str, object: &Object) {
        let url = format!("https://{vault}.vault.azure.net/{}/{}", object.kind, object.name);
        let seconds = |text: String| text.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second);
        let made = seconds(self.stamp(200, &url));
        let mut attributes = json!({"enabled": true, "created": made, "updated": made, "recoveryLevel": "Recoverable+Purgeable",
                                    "recoverableDays": 90});
        if let Some(days) = object.ends {
            attributes["exp"] = json!(seconds(self.ahead(days)));
        }
        let id = if object.kind == "keys" { "kid" } else { "id" };
        let mut item = json!({"attributes": attributes, "tags": {}});
        item[id] = json!(url);
        self.put("arm/vaultObjects.json", item);
    }

    /// Adds a vault that is deleted and can still be recovered.
    pub(crate) fn deleted_vault(&mut self, group: &str, name: &str) {
        let subscription = group.split("/resourceGroups/").next().unwrap_or_default().to_owned();
        self.put(
            "arm/deletedVaults.json",
            json!({"id": format!("{subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/{name}"),
                   "name": name, "type": "Microsoft.KeyVault/deletedVaults",
                   "properties": {"vaultId": format!("{group}/providers/Microsoft.KeyVault/vaults/{name}"),
                       "location": "westeurope", "deletionDate": self.stamp(20, name),
                       "scheduledPurgeDate": self.ahead(70), "tags": {}}}),
        );
    }
}
