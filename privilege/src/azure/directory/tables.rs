//! What weighs, as data: operations of the directory, and permissions of Microsoft Graph with the operations that they give.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use super::language::{self, Operation};
use crate::{azure::held::Weight, truth::Truth};

const OPERATIONS: &str = include_str!("../../../data/entra-operations.toml");
const PERMISSIONS: &str = include_str!("../../../data/graph-permissions.toml");

/// An operation of the directory that weighs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightyOperation {
    pub(super) name: Box<str>,
    pub(super) weight: Weight,
    /// What it gives, as a verb phrase.
    pub(super) why: Box<str>,
    /// Where it is described.
    #[allow(dead_code, reason = "for readers of the data; a test reads it")]
    pub(super) source: Box<str>,
}

/// How a permission is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PermissionKind {
    /// To a program that acts by itself.
    Application,
    /// To a program that acts for a user.
    Delegated,
}

/// To which objects a permission is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Reach {
    /// All of them.
    #[default]
    All,
    /// Those that the program owns.
    Owned,
}

/// A permission of Microsoft Graph that weighs or gives operations of the directory.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphPermission {
    pub(super) name: Box<str>,
    pub(super) kinds: Vec<PermissionKind>,
    /// What it is good for; nothing, where it gives operations that do not weigh.
    pub(super) weight: Option<Weight>,
    /// What it gives, as a verb phrase.
    pub(super) why: Box<str>,
    /// The operations of the directory, in the language of roles.
    #[serde(default)]
    pub(super) gives: Vec<Box<str>>,
    #[serde(default)]
    pub(super) reach: Reach,
    #[allow(dead_code, reason = "for readers of the data; a test reads it")]
    pub(super) source: Box<str>,
}

/// Both tables.
#[derive(Default)]
pub(super) struct Tables {
    operations: Vec<(Operation, WeightyOperation)>,
    /// Where in the list the operations on each entity are.
    of_entity: HashMap<String, Vec<usize>>,
    permissions: HashMap<String, Vec<GraphPermission>>,
    /// The families of permissions of which none does anything to the directory: what stands before the first dot.
    outside: Vec<Box<str>>,
}

/// The tables, read once.
pub(super) fn tables() -> &'static Tables {
    // A test reads the data, so that none of it fails here.
    static ALL: LazyLock<Tables> = LazyLock::new(|| read(OPERATIONS, PERMISSIONS).unwrap_or_default());
    &ALL
}

fn read(operations: &str, permissions: &str) -> Result<Tables, toml::de::Error> {
    #[derive(Deserialize)]
    struct Operations {
        operation: Vec<WeightyOperation>,
    }
    #[derive(Deserialize)]
    struct Permissions {
        outside: Vec<Box<str>>,
        permission: Vec<GraphPermission>,
    }
    let operations = toml::from_str::<Operations>(operations)?.operation.into_iter();
    let operations: Vec<_> = operations.filter_map(|one| Some((Operation::parse(&one.name)?, one))).collect();
    let mut of_entity: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, (operation, _)) in operations.iter().enumerate() {
        of_entity.entry(operation.entity().to_owned()).or_default().push(place);
    }
    let file = toml::from_str::<Permissions>(permissions)?;
    let mut permissions: HashMap<String, Vec<GraphPermission>> = HashMap::new();
    for one in file.permission {
        permissions.entry(one.name.to_ascii_lowercase()).or_default().push(one);
    }
    Ok(Tables { operations, of_entity, permissions, outside: file.outside })
}

/// What a permission of Microsoft Graph is known to do to the directory.
pub(super) enum Known {
    Listed(&'static GraphPermission),
    /// Nothing.
    Nothing,
    /// It is not in the table.
    No,
}

impl Tables {
    /// A permission of Microsoft Graph by its value.
    pub(super) fn permission(&'static self, value: &str, kind: PermissionKind) -> Known {
        let listed = self.permissions.get(&value.to_ascii_lowercase());
        if let Some(one) = listed.and_then(|list| list.iter().find(|one| one.kinds.contains(&kind))) {
            return Known::Listed(one);
        }
        let family = value.split('.').next().unwrap_or(value);
        // A word without a dot, as `openid`, is about signing in.
        let outside = !value.contains('.') || self.outside.iter().any(|one| one.eq_ignore_ascii_case(family));
        if outside { Known::Nothing } else { Known::No }
    }

