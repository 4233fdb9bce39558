//! Properties of reading.

use std::collections::BTreeSet;

use census_model::Observed;
use proptest::prelude::*;

use super::*;

/// One of several, by turns.
fn pick<'t>(from: &[&'t str], turn: usize) -> &'t str {
    from[turn % from.len()]
}

fn all(lists: [&[Value]; 2]) -> Vec<Value> {
    lists.concat()
}

/// A tenant in which every kind of thing occurs, as lists of items by document.
fn rich(count: usize) -> Vec<(Collection, Vec<Value>)> {
    use Collection as C;
    let numbers = || 1..=count;
    let scope = |n: usize| {
        let scopes = ["/", "/providers/Microsoft.Management/managementGroups/Mg"];
        let below =
            [format!("/subscriptions/{SUBSCRIPTION}"), arm("Microsoft.Web/sites", &format!("Web{n}"))];
        if n % 4 < 2 { scopes[n % 4].to_owned() } else { below[n % 4 - 2].clone() }
    };
    let references = |ids: &[usize], kind: &str| -> Vec<Value> {
        ids.iter()
            .map(|id| json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": oid(*id)}))
            .collect()
    };
    let times = json!({"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2026-12-01T00:00:00Z"});
    let principals = numbers().map(|n| {
        let kind = ["Application", "ManagedIdentity", "Legacy", "ServiceIdentity"][n % 4];
        let user = arm("Microsoft.ManagedIdentity/userAssignedIdentities", &format!("Id{n}"));
        let names = if n % 3 == 0 { json!(["isExplicit=True", user]) } else { json!(["isExplicit=False", arm("Microsoft.Web/sites", &format!("W{n}"))]) };
        with(principal(n), &json!({
            "servicePrincipalType": kind, "alternativeNames": if n % 4 == 1 { names } else { json!([]) },
            "appOwnerOrganizationId": pick(&[TENANT, MICROSOFT], n), "tags": ["b:1", "a:2", "b:3"],
            "appRoles": [{"id": oid(700), "value": "Read"}, {"id": oid(701), "value": "Write"}],
            "servicePrincipalNames": ["api://b", "api://a"],
            "passwordCredentials": [with(json!({"keyId": oid(n)}), &times), with(json!({"keyId": oid(n + 1), "displayName": "x"}), &times)],
            "keyCredentials": [{"keyId": oid(n), "usage": "Sign"}, {"keyId": oid(n), "usage": "Sign", "displayName": "y"}],
        }))
    });
    let applications = numbers().filter(|n| n % 3 != 0).map(application);
    let roles = |id: String| json!({"id": id, "properties": {"roleName": "r", "permissions": [{"actions": ["b", "a"]}, {"dataActions": ["c"]}]}});
    let azure_role = "/providers/Microsoft.Authorization/roleDefinitions/r1";
    let assigned = |n: usize| {
        json!({"roleDefinitionId": pick(&[azure_role, "/none"], n), "principalId": oid(n), "scope": scope(n),
                                    "principalType": pick(&["Group", "ServicePrincipal", "ForeignGroup"], n)})
    };
    let object = |kind: &str, n: usize, properties: Value| json!({"id": format!("{}/providers/Microsoft.Authorization/{kind}/{n}", scope(n)), "properties": properties});
    let instance = |n: usize| {
        with(
            with(assigned(n), &times),
            &json!({"memberType": pick(&["Direct", "Group", "Inherited"], n),
        "originRoleAssignmentId": format!("{}/providers/microsoft.authorization/roleassignments/{n}", scope(n))}),
        )
    };
    let vault = |n: usize| {
        json!({"id": arm("Microsoft.KeyVault/vaults", &format!("kv{n}")), "name": format!("kv{n}"), "properties": {
        "vaultUri": format!("https://kv{n}.vault.azure.net"), "accessPolicies": [
            {"tenantId": TENANT, "objectId": oid(n), "permissions": {"keys": ["b", "a"]}}, {"tenantId": oid(0), "objectId": oid(n + 1), "permissions": null}]}})
    };
    let held = |n: usize| json!({"id": format!("a{n}"), "principalId": oid(n), "roleDefinitionId": oid(500 + n % 2), "directoryScopeId": "/"});
    vec![
        (C::Tenant, vec![json!({"id": TENANT, "displayName": "Brindlemoor"})]),
        (C::ServicePrincipals, principals.collect()),
        (C::Applications, applications.collect()),
        (C::DeletedApplications, vec![with(application(count + 1), &json!({"deletedDateTime": "2026-05-01T00:00:00Z"}))]),
        (C::DeletedServicePrincipals, vec![with(principal(count + 2), &json!({"deletedDateTime": "2026-05-01T00:00:00Z"}))]),
        (C::ApplicationFederation, numbers().map(|n| json!({"id": oid(1000 + n), "federatedIdentityCredentials": [
            {"name": "a", "issuer": "https://x", "subject": "s", "audiences": ["b", "a"]}, {"name": "b", "issuer": "https://y", "subject": "s", "audiences": ["c"]}]})).collect()),
        (C::Owners, numbers().map(|n| json!({"id": oid([n, 1000 + n, 300][n % 3]), "owners": references(&[400, 401], "user")})).take(3).collect()),
        (C::Sponsors, numbers().map(|n| json!({"id": oid(n), "sponsors": references(&[400, 300], "user")})).collect()),
        (C::AppRoleAssignments, numbers().map(|n| json!({"id": format!("r{n}"), "appRoleId": oid(700 + n % 3), "principalId": oid(n), "principalType": "ServicePrincipal", "resourceId": oid(1 + n % 5)})).collect()),
        (C::DelegatedGrants, numbers().map(|n| json!({"id": format!("d{n}"), "clientId": oid(n), "consentType": "AllPrincipals", "resourceId": oid(1), "scope": "b a"})).collect()),
        (C::DirectoryRoles, vec![json!({"id": oid(500), "displayName": "role", "rolePermissions": [{"allowedResourceActions": ["b", "a"]}, {"allowedResourceActions": ["c"]}]})]),
        (C::DirectoryAssignments, numbers().map(held).collect()),
        (C::DirectoryAssignmentInstances, numbers().map(|n| with(with(held(n), &times), &json!({"id": format!("i{n}"), "roleAssignmentOriginId": format!("a{}", n / 2)}))).collect()),
        (C::DirectoryEligibilityInstances, numbers().map(|n| with(held(n), &json!({"id": format!("e{n}"), "memberType": pick(&["Group", "Direct"], n)}))).collect()),
        (C::Groups, (300..304).map(|n| json!({"id": oid(n), "displayName": format!("g{n}"), "groupTypes": ["Unified", "DynamicMembership"], "membershipRule": "r"})).collect()),
        (C::GroupMembers, (300..304).map(|n| json!({"id": oid(n), "members": all([&references(&[300 + (n + 1) % 4, 300 + (n + 2) % 5], "group")[..], &references(&[n - 299, 1, 2, 3], "servicePrincipal")])})).collect()),
        (C::GroupAssignmentInstances, numbers().map(|n| with(json!({"id": format!("g{n}"), "groupId": oid(300 + n % 4), "principalId": oid(n), "accessId": pick(&["member", "owner"], n)}), &times)).collect()),
        (C::GroupEligibilityInstances, numbers().map(|n| json!({"id": format!("h{n}"), "groupId": oid(300 + n % 3), "principalId": oid(n), "accessId": pick(&["owner", "member"], n)})).collect()),
        (C::Users, (400..403).map(|n| json!({"id": oid(n), "displayName": format!("u{n}"), "userPrincipalName": format!("u{n}@brindlemoor.example"), "userType": "Member"})).collect()),
        (C::SignIns, numbers().filter(|n| n % 2 == 0).map(|n| json!({"appId": client(n), "lastSignInActivity": {"lastSignInDateTime": "2026-04-01T00:00:00Z"}})).collect()),
        (C::AuthorizationPolicy, vec![json!({"id": "p", "defaultUserRolePermissions": {"allowedToCreateApps": true, "permissionGrantPoliciesAssigned": ["b", "a"]}})]),
        (C::AppManagementPolicy, vec![json!({"id": "p", "isEnabled": true, "applicationRestrictions": {"passwordCredentials": [{"restrictionType": "passwordAddition"}, {"restrictionType": "passwordLifetime", "maxLifetime": "P90D"}]}})]),
        (C::ConsentPolicies, vec![]),
        (C::Subscriptions, vec![json!({"subscriptionId": SUBSCRIPTION, "displayName": "s", "tenantId": TENANT, "tags": {"b": "1", "a": "2"}})]),
        (C::ManagementGroups, vec![json!({"id": "/providers/Microsoft.Management/managementGroups/MG", "properties": {"displayName": "Mg"}})]),
        (C::Descendants, vec![json!({"id": format!("/subscriptions/{SUBSCRIPTION}"), "properties": {"parent": {"id": "/providers/Microsoft.Management/managementGroups/mg"}}})]),
        (C::ResourceGroups, vec![json!({"id": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/apps"), "name": "apps", "tags": null})]),
        (C::Resources, numbers().map(|n| json!({"id": arm("Microsoft.Web/sites", &format!("web{n}")), "name": format!("web{n}"), "type": "Microsoft.Web/sites",
            "identity": {"principalId": oid(n), "userAssignedIdentities": {arm("Microsoft.ManagedIdentity/userAssignedIdentities", &format!("id{n}")): {}}}})).collect()),
        (C::AzureRoles, vec![roles(azure_role.to_owned()), roles("/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/R1".to_owned())]),
        (C::AzureAssignments, numbers().map(|n| object("roleAssignments", n, assigned(n))).collect()),
        (C::AzureAssignmentInstances, numbers().map(|n| object("roleAssignmentScheduleInstances", n, instance(n))).collect()),
        (C::AzureEligibilityInstances, numbers().map(|n| object("roleEligibilityScheduleInstances", n, instance(n))).collect()),
        (C::DenyAssignments, numbers().map(|n| object("denyAssignments", n, json!({"denyAssignmentName": "d", "scope": scope(n), "permissions": [{"actions": ["b", "a"]}],
            "principals": [{"id": oid(n)}, {"id": "00000000-0000-0000-0000-000000000000"}], "excludePrincipals": [{"id": oid(2)}, {"id": oid(1)}]}))).collect()),
        (C::UserAssignedIdentities, numbers().filter(|n| n % 2 == 1).map(|n| json!({"id": arm("Microsoft.ManagedIdentity/userAssignedIdentities", &format!("ID{n}")), "name": format!("id{n}"),
            "properties": {"principalId": oid(n + count), "clientId": client(n)}})).collect()),
        (C::ManagedIdentityFederation, numbers().map(|n| json!({"id": format!("{}/federatedIdentityCredentials/f", arm("Microsoft.ManagedIdentity/userAssignedIdentities", &format!("id{n}"))),
            "properties": {"issuer": "https://x", "subject": "s", "audiences": ["d"]}})).collect()),
        (C::Vaults, numbers().map(vault).collect()),
        (C::DeletedVaults, vec![json!({"id": "/x", "name": "old", "properties": {"vaultId": arm("Microsoft.KeyVault/vaults", "old")}})]),
        (C::ManagedHsms, vec![json!({"id": arm("Microsoft.KeyVault/managedHSMs", "h"), "properties": {"hsmUri": "https://h.managedhsm.azure.net"}})]),
        (C::DeletedManagedHsms, vec![]),
        (C::VaultObjects, numbers().flat_map(|n| [json!({"kid": format!("https://kv{n}.vault.azure.net/keys/k"), "attributes": {"enabled": true, "exp": 1_798_859_045}}), json!({"id": format!("https://kv{n}.vault.azure.net/secrets/s")})]).collect()),
        (C::KeyRotationPolicies, numbers().map(|n| json!({"id": format!("https://kv{n}.vault.azure.net/keys/k"), "rotationPolicy": {"lifetimeActions": []}})).collect()),
        (C::HsmAssignments, vec![json!({"id": arm("Microsoft.KeyVault/managedHSMs", "h"), "roleAssignments": [
            {"id": "1", "properties": {"scope": "/", "principalId": oid(1), "roleDefinitionId": "x/a"}}, {"id": "2", "properties": {"scope": "/keys", "principalId": oid(2), "roleDefinitionId": "x/b"}}]})]),
        (C::HsmRoles, vec![json!({"id": arm("Microsoft.KeyVault/managedHSMs", "h"), "roleDefinitions": [{"id": "x/a", "properties": {"roleName": "A", "permissions": []}}]})]),
    ]
}

fn folder(lists: &[(Collection, Vec<Value>)]) -> Folder {
    lists.iter().fold(Folder::default(), |folder, (collection, items)| folder.of(*collection, items))
}

/// Puts the items of every list into another order.
fn shuffle(value: &mut Value, seed: &mut u64) {
    match value {
        Value::Object(object) => object.values_mut().for_each(|item| shuffle(item, seed)),
        Value::Array(items) => {
            items.iter_mut().for_each(|item| shuffle(item, seed));
            for at in (1..items.len()).rev() {
                *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                items.swap(at, (*seed >> 33) as usize % (at + 1));
            }
        }
        _ => {}
    }
}

/// Adds a secret to every object, under a name that no document has and under names that the APIs use for secrets.
fn plant(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(plant),
        Value::Object(object) => {
            for (name, item) in object.iter_mut() {
                // What is named by what it holds would be another thing with one more.
                if !["tags", "userAssignedIdentities"].contains(&name.as_str()) {
                    plant(item);
                }
            }
            for name in ["unheard", "hint", "secretText", "key", "clientSecret", "connectionString"] {
                object.insert(name.to_owned(), json!({"canary": ["canary-7f3a"]}));
            }
        }
        _ => {}
    }
}

/// The same ids and words that compare without case, written otherwise.
fn shout(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(shout),
        Value::Object(object) => {
            for (name, item) in object.iter_mut() {
                let is_id = [
                    "principalId",
                    "clientId",
                    "appId",
                    "resourceId",
                    "appRoleId",
                    "groupId",
                    "objectId",
                    "originRoleAssignmentId",
                ];
                match item {
                    Value::String(text) if is_id.contains(&name.as_str()) => *text = text.to_uppercase(),
                    item => shout(item),
                }
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Law 3: order never changes a byte.
    #[test]
    fn order_never_shows(count in 1usize..14, mut seed: u64) {
        let lists = rich(count);
        let expected = serde_json::to_string(&folder(&lists).read()).unwrap();
        let shuffled: Vec<_> = lists
            .into_iter()
            .map(|(collection, items)| {
                let mut items = Value::Array(items);
                shuffle(&mut items, &mut seed);
                (collection, items.as_array().unwrap().clone())
            })
            .collect();
        prop_assert_eq!(serde_json::to_string(&folder(&shuffled).read()).unwrap(), expected);
    }

    /// Law 4: whoever is in a document is in the estate, once, and so is whatever they hold.
    #[test]
    fn everyone_and_everything_is_there_once(count in 1usize..14) {
        let lists = rich(count);
        let estate = folder(&lists).read();
        let ids: BTreeSet<_> = estate.identities.iter().map(|one| &*one.native_id).collect();
        prop_assert_eq!(ids.len(), estate.identities.len());
        let of = |wanted: Collection| lists.iter().find(|(collection, _)| *collection == wanted).unwrap().1.as_slice();
        for collection in [Collection::ServicePrincipals, Collection::DeletedServicePrincipals, Collection::Users] {
            for one in of(collection) {
                prop_assert!(ids.contains(one["id"].as_str().unwrap()), "{}", one["id"]);
            }
        }
        let names: BTreeSet<&str> = estate.identities.iter().flat_map(|one| texts(&one.aliases)).chain(ids.iter().copied()).collect();
        for one in of(Collection::Applications).iter().chain(of(Collection::DeletedApplications)) {
            // An agent identity has no application of its own, whatever client id it says.
            prop_assert!(names.contains(one["id"].as_str().unwrap()), "{}", one["id"]);
        }
        for one in of(Collection::UserAssignedIdentities) {
            prop_assert!(ids.contains(one["properties"]["principalId"].as_str().unwrap()));
        }
        let count_of = |items: &[Value], fields: &[&str]| -> usize {
            items.iter().flat_map(|one| fields.iter().map(move |field| one[field].as_array().map_or(0, Vec::len))).sum()
        };
        let live = count_of(of(Collection::ServicePrincipals), &["passwordCredentials", "keyCredentials"]);
        prop_assert_eq!(estate.credentials.len(), live);
        let via = |wanted: fn(&census_model::Via) -> bool| estate.grants.iter().filter(|one| wanted(&one.via)).count();
        use census_model::Via as V;
        prop_assert_eq!(via(|via| matches!(via, V::AppRole { .. })), of(Collection::AppRoleAssignments).len());
        prop_assert_eq!(via(|via| matches!(via, V::DelegatedPermission { .. })), of(Collection::DelegatedGrants).len());
        prop_assert_eq!(via(|via| matches!(via, V::AccessPolicy { .. })), 2 * of(Collection::Vaults).len());
        prop_assert_eq!(via(|via| matches!(via, V::DenyAssignment { .. })), 2 * of(Collection::DenyAssignments).len());
        let held: BTreeSet<_> = estate.grants.iter().filter_map(|one| match &one.via {
            V::RoleAssignment { native_id, .. } => Some(&**native_id),
            _ => None,
        }).collect();
        for one in of(Collection::AzureAssignments) {
            prop_assert!(held.contains(one["id"].as_str().unwrap()));
        }
        prop_assert_eq!(estate.vault_objects.len(), of(Collection::VaultObjects).len());
        prop_assert_eq!(estate.vaults.len(), count + 2);
    }

    /// Law 2: a document less never makes anyone certain, used, unused or expired who was not so before, and a gap tells of
    /// it.
    #[test]
    fn a_document_less_proves_nothing_more(count in 3usize..14, without in 1usize..42) {
        let lists = rich(count);
        let whole = folder(&lists).live(vec![]).read();
        let mut fewer = lists;
        let (gone, items) = fewer.remove(without % fewer.len());
        prop_assume!(gone != Collection::Tenant);
        let less = folder(&fewer).live(vec![]).read();
        for before in &whole.identities {
            let Some(after) = less.identities.iter().find(|one| one.id == before.id) else { continue };
            let visible = before.last_used == after.last_used || matches!(after.last_used, Observed::NotVisible(_));
            prop_assert!(visible, "without {:?}: {:?} became {:?}", gone, before.last_used, after.last_used);
        }
        let untold = [Collection::ConsentPolicies, Collection::KeyRotationPolicies].contains(&gone);
        let new = less.gaps.iter().any(|gap| !whole.gaps.iter().any(|known| known == gap));
        prop_assert!(new || untold || items.is_empty(), "without {:?}", gone);
    }

    /// Ids compare without case.
    #[test]
    fn case_never_shows(count in 1usize..14) {
        let lists = rich(count);
        let expected = serde_json::to_string(&folder(&lists).read()).unwrap();
        let mut shouted = lists;
        shouted.iter_mut().flat_map(|(_, items)| items).for_each(shout);
        prop_assert_eq!(serde_json::to_string(&folder(&shouted).read()).unwrap(), expected);
    }
}

#[test]
fn every_document_is_in_the_rich_tenant() {
    let there: BTreeSet<Collection> = rich(3).into_iter().map(|(collection, _)| collection).collect();
    assert_eq!(there.len(), Collection::ALL.len());
}

#[test]
fn secrets_in_unknown_fields_stay_out() {
    let mut lists = rich(9);
    let expected = serde_json::to_string(&folder(&lists).read()).unwrap();
    lists.iter_mut().flat_map(|(_, items)| items).for_each(plant);
    let planted = serde_json::to_string(&folder(&lists).read()).unwrap();
    assert!(
        serde_json::to_string(&lists.iter().map(|(_, items)| items).collect::<Vec<_>>())
            .unwrap()
            .contains("canary")
    );
    assert!(!planted.contains("canary"));
    assert_eq!(planted, expected, "unknown fields change nothing");
}

#[test]
fn hostile_names_are_kept_as_they_are() {
    let names = [
        "=HYPERLINK(\"http://x\")",
        "\u{1b}[2J",
        "<script>alert(1)</script>",
        "\u{202e}gpj",
        "../../etc/passwd",
        "a\u{0}b",
        "",
    ];
    let principals: Vec<Value> =
        names.iter().enumerate().map(|(n, name)| with(principal(n), &json!({"displayName": name}))).collect();
    let estate = Folder::complete().of(Collection::ServicePrincipals, &principals).read();
    for (n, name) in names.iter().enumerate() {
        let shown = if name.is_empty() { oid(n) } else { (*name).to_owned() };
        assert_eq!(&*identity(&estate, &oid(n)).name, shown);
    }
}
