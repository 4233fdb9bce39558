//! The columns of privilege.csv: what is granted beside what was used, one row an identity.

use std::io::Write;

use census_model::UseCounts;

use super::{
    Sheet,
    rows::{instant, scope_name, text},
};
use crate::{format::RenderError, view::View};

/// The one file of the format.
pub(crate) const FILE: &str = "privilege.csv";

/// `untold` is what no source tells: all of it, where the columns of the window are empty.
pub(crate) fn privilege_rows(view: &View<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    let mut sheet = Sheet::new(
        out,
        [
            "identity",
            "native_id",
            "name",
            "scope",
            "scope_name",
            "kind",
            "reach_level",
            "owner_status",
            "business_owner",
            "usage_from",
            "usage_to",
            "services_granted",
            "services_used",
            "services_unused",
            "services_untold",
            "weighty_granted",
            "weighty_used",
            "weighty_unused",
            "weighty_untold",
        ],
    )?;
    for identity in &view.identities {
        let Some(of) = view.privilege_use(&identity.id) else { continue };
        let owner = view.owner(&identity.id);
        let counts = |counts: UseCounts| {
            [counts.granted(), counts.used, counts.unused, counts.untold].map(|number| number.to_string())
        };
        let [services, services_used, services_unused, services_untold] = counts(of.services);
        let [weighty, weighty_used, weighty_unused, weighty_untold] = counts(of.weighty);
        sheet.row([
            identity.id.to_string(),
            identity.native_id.to_string(),
            identity.name.to_string(),
            identity.scope.to_string(),
            scope_name(view, identity),
            identity.kind.to_string(),
            view.reach(&identity.id).map(|reach| reach.level.to_string()).unwrap_or_default(),
            view.owner_status(&identity.id).to_string(),
            text(owner.and_then(|owner| owner.business_owner.as_deref())),
            instant(of.window.map(|(from, _)| from)),
            instant(of.window.map(|(_, to)| to)),
            services,
            services_used,
            services_unused,
            services_untold,
            weighty,
            weighty_used,
            weighty_unused,
            weighty_untold,
        ])?;
    }
    sheet.finish()
}
