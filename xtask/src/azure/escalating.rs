//! Who can make itself an administrator in a made-up tenant, and from which roles of AWS one comes in.

use serde_json::json;

use super::{
    App, OwnerKind, Tenant, Who, roles,
    spread::Places,
    synthetic::{MANAGED, Size},
};
use crate::aws::dice::Dice;

/// The first account that `cargo xtask estate` makes.
const ACCOUNT: &str = "200600000000";

/// How many principals come to one that owns a subscription.
const SHARE: usize = 500;

/// Gives so many of a hundred principals a way: half of them own an application, the others may change an app, that runs as
/// an identity, and either owns a subscription.
pub(super) fn give(tenant: &mut Tenant, size: Size, places: &Places, principals: &[String]) {
    let (percent, roles_of_aws) = (size.access.escalating, size.access.aws_roles);
    if percent > 0 {
        let powerful = principals.len() / SHARE + 1;
        let mut owners: Vec<Vec<(&str, OwnerKind)>> = vec![Vec::new(); powerful];
        let apps: Vec<String> = (0..powerful).filter_map(|number| app(tenant, places, number)).collect();
        for (number, principal) in principals.iter().enumerate() {
            let mut dice = Dice::of(size.seed, &format!("way {number}"));
            // A managed identity that could would let in whoever may change the app that carries it.
            if is_managed(size, number) || !dice.percent(percent) {
                continue;
            }
            let target = number % powerful;
            match (dice.percent(50), apps.get(target), owners.get_mut(target)) {
                (true, Some(group), _) => {
                    tenant.assign(group, roles::CONTRIBUTOR, Who::Program(principal), None);
                }
                (_, _, Some(owners)) => owners.push((principal, OwnerKind::ServicePrincipal)),
                _ => {}
            }
        }
        for (number, owners) in owners.iter().enumerate() {
            let app = App { name: &format!("powerful-{number}"), owners, ..App::default() };
            let principal = tenant.app(&app).principal;
            own(tenant, places, number, &principal);
        }
    }
    if let Some(group) = places.groups.first().filter(|_| roles_of_aws > 0) {
        let (identity, principal) = tenant.user_assigned(group, "from-aws", &json!({}), Some(1));
        own(tenant, places, 0, &principal);
        for number in 0..roles_of_aws {
            let subject = format!("arn:aws:iam::{ACCOUNT}:role/admin-{number:06}");
            let issuer = "https://5a1e0000-0000-4000-8000-000000000001.tokens.sts.global.api.aws";
            tenant.federate(&identity, &format!("role-{number}"), issuer, &subject);
        }
    }
}

/// Whether a principal was made a managed identity.
fn is_managed(size: Size, number: usize) -> bool {
    Dice::of(size.seed, &format!("principal {number}")).below(100) < MANAGED
}

/// An app that runs as an identity, in a resource group of its own; the group.
fn app(tenant: &mut Tenant, places: &Places, number: usize) -> Option<String> {
    let subscription = places.subscriptions.get(number % places.subscriptions.len().max(1))?;
    let group = tenant.resource_group(subscription, &format!("platform-{number}"), &json!({}));
    let name = format!("deployer-{number}");
    let identity = tenant.resource(&group, "Microsoft.Web/sites", &name, true, &[], &json!({}));
    own(tenant, places, number, &identity);
    Some(group)
}

fn own(tenant: &mut Tenant, places: &Places, number: usize, principal: &str) {
    if let Some(scope) = places.subscriptions.get(number % places.subscriptions.len().max(1)) {
        tenant.assign(scope, roles::OWNER, Who::Program(principal), None);
    }
}
