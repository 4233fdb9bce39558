//! The tree, and what runs in it.

use census_model::{ScopeKind, WorkloadKind};

use super::*;

fn branch(kind: &str, name: &str, parent: &Value) -> Value {
    let root = "/providers/Microsoft.Management/managementGroups";
    let id = if kind == "group" { format!("{root}/{name}") } else { format!("/subscriptions/{name}") };
    let parent = parent.as_str().map_or(Value::Null, |parent| json!({"id": format!("{root}/{parent}")}));
    json!({"id": id, "name": name, "properties": {"displayName": format!("{name} shown"), "parent": parent}})
}

fn parents(estate: &Estate) -> Vec<(String, Option<String>, bool)> {
    let short = |id: &str| id.trim_start_matches("azure:").to_owned();
    estate
        .scopes
        .values()
        .map(|one| {
            (short(one.id.as_str()), one.parent.as_ref().map(|parent| short(parent.as_str())), one.scanned)
        })
        .collect()
}

#[test]
fn everything_hangs_below_the_tenant() {
    let subscription = json!({"id": format!("/subscriptions/{SUBSCRIPTION}"), "subscriptionId": SUBSCRIPTION.to_uppercase(),
                              "displayName": "Shop", "tenantId": TENANT, "state": "Enabled", "tags": {"env": "prod", "none": null}});
    let estate = Folder::complete()
        .of(
            Collection::ManagementGroups,
            &[branch("group", TENANT, &Value::Null), branch("group", "Platform", &Value::Null)],
        )
        .of(
            Collection::Descendants,
            &[
                branch("group", "Platform", &json!(TENANT)),
                branch("subscription", SUBSCRIPTION, &json!("platform")),
            ],
        )
        .of(Collection::Subscriptions, &[subscription])
        .read();
    let (tenant, root) = (format!("tenant/{TENANT}"), format!("management-group/{TENANT}"));
    let platform = "management-group/platform".to_owned();
    assert_eq!(
        parents(&estate),
        [
            (root.clone(), Some(tenant.clone()), false),
            (platform.clone(), Some(root), false),
            (format!("subscription/{SUBSCRIPTION}"), Some(platform), true),
            (tenant, None, true),
        ]
    );
    let scope = |id: &str| &estate.scopes[format!("azure:{id}").as_str()];
    assert_eq!(scope("management-group/platform").name.as_deref(), Some("Platform shown"));
    let shop = scope(&format!("subscription/{SUBSCRIPTION}"));
    assert_eq!(
        (shop.name.as_deref(), shop.tags.get("env").map(|env| &**env), shop.kind),
        (Some("Shop"), Some("prod"), ScopeKind::Subscription)
    );
}

#[test]
fn resource_groups_and_resources_are_there_where_something_refers_to_them() {
    let group = |name: &str| json!({"id": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"), "name": name, "tags": {"owner": name}});
    let site = arm("Microsoft.Web/sites", "Web");
    let resource = json!({"id": site, "name": "Web", "type": "Microsoft.Web/sites", "tags": {"app": "web"}, "createdTime": "2025-01-01T00:00:00Z",
        "identity": {"type": "SystemAssigned, UserAssigned", "principalId": oid(1), "userAssignedIdentities": {
            arm("Microsoft.ManagedIdentity/userAssignedIdentities", "a"): {"principalId": oid(2), "clientId": client(2)},
            arm("Microsoft.ManagedIdentity/userAssignedIdentities", "b"): {},
            arm("Microsoft.ManagedIdentity/userAssignedIdentities", "c"): null}}});
    let idle = json!({"id": arm("Microsoft.Web/sites", "idle"), "name": "idle", "type": "Microsoft.Web/sites", "identity": null});
    let lent = json!({"id": arm("Microsoft.ManagedIdentity/userAssignedIdentities", "B"), "properties": {"principalId": oid(3)}});
    let managed = with(principal(3), &json!({"servicePrincipalType": "ManagedIdentity"}));
    let estate = Folder::complete()
        .of(Collection::ServicePrincipals, &[managed])
        .of(Collection::Owners, &[json!({"id": oid(3), "owners": []})])
        .of(Collection::ResourceGroups, &[group("Apps"), group("Other")])
        .of(Collection::Resources, &[resource, idle])
        .of(Collection::UserAssignedIdentities, &[lent])
        .read();
    let groups: Vec<_> = estate.scopes.values().filter(|one| one.kind == ScopeKind::ResourceGroup).collect();
    let [apps] = groups.as_slice() else { panic!("{groups:?}") };
    assert_eq!(&*apps.native_id, format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/Apps"));
    assert_eq!(apps.tags.get("owner").map(|owner| &**owner), Some("Apps"));
    let [web] = estate.workloads.as_slice() else { panic!("{:?}", estate.workloads) };
    assert_eq!(
        (web.kind.clone(), &web.scope, &*web.native_id),
        (WorkloadKind::AzureResource("microsoft.web/sites".into()), &apps.id, site.as_str())
    );
    let runs_as: Vec<_> = web.runs_as.iter().map(|id| id.as_str().to_owned()).collect();
    assert_eq!(runs_as, [1, 2, 3].map(|number| format!("azure:{}", oid(number))));
    let unknown = arm("Microsoft.ManagedIdentity/userAssignedIdentities", "c").to_lowercase();
    assert_eq!(
        gaps(&estate),
        [format!("inconsistent Microsoft.ManagedIdentity/userAssignedIdentities/read: {unknown}")]
    );
}

#[test]
fn management_groups_of_one_name_in_two_tenants_are_two() {
    let other = "90000000-0000-4000-8000-000000000009";
    let lists = |tenant: &str| {
        [
            (Collection::Tenant, json!([{"id": tenant}])),
            (Collection::ManagementGroups, json!([branch("group", "platform", &Value::Null)])),
        ]
    };
    let mut folder = Folder::default();
    for tenant in [TENANT, other] {
        for (collection, items) in lists(tenant) {
            folder = folder.file(&format!("tenants/{tenant}/{}", collection.file()), items.to_string());
        }
    }
    let estate = folder.read();
    let groups = parents(&estate).into_iter().filter(|(id, ..)| id.ends_with("platform"));
    let expected = [
        (format!("management-group/{other}/platform"), Some(format!("management-group/{other}")), false),
        ("management-group/platform".to_owned(), Some(format!("management-group/{TENANT}")), false),
    ];
    assert_eq!(groups.collect::<Vec<_>>(), expected);
    assert_eq!(texts(&estate.targets), [format!("azure:tenant/{TENANT}"), format!("azure:tenant/{other}")]);
}

#[test]
fn a_tree_that_bites_its_tail_ends() {
    let estate = Folder::complete()
        .of(
            Collection::Descendants,
            &[
                branch("group", "a", &json!("b")),
                branch("group", "b", &json!("a")),
                branch("group", "c", &json!("c")),
            ],
        )
        .read();
    let index = census_model::Index::new(&estate);
    assert!(estate.scopes.keys().all(|id| index.ancestors(id).len() <= 4));
}
