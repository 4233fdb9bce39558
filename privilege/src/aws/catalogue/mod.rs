//! Every action of AWS that this build knows: its access level, and the resource types and condition keys it takes.
//!
//! The table is `privilege/data/aws-actions.txt`; its header explains its lines and where it comes from. A service's
//! lines are read when the service is first asked for. All names compare without case, as AWS compares them.

mod pattern;
mod read;
#[cfg(test)]
mod tests;

use std::{
    cmp::Ordering,
    sync::{Arc, OnceLock},
};

pub use pattern::{Known, expand, known};

const TABLE: &str = include_str!("../../../data/aws-actions.txt");

/// Condition keys. Rows with the same keys share them.
pub type Keys = Arc<[&'static str]>;

/// A service, or several that share a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// What stands before the colon of its actions: `s3`.
    pub prefix: &'static str,
    /// `Amazon S3`. Of services that share a prefix, the name of one.
    pub name: &'static str,
    /// Sorted by name.
    pub actions: Vec<Action>,
    /// Sorted by name.
    pub resource_types: Vec<ResourceType>,
    /// Sorted by name; global keys (`aws:…`) where the service's list has them.
    pub keys: Vec<ConditionKey>,
}

/// An action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Without the service's prefix: `GetObject`.
    pub name: &'static str,
    /// The access level.
    pub level: AccessLevel,
    /// Whether the table's source sets the level itself instead of taking it from AWS's reference. So `iam:PassRole`
    /// manages permissions here and merely writes there.
    pub level_overridden: bool,
    /// What it may be applied to. Without any, only `*` is possible as a resource.
    pub resources: Vec<ResourceUse>,
    /// The condition keys it takes whatever the resource. [`Action::keys`] has them all.
    pub condition_keys: Keys,
    /// Actions that it needs besides, whatever the resource, with their prefixes. [`Action::dependents`] has them all.
    pub dependent: Vec<&'static str>,
}

/// A resource type that an action may be applied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceUse {
    /// The name of one of the service's resource types.
    pub resource_type: &'static str,
    /// Whether each request names such a resource. Where none is required, several may be alternatives.
    pub required: bool,
    /// The condition keys the action takes with it.
    pub condition_keys: Keys,
    /// Actions that are needed besides.
    pub dependent: Vec<&'static str>,
}

/// A resource type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// `bucket`.
    pub name: &'static str,
    /// `arn:${Partition}:s3:::${BucketName}`.
    pub arn: &'static str,
    /// The condition keys that look at such a resource.
    pub condition_keys: Keys,
}

/// A condition key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionKey {
    /// With its prefix, and `${…}` or `<…>` where a name of the user's goes: `aws:RequestTag/${TagKey}`.
    pub name: &'static str,
    /// The type of a value.
    pub value_type: ValueType,
    /// Whether a request may carry several values.
    pub multivalued: bool,
}

/// The type of a condition key's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// `ARN`.
    Arn,
    /// `Bool`.
    Bool,
    /// `Date`.
    Date,
    /// `IPAddress`.
    IpAddress,
    /// `Numeric`.
    Numeric,
    /// `String`.
    String,
}

/// What an action does to its resource.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Lists resources.
    List,
    /// Reads content or attributes.
    Read,
    /// Changes tags only.
    Tagging,
    /// Creates, changes or deletes.
    Write,
    /// Grants or changes permissions.
    PermissionsManagement,
}

/// Where the table comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// A package on PyPI.
    pub package: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its licence.
    pub licence: &'static str,
    /// When it was uploaded: `2026-04-14`. AWS may have added actions since.
    pub date: &'static str,
}

impl AccessLevel {
    /// As AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Tagging => "Tagging",
            Self::Write => "Write",
            Self::PermissionsManagement => "Permissions management",
        }
    }
}

impl Service {
    /// An action by its name without prefix.
    pub fn action(&self, name: &str) -> Option<&Action> {
        find(&self.actions, |action| action.name, name)
    }

    /// A resource type by name.
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        find(&self.resource_types, |resource_type| resource_type.name, name)
    }

    /// A condition key of the service's list by the name that the list has.
    pub fn key(&self, name: &str) -> Option<&ConditionKey> {
        find(&self.keys, |key| key.name, name)
    }
}

impl Action {
    /// The condition keys it takes, with whatever resource; a key may come several times.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        let with_resources = self.resources.iter().flat_map(|resource| resource.condition_keys.iter());
        self.condition_keys.iter().chain(with_resources).copied()
    }

    /// The actions it needs besides, with whatever resource; an action may come several times.
    pub fn dependents(&self) -> impl Iterator<Item = &'static str> {
        let with_resources = self.resources.iter().flat_map(|resource| resource.dependent.iter());
        self.dependent.iter().chain(with_resources).copied()
    }
}

/// A service by its prefix.
pub fn service(prefix: &str) -> Option<&'static Service> {
    find(index(), |section| section.prefix, prefix)?.service()
}

/// The prefixes of all services, sorted.
pub fn services() -> impl Iterator<Item = &'static str> {
    index().iter().map(|section| section.prefix)
}

/// An action by its full name: `s3:GetObject`.
pub fn action(full_name: &str) -> Option<(&'static Service, &'static Action)> {
    let (prefix, name) = full_name.split_once(':')?;
    let service = service(prefix)?;
    Some((service, service.action(name)?))
}

/// Where the table comes from.
pub fn source() -> Source {
    let line = TABLE.lines().find_map(|line| line.strip_prefix("source\t")).unwrap_or_default();
    let mut fields = line.split('\t').chain(std::iter::repeat(""));
    let mut next = || fields.next().unwrap_or_default();
    Source { package: next(), version: next(), licence: next(), date: next() }
}

/// The lines of a service, and the service once it was asked for.
struct Section {
    prefix: &'static str,
    text: &'static str,
    service: OnceLock<Option<Service>>,
}

impl Section {
    fn service(&self) -> Option<&Service> {
        // A test reads every section, so that none fails here.
        self.service.get_or_init(|| read::service(self.text).ok()).as_ref()
    }
}

/// All services' sections, sorted by prefix.
fn index() -> &'static [Section] {
    static INDEX: OnceLock<Vec<Section>> = OnceLock::new();
    INDEX.get_or_init(|| TABLE.split("\nS\t").skip(1).map(section).collect())
}

fn section(text: &'static str) -> Section {
    let prefix = text.split('\t').next().unwrap_or_default();
    Section { prefix, text, service: OnceLock::new() }
}

/// The order of everything in the table: by name without case.
fn order(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.bytes(), other.bytes());
    one.map(|byte| byte.to_ascii_lowercase()).cmp(other.map(|byte| byte.to_ascii_lowercase()))
}

fn find<'a, T>(sorted: &'a [T], name: impl Fn(&T) -> &'static str, wanted: &str) -> Option<&'a T> {
    let position = sorted.binary_search_by(|item| order(name(item), wanted)).ok()?;
    sorted.get(position)
}
