//! The client against a script instead of a network.

mod batch;
mod door;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use azure_core::{
    error::{Error, ErrorKind},
    http::{
        AsyncRawResponse, Body, HttpClient, Method, Request,
        headers::{AUTHORIZATION, Headers},
    },
};
use census_model::GapReason;
use census_provider_api::{DeclaredRead, Need};
use serde_json::{Value, json};
use url::Url;

use super::{call::Shape, failure::Cause, *};
use crate::options::{AzureOptions, CredentialKind};

pub(crate) const TENANT: &str = "0a1b2c3d-0000-4000-8000-000000000001";

const LIST_THINGS: Call = Call {
    read: DeclaredRead {
        service: "graph",
        operation: "ListThings",
        permissions: &["Thing.Read.All"],
        part: None,
        need: Need::Scope,
        why: "test",
    },
    plane: Plane::Graph,
    paths: &["/v1.0/things", "/v1.0/things/{}/parts"],
    version: None,
    query: "$top=2",
    shape: Shape::List,
    keep: &["id", "creds/keyId"],
};

const LIST_KEYS: Call = Call {
    plane: Plane::Vault,
    paths: &["/keys"],
    version: Some("7.6"),
    query: "",
    read: DeclaredRead { service: "keyvault", operation: "ListKeys", ..LIST_THINGS.read },
    ..LIST_THINGS
};

static THINGS: Call = LIST_THINGS;
static KEYS: Call = LIST_KEYS;

