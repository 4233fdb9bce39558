//! Federated credentials.

use census_model::{IdentityKind, Mechanism, PrincipalSet};

use super::*;

const GITHUB: &str = "https://token.actions.githubusercontent.com";

fn federated(name: &str, issuer: &str, subject: &Value) -> Value {
    json!({"id": oid(90), "name": name, "issuer": issuer, "subject": subject, "audiences": ["api://AzureADTokenExchange"],
           "description": "canary"})
}

#[test]
fn an_application_trusts_tokens_of_its_issuers() {
    let expression = json!({"value": "claims['sub'] matches 'repo:a/*'", "languageVersion": 1});
    let flexible = with(
        federated("flexible", GITHUB, &Value::Null),
        &json!({"claimsMatchingExpression": expression, "audiences": ["other"]}),
    );
    let estate = Folder::complete()
        .of(Collection::ServicePrincipals, &[principal(1)])
        .of(Collection::Applications, &[application(1)])
        .of(Collection::ApplicationFederation, &[
            json!({"id": oid(1001).to_uppercase(), "federatedIdentityCredentials": [federated("deploy", GITHUB, &json!("repo:a/b:ref:x")), flexible]}),
        ])
        .read();
    let told: Vec<_> =
        estate.trusts.iter().map(|one| (&*one.statement, &*one.condition.as_ref().unwrap().text)).collect();
    assert_eq!(
        told,
        [
            (
                "deploy",
                r#"{"audiences":["api://AzureADTokenExchange"],"issuer":"https://token.actions.githubusercontent.com","subject":"repo:a/b:ref:x"}"#
            ),
            (
                "flexible",
                r#"{"audiences":["other"],"claimsMatchingExpression":{"languageVersion":1,"value":"claims['sub'] matches 'repo:a/*'"},"issuer":"https://token.actions.githubusercontent.com"}"#
            ),
        ]
    );
    assert!(estate.trusts.iter().all(|one| one.who == PrincipalSet::External(GITHUB.into())));
    assert!(estate.trusts.iter().all(|one| one.becomes.as_str() == format!("azure:{}", oid(1))));
    assert!(estate.trusts.iter().all(|one| one.mechanism == Mechanism::FederatedCredential));
    let [issuer] = estate.issuers.as_slice() else { panic!() };
    assert_eq!(
        (issuer.issuer.as_deref(), texts(&issuer.audiences)),
        (Some("token.actions.githubusercontent.com"), vec!["api://AzureADTokenExchange", "other"])
    );
}

#[test]
fn tokens_of_this_tenant_are_its_own_identities() {
    let own = format!("https://login.microsoftonline.com/{}/v2.0", TENANT.to_uppercase());
    let other = "https://login.microsoftonline.com/99999999-0000-4000-8000-000000000009/v2.0";
    let estate = Folder::complete()
        .of(Collection::Applications, &[application(1)])
        .of(Collection::ApplicationFederation, &[json!({"id": oid(1001), "federatedIdentityCredentials": [
            federated("own", &own, &json!(oid(5).to_uppercase())), federated("other", other, &json!(oid(5))), federated("odd", &own, &json!("x")),
        ]})])
        .read();
    let who: Vec<_> = estate.trusts.iter().map(|one| one.who.clone()).collect();
    assert_eq!(
        who,
        [
            PrincipalSet::Identity(oid(5).into()),
            PrincipalSet::External(own.as_str().into()),
            PrincipalSet::External(other.into()),
        ]
    );
    assert_eq!(identity(&estate, &oid(1001)).kind, IdentityKind::EntraApplication);
}

#[test]
fn a_managed_identity_is_found_by_its_resource() {
    let own = arm("Microsoft.ManagedIdentity/userAssignedIdentities", "Pay");
    let properties = json!({"issuer": GITHUB, "subject": "s", "audiences": ["a"]});
    let of = |parent: &str| json!({"id": format!("{}/federatedIdentityCredentials/gh", parent.to_uppercase()), "name": "gh", "properties": properties});
    let listed =
        json!({"id": own, "name": "Pay", "properties": {"principalId": oid(1), "clientId": client(1)}});
    let managed = with(principal(1), &json!({"servicePrincipalType": "ManagedIdentity"}));
    let estate = Folder::complete()
        .of(Collection::ServicePrincipals, &[managed])
        .of(Collection::UserAssignedIdentities, &[listed])
        .of(Collection::ManagedIdentityFederation, &[of(&own)])
        .read();
    assert_eq!(
        (estate.trusts[0].becomes.as_str(), &*estate.trusts[0].statement),
        (format!("azure:{}", oid(1)).as_str(), "gh")
    );
}
