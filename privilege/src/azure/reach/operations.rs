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
}
