//! Microsoft Graph: pages, options, batches.

use std::fs;

use census_fake_azure::Settings;
use serde_json::{Value, json};

use crate::support::{GRAPH, TENANT, World, edited, small};

const APP: &str = "b41d1e00-0002-4000-8000-000000000001";

/// Every id of a list, page by page.
async fn all(world: &World, path: &str) -> Vec<Vec<String>> {
    let token = world.token(GRAPH).await;
    let (mut pages, mut next) = (Vec::new(), Some(format!("https://graph.microsoft.com/v1.0/{path}")));
    while let Some(url) = next {
        let answer = world.get(&token, &url).await;
        pages.push(answer.ids().into_iter().map(str::to_owned).collect());
        next = answer.body["@odata.nextLink"].as_str().map(str::to_owned);
        assert!(pages.len() < 100);
    }
    pages
}

#[tokio::test]
async fn pages_hold_every_item_once() {
    let world = World::set(json!({ "page_sizes": { "servicePrincipals": 4 } }));
    let pages = all(&world, "servicePrincipals").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 4, 3]);
    let mut ids = pages.concat();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 15);
    assert_eq!(all(&world, "servicePrincipals?$top=2").await.len(), 8, "a client may want less");
    assert_eq!(all(&world, "servicePrincipals?$top=10").await.len(), 4, "and gets no more");
    assert_eq!(all(&world, "applications").await.len(), 1);
    assert_eq!(world.graph("applications?$top=1000").await.status, 400);
    assert_eq!(world.graph("applications?$skiptoken=made-up").await.status, 400);
}

#[tokio::test]
async fn options_choose_and_what_is_not_known_is_refused() {
    let world = World::new();
    let selected = world.graph("applications?$select=id,appId&$count=true").await;
    assert_eq!(selected.body["@odata.count"], 7);
    let keys: Vec<_> = selected.body["value"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["appId", "id"]);
    let blueprint = &selected.body["value"][3];
    assert_eq!(blueprint["@odata.type"], "#microsoft.graph.agentIdentityBlueprint");
    let found = world.graph(&format!("applications?$filter=id in ('{APP}')")).await;
    assert_eq!(found.ids(), [APP]);
    for bad in ["applications?$filter=id ne 'x'", "applications?$expand=owners", "applications?$orderBy=id"] {
        let answer = world.graph(bad).await;
        assert_eq!((answer.status, answer.code()), (400, "Request_UnsupportedQuery"), "{bad}");
    }
    assert_eq!(world.graph("applications/nobody").await.code(), "Request_ResourceNotFound");
    assert_eq!(world.graph("applications/nobody/owners").await.status, 404);
    assert_eq!(world.graph("me").await.status, 404);
}

#[tokio::test]
async fn pim_for_groups_wants_a_group_or_a_principal() {
    let world = World::new();
    let path = "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances";
    assert_eq!(world.graph(path).await.status, 400);
    let filter = "$filter=groupId eq 'b41d1e00-0005-4000-8000-000000000003'";
    assert_eq!(world.graph(&format!("{path}?{filter}")).await.ids(), ["fakeGroupInstance02"]);
    let other = world.graph(&format!("{path}?$filter=groupId eq '{APP}'")).await;
    assert_eq!(other.ids(), [""; 0]);
}

