//! A tenant of which every collection has something.

use serde_json::{Value, json};

use super::{CANARY, CLIENT, SUBSCRIPTION, TENANT, object};

/// The documents of a small tenant: every collection has something.
pub(super) fn documents() -> Vec<(&'static str, Value)> {
    let sub = format!("/subscriptions/{SUBSCRIPTION}");
    let auth = format!("{sub}/providers/Microsoft.Authorization");
    let group = format!("{sub}/resourceGroups/rg-1");
    let identity = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-1");
    let vault = |name: &str| format!("{group}/providers/Microsoft.KeyVault/vaults/{name}");
    let role = format!("{auth}/roleDefinitions/50000000-0000-4000-8000-000000000001");
    let principals: Vec<Value> = (1..=5)
        .map(|n| {
            json!({"id": object(n), "appId": format!("40000000-0000-4000-8000-{n:012}"), "displayName": format!("app {n}"),
                   "servicePrincipalType": "Application", "accountEnabled": true,
                   "passwordCredentials": [{"keyId": object(900 + n), "hint": CANARY, "secretText": CANARY,
                                            "endDateTime": "2030-01-01T00:00:00Z"}],
                   "keyCredentials": [{"keyId": object(950 + n), "key": CANARY, "type": "AsymmetricX509Cert"}]})
        })
        .collect();
    let assigned = |n: u32, principal: &str, kind: &str| {
        json!({"id": format!("{auth}/roleAssignments/{}", object(n)), "name": object(n),
               "type": "Microsoft.Authorization/roleAssignments",
               "properties": {"roleDefinitionId": role, "principalId": principal, "principalType": kind, "scope": sub}})
    };
    let owner = |n: u32| json!([{"@odata.type": "#microsoft.graph.user", "id": object(n)}]);
    vec![
        (
            "tenant",
            json!([{"id": TENANT, "displayName": "Brindlemoor",
            "verifiedDomains": [{"name": "brindlemoor.example", "isDefault": true}]}]),
        ),
        ("graph/servicePrincipals", json!(principals)),
        (
            "graph/applications",
            json!([{"id": object(101), "appId": "40000000-0000-4000-8000-000000000001",
            "displayName": "app 1", "passwordCredentials": [{"keyId": object(960), "hint": CANARY}]}]),
        ),
        (
            "graph/owners",
            json!([{"id": object(1), "owners": owner(201)}, {"id": object(101), "owners": owner(202)},
            {"id": object(301), "owners": owner(203)}]),
        ),
        (
            "graph/federatedIdentityCredentials",
            json!([{"id": object(101), "federatedIdentityCredentials": [
            {"id": object(401), "name": "gh", "issuer": "https://token.actions.githubusercontent.com",
             "subject": "repo:brindlemoor/shop:ref:refs/heads/main", "audiences": ["api://AzureADTokenExchange"]}]}]),
        ),
        (
            "graph/appRoleAssignments",
            json!([{"id": "assigned-1", "principalId": object(1), "principalType": "ServicePrincipal",
            "resourceId": object(2), "appRoleId": object(970)}]),
        ),
        (
            "graph/oauth2PermissionGrants",
            json!([{"id": "grant-1", "clientId": object(1), "consentType": "AllPrincipals",
            "resourceId": object(2), "scope": "User.Read"}]),
        ),
        (
            "graph/roleDefinitions",
            json!([{"id": object(501), "displayName": "Reader of all", "isBuiltIn": true}]),
        ),
        (
            "graph/roleAssignments",
            json!([
            {"id": "dir-1", "principalId": object(301), "roleDefinitionId": object(501), "directoryScopeId": "/"},
            {"id": "dir-2", "principalId": object(205), "roleDefinitionId": object(501), "directoryScopeId": "/"},
            {"id": "dir-3", "principalId": object(999), "roleDefinitionId": object(501), "directoryScopeId": "/"}]),
        ),
        ("graph/roleAssignmentScheduleInstances", json!([])),
        ("graph/roleEligibilityScheduleInstances", json!([])),
        (
            "graph/groups",
            json!([{"id": object(301), "displayName": "admins", "securityEnabled": true},
            {"id": object(302), "displayName": "within", "securityEnabled": true},
            {"id": object(303), "displayName": "of no interest"}]),
        ),
        (
            "graph/groupMembers",
            json!([{"id": object(301), "members": [
            {"@odata.type": "#microsoft.graph.group", "id": object(302)},
            {"@odata.type": "#microsoft.graph.servicePrincipal", "id": object(3)}]},
            {"id": object(302), "members": [{"@odata.type": "#microsoft.graph.user", "id": object(204)},
            {"@odata.type": "#microsoft.graph.group", "id": object(301)}]}]),
        ),
        (
            "graph/users",
            json!(
                (201..=206)
                    .map(|n| json!({"id": object(n), "displayName": format!("user {n}"),
            "accountEnabled": true, "mobilePhone": CANARY}))
                    .collect::<Vec<_>>()
            ),
        ),
        (
            "graph/servicePrincipalSignInActivities",
            json!([{"id": "s1", "appId": CLIENT,
            "lastSignInActivity": {"lastSignInDateTime": "2026-01-01T00:00:00Z"}}]),
        ),
        ("graph/authorizationPolicy", json!([{"id": "authorizationPolicy", "allowInvitesFrom": "everyone"}])),
        ("graph/defaultAppManagementPolicy", json!([{"id": object(601), "isEnabled": false}])),
        ("graph/permissionGrantPolicies", json!([{"id": "microsoft-user-default-low"}])),
        (
            "arm/subscriptions",
            json!([{"id": sub, "subscriptionId": SUBSCRIPTION, "displayName": "shop", "state": "Enabled",
            "tenantId": TENANT}]),
        ),
        (
            "arm/managementGroups",
            json!([{"id": format!("/providers/Microsoft.Management/managementGroups/{TENANT}"),
            "name": TENANT, "type": "Microsoft.Management/managementGroups", "properties": {"displayName": "root"}}]),
        ),
        (
            "arm/descendants",
            json!([{"id": sub, "name": SUBSCRIPTION, "type": "/subscriptions",
            "properties": {"parent": {"id": format!("/providers/Microsoft.Management/managementGroups/{TENANT}")}}}]),
        ),
        ("arm/resourceGroups", json!([{"id": group, "name": "rg-1", "location": "westeurope"}])),
        (
            "arm/resources",
            json!([{"id": format!("{group}/providers/Microsoft.Web/sites/shop"), "name": "shop",
            "type": "Microsoft.Web/sites", "location": "westeurope",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {&identity: {"principalId": object(4)}}},
            "properties": {"siteConfig": {"appSettings": CANARY}}}]),
        ),
        (
            "arm/roleDefinitions",
            json!([{"id": role, "name": "50000000-0000-4000-8000-000000000001",
            "properties": {"roleName": "Owner of shop", "type": "CustomRole", "assignableScopes": [sub],
            "permissions": [{"actions": ["*"]}]}}]),
        ),
        (
            "arm/roleAssignments",
            json!([assigned(701, &object(1), "ServicePrincipal"), assigned(702, &object(206), "User")]),
        ),
        ("arm/denyAssignments", json!([])),
        (
            "arm/userAssignedIdentities",
            json!([{"id": identity, "name": "id-1",
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "location": "westeurope",
            "properties": {"principalId": object(4), "clientId": object(980), "tenantId": TENANT}}]),
        ),
        (
            "arm/federatedIdentityCredentials",
            json!([{"id": format!("{identity}/federatedIdentityCredentials/aks"),
            "name": "aks", "properties": {"issuer": "https://oidc.example/x", "subject": "system:serviceaccount:a:b"}}]),
        ),
        (
            "arm/vaults",
            json!([
            {"id": vault("kv-one"), "name": "kv-one", "location": "westeurope", "properties": {"tenantId": TENANT,
             "vaultUri": "https://kv-one.vault.azure.net/", "enableRbacAuthorization": null,
             "accessPolicies": [{"tenantId": TENANT, "objectId": object(205), "permissions": {"secrets": ["get"]}}]}},
            {"id": vault("kv-two"), "name": "kv-two", "location": "westeurope", "properties": {"tenantId": TENANT,
             "vaultUri": "https://kv-two.vault.azure.net/", "enableRbacAuthorization": true, "accessPolicies": []}}]),
        ),
        ("arm/deletedVaults", json!([])),
        (
            "arm/managedHsms",
            json!([{"id": format!("{group}/providers/Microsoft.KeyVault/managedHSMs/hsm-one"),
            "name": "hsm-one", "properties": {"tenantId": TENANT, "hsmUri": "https://hsm-one.managedhsm.azure.net/"}}]),
        ),
        ("arm/deletedManagedHsms", json!([])),
        (
            "arm/vaultObjects",
            json!([
            {"kid": "https://kv-one.vault.azure.net/keys/k1", "attributes": {"enabled": true}},
            {"id": "https://kv-one.vault.azure.net/secrets/s1", "attributes": {"enabled": true}, "value": CANARY},
            {"id": "https://kv-two.vault.azure.net/certificates/c1", "attributes": {"enabled": true}}]),
        ),
        (
            "arm/keyRotationPolicies",
            json!([{"id": "https://kv-one.vault.azure.net/keys/k1",
            "rotationPolicy": {"lifetimeActions": []}}]),
        ),
        (
            "arm/managedHsmRoleAssignments",
            json!([{"id":
            format!("{group}/providers/Microsoft.KeyVault/managedHSMs/hsm-one"), "roleAssignments": [
            {"id": "/providers/Microsoft.Authorization/roleAssignments/1", "properties":
             {"principalId": object(5), "roleDefinitionId": "/x", "scope": "/"}}]}]),
        ),
        ("arm/managedHsmRoleDefinitions", json!([])),
    ]
}
