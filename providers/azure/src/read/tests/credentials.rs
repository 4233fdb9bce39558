//! Passwords and keys, and when they and their holders were used.

use census_model::{CredentialKind, CredentialStatus, DirectoryObject, Observed};

use super::*;

fn secret(number: usize, end: &str) -> Value {
    json!({"keyId": oid(number), "displayName": "deploy", "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": end,
           "hint": "can", "secretText": "canary", "customKeyIdentifier": null})
}

fn key(number: usize, usage: &str, identifier: &str) -> Value {
    json!({"keyId": oid(number), "displayName": "CN=app", "usage": usage, "type": "AsymmetricX509Cert",
           "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2027-01-01T00:00:00Z", "key": "canary",
           "customKeyIdentifier": identifier})
}

#[test]
fn both_objects_have_credentials_of_their_own() {
    let here = json!({"passwordCredentials": [secret(11, "2026-07-01T00:00:00Z")],
                      "keyCredentials": [key(12, "Verify", "2iD8ppbE+D6Kmu1ZvjM2jtQh88E=")]});
    let there = json!({"passwordCredentials": [secret(13, "2026-05-31T23:00:00Z"), secret(15, "2026-06-01T00:00:00Z")],
                       "keyCredentials": [key(14, "Sign", "bXkga2V5")]});
    let estate = Folder::complete()
        .of(Collection::ServicePrincipals, &[with(principal(1), &there)])
        .of(Collection::Applications, &[with(application(1), &here)])
        .live(vec![])
        .read();
    assert!(estate.credentials.iter().all(|one| one.identity() == Some(&identity(&estate, &oid(1)).id)));
    let told: Vec<_> = estate
        .credentials
        .iter()
        .map(|one| (one.kind, one.kept_on.unwrap(), one.key_id.as_deref().unwrap().to_owned(), one.status))
        .collect();
    use {CredentialKind as K, CredentialStatus as S, DirectoryObject as O};
    assert_eq!(
        told,
        [
            (
                K::ClientCertificate,
                O::Application,
                "DA20FCA696C4F83E8A9AED59BE33368ED421F3C1".to_owned(),
                S::Active
            ),
            (K::ClientSecret, O::Application, oid(11), S::Active),
            (K::ClientSecret, O::ServicePrincipal, oid(13), S::Expired),
            // The end is the first instant after it.
            (K::ClientSecret, O::ServicePrincipal, oid(15), S::Expired),
            (K::TokenSigningCertificate, O::ServicePrincipal, oid(14), S::Active),
        ]
    );
    assert!(!serde_json::to_string(&estate).unwrap().contains("canary"));
}

#[test]
fn a_credential_that_repeats_the_id_of_another_does_not_hide_behind_it() {
    let keys = json!({"keyCredentials": [key(1, "Verify", "YQ=="), key(1, "Verify", "2iD8ppbE+D6Kmu1ZvjM2jtQh88E=")]});
    let estate = Folder::complete().of(Collection::Applications, &[with(application(1), &keys)]).read();
    assert_eq!(estate.credentials.len(), 2);
    let bare = json!({"passwordCredentials": [{}, {"endDateTime": "2027-01-01T00:00:00Z"}]});
    let estate = Folder::complete().of(Collection::Applications, &[with(application(1), &bare)]).read();
    assert_eq!(estate.credentials.len(), 2);
}

#[test]
fn credentials_of_what_is_deleted_come_back_with_it() {
    let secrets = json!({"passwordCredentials": [secret(1, "2027-01-01T00:00:00Z")], "deletedDateTime": "2026-05-20T00:00:00Z"});
    let estate =
        Folder::complete().of(Collection::DeletedApplications, &[with(application(1), &secrets)]).read();
    assert_eq!(estate.credentials[0].status, CredentialStatus::Inactive);
}

#[test]
fn the_last_sign_in_is_the_latest_of_any_kind() {
    let activity = json!({
        "id": "x", "appId": client(1).to_uppercase(),
        "lastSignInActivity": {"lastSignInDateTime": "2026-02-01T00:00:00Z", "lastSignInRequestId": "r"},
        "applicationAuthenticationClientSignInActivity": {"lastSignInDateTime": "2026-03-01T00:00:00Z"},
        "delegatedClientSignInActivity": null,
    });
    let idle = json!({"id": "y", "appId": client(3), "lastSignInActivity": null});
    let folder = Folder::complete()
        .of(Collection::ServicePrincipals, &[principal(1), principal(2), principal(3)])
        .of(Collection::SignIns, &[activity, idle]);
    let estate = folder.read();
    let used = identity(&estate, &oid(1)).last_used.known().map(|used| used.at);
    assert_eq!(used, Some(at("2026-03-01T00:00:00Z")));
    // How far back the report reaches is nowhere written, so nothing is known of what it does not list.
    let not_told = gap(&estate, "not-requested AuditLog.Read.All");
    for number in [2, 3] {
        assert_eq!(identity(&estate, &oid(number)).last_used, Observed::NotVisible(not_told.id.clone()));
    }
    let estate = folder.without(Collection::SignIns).read();
    let absent = gap(&estate, "not-provided AuditLog.Read.All");
    assert_eq!(identity(&estate, &oid(1)).last_used, Observed::NotVisible(absent.id.clone()));
}