/// What a script answers.
pub(crate) enum Says {
    /// A status and a body.
    Json(u16, Value),
    /// The same with `Retry-After`.
    Wait(u16, &'static str),
    /// Any bytes.
    Raw(u16, Vec<u8>),
    /// A redirect.
    Redirect,
    /// The connection is reset.
    Reset,
}

/// A network that answers from a script, and gives out tokens.
#[derive(Default)]
pub(crate) struct Script {
    says: Mutex<VecDeque<Says>>,
    asked: Mutex<Vec<String>>,
    bodies: Mutex<Vec<Value>>,
    tokens: Mutex<u32>,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl HttpClient for Script {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let json = |status: u16, headers, body: &Value| {
            Ok(AsyncRawResponse::from_bytes(status.into(), headers, body.to_string().into_bytes()))
        };
        if request.url().path().ends_with("/token") {
            let mut tokens = self.tokens.lock().unwrap();
            *tokens += 1;
            let token = format!("token-{tokens}");
            let body = json!({"token_type": "Bearer", "expires_in": 3600, "access_token": token});
            return json(200, Headers::new(), &body);
        }
        let bearer = request.headers().get_optional_str(&AUTHORIZATION).unwrap_or("none");
        self.asked.lock().unwrap().push(format!("{} {bearer}", request.url()));
        if let Body::Bytes(bytes) = request.body()
            && !bytes.is_empty()
        {
            self.bodies.lock().unwrap().push(serde_json::from_slice(bytes).unwrap());
        }
        match self.says.lock().unwrap().pop_front().expect("the script is at its end") {
            Says::Json(status, body) => json(status, Headers::new(), &body),
            Says::Raw(status, bytes) => {
                Ok(AsyncRawResponse::from_bytes(status.into(), Headers::new(), bytes))
            }
            Says::Wait(status, seconds) => {
                let mut headers = Headers::new();
                headers.insert("retry-after", seconds);
                json(status, headers, &json!({"error": {"code": "TooManyRequests"}}))
            }
            Says::Redirect => Ok(AsyncRawResponse::from_bytes(302.into(), Headers::new(), Vec::new())),
            Says::Reset => {
                let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
                Err(Error::with_error(ErrorKind::Io, reset, "reset"))
            }
        }
    }
}

/// A client that a script answers to.
pub(crate) fn api(says: Vec<Says>, calls: Vec<&'static Call>) -> (Api, Arc<Script>) {
    let script = Arc::new(Script { says: Mutex::new(says.into()), ..Script::default() });
    let ways = Ways { proxied: script.clone(), direct: script.clone() };
    let door = Door::new(Cloud::Public.endpoints(), calls, None);
    let gate = Gate::new(ways, door, 0, Duration::from_secs(5));
    let options = AzureOptions { credentials: vec![CredentialKind::ClientSecret], ..AzureOptions::default() };
    let environment = Environment::of_secret("client", "s3cret");
    let sign_in = SignIn::new(options, Arc::new(environment), Some(TENANT.to_owned()), gate.clone());
    let retry = Retry { attempts: 3, pause: Duration::from_millis(1) };
    (Api::new(Cloud::Public, gate, Arc::new(Tokens::new(sign_in)), retry, 2, None), script)
}

fn both(says: Vec<Says>) -> (Api, Arc<Script>) {
    api(says, vec![&THINGS, &KEYS])
}

fn page(ids: &[&str], next: Option<&str>) -> Says {
    let value: Vec<Value> =
        ids.iter().map(|id| json!({"id": id, "creds": [{"keyId": "k", "hint": "abc"}], "x": 1})).collect();
    let mut page = json!({"value": value});
    if let Some(next) = next {
        page["@odata.nextLink"] = next.into();
    }
    Says::Json(200, page)
}

async fn things(api: &Api) -> Result<Listed, Failure> {
    let url = api.url(Plane::Graph, &THINGS.target(0, &[])).unwrap();
    api.list(&THINGS, &url).await
}

fn ids(listed: &Listed) -> Vec<&str> {
    listed.items.iter().map(|item| &*item.id).collect()
}

#[tokio::test]
async fn pages_are_followed_and_of_items_only_kept_fields_arrive() {
    let next = "https://graph.microsoft.com/v1.0/things?$skiptoken=b";
    let (api, script) = both(vec![page(&["1", "2"], Some(next)), page(&["3"], None)]);
    let listed = things(&api).await.unwrap();
    assert_eq!(ids(&listed), ["1", "2", "3"]);
    assert_eq!(listed.cut, None);
    assert_eq!(&*listed.items[0].json, r#"{"creds":[{"keyId":"k"}],"id":"1"}"#);
    assert_eq!(script.asked()[1], format!("{next} Bearer token-1"));
}

#[tokio::test]
async fn a_later_failure_leaves_what_arrived_and_a_first_one_nothing() {
    let next = "https://graph.microsoft.com/v1.0/things?$skiptoken=b";
    let denied = || Says::Json(403, json!({"error": {"code": "Authorization_RequestDenied"}}));
    let (api, _) = both(vec![page(&["1"], Some(next)), denied()]);
    let listed = things(&api).await.unwrap();
    assert_eq!(ids(&listed), ["1"]);
    let cut = listed.cut.unwrap();
    assert_eq!(cut.reason, GapReason::Truncated);
    assert_eq!(cut.detail, "page 2 is missing (denied): ListThings: HTTP 403 Authorization_RequestDenied");
    let (api, _) = both(vec![denied()]);
    assert_eq!(things(&api).await.unwrap_err().reason, GapReason::Denied);
}

#[tokio::test]
async fn links_that_lead_elsewhere_or_in_a_circle_end_the_collection() {
    for (next, reason, asked) in [
        ("https://evil.example/v1.0/things", GapReason::Invalid, 1),
        ("https://management.azure.com/v1.0/things", GapReason::Invalid, 1),
        ("http://graph.microsoft.com/v1.0/things?b", GapReason::Invalid, 1),
        ("https://graph.microsoft.com/v1.0/users?b", GapReason::Invalid, 1),
        ("not a link", GapReason::Invalid, 1),
        ("https://graph.microsoft.com/v1.0/things?b", GapReason::Truncated, 2),
    ] {
        let (api, script) = both(vec![page(&["1"], Some(next)), page(&["2"], Some(next))]);
        let listed = things(&api).await.unwrap();
        assert_eq!(listed.cut.unwrap().reason, reason, "{next}");
        assert_eq!(script.asked().len(), asked, "{next}");
    }
}

#[tokio::test]
async fn what_is_no_page_is_invalid() {
    for bytes in [&b"<html>"[..], b"{\"value\": [{\"id\": \"1\"}", b"{}", b"[]", b""] {
        let (api, _) = both(vec![Says::Raw(200, bytes.to_vec())]);
        assert_eq!(things(&api).await.unwrap_err().reason, GapReason::Invalid);
    }
    let (api, _) = both(vec![Says::Json(200, json!({"value": [{"id": "1"}, {"x": 1}, "odd"]}))]);
    let listed = things(&api).await.unwrap();
    assert_eq!((ids(&listed), listed.cut.as_ref().unwrap().reason), (vec!["1"], GapReason::Invalid));
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_no_longer_than_was_said() {
    let (api, script) = both(vec![Says::Wait(429, "0"), Says::Reset, page(&["1"], None)]);
    assert_eq!(ids(&things(&api).await.unwrap()), ["1"]);
    assert_eq!(script.asked().len(), 3);

    let (api, script) = both(vec![Says::Wait(429, "0"), Says::Wait(429, "0"), Says::Wait(429, "0")]);
    assert_eq!(things(&api).await.unwrap_err().reason, GapReason::Throttled);
    assert_eq!(script.asked().len(), 3);

    let (api, script) = both(vec![Says::Wait(429, "3600")]);
    assert_eq!(things(&api).await.unwrap_err().reason, GapReason::Throttled);
    assert_eq!(script.asked().len(), 1);

    let (api, _) = both(vec![Says::Reset, Says::Reset, Says::Reset]);
    let failure = things(&api).await.unwrap_err();
    assert_eq!(failure.reason, GapReason::Failed);
    assert_eq!(failure.detail, "ListThings: `graph.microsoft.com` could not be reached: connection reset");

    let (api, script) = both(vec![Says::Redirect]);
    assert_eq!(things(&api).await.unwrap_err().reason, GapReason::Failed);
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test]
async fn the_deadline_ends_waiting_and_calls() {
    let (mut api, script) = both(vec![Says::Wait(429, "60"), page(&["1"], None)]);
    api.deadline = Some(Instant::now() + Duration::from_secs(20));
    assert_eq!(things(&api).await.unwrap_err().reason, GapReason::Truncated);
    assert_eq!(script.asked().len(), 1);
    api.deadline = Some(Instant::now());
    assert_eq!(things(&api).await.unwrap_err().cause, Cause::Deadline);
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test]
async fn a_refused_token_is_asked_for_anew_once() {
    let refused = || Says::Json(401, json!({"error": {"code": "InvalidAuthenticationToken"}}));
    let (api, script) = both(vec![refused(), page(&["1"], None)]);
    assert_eq!(ids(&things(&api).await.unwrap()), ["1"]);
    assert!(script.asked()[0].ends_with("token-1") && script.asked()[1].ends_with("token-2"));

    let (api, script) = both(vec![refused(), refused()]);
    let failure = things(&api).await.unwrap_err();
    assert_eq!((failure.reason, failure.status), (GapReason::Denied, Some(401)));
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test]
async fn a_vault_elsewhere_is_not_asked() {
    let (api, _) = both(Vec::new());
    let target = KEYS.target(0, &[]);
    let url = api.vault_url(Plane::Vault, "https://kv1.vault.azure.net/", &target).unwrap();
    assert_eq!(url.as_str(), "https://kv1.vault.azure.net/keys?api-version=7.6");
    for vault in [
        "https://kv1.vault.azure.net.evil.example/",
        "http://kv1.vault.azure.net",
        "https://graph.microsoft.com",
        "",
    ] {
        assert_eq!(api.vault_url(Plane::Vault, vault, &target).unwrap_err().reason, GapReason::Invalid);
    }
}

#[tokio::test]
async fn a_chain_says_what_each_said_and_no_secret() {
    let (api, _) = both(Vec::new());
    let options = AzureOptions {
        credentials: vec![CredentialKind::ClientCertificate, CredentialKind::WorkloadIdentity],
        ..AzureOptions::default()
    };
    let environment = Environment::of_secret("client", "s3cret");
    assert!(!format!("{environment:?}").contains("s3cret"));
    let sign_in = SignIn::new(options, Arc::new(environment), Some(TENANT.to_owned()), api.gate.clone());
    assert!(!format!("{sign_in:?}").contains("s3cret"));
    let error = Tokens::new(sign_in).caller("scope").await.unwrap_err();
    assert_eq!(
        error,
        "client certificate: AZURE_CLIENT_CERTIFICATE_PATH is not set; \
         workload identity: AZURE_FEDERATED_TOKEN_FILE is not set"
    );
}
