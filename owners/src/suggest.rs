//! A registry stub for what nobody registered.

use std::{collections::BTreeMap, fmt::Write as _};

use census_model::{Evidence, Identity, Index, OwnerRecord, OwnerStatus, Ownership, Text};

use crate::{owner_name, registry::REGISTRY_SCHEMA};

/// The longest value that is suggested, in bytes: less than a registry takes.
const MAX_VALUE: usize = 2048;

/// How many tags of an identity are shown as a hint.
const TAGS_SHOWN: usize = 5;

/// Writes registry entries in YAML for all identities that are unowned or only inferred, grouped by their likely
/// owner, with the evidence in comments. The text is a registry as it stands; people check it in a pull request.
pub fn suggest(index: &Index<'_>, ownership: &Ownership) -> String {
    let mut groups: BTreeMap<Group, Vec<(&Identity, &OwnerRecord)>> = BTreeMap::new();
    for (id, record) in &ownership.records {
        let Some(identity) = index.identity(id) else { continue };
        if matches!(record.status, OwnerStatus::Unowned | OwnerStatus::Inferred) {
            groups.entry(Group::of(record)).or_default().push((identity, record));
        }
    }
    let mut body = String::new();
    let mut entries = 0;
    for (group, members) in groups {
        heading(&mut body, &group, members.len());
        for (identity, record) in members {
            comments(&mut body, identity, record);
            entries += entry(&mut body, identity, record);
        }
    }
    let list = if entries == 0 { " []" } else { "" };
    format!(
        "# Identities that no registry names. Check each entry, correct or remove it, and add it to your registry.\n\
         schema: {REGISTRY_SCHEMA}\nentries:{list}\n{body}"
    )
}

/// Likely owners in order of their names; what has none comes last.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Likely { key: String },
    Nobody,
}

impl Group {
    fn of(record: &OwnerRecord) -> Self {
        match &record.business_owner {
            Some(owner) => Self::Likely { key: owner_name::key(owner) },
            None => Self::Nobody,
        }
    }
}

fn heading(text: &mut String, group: &Group, members: usize) {
    let title = match group {
        Group::Likely { key } => format!("likely owner: {key}"),
        Group::Nobody => "no evidence names an owner: fill in business_owner".to_owned(),
    };
    line(text, &format!("\n  # == {} ({members})", comment(&title)));
}

/// What is known of an identity.
fn comments(text: &mut String, identity: &Identity, record: &OwnerRecord) {
    line(text, &format!("  # {}", comment(&description(identity))));
    for evidence in record.claims.iter().flat_map(|claim| &claim.evidence) {
        line(text, &format!("  #   {}", comment(&fact(evidence))));
    }
    let claims = |key: &str| {
        let label = format!("tag {key}");
        record.claims.iter().flat_map(|claim| &claim.evidence).any(|fact| fact.label.ends_with(&label))
    };
    for (key, value) in identity.tags.iter().filter(|(key, _)| !claims(key)).take(TAGS_SHOWN) {
        line(text, &format!("  #   tagged {}", comment(&format!("{key}: {value}"))));
    }
}

/// Writes the entry and returns how many that made: none where no id would be read back as it is.
fn entry(text: &mut String, identity: &Identity, record: &OwnerRecord) -> usize {
    let Some(name) = registrable(identity) else {
        line(text, "  # no entry: a registry cannot name it, its ids hold `*` or control characters");
        return 0;
    };
    let plain = |name: &Option<Text>| name.as_deref().filter(|name| is_registrable(name)).map(quoted);
    line(text, &format!("  - identity: {}", quoted(name)));
    let owner = plain(&record.business_owner).unwrap_or_else(|| quoted(""));
    line(text, &format!("    business_owner: {owner}"));
    if let Some(steward) = plain(&record.technical_steward) {
        line(text, &format!("    technical_steward: {steward}"));
    }
    line(text, "    purpose: \"\"");
    1
}

/// The id that an entry may use: one that is no pattern and that a registry reads back as it is.
fn registrable(identity: &Identity) -> Option<&str> {
    let ids = [Some(&*identity.native_id), identity.immutable_id.as_deref(), Some(identity.id.as_str())];
    ids.into_iter().flatten().find(|id| !id.is_empty() && !id.contains('*') && is_registrable(id))
}

/// Whether a registry takes a value and reads it back as it is.
fn is_registrable(value: &str) -> bool {
    value.trim() == value && !value.contains(char::is_control) && value.len() <= MAX_VALUE
}

fn description(identity: &Identity) -> String {
    let created = identity.created.map(|at| format!(", created {}", crate::registry::day(at)));
    let nature = identity.nature.kind.as_str();
    format!("{} `{}`, {nature}{}", identity.kind, identity.name, created.unwrap_or_default())
}

fn fact(evidence: &Evidence) -> String {
    let source = evidence.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
    format!("{}: {}{source}", evidence.label, evidence.value)
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// Text that cannot end its comment, nor play with the terminal or editor that shows it.
fn comment(text: &str) -> String {
    escaped(text, &[])
}

/// A YAML string in double quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text, &['"', '\\']))
}

/// Escapes, as YAML and JSON do, all but letters, digits, spaces and plain ASCII.
fn escaped(text: &str, also: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if also.contains(&c) {
            out.push('\\');
            out.push(c);
        } else if c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric() {
            out.push(c);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\U{:08X}", u32::from(c));
        }
    }
    out
}
