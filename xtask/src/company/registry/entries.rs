//! The entries. Most say the truth; the last function of each file holds those that do not.

use super::{
    super::{
        DATA, DEV, MANAGEMENT, PLATFORM, SANDBOX, SECURITY,
        catalogue::{self, Known, SERVICES, Team},
    },
    Entry,
};
use crate::company::{
    azure::client_id,
    beside::{BUILDER, LOADER},
    reused::TRIED_OUT,
};

/// An ARN or pattern in one account; `*` for all.
fn iam(account: &str, rest: &str) -> String {
    format!("arn:aws:iam::{account}:{rest}")
}

/// The main registry.
pub(super) fn main() -> Vec<Entry> {
    let services = SERVICES.iter().filter(|service| service.known == Known::Registry).map(|service| {
        let identity = iam("*", &format!("role/{}-*", service.name));
        Entry::new(service.team, identity, &format!("runs and deploys {}", service.name))
            .with("approved_pattern", "service roles")
    });
    let mut entries: Vec<Entry> = services.collect();
    entries.extend(foundation());
    entries.extend(platform());
    entries.extend(users());
    entries.extend(data());
    entries.extend(azure());
    entries.extend(wrong());
    entries
}

/// What runs in Azure, by client ids, and by the resource group that managed identities lie in.
fn azure() -> Vec<Entry> {
    let app = |team: Team, name: &str, purpose: &str| Entry::new(team, client_id(name), purpose);
    let group = |team: Team, name: &str, purpose: &str| {
        Entry::new(team, format!("/subscriptions/*/resourceGroups/{name}/*"), purpose)
    };
    vec![
        app(catalogue::TRACKING, "parcel-tracker-release", "deploys parcel-tracker to Azure"),
        app(catalogue::CUSTOMS, "customs-declarations-portal", "looks up declarants in the directory"),
        app(catalogue::LAST_MILE, "dispatch-assistants", "the blueprint of the dispatchers' assistants"),
        app(catalogue::PLATFORM, "infra-terraform", "builds the landing zones"),
        app(catalogue::STOREFRONT, "partner-portal", "partners see their parcels"),
        app(catalogue::PLATFORM, "hr-onboarding-flow", "mails newcomers before their first day"),
        app(catalogue::DATA, "insight", "reads who is signed in, for the delivery dashboards")
            .with("vendor", "Parcel Insight GmbH"),
        group(catalogue::LAST_MILE, "dispatch", "plans routes and estimates arrivals"),
        group(catalogue::DATA, "analytics", "the parcel lake and its reports"),
    ]
}

fn foundation() -> Vec<Entry> {
    let security = catalogue::SECURITY;
    let platform = catalogue::PLATFORM;
    let each = |account: &str, team: Team, names: &[(&str, &str)]| -> Vec<Entry> {
        let of =
            |(name, purpose): &(&str, &str)| Entry::new(team, iam(account, &format!("role/{name}")), purpose);
        names.iter().map(of).collect()
    };
    let mut entries = each(
        "*",
        security,
        &[
            ("census-read", "read by the nightly inventory"),
            ("incident-response", "read during an incident"),
            ("config-recorder", "records resource configuration"),
        ],
    );
    entries.extend(each(
        SECURITY,
        security,
        &[
            ("census-scan", "the nightly inventory"),
            ("incident-responder", "incident responders start here"),
            ("guardduty-triage-lambda", "sorts threat findings"),
            ("key-rotation-reminder-lambda", "writes to owners of old keys"),
            ("cloudtrail-indexer-lambda", "makes the trail searchable"),
            ("finding-exporter-lambda", "sends findings to the ticket system"),
            ("cloudtrail-to-logs", "delivers the trail"),
            ("firehose-to-archive", "delivers to the archive"),
            ("shared-findings-reader", "every team reads its own findings"),
            ("flow-logs-writer", "delivers flow logs"),
            ("image-scan-github", "scans images in pull requests"),
        ],
    ));
    entries.extend(each(
        MANAGEMENT,
        platform,
        &[
            ("terraform-org-plan", "plans changes of the organization"),
            ("terraform-org-apply", "applies changes of the organization"),
            ("AWSCloudFormationStackSetAdministrationRole", "rolls out account baselines"),
            ("account-vending-lambda", "opens accounts"),
            ("org-reader", "the nightly inventory reads the tree"),
        ],
    ));
    entries.push(
        Entry::new(
            platform,
            iam("*", "role/OrganizationAccountAccessRole"),
            "last way into a member account",
        )
        .with("risk_class", "break-glass")
        .with("review_every", "P90D")
        .with("last_business_attestation", "2026-04-20")
        .with("last_technical_attestation", "2026-04-20"),
    );
    entries.push(
        Entry::new(platform, iam("*", "role/watchkeep-monitoring"), "metrics for the monitoring vendor")
            .with("vendor", "Watchkeep")
            .with("offboarding_trigger.vendor_change", "Watchkeep contract 2026"),
    );
    entries
}

