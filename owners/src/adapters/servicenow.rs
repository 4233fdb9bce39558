//! ServiceNow: an export of configuration items (`cmdb_ci` and its classes) as CSV.
//!
//! A list exported as CSV has the names of fields in its header, and values as people read them
//! (<https://www.servicenow.com/docs/r/platform-administration/table-administration-and-data-management/default-values-headers-values.html>);
//! an export of raw values has numbers in choice fields, of which 6 is retired in `operational_status`.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::table::Entries;
use crate::{
    intake::{Column, Encoding, Header, Layout, Reader, Row, Source, read},
    registry::{Cell, Field, Place, Problems, RawEntry, Registry, RegistryEntry, RegistryError, check},
};

/// Configuration items of ServiceNow. Of several columns for one thing the first that is not empty counts. Rows whose
/// identity is no ARN of IAM and no unique id of a user or role are about other things and left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServicenowConfig {
    /// The exports, `.csv` or `.xlsx`, relative to the configuration file.
    pub files: Vec<PathBuf>,
    /// Columns that may hold an ARN or a unique id.
    pub identity: Vec<String>,
    /// Columns that name who answers for it.
    pub business_owner: Vec<String>,
    /// Columns that name who operates it.
    pub technical_steward: Vec<String>,
    /// Columns that name the environment.
    pub environment: Vec<String>,
    /// The column that says whether the item is still there.
    pub status: String,
    /// What that column holds of an item that was retired.
    pub retired: Vec<String>,
    /// The characters of a CSV file.
    pub encoding: Encoding,
}

impl Default for ServicenowConfig {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            files: Vec::new(),
            identity: list(&["object_id", "correlation_id"]),
            business_owner: list(&["owned_by"]),
            technical_steward: list(&["managed_by", "support_group"]),
            environment: list(&["environment"]),
            status: "operational_status".into(),
            retired: list(&["6", "Retired"]),
            encoding: Encoding::Utf8,
        }
    }
}

impl ServicenowConfig {
    /// Reads the entries of one export.
    ///
    /// # Errors
    /// When it is no such table, a column that is needed is missing, or any value is not right.
    pub(crate) fn read(&self, name: &str, source: &mut dyn Source) -> Result<Entries, RegistryError> {
        let mut problems = Problems::new(name);
        let layout = Layout { encoding: self.encoding, sheet: None };
        let mut items = Items { config: self, columns: Columns::default(), entries: Vec::new(), left_out: 0 };
        read(source, &layout, &mut items, &mut problems);
        if problems.is_empty() {
            Ok(Entries { registry: Registry::of(items.entries), left_out: items.left_out })
        } else {
            Err(problems.into_error())
        }
    }
}

#[derive(Default)]
struct Columns {
    identity: Vec<Column>,
    people: Vec<(Field, Vec<Column>)>,
    status: Option<Column>,
}

struct Items<'c> {
    config: &'c ServicenowConfig,
    columns: Columns,
    entries: Vec<RegistryEntry>,
    left_out: usize,
}

impl Reader for Items<'_> {
    fn header(&mut self, header: &Header<'_>, problems: &mut Problems) {
        let config = self.config;
        let some = |names: &[String], problems: &mut Problems| {
            names.iter().filter_map(|name| header.find(name, problems)).collect()
        };
        self.columns = Columns {
            identity: header.need_any(&config.identity, problems),
            people: vec![
                (Field::BusinessOwner, header.need_any(&config.business_owner, problems)),
                (Field::TechnicalSteward, some(&config.technical_steward, problems)),
                (Field::Environment, some(&config.environment, problems)),
            ],
            // Without it a retired item could not be told from one in service.
            status: header.need(&config.status, problems),
        };
    }

    fn row(&mut self, row: &Row<'_>, problems: &mut Problems) {
        let mut ids = self.columns.identity.iter().filter_map(|column| row.cell(*column));
        let Some((identity, place)) = ids.find(|(text, _)| names_identity(text)) else {
            self.left_out += 1;
            return;
        };
        let cell = |field: Field, text: &str, place: Place| Cell { field, text: text.to_owned(), place };
        let mut cells = vec![cell(Field::Identity, identity, place)];
        for (field, columns) in &self.columns.people {
            let first = columns.iter().find_map(|column| row.cell(*column));
            cells.extend(first.map(|(text, place)| cell(*field, text, place)));
        }
        let Some(mut entry) = check(&RawEntry { line: row.line, cells }, problems) else { return };
        let status = self.columns.status.and_then(|column| row.cell(column)).map(|(text, _)| text);
        let retired =
            status.filter(|status| self.config.retired.iter().any(|one| one.eq_ignore_ascii_case(status)));
        entry.retired = retired.map(|status| format!("{} {status}", self.config.status).into());
        self.entries.push(entry);
    }
}

/// Whether a text is an ARN of an IAM user, role or root user, or the unique id of a user or role.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
fn names_identity(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let arn = parts.next() == Some("arn");
    let iam = parts.nth(1) == Some("iam");
    let resource = parts.nth(2).unwrap_or_default();
    let principal = resource == "root" || resource.starts_with("user/") || resource.starts_with("role/");
    let unique = |prefix: &str| text.starts_with(prefix) && text.len() >= 16;
    let plain = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (arn && iam && principal) || (plain && (unique("AIDA") || unique("AROA")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_roles_are_told_from_other_things() {
        for text in [
            "arn:aws:iam::111122223333:role/ci/deploy",
            "arn:aws-cn:iam::111122223333:user/x",
            "arn:aws:iam::111122223333:root",
            "AROAEXAMPLE000000001",
        ] {
            assert!(names_identity(text), "{text}");
        }
        for text in [
            "i-0abcd1234ef567890",
            "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
            "arn:aws:iam::111122223333:policy/p",
            "AROA",
            "AROAexample00000000",
            "web01.example.com",
            "",
            "role/x",
        ] {
            assert!(!names_identity(text), "{text}");
        }
    }
}
