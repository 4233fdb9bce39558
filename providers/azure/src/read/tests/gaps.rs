//! What is missing is a gap.

use census_model::{Gap, Provider};

use super::*;

fn noted(read: &str, reason: GapReason, affects: &[&str]) -> Gap {
    let affects = affects.iter().map(|one| (*one).into()).collect();
    Gap::new(
        Provider::Azure,
        Some(format!("azure:tenant/{TENANT}").into()),
        read,
        reason,
        "as the fetch says",
        affects,
    )
}

#[test]
fn every_absent_document_is_told() {
    let estate = Folder::default().of(Collection::Tenant, &[json!({"id": TENANT})]).read();
    let told: Vec<&str> = estate.gaps.iter().map(|gap| &*gap.detail).collect();
    // About what does not exist nothing is missing.
    use Collection as C;
    let moot = [
        C::Tenant,
        C::ConsentPolicies,
        C::Sponsors,
        C::ApplicationFederation,
        C::GroupMembers,
        C::GroupAssignmentInstances,
        C::GroupEligibilityInstances,
        C::ManagedIdentityFederation,
        C::VaultObjects,
        C::KeyRotationPolicies,
        C::HsmAssignments,
        C::HsmRoles,
    ];
    for one in Collection::ALL {
        let is_told = told.iter().any(|detail| detail.contains(&format!("`{}`", one.file())));
        assert_eq!(is_told, !moot.contains(one), "{one:?}");
    }
    assert!(estate.gaps.iter().all(|gap| !gap.reason.is_failure()));
}

#[test]
fn what_a_fetch_noted_stays_as_it_is() {
    let denied = noted("User.Read.All", GapReason::Denied, &[]);
    let estate = Folder::complete().without(Collection::Users).live(vec![denied.clone()]).read();
    assert_eq!(gaps(&estate), ["denied User.Read.All"]);
    assert_eq!(estate.gaps.iter().find(|gap| gap.id == denied.id), Some(&denied));
    // A gap about one thing does not tell why all the others are missing.
    let about_one = noted("User.Read.All", GapReason::Denied, &["x"]);
    let estate = Folder::complete().without(Collection::Users).live(vec![about_one]).read();
    assert_eq!(gaps(&estate), ["denied User.Read.All: x", "not-provided User.Read.All"]);
}

#[test]
fn missing_pages_are_a_gap() {
    let estate = Folder::complete().live(vec![]).cut(Collection::Vaults).read();
    assert_eq!(gaps(&estate), ["truncated Microsoft.KeyVault/vaults/read"]);
    let estate = Folder::complete()
        .live(vec![noted("Microsoft.KeyVault/vaults/read", GapReason::Denied, &["s"])])
        .cut(Collection::Vaults)
        .read();
    assert_eq!(gaps(&estate), ["denied Microsoft.KeyVault/vaults/read: s"]);
    let page = r#"{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?$skiptoken=x"}"#;
    assert_eq!(gaps(&Folder::complete().file("graph/users.json", page).read()), ["truncated User.Read.All"]);
    let all = format!("{page}\n{{\"value\":[]}}\n");
    assert_eq!(gaps(&Folder::complete().file("graph/users.json", all).read()), Vec::<String>::new());
}

#[test]
fn an_item_that_makes_no_sense_is_named_and_the_others_stay() {
    let broken = with(principal(2), &json!({"passwordCredentials": "canary"}));
    let nameless = json!({"appId": client(3)});
    let estate = Folder::complete()
        .of(Collection::ServicePrincipals, &[principal(1), broken, nameless])
        .of(Collection::Owners, &[json!({"id": oid(1), "owners": []})])
        .read();
    assert_eq!(estate.identities.len(), 1);
    assert_eq!(
        gaps(&estate),
        ["invalid Application.Read.All".to_owned(), format!("invalid Application.Read.All: {}", oid(2))]
    );
    let named = estate.gaps.iter().find(|gap| !gap.affects.is_empty()).unwrap();
    assert_eq!(
        &*named.detail,
        "graph/servicePrincipals.json: passwordCredentials: invalid type: string, expected a sequence"
    );
}

#[test]
fn items_that_contradict_each_other_are_a_gap() {
    let other = with(principal(1), &json!({"displayName": "another"}));
    let folder = Folder::complete().of(Collection::Owners, &[json!({"id": oid(1), "owners": []})]);
    let estate = folder.clone().of(Collection::ServicePrincipals, &[principal(1), principal(1)]).read();
    assert_eq!(gaps(&estate), Vec::<String>::new());
    let one = folder.clone().of(Collection::ServicePrincipals, &[principal(1), other.clone()]).read();
    assert_eq!(gaps(&one), [format!("inconsistent Application.Read.All: {}", oid(1))]);
    assert_eq!(one, folder.of(Collection::ServicePrincipals, &[other, principal(1)]).read());
}