fn platform() -> Vec<Entry> {
    let team = catalogue::PLATFORM;
    let role = |account: &str, name: &str, purpose: &str| {
        Entry::new(team, iam(account, &format!("role/{name}")), purpose)
    };
    vec![
        role("*", "platform-*", "add-ons of the Kubernetes cluster"),
        role("*", "eks-main-*", "the Kubernetes cluster"),
        role("*", "bastion-host", "").without("purpose"),
        role(PLATFORM, "depot-gateway-host", "terminates the depots' links"),
        role(PLATFORM, "release-promoter", "brings releases into production"),
        role(PLATFORM, "schema-migrate-lambda", "changes the tables of databases"),
        role(PLATFORM, "identity-platform-*", "makes roles for new services"),
        role(PLATFORM, "secret-age-lambda", "tells how old secrets are"),
        role(DEV, "policy-sync-lambda", "keeps the policies of roles alike"),
        role(DEV, "buildkite-*", "build pipelines"),
        role(DEV, "ci-*-runner", "test suites").with("data_class", "synthetic"),
        role(DEV, "design-system-github-deploy", "deploys the design system's site"),
        Entry::new(
            Team { owner: "docs-guild@brindlemoor.example", ..team },
            iam(DEV, "role/docs-github-deploy"),
            "deploys the documentation",
        ),
        role(DEV, "handbook-github-deploy", "deploys the handbook"),
        role(DEV, "terraform-dev-apply", "applies changes of the development account"),
        role(PLATFORM, "costlantern-reader", "cost reports")
            .with("vendor", "Costlantern")
            .with("offboarding_trigger.vendor_change", "2026-12-31"),
        Entry::new(
            Team { steward: catalogue::TRACKING.owner, ..catalogue::TRACKING },
            iam(PLATFORM, "role/parcel-events-router"),
            "routes parcel events",
        ),
    ]
}

fn users() -> Vec<Entry> {
    let machines = |account: &str, name: &str, team: Team, purpose: &str| {
        Entry::new(team, iam(account, &format!("user/machines/{name}")), purpose)
            .with("risk_class", "long-lived key")
            .with("review_every", "P90D")
            .with("last_business_attestation", "2026-05-04")
            .with("last_technical_attestation", "2026-05-04")
    };
    let platform = catalogue::PLATFORM;
    vec![
        machines(PLATFORM, "edi-*", catalogue::CUSTOMS, "partners that exchange files"),
        machines(
            PLATFORM,
            "edi-customs-gateway",
            Team { steward: "noor.haddad@brindlemoor.example", ..catalogue::CUSTOMS },
            "the customs authority",
        )
        .without("last_business_attestation"),
        machines(PLATFORM, "depot-*", catalogue::LAST_MILE, "uploads of a depot's scanners")
            .with("offboarding_trigger.idle", "P180D"),
        machines(PLATFORM, "ci-deployer-*", platform, "builds that cannot use OIDC")
            .with("approved_pattern", "pipeline"),
        machines(PLATFORM, "smtp-notifications", platform, "mail to recipients"),
        machines(PLATFORM, "fleet-telemetry-uplink", catalogue::LAST_MILE, "vans send positions"),
        Entry::new(platform, iam(SANDBOX, "user/machines/hackathon-bot"), "the bot of a hackathon"),
        machines(DEV, "jenkins", platform, "the old build server")
            .with("offboarding_trigger.project_end", "build migration"),
        machines(DEV, "ci-*", platform, "builds of pull requests"),
        machines(DEV, "git-mirror", Team { steward: BUILDER, ..platform }, "mirrors repositories"),
        machines(DATA, "airflow-scheduler", catalogue::DATA, "starts the nightly loads"),
        machines(DATA, "bi-gateway", catalogue::DATA, "reports"),
        machines(DATA, "warehouse-export", Team { owner: LOADER, ..catalogue::DATA }, "exports for partners"),
        machines(SECURITY, "siem-forwarder", catalogue::SECURITY, "sends logs to the SIEM"),
    ]
}

