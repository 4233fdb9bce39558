//! Subscriptions, and the management groups above them.

use std::collections::BTreeSet;

use census_model::GapReason;
use serde::Deserialize;

use super::tenant::Tenant;
use crate::{
    client::{Call, Failure, Item, Listed, Plane, version},
    documents::Collection,
};

/// <https://learn.microsoft.com/rest/api/resources/subscriptions/list>
pub(super) static LIST_SUBSCRIPTIONS: Call = Call::arm(
    "ListSubscriptions",
    &["Microsoft.Resources/subscriptions/read"],
    "which subscriptions there are",
    version::SUBSCRIPTIONS,
)
.at(&["/subscriptions"])
.keep(&[
    "id",
    "subscriptionId",
    "displayName",
    "state",
    "tenantId",
    "tags",
    "authorizationSource",
    "managedByTenants/tenantId",
]);

/// <https://learn.microsoft.com/rest/api/managementgroups/management-groups/list>
pub(super) static LIST_MANAGEMENT_GROUPS: Call = Call::arm(
    "ListManagementGroups",
    &["Microsoft.Management/managementGroups/read"],
    "which management groups there are: what is granted there holds in every subscription below",
    version::MANAGEMENT_GROUPS,
)
.at(&["/providers/Microsoft.Management/managementGroups"])
.keep(&[
    "id",
    "name",
    "type",
    "properties/displayName",
    "properties/tenantId",
    "properties/details/parent/id",
]);

/// <https://learn.microsoft.com/rest/api/managementgroups/management-groups/get-descendants>
pub(super) static LIST_DESCENDANTS: Call = Call::arm(
    "ListDescendants",
    &["Microsoft.Management/managementGroups/descendants/read"],
    "which management group a subscription is in",
    version::MANAGEMENT_GROUPS,
)
.at(&["/providers/Microsoft.Management/managementGroups/{}/descendants"])
.keep(&["id", "name", "type", "properties/displayName", "properties/parent/id"]);

/// What is read at Azure Resource Manager.
#[derive(Default)]
pub(super) struct Scopes {
    /// The ids of subscriptions.
    pub(super) subscriptions: Vec<String>,
    /// The names of management groups.
    pub(super) management_groups: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    subscription_id: Option<String>,
    tenant_id: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
    #[serde(rename = "type", default)]
    kind: String,
}

/// Reads the tree, and chooses the subscriptions that were asked for.
pub(super) async fn read(tenant: &mut Tenant<'_>) -> Scopes {
    tenant.step("subscriptions");
    let subscriptions = list(tenant, &LIST_SUBSCRIPTIONS, &[]).await;
    let groups = list(tenant, &LIST_MANAGEMENT_GROUPS, &[]).await;
    let root = tenant.id.to_owned();
    let descendants = list(tenant, &LIST_DESCENDANTS, &[&root]).await;
    let mut ids: BTreeSet<String> = items(&subscriptions)
        .filter_map(Item::read::<Subscription>)
        // A guest sees subscriptions of other tenants too; each is read with its own tenant.
        .filter(|one| one.tenant_id.as_ref().is_none_or(|of| of.eq_ignore_ascii_case(tenant.id)))
        .filter_map(|one| one.subscription_id)
        .map(|id| id.to_ascii_lowercase())
        .collect();
    let management_groups =
        items(&groups).filter_map(Item::read::<Named>).filter_map(|group| group.name).collect();
    let in_tree: BTreeSet<String> =
        descendants.iter().flat_map(|listed| below(&listed.items).collect::<Vec<_>>()).collect();
    let listed = subscriptions.is_ok();
    tenant.settle(Collection::Subscriptions, &LIST_SUBSCRIPTIONS, subscriptions, &[]);
    tenant.settle(Collection::ManagementGroups, &LIST_MANAGEMENT_GROUPS, groups, &[]);
    tenant.settle(Collection::Descendants, &LIST_DESCENDANTS, descendants, &[]);
    if listed && tenant.options.subscriptions.is_empty() && tenant.options.management_groups.is_empty() {
        hidden(tenant, in_tree.difference(&ids));
    }
    choose(tenant, &mut ids).await;
    Scopes { subscriptions: ids.into_iter().collect(), management_groups }
}

