//! `census owners`: who owns what, for people, spreadsheets and programs.

use std::cmp::Reverse;

use census_model::{Identity, LifeState, OwnerStatus};

use crate::{
    Coverage, Input, Options,
    coverage::{coverage_by_owner, coverage_of},
    csv::owner_rows,
    format::RenderError,
    json::owners_report,
    life::life_ink,
    page::{Page, Span, faint, plain, strong},
    table::{coverage_rows, coverage_words, headline, more, no_registry, owner_ink, review_coverage_words},
    unread,
    view::View,
    words::{activity, people},
};

/// Which identities are listed: those that meet all of it. The numbers are always of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnerFilter {
    /// Those of one of these statuses; empty: of any. An identity whose owner could not be looked up is not unowned; a
    /// note counts those.
    pub statuses: Vec<OwnerStatus>,
    /// Those that stand so; empty: those of which nothing is registered too.
    pub states: Vec<LifeState>,
    /// Those of whom the owner, steward or backup is called so, or in part so. Case does not count.
    pub who: Option<String>,
    /// Those in this scope or below it, by its id, native id or name.
    pub scope: Option<String>,
}

impl OwnerFilter {
    /// What nobody owns: every source was read, and none names anyone.
    pub fn unowned() -> Self {
        Self { statuses: vec![OwnerStatus::Unowned], ..Self::default() }
    }

    pub(crate) fn wants(&self, view: &View<'_>, identity: &Identity) -> bool {
        let record = view.owner(&identity.id);
        let life = record.and_then(|record| record.life.as_deref()).map(|life| life.state);
        let named = |who: &String| {
            let wanted = who.to_lowercase();
            let backup = record.and_then(|record| record.registration.as_deref()?.backup.as_ref());
            let names = record.into_iter().flat_map(|one| [&one.business_owner, &one.technical_steward]);
            let names = names.flatten().chain(backup.map(|backup| &backup.value));
            names.into_iter().any(|name| name.to_lowercase().contains(&wanted))
        };
        let within = |wanted: &String| {
            view.index.ancestors(&identity.scope).iter().any(|scope| {
                let names = [scope.id.as_str(), &*scope.native_id];
                names.contains(&wanted.as_str()) || scope.name.as_deref() == Some(wanted.as_str())
            })
        };
        (self.statuses.is_empty() || self.statuses.contains(&view.owner_status(&identity.id)))
            && (self.states.is_empty() || life.is_some_and(|life| self.states.contains(&life)))
            && self.who.as_ref().is_none_or(named)
            && self.scope.as_ref().is_none_or(within)
    }
}

/// Coverage, in all and by scope, and a line for each identity.
pub fn owners_table(input: &Input<'_>, filter: &OwnerFilter, options: &Options) -> String {
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
            .map(|scope| {
                vec![
                    plain(view.scope_label(&scope.scope)),
                    plain(coverage_words(&scope.coverage)),
                    faint(review_coverage_words(&scope.coverage).unwrap_or_default()),
                ]
            })
            .collect();
        page.columns(2, &rows);
    }
    by_owner(&mut page, &view);
    let mut listed: Vec<_> =
        view.identities.iter().copied().filter(|identity| filter.wants(&view, identity)).collect();
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
                vec![
                    strong(&*identity.name),
                    faint(scope),
                    life(&view, identity),
                    plain(who(&view, identity)),
                ]
            })
            .collect();
        page.columns(2, &rows);
    }
    if listed.is_empty() {
        page.heading("NONE", &[plain("no identity is so, as far as could be read")]);
    }
    let unknown = coverage.count(OwnerStatus::Unknown);
    if filter.statuses == [OwnerStatus::Unowned] && unknown > 0 {
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

/// How many owners the table lists.
const OWNERS: usize = 20;

/// Who has most to do: first those with most that is overdue or should be gone.
fn by_owner(page: &mut Page, view: &View<'_>) {
    let owners = coverage_by_owner(view);
    if owners.keys().all(Option::is_none) {
        return;
    }
    page.heading("BY OWNER", &[faint("most to do first")]);
    let mut owners: Vec<_> = owners.into_iter().filter(|(owner, _)| owner.is_some()).collect();
    let open = |coverage: &Coverage| {
        coverage.standing(LifeState::RetirementDue) + coverage.standing(LifeState::Overdue)
    };
    owners.sort_by_key(|(owner, coverage)| (Reverse(open(coverage)), Reverse(coverage.ownable()), *owner));
    let rows: Vec<_> = owners
        .iter()
        .take(OWNERS)
        .map(|(owner, coverage)| {
            vec![
                plain(owner.unwrap_or_default()),
                plain(coverage_words(coverage)),
                faint(review_coverage_words(coverage).unwrap_or_default()),
            ]
        })
        .collect();
    page.columns(2, &rows);
    more(page, 2, owners.len(), OWNERS, "--format json shows all");
}

/// Where it stands.
fn life(view: &View<'_>, identity: &Identity) -> Span {
    let life = view.owner(&identity.id).and_then(|owner| owner.life.as_deref());
    life.map_or_else(|| plain(""), |life| Span::new(life_ink(life.state), life.state.as_str()))
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
pub fn owners_csv(input: &Input<'_>, filter: &OwnerFilter) -> Result<Vec<u8>, RenderError> {
    let mut bytes = Vec::new();
    owner_rows(&View::new(input), filter, &mut bytes)?;
    Ok(bytes)
}

/// Coverage and identities with their owners, as `census.owners/1`. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn owners_json(input: &Input<'_>, filter: &OwnerFilter) -> Result<Vec<u8>, RenderError> {
    owners_report(&View::new(input), filter)
}