async fn batch(world: &World, urls: &[&str]) -> (u16, Value) {
    let requests: Vec<_> = urls
        .iter()
        .enumerate()
        .map(|(id, url)| json!({ "id": id.to_string(), "method": "GET", "url": url }))
        .collect();
    let token = world.token(GRAPH).await;
    let url = "https://graph.microsoft.com/v1.0/$batch";
    let answer = world.post(&token, url, &json!({ "requests": requests })).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn each_request_of_a_batch_has_its_own_answer() {
    let world = World::set(json!({
        "page_sizes": { "owners": 1 },
        "faults": [{ "path": "/v1.0/groups/*/members", "requests": "inner", "times": 1,
                     "fault": { "kind": "throttled", "retry_after": 7 } },
                   { "path": "/v1.0/users", "fault": { "kind": "html", "status": 503 } }] }));
    let owners = "/servicePrincipals/b41d1e00-0001-4000-8000-000000000001/owners?$select=id";
    let members = "groups/b41d1e00-0005-4000-8000-000000000001/members";
    let (status, body) = batch(&world, &[owners, "/applications/nobody", members, "/users"]).await;
    assert_eq!(status, 200);
    let answer = |id: &str| {
        body["responses"].as_array().unwrap().iter().find(|answer| answer["id"] == id).unwrap().clone()
    };
    assert_eq!(answer("0")["body"]["value"].as_array().unwrap().len(), 1);
    let next = answer("0")["body"]["@odata.nextLink"].as_str().unwrap().to_owned();
    assert!(next.starts_with(&format!("https://graph.microsoft.com/v1.0{owners}&")), "{next}");
    assert_eq!(answer("1")["status"], 404);
    assert_eq!(
        (answer("2")["status"].as_u64(), &answer("2")["headers"]["Retry-After"]),
        (Some(429), &json!("7"))
    );
    assert!(answer("3")["body"].is_string(), "what is no JSON travels as text");
    let inner = world.fake.calls().iter().filter(|call| call.inner).count();
    assert_eq!(inner, 4);
    assert!(world.fake.calls().iter().any(|call| call.path == "/v1.0/applications/nobody" && call.inner));
}

#[tokio::test]
async fn a_batch_takes_twenty_requests() {
    let world = World::new();
    assert_eq!(batch(&world, &["/users"; 20]).await.0, 200);
    let (status, body) = batch(&world, &["/users"; 21]).await;
    assert_eq!(status, 400, "{body}");
    let (_, body) = batch(&world, &["/$batch"]).await;
    assert_ne!(body["responses"][0]["status"], 200, "no batch in a batch");
}

#[tokio::test]
async fn twenty_thousand_service_principals_are_served_whole() {
    let folder = edited("graph/servicePrincipals", |document| {
        let many = (0..20_000)
            .map(|number| json!({ "id": format!("b41d1e00-1000-4000-8000-{number:012}"), "appId": "a" }));
        document["value"] = many.collect();
    });
    let world = World::with(folder.path(), Settings::default());
    let pages = all(&world, "servicePrincipals?$top=999&$select=id,appId").await;
    assert_eq!((pages.len(), pages.concat().len()), (21, 20_000));
    let last = world.graph("servicePrincipals/b41d1e00-1000-4000-8000-000000019999").await;
    assert_eq!(last.status, 200);
}

#[tokio::test]
async fn several_tenants_are_kept_apart() {
    let other = "b41d1e00-0000-4000-8000-0000000000ff";
    let home = tempfile::tempdir().unwrap();
    let tenants = home.path().join("tenants");
    fs::create_dir(&tenants).unwrap();
    for (id, text) in [(TENANT, "Brindlemoor"), (other, "Marrowick")] {
        let folder = edited("tenant", |document| {
            document["value"][0]["id"] = id.into();
            document["value"][0]["displayName"] = text.into();
        });
        fs::rename(folder.keep(), tenants.join(id)).unwrap();
    }
    let world = World::with(home.path(), Settings::default());
    let fields = [("client_secret", crate::support::SECRET), ("scope", GRAPH)];
    let token = world.ask_token(other, &fields).await.body["access_token"].as_str().unwrap().to_owned();
    let answer = world.get(&token, "https://graph.microsoft.com/v1.0/organization").await;
    assert_eq!(answer.body["value"][0]["displayName"], "Marrowick");
    assert_eq!(world.graph("organization").await.body["value"][0]["displayName"], "Brindlemoor");
    assert!(small().is_dir());
}