    /// The weighty operations that an entry of a role certainly covers, in the order of the table.
    pub(super) fn covered(&self, entry: &str) -> Vec<&WeightyOperation> {
        let covers = |(asked, one)| {
            let fit = language::fit(entry, asked)?;
            (fit.truth == Truth::Yes).then_some(one)
        };
        let entity = Operation::parse(entry).map(|operation| operation.entity().to_owned());
        match entity.as_deref() {
            None => Vec::new(),
            Some(language::ALL_ENTITIES) => self.operations.iter().map(pair).filter_map(covers).collect(),
            Some(entity) => {
                let places = self.of_entity.get(entity).into_iter().flatten();
                places.filter_map(|place| self.operations.get(*place)).map(pair).filter_map(covers).collect()
            }
        }
    }
}

fn pair((operation, one): &(Operation, WeightyOperation)) -> (&Operation, &WeightyOperation) {
    (operation, one)
}

/// What an operation that is in no table is good for, by what it does.
pub(super) fn shape_of_operation(name: &str) -> Option<Weight> {
    let lower = name.to_ascii_lowercase();
    let verb = lower.rsplit('/').next().unwrap_or_default();
    let has = |part: &str| lower.contains(part);
    if verb == "read" || verb == "restrictedread" {
        return has("password/").then_some(Weight::Secrets);
    }
    if ["/credentials/", "/password/", "/authenticationmethods/"].iter().any(|part| has(part)) {
        return Some(Weight::Credentials);
    }
    match verb {
        "delete" => Some(Weight::Destroys),
        "alltasks" | "update" | "create" | "manage" if !has("supporttickets") && !has("servicehealth") => {
            Some(Weight::Changes)
        }
        _ => None,
    }
}

/// What a permission that is in no table is good for, by its form: `{what}.{ReadWrite|Read|…}.All`.
pub(super) fn shape_of_permission(value: &str) -> Option<Weight> {
    let lower = value.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('.').collect();
    let everywhere = parts.last() == Some(&"all") || parts.last() == Some(&"full_access_as_app");
    let has = |word: &str| parts.iter().any(|part| *part == word || part.starts_with(word));
    if has("fullcontrol")
        || has("full_access")
        || (everywhere && (has("readwrite") || has("manage") || has("write")))
    {
        Some(Weight::Changes)
    } else if everywhere && has("read") && !has("readbasic") {
        Some(Weight::Data)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_data_can_be_read_and_says_why() {
        let tables = read(OPERATIONS, PERMISSIONS).unwrap();
        let mut seen = BTreeSet::new();
        assert_eq!(
            tables.operations.len(),
            OPERATIONS.matches("[[operation]]").count(),
            "some are no operations"
        );
        for (_, one) in &tables.operations {
            assert!(seen.insert(one.name.to_ascii_lowercase()), "{} is there twice", one.name);
            check(&one.name, &one.why, &one.source);
        }
        for (name, list) in &tables.permissions {
            let kinds: Vec<_> = list.iter().flat_map(|one| &one.kinds).collect();
            assert!(!kinds.is_empty() && kinds.len() <= 2 && kinds.first() != kinds.get(1), "{name}");
            for one in list {
                check(name, &one.why, &one.source);
                for entry in &one.gives {
                    assert!(Operation::parse(entry).is_some(), "{name} gives {entry}");
                }
            }
        }
        assert!(tables.operations.len() >= 60, "{}", tables.operations.len());
        assert!(tables.permissions.len() >= 80, "{}", tables.permissions.len());
    }

    fn check(name: &str, why: &str, source: &str) {
        assert!(why.len() > 10 && !why.ends_with('.'), "{name}: {why}");
        assert!(source.starts_with("https://learn.microsoft.com/"), "{name}: {source}");
    }

    #[test]
    fn what_is_in_no_table_weighs_by_its_form() {
        for (name, expected) in [
            ("microsoft.intune/allEntities/allTasks", Some(Weight::Changes)),
            ("microsoft.azure.supportTickets/allEntities/allTasks", None),
            ("microsoft.x/y/delete", Some(Weight::Destroys)),
            ("microsoft.x/y/credentials/manage", Some(Weight::Credentials)),
            ("microsoft.x/y/standard/read", None),
        ] {
            assert_eq!(shape_of_operation(name), expected, "{name}");
        }
        for (value, expected) in [
            ("Orders.ReadWrite.All", Some(Weight::Changes)),
            ("Orders.Read.All", Some(Weight::Data)),
            ("Orders.Read", None),
            ("full_access_as_app", Some(Weight::Changes)),
            ("Sites.FullControl.All", Some(Weight::Changes)),
            ("Orders.ReadBasic.All", None),
            ("access_as_user", None),
        ] {
            assert_eq!(shape_of_permission(value), expected, "{value}");
        }
    }
}
