//! The credential report.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>

use census_model::LastUse;
use census_provider_api::ReadError;
use jiff::Timestamp;

use super::load::Loaded;

/// How the report names the root user.
pub(super) const ROOT: &str = "<root_account>";

/// A row: one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The user's name, [`ROOT`] for the root user.
    pub(super) user: String,
    /// ARN.
    pub(super) arn: String,
    /// When the user was created.
    pub(super) created: Option<Timestamp>,
    /// Whether there is a console password; `None` where the report does not say (the root user).
    pub(super) password: Option<bool>,
    /// When the password was last used.
    pub(super) password_used: Option<Timestamp>,
    /// When the password was last set.
    pub(super) password_changed: Option<Timestamp>,
    /// Whether a second factor is registered.
    pub(super) mfa: bool,
    /// The access keys.
    pub(super) keys: Vec<Slot>,
    /// The signing certificates.
    pub(super) certificates: Vec<Slot>,
    /// What the report says of credentials for which it has no column.
    pub(super) more: bool,
}

/// One of the two places that a user has for a kind of credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// 1 or 2.
    pub(super) number: u8,
    /// Whether it is switched on.
    pub(super) active: bool,
    /// When it was created or last changed.
    pub(super) rotated: Option<Timestamp>,
    /// The last use.
    pub(super) used: Option<LastUse>,
}

/// Reads the rows of a report.
pub(super) fn rows(source: &Loaded<'_>, text: &str) -> Result<Vec<Row>, ReadError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| broken(source, &e))?.clone();
    let columns = Columns::find(&header)
        .map_err(|name| source.error("line 1", format!("the column `{name}` is missing")))?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| broken(source, &e))?;
        let line = record.position().map_or(0, csv::Position::line);
        let row = columns.row(&record).map_err(|(column, problem)| {
            source.error(format!("line {line}, column `{}`", header.get(column).unwrap_or_default()), problem)
        })?;
        rows.push(row);
    }
    Ok(rows)
}

/// The text of `csv` names position and lengths, never a value.
fn broken(source: &Loaded<'_>, error: &csv::Error) -> ReadError {
    let line = error.position().map_or(1, csv::Position::line);
    source.error(format!("line {line}"), error.to_string())
}

/// Where each value stands. A column whose absence would read as "there is none" is required.
struct Columns {
    user: usize,
    arn: usize,
    created: Option<usize>,
    password: usize,
    password_used: usize,
    password_changed: Option<usize>,
    mfa: usize,
    keys: Vec<SlotColumns>,
    certificates: Vec<SlotColumns>,
    more: Option<usize>,
}

struct SlotColumns {
    number: u8,
    active: usize,
    rotated: usize,
    /// Date, region, service.
    used: Option<(usize, Option<usize>, Option<usize>)>,
}

type Wrong = (usize, &'static str);

impl Columns {
    fn find(header: &csv::StringRecord) -> Result<Self, String> {
        let optional = |name: &str| header.iter().position(|column| column == name);
        let required = |name: &str| optional(name).ok_or_else(|| name.to_owned());
        let key = |number: u8| -> Result<SlotColumns, String> {
            let name = |what: &str| format!("access_key_{number}_{what}");
            Ok(SlotColumns {
                number,
                active: required(&name("active"))?,
                rotated: required(&name("last_rotated"))?,
                used: Some((
                    required(&name("last_used_date"))?,
                    optional(&name("last_used_region")),
                    optional(&name("last_used_service")),
                )),
            })
        };
        let certificate = |number: u8| -> Result<SlotColumns, String> {
            Ok(SlotColumns {
                number,
                active: required(&format!("cert_{number}_active"))?,
                rotated: required(&format!("cert_{number}_last_rotated"))?,
                used: None,
            })
        };
        Ok(Self {
            user: required("user")?,
            arn: required("arn")?,
            created: optional("user_creation_time"),
            password: required("password_enabled")?,
            password_used: required("password_last_used")?,
            password_changed: optional("password_last_changed"),
            mfa: required("mfa_active")?,
            keys: vec![key(1)?, key(2)?],
            certificates: vec![certificate(1)?, certificate(2)?],
            more: optional("additional_credentials_info"),
        })
    }

    fn row(&self, record: &csv::StringRecord) -> Result<Row, Wrong> {
        let text = |column: usize| record.get(column).unwrap_or_default();
        let slots = |columns: &[SlotColumns]| -> Result<Vec<Slot>, Wrong> {
            columns.iter().filter_map(|slot| slot.read(record).transpose()).collect()
        };
        if text(self.user).is_empty() {
            return Err((self.user, "is empty"));
        }
        Ok(Row {
            user: text(self.user).to_owned(),
            arn: text(self.arn).to_owned(),
            created: time(record, self.created)?,
            password: flag(record, self.password)?,
            password_used: time(record, Some(self.password_used))?,
            password_changed: time(record, self.password_changed)?,
            mfa: flag(record, self.mfa)?.unwrap_or(false),
            keys: slots(&self.keys)?,
            certificates: slots(&self.certificates)?,
            more: self.more.is_some_and(|column| said(text(column)).is_some()),
        })
    }
}

impl SlotColumns {
    /// What is in the slot; `None` where it is empty. An inactive credential still has a date.
    fn read(&self, record: &csv::StringRecord) -> Result<Option<Slot>, Wrong> {
        let active = flag(record, self.active)?.unwrap_or(false);
        let rotated = time(record, Some(self.rotated))?;
        if !active && rotated.is_none() {
            return Ok(None);
        }
        let mut used = None;
        if let Some((date, region, service)) = self.used
            && let Some(at) = time(record, Some(date))?
        {
            let word =
                |column: Option<usize>| column.and_then(|c| record.get(c)).and_then(said).map(Box::from);
            used = Some(LastUse { at, service: word(service), region: word(region) });
        }
        Ok(Some(Slot { number: self.number, active, rotated, used }))
    }
}

/// A value, unless it is one of the report's words for none.
fn said(text: &str) -> Option<&str> {
    (!matches!(text, "" | "N/A" | "no_information" | "not_supported")).then_some(text)
}

fn flag(record: &csv::StringRecord, column: usize) -> Result<Option<bool>, Wrong> {
    match said(record.get(column).unwrap_or_default()) {
        None => Ok(None),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(_) => Err((column, "must be true, false, N/A or not_supported")),
    }
}

fn time(record: &csv::StringRecord, column: Option<usize>) -> Result<Option<Timestamp>, Wrong> {
    let Some(column) = column else { return Ok(None) };
    match said(record.get(column).unwrap_or_default()) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| (column, "is not a time in ISO 8601")),
    }
}
