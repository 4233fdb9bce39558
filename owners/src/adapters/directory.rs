//! People as human resources or a directory export them: a table with a row for each person.

use std::path::PathBuf;

use census_model::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    intake::{Column, Encoding, Header, Layout, Reader, Row, Source, read},
    people::{Employment, Person},
    registry::{Location, Problems, RegistryError, date, shown},
};

/// An export of people, CSV or a spreadsheet. Columns that are not mapped are not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectoryConfig {
    /// The file, `.csv` or `.xlsx`, relative to the configuration file.
    pub file: PathBuf,
    /// Which column holds what.
    pub columns: DirectoryColumns,
    /// What the column of the status holds of those who are here; case does not count.
    #[serde(default = "active")]
    pub active: Vec<String>,
    /// What it holds of those who left.
    #[serde(default = "left")]
    pub left: Vec<String>,
    /// The characters of a CSV file.
    #[serde(default)]
    pub encoding: Encoding,
    /// The sheet of a spreadsheet; may be left out where there is one.
    #[serde(default)]
    pub sheet: Option<String>,
}

/// The columns of an export of people. `id` or `mail` is needed, and `status` or `termination_date`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DirectoryColumns {
    /// The personnel number or another id.
    pub id: Option<String>,
    /// The mail address.
    pub mail: Option<String>,
    /// The user principal name or login, where it is not the mail address.
    pub upn: Option<String>,
    /// The name as it is shown: `Ada Lovelace` or `Lovelace, Ada`.
    pub name: Option<String>,
    /// Other names and former addresses, with `;` or `,` between them.
    pub aliases: Option<String>,
    /// Whether they are here.
    pub status: Option<String>,
    /// The last day on which they are here. Counts more than the status.
    pub termination_date: Option<String>,
    /// The id, address or name of whom they report to.
    pub manager: Option<String>,
    /// The team or department that they are in.
    pub team: Option<String>,
}

fn active() -> Vec<String> {
    ["active", "employed", "on leave", "enabled", "true"].map(str::to_owned).into()
}

fn left() -> Vec<String> {
    ["terminated", "left", "leaver", "inactive", "resigned", "retired", "disabled", "false"]
        .map(str::to_owned)
        .into()
}

impl DirectoryConfig {
    /// Reads the people.
    ///
    /// # Errors
    /// When it is no such table, a column is missing, a date can be read in two ways, or a status is not known.
    pub(crate) fn read(&self, name: &str, source: &mut dyn Source) -> Result<Vec<Person>, RegistryError> {
        let mut problems = Problems::new(name);
        let columns = &self.columns;
        if columns.id.is_none() && columns.mail.is_none() {
            problems.file("`columns` maps neither `id` nor `mail`, nobody could be recognized");
        }
        if columns.status.is_none() && columns.termination_date.is_none() {
            problems
                .file("`columns` maps neither `status` nor `termination_date`, who left could not be told");
        }
        let mut people = People { config: self, columns: Columns::default(), people: Vec::new() };
        if problems.is_empty() {
            let layout = Layout { encoding: self.encoding, sheet: self.sheet.clone() };
            read(source, &layout, &mut people, &mut problems);
        }
        if problems.is_empty() { Ok(people.people) } else { Err(problems.into_error()) }
    }
}

#[derive(Default)]
struct Columns {
    id: Option<Column>,
    mail: Option<Column>,
    upn: Option<Column>,
    name: Option<Column>,
    aliases: Option<Column>,
    status: Option<Column>,
    termination_date: Option<Column>,
    manager: Option<Column>,
    team: Option<Column>,
}

struct People<'c> {
    config: &'c DirectoryConfig,
    columns: Columns,
    people: Vec<Person>,
}

impl Reader for People<'_> {
    fn header(&mut self, header: &Header<'_>, problems: &mut Problems) {
        let mut need = |name: &Option<String>| name.as_ref().and_then(|name| header.need(name, problems));
        let names = &self.config.columns;
        self.columns = Columns {
            id: need(&names.id),
            mail: need(&names.mail),
            upn: need(&names.upn),
            name: need(&names.name),
            aliases: need(&names.aliases),
            status: need(&names.status),
            termination_date: need(&names.termination_date),
            manager: need(&names.manager),
            team: need(&names.team),
        };
    }

    fn row(&mut self, row: &Row<'_>, problems: &mut Problems) {
        let text = |column: Option<Column>| column.and_then(|column| row.cell(column)).map(|(text, _)| text);
        let columns = &self.columns;
        let (id, mail, name) = (text(columns.id), text(columns.mail), text(columns.name));
        let Some(label) = mail.or(name).or(id) else {
            return problems
                .line(row.line, "the row names nobody, it has neither mail address nor name nor id");
        };
        let mut names: Vec<String> =
            [mail, id, text(columns.upn), name].into_iter().flatten().map(str::to_owned).collect();
        names.extend(name.and_then(turned));
        let aliases = text(columns.aliases).into_iter().flat_map(|all| all.split([';', ',']));
        names.extend(aliases.map(|alias| alias.trim().to_owned()));
        let Some(employment) = self.employment(row, problems) else { return };
        let (manager, team) = (text(columns.manager).map(Text::from), text(columns.team).map(Text::from));
        let location = Location { file: problems.name().clone(), line: row.line };
        self.people.push(Person {
            label: label.into(),
            names,
            employment,
            manager,
            team,
            location: location.to_string().into(),
        });
    }
}

impl People<'_> {
    /// Whether the person of a row is here; nothing where that is written in a way that is not known.
    fn employment(&self, row: &Row<'_>, problems: &mut Problems) -> Option<Employment> {
        let names = &self.config.columns;
        if let Some((text, place)) = self.columns.termination_date.and_then(|column| row.cell(column)) {
            let column = names.termination_date.as_deref().unwrap_or_default();
            return date(text)
                .map(Employment::Until)
                .map_err(|what| problems.at(place, format!("column {}: {what}", shown(column))))
                .ok();
        }
        let Some(column) = self.columns.status else { return Some(Employment::Here) };
        let Some((text, place)) = row.cell(column) else { return Some(Employment::Unknown) };
        let is_one_of = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
        if is_one_of(&self.config.left) {
            Some(Employment::Left)
        } else if is_one_of(&self.config.active) {
            Some(Employment::Here)
        } else {
            let column = shown(names.status.as_deref().unwrap_or_default());
            let what = shown(text);
            problems.at(
                place,
                format!("column {column}: {what} is neither in `active` nor in `left` of this source"),
            );
            None
        }
    }
}

/// `Ada Lovelace` of `Lovelace, Ada`.
fn turned(name: &str) -> Option<String> {
    let (last, first) = name.split_once(',')?;
    Some(format!("{} {}", first.trim(), last.trim()))
}
