//! Who owns what, as the company wrote it down: the main registry in YAML, finance's own in CSV.

mod entries;

use std::{collections::BTreeMap, fmt::Write};

use anyhow::Result;

use super::catalogue::Team;

/// The main registry.
pub(super) const MAIN: &str = "registry.yaml";
/// Finance's own.
pub(super) const FINANCE: &str = "registry-finance.csv";

/// An entry; fields as Census reads them.
pub(super) struct Entry {
    identity: String,
    team: Team,
    fields: Vec<(&'static str, String)>,
}

impl Entry {
    /// An entry whose owner has attested it this year.
    fn new(team: Team, identity: impl Into<String>, purpose: &str) -> Self {
        let fields = vec![("purpose", purpose.to_owned())];
        Self { identity: identity.into(), team, fields }
            .with("review_every", "P1Y")
            .with("last_business_attestation", "2026-02-10")
            .with("last_technical_attestation", "2026-02-17")
    }

    /// Sets a field.
    fn with(mut self, name: &'static str, value: &str) -> Self {
        match self.fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.fields.push((name, value.to_owned())),
        }
        self
    }

    /// Leaves a field empty.
    fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| *known != name);
        self
    }

    fn cells(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let always = [
            ("identity", self.identity.as_str()),
            ("business_owner", self.team.owner),
            ("technical_steward", self.team.steward),
        ];
        always.into_iter().chain(self.fields.iter().map(|(name, value)| (*name, value.as_str())))
    }
}

/// The identities and patterns of every entry.
#[cfg(test)]
pub(super) fn identities() -> Vec<String> {
    entries::main().into_iter().chain(entries::finance()).map(|entry| entry.identity).collect()
}

/// The registry files, by name.
pub(super) fn files() -> Result<BTreeMap<String, Vec<u8>>> {
    Ok(BTreeMap::from([
        (MAIN.to_owned(), yaml(&entries::main()).into_bytes()),
        (FINANCE.to_owned(), csv(&entries::finance())?),
    ]))
}

fn yaml(entries: &[Entry]) -> String {
    let mut text = "# Owners of Brindlemoor's machine identities. `*` stands for any characters.\n\
                    schema: census.registry/1\nentries:\n"
        .to_owned();
    for entry in entries {
        let mut lead = "  - ";
        let mut trigger = false;
        for (name, value) in entry.cells() {
            // Writing to a `String` cannot fail.
            let _ = match name.split_once('.') {
                None => writeln!(text, "{lead}{name}: {}", quoted(value)),
                Some((outer, inner)) => {
                    if !trigger {
                        trigger = true;
                        let _ = writeln!(text, "{lead}{outer}:");
                    }
                    writeln!(text, "      {inner}: {}", quoted(value))
                }
            };
            lead = "    ";
        }
    }
    text
}

/// A JSON string is a YAML string too.
fn quoted(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

fn csv(entries: &[Entry]) -> Result<Vec<u8>> {
    const COLUMNS: [&str; 12] = [
        "identity",
        "business_owner",
        "technical_steward",
        "backup",
        "purpose",
        "data_class",
        "risk_class",
        "review_every",
        "last_business_attestation",
        "last_technical_attestation",
        "offboarding_trigger.idle",
        "expires",
    ];
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(COLUMNS)?;
    for entry in entries {
        let cells: BTreeMap<&str, &str> = entry.cells().collect();
        csv.write_record(COLUMNS.map(|column| cells.get(column).copied().unwrap_or_default()))?;
    }
    Ok(csv.into_inner()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_finance_has_a_column() {
        let rows = csv(&entries::finance()).unwrap();
        let mut reader = csv::Reader::from_reader(rows.as_slice());
        let header = reader.headers().unwrap().clone();
        for entry in entries::finance() {
            assert!(entry.cells().all(|(name, _)| header.iter().any(|column| column == name)));
        }
        assert_eq!(reader.records().count(), entries::finance().len());
    }

    #[test]
    fn triggers_are_nested_in_yaml() {
        let text = yaml(&entries::main());
        assert!(text.contains("    offboarding_trigger:\n      vendor_change: "), "{text}");
        assert!(!text.contains("offboarding_trigger."));
    }
}
