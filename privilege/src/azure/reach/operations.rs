//! The operations that weigh, as data: `privilege/data/azure-operations.toml`, whose header explains its fields.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::azure::{
    access::{Plane, Question},
    held::Weight,
};

const DATA: &str = include_str!("../../../data/azure-operations.toml");

/// Attributes of what is looked at that have a name that nobody has: what may be done to that may be done to all but what
/// conditions name.
/// <https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes>
const NAMES: [&str; 4] = [
    "@Resource[Microsoft.Storage/storageAccounts:name]",
    "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]",
    "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]",
    "@Resource[Microsoft.Storage/storageAccounts/queueServices/queues:name]",
];

/// The name.
const ANY_NAME: &str = "census-anything";

/// An operation that weighs.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// As Azure spells it.
    pub(super) action: Box<str>,
    pub(super) plane: Plane,
    pub(super) weight: Weight,
    /// What it gives.
    pub(super) why: Box<str>,
    /// Whether somebody may use it.
    pub(super) question: Question,
}

impl Operation {
    pub(super) fn new(action: &str, plane: Plane, weight: Weight, why: impl Into<Box<str>>) -> Self {
        let mut question = Question::of_operation(action, plane);
        for attribute in if plane == Plane::Data { &NAMES[..] } else { &[] } {
            // They are attributes: a test says so.
            let _ = question.with(attribute, vec![ANY_NAME.to_owned()]);
        }
        Self { action: action.into(), plane, weight, why: why.into(), question }
    }
}

/// What the data say.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// By weight, then as they are listed.
    pub(super) operations: Vec<Operation>,
    /// Entries of roles that weigh nothing, in lower case.
    pub(super) light: Vec<Box<str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    service: Vec<Service>,
    light: Vec<Light>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    #[serde(rename = "source")]
    _source: Box<str>,
    operations: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    action: Box<str>,
    weight: Weight,
    why: Box<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Light {
    entry: Box<str>,
    #[serde(rename = "why")]
    _why: Box<str>,
    #[serde(rename = "source")]
    _source: Box<str>,
}

/// The table.
pub(super) fn table() -> &'static Table {
    // A test reads the data, so that none of it fails here.
    static TABLE: LazyLock<Table> = LazyLock::new(|| read(DATA).unwrap_or_default());
    &TABLE
}

fn read(text: &str) -> Result<Table, toml::de::Error> {
    let file: File = toml::from_str(text)?;
    let listed = file.service.into_iter().flat_map(|service| service.operations);
    let mut operations: Vec<Operation> = listed
        .map(|one| {
            let (plane, action) = match one.action.strip_prefix("data:") {
                Some(action) => (Plane::Data, action),
                None => (Plane::Control, &*one.action),
            };
            Operation::new(action, plane, one.weight, one.why)
        })
        .collect();
    operations.sort_by_key(|one| one.weight);
    let light = file.light.into_iter().map(|one| one.entry.to_ascii_lowercase().into()).collect();
    Ok(Table { operations, light })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_names_are_attributes() {
        let mut question = Question::of_operation("a/b/read", Plane::Data);
        assert!(NAMES.iter().all(|name| question.with(name, vec![ANY_NAME.into()]).is_ok()));
    }

    #[test]
    fn the_data_are_whole() {
        let file: File = toml::from_str(DATA).unwrap();
        for service in &file.service {
            assert!(service._source.starts_with("https://learn.microsoft.com/"), "{}", service._source);
        }
        for light in &file.light {
            assert!(light._source.starts_with("https://learn.microsoft.com/") && light._why.len() > 10);
        }
        let table = read(DATA).unwrap();
        let mut seen = BTreeSet::new();
        for one in &table.operations {
            assert!(seen.insert((one.plane, one.action.to_ascii_lowercase())), "{} twice", one.action);
            let parts: Vec<&str> = one.action.split('/').collect();
            assert!(parts.len() >= 3 && parts[0].starts_with("Microsoft."), "{}", one.action);
            assert!(!one.action.contains('*') && one.why.len() > 10, "{}", one.action);
            let verb = parts.last().unwrap().to_ascii_lowercase();
            assert!(["read", "write", "delete", "action"].contains(&&*verb), "{}", one.action);
        }
        assert!(table.operations.len() > 100);
        // One operation makes administrators, and each weight has operations.
        let of = |weight| table.operations.iter().filter(|one| one.weight == weight).count();
        assert_eq!(of(Weight::Administration), 1);
        let rest = [Weight::Permissions, Weight::Credentials, Weight::Secrets, Weight::Data];
        let rest = rest.into_iter().chain([Weight::Changes, Weight::Destroys, Weight::Blinds]);
        assert!(rest.into_iter().all(|weight| of(weight) > 0));
    }

    /// The operation that a request to Azure Resource Manager takes: `PUT …/providers/Microsoft.X/ys/{}` is
    /// `Microsoft.X/ys/write`.
    fn operation_of(method: &str, path: &str) -> String {
        let verb = match method {
            "PUT" | "PATCH" => "write",
            "DELETE" => "delete",
            "POST" => "action",
            other => panic!("{other}"),
        };
        let rest = match path.rsplit_once("/providers/") {
            Some((_, rest)) => rest.to_owned(),
            None => format!("Microsoft.Resources{path}"),
        };
        let parts = rest.split('/').filter(|part| *part != "{}").chain([verb]);
        parts.collect::<Vec<_>>().join("/")
    }

    /// Each operation has a row that says where its name was found, and that proves it as far as it can.
    #[test]
    fn every_name_was_looked_up() {
        let rows = include_str!("../../../tests/data/azure-operations-sources.tsv");
        let roles = include_str!("../../../tests/data/azure-built-in-roles.json").to_ascii_lowercase();
        let mut known = BTreeSet::new();
        for row in rows.lines().filter(|row| !row.starts_with('#')) {
            let [operation, kind, evidence] = row.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{row}")
            };
            let name = operation.trim_start_matches("data:").to_ascii_lowercase();
            match kind {
                "sdk" => {
                    let [package, version, method, path] = evidence.split(' ').collect::<Vec<_>>()[..] else {
                        panic!("{row}")
                    };
                    assert!(package.starts_with("azure-") && version.contains('.'), "{row}");
                    assert_eq!(operation_of(method, path).to_ascii_lowercase(), name);
                }
                "role" => assert!(roles.contains(&format!("\"{name}\"")), "{row}"),
                "page" => assert!(evidence.starts_with("https://learn.microsoft.com/azure/"), "{row}"),
                "copy" => assert!(evidence.starts_with("https://github.com/"), "{row}"),
                other => panic!("{other}"),
            }
            assert!(known.insert(operation.to_ascii_lowercase()), "{operation} twice");
        }
        let file: File = toml::from_str(DATA).unwrap();
        let listed = file.service.iter().flat_map(|service| &service.operations);
        let listed: BTreeSet<String> = listed.map(|one| one.action.to_ascii_lowercase()).collect();
        assert_eq!(listed, known);
    }
}
