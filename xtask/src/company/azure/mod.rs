//! Brindlemoor's tenant: Entra ID, two landing zones of Azure, and vaults.
//!
//! As in AWS most of it is in order; [`planted`] holds what is not.

mod crossing;
mod planted;

use std::fmt::Write as _;

use serde_json::json;

use super::SEED;
use crate::azure::{App, Federated, Key, Network, Object, Registered, Tenant, Vault, Who, person, roles};

use super::planted::Planted;

pub(super) use crossing::hub;

/// Where GitHub's workflows get their tokens.
const GITHUB: &str = "https://token.actions.githubusercontent.com";

/// Where the pods of the cluster in Azure get theirs.
const CLUSTER: &str = "https://westeurope.oic.prod-aks.azure.com/7b1d0000-0000-4000-8000-e8a3b1e05678/6d2c0000-0000-4000-8000-e8a3b1e01234/";

/// A vendor that has verified itself with Microsoft.
const PARCEL_INSIGHT: &str = "2c9e0000-0000-4000-8000-e8a3b1e0aaaa";

/// The parts of the tenant that others refer to.
struct Estate {
    tenant: Tenant,
    graph: String,
    ines: String,
    maud: String,
    jonas: String,
    lena: String,
    quentin: String,
    production: String,
    platform: String,
    data: String,
    sandbox: String,
    dispatch: String,
    analytics: String,
}

/// The tenant, and what was planted in it.
pub(super) fn tenant() -> (Tenant, Vec<Planted>) {
    let mut estate = Estate::new();
    estate.applications();
    estate.workloads();
    estate.vaults();
    let rows = planted::plant(&mut estate);
    (estate.tenant, rows)
}

/// The client id of an application of the company's, by its name.
pub(super) fn client_id(name: &str) -> String {
    empty().guid(&format!("client {name}"))
}

fn empty() -> Tenant {
    Tenant::new(SEED, "Brindlemoor Parcels", "brindlemoor.example")
}

/// How much there is of what.
pub(super) fn table(tenant: &Tenant) -> String {
    let rows = [
        ("service principals", "graph/servicePrincipals.json"),
        ("applications", "graph/applications.json"),
        ("users that own or hold something", "graph/users.json"),
        ("groups that hold something", "graph/groups.json"),
        ("subscriptions", "arm/subscriptions.json"),
        ("resources that run as an identity", "arm/resources.json"),
        ("role assignments of Azure", "arm/roleAssignments.json"),
        ("vaults", "arm/vaults.json"),
        ("keys, secrets and certificates", "arm/vaultObjects.json"),
    ];
    let mut table = "| in the tenant | |\n|---|---|\n".to_owned();
    for (what, path) in rows {
        // Writing to a `String` cannot fail.
        let _ = writeln!(table, "| {what} | {} |", tenant.count(path));
    }
    table
}

impl Estate {
    fn new() -> Self {
        let mut tenant = empty();
        tenant.built_in_roles();
        tenant.policies(&["managePermissionGrantsForSelf.microsoft-user-default-low"]);
        tenant.root_group("Tenant Root Group");
        let root = format!("/providers/Microsoft.Management/managementGroups/{}", tenant.id);
        let production = tenant.group_of_subscriptions("brindlemoor-production", "Production");
        let tags = json!({"cost-owner": "platform", "environment": "production"});
        let platform = tenant.subscription("platform-production", &production, &tags);
        let data = tenant.subscription("data-production", &production, &json!({"environment": "production"}));
        let sandbox = tenant.subscription("azure-sandbox", &root, &json!({"environment": "sandbox"}));
        let dispatch = tenant.resource_group(
            &platform,
            "dispatch",
            &json!({"owner": "tomasz.vrana@brindlemoor.example"}),
        );
        let analytics =
            tenant.resource_group(&data, "analytics", &json!({"owner": "salome.reyes@brindlemoor.example"}));
        let graph = tenant.microsoft(
            "Microsoft Graph",
            crate::azure::GRAPH,
            &roles::GRAPH_ROLES,
            &["User.Read", "Mail.ReadWrite", "Files.ReadWrite.All", "offline_access"],
        );
        tenant.signed_in(crate::azure::GRAPH, 1);
        let ines = tenant.user("ines.albrecht", "Ines Albrecht", true, None);
        let maud = tenant.user("maud.kerrigan", "Maud Kerrigan", true, None);
        let jonas = tenant.user("jonas.achterberg", "Jonas Achterberg", true, None);
        let lena = tenant.user("lena.fors", "Lena Fors", false, Some(137));
        let quentin = tenant.user("quentin.abara", "Quentin Abara", false, Some(183));
        let admins = tenant.group("azure-platform-admins", true, &[&jonas], &[person(&jonas)]);
        tenant.eligible_member(&admins, &ines, 90);
        tenant.assign(&production, roles::CONTRIBUTOR, Who::Group(&admins), None);
        tenant.eligible(&production, roles::ACCESS_ADMINISTRATOR, Who::User(&jonas), 180);
        tenant.directory_eligible(roles::GLOBAL_ADMINISTRATOR, Who::User(&jonas), 180);
        Self {
            tenant,
            graph,
            ines,
            maud,
            jonas,
            lena,
            quentin,
            production,
            platform,
            data,
            sandbox,
            dispatch,
            analytics,
        }
    }

