//! What passes through the proxy, what does not, and what is remembered of it.

use census_fake_azure::HostKind;

use crate::support::{ARM, GRAPH, World};

#[tokio::test]
async fn a_foreign_host_is_refused_and_remembered() {
    let world = World::new();
    assert!(world.client.get("https://example.com/").send().await.is_err());
    assert!(world.client.get("https://nobody.vault.azure.net/secrets").send().await.is_err());
    let plain = world.client.get("http://example.org/x").send().await.unwrap();
    assert_eq!(plain.status().as_u16(), 403);
    assert_eq!(
        world.fake.refused_hosts(),
        ["example.com:443", "nobody.vault.azure.net:443", "http://example.org/x"]
    );
    assert!(world.fake.calls().is_empty());
}

#[tokio::test]
async fn calls_tell_what_was_asked_and_for_whom_the_token_was() {
    let world = World::new();
    world.graph("users?$top=1").await;
    let call = world.last_call();
    assert_eq!((call.kind, call.method.as_str(), call.status), (HostKind::Graph, "GET", Some(200)));
    assert_eq!((call.path.as_str(), call.query.as_str()), ("/v1.0/users", "$top=1"));
    assert_eq!(call.audience.as_deref(), Some("https://graph.microsoft.com"));
    let answer = world.get("made up", "https://graph.microsoft.com/v1.0/users").await;
    assert_eq!(answer.status, 401);
    assert_eq!(world.last_call().audience.as_deref(), Some("unknown"));
    world.fake.clear_calls();
    assert!(world.fake.calls().is_empty());
}

#[tokio::test]
async fn what_changes_something_is_remembered_and_not_done() {
    let world = World::new();
    let (graph, arm) = (world.token(GRAPH).await, world.token(ARM).await);
    for (token, method, url) in [
        (&graph, "POST", "https://graph.microsoft.com/v1.0/applications"),
        (&graph, "DELETE", "https://graph.microsoft.com/v1.0/users/x"),
        (&arm, "PUT", "https://management.azure.com/subscriptions/x?api-version=2022-12-01"),
        (&arm, "POST", "https://management.azure.com/subscriptions/x?api-version=2022-12-01"),
    ] {
        let request = world.client.request(method.parse().unwrap(), url).bearer_auth(token);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 405, "{method} {url}");
        assert_eq!((world.last_call().method.as_str(), world.last_call().status), (method, Some(405)));
    }
}

#[tokio::test]
async fn dropping_the_fake_ends_it() {
    let world = World::new();
    let (proxy, ca) = (world.fake.proxy_url().to_owned(), world.fake.ca_pem_path().to_owned());
    assert!(ca.is_file());
    drop(world);
    assert!(std::net::TcpStream::connect(proxy.trim_start_matches("http://")).is_err());
    assert!(!ca.exists());
}
