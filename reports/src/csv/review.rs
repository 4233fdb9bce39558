//! A sheet of a review: what an owner has to know of each identity, and columns for what they decide.

use census_model::{Attests, CredentialStatus, Identity, Life, Registration, Stated, Text};

use super::{
    Sheet,
    rows::{list, scope_name, text},
};
use crate::{
    Input,
    format::RenderError,
    reach::{brief, path_line},
    table::severity_words,
    view::View,
    words::activity,
};

/// The columns of a sheet. The last four are for answers.
pub const REVIEW_COLUMNS: [&str; 23] = [
    "identity",
    "immutable_id",
    "name",
    "scope",
    "kind",
    "purpose",
    "environment",
    "risk_class",
    "data_class",
    "reach",
    "first_path",
    "last_use",
    "active_credentials",
    "findings",
    "state",
    "because",
    "business_due",
    "technical_due",
    "may_take_over",
    "business_decision",
    "technical_decision",
    "comment",
    "ticket",
];

/// Writes sheets of one estate; the look-ups are made once.
pub struct ReviewSheets<'a>(View<'a>);

impl<'a> ReviewSheets<'a> {
    /// Of an estate and what was made of it.
    pub fn new(input: &Input<'a>) -> Self {
        Self(View::new(input))
    }

    /// A sheet about some identities, in their order.
    ///
    /// # Errors
    /// When the CSV writer refuses, which writing to memory gives no cause for.
    pub fn sheet(&self, identities: &[&'a Identity]) -> Result<Vec<u8>, RenderError> {
        let mut bytes = Vec::new();
        let mut sheet = Sheet::new(&mut bytes, REVIEW_COLUMNS)?;
        for identity in identities {
            sheet.row(row(&self.0, identity))?;
        }
        sheet.finish()?;
        Ok(bytes)
    }
}

fn row<'a>(view: &View<'a>, identity: &'a Identity) -> [String; 23] {
    let owner = view.owner(&identity.id);
    let registration = owner.and_then(|owner| owner.registration.as_deref());
    let life = owner.and_then(|owner| owner.life.as_deref());
    let stated = |field: fn(&Registration) -> &Option<Stated<Text>>| {
        text(registration.and_then(|one| field(one).as_ref()).map(|stated| &*stated.value))
    };
    let reach = view.reach(&identity.id);
    let active =
        view.credentials_of(&identity.id).iter().filter(|one| one.status == CredentialStatus::Active).count();
    let due = |attests| {
        let due = life.and_then(|life: &Life| life.review(attests).due);
        due.map(|due| due.to_string()).unwrap_or_default()
    };
    let successors = owner.map_or(&[][..], |owner| &owner.successors);
    [
        identity.native_id.to_string(),
        text(identity.immutable_id.as_deref()),
        identity.name.to_string(),
        scope_name(view, identity),
        identity.kind.to_string(),
        stated(|one| &one.purpose),
        stated(|one| &one.environment),
        stated(|one| &one.risk_class),
        stated(|one| &one.data_class),
        reach.map(|reach| brief(reach.level, reach.bound, reach.conditional)).unwrap_or_default(),
        reach.and_then(|reach| reach.paths.first()).map(|path| path_line(view, path)).unwrap_or_default(),
        activity(view.as_of(), view.activity(identity)),
        active.to_string(),
        severity_words(view.findings_of(&identity.id).iter().copied()),
        text(life.map(|life| life.state.as_str())),
        text(life.map(|life| &*life.because)),
        due(Attests::BusinessOwnership),
        due(Attests::TechnicalNecessity),
        list(successors.iter().map(|one| format!("{} ({})", one.who, one.reason.as_str()))),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
    ]
}
