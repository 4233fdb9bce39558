//! Tenants of any size, for benchmarks: service principals with the mix that real tenants have.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::json;

use super::{
    App, Federated, Key, Network, Object, OwnerKind, Secret, Tenant, Vault, Who, access::person,
    directory::GRAPH, roles,
};
use crate::aws::{
    dice::Dice,
    folder::{Collection, Folder},
};

/// What to make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Service principals.
    pub(crate) principals: u32,
    /// Subscriptions.
    pub(crate) subscriptions: u32,
    /// Vaults.
    pub(crate) vaults: u32,
    /// Members of a group that reads the secrets of every vault in which roles decide.
    pub(crate) readers: u32,
    /// The seed.
    pub(crate) seed: u64,
}

/// How many of a hundred service principals are managed identities, of other tenants, of Microsoft.
const MANAGED: u32 = 40;
const FOREIGN: u32 = 10;
const MICROSOFT: u32 = 15;

/// Writes the documents below a folder.
///
/// # Errors
/// When a document cannot be written.
pub(crate) fn write(size: Size, output: PathBuf) -> Result<()> {
    let tenant = tenant(size);
    let mut folder = Folder::on_disk(output);
    let target = format!("azure:tenant/{}", tenant.id);
    let caller = tenant.guid("caller");
    let done = vec![tenant.id.clone()];
    tenant.write(&mut folder)?;
    folder.finish(&Collection { caller, targets: vec![target], scopes_done: done, gaps: Vec::new() })?;
    Ok(())
}

fn tenant(size: Size) -> Tenant {
    let mut tenant = Tenant::new(size.seed, "Synthetic", "synthetic.example");
    tenant.built_in_roles();
    tenant.policies(&[]);
    tenant.root_group("Tenant Root Group");
    let root = format!("/providers/Microsoft.Management/managementGroups/{}", tenant.id);
    let graph = tenant.microsoft("Microsoft Graph", GRAPH, &roles::GRAPH_ROLES, &["User.Read", "Mail.Read"]);
    let users: Vec<String> = (0..size.principals / 20 + 1)
        .map(|n| tenant.user(&format!("user-{n}"), &format!("User {n}"), n % 9 != 0, None))
        .collect();
    let mut groups = Vec::new();
    for number in 0..size.subscriptions.max(1) {
        let scope = tenant.subscription(
            &format!("subscription-{number}"),
            &root,
            &json!({"owner": format!("team-{number}")}),
        );
        groups.push(tenant.resource_group(&scope, "workloads", &json!({})));
    }
    let user = |n: u32| {
        usize::try_from(n).ok().and_then(|n| users.get(n % users.len().max(1))).map_or("", String::as_str)
    };
    let group = |n: u32| {
        usize::try_from(n).ok().and_then(|n| groups.get(n % groups.len().max(1))).map_or("", String::as_str)
    };
    let mut principals = Vec::new();
    for number in 0..size.principals {
        let mut dice = Dice::of(size.seed, &format!("principal {number}"));
        let draw = dice.below(100);
        let place = group(number).to_owned();
        let principal = if draw < MANAGED {
            if dice.percent(50) {
                tenant.resource(
                    &place,
                    "Microsoft.Web/sites",
                    &format!("app-{number}"),
                    true,
                    &[],
                    &json!({"team": format!("team-{}", number % 40)}),
                )
            } else {
                tenant.user_assigned(&place, &format!("id-{number}"), &json!({}), Some(dice.below(300))).1
            }
        } else if draw < MANAGED + FOREIGN {
            let (client, home) =
                (tenant.guid(&format!("foreign {number}")), tenant.guid(&format!("home {}", number % 50)));
            tenant.foreign(
                &format!("Vendor {number}"),
                &client,
                &home,
                dice.percent(60).then_some("A Vendor"),
            )
        } else if draw < MANAGED + FOREIGN + MICROSOFT {
            tenant.microsoft(
                &format!("Microsoft Service {number}"),
                &tenant.guid(&format!("microsoft {number}")),
                &[],
                &[],
            )
        } else {
            {
                let owners = (user(dice.below(10_000)), user(number));
                application(&mut tenant, number, &mut dice, owners)
            }
        };
        if draw < MANAGED || dice.percent(30) {
            let role = *dice
                .one_of(&[roles::READER, roles::CONTRIBUTOR, roles::BLOB_CONTRIBUTOR])
                .unwrap_or(&roles::READER);
            tenant.assign(&place, role, Who::Program(&principal), None);
        } else if dice.percent(50) {
            let role = *dice
                .one_of(&[roles::USER_READ, roles::DIRECTORY_READ, roles::MAIL_READ])
                .unwrap_or(&roles::USER_READ);
            tenant.app_role(&principal, "ServicePrincipal", &graph, Some(role));
        }
        principals.push(principal);
    }
    vaults(&mut tenant, size, &groups, &principals);
    readers(&mut tenant, size, &root, &principals);
    tenant
}

