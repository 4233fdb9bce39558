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
