//! `census owners`: who owns what, for people, spreadsheets and programs.

use census_model::{Identity, OwnerStatus};

use crate::{
    Input, Options,
    coverage::coverage_of,
    csv::owner_rows,
    format::RenderError,
    json::owners_report,
    page::{Page, faint, plain, strong},
    table::{coverage_rows, coverage_words, headline, no_registry, owner_ink},
    unread,
    view::View,
    words::{activity, people},
};

/// Which identities are listed. The numbers are always of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OwnerFilter {
    /// Every identity.
    #[default]
    All,
    /// Those that nobody owns: every source was read, and none names anyone. An identity whose owner could not be
    /// looked up is not among them; a note counts those.
    Unowned,
}

impl OwnerFilter {
    pub(crate) fn wants(self, status: OwnerStatus) -> bool {
        match self {
            Self::All => true,
            Self::Unowned => status == OwnerStatus::Unowned,
        }
    }
}

/// Coverage, in all and by scope, and a line for each identity.
pub fn owners_table(input: &Input<'_>, filter: OwnerFilter, options: &Options) -> String {
    let view = View::new(input);
    let (coverage, scopes) = coverage_of(&view);
    let mut page = Page::new(options);
    headline(&mut page, &view, options);
    page.heading("OWNERS", &[plain(coverage_words(&coverage))]);
    coverage_rows(&mut page, 2, &coverage);
    no_registry(&mut page, &view);
    if scopes.len() > 1 {
        page.heading("BY SCOPE", &[]);
        let rows: Vec<_> = scopes
            .iter()
            .map(|scope| vec![plain(view.scope_label(&scope.scope)), plain(coverage_words(&scope.coverage))])
            .collect();
        page.columns(2, &rows);
    }
    let mut listed: Vec<_> = view
        .identities
        .iter()
        .copied()
        .filter(|identity| filter.wants(view.owner_status(&identity.id)))
        .collect();
    // What somebody has to look at comes first; within a status by scope and name.
    listed.sort_by_key(|identity| {
        (urgency(view.owner_status(&identity.id)), &identity.scope, &identity.name, &identity.id)
    });
    for group in listed.chunk_by(|a, b| view.owner_status(&a.id) == view.owner_status(&b.id)) {
        let status = group.first().map_or(OwnerStatus::Unknown, |identity| view.owner_status(&identity.id));
        let title = status.as_str().to_uppercase();
        page.heading_in(owner_ink(status), &title, &[plain(group.len().to_string())]);
        let rows: Vec<_> = group
            .iter()
            .map(|identity| {
                let scope = view.scope_name(&identity.scope);
                vec![strong(&*identity.name), faint(scope), plain(who(&view, identity))]
            })
            .collect();
        page.columns(2, &rows);
    }
    if listed.is_empty() {
        page.heading("NONE", &[plain("no identity is without an owner, as far as could be read")]);
    }
    let unknown = coverage.count(OwnerStatus::Unknown);
    if filter == OwnerFilter::Unowned && unknown > 0 {
        page.line(
            2,
            &[faint(format!(
                "{unknown} more may be unowned: a source that could name their owner was not read"
            ))],
        );
    }
    unread::section(&mut page, &view, options);
    page.finish()
}

/// Who owns it; of what nobody owns, what helps to find out.
fn who(view: &View<'_>, identity: &Identity) -> String {
    let Some(owner) = view.owner(&identity.id) else { return "owners were not looked up".into() };
    match owner.status {
        OwnerStatus::Registered | OwnerStatus::Inferred => {
            people(owner.business_owner.as_deref(), owner.technical_steward.as_deref()).unwrap_or_default()
        }
        OwnerStatus::Departed => match owner.successors.first() {
            Some(successor) => format!("{}; may take over: {}", owner.because, successor.who),
            None => owner.because.to_string(),
        },
        OwnerStatus::Unowned => activity(view.as_of(), view.activity(identity)),
        OwnerStatus::Conflict | OwnerStatus::Unknown | OwnerStatus::NotApplicable => {
            owner.because.to_string()
        }
    }
}

fn urgency(status: OwnerStatus) -> usize {
    let order = [
        OwnerStatus::Departed,
        OwnerStatus::Conflict,
        OwnerStatus::Unowned,
        OwnerStatus::Unknown,
        OwnerStatus::Inferred,
        OwnerStatus::Registered,
        OwnerStatus::NotApplicable,
    ];
    order.iter().position(|known| *known == status).unwrap_or(order.len())
}

/// The rows of owners.csv.
///
/// # Errors
/// When the CSV writer refuses, which writing to memory gives no cause for.
pub fn owners_csv(input: &Input<'_>, filter: OwnerFilter) -> Result<Vec<u8>, RenderError> {
    owner_rows(&View::new(input), |status| filter.wants(status))
}

/// Coverage and identities with their owners, as `census.owners/1`. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn owners_json(input: &Input<'_>, filter: OwnerFilter) -> Result<Vec<u8>, RenderError> {
    owners_report(&View::new(input), filter)
}
