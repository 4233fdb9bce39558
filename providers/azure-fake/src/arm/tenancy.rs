//! Tenants, subscriptions and management groups.

use std::collections::HashSet;

use super::{Call, versions};
use crate::{
    faults,
    http::{Answer, Reply},
    json::{Object, quote},
    tenant::Item,
};

const GROUPS: &str = "/providers/microsoft.management/managementgroups";

/// `GET /tenants`
pub(super) fn tenants(call: &Call<'_>) -> Reply {
    versions::check(call.request, versions::SUBSCRIPTIONS)?;
    let id = &call.tenant.id;
    let organization = call.tenant.collection("tenant").items.first().and_then(Item::object);
    let name = organization.and_then(|object| object.text("displayName")).unwrap_or_default();
    let domains = serde_json::json!(call.tenant.domains);
    let default = quote(call.tenant.domains.first().map_or("", String::as_str));
    let item = format!(
        r#"{{"id":"/tenants/{id}","tenantId":"{id}","displayName":{},"domains":{domains},"defaultDomain":{default},"tenantCategory":"Home","tenantType":"AAD"}}"#,
        quote(&name)
    );
    call.list("tenants", vec![item])
}

/// `GET /subscriptions`
pub(super) fn subscriptions(call: &Call<'_>) -> Reply {
    versions::check(call.request, versions::SUBSCRIPTIONS)?;
    let items = &call.tenant.collection("arm/subscriptions").items;
    call.list("subscriptions", items.iter().map(Item::text).collect())
}

/// `GET /subscriptions/{id}`
pub(super) fn subscription(call: &Call<'_>, id: &str) -> Reply {
    versions::check(call.request, versions::SUBSCRIPTIONS)?;
    call.subscription(id)?;
    let found = call.tenant.collection("arm/subscriptions").by_id(&format!("/subscriptions/{id}"));
    found.map(|item| Answer::json(200, item.text())).ok_or_else(|| faults::not_found(call.request))
}

/// `GET /providers/Microsoft.Management/managementGroups`: the groups without their place in the tree.
pub(super) fn management_groups(call: &Call<'_>) -> Reply {
    versions::check(call.request, versions::MANAGEMENT_GROUPS)?;
    let items = &call.tenant.collection("arm/managementGroups").items;
    call.list("managementGroups", items.iter().map(Item::text).collect())
}

/// The management group of that name.
pub(super) fn find_group<'a>(call: &Call<'a>, name: &str) -> Result<&'a Item, Box<Answer>> {
    let id = format!("{GROUPS}/{name}");
    call.tenant.collection("arm/managementGroups").by_id(&id).ok_or_else(|| {
        let message = format!(
            "The client does not have authorization to perform action \
             'Microsoft.Management/managementGroups/read' over scope '{}' or the scope is invalid.",
            call.request.path
        );
        // ARM does not tell a group that is not there from one that is not shown.
        faults::error(call.request, 403, "AuthorizationFailed", &message)
    })
}

/// `GET /providers/Microsoft.Management/managementGroups/{name}`
pub(super) fn management_group(call: &Call<'_>, name: &str) -> Reply {
    versions::check(call.request, versions::MANAGEMENT_GROUPS)?;
    find_group(call, name).map(|item| Answer::json(200, item.text()))
}

/// `GET …/managementGroups/{name}/descendants`: everything below, at any depth.
pub(super) fn descendants(call: &Call<'_>, name: &str) -> Reply {
    versions::check(call.request, versions::MANAGEMENT_GROUPS)?;
    find_group(call, name)?;
    let items = &call.tenant.collection("arm/descendants").items;
    let mut inside = HashSet::from([format!("{GROUPS}/{name}")]);
    loop {
        let before = inside.len();
        for item in items {
            if parent(item).is_some_and(|parent| inside.contains(&parent)) {
                inside.insert(item.id.clone());
            }
        }
        if inside.len() == before {
            break;
        }
    }
    let is_below = |item: &&Item| parent(item).is_some_and(|parent| inside.contains(&parent));
    let below = items.iter().filter(is_below).map(Item::text).collect();
    call.list("descendants", below)
}

fn parent(item: &Item) -> Option<String> {
    let properties = item.object()?.get("properties")?.to_owned();
    let parent = Object::parse(&properties)?.get("parent")?.to_owned();
    Some(Object::parse(&parent)?.text("id")?.to_ascii_lowercase())
}
