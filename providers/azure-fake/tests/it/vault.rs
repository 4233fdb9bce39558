//! Key Vault and managed HSM.

use serde_json::json;

use crate::support::{GRAPH, HSM, TENANT, VAULT, World};

const SECRETS: &str = "https://kv-orders.vault.azure.net/secrets?api-version=7.4";

#[tokio::test]
async fn a_vault_says_where_a_token_is_to_be_had() {
    let world = World::new();
    let answer = world.bare(SECRETS).await;
    let challenge = format!(
        r#"Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net""#
    );
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, challenge.as_str()));
    let graph = world.token(GRAPH).await;
    assert_eq!(world.get(&graph, SECRETS).await.status, 401);
    let hsm = world.bare("https://hsm-core.managedhsm.azure.net/keys?api-version=7.4").await;
    assert!(hsm.header("www-authenticate").ends_with(r#"resource="https://managedhsm.azure.net""#));
}

#[tokio::test]
async fn objects_come_by_page_and_without_values() {
    let world = World::new();
    let token = world.token(VAULT).await;
    let first = world.get(&token, &format!("{SECRETS}&maxresults=1")).await;
    assert_eq!(first.ids(), ["https://kv-orders.vault.azure.net/secrets/orders-db"]);
    let next = first.body["nextLink"].as_str().unwrap();
    assert!(next.starts_with("https://kv-orders.vault.azure.net:443/secrets?"), "{next}");
    let second = world.get(&token, next).await;
    assert_eq!(second.ids(), ["https://kv-orders.vault.azure.net/secrets/orders-api"]);
    assert!(second.body["nextLink"].is_null());
    assert_eq!(world.get(&token, "https://kv-orders.vault.azure.net/secrets").await.code(), "BadParameter");
    assert_eq!(world.get(&token, &format!("{SECRETS}&maxresults=26")).await.status, 400);
    let policy = "https://kv-orders.vault.azure.net/keys/orders-signing/rotationpolicy?api-version=7.4";
    assert_eq!(world.get(&token, policy).await.body["attributes"]["expiryTime"], "P1Y");
}

#[tokio::test]
async fn who_asks_for_a_value_gets_the_canary_and_is_remembered() {
    let world = World::new();
    let token = world.token(VAULT).await;
    let url = "https://kv-orders.vault.azure.net/secrets/orders-db?api-version=7.4";
    assert_eq!(world.get(&token, url).await.body["value"], "canary-secret-value");
    assert_eq!(world.last_call().path, "/secrets/orders-db");
}

#[tokio::test]
async fn a_managed_hsm_lists_its_own_roles() {
    let world = World::new();
    let token = world.token(HSM).await;
    let host = "https://hsm-core.managedhsm.azure.net";
    let path = "providers/Microsoft.Authorization/roleAssignments?api-version=7.4";
    assert_eq!(world.get(&token, &format!("{host}//{path}")).await.ids().len(), 3);
    assert_eq!(world.get(&token, &format!("{host}/keys/{path}")).await.ids().len(), 2);
    let definitions = path.replace("Assignments", "Definitions");
    assert_eq!(world.get(&token, &format!("{host}//{definitions}")).await.ids().len(), 2);
}

#[tokio::test]
async fn a_challenge_may_lead_elsewhere() {
    let world = World::set(json!({ "faults": [{ "host": "vault", "path": "/**", "fault": {
        "kind": "challenge", "resource": "https://example.com", "authority": "https://login.example.com/x" } }] }));
    let answer = world.bare(SECRETS).await;
    assert_eq!(
        answer.header("www-authenticate"),
        r#"Bearer authorization="https://login.example.com/x", resource="https://example.com""#
    );
}