    /// An application of the company, with this owner.
    fn app(&mut self, app: &App<'_>) -> Registered {
        self.tenant.app(app)
    }

    /// Applications as they should be.
    fn applications(&mut self) {
        let (ines, maud, jonas) = (self.ines.clone(), self.maud.clone(), self.jonas.clone());
        let release = self.app(&App {
            name: "parcel-tracker-release",
            federated: &[Federated::Subject(
                GITHUB,
                "repo:brindlemoor/parcel-tracker:environment:production",
            )],
            owners: &[person(&ines), person(&jonas)],
            ..App::default()
        });
        let scope = self.dispatch.clone();
        self.tenant.assign(&scope, roles::CONTRIBUTOR, Who::Program(&release.principal), None);
        let customs = self.app(&App {
            name: "customs-declarations-portal",
            keys: &[Key { age: 60, ends: 120 }],
            owners: &[person(&maud), person(&jonas)],
            ..App::default()
        });
        self.tenant.directory_role(roles::DIRECTORY_READERS, Who::Program(&customs.principal));
        self.tenant.app_role(
            &customs.principal,
            "ServicePrincipal",
            &self.graph.clone(),
            Some(roles::USER_READ),
        );
        let insight = self.tenant.foreign(
            "Parcel Insight",
            &self.tenant.guid("client insight"),
            PARCEL_INSIGHT,
            Some("Parcel Insight GmbH"),
        );
        self.tenant.consent(&insight, &self.graph.clone(), None, "User.Read");
        let client = self.tenant.guid("client insight");
        self.tenant.signed_in(&client, 2);
        let blueprint = App {
            name: "dispatch-assistants",
            federated: &[Federated::Subject(CLUSTER, "system:serviceaccount:dispatch:assistants")],
            owners: &[person(&ines), person(&jonas)],
            ..App::default()
        };
        self.tenant.agents(&blueprint, &[("dispatch-assistant-north", &[&ines])]);
    }

    /// Resources that run as managed identities.
    fn workloads(&mut self) {
        let (dispatch, analytics) = (self.dispatch.clone(), self.analytics.clone());
        let tags = json!({"owner": "tomasz.vrana@brindlemoor.example"});
        let (identity, principal) = self.tenant.user_assigned(&dispatch, "id-route-planner", &tags, Some(1));
        self.tenant.federate(&identity, "planner", CLUSTER, "system:serviceaccount:dispatch:route-planner");
        self.tenant.assign(&dispatch, roles::BLOB_CONTRIBUTOR, Who::Program(&principal), None);
        self.tenant.resource(
            &dispatch,
            "Microsoft.App/containerApps",
            "route-planner",
            false,
            &[&identity],
            &tags,
        );
        let eta = self.tenant.resource(&dispatch, "Microsoft.Web/sites", "eta-functions", true, &[], &tags);
        self.tenant.assign(&dispatch, roles::READER, Who::Program(&eta), None);
        let tags = json!({"owner": "salome.reyes@brindlemoor.example"});
        let factory = self.tenant.resource(
            &analytics,
            "Microsoft.DataFactory/factories",
            "parcel-lake",
            true,
            &[],
            &tags,
        );
        self.tenant.assign(&analytics, roles::BLOB_CONTRIBUTOR, Who::Program(&factory), None);
        self.tenant.resource(
            &analytics,
            "Microsoft.Compute/virtualMachines",
            "reporting-01",
            true,
            &[],
            &tags,
        );
    }

    /// Vaults as they should be.
    fn vaults(&mut self) {
        let (dispatch, analytics) = (self.dispatch.clone(), self.analytics.clone());
        let vault = Vault {
            name: "kv-dispatch-prod",
            rbac: Some(true),
            purge_protection: true,
            network: Network::Private,
            deployments: false,
            policies: &[],
            compound: &[],
        };
        let arm = self.tenant.vault(
            &dispatch,
            &vault,
            &[
                Object { kind: "secrets", name: "carrier-api", ends: Some(90) },
                Object { kind: "keys", name: "label-signing", ends: Some(300) },
                Object { kind: "certificates", name: "tracking-tls", ends: Some(60) },
            ],
        );
        let (_, planner) = self.tenant.user_assigned(&dispatch, "id-dispatch-secrets", &json!({}), Some(1));
        self.tenant.assign(&arm, roles::VAULT_SECRETS_USER, Who::Program(&planner), None);
        let vault = Vault {
            name: "kv-analytics-prod",
            rbac: Some(true),
            purge_protection: true,
            network: Network::Selected,
            deployments: false,
            policies: &[],
            compound: &[],
        };
        self.tenant.vault(
            &analytics,
            &vault,
            &[Object { kind: "secrets", name: "warehouse", ends: Some(120) }],
        );
    }
}
