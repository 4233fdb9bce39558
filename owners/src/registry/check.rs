//! From cells to an entry, the same for every format.

use census_model::Text;

use super::{
    entry::{Location, OffboardingTrigger, RegistryEntry, key},
    error::{Place, Problems, control_character, shown},
    field::Field,
    value,
};
use crate::owner_name;

/// The longest identity, in characters: an ARN has at most 2,048.
const MAX_IDENTITY: usize = 2048;

/// The longest other value, in characters.
const MAX_VALUE: usize = 8192;

/// An entry before its values are understood.
#[derive(Debug)]
pub(crate) struct RawEntry {
    /// Where it begins.
    pub(crate) line: u64,
    /// The values that are not empty.
    pub(crate) cells: Vec<Cell>,
}

/// A value of a field.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) field: Field,
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// Understands an entry. What is wrong goes to `problems`; then there is no entry.
pub(crate) fn check(raw: &RawEntry, problems: &mut Problems) -> Option<RegistryEntry> {
    let mut entry = RegistryEntry {
        identity: Text::default(),
        key: Text::default(),
        business_owner: None,
        technical_steward: None,
        backup: None,
        purpose: None,
        data_class: None,
        risk_class: None,
        environment: None,
        review_every: None,
        used_every: None,
        last_business_attestation: None,
        last_technical_attestation: None,
        offboarding_trigger: OffboardingTrigger::default(),
        vendor: None,
        ticket: None,
        expires: None,
        approved_pattern: None,
        retired: None,
        location: Location { file: problems.name().clone(), line: raw.line },
    };
    let mut right = true;
    for cell in &raw.cells {
        if let Err(what) = set(&mut entry, cell.field, cell.text.trim()) {
            problems.at(cell.place, format!("`{}`: {what}", cell.field.name()));
            right = false;
        }
    }
    let named = |cell: &Cell| cell.field == Field::Identity && !cell.text.trim().is_empty();
    if !raw.cells.iter().any(named) {
        problems.line(raw.line, "`identity` is missing, every entry names the identity that it is about");
        right = false;
    }
    right.then_some(entry)
}

fn set(entry: &mut RegistryEntry, field: Field, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    bounded(field, text)?;
    let trigger = &mut entry.offboarding_trigger;
    match field {
        Field::Identity => {
            entry.identity = text.into();
            entry.key = key(text);
        }
        Field::BusinessOwner => entry.business_owner = owner_name::named(text),
        Field::TechnicalSteward => entry.technical_steward = owner_name::named(text),
        Field::Backup => entry.backup = owner_name::named(text),
        Field::Purpose => entry.purpose = owner_name::named(text),
        Field::DataClass => entry.data_class = owner_name::named(text),
        Field::RiskClass => entry.risk_class = owner_name::named(text),
        Field::Environment => entry.environment = owner_name::named(text),
        Field::ReviewEvery => entry.review_every = Some(value::period(text)?),
        Field::UsedEvery => entry.used_every = Some(value::period(text)?),
        Field::LastBusinessAttestation => entry.last_business_attestation = Some(value::date(text)?),
        Field::LastTechnicalAttestation => entry.last_technical_attestation = Some(value::date(text)?),
        Field::ProjectEnd => trigger.project_end = Some(value::event(text)?),
        Field::VendorChange => trigger.vendor_change = Some(value::event(text)?),
        Field::Idle => trigger.idle = Some(value::period(text)?),
        Field::Date => trigger.date = Some(value::date(text)?),
        Field::Vendor => entry.vendor = owner_name::named(text),
        Field::Ticket => entry.ticket = owner_name::named(text),
        Field::Expires => entry.expires = Some(value::date(text)?),
        Field::ApprovedPattern => entry.approved_pattern = owner_name::named(text),
    }
    Ok(())
}

/// A line break inside a name is nearly always a quote that was not closed, and would swallow entries.
fn bounded(field: Field, text: &str) -> Result<(), String> {
    let limit = if field == Field::Identity { MAX_IDENTITY } else { MAX_VALUE };
    if text.chars().nth(limit).is_some() {
        return Err(format!("{} is longer than {limit} characters", shown(text)));
    }
    let allowed = |c: char| !c.is_control() || (field == Field::Purpose && matches!(c, '\n' | '\r' | '\t'));
    match text.chars().find(|c| !allowed(*c)) {
        Some(c) => Err(control_character(text, c)),
        None => Ok(()),
    }
}