fn data() -> Vec<Entry> {
    let team = catalogue::DATA;
    let role = |name: &str, purpose: &str| {
        Entry::new(team, iam(DATA, &format!("role/{name}")), purpose).with("data_class", "internal")
    };
    vec![
        role("etl-*-glue", "nightly loads"),
        role("etl-*-workflow", "starts the nightly loads"),
        role("model-*-training", "trains the models").with("review_every", "P180D"),
        role("dbt-gitlab-*", "builds the warehouse's tables"),
        role("warehouse-loader", "loads the warehouse"),
        role("year-end-closing-glue", "closes the books").with("used_every", "P1Y"),
        role(TRIED_OUT, "a trial of models").with("environment", "pilot").with("risk_class", "low"),
        role("harbourline-stock-feed", "a partner's stock")
            .with("vendor", "Harbourline")
            .with("ticket", "SEC-1187")
            .with("last_business_attestation", "2025-04-01"),
    ]
}

/// Entries that contradict, came to an end, claim too much, or speak of what is gone.
fn wrong() -> Vec<Entry> {
    let platform = catalogue::PLATFORM;
    vec![
        Entry::new(platform, iam(SANDBOX, "*"), "the sandbox").without("last_technical_attestation"),
        Entry::new(
            catalogue::STOREFRONT,
            iam(PLATFORM, "role/invoice-engine-render-lambda"),
            "prints invoices",
        ),
        Entry::new(platform, iam(PLATFORM, "role/depot-cutoff-schedule"), "closes a depot's day")
            .with("expires", "2026-03-31"),
        Entry::new(catalogue::DATA, iam(DATA, "role/ledger-export"), "exports the ledger")
            .with("last_business_attestation", "2025-09-15")
            .with("last_technical_attestation", "2025-09-15"),
        Entry::new(platform, iam(PLATFORM, "role/fax-gateway-lambda"), "faxes to customs offices")
            .with("last_business_attestation", "2024-11-02"),
        Entry::new(catalogue::CUSTOMS, iam(PLATFORM, "user/machines/broker-bluebird"), "a broker until 2025")
            .with("vendor", "Bluebird Brokers"),
        Entry::new(catalogue::STOREFRONT, iam(PLATFORM, "role/old-portal-*"), "the portal before this one"),
    ]
}

/// Finance's registry.
pub(super) fn finance() -> Vec<Entry> {
    let team = catalogue::BILLING;
    let mut entries = Vec::new();
    for service in SERVICES.iter().filter(|service| service.known == Known::FinanceRegistry) {
        for account in [PLATFORM, DEV] {
            let identity = iam(account, &format!("role/{}-*", service.name));
            entries.push(
                Entry::new(team, identity, &format!("{} of finance", service.name))
                    .with("data_class", "financial"),
            );
        }
    }
    entries.extend([
        Entry::new(team, iam(PLATFORM, "role/invoice-engine-render-lambda"), "prints invoices"),
        Entry::new(team, iam(PLATFORM, "user/machines/smtp-invoices"), "mails invoices, also to partners"),
        Entry::new(team, iam(MANAGEMENT, "role/cost-report-export-lambda"), "exports costs"),
        Entry::new(team, iam(DATA, "user/machines/sftp-archive"), "sends statements to the bank")
            .with("backup", "salome.reyes@brindlemoor.example")
            .with("offboarding_trigger.idle", "P90D"),
        Entry::new(team, iam(DATA, "role/factoring-feed-glue"), "a factoring bank until 2024")
            .with("last_business_attestation", "2024-06-30"),
    ]);
    entries
}
