//! The columns of population.csv.

use std::{cmp::Reverse, io::Write};

use census_model::{CredentialStatus, Identity, Severity};

use super::{
    Sheet,
    rows::{instant, list, scope_name, text},
};
use crate::{
    format::RenderError,
    json::to_line,
    reach::{brief, path_line},
    view::{View, by_severity},
    words::activity_cell,
};

pub(crate) fn population(view: &View<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    let mut sheet = Sheet::new(
        out,
        [
            "id",
            "native_id",
            "immutable_id",
            "provider",
            "scope",
            "scope_name",
            "kind",
            "nature",
            "name",
            "path",
            "created",
            "last_used",
            "disabled",
            "managed_by",
            "owner_status",
            "business_owner",
            "technical_steward",
            "credentials",
            "active_credentials",
            "findings_critical",
            "findings_high",
            "findings_medium",
            "findings_low",
            "findings_info",
            "reach_level",
            "reach_bound",
            "reach_conditional",
            "reach_paths",
            "reach_first_path",
            "reach_scopes",
            "tags",
        ],
    )?;
    for identity in &view.identities {
        let owner = view.owner(&identity.id);
        let credentials = view.credentials_of(&identity.id);
        let active = credentials.iter().filter(|c| c.status == CredentialStatus::Active).count();
        let severities = by_severity(view.findings_of(&identity.id).iter().copied());
        let findings = |severity| severities.get(&Reverse(severity)).copied().unwrap_or(0).to_string();
        let [level, bound, conditional, paths, first_path, scopes] = reach(view, identity);
        sheet.row([
            identity.id.to_string(),
            identity.native_id.to_string(),
            text(identity.immutable_id.as_deref()),
            identity.provider.to_string(),
            identity.scope.to_string(),
            scope_name(view, identity),
            identity.kind.to_string(),
            identity.nature.kind.as_str().to_owned(),
            identity.name.to_string(),
            text(identity.path.as_deref()),
            instant(identity.created),
            activity_cell(view.activity(identity)),
            identity.disabled.to_string(),
            text(identity.managed_by.as_ref().map(|manager| &*manager.name)),
            view.owner_status(&identity.id).to_string(),
            text(owner.and_then(|owner| owner.business_owner.as_deref())),
            text(owner.and_then(|owner| owner.technical_steward.as_deref())),
            credentials.len().to_string(),
            active.to_string(),
            findings(Severity::Critical),
            findings(Severity::High),
            findings(Severity::Medium),
            findings(Severity::Low),
            findings(Severity::Info),
            level,
            bound,
            conditional,
            paths,
            first_path,
            scopes,
            if identity.tags.is_empty() { String::new() } else { to_line(&identity.tags)? },
        ])?;
    }
    sheet.finish()
}

/// What an identity can do; empty where that was not computed.
fn reach(view: &View<'_>, identity: &Identity) -> [String; 6] {
    let Some(reach) = view.reach(&identity.id) else { return Default::default() };
    [
        reach.level.to_string(),
        reach.bound.as_str().to_owned(),
        reach.conditional.to_string(),
        format!("{}{}", reach.paths_total, if reach.paths_more { "+" } else { "" }),
        reach.paths.first().map(|path| path_line(view, path)).unwrap_or_default(),
        list(
            reach.at.iter().map(|at| format!("{}: {}", at.scope, brief(at.level, at.bound, at.conditional))),
        ),
    ]
}
