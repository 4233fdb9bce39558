//! Things to try permissions at.

use serde::Deserialize;

use super::{
    groups::{LIST_GROUP_ASSIGNMENT_INSTANCES, LIST_GROUP_ELIGIBILITY_INSTANCES},
    resources::{LIST_MANAGED_HSMS, LIST_VAULTS},
    subscriptions::LIST_SUBSCRIPTIONS,
    users::LIST_USERS,
    vault_objects::vaults,
};
use crate::{
    client::{Api, Call, Item, Plane},
    options::AzureOptions,
};

/// What was found.
#[derive(Default)]
pub(crate) struct Probes {
    /// The id of a subscription.
    pub(crate) subscription: Option<String>,
    /// The address of a vault.
    pub(crate) vault: Option<String>,
    /// The address of a managed HSM.
    pub(crate) hsm: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    subscription_id: String,
}

/// Looks for a subscription, preferably one that was asked for, and for vaults in it.
pub(crate) async fn find(options: &AzureOptions, api: &Api) -> Probes {
    let listed = list(api, &LIST_SUBSCRIPTIONS, &[]).await;
    let seen = listed.iter().find_map(Item::read::<Subscription>).map(|one| one.subscription_id);
    let Some(subscription) = options.subscriptions.first().cloned().or(seen) else {
        return Probes::default();
    };
    let uri = |items: Vec<Item>| vaults(&items).into_iter().map(|vault| vault.uri).next();
    let vault = uri(list(api, &LIST_VAULTS, &[&subscription]).await);
    let hsm = uri(list(api, &LIST_MANAGED_HSMS, &[&subscription]).await);
    Probes { subscription: Some(subscription), vault, hsm }
}

async fn list(api: &Api, call: &Call, segments: &[&str]) -> Vec<Item> {
    let Ok(url) = api.url(Plane::Arm, &call.target(0, segments)) else { return Vec::new() };
    api.list(call, &url).await.map(|listed| listed.items).unwrap_or_default()
}

/// The parameter without which a call is refused, for nobody.
pub(crate) fn filter(call: &Call) -> &'static str {
    let is = |other: &'static Call| std::ptr::eq(call, other);
    if is(&LIST_USERS) {
        "$filter=id%20in%20('00000000-0000-0000-0000-000000000001')"
    } else if is(&LIST_GROUP_ASSIGNMENT_INSTANCES) || is(&LIST_GROUP_ELIGIBILITY_INSTANCES) {
        "$filter=groupId%20eq%20'00000000-0000-0000-0000-000000000001'"
    } else {
        ""
    }
}
