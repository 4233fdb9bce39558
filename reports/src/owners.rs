//! `census owners`: who owns what, for people, spreadsheets and programs.

use census_model::OwnerStatus;

use crate::{
    Input, Options,
    coverage::coverage_of,
    csv::owner_rows,
    format::RenderError,
    json::owners_report,
    page::{Page, Span, faint, plain, strong},
    table::{coverage_rows, coverage_words, headline, owner_ink},
    unread,
    view::View,
    words::people,
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
    if scopes.len() > 1 {
        page.heading("BY SCOPE", &[]);
        let rows: Vec<_> = scopes
            .iter()
            .map(|scope| vec![plain(view.scope_label(&scope.scope)), plain(coverage_words(&scope.coverage))])
            .collect();
        page.columns(2, &rows);
    }
    let mut listed: Vec<_> =
        view.identities.iter().filter(|identity| filter.wants(view.owner_status(&identity.id))).collect();
    // What somebody has to look at comes first; within a status by scope and name.
    listed.sort_by_key(|identity| {
        (urgency(view.owner_status(&identity.id)), &identity.scope, &identity.name, &identity.id)
    });
    let title = match filter {
        OwnerFilter::All => "IDENTITIES",
        OwnerFilter::Unowned => "UNOWNED",
    };
    page.heading(title, &[plain(listed.len().to_string())]);
    let rows: Vec<_> = listed
        .iter()
        .map(|identity| {
            let status = view.owner_status(&identity.id);
            let who = match view.owner(&identity.id) {
                Some(owner) => match status {
                    OwnerStatus::Registered | OwnerStatus::Inferred | OwnerStatus::Departed => {
                        let owner_name = owner.business_owner.as_deref();
                        people(owner_name, owner.technical_steward.as_deref()).unwrap_or_default()
                    }
                    _ => owner.because.to_string(),
                },
                None => "owners were not looked up".into(),
            };
            let label = Span::new(owner_ink(status), status.as_str());
            vec![label, strong(&*identity.name), plain(view.scope_label(&identity.scope)), plain(who)]
        })
        .collect();
    page.columns(2, &rows);
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
