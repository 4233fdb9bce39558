//! A company of any size for the correlator: identities, a registry with patterns, people, and an inventory as CSV.

use std::{
    fmt::Write as _,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::{Context, Result};
use census_fixtures as fx;
use census_model::{Estate, EstateBuilder, IdentityId, Index, Ownership};
use census_owners::{DirectoryConfig, OwnersConfig, Records, ServicenowConfig, correlate};
use serde::{Deserialize, Serialize};

use crate::commands::measure::Used;

/// How many identities live in one account.
const PER_ACCOUNT: usize = 1_000;

/// How many identities one team has.
const PER_TEAM: usize = 100;

/// How large a company is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, clap::Args)]
pub(crate) struct Size {
    /// How many identities
    #[arg(long, default_value_t = 200_000)]
    pub(crate) identities: usize,
    /// How many registry entries, patterns included
    #[arg(long, default_value_t = 50_000)]
    pub(crate) entries: usize,
    /// How many of the entries are patterns
    #[arg(long, default_value_t = 5_000)]
    pub(crate) patterns: usize,
    /// How many people the directory has
    #[arg(long, default_value_t = 50_000)]
    pub(crate) people: usize,
}

impl Size {
    /// One so many times smaller.
    pub(crate) fn by(self, divisor: usize) -> Self {
        Self {
            identities: self.identities / divisor,
            entries: self.entries / divisor,
            patterns: self.patterns / divisor,
            people: self.people / divisor,
        }
    }
}

/// What the correlator used.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// CPU seconds to read the registry and the directory.
    pub(crate) reading: f64,
    /// CPU seconds to find all owners.
    pub(crate) correlating: f64,
    /// The largest resident set, in mebibytes.
    pub(crate) peak_mebibytes: f64,
    /// Identities by status.
    pub(crate) statuses: std::collections::BTreeMap<String, usize>,
}

/// Makes a company, reads what is written about it, and finds all owners.
pub(crate) fn run(size: Size) -> Result<Figures> {
    let estate = estate(size);
    let (registry, people) = (registry(size), people(size));
    let before = Used::so_far()?.cpu_seconds;
    let mut records = Records::default();
    records.add_registry("registry.csv", registry.as_bytes())?;
    records.add_directory("people.csv", &mut std::io::Cursor::new(people), &directory()?)?;
    let read = Used::so_far()?.cpu_seconds;
    let index = Index::new(&estate);
    let ownership = correlate(&index, &records, &OwnersConfig::default(), estate.as_of);
    let used = Used::so_far()?;
    Ok(Figures {
        reading: read - before,
        correlating: used.cpu_seconds - read,
        peak_mebibytes: used.peak_mebibytes,
        statuses: statuses(&ownership),
    })
}

/// Reads an inventory of so many rows, of which every hundredth names an identity, from a file.
pub(crate) fn read_inventory(path: &Path, rows: usize) -> Result<(f64, f64)> {
    let mut out =
        BufWriter::new(File::create(path).with_context(|| format!("cannot write `{}`", path.display()))?);
    writeln!(out, "sys_id,name,object_id,correlation_id,owned_by,managed_by,environment,operational_status")?;
    for row in 0..rows {
        let id = if row % 100 == 0 { arn(row / 100) } else { format!("i-{row:017x}") };
        writeln!(out, "{row:032x},host-{row},{id},,Person {},Operations,Production,Operational", row % 977)?;
    }
    out.flush()?;
    drop(out);
    let before = Used::so_far()?.cpu_seconds;
    let mut records = Records::default();
    records.add_servicenow("cmdb_ci.csv", &mut File::open(path)?, &ServicenowConfig::default())?;
    let used = Used::so_far()?;
    Ok((used.cpu_seconds - before, used.peak_mebibytes))
}

fn statuses(ownership: &Ownership) -> std::collections::BTreeMap<String, usize> {
    let mut counts = std::collections::BTreeMap::new();
    for record in ownership.records.values() {
        *counts.entry(record.status.to_string()).or_default() += 1;
    }
    counts
}

fn account(identity: usize) -> String {
    format!("{:012}", 300_000_000_000_usize + identity / PER_ACCOUNT)
}

fn name(identity: usize) -> String {
    format!("team{:05}-svc{identity:07}-worker", identity / PER_TEAM)
}

fn arn(identity: usize) -> String {
    format!("arn:aws:iam::{}:role/{}", account(identity), name(identity))
}

fn mail(person: usize) -> String {
    format!("person.{person}@example.com")
}

fn estate(size: Size) -> Estate {
    let mut estate = EstateBuilder::new();
    for number in 0..size.identities {
        let mut identity = fx::role(&name(number));
        let account = account(number);
        if number % PER_ACCOUNT == 0 {
            estate.scope(fx::scope(&account));
        }
        identity.native_id = arn(number).into();
        identity.id = IdentityId::new(format!("aws:{}", identity.native_id));
        identity.scope = fx::account_scope(&account);
        identity.immutable_id = Some(format!("AROA{number:017}").into());
        if number % 3 == 0 {
            identity.tags.insert("owner".into(), mail(number % size.people.max(1)).into());
        }
        estate.identity(identity);
    }
    fx::finish(estate)
}

/// Entries for single identities, and patterns of three forms: by team in any account, by team and account, by a part of
/// the name.
fn registry(size: Size) -> String {
    let mut text = "identity,business_owner,technical_steward,backup\n".to_owned();
    let people = size.people.max(1);
    let exact = size.entries.saturating_sub(size.patterns);
    let step = (size.identities / exact.max(1)).max(1);
    for number in 0..exact {
        let (owner, other) = (mail(number % people), mail((number + 1) % people));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{},{owner},{other},{}", arn(number * step), mail((number + 2) % people));
    }
    for number in 0..size.patterns {
        let team = number / 3;
        let pattern = match number % 3 {
            0 => format!("arn:aws:iam::*:role/team{team:05}-*"),
            1 => format!("arn:aws:iam::{}:role/team{team:05}-svc*", account(team * PER_TEAM)),
            _ => format!("*-svc{:07}-*", number * 7),
        };
        let _ = writeln!(text, "{pattern},{},,", mail((number * 3) % people));
    }
    text
}

fn people(size: Size) -> String {
    let mut text = "id,mail,name,status,last day,manager,team\n".to_owned();
    for person in 0..size.people {
        let (status, last) = if person % 20 == 7 { ("Terminated", "2026-03-31") } else { ("Active", "") };
        let _ = writeln!(
            text,
            "{person},{},\"Person, {person}\",{status},{last},{},Team {}",
            mail(person),
            person / 10,
            person / 100
        );
    }
    text
}

fn directory() -> Result<DirectoryConfig> {
    Ok(serde_json::from_value(serde_json::json!({
        "file": "people.csv",
        "columns": {
            "id": "id", "mail": "mail", "name": "name", "status": "status", "termination_date": "last day",
            "manager": "manager", "team": "team",
        },
    }))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_company_has_identities_of_many_kinds() {
        let figures = run(Size { identities: 2_000, entries: 500, patterns: 50, people: 400 }).unwrap();
        assert_eq!(figures.statuses.values().sum::<usize>(), 2_000);
        for status in ["registered", "inferred", "departed", "unowned"] {
            assert!(figures.statuses.contains_key(status), "{status}: {figures:?}");
        }
    }
}
