//! Items of `service-last-accessed.json`: what `aws iam get-service-last-accessed-details` prints, with the ARN.

use census_privilege::aws::catalogue::{self, AccessLevel};
use serde::Serialize;

use super::{clock::Stamp, details::Place, dice::Dice};

/// How long before the collection the reports were made, in minutes.
const REPORT_AGE: i64 = 12;

/// Actions that change something and are about data, or no calls at all: IAM does not track them.
const NOT_TRACKED: [&str; 4] = ["InvokeFunction", "InvokeFunctionUrl", "PassRole", "PutLogEvents"];

/// The report of one user or role.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LastAccessed {
    pub(crate) arn: String,
    job_status: &'static str,
    job_type: &'static str,
    job_creation_date: Stamp,
    services_last_accessed: Vec<Service>,
    job_completion_date: Stamp,
    is_truncated: bool,
    #[serde(skip)]
    dice: Dice,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    service_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_authenticated: Option<Stamp>,
    service_namespace: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_authenticated_entity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_authenticated_region: Option<&'static str>,
    total_authenticated_entities: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tracked_actions_last_accessed: Vec<Action>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Action {
    action_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_entity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_time: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_region: Option<&'static str>,
}

impl LastAccessed {
    /// A report without any service.
    pub(crate) fn new(place: &Place, resource: &str) -> Self {
        let made = Stamp::minutes_ago(REPORT_AGE);
        Self {
            arn: place.arn(resource),
            job_status: "COMPLETED",
            job_type: "ACTION_LEVEL",
            job_creation_date: made,
            services_last_accessed: Vec::new(),
            job_completion_date: made,
            is_truncated: false,
            dice: place.dice("last accessed", resource),
        }
    }

    /// A service used so many days ago, and when some of its actions were. IAM tracks the actions that change something:
    /// the others of these were not used.
    pub(crate) fn used(mut self, namespace: &'static str, days: u32, actions: &[(&str, u32)]) -> Self {
        let at = Stamp::days_ago(days, &mut self.dice);
        let known = catalogue::service(namespace).into_iter().flat_map(|known| &known.actions);
        let changes = known.filter(|action| {
            matches!(action.level, AccessLevel::Write | AccessLevel::PermissionsManagement)
                && !NOT_TRACKED.contains(&action.name)
        });
        let tracked = changes.map(|action| {
            let last = actions.iter().find(|(name, _)| *name == action.name).map(|(_, ago)| match *ago {
                ago if ago == days => at,
                ago => Stamp::days_ago(ago, &mut self.dice),
            });
            Action {
                action_name: action.name,
                last_accessed_entity: last.map(|_| self.arn.clone()),
                last_accessed_time: last,
                last_accessed_region: last.map(|_| "eu-west-1"),
            }
        });
        let tracked: Vec<Action> = tracked.collect();
        self.services_last_accessed.push(Service {
            last_authenticated: Some(at),
            last_authenticated_entity: Some(self.arn.clone()),
            last_authenticated_region: Some("eu-west-1"),
            total_authenticated_entities: 1,
            tracked_actions_last_accessed: tracked,
            ..service(namespace)
        });
        self
    }

    /// All other services that there are, which its policies allow and it did not use; then the order of AWS.
    pub(crate) fn and_no_other(mut self) -> Self {
        let known: Vec<&str> = self.services_last_accessed.iter().map(|one| one.service_namespace).collect();
        let others: Vec<Service> =
            catalogue::services().filter(|namespace| !known.contains(namespace)).map(service).collect();
        self.services_last_accessed.extend(others);
        self.services_last_accessed.sort_by_key(|one| one.service_namespace);
        self
    }
}

fn service(namespace: &'static str) -> Service {
    Service {
        service_name: catalogue::service(namespace).map_or(namespace, |known| known.name).to_owned(),
        last_authenticated: None,
        service_namespace: namespace,
        last_authenticated_entity: None,
        last_authenticated_region: None,
        total_authenticated_entities: 0,
        tracked_actions_last_accessed: Vec::new(),
    }
}
