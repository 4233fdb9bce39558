//! Tenants of any size, for benchmarks: service principals with the mix that real tenants have.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::json;

use super::escalating;
use super::spread::{self, Places};
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
    /// How access is given.
    pub(crate) access: Given,
}

/// How access is given, beyond a role or two for each principal.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Given {
    /// Access policies of each vault that goes by them
    #[arg(long, default_value_t = 4)]
    pub(crate) policies: u32,
    /// Role assignments at each vault
    #[arg(long, default_value_t = 0)]
    pub(crate) vault_roles: u32,
    /// Role assignments of each principal at every level: the tenant's root, a management group, a subscription, a
    /// resource group, a vault
    #[arg(long, default_value_t = 0)]
    pub(crate) at_every_level: u32,
    /// Groups that hold roles
    #[arg(long, default_value_t = 0)]
    pub(crate) groups: u32,
    /// How many groups lie in one another
    #[arg(long, default_value_t = 3)]
    pub(crate) nested: u32,
    /// How many of a hundred of those assignments have a condition
    #[arg(long, default_value_t = 0)]
    pub(crate) conditions: u32,
    /// Deny assignments in each subscription
    #[arg(long, default_value_t = 0)]
    pub(crate) denials: u32,
    /// How many of a hundred principals that are not managed identities can make themselves owner of a subscription
    #[arg(long, default_value_t = 0)]
    pub(crate) escalating: u32,
    /// How many administrators of the first account of `cargo xtask estate` may act as a managed identity that owns a
    /// subscription
    #[arg(long, default_value_t = 0)]
    pub(crate) aws_roles: u32,
}

impl Default for Given {
    fn default() -> Self {
        Self {
            policies: 4,
            vault_roles: 0,
            at_every_level: 0,
            groups: 0,
            nested: 3,
            conditions: 0,
            denials: 0,
            escalating: 0,
            aws_roles: 0,
        }
    }
}

/// How many of a hundred service principals are managed identities, of other tenants, of Microsoft.
pub(super) const MANAGED: u32 = 40;
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
    let (mut groups, mut subscriptions) = (Vec::new(), Vec::new());
    for number in 0..size.subscriptions.max(1) {
        let scope = tenant.subscription(
            &format!("subscription-{number}"),
            &root,
            &json!({"owner": format!("team-{number}")}),
        );
        groups.push(tenant.resource_group(&scope, "workloads", &json!({})));
        subscriptions.push(scope);
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
    let vaults = vaults(&mut tenant, size, &groups, &principals);
    readers(&mut tenant, size, &root, &principals);
    let places = Places { root, subscriptions, groups, vaults };
    spread::give(&mut tenant, size, &places, &principals);
    escalating::give(&mut tenant, size, &places, &principals);
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

fn vaults(tenant: &mut Tenant, size: Size, groups: &[String], principals: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for number in 0..size.vaults {
        let mut dice = Dice::of(size.seed, &format!("vault {number}"));
        let Some(group) = dice.one_of(groups).cloned() else { return all };
        let chosen: Vec<String> =
            (0..size.access.policies).filter_map(|_| dice.one_of(principals).cloned()).collect();
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
        all.push(tenant.vault(&group, &vault, &objects));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a size is made of, counted: nothing grows faster than what was asked for.
    #[test]
    fn documents_grow_with_what_was_asked_for() {
        let access = Given {
            policies: 20,
            vault_roles: 10,
            at_every_level: 1,
            groups: 8,
            nested: 4,
            conditions: 20,
            denials: 3,
            escalating: 5,
            aws_roles: 0,
        };
        let made = |times: u32| {
            let size = Size {
                principals: 100 * times,
                subscriptions: 5 * times,
                vaults: 20 * times,
                seed: 3,
                access,
                readers: 0,
            };
            tenant(size)
        };
        let (one, two, four) = (made(1), made(2), made(4));
        for path in
            ["arm/roleAssignments.json", "arm/vaults.json", "arm/denyAssignments.json", "graph/users.json"]
        {
            let counts = [&one, &two, &four].map(|tenant| tenant.count(path) as f64);
            assert!(counts[0] > 4.0, "{path}: {counts:?}");
            let growth = (counts[2] - counts[1]) / (counts[1] - counts[0]);
            assert!((1.7..2.3).contains(&growth), "{path}: {counts:?}");
        }
        assert_eq!(one.count("graph/groups.json"), 8);
        assert_eq!(one.count("arm/denyAssignments.json"), 15);
        // A level each for every principal, ten at each vault, one for each group.
        assert!(one.count("arm/roleAssignments.json") >= 5 * 100 + 20 * 10 + 8);
    }

    #[test]
    fn a_size_without_more_is_what_it_was() {
        let size = Size {
            principals: 50,
            subscriptions: 2,
            vaults: 3,
            readers: 0,
            seed: 1,
            access: Given::default(),
        };
        let tenant = tenant(size);
        assert_eq!((tenant.count("graph/groups.json"), tenant.count("arm/denyAssignments.json")), (0, 0));
        assert_eq!(tenant.count("arm/vaults.json"), 3);
    }
}
