//! When service principals last signed in.
//!
//! Microsoft says of the report that it gives the last activity of every service principal, and nowhere how far back it
//! reaches (<https://learn.microsoft.com/entra/identity/monitoring-health/concept-usage-insights-report>). So one that
//! it does not list was not seen since no particular date: its use is not visible.

use std::collections::HashMap;

use census_model::{EstateBuilder, GapId, GapReason, LastUse, Observed};
use jiff::Timestamp;

use super::{files::Files, tenant::Tenant};
use crate::documents::{Collection, value::Str};

const NOT_TOLD: &str = "the report of sign-ins does not say how far back it reaches, and lists neither users nor single \
                        credentials: what it does not list may have been used";

/// The report, by client id.
pub(super) struct SignIns {
    last: HashMap<String, Timestamp>,
    absent: Option<GapId>,
    not_told: GapId,
}

impl SignIns {
    pub(super) fn new(tenant: &Tenant, files: &Files<'_>, estate: &mut EstateBuilder) -> Self {
        let last =
            files.sign_ins.iter().filter_map(|one| Some((one.app_id.to_ascii_lowercase(), one.last()?.0)));
        let none: [&str; 0] = [];
        Self {
            last: last.collect(),
            absent: tenant.open(Collection::SignIns).cloned(),
            not_told: tenant.note(Collection::SignIns, GapReason::NotRequested, NOT_TOLD, none, estate),
        }
    }

    /// The last sign-in of a client, of any kind.
    pub(super) fn of_client(&self, app_id: Option<&Str<'_>>) -> Observed<LastUse> {
        let last = app_id.and_then(|app_id| self.last.get(app_id.lower().as_str()));
        last.map_or_else(
            || Observed::NotVisible(self.absent.as_ref().unwrap_or(&self.not_told).clone()),
            |at| Observed::Known(LastUse { at: *at, service: None, region: None }),
        )
    }

    /// The last use of what the report never lists: users and single credentials.
    pub(super) fn of_others(&self) -> Observed<LastUse> {
        Observed::NotVisible(self.not_told.clone())
    }
}
