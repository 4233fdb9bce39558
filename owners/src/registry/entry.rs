//! One entry of a registry.

use std::{cmp::Ordering, fmt};

use census_model::{Period, Text};
use jiff::civil::Date;
use schemars::JsonSchema;

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file, as it was named.
    pub file: Text,
    /// The line on which the entry begins, counted from 1.
    pub line: u64,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// One entry of a registry: what an owner says about an identity, or about all identities that a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RegistryEntry {
    /// Which identity: its native id (an ARN), another id or name of it, or a pattern in which `*` stands for any
    /// characters. Never a secret.
    pub identity: Text,
    /// The same as it is compared: what Azure compares without case is in lower case, as in an estate.
    #[schemars(skip)]
    pub(crate) key: Text,
    /// Who answers for the purpose and the budget. Without one the identity is known, but not owned.
    pub business_owner: Option<Text>,
    /// Who operates it.
    pub technical_steward: Option<Text>,
    /// Who stands in for the owner.
    pub backup: Option<Text>,
    /// What it is for. The only field that may hold several lines.
    pub purpose: Option<Text>,
    /// The class of the data that it may touch.
    pub data_class: Option<Text>,
    /// The class of risk under which it was approved.
    pub risk_class: Option<Text>,
    /// The environment that it belongs to: `production`.
    pub environment: Option<Text>,
    /// How often the owner is asked again, as an ISO 8601 duration in years, months, weeks and days: `P90D`.
    #[schemars(with = "Option<String>", extend("format" = "duration"))]
    pub review_every: Option<Period>,
    /// How often it is used at least, where it has a reason to rest for long, as an ISO 8601 duration: `P1Y` of a yearly
    /// job.
    #[schemars(with = "Option<String>", extend("format" = "duration"))]
    pub used_every: Option<Period>,
    /// The day on which the owner last confirmed that it is still needed.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub last_business_attestation: Option<Date>,
    /// The day on which the steward last confirmed that it is technically necessary.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub last_technical_attestation: Option<Date>,
    /// What ends it.
    #[schemars(with = "Option<OffboardingTrigger>")]
    pub offboarding_trigger: OffboardingTrigger,
    /// The third party that uses or supplies it.
    pub vendor: Option<Text>,
    /// The ticket under which it was approved.
    pub ticket: Option<Text>,
    /// The last day on which this entry counts.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub expires: Option<Date>,
    /// The approved pattern that it follows.
    pub approved_pattern: Option<Text>,
    /// What says that the record itself has ended: the status of an inventory. Only adapters set it.
    #[schemars(skip)]
    pub retired: Option<Text>,
    /// Where the entry stands.
    #[schemars(skip)]
    pub location: Location,
}

/// How an identity, or a pattern over identities, is compared. ARM ids and GUIDs are the same in any case
/// (<https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules>), and so are the ids that
/// Census makes of them.
pub(crate) fn key(identity: &str) -> Text {
    let lower = identity.to_ascii_lowercase();
    let arm = ["/subscriptions/", "/providers/", "azure:"].iter().any(|start| lower.starts_with(start));
    let lengths = [8, 4, 4, 4, 12];
    let guid = lower.len() == 36
        && lower.split('-').map(str::len).eq(lengths)
        && lower.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if arm || guid { lower.into() } else { identity.into() }
}

impl RegistryEntry {
    /// The one order of entries: by file and line, then by what they say.
    pub(crate) fn order(a: &Self, b: &Self) -> Ordering {
        let key =
            |entry: &Self| (entry.location.clone(), entry.identity.clone(), entry.business_owner.clone());
        key(a).cmp(&key(b))
    }

    /// Whether the identity is a pattern.
    pub fn is_pattern(&self) -> bool {
        self.identity.contains('*')
    }

    /// Whether the entry's last day is over.
    pub fn has_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

/// What ends an identity's life.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OffboardingTrigger {
    /// The project that it serves ends: the day, or the project's name.
    #[schemars(with = "Option<String>")]
    pub project_end: Option<TriggerEvent>,
    /// The vendor changes or the contract ends: the day, or the vendor's or contract's name.
    #[schemars(with = "Option<String>")]
    pub vendor_change: Option<TriggerEvent>,
    /// It was not used for so long, as an ISO 8601 duration: `P180D`.
    #[schemars(with = "Option<String>", extend("format" = "duration"))]
    pub idle: Option<Period>,
    /// The day has passed.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub date: Option<Date>,
}

/// An event that ends an identity's life.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TriggerEvent {
    /// On a known day.
    On(Date),
    /// When something named happens.
    Named(Text),
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn what_azure_compares_without_case_is_in_lower_case_and_nothing_else() {
        for (written, compared) in [
            ("/Subscriptions/AB/resourceGroups/Dispatch/*", "/subscriptions/ab/resourcegroups/dispatch/*"),
            ("0A1B2C3D-0000-4000-8000-00000000000F", "0a1b2c3d-0000-4000-8000-00000000000f"),
            ("arn:aws:iam::111122223333:role/Deploy", "arn:aws:iam::111122223333:role/Deploy"),
            ("0A1B2C3D-0000-4000-8000-00000000000*", "0A1B2C3D-0000-4000-8000-00000000000*"),
            ("AROAEXAMPLE", "AROAEXAMPLE"),
        ] {
            assert_eq!(&*key(written), compared);
        }
    }
}
