//! The api-versions that each kind of path takes.
//!
//! Source: the versions for which azure-cli 2.91 and the SDKs that it pins have code, and the stable ones that
//! Azure's REST reference lists for these operations.

use crate::{
    faults,
    http::{Answer, Request},
};

pub(super) type Versions = &'static [&'static str];

pub(super) const METADATA: Versions =
    &["2015-01-01", "2017-12-01", "2018-05-01", "2019-05-01", "2020-06-01", "2022-09-01", "2023-11-01"];

pub(super) const SUBSCRIPTIONS: Versions = &[
    "2015-11-01",
    "2016-06-01",
    "2018-06-01",
    "2019-06-01",
    "2019-11-01",
    "2020-01-01",
    "2021-01-01",
    "2021-04-01",
    "2022-09-01",
    "2022-12-01",
];

pub(super) const RESOURCES: Versions = &[
    "2015-11-01",
    "2016-09-01",
    "2018-05-01",
    "2019-10-01",
    "2020-06-01",
    "2020-10-01",
    "2021-01-01",
    "2021-04-01",
    "2022-09-01",
    "2024-03-01",
    "2024-07-01",
    "2024-11-01",
    "2025-03-01",
    "2025-04-01",
];

pub(super) const MANAGEMENT_GROUPS: Versions =
    &["2018-03-01-preview", "2019-11-01", "2020-02-01", "2020-05-01", "2021-04-01", "2023-04-01"];

pub(super) const ROLE_DEFINITIONS: Versions =
    &["2015-07-01", "2018-01-01-preview", "2022-04-01", "2022-05-01-preview"];

pub(super) const ROLE_ASSIGNMENTS: Versions = &[
    "2015-07-01",
    "2018-01-01-preview",
    "2018-09-01-preview",
    "2020-03-01-preview",
    "2020-04-01-preview",
    "2020-08-01-preview",
    "2020-10-01-preview",
    "2022-04-01",
];

pub(super) const SCHEDULES: Versions =
    &["2020-10-01", "2020-10-01-preview", "2022-04-01-preview", "2024-09-01-preview"];

pub(super) const DENY_ASSIGNMENTS: Versions =
    &["2018-07-01-preview", "2019-03-01-preview", "2022-04-01", "2024-07-01-preview"];

pub(super) const MANAGED_IDENTITY: Versions = &[
    "2018-11-30",
    "2022-01-31-preview",
    "2023-01-31",
    "2023-07-31-preview",
    "2024-11-30",
    "2025-01-31-preview",
    "2025-05-31-preview",
];

pub(super) const KEY_VAULT: Versions = &[
    "2019-09-01",
    "2021-10-01",
    "2022-07-01",
    "2022-11-01",
    "2023-02-01",
    "2023-07-01",
    "2024-11-01",
    "2025-05-01",
    "2026-02-01",
];

/// Checks that the request says one of these.
pub(super) fn check(request: &Request, versions: Versions) -> Result<(), Box<Answer>> {
    let Some(version) = request.query.get("api-version") else {
        let message = "The api-version query parameter (?api-version=) is required for all requests.";
        return Err(faults::error(request, 400, "MissingApiVersionParameter", message));
    };
    if versions.contains(&version.as_str()) {
        return Ok(());
    }
    let message = format!(
        "The api-version '{version}' is invalid. The supported versions are '{}'.",
        versions.join(",")
    );
    Err(faults::error(request, 400, "InvalidApiVersionParameter", &message))
}