#[test]
fn holders_that_nobody_knows_keep_what_they_hold() {
    let held = json!({"id": "a", "clientId": oid(77), "consentType": "AllPrincipals", "principalId": null, "resourceId": oid(78), "scope": "x"});
    let estate = Folder::complete().of(Collection::DelegatedGrants, &[held]).read();
    assert_eq!(
        grant(&estate).attached_to,
        census_model::Attachment::Identity(format!("azure:{}", oid(77)).into())
    );
    assert!(estate.identities.is_empty());
}

/// What has a blank id would be one with whatever else has none.
#[test]
fn blank_ids_are_gaps_and_nobody() {
    use Collection as C;
    for blank in ["", " ", "\t\n", "\u{a0}"] {
        let assignment = |number: usize, principal: &str| {
            json!({"id": format!("/subscriptions/{}/providers/Microsoft.Authorization/roleAssignments/{}", oid(90), oid(number)),
                "properties": {"principalId": principal, "roleDefinitionId": arm("role", "x"), "scope": format!("/subscriptions/{}", oid(90))}})
        };
        let vault = |id: &str, object: &str| json!({"id": id, "name": "kv", "properties": {"accessPolicies": [{"objectId": object, "permissions": {"secrets": ["get"]}}]}});
        let rows: Vec<(C, Value, Value)> = vec![
            (C::ServicePrincipals, principal(1), with(principal(2), &json!({"id": blank}))),
            (C::ServicePrincipals, principal(1), with(principal(2), &json!({"appId": blank}))),
            (C::Applications, application(1), with(application(2), &json!({"id": blank}))),
            (C::Applications, application(1), with(application(2), &json!({"appId": blank}))),
            (C::Users, json!({"id": oid(3)}), json!({"id": blank})),
            (C::Groups, json!({"id": oid(4), "displayName": "g"}), json!({"id": blank, "displayName": "h"})),
            (
                C::Owners,
                json!({"id": oid(1), "owners": []}),
                json!({"id": oid(2), "owners": [{"id": blank}]}),
            ),
            (
                C::GroupMembers,
                json!({"id": oid(4), "members": []}),
                json!({"id": oid(5), "members": [{"id": blank}]}),
            ),
            (
                C::DelegatedGrants,
                json!({"id": "a", "clientId": oid(1), "resourceId": oid(2), "scope": "x"}),
                json!({"id": "b", "clientId": blank, "resourceId": oid(2), "scope": "x"}),
            ),
            (
                C::Subscriptions,
                json!({"id": "/subscriptions/a", "subscriptionId": oid(90)}),
                json!({"id": "/subscriptions/", "subscriptionId": blank}),
            ),
            (C::AzureAssignments, assignment(1, &oid(1)), assignment(2, blank)),
            (C::Vaults, vault(&arm("vaults", "kv"), &oid(1)), vault(blank, &oid(1))),
            (C::Vaults, vault(&arm("vaults", "kv"), &oid(1)), vault(&arm("vaults", "other"), blank)),
        ];
        for (collection, good, bad) in rows {
            let alone = Folder::complete().of(collection, std::slice::from_ref(&good)).read();
            let both = Folder::complete().of(collection, &[bad.clone(), good]).read();
            let invalid = format!("invalid {}", collection.read());
            assert!(gaps(&both).iter().any(|gap| gap.starts_with(&invalid)), "{bad}: {:?}", gaps(&both));
            let text = serde_json::to_string(&both).unwrap();
            for nobody in ["\"azure:\"", "\"azure:subscription/\"", "\"azure: \"", "\"azure:/\""] {
                assert!(!text.contains(nobody), "{bad}: {nobody}");
            }
            // The others are as they would be without it; a vault whose policy names nobody is still a vault.
            assert_eq!(both.identities, alone.identities, "{bad}");
            assert_eq!((&both.groups, &both.grants), (&alone.groups, &alone.grants), "{bad}");
            assert_eq!(both.directory_owners, alone.directory_owners, "{bad}");
            assert!(alone.scopes.iter().all(|scope| both.scopes.contains_key(scope.0)), "{bad}");
            assert!(both.vaults.len() >= alone.vaults.len(), "{bad}");
        }
    }
}

#[test]
fn an_identity_that_is_still_being_made_has_no_principal() {
    let resource = json!({"id": arm("Microsoft.Web/sites", "new"), "identity": {"type": "SystemAssigned", "principalId": ""}});
    let estate = Folder::complete().of(Collection::Resources, &[resource]).read();
    assert!(estate.identities.is_empty() && estate.workloads.is_empty());
    assert_eq!(gaps(&estate), Vec::<String>::new());
}
