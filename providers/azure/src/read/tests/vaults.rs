//! Vaults, who may use them, and what they hold.

use census_model::{AccessModel, Attachment, Exposure, Rotation, VaultKind, VaultObjectKind, Via};

use super::*;

fn vault(name: &str, fields: &Value) -> Value {
    let properties = with(
        json!({"tenantId": TENANT, "vaultUri": format!("https://{name}.vault.azure.net/"), "accessPolicies": [],
                                 "enableSoftDelete": true, "publicNetworkAccess": "Enabled"}),
        fields,
    );
    json!({"id": arm("Microsoft.KeyVault/vaults", name), "name": name, "tags": {"app": name}, "properties": properties,
           "systemData": {"createdAt": "2025-01-01T00:00:00Z"}})
}

fn hsm(name: &str) -> Value {
    json!({"id": arm("Microsoft.KeyVault/managedHSMs", name), "name": name, "properties": {
        "hsmUri": format!("https://{name}.managedhsm.azure.net/"), "enablePurgeProtection": true, "enableSoftDelete": true,
        "publicNetworkAccess": "Disabled"}})
}

#[test]
fn vaults_say_who_decides_and_from_where_they_are_reached() {
    let rules = |action: &str| json!({"bypass": "None", "defaultAction": action, "ipRules": [{"value": "203.0.113.1"}], "virtualNetworkRules": []});
    let estate = Folder::complete()
        .of(Collection::Vaults, &[
            vault("a", &json!({"enableRbacAuthorization": true, "enablePurgeProtection": true})),
            vault("b", &json!({"enableRbacAuthorization": null, "networkAcls": rules("Deny")})),
            vault("c", &json!({"enableRbacAuthorization": false, "publicNetworkAccess": "disabled", "enabledForTemplateDeployment": true})),
            vault("d", &json!({"publicNetworkAccess": null, "enableSoftDelete": null})),
            vault("e", &json!({"networkAcls": rules("Allow")})),
        ])
        .of(Collection::ManagedHsms, &[hsm("h")])
        .of(Collection::HsmAssignments, &[json!({"id": arm("Microsoft.KeyVault/managedHSMs", "H"), "roleAssignments": []})])
        .read();
    let told: Vec<_> = estate
        .vaults
        .iter()
        .map(|one| (&*one.name, one.access.unwrap(), one.exposure.clone(), one.purge_protection))
        .collect();
    use AccessModel as A;
    assert_eq!(
        told,
        [
            ("h", A::LocalRoles, Some(Exposure::Private), Some(true)),
            ("a", A::RoleAssignments, Some(Exposure::Public), Some(true)),
            ("b", A::AccessPolicies, Some(Exposure::Selected { addresses: 1, networks: 0 }), Some(false)),
            ("c", A::AccessPolicies, Some(Exposure::Private), Some(false)),
            ("d", A::AccessPolicies, None, Some(false)),
            ("e", A::AccessPolicies, Some(Exposure::Public), Some(false)),
        ]
    );
    let trusted: Vec<bool> = estate.vaults.iter().map(|one| one.lets_trusted_services_in).collect();
    assert_eq!(trusted, [true, true, false, true, true, false]);
    assert_eq!(
        (estate.vaults[3].enabled_for_template_deployment, estate.vaults[4].soft_delete),
        (true, None)
    );
    assert_eq!(estate.vaults[1].uri.as_deref(), Some("https://a.vault.azure.net"));
    assert_eq!(
        estate.vaults[1].scope.as_str(),
        format!("azure:/subscriptions/{SUBSCRIPTION}/resourcegroups/apps")
    );
    assert_eq!(gaps(&estate), Vec::<String>::new());
}

#[test]
fn deleted_vaults_are_there_until_they_are_purged() {
    let gone = |name: &str, field: &str, kind: &str| {
        let mut one = json!({"id": format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/x/deleted/{name}"), "name": name,
            "properties": {"deletionDate": "2026-05-01T00:00:00", "scheduledPurgeDate": "2026-07-30T00:00:00Z", "purgeProtectionEnabled": null}});
        one["properties"][field] = json!(arm(kind, name));
        one
    };
    let estate = Folder::complete()
        .of(Collection::Vaults, &[vault("back", &json!({}))])
        .of(
            Collection::DeletedVaults,
            &[
                gone("back", "vaultId", "Microsoft.KeyVault/vaults"),
                gone("gone", "vaultId", "Microsoft.KeyVault/vaults"),
            ],
        )
        .of(Collection::DeletedManagedHsms, &[gone("h", "mhsmId", "Microsoft.KeyVault/managedHSMs")])
        .read();
    let told: Vec<_> = estate
        .vaults
        .iter()
        .map(|one| (&*one.name, one.kind, one.deleted.as_ref().and_then(|gone| gone.at)))
        .collect();
    let then = Some(at("2026-05-01T00:00:00Z"));
    assert_eq!(
        told,
        [
            ("h", VaultKind::AzureManagedHsm, then),
            ("back", VaultKind::AzureKeyVault, None),
            ("gone", VaultKind::AzureKeyVault, then),
        ]
    );
}

