//! Entries that say something about the same identity.

use std::collections::BTreeMap;

use census_model::Text;
use jiff::civil::Date;

use super::{Location, RegistryEntry};
use crate::{
    pattern::Pattern,
    people::{Parties, PartyKey},
    records::Records,
};

/// How two or more entries clash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClashKind {
    /// The same identity or pattern, with the same owner: one is enough.
    Duplicate,
    /// The same identity or pattern, with different owners: a conflict for whatever they name.
    Contradiction,
    /// Two patterns of equal specificity with different owners can match the same identity, and then conflict.
    Overlap,
}

impl ClashKind {
    /// The lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Contradiction => "contradiction",
            Self::Overlap => "overlap",
        }
    }
}

/// Entries that clash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clash {
    /// How.
    pub kind: ClashKind,
    /// The entries, by file and line; at least two.
    pub entries: Vec<ClashingEntry>,
}

/// One entry of a clash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClashingEntry {
    /// Where it stands.
    pub location: Location,
    /// What it is about.
    pub identity: Text,
    /// Whom it names.
    pub business_owner: Option<Text>,
}

impl Records {
    /// Entries that clash, whatever identities there are. Names that mean the same person or team name the same owner;
    /// `aliases` as in [`OwnersConfig`](crate::OwnersConfig). Takes time quadratic in patterns of equal specificity;
    /// entries of records that have ended are left out.
    pub fn clashes(&self, aliases: &BTreeMap<String, String>) -> Vec<Clash> {
        // Whether somebody left does not matter here.
        let parties = Parties::new(&self.directory, aliases, Date::MIN);
        let owner =
            |entry: &RegistryEntry| entry.business_owner.as_ref().map(|name| parties.resolve(name).key);
        let mut by_identity: BTreeMap<&str, Vec<&RegistryEntry>> = BTreeMap::new();
        for entry in self.registry.entries().iter().filter(|entry| entry.retired.is_none()) {
            by_identity.entry(&entry.key).or_default().push(entry);
        }
        let mut found: Vec<Clash> = by_identity.values().filter_map(|entries| same(entries, owner)).collect();
        let mut patterns: BTreeMap<usize, Vec<(Pattern, &RegistryEntry)>> = BTreeMap::new();
        for entry in by_identity.values().filter_map(|entries| entries.first()) {
            if entry.is_pattern() && entry.business_owner.is_some() {
                let pattern = Pattern::new(&*entry.key);
                patterns.entry(pattern.specificity()).or_default().push((pattern, entry));
            }
        }
        for alike in patterns.values() {
            for (index, (one, entry)) in alike.iter().enumerate() {
                let others = alike.iter().skip(index + 1).filter(|(_, other)| owner(entry) != owner(other));
                found.extend(others.filter(|(pattern, _)| overlap(one, pattern)).map(|(_, other)| Clash {
                    kind: ClashKind::Overlap,
                    entries: listed(&[*entry, *other]),
                }));
            }
        }
        found.sort_unstable();
        found
    }
}

/// Whether two patterns can match the same identity. Of ARNs part is held against part, for no name holds a colon.
fn overlap(one: &Pattern, other: &Pattern) -> bool {
    let parts = |pattern: &Pattern| pattern.as_str().split(':').map(Pattern::new).collect::<Vec<_>>();
    let (a, b) = (parts(one), parts(other));
    if a.len() == 6 && b.len() == 6 {
        a.iter().zip(&b).all(|(x, y)| x.overlaps(y))
    } else {
        one.overlaps(other)
    }
}

fn same(entries: &[&RegistryEntry], owner: impl Fn(&RegistryEntry) -> Option<PartyKey>) -> Option<Clash> {
    let first = entries.first().filter(|_| entries.len() > 1)?;
    let agree = entries.iter().all(|entry| owner(entry) == owner(first));
    let kind = if agree { ClashKind::Duplicate } else { ClashKind::Contradiction };
    Some(Clash { kind, entries: listed(entries) })
}

fn listed(entries: &[&RegistryEntry]) -> Vec<ClashingEntry> {
    let mut all: Vec<ClashingEntry> = entries
        .iter()
        .map(|entry| ClashingEntry {
            location: entry.location.clone(),
            identity: entry.identity.clone(),
            business_owner: entry.business_owner.clone(),
        })
        .collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clashes(rows: &str) -> Vec<String> {
        let text = format!("identity,business_owner\n{rows}");
        let mut records = Records::default();
        records.add_registry("r.csv", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let places = |clash: &Clash| {
            let lines: Vec<String> = clash.entries.iter().map(|one| one.location.line.to_string()).collect();
            format!("{} {}", clash.kind.as_str(), lines.join(","))
        };
        records.clashes(&BTreeMap::from([("xx".into(), "x".into())])).iter().map(places).collect()
    }

    #[test]
    fn what_clashes_is_found_with_all_its_places() {
        for (rows, found) in [
            ("a,x\nb,y\n", &[][..]),
            ("a,x\na,X\n", &["duplicate 2,3"]),
            ("a,x\na,xx\n", &["duplicate 2,3"]),
            ("a,x\na,y\na,x\n", &["contradiction 2,3,4"]),
            ("a,\na,x\n", &["contradiction 2,3"]),
            ("p-*,x\np-*,y\n", &["contradiction 2,3"]),
            ("ab*,x\n*cd,y\n", &["overlap 2,3"]),
            ("ab*,x\n*cd,x\n", &[]),
            ("ab*,x\nac*,y\n", &[]),
            ("ab*,x\nabc*,y\n", &[]),
            ("a*b,x\na*c,y\n", &[]),
            ("arn:aws:iam::*:role/ab-*,x\narn:aws:iam::*:role/cd-*,y\n", &[]),
            ("arn:aws:iam::*:role/ab-*,x\narn:aws:iam::*:role/*-cd,y\n", &["overlap 2,3"]),
            ("a*b*c,x\na*d*c,y\n", &["overlap 2,3"]),
        ] {
            assert_eq!(clashes(rows), found, "{rows}");
        }
    }
}