/// Says which subscriptions cannot be seen. The API lists those in which the caller holds a role, and is silent about
/// the others.
fn hidden<'s>(tenant: &mut Tenant<'_>, ids: impl Iterator<Item = &'s String>) {
    let failure = |_: &String| {
        let detail = "the subscription cannot be seen: the credentials hold no role in it";
        Failure::client(GapReason::Denied, detail)
    };
    let failures = ids.map(|id| (subscription(id).into(), failure(id))).collect();
    tenant.failed(Collection::Subscriptions, &LIST_SUBSCRIPTIONS.read, failures);
}

async fn list(tenant: &Tenant<'_>, call: &Call, segments: &[&str]) -> Result<Listed, Failure> {
    let url = tenant.api.url(Plane::Arm, &call.target(0, segments))?;
    tenant.api.list(call, &url).await
}

fn items(result: &Result<Listed, Failure>) -> impl Iterator<Item = &Item> {
    result.iter().flat_map(|listed| listed.items.iter())
}

/// Leaves the subscriptions that were asked for, and says what was left out and what is not there.
async fn choose(tenant: &mut Tenant<'_>, ids: &mut BTreeSet<String>) {
    let options = tenant.options;
    if options.subscriptions.is_empty() && options.management_groups.is_empty() {
        return;
    }
    let mut wanted: BTreeSet<String> =
        options.subscriptions.iter().map(|id| id.to_ascii_lowercase()).collect();
    let missing = wanted.iter().filter(|id| !ids.contains(*id)).map(|id| {
        let detail = "the subscription that was asked for is not among those that can be seen";
        (subscription(id).into(), Failure::client(GapReason::Failed, detail))
    });
    let (mut of_groups, mut unknown) = (BTreeSet::new(), Vec::new());
    tenant.failed(Collection::Subscriptions, &LIST_SUBSCRIPTIONS.read, missing.collect());
    for group in &options.management_groups {
        match list(tenant, &LIST_DESCENDANTS, &[group]).await {
            Ok(listed) => {
                of_groups.extend(below(&listed.items));
                unknown.extend(listed.cut.map(|cut| (management_group(group).into(), cut)));
            }
            Err(failure) => unknown.push((management_group(group).into(), failure)),
        }
    }
    tenant.failed(Collection::Subscriptions, &LIST_DESCENDANTS.read, unknown);
    hidden(tenant, of_groups.difference(ids));
    wanted.extend(of_groups);
    let left_out: Vec<_> = ids.difference(&wanted).map(|id| subscription(id).into()).collect();
    ids.retain(|id| wanted.contains(id));
    if !left_out.is_empty() {
        let detail = format!("{} subscriptions were not asked for", left_out.len());
        let failure = Failure::client(GapReason::NotRequested, detail);
        tenant.gap(&LIST_SUBSCRIPTIONS.read, failure, left_out);
    }
}

/// The subscriptions among descendants.
fn below(items: &[Item]) -> impl Iterator<Item = String> {
    items.iter().filter_map(Item::read::<Named>).filter_map(|one| {
        let is_subscription = one.kind.to_ascii_lowercase().ends_with("/subscriptions");
        one.name.filter(|_| is_subscription).map(|name| name.to_ascii_lowercase())
    })
}

/// A subscription as a gap names it: by the id of its scope.
pub(super) fn subscription(id: &str) -> String {
    format!("azure:subscription/{}", id.to_ascii_lowercase())
}

/// A management group as a gap names it.
pub(super) fn management_group(name: &str) -> String {
    format!("azure:management-group/{}", name.to_ascii_lowercase())
}
