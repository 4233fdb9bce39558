//! Techniques: the ways in which a principal of Azure or Entra ID becomes another one, or gives itself what it has not.
//!
//! They are data: `privilege/data/azure-techniques.toml`, whose header explains its fields and says where it comes from.

use std::sync::LazyLock;

use census_model::{Severity, Technique as Described, TechniqueCategory, TechniqueConfidence, TechniqueId};
use serde::Deserialize;

use crate::technique_data;

const DATA: &str = include_str!("../../data/azure-techniques.toml");

/// A technique.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Technique {
    /// Its id.
    pub id: Box<str>,
    /// The permissions in short.
    pub name: Box<str>,
    /// What makes it.
    pub category: TechniqueCategory,
    /// How bad it is before the context counts.
    pub severity: Severity,
    /// How well it is established. Only documented ones raise a level.
    pub confidence: TechniqueConfidence,
    /// Where it is described.
    pub sources: Vec<Box<str>>,
    /// What the caller does, as a verb phrase.
    pub says: Box<str>,
    /// What it gives.
    pub becomes: Becomes,
    /// What it is done to.
    pub target: TargetKind,
    /// The types of resource, in lower case, where that is the target.
    #[serde(default)]
    pub resource: Vec<Box<str>>,
    /// What must exist, all of it.
    #[serde(default)]
    pub exists: Vec<Precondition>,
    /// What no grant shows and the step depends on.
    pub outsider: Option<Box<str>>,
    /// By what the caller has the permissions, where that matters.
    pub by: Option<By>,
    /// The permissions without which it fails.
    pub needs: Vec<Need>,
}

/// A permission that a technique takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// One of these operations.
    pub any: Vec<Box<str>>,
    /// On what.
    pub on: On,
}

/// What a technique gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Becomes {
    /// The caller acts as the target, as it is.
    Target,
    /// The caller has what the group has.
    Member,
    /// The caller has the role, where it may assign it.
    Holder,
    /// The caller administers the target.
    Administrator,
    /// Nothing that leads anywhere.
    Nothing,
}

/// What a technique is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// The caller itself, or something new.
    None,
    /// An application of the tenant, through the principal that it has there.
    Application,
    /// A service principal, wherever its application is registered.
    Principal,
    /// The blueprint of agent identities.
    Blueprint,
    /// A managed identity that is a resource of its own.
    UserAssignedIdentity,
    /// An identity that trusts another one of the tenant by name.
    Trusting,
    /// A principal that proves who it is with a certificate that a vault holds.
    Certificate,
    /// A role of AWS that takes assertions of the directory.
    Assertion,
    /// Such a role, through an enterprise application that signs people in to AWS.
    AssertingApplication,
    /// A group that directory roles cannot be assigned to.
    Group,
    /// A group that directory roles can be assigned to.
    RoleGroup,
    /// A user.
    User,
    /// A resource that runs as an identity.
    Resource,
    /// A role that a condition lets the caller assign.
    Role,
    /// A subscription or management group.
    Scope,
    /// All that Azure Resource Manager knows of a tenant.
    Root,
    /// The directory.
    Directory,
}

/// On what a permission is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum On {
    /// The target.
    Target,
    /// The resource group that the target lies in.
    Group,
    /// The subscription or management group that the target lies in.
    Subscription,
    /// Some scope in which the caller makes something of its own.
    Anywhere,
    /// The directory as a whole.
    Tenant,
    /// The enterprise application that makes assertions about people.
    Application,
}

/// By what somebody has a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// It owns the target.
    Ownership,
    /// Anything else.
    Grants,
}

/// What must exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precondition {
    /// A custom role that the caller holds in the scope.
    HeldCustomRole,
    /// Access policies of the vault decide who reads it.
    AccessPolicies,
    /// Credentials of the application's principals are not locked.
    IdentityLockOff,
    /// Users whose sign-in another issuer vouches for.
    FederatedDomain,
}

impl Technique {
    /// As reports show it.
    pub fn described(&self) -> Described {
        Described {
            id: TechniqueId::new(&self.id),
            name: self.name.clone(),
            category: self.category,
            severity: self.severity,
            confidence: self.confidence,
            sources: self.sources.clone(),
        }
    }
}

/// Every technique, in the order of the data.
pub fn all() -> &'static [Technique] {
    // A test reads the data, so that none of it fails here.
    static ALL: LazyLock<Vec<Technique>> = LazyLock::new(|| technique_data::read(DATA).unwrap_or_default());
    &ALL
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_data_reads_and_every_id_is_there_once() {
        let techniques = technique_data::read::<Technique>(DATA).unwrap();
        let ids: BTreeSet<&str> = techniques.iter().map(|technique| &*technique.id).collect();
        assert!(techniques.len() > 40);
        assert_eq!(ids.len(), techniques.len());
        assert_eq!(all().len(), techniques.len());
    }

    #[test]
    fn a_target_is_what_its_needs_and_effect_are_about() {
        for technique in all() {
            let id = &technique.id;
            assert!(!technique.sources.is_empty(), "{id}");
            assert_eq!(technique.target == TargetKind::Resource, !technique.resource.is_empty(), "{id}");
            assert!(technique.resource.iter().all(|one| **one == *one.to_ascii_lowercase()), "{id}");
            assert_eq!(technique.becomes == Becomes::Nothing, technique.target == TargetKind::None, "{id}");
            let is_group = matches!(technique.target, TargetKind::Group | TargetKind::RoleGroup);
            assert_eq!(technique.becomes == Becomes::Member, is_group, "{id}");
            assert_eq!(technique.becomes == Becomes::Holder, technique.target == TargetKind::Role, "{id}");
            let is_place =
                matches!(technique.target, TargetKind::Scope | TargetKind::Root | TargetKind::Directory);
            assert_eq!(technique.becomes == Becomes::Administrator, is_place, "{id}");
            for need in &technique.needs {
                assert!(!need.any.is_empty(), "{id}");
                let is_of_directory = |one: &str| one.starts_with("microsoft.directory/");
                if need.on == On::Tenant {
                    assert!(need.any.iter().all(|one| is_of_directory(one)), "{id}");
                }
                for operation in &need.any {
                    let operation = operation.strip_prefix("data:").unwrap_or(operation);
                    assert!(operation.split('/').count() >= 3, "{id}: {operation}");
                }
            }
            let by_name = technique.target == TargetKind::Trusting;
            assert!(!by_name || technique.needs.is_empty(), "{id}");
            assert!(!technique.needs.is_empty() || by_name || technique.becomes == Becomes::Nothing, "{id}");
        }
    }
}
