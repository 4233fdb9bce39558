//! Reading a tenant through the gate, from the tenant that is kept for tests.

mod documents;
mod export;
mod faults;
mod sign_in;
mod size;

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use azure_core::http::HttpClient;
use census_fake_azure::{Fake, Fault, HostKind, Rule, Settings, Tenant as FakeTenant};
use census_model::GapReason;
use census_provider_api::{Collector, DocPath, DocumentStore, MemoryStore, Silent};
use jiff::Timestamp;
use serde_json::{Value, json};

use self::documents::documents;
use super::*;
use crate::{client::Ways, options::CredentialKind};

const TENANT: &str = "10000000-0000-4000-8000-000000000001";
const SUBSCRIPTION: &str = "20000000-0000-4000-8000-000000000001";
const CLIENT: &str = "40000000-0000-4000-8000-0000000000ff";
const SECRET: &str = "a-secret-of-tests";
const CLOCK: Timestamp = Timestamp::constant(1_790_000_000, 0);
const CANARY: &str = "canary-5f0c";

/// An id of an object.
fn object(number: u32) -> String {
    format!("30000000-0000-4000-8000-{number:012}")
}

fn write(folder: &Path, documents: Vec<(&'static str, Value)>, extras: &Value) {
    for (name, value) in documents {
        let path = folder.join(format!("{name}.json"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, json!({ "value": value }).to_string()).unwrap();
    }
    fs::write(folder.join("fake.json"), extras.to_string()).unwrap();
}

fn start(settings: Settings) -> Fake {
    let client = json!({"clients": [{"client_id": CLIENT, "object_id": object(1), "secret": SECRET}]});
    start_with(vec![documents()], &client, settings)
}

fn start_with(tenants: Vec<Vec<(&'static str, Value)>>, extras: &Value, settings: Settings) -> Fake {
    let open = |documents| {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), documents, extras);
        FakeTenant::open(folder.path()).unwrap()
    };
    let tenants: Vec<FakeTenant> = tenants.into_iter().map(open).collect();
    // It has a runtime of its own, which cannot be started within another.
    std::thread::spawn(|| Fake::start(tenants, settings).unwrap()).join().unwrap()
}

fn gate_to(fake: &Fake) -> Gate {
    let authority = reqwest::Certificate::from_pem(&fs::read(fake.ca_pem_path()).unwrap()).unwrap();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .proxy(reqwest::Proxy::all(fake.proxy_url()).unwrap())
        .tls_certs_only([authority])
        .build()
        .unwrap();
    let client: Arc<dyn HttpClient> = Arc::new(client);
    let ways = Ways { proxied: Arc::clone(&client), direct: client };
    let door = Door::new(crate::client::Cloud::Public.endpoints(), calls().collect(), None);
    Gate::new(ways, door, 0, Duration::from_secs(20))
}

fn options() -> AzureOptions {
    AzureOptions {
        tenants: vec![TENANT.to_owned()],
        credentials: vec![CredentialKind::ClientSecret],
        max_attempts: 2,
        concurrency: 4,
        ..AzureOptions::default()
    }
}

async fn scan_with(fake: &Fake, options: &AzureOptions, deadline: Option<Instant>) -> (MemoryStore, u64) {
    let collector = Collector::in_memory(Timestamp::UNIX_EPOCH);
    let context = FetchContext { collector: &collector, progress: &Silent, deadline };
    let environment = Environment::of_secret(CLIENT, SECRET);
    let fetched = fetch_through(&gate_to(fake), environment, options, context).await.unwrap();
    (collector.finish(Timestamp::UNIX_EPOCH).unwrap(), fetched.requests)
}

async fn scan(fake: &Fake) -> MemoryStore {
    scan_with(fake, &options(), None).await.0
}

fn text(store: &MemoryStore, file: &str) -> String {
    let bytes = store.get(&DocPath::new(file).unwrap()).unwrap().unwrap_or_default();
    String::from_utf8(bytes.into_owned()).unwrap()
}

fn ids(store: &MemoryStore, file: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(&text(store, file)).unwrap();
    let id = |item: &Value| item.get("id").or(item.get("kid")).and_then(Value::as_str).unwrap().to_owned();
    value["value"].as_array().unwrap().iter().map(id).collect()
}

fn gaps(store: &MemoryStore) -> Vec<(String, GapReason, Vec<String>)> {
    let gaps = &store.manifest().unwrap().gaps;
    let affects = |gap: &census_model::Gap| gap.affects.iter().map(ToString::to_string).collect();
    gaps.iter().map(|gap| (gap.read.to_string(), gap.reason, affects(gap))).collect()
}

fn is_complete(store: &MemoryStore, file: &str) -> Option<bool> {
    store.entry(&DocPath::new(file).unwrap()).map(|entry| entry.complete)
}

#[tokio::test]
async fn a_tenant_is_read_whole_and_without_what_nobody_asked_for() {
    let fake = start(Settings::default());
    let whole = AzureOptions { deep: true, ..options() };
    let (store, requests) = scan_with(&fake, &whole, None).await;
    assert_eq!(gaps(&store), []);
    for (name, value) in documents() {
        let file = format!("{name}.json");
        if value.as_array().unwrap().is_empty() {
            continue;
        }
        assert_eq!(is_complete(&store, &file), Some(true), "{file}");
        assert!(!text(&store, &file).contains(CANARY), "{file}");
    }
    assert_eq!(ids(&store, "graph/servicePrincipals.json").len(), 5);
    assert_eq!(
        ids(&store, "graph/groups.json"),
        [object(301), object(302)],
        "and not the one of no interest"
    );
    let users: Vec<String> = [201, 202, 203, 204, 205, 206].map(object).to_vec();
    assert_eq!(ids(&store, "graph/users.json"), users);
    let owners = text(&store, "graph/owners.json");
    assert!(owners.contains(&format!(r#"{{"id":"{}","owners":[]}}"#, object(2))), "read, and none");
    assert!(text(&store, "arm/vaults.json").contains(r#""enableRbacAuthorization":null"#));
    assert_eq!(ids(&store, "arm/vaultObjects.json").len(), 3);
    assert!(text(&store, "arm/managedHsmRoleAssignments.json").contains(&object(5)));

    let calls = fake.calls();
    assert_eq!(fake.refused_hosts(), Vec::<String>::new());
    let sent: Vec<_> = calls.iter().filter(|call| !call.inner && call.kind != HostKind::Login).collect();
    let tokens = calls.iter().filter(|call| call.kind == HostKind::Login).count();
    assert_eq!(requests, (sent.len() + tokens) as u64);
    assert!(calls.iter().all(|call| !call.path.contains("/secrets/")), "no value of a secret");
    assert!(sent.iter().all(|call| call.method == "GET" || call.path.ends_with("/$batch")));
    // A token for each API, and each only to its own.
    assert_eq!(tokens, 4);
}

/// Gaps name a read by its permission, and documents know by which reads they are filled: both must say the same.
#[test]
fn documents_and_reads_agree_about_permissions() {
    let pairs = LISTS.iter().chain(&authorization::AT_SCOPES).chain(&resources::IN_SUBSCRIPTIONS).copied();
    let others = [
        (&owners::LIST_SERVICE_PRINCIPAL_OWNERS, Collection::Owners),
        (&owners::LIST_APPLICATION_OWNERS, Collection::Owners),
        (&owners::LIST_GROUP_OWNERS, Collection::Owners),
        (&owners::LIST_SPONSORS, Collection::Sponsors),
        (&app_roles::LIST_APP_ROLE_ASSIGNMENTS, Collection::AppRoleAssignments),
        (&app_roles::LIST_GROUP_APP_ROLE_ASSIGNMENTS, Collection::AppRoleAssignments),
        (&applications::LIST_FEDERATED_CREDENTIALS, Collection::ApplicationFederation),
        (&groups::GET_GROUP, Collection::Groups),
        (&groups::LIST_GROUP_MEMBERS, Collection::GroupMembers),
        (&groups::LIST_GROUP_ASSIGNMENT_INSTANCES, Collection::GroupAssignmentInstances),
        (&groups::LIST_GROUP_ELIGIBILITY_INSTANCES, Collection::GroupEligibilityInstances),
        (&users::LIST_USERS, Collection::Users),
        (&subscriptions::LIST_SUBSCRIPTIONS, Collection::Subscriptions),
        (&subscriptions::LIST_MANAGEMENT_GROUPS, Collection::ManagementGroups),
        (&subscriptions::LIST_DESCENDANTS, Collection::Descendants),
        (&resources::LIST_MANAGED_IDENTITY_FEDERATION, Collection::ManagedIdentityFederation),
        (&vault_objects::LIST_KEYS, Collection::VaultObjects),
        (&vault_objects::LIST_SECRETS, Collection::VaultObjects),
        (&vault_objects::LIST_CERTIFICATES, Collection::VaultObjects),
        (&vault_objects::LIST_HSM_KEYS, Collection::VaultObjects),
        (&vault_objects::GET_KEY_ROTATION_POLICY, Collection::KeyRotationPolicies),
        (&hsm_roles::LIST_HSM_ASSIGNMENTS, Collection::HsmAssignments),
        (&hsm_roles::LIST_HSM_ROLES, Collection::HsmRoles),
    ];
    let pairs: Vec<(&Call, Collection)> = pairs.chain(others).collect();
    assert_eq!(pairs.len(), calls().count());
    for (call, collection) in &pairs {
        let name = call.read.name();
        assert!(collection.reads().contains(&name.as_str()), "{collection:?} {name}");
    }
    let filled: BTreeSet<Collection> = pairs.iter().map(|(_, collection)| *collection).collect();
    assert_eq!(filled, Collection::ALL.iter().copied().collect());
}

#[tokio::test]
async fn two_scans_are_the_same_whatever_the_pages() {
    let first = scan(&start(Settings::default())).await;
    let second = scan(&start(Settings { page_size: Some(1), ..Settings::default() })).await;
    assert_eq!(gaps(&second), []);
    assert_eq!(first.paths(), second.paths());
    for path in first.paths() {
        assert_eq!(text(&first, path.as_str()), text(&second, path.as_str()), "{path}");
    }
}

#[tokio::test]
async fn nobody_signed_in_ends_the_scan_and_says_why() {
    let fake = start(Settings::default());
    let collector = Collector::in_memory(Timestamp::UNIX_EPOCH);
    let context = FetchContext { collector: &collector, progress: &Silent, deadline: None };
    let environment = Environment::of_secret(CLIENT, "not-the-secret");
    let error = fetch_through(&gate_to(&fake), environment, &options(), context).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("client secret: HTTP 401 AADSTS7000215"), "{text}");
    assert!(!text.contains("not-the-secret"));
}

#[tokio::test]
async fn what_was_not_asked_for_is_left_out_and_said() {
    let fake = start(Settings::default());
    let other = "20000000-0000-4000-8000-000000000009";
    let few = AzureOptions {
        subscriptions: vec![other.to_owned()],
        key_vaults: false,
        sign_ins: false,
        ..options()
    };
    let (store, _) = scan_with(&fake, &few, None).await;
    let reasons: Vec<_> = gaps(&store).into_iter().map(|(_, reason, affects)| (reason, affects)).collect();
    assert!(reasons.contains(&(GapReason::NotRequested, vec![format!("azure:subscription/{SUBSCRIPTION}")])));
    assert!(reasons.contains(&(GapReason::Failed, vec![format!("azure:subscription/{other}")])));
    assert_eq!(is_complete(&store, "arm/resources.json"), Some(false));
    assert!(fake.calls().iter().all(|call| call.kind != HostKind::Vault && !call.path.starts_with("/beta")));

    let (store, _) =
        scan_with(&fake, &AzureOptions { management_groups: vec![TENANT.to_owned()], ..options() }, None)
            .await;
    assert_eq!(gaps(&store), []);
    assert_eq!(ids(&store, "arm/resources.json").len(), 1);
}

#[tokio::test]
async fn checking_permissions_tells_what_is_denied_and_nothing_else() {
    use census_provider_api::PermissionProblem;

    let rules = vec![
        Rule::new(HostKind::Graph, "/v1.0/groups/*/owners", Fault::Denied),
        Rule::new(HostKind::Vault, "/secrets", Fault::Denied),
    ];
    let fake = start(Settings { faults: rules, ..Settings::default() });
    let whole = AzureOptions { deep: true, ..options() };
    let environment = Arc::new(Environment::of_secret(CLIENT, SECRET));
    let (api, caller) = sign_in(&whole, &gate_to(&fake), &environment, Some(TENANT), None).await.unwrap();
    let checks = crate::permissions::check_with(&whole, &api, &caller.tenant).await;
    assert_eq!(checks.len(), calls().count());
    let problems: Vec<_> = checks.iter().filter(|check| check.outcome.is_err()).collect();
    let names: Vec<_> = problems.iter().map(|check| check.read.operation).collect();
    assert_eq!(names, ["ListGroupOwners", "ListSecrets"]);
    assert!(problems.iter().all(|check| matches!(check.outcome, Err(PermissionProblem::Denied(_)))));
}
