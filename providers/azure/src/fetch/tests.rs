//! Reading a tenant through the gate, from the tenant that is kept for tests.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use azure_core::http::HttpClient;
use census_fake_azure::{Fake, Fault, HostKind, Rule, Settings, Tenant as FakeTenant};
use census_model::GapReason;
use census_provider_api::{Collector, DocPath, DocumentStore, MemoryStore, Silent};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::{client::Ways, options::CredentialKind};

const TENANT: &str = "10000000-0000-4000-8000-000000000001";
const SUBSCRIPTION: &str = "20000000-0000-4000-8000-000000000001";
const CLIENT: &str = "40000000-0000-4000-8000-0000000000ff";
const SECRET: &str = "a-secret-of-tests";
const CANARY: &str = "canary-5f0c";

/// An id of an object.
fn object(number: u32) -> String {
    format!("30000000-0000-4000-8000-{number:012}")
}

/// The documents of a small tenant: every collection has something.
fn documents() -> Vec<(&'static str, Value)> {
    let sub = format!("/subscriptions/{SUBSCRIPTION}");
    let auth = format!("{sub}/providers/Microsoft.Authorization");
    let group = format!("{sub}/resourceGroups/rg-1");
    let identity = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-1");
    let vault = |name: &str| format!("{group}/providers/Microsoft.KeyVault/vaults/{name}");
    let role = format!("{auth}/roleDefinitions/50000000-0000-4000-8000-000000000001");
    let principals: Vec<Value> = (1..=5)
        .map(|n| {
            json!({"id": object(n), "appId": format!("40000000-0000-4000-8000-{n:012}"), "displayName": format!("app {n}"),
                   "servicePrincipalType": "Application", "accountEnabled": true,
                   "passwordCredentials": [{"keyId": object(900 + n), "hint": CANARY, "secretText": CANARY,
                                            "endDateTime": "2030-01-01T00:00:00Z"}],
                   "keyCredentials": [{"keyId": object(950 + n), "key": CANARY, "type": "AsymmetricX509Cert"}]})
        })
        .collect();
    let assigned = |n: u32, principal: &str, kind: &str| {
        json!({"id": format!("{auth}/roleAssignments/{}", object(n)), "name": object(n),
               "type": "Microsoft.Authorization/roleAssignments",
               "properties": {"roleDefinitionId": role, "principalId": principal, "principalType": kind, "scope": sub}})
    };
    let owner = |n: u32| json!([{"@odata.type": "#microsoft.graph.user", "id": object(n)}]);
    vec![
        (
            "tenant",
            json!([{"id": TENANT, "displayName": "Brindlemoor",
            "verifiedDomains": [{"name": "brindlemoor.example", "isDefault": true}]}]),
        ),
        ("graph/servicePrincipals", json!(principals)),
        (
            "graph/applications",
            json!([{"id": object(101), "appId": "40000000-0000-4000-8000-000000000001",
            "displayName": "app 1", "passwordCredentials": [{"keyId": object(960), "hint": CANARY}]}]),
        ),
        (
            "graph/owners",
            json!([{"id": object(1), "owners": owner(201)}, {"id": object(101), "owners": owner(202)},
            {"id": object(301), "owners": owner(203)}]),
        ),
        (
            "graph/federatedIdentityCredentials",
            json!([{"id": object(101), "federatedIdentityCredentials": [
            {"id": object(401), "name": "gh", "issuer": "https://token.actions.githubusercontent.com",
             "subject": "repo:brindlemoor/shop:ref:refs/heads/main", "audiences": ["api://AzureADTokenExchange"]}]}]),
        ),
        (
            "graph/appRoleAssignments",
            json!([{"id": "assigned-1", "principalId": object(1), "principalType": "ServicePrincipal",
            "resourceId": object(2), "appRoleId": object(970)}]),
        ),
        (
            "graph/oauth2PermissionGrants",
            json!([{"id": "grant-1", "clientId": object(1), "consentType": "AllPrincipals",
            "resourceId": object(2), "scope": "User.Read"}]),
        ),
        (
            "graph/roleDefinitions",
            json!([{"id": object(501), "displayName": "Reader of all", "isBuiltIn": true}]),
        ),
        (
            "graph/roleAssignments",
            json!([
            {"id": "dir-1", "principalId": object(301), "roleDefinitionId": object(501), "directoryScopeId": "/"},
            {"id": "dir-2", "principalId": object(205), "roleDefinitionId": object(501), "directoryScopeId": "/"},
            {"id": "dir-3", "principalId": object(999), "roleDefinitionId": object(501), "directoryScopeId": "/"}]),
        ),
        ("graph/roleAssignmentScheduleInstances", json!([])),
        ("graph/roleEligibilityScheduleInstances", json!([])),
        (
            "graph/groups",
            json!([{"id": object(301), "displayName": "admins", "securityEnabled": true},
            {"id": object(302), "displayName": "within", "securityEnabled": true},
            {"id": object(303), "displayName": "of no interest"}]),
        ),
        (
            "graph/groupMembers",
            json!([{"id": object(301), "members": [
            {"@odata.type": "#microsoft.graph.group", "id": object(302)},
            {"@odata.type": "#microsoft.graph.servicePrincipal", "id": object(3)}]},
            {"id": object(302), "members": [{"@odata.type": "#microsoft.graph.user", "id": object(204)},
            {"@odata.type": "#microsoft.graph.group", "id": object(301)}]}]),
        ),
        (
            "graph/users",
            json!(
                (201..=206)
                    .map(|n| json!({"id": object(n), "displayName": format!("user {n}"),
            "accountEnabled": true, "mobilePhone": CANARY}))
                    .collect::<Vec<_>>()
            ),
        ),
        (
            "graph/servicePrincipalSignInActivities",
            json!([{"id": "s1", "appId": CLIENT,
            "lastSignInActivity": {"lastSignInDateTime": "2026-01-01T00:00:00Z"}}]),
        ),
        ("graph/authorizationPolicy", json!([{"id": "authorizationPolicy", "allowInvitesFrom": "everyone"}])),
        ("graph/defaultAppManagementPolicy", json!([{"id": object(601), "isEnabled": false}])),
        ("graph/permissionGrantPolicies", json!([{"id": "microsoft-user-default-low"}])),
        (
            "arm/subscriptions",
            json!([{"id": sub, "subscriptionId": SUBSCRIPTION, "displayName": "shop", "state": "Enabled",
            "tenantId": TENANT}]),
        ),
        (
            "arm/managementGroups",
            json!([{"id": format!("/providers/Microsoft.Management/managementGroups/{TENANT}"),
            "name": TENANT, "type": "Microsoft.Management/managementGroups", "properties": {"displayName": "root"}}]),
        ),
        (
            "arm/descendants",
            json!([{"id": sub, "name": SUBSCRIPTION, "type": "/subscriptions",
            "properties": {"parent": {"id": format!("/providers/Microsoft.Management/managementGroups/{TENANT}")}}}]),
        ),
        ("arm/resourceGroups", json!([{"id": group, "name": "rg-1", "location": "westeurope"}])),
        (
            "arm/resources",
            json!([{"id": format!("{group}/providers/Microsoft.Web/sites/shop"), "name": "shop",
            "type": "Microsoft.Web/sites", "location": "westeurope",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {&identity: {"principalId": object(4)}}},
            "properties": {"siteConfig": {"appSettings": CANARY}}}]),
        ),
        (
            "arm/roleDefinitions",
            json!([{"id": role, "name": "50000000-0000-4000-8000-000000000001",
            "properties": {"roleName": "Owner of shop", "type": "CustomRole", "assignableScopes": [sub],
            "permissions": [{"actions": ["*"]}]}}]),
        ),
        (
            "arm/roleAssignments",
            json!([assigned(701, &object(1), "ServicePrincipal"), assigned(702, &object(206), "User")]),
        ),
        ("arm/denyAssignments", json!([])),
        (
            "arm/userAssignedIdentities",
            json!([{"id": identity, "name": "id-1",
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "location": "westeurope",
            "properties": {"principalId": object(4), "clientId": object(980), "tenantId": TENANT}}]),
        ),
        (
            "arm/federatedIdentityCredentials",
            json!([{"id": format!("{identity}/federatedIdentityCredentials/aks"),
            "name": "aks", "properties": {"issuer": "https://oidc.example/x", "subject": "system:serviceaccount:a:b"}}]),
        ),
        (
            "arm/vaults",
            json!([
            {"id": vault("kv-one"), "name": "kv-one", "location": "westeurope", "properties": {"tenantId": TENANT,
             "vaultUri": "https://kv-one.vault.azure.net/", "enableRbacAuthorization": null,
             "accessPolicies": [{"tenantId": TENANT, "objectId": object(205), "permissions": {"secrets": ["get"]}}]}},
            {"id": vault("kv-two"), "name": "kv-two", "location": "westeurope", "properties": {"tenantId": TENANT,
             "vaultUri": "https://kv-two.vault.azure.net/", "enableRbacAuthorization": true, "accessPolicies": []}}]),
        ),
        ("arm/deletedVaults", json!([])),
        (
            "arm/managedHsms",
            json!([{"id": format!("{group}/providers/Microsoft.KeyVault/managedHSMs/hsm-one"),
            "name": "hsm-one", "properties": {"tenantId": TENANT, "hsmUri": "https://hsm-one.managedhsm.azure.net/"}}]),
        ),
        ("arm/deletedManagedHsms", json!([])),
        (
            "arm/vaultObjects",
            json!([
            {"kid": "https://kv-one.vault.azure.net/keys/k1", "attributes": {"enabled": true}},
            {"id": "https://kv-one.vault.azure.net/secrets/s1", "attributes": {"enabled": true}, "value": CANARY},
            {"id": "https://kv-two.vault.azure.net/certificates/c1", "attributes": {"enabled": true}}]),
        ),
        (
            "arm/keyRotationPolicies",
            json!([{"id": "https://kv-one.vault.azure.net/keys/k1",
            "rotationPolicy": {"lifetimeActions": []}}]),
        ),
        (
            "arm/managedHsmRoleAssignments",
            json!([{"id":
            format!("{group}/providers/Microsoft.KeyVault/managedHSMs/hsm-one"), "roleAssignments": [
            {"id": "/providers/Microsoft.Authorization/roleAssignments/1", "properties":
             {"principalId": object(5), "roleDefinitionId": "/x", "scope": "/"}}]}]),
        ),
        ("arm/managedHsmRoleDefinitions", json!([])),
    ]
}

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write(folder: &Path, documents: Vec<(&'static str, Value)>) {
    for (name, value) in documents {
        let path = folder.join(format!("{name}.json"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, json!({ "value": value }).to_string()).unwrap();
    }
    let client = json!({"clients": [{"client_id": CLIENT, "object_id": object(1), "secret": SECRET}]});
    fs::write(folder.join("fake.json"), client.to_string()).unwrap();
}

fn start(settings: Settings) -> Fake {
    let folder = Folder(tempfile::tempdir().unwrap().keep());
    write(&folder.0, documents());
    let tenant = FakeTenant::open(&folder.0).unwrap();
    // It has a runtime of its own, which cannot be started within another.
    std::thread::spawn(|| Fake::start(vec![tenant], settings).unwrap()).join().unwrap()
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
async fn every_denied_read_is_a_gap_of_its_own_and_the_rest_goes_on() {
    let whole = scan(&start(Settings::default())).await;
    let subscription = format!("/subscriptions/{SUBSCRIPTION}");
    for (host, path, read, file) in [
        (HostKind::Graph, "/v1.0/servicePrincipals", "Application.Read.All", "graph/servicePrincipals.json"),
        (
            HostKind::Graph,
            "/v1.0/oauth2PermissionGrants",
            "Directory.Read.All",
            "graph/oauth2PermissionGrants.json",
        ),
        (HostKind::Graph, "/v1.0/users", "User.Read.All", "graph/users.json"),
        (HostKind::Graph, "/v1.0/groups/*/members", "GroupMember.Read.All", "graph/groupMembers.json"),
        (HostKind::Graph, "/beta/**", "AuditLog.Read.All", "graph/servicePrincipalSignInActivities.json"),
        (
            HostKind::Graph,
            "/v1.0/policies/authorizationPolicy",
            "Policy.Read.All",
            "graph/authorizationPolicy.json",
        ),
        (
            HostKind::Arm,
            "/subscriptions/*/resources",
            "Microsoft.Resources/subscriptions/resources/read",
            "arm/resources.json",
        ),
        (HostKind::Vault, "/keys", "Microsoft.KeyVault/vaults/keys/read", "arm/keyRotationPolicies.json"),
    ] {
        let rule = Rule::new(host, path, Fault::Denied);
        let store = scan(&start(Settings { faults: vec![rule], ..Settings::default() })).await;
        let gaps = gaps(&store);
        assert!(
            gaps.iter().all(|(at, reason, _)| at == read && *reason == GapReason::Denied),
            "{path}: {gaps:?}"
        );
        assert!(!gaps.is_empty(), "{path}");
        assert_eq!(is_complete(&store, file), None, "{path}");
        // What does not hang on it is there as before.
        for other in ["tenant.json", "graph/applications.json", "arm/subscriptions.json"] {
            assert_eq!(text(&store, other), text(&whole, other), "{path}");
        }
        if host == HostKind::Arm {
            assert_eq!(gaps[0].2, [subscription.as_str()]);
        }
        if host == HostKind::Vault {
            assert_eq!(gaps[0].2.len(), 2, "both vaults");
            assert_eq!(is_complete(&store, "arm/vaultObjects.json"), Some(false));
        }
    }
}

#[tokio::test]
async fn owners_that_could_not_be_read_are_not_none() {
    let path = format!("/v1.0/servicePrincipals/{}/owners", object(2));
    let rule = Rule::new(HostKind::Graph, &path, Fault::Denied);
    let store = scan(&start(Settings { faults: vec![rule], ..Settings::default() })).await;
    assert_eq!(gaps(&store), [("Application.Read.All".to_owned(), GapReason::Denied, vec![object(2)])]);
    assert!(!ids(&store, "graph/owners.json").contains(&object(2)));
    assert!(ids(&store, "graph/owners.json").contains(&object(3)));
    assert_eq!(is_complete(&store, "graph/owners.json"), Some(false));
}

#[tokio::test]
async fn faults_of_the_network_are_gaps_or_pass() {
    let principals = "/v1.0/servicePrincipals";
    for (fault, times, reason) in [
        (Fault::Throttled { retry_after: 0 }, Some(1), None),
        (Fault::Throttled { retry_after: 0 }, None, Some(GapReason::Throttled)),
        (Fault::Status { status: 503 }, Some(1), None),
        (Fault::Status { status: 500 }, None, Some(GapReason::Failed)),
        (Fault::Reset, Some(1), None),
        (Fault::Reset, None, Some(GapReason::Failed)),
        (Fault::CutBody, None, Some(GapReason::Failed)),
        (Fault::BrokenJson, None, Some(GapReason::Invalid)),
        (Fault::Html { status: 200 }, None, Some(GapReason::Invalid)),
        (Fault::InvalidToken, Some(1), None),
        (Fault::InvalidToken, None, Some(GapReason::Denied)),
        (
            Fault::ForeignNextLink { link: "https://evil.example/x".to_owned() },
            None,
            Some(GapReason::Invalid),
        ),
    ] {
        let mut rule = Rule::new(HostKind::Graph, principals, fault.clone());
        rule.times = times;
        let fake = start(Settings { faults: vec![rule], ..Settings::default() });
        let store = scan(&fake).await;
        let reasons: BTreeSet<GapReason> = gaps(&store).into_iter().map(|(_, reason, _)| reason).collect();
        assert_eq!(reasons, reason.into_iter().collect(), "{fault:?}");
        assert_eq!(fake.refused_hosts(), Vec::<String>::new(), "{fault:?}");
    }
}

#[tokio::test]
async fn inner_throttling_passes() {
    let mut rule =
        Rule::new(HostKind::Graph, "/v1.0/servicePrincipals/*/owners", Fault::Throttled { retry_after: 0 });
    rule.times = Some(3);
    let store = scan(&start(Settings { faults: vec![rule], ..Settings::default() })).await;
    assert_eq!(gaps(&store), []);
}

#[tokio::test]
async fn the_deadline_leaves_gaps_and_no_hole() {
    let fake = start(Settings::default());
    let deadline = Instant::now() + Duration::from_millis(1500);
    let rule = Rule::new(HostKind::Arm, "/subscriptions", Fault::Throttled { retry_after: 60 });
    drop(fake);
    let fake = start(Settings { faults: vec![rule], ..Settings::default() });
    let (store, _) = scan_with(&fake, &options(), Some(deadline)).await;
    let gaps = gaps(&store);
    assert!(
        gaps.iter().any(|(read, reason, _)| {
            read == "Microsoft.Resources/subscriptions/read" && *reason == GapReason::Truncated
        }),
        "{gaps:?}"
    );
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
    assert!(reasons.contains(&(GapReason::NotRequested, vec![format!("/subscriptions/{SUBSCRIPTION}")])));
    assert!(reasons.contains(&(GapReason::Failed, vec![format!("/subscriptions/{other}")])));
    assert_eq!(is_complete(&store, "arm/resources.json"), None);
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
