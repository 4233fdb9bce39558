//! A way from GitHub over Azure into AWS: a function app that a workflow deploys, and that deploys in AWS.

use serde_json::json;

use super::{Estate, GITHUB, empty, planted::Rows};
use crate::azure::{Who, roles};

/// The subscription, the resource group and the function app.
const SUBSCRIPTION: &str = "partner-integrations";
const HUB: &str = "carrier-hub";
const SITES: &str = "Microsoft.Web/sites";

/// The issuer of the tenant's tokens as AWS knows it, and the object id of the function app's managed identity.
pub(in crate::company) fn hub() -> (String, String) {
    let tenant = empty();
    let subscription = tenant.guid(&format!("subscription {SUBSCRIPTION}"));
    let app = format!("/subscriptions/{subscription}/resourceGroups/{HUB}/providers/{SITES}/{HUB}");
    (format!("sts.windows.net/{}/", tenant.id), tenant.guid(&format!("principal {app}")))
}

/// Plants what of it lies in Azure.
pub(super) fn plant(estate: &mut Estate, rows: &mut Rows) {
    let tenant = &mut estate.tenant;
    let root = format!("/providers/Microsoft.Management/managementGroups/{}", tenant.id);
    let subscription = tenant.subscription(SUBSCRIPTION, &root, &json!({}));
    let group = tenant.resource_group(&subscription, HUB, &json!({}));
    tenant.resource(&group, SITES, HUB, true, &[], &json!({}));
    let tags = json!({"owner": "tomasz.vrana@brindlemoor.example"});
    let (release, principal) = tenant.user_assigned(&group, "id-carrier-hub-release", &tags, Some(1));
    tenant.federate(&release, "main", GITHUB, "repo:brindlemoor/carrier-hub:ref:refs/heads/main");
    let app = format!("{group}/providers/{SITES}/{HUB}");
    tenant.assign(&app, roles::WEBSITE_CONTRIBUTOR, Who::Program(&principal), None);
    rows.push((
        "cross-cloud-escalation",
        "id-carrier-hub-release",
        "deploys the function app `carrier-hub`, which becomes an administrator of AWS",
    ));
    rows.push((
        "clouds-joined-without-owner",
        HUB,
        "a role of AWS takes the function app's tokens, and nobody owns either",
    ));
    rows.push((
        "outsider-reaches-admin",
        "id-carrier-hub-release",
        "a workflow of GitHub is on the way to administer AWS",
    ));
    rows.push(("cross-account-reach", "jump-box", "a machine of one subscription owns another"));
    rows.push((
        "outsider-reaches-admin",
        "infra-terraform",
        "any repository of the company's at GitHub owns production",
    ));
}