#[test]
fn access_policies_count_where_the_vault_goes_by_them() {
    let policies = json!([
        {"tenantId": TENANT, "objectId": oid(1).to_uppercase(), "permissions": {"keys": ["Get", "list"], "secrets": ["all"], "storage": null}},
        {"tenantId": TENANT, "objectId": oid(2), "applicationId": client(9), "permissions": {"certificates": ["get"]}},
        {"tenantId": "99999999-0000-4000-8000-000000000009", "objectId": oid(3), "permissions": {}},
    ]);
    let estate = Folder::complete()
        .of(Collection::Groups, &[json!({"id": oid(2), "displayName": "g"})])
        .of(Collection::GroupMembers, &[json!({"id": oid(2), "members": []})])
        .of(Collection::Owners, &[json!({"id": oid(2), "owners": []})])
        .of(
            Collection::Vaults,
            &[
                vault("a", &json!({"accessPolicies": policies})),
                vault("b", &json!({"accessPolicies": policies, "enableRbacAuthorization": true})),
            ],
        )
        .read();
    let [one, foreign, compound] = estate.grants.as_slice() else { panic!("{:?}", estate.grants) };
    assert_eq!(
        policy(&estate, one),
        r#"{"keys":["get","list"],"secrets":["all"],"certificates":[],"storage":[]}"#
    );
    let Via::AccessPolicy { vault, application, .. } = &one.via else { panic!() };
    assert!(vault.as_str().ends_with("/vaults/a") && application.is_none());
    assert_eq!(compound.attached_to, Attachment::Group(format!("azure:{}", oid(2)).into()));
    let Via::AccessPolicy { application, .. } = &compound.via else { panic!() };
    assert_eq!(application.as_deref(), Some(client(9).as_str()));
    assert_eq!(foreign.attached_to, Attachment::Identity(format!("azure:{}", oid(3)).into()));
    assert_eq!(gaps(&estate), [format!("not-requested Application.Read.All: {}", oid(3))]);
}

#[test]
fn managed_hsms_keep_roles_of_their_own() {
    let id = arm("Microsoft.KeyVault/managedHSMs", "h");
    let assigned = |name: &str, role: &str| {
        json!({"id": format!("/keys/providers/Microsoft.Authorization/roleAssignments/{name}"), "name": name,
        "properties": {"scope": "/keys", "principalId": oid(1), "roleDefinitionId": format!("Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/{role}")}})
    };
    let role = json!({"id": "Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/R1", "properties": {
        "roleName": "Managed HSM Crypto User", "permissions": [{"actions": [], "dataActions": ["Microsoft.KeyVault/managedHsm/keys/read/action"]}]}});
    let estate = Folder::complete()
        .of(Collection::ManagedHsms, &[hsm("h"), hsm("i")])
        .of(Collection::HsmRoles, &[json!({"id": id.to_uppercase(), "roleDefinitions": [role]})])
        .of(
            Collection::HsmAssignments,
            &[json!({"id": id, "roleAssignments": [assigned("a", "r1"), assigned("b", "r2")]})],
        )
        .read();
    let told: Vec<_> = estate
        .grants
        .iter()
        .map(|one| {
            let Via::LocalRole { name, local_scope, .. } = &one.via else { panic!() };
            (&**name, &**local_scope, one.policy.is_some())
        })
        .collect();
    assert_eq!(told, [("Managed HSM Crypto User", "/keys", true), ("r2", "/keys", false)]);
    assert_eq!(
        gaps(&estate),
        [
            "inconsistent Microsoft.KeyVault/managedHsm/roleDefinitions/read/action: r2".to_owned(),
            format!(
                "not-provided Microsoft.KeyVault/managedHsm/roleAssignments/read/action: {}",
                arm("Microsoft.KeyVault/managedHSMs", "i")
            ),
        ]
    );
}

#[test]
fn objects_are_found_in_their_vaults_by_their_urls() {
    let attributes = json!({"enabled": false, "created": 1_767_323_045, "updated": 1_767_323_046, "exp": 1_798_859_045, "recoveryLevel": "Recoverable"});
    let estate = Folder::complete()
        .of(Collection::Vaults, &[vault("a", &json!({}))])
        .of(Collection::VaultObjects, &[
            json!({"kid": "https://A.vault.azure.net/keys/Sign", "attributes": attributes}),
            json!({"id": "https://a.vault.azure.net:443/secrets/tls", "managed": true, "contentType": "canary"}),
            json!({"id": "https://a.vault.azure.net/certificates/tls/0123", "attributes": {"enabled": true}, "x5t": "x"}),
            json!({"id": "https://b.vault.azure.net/secrets/far", "value": "canary"}),
            json!({"id": "https://a.vault.azure.net/storage/x"}),
        ])
        .of(Collection::KeyRotationPolicies, &[json!({"id": "https://a.vault.azure.net/keys/sign/1", "rotationPolicy": {"lifetimeActions": [
            {"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "notify"}},
            {"trigger": {"timeAfterCreate": "P90D"}, "action": {"type": "Rotate"}}]}})])
        .read();
    let told: Vec<_> = estate
        .vault_objects
        .iter()
        .map(|one| (one.id.as_str(), one.kind, one.enabled, one.of_certificate))
        .collect();
    use VaultObjectKind as K;
    assert_eq!(
        told,
        [
            ("azure:https://a.vault.azure.net/certificates/tls", K::Certificate, true, false),
            ("azure:https://a.vault.azure.net/keys/sign", K::Key, false, false),
            ("azure:https://a.vault.azure.net/secrets/tls", K::Secret, true, true),
            ("azure:https://b.vault.azure.net/secrets/far", K::Secret, true, false),
        ]
    );
    let key = &estate.vault_objects[1];
    assert_eq!(
        (&key.vault, &*key.name, key.rotation.clone()),
        (&estate.vaults[0].id, "Sign", Some(Rotation::Automatic("P90D".into())))
    );
    assert_eq!(
        (key.created, key.expires),
        (Some(at("2026-01-02T03:04:05Z")), Some(at("2027-01-02T03:04:05Z")))
    );
    assert_eq!(
        gaps(&estate),
        [
            "inconsistent Microsoft.KeyVault/vaults/read: b.vault.azure.net",
            "inconsistent Microsoft.KeyVault/vaults/secrets/readMetadata/action: https://a.vault.azure.net/storage/x",
        ]
    );
}
