//! What is wrong in the tenant, on purpose.

use serde_json::json;

use super::{super::planted::Planted, Estate, GITHUB, crossing};
use crate::azure::{App, Federated, Key, Network, Object, OwnerKind, Secret, Vault, Who, person, roles};

/// The tenant's name in the table of what was planted.
const PLACE: &str = "tenant";

/// What was planted, as it is taken down.
pub(super) struct Rows(Vec<Planted>);

impl Rows {
    pub(super) fn push(&mut self, (problem, name, what): (&'static str, &'static str, &'static str)) {
        self.0.push(Planted { problem, place: PLACE.to_owned(), name: name.to_owned(), what });
    }
}

/// Plants everything.
pub(super) fn plant(estate: &mut Estate) -> Vec<Planted> {
    let mut rows = Rows(Vec::new());
    secrets(estate, &mut rows);
    owners(estate, &mut rows);
    strangers(estate, &mut rows);
    parties(estate, &mut rows);
    access(estate, &mut rows);
    sharing(estate, &mut rows);
    vaults(estate, &mut rows);
    crossing::plant(estate, &mut rows);
    rows.0
}

fn secrets(estate: &mut Estate, rows: &mut Rows) {
    let ines = estate.ines.clone();
    let jonas = estate.jonas.clone();
    let both = [person(&ines), person(&jonas)];
    let owned = App { owners: &both, ..App::default() };
    estate.app(&App {
        name: "depot-label-printer",
        age: 900,
        secrets: &[Secret { age: 880, ends: 36_000 }],
        ..owned.clone()
    });
    rows.push(("client-credential-lifetime", "depot-label-printer", "a secret that ends in a hundred years"));
    estate.app(&App {
        name: "customs-declaration-sync",
        age: 700,
        secrets: &[Secret { age: 500, ends: 30 }, Secret { age: 20, ends: 150 }],
        ..owned.clone()
    });
    rows.push(("client-secret-old", "customs-declaration-sync", "one of its secrets is 500 days old"));
    rows.push(("several-client-secrets", "customs-declaration-sync", "two secrets that work"));
    estate.app(&App {
        name: "returns-mailbox",
        age: 800,
        secrets: &[Secret { age: 780, ends: -60 }],
        ..owned.clone()
    });
    rows.push(("disabled-key-remains", "returns-mailbox", "a secret that has ended and is still there"));
    let pilot = estate.app(&App {
        name: "spring-pilot-2025",
        age: 400,
        keys: &[Key { age: 400, ends: 150 }],
        signed_in: Some(320),
        ..owned.clone()
    });
    estate.tenant.app_role(
        &pilot.principal,
        "ServicePrincipal",
        &estate.graph.clone(),
        Some(roles::MAIL_READ),
    );
    rows.push(("idle-identity", "spring-pilot-2025", "a pilot of last spring that may still read all mail"));
    let legacy = estate.app(&App {
        name: "legacy-scanner-sync",
        age: 1500,
        secrets: &[Secret { age: 300, ends: 60 }],
        signed_in: None,
        ..owned.clone()
    });
    estate.tenant.disable(&legacy.principal);
    rows.push((
        "disabled-owner-live-credential",
        "legacy-scanner-sync",
        "switched off, its secret works as soon as it is switched on",
    ));
    estate.app(&App {
        name: "label-printer-release",
        secrets: &[Secret { age: 100, ends: 70 }],
        federated: &[Federated::Subject(GITHUB, "repo:brindlemoor/label-printer:ref:refs/heads/main")],
        ..owned
    });
    rows.push((
        "client-secret-beside-federation",
        "label-printer-release",
        "a secret beside a federated credential that makes it needless",
    ));
    let graph = estate.graph.clone();
    estate.tenant.secret_on_principal(&graph, "graph", Secret { age: 40, ends: 140 });
    rows.push((
        "credential-on-microsoft-principal",
        "Microsoft Graph",
        "a secret of somebody's on Microsoft's own service principal",
    ));
}

fn owners(estate: &mut Estate, rows: &mut Rows) {
    let (ines, lena, quentin) = (estate.ines.clone(), estate.lena.clone(), estate.quentin.clone());
    estate.app(&App {
        name: "hr-onboarding-flow",
        secrets: &[Secret { age: 90, ends: 80 }],
        owners: &[],
        tags: &["power-platform"],
        ..App::default()
    });
    rows.push(("application-without-owner", "hr-onboarding-flow", "nobody is its owner in the directory"));
    estate.app(&App {
        name: "storefront-feedback",
        secrets: &[Secret { age: 90, ends: 80 }],
        owners: &[person(&quentin)],
        ..App::default()
    });
    rows.push(("owner-left", "storefront-feedback", "its only owner in the directory left in November"));
    let blueprint = App {
        name: "claims-agents",
        keys: &[Key { age: 20, ends: 150 }],
        owners: &[person(&ines), person(&lena)],
        ..App::default()
    };
    estate.tenant.agents(&blueprint, &[("claims-agent-refunds", &[])]);
    rows.push((
        "directory-owner-left",
        "claims-agents",
        "one of its owners in the directory left in January",
    ));
    rows.push(("agent-without-sponsor", "claims-agent-refunds", "an agent for which nobody answers"));
}

/// Owners from elsewhere, and what was deleted.
fn strangers(estate: &mut Estate, rows: &mut Rows) {
    let guest = estate.tenant.guest("mira.sol_harbourlight.example#EXT#", "Mira Sol (Harbourlight)");
    let ines = estate.ines.clone();
    estate.app(&App {
        name: "harbour-slots-sync",
        keys: &[Key { age: 30, ends: 140 }],
        owners: &[person(&guest), person(&ines)],
        ..App::default()
    });
    rows.push((
        "guest-owner",
        "harbour-slots-sync",
        "a partner's employee owns it, and may give it credentials",
    ));
    let trial = estate.app(&App {
        name: "address-check-trial",
        secrets: &[Secret { age: 60, ends: 110 }],
        owners: &[person(&ines)],
        ..App::default()
    });
    let data = estate.data.clone();
    estate.tenant.assign(&data, roles::READER, Who::Program(&trial.principal), None);
    estate.tenant.secret_on_principal(&trial.principal, "trial", Secret { age: 50, ends: 110 });
    estate.tenant.delete(&trial.principal, 9);
    rows.push((
        "deleted-identity-live-access",
        "address-check-trial",
        "deleted nine days ago, its secret and its role are still there",
    ));
}

fn parties(estate: &mut Estate, rows: &mut Rows) {
    let ines = estate.ines.clone();
    let portal = estate.app(&App {
        name: "partner-portal",
        audience: "AzureADMultipleOrgs",
        locked: false,
        keys: &[Key { age: 30, ends: 140 }],
        owners: &[person(&ines)],
        ..App::default()
    });
    rows.push((
        "application-without-instance-lock",
        "partner-portal",
        "partners' copies of it take credentials of anybody's",
    ));
    let (client, tenant) = (estate.tenant.guid("client shiptrack"), estate.tenant.guid("tenant shiptrack"));
    let ship = estate.tenant.foreign("ShipTrack Analytics", &client, &tenant, None);
    let graph = estate.graph.clone();
    estate.tenant.app_role(&ship, "ServicePrincipal", &graph, Some(roles::FILES_READ));
    estate.tenant.consent(&ship, &graph, None, "Mail.ReadWrite Files.ReadWrite.All offline_access");
    estate.tenant.signed_in(&client, 3);
    rows.push(("multi-tenant-application", "partner-portal", "accounts of any tenant may sign in to it"));
    rows.push(("unverified-publisher", "ShipTrack Analytics", "nobody has verified who its publisher is"));
    rows.push((
        "consent-for-everyone",
        "ShipTrack Analytics",
        "may read and write everybody's mail and files",
    ));
    let terraform = estate.app(&App {
        name: "infra-terraform",
        federated: &[Federated::Expression(GITHUB, "claims['sub'] matches 'repo:brindlemoor/*'")],
        owners: &[person(&ines), (&portal.principal, OwnerKind::ServicePrincipal)],
        ..App::default()
    });
    let production = estate.production.clone();
    estate.tenant.assign(&production, roles::OWNER, Who::Program(&terraform.principal), None);
    rows.push((
        "assignment-above-subscriptions",
        "infra-terraform",
        "owns every subscription of production, and those to come",
    ));
    rows.push((
        "federated-subject-loose",
        "infra-terraform",
        "any repository, branch and pull request of the company's becomes it",
    ));
}

fn access(estate: &mut Estate, rows: &mut Rows) {
    let (platform, sandbox) = (estate.platform.clone(), estate.sandbox.clone());
    let gone = estate.tenant.guid("principal of last year's backup");
    estate.tenant.assign(&platform, roles::CONTRIBUTOR, Who::Program(&gone), None);
    rows.push((
        "assignment-of-deleted-principal",
        "platform-production",
        "a role of a service principal that is gone",
    ));
    let quentin = estate.quentin.clone();
    estate.tenant.group("sandbox-friends", false, &[&quentin], &[(&quentin, OwnerKind::User)]);
    let group = estate.tenant.resource_group(&sandbox, "try-anything", &json!({}));
    let vm = estate.tenant.resource(
        &group,
        "Microsoft.Compute/virtualMachines",
        "jump-box",
        true,
        &[],
        &json!({}),
    );
    estate.tenant.assign(&platform, roles::OWNER, Who::Program(&vm), None);
    rows.push(("cross-environment-reach", "jump-box", "a machine of the sandbox owns production"));
    let ines = estate.ines.clone();
    let pipeline = estate.app(&App {
        name: "azure-data-pipeline",
        federated: &[Federated::Subject(GITHUB, "repo:brindlemoor/data-platform:environment:production")],
        owners: &[person(&ines)],
        ..App::default()
    });
    let data = estate.data.clone();
    estate.tenant.assign(&data, roles::CONTRIBUTOR, Who::Program(&pipeline.principal), None);
    rows.push(("wildcard-role", "azure-data-pipeline", "may do everything in a subscription but give roles"));
    rows.push((
        "eligible-power-unreviewed",
        "Jonas Achterberg",
        "switches on Global Administrator, and nobody is asked about it",
    ));
}

/// One identity lent to everything, and what the tenant lets everybody do.
fn sharing(estate: &mut Estate, rows: &mut Rows) {
    let analytics = estate.analytics.clone();
    let group = estate.tenant.resource_group(&estate.data.clone(), "reports", &json!({}));
    let (identity, principal) =
        estate.tenant.user_assigned(&analytics, "id-analytics-shared", &json!({}), Some(1));
    estate.tenant.assign(&analytics, roles::BLOB_CONTRIBUTOR, Who::Program(&principal), None);
    for (place, name) in [
        (&analytics, "depot-load"),
        (&analytics, "carrier-scores"),
        (&analytics, "returns-forecast"),
        (&group, "board-report"),
        (&group, "weekly-letter"),
        (&group, "finance-extract"),
    ] {
        estate.tenant.resource(place, "Microsoft.Web/sites", name, false, &[&identity], &json!({}));
    }
    rows.push((
        "managed-identity-on-many-workloads",
        "id-analytics-shared",
        "six functions of two teams run as it",
    ));
    rows.push((
        "users-may-consent",
        "Brindlemoor Parcels",
        "every user may let other companies' applications in",
    ));
    rows.push((
        "users-may-register-applications",
        "Brindlemoor Parcels",
        "every user may register applications",
    ));
}

fn vaults(estate: &mut Estate, rows: &mut Rows) {
    let data = estate.data.clone();
    let group = estate.tenant.resource_group(&data, "shared", &json!({}));
    let printer = estate.tenant.guid("principal depot-label-printer");
    let label = estate.tenant.guid("principal label-printer-release");
    let portal = estate.tenant.guid("client of a portal that was never brought in");
    let (ines, lena) = (estate.ines.clone(), estate.lena.clone());
    let people = [(&*ines, OwnerKind::User), (&*lena, OwnerKind::User)];
    let everybody = estate.tenant.dynamic_group("all-brindlemoor", "user.objectId -ne null", &people);
    let vault = Vault {
        name: "kv-legacy-shared",
        rbac: None,
        purge_protection: false,
        network: Network::Open,
        deployments: true,
        policies: &[(&printer, &["get", "list", "set"]), (&everybody, &["get"])],
        compound: &[(&label, &portal)],
    };
    estate.tenant.vault(
        &group,
        &vault,
        &[
            Object { kind: "secrets", name: "printer-admin-password", ends: None },
            Object { kind: "keys", name: "archive", ends: None },
        ],
    );
    rows.push((
        "vault-open-to-deployments",
        "kv-legacy-shared",
        "a template deployment takes any secret out of it",
    ));
    rows.push((
        "vault-without-purge-protection",
        "kv-legacy-shared",
        "what is deleted can be purged at once",
    ));
    rows.push(("vault-open-to-every-network", "kv-legacy-shared", "every network reaches it"));
    rows.push((
        "vault-access-policies",
        "kv-legacy-shared",
        "access policies decide, which its contributors can write",
    ));
    rows.push(("vault-object-without-end", "kv-legacy-shared", "a secret and a key without an end"));
    rows.push((
        "vault-read-by-everyone",
        "kv-legacy-shared",
        "a group into which a rule puts every user reads its secrets",
    ));
    rows.push((
        "vault-compound-identity",
        "kv-legacy-shared",
        "a policy for a program on behalf of which nobody can be signed in",
    ));
    rows.push((
        "vault-self-grant",
        "jump-box",
        "owner of production, it assigns itself a role that reads secrets",
    ));
    rows.push((
        "vault-model-flip",
        "parcel-tracker-release",
        "it writes a vault where roles decide, which some say is enough to change that",
    ));
    estate.tenant.deleted_vault(&group, "kv-returns-old");
    mailings(estate, rows);
}

/// Two vaults of a team that left, whose programs go on reading them.
fn mailings(estate: &mut Estate, rows: &mut Rows) {
    let data = estate.data.clone();
    let group = estate.tenant.resource_group(&data, "mailings", &json!({}));
    let closed = Vault {
        name: "kv-mailings-prod",
        rbac: Some(true),
        purge_protection: true,
        network: Network::Private,
        deployments: true,
        policies: &[],
        compound: &[],
    };
    let secret = |name| [Object { kind: "secrets", name, ends: Some(60) }];
    let prod = estate.tenant.vault(&group, &closed, &secret("smtp-relay"));
    let archive = Vault { name: "kv-mailings-archive", deployments: false, ..closed };
    estate.tenant.vault(&group, &archive, &secret("archive-sftp"));
    let (_, collector) = estate.tenant.user_assigned(&group, "id-config-collector", &json!({}), Some(2));
    estate.tenant.assign(&data, roles::VAULT_SECRETS_USER, Who::Program(&collector), None);
    let (_, sender) = estate.tenant.user_assigned(&group, "id-mailings-sender", &json!({}), Some(2));
    estate.tenant.assign(&prod, roles::VAULT_SECRETS_USER, Who::Program(&sender), None);
    let (_, deployer) = estate.tenant.user_assigned(&group, "id-mailings-deploy", &json!({}), Some(2));
    estate.tenant.assign(&group, roles::CONTRIBUTOR, Who::Program(&deployer), None);
    rows.push((
        "vault-data-broad",
        "id-config-collector",
        "one role above them reads the secrets of every vault of a subscription",
    ));
    rows.push((
        "vault-unowned-readers",
        "kv-mailings-prod",
        "two programs that nobody owns read its secrets",
    ));
    rows.push((
        "vault-template-read",
        "kv-mailings-prod",
        "whoever deploys there has a deployment take its secrets out",
    ));
}
