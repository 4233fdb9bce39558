//! Who builds what: the teams and their services.

/// A team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Team {
    /// Short name.
    pub(crate) name: &'static str,
    /// Answers for purpose and budget.
    pub(crate) owner: &'static str,
    /// Operates it.
    pub(crate) steward: &'static str,
}

const fn team(name: &'static str, owner: &'static str, steward: &'static str) -> Team {
    Team { name, owner, steward }
}

/// Parcels on their way.
pub(crate) const TRACKING: Team =
    team("tracking", "ines.albrecht@brindlemoor.example", "tracking-oncall@brindlemoor.example");
/// Depots, drivers, lockers.
pub(crate) const LAST_MILE: Team =
    team("last-mile", "tomasz.vrana@brindlemoor.example", "last-mile-oncall@brindlemoor.example");
/// Customs.
pub(crate) const CUSTOMS: Team =
    team("customs", "maud.kerrigan@brindlemoor.example", "customs-oncall@brindlemoor.example");
/// Money.
pub(crate) const BILLING: Team =
    team("billing", "seun.bright@brindlemoor.example", "billing-oncall@brindlemoor.example");
/// What customers see.
pub(crate) const STOREFRONT: Team =
    team("storefront", "petra.lindqvist@brindlemoor.example", "storefront-oncall@brindlemoor.example");
/// What the others stand on.
pub(crate) const PLATFORM: Team =
    team("platform", "jonas.achterberg@brindlemoor.example", "platform-oncall@brindlemoor.example");
/// Reports and models.
pub(crate) const DATA: Team =
    team("data", "salome.reyes@brindlemoor.example", "data-oncall@brindlemoor.example");
/// Audit and response.
pub(crate) const SECURITY: Team =
    team("security", "dimitra.vale@brindlemoor.example", "security-oncall@brindlemoor.example");

/// How a part of a service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A Lambda function of this name.
    Lambda(&'static str),
    /// A container in ECS: a task role and an execution role.
    Ecs,
    /// A pod in EKS.
    Pod,
    /// A schedule.
    Schedule,
    /// A deployment from GitHub.
    Deploy,
}

/// How the owner of a service's identities is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// The registry covers them with a pattern.
    Registry,
    /// Finance's own registry covers them with a pattern.
    FinanceRegistry,
    /// Their `owner` tag says it.
    Tag,
    /// Nobody wrote it down.
    Nowhere,
}

/// A service.
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) team: Team,
    pub(crate) known: Known,
    pub(crate) parts: &'static [Part],
}

const fn service(name: &'static str, team: Team, known: Known, parts: &'static [Part]) -> Service {
    Service { name, team, known, parts }
}

use Known::{FinanceRegistry, Nowhere, Registry, Tag};
use Part::{Deploy, Ecs, Lambda, Pod, Schedule};

/// The services of the product teams, each in production and in development.
#[rustfmt::skip]
pub(crate) const SERVICES: [Service; 18] = [
    service("parcel-tracker", TRACKING, Registry, &[Lambda("ingest"), Lambda("query"), Ecs, Deploy]),
    service("eta-predictor", TRACKING, Registry, &[Pod, Lambda("refresh"), Deploy]),
    service("depot-scanner", TRACKING, Registry, &[Lambda("events"), Schedule, Deploy]),
    service("route-planner", LAST_MILE, Registry, &[Pod, Ecs, Deploy]),
    service("driver-app", LAST_MILE, Registry, &[Ecs, Lambda("auth")]),
    service("locker-network", LAST_MILE, Tag, &[Pod, Lambda("sync")]),
    service("delivery-proof", LAST_MILE, Nowhere, &[Lambda("upload")]),
    service("customs-declarations", CUSTOMS, Registry, &[Ecs, Lambda("submit"), Schedule, Deploy]),
    service("tariff-lookup", CUSTOMS, Tag, &[Lambda("query"), Schedule]),
    service("invoice-engine", BILLING, FinanceRegistry, &[Ecs, Lambda("render"), Schedule, Deploy]),
    service("dunning", BILLING, FinanceRegistry, &[Lambda("reminders"), Schedule]),
    service("pricing", BILLING, FinanceRegistry, &[Pod, Deploy]),
    service("label-printer", STOREFRONT, Registry, &[Lambda("layout"), Ecs, Deploy]),
    service("returns-portal", STOREFRONT, Registry, &[Ecs, Lambda("refund"), Deploy]),
    service("webshop-connector", STOREFRONT, Registry, &[Ecs, Lambda("webhook"), Deploy]),
    service("address-validator", STOREFRONT, Nowhere, &[Lambda("lookup")]),
    service("notifications", PLATFORM, Registry, &[Lambda("mail"), Lambda("sms"), Pod, Schedule]),
    service("claims", STOREFRONT, Tag, &[Lambda("intake"), Ecs]),
];

/// The data sets that the data team loads every night.
pub(crate) const DATASETS: [&str; 12] = [
    "parcels", "scans", "routes", "depots", "drivers", "customs", "invoices", "returns", "claims", "lockers",
    "weather", "holidays",
];
