//! What the configuration says about reviews and about what has ended.

use std::collections::BTreeMap;

use census_model::Period;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::owner_name::key;

/// How often owners are asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReviewConfig {
    /// How often, where the entry does not say; an ISO 8601 duration in years, months, weeks and days. Default: a year,
    /// `P1Y`.
    #[schemars(with = "String", extend("format" = "duration"))]
    pub every: Period,
    /// How often by risk class, where the entry does not say: `high = "P90D"`. Case does not count.
    #[schemars(with = "BTreeMap<String, String>")]
    pub every_by_risk_class: BTreeMap<String, Period>,
    /// For how long before its due day a review counts as due. Default: 30 days, `P30D`.
    #[schemars(with = "String", extend("format" = "duration"))]
    pub notice: Period,
}

impl Default for ReviewConfig {
    fn default() -> Self {
        Self { every: Period::years(1), every_by_risk_class: BTreeMap::new(), notice: Period::days(30) }
    }
}

impl ReviewConfig {
    /// The cadence of a risk class, where one is set.
    pub(super) fn of_class(&self, class: &str) -> Option<Period> {
        named(&self.every_by_risk_class, class)
    }
}

/// What has ended, for entries whose triggers name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EndedConfig {
    /// Projects, with their last day: `"Apollo" = "2026-03-31"`. Case does not count.
    #[schemars(with = "BTreeMap<String, String>")]
    pub projects: BTreeMap<String, Date>,
    /// Vendors and contracts, with their last day. An entry whose `vendor` is one has ended too.
    #[schemars(with = "BTreeMap<String, String>")]
    pub vendors: BTreeMap<String, Date>,
}

impl EndedConfig {
    pub(super) fn project(&self, name: &str) -> Option<Date> {
        named(&self.projects, name)
    }

    pub(super) fn vendor(&self, name: &str) -> Option<Date> {
        named(&self.vendors, name)
    }
}

fn named<T: Copy>(map: &BTreeMap<String, T>, name: &str) -> Option<T> {
    let wanted = key(name);
    map.iter().find(|(known, _)| key(known) == wanted).map(|(_, value)| *value)
}