fn application(tenant: &mut Tenant, number: u32, dice: &mut Dice, (one, other): (&str, &str)) -> String {
    let secret = Secret { age: dice.between(1, 900), ends: i64::from(dice.between(0, 900)) - 100 };
    let key = Key { age: dice.between(1, 400), ends: i64::from(dice.between(1, 365)) };
    let federated = Federated::Subject(
        "https://token.actions.githubusercontent.com",
        "repo:synthetic/service:environment:production",
    );
    let owners = [person(one), person(other)];
    let app = App {
        name: &format!("application-{number}"),
        age: dice.between(1, 1500),
        secrets: if dice.percent(60) { &[secret] } else { &[] },
        keys: if dice.percent(30) { &[key] } else { &[] },
        federated: if dice.percent(20) { &[federated] } else { &[] },
        owners: if dice.percent(80) { &owners } else { &[] },
        signed_in: dice.percent(80).then(|| dice.below(300)),
        ..App::default()
    };
    tenant.app(&app).principal
}

fn readers(tenant: &mut Tenant, size: Size, root: &str, principals: &[String]) {
    if size.readers == 0 {
        return;
    }
    let number = usize::try_from(size.readers).unwrap_or(usize::MAX);
    let members: Vec<(&str, OwnerKind)> =
        principals.iter().take(number).map(|id| (id.as_str(), OwnerKind::ServicePrincipal)).collect();
    let group = tenant.group("readers of all secrets", false, &[], &members);
    tenant.assign(root, roles::VAULT_SECRETS_USER, Who::Group(&group), None);
}

fn vaults(tenant: &mut Tenant, size: Size, groups: &[String], principals: &[String]) {
    for number in 0..size.vaults {
        let mut dice = Dice::of(size.seed, &format!("vault {number}"));
        let Some(group) = dice.one_of(groups).cloned() else { return };
        let chosen: Vec<String> = (0..4).filter_map(|_| dice.one_of(principals).cloned()).collect();
        let policies: Vec<(&str, &[&str])> =
            chosen.iter().map(|id| (id.as_str(), &["get", "list"][..])).collect();
        let vault = Vault {
            name: &format!("kv-synthetic-{number:05}"),
            rbac: dice.percent(70).then_some(true),
            purge_protection: dice.percent(60),
            network: *dice
                .one_of(&[Network::Open, Network::Selected, Network::Private])
                .unwrap_or(&Network::Open),
            deployments: dice.percent(20),
            policies: &policies,
            compound: &[],
        };
        let objects = [
            Object { kind: "secrets", name: "database", ends: dice.percent(50).then_some(90) },
            Object { kind: "secrets", name: "partner-api", ends: None },
            Object { kind: "keys", name: "signing", ends: dice.percent(50).then_some(300) },
        ];
        tenant.vault(&group, &vault, &objects);
    }
}
