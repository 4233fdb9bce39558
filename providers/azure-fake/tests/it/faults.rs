//! What goes wrong on purpose.

use census_fake_azure::{Endless, Fault, HostKind, Rule};

use crate::support::{ARM, GRAPH, VAULT, World};

const GROUPS: &str = "https://graph.microsoft.com/v1.0/groups?$top=1";
const SUBSCRIPTIONS: &str = "https://management.azure.com/subscriptions?api-version=2022-12-01";
const SECRETS: &str = "https://kv-orders.vault.azure.net/secrets?api-version=7.4";

/// Every API with a list.
const LISTS: [(HostKind, &str, &str); 3] = [
    (HostKind::Graph, GRAPH, GROUPS),
    (HostKind::Arm, ARM, SUBSCRIPTIONS),
    (HostKind::Vault, VAULT, SECRETS),
];

#[tokio::test]
async fn each_api_refuses_in_its_own_words() {
    for (fault, status, codes) in [
        (Fault::Denied, 403, ["Authorization_RequestDenied", "AuthorizationFailed", "Forbidden"]),
        (
            Fault::InvalidToken,
            401,
            ["InvalidAuthenticationToken", "ExpiredAuthenticationToken", "Unauthorized"],
        ),
        (Fault::NotFound, 404, ["Request_ResourceNotFound", "ResourceNotFound", "SecretNotFound"]),
        (Fault::Throttled { retry_after: 3 }, 429, ["TooManyRequests", "TooManyRequests", "Throttled"]),
        (
            Fault::Status { status: 503 },
            503,
            ["serviceNotAvailable", "ServiceUnavailable", "ServiceUnavailable"],
        ),
        (Fault::Status { status: 500 }, 500, ["UnknownError", "InternalServerError", "InternalServerError"]),
    ] {
        let world = World::new();
        for ((kind, scope, url), code) in LISTS.into_iter().zip(codes) {
            let token = world.token(scope).await;
            world.fake.set_faults(vec![Rule::new(kind, "/**", fault.clone()).times(1)]);
            let answer = world.get(&token, url).await;
            assert_eq!((answer.status, answer.code()), (status, code), "{fault:?} {url}");
            let retry = if status == 429 { "3" } else { "" };
            assert_eq!(answer.header("retry-after"), retry);
            assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401, "{url}");
            assert_eq!(world.get(&token, url).await.status, 200, "only once");
        }
    }
}

#[tokio::test]
async fn answers_are_spoilt_on_their_way() {
    let world = World::new();
    for (kind, scope, url) in LISTS {
        let token = world.token(scope).await;
        let fault = |fault| world.fake.set_faults(vec![Rule::new(kind, "/**", fault)]);
        fault(Fault::Reset);
        assert!(world.client.get(url).bearer_auth(&token).send().await.is_err(), "{url}");
        assert_eq!(world.last_call().status, None);
        fault(Fault::CutBody);
        let cut = world.client.get(url).bearer_auth(&token).send().await.unwrap();
        assert!(cut.text().await.is_err(), "{url}");
        fault(Fault::BrokenJson);
        let broken = world.get(&token, url).await;
        assert!(broken.status == 200 && broken.body.is_string(), "{url}");
        fault(Fault::Html { status: 200 });
        let html = world.get(&token, url).await;
        assert!(html.header("content-type") == "text/html" && html.body.is_string(), "{url}");
        world.fake.set_faults(Vec::new());
        assert_eq!(world.get(&token, url).await.status, 200);
    }
}

#[tokio::test]
async fn links_lead_elsewhere_or_never_end() {
    let world = World::new();
    for ((kind, scope, url), member) in LISTS.into_iter().zip(["@odata.nextLink", "nextLink", "nextLink"]) {
        let token = world.token(scope).await;
        let fault = |fault| world.fake.set_faults(vec![Rule::new(kind, "/**", fault)]);
        let foreign = "https://graph.example.com/v1.0/groups";
        fault(Fault::ForeignNextLink { link: foreign.to_owned() });
        assert_eq!(world.get(&token, url).await.body[member], foreign);
        for (next, differ) in [(Endless::Same, false), (Endless::New, true)] {
            fault(Fault::EndlessNextLink { next });
            let first = world.get(&token, url).await.body[member].as_str().unwrap().to_owned();
            let second = world.get(&token, &first).await.body[member].as_str().unwrap().to_owned();
            assert_eq!(first != second, differ, "{next:?}");
        }
    }
}
