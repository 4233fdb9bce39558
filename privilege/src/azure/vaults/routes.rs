//! Routes: the ways in which somebody makes itself able to do what it may not do in a vault yet.
//!
//! They are data: `privilege/data/key-vault-routes.toml`, whose header explains its fields.

use std::{collections::BTreeMap, sync::LazyLock};

use census_model::{
    AccessModel, Exposure, Severity, TechniqueConfidence, TechniqueId, Vault, VaultGain, VaultKind,
    VaultRoute,
};
use serde::Deserialize;

use super::classes::Home;

const DATA: &str = include_str!("../../../data/key-vault-routes.toml");

/// A route.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Route {
    pub(super) id: TechniqueId,
    name: Box<str>,
    says: Box<str>,
    gives: VaultGain,
    severity: Severity,
    confidence: TechniqueConfidence,
    doubt: Option<Box<str>>,
    sources: Vec<Box<str>>,
    /// What has to be so of the vault, all of it.
    when: Vec<When>,
    /// The permissions that it takes, all of them.
    pub(super) needs: Vec<Need>,
    /// The kinds of objects of which a single one can be got by it too.
    #[serde(default)]
    over: Vec<Over>,
}

/// A kind of what a vault holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Over {
    Secrets,
    Keys,
}

impl Over {
    /// Whether an object is of the kind: `/secrets/x`.
    fn has(self, object: &str) -> bool {
        match self {
            Self::Secrets => object.starts_with("/secrets/"),
            Self::Keys => object.starts_with("/keys/"),
        }
    }
}

/// What may be so of a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum When {
    /// It is deleted and can be recovered.
    Deleted,
    /// It is not deleted.
    Live,
    /// A key vault, no managed HSM.
    KeyVault,
    AccessPolicies,
    RoleAssignments,
    LocalRoles,
    OpenToDeployments,
    ClosedToDeployments,
    /// Not every network reaches it.
    NetworkLimited,
    /// It has no purge protection.
    Purgeable,
    /// It is bound to another tenant than the one that it lies in.
    BoundElsewhere,
    /// It is not, as far as is known.
    BoundHere,
}

/// A permission that a route takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Need {
    /// One of these actions, each with its plane before it.
    pub(super) any: Vec<Box<str>>,
    /// On what.
    #[serde(default)]
    pub(super) on: On,
    /// One of these roles is assigned, to oneself or to a group that one is in.
    #[serde(default)]
    pub(super) assigning: Vec<Role>,
    /// Or any other of the tenant's that gives one of these actions, or assigns such a role.
    #[serde(default)]
    pub(super) giving: Vec<Box<str>>,
}

impl Need {
    /// Whether it is asked at the vault or its subscription.
    pub(super) fn is_here(&self) -> bool {
        matches!(self.on, On::Vault | On::Subscription)
    }
}

/// A role that is assigned.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) name: census_model::Text,
    pub(super) id: Box<str>,
}

/// On what a permission is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum On {
    /// The vault.
    #[default]
    Vault,
    /// The vault's subscription.
    Subscription,
    /// Anything at or below which whoever takes the route holds a role, in the vault's subscription or above it.
    Beside,
    /// Anything at or below which whoever takes the route holds a role.
    Anywhere,
}

static ROUTES: LazyLock<Result<Vec<Route>, String>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        route: Vec<Route>,
    }
    toml::from_str::<File>(DATA).map(|file| file.route).map_err(|error| error.to_string())
});

/// Every route, in the order of the file. A test shows that the file can be read.
pub(super) fn all() -> &'static [Route] {
    ROUTES.as_ref().map_or(&[], Vec::as_slice)
}

/// The routes that could lead into a vault, whoever asks.
pub(super) fn into(vault: &Vault, home: Home) -> impl Iterator<Item = &'static Route> {
    all().iter().filter(move |route| route.when.iter().all(|when| when.holds(vault, home)))
}

/// Those of them by which one object can be got: `/secrets/x`.
pub(super) fn over(vault: &Vault, home: Home, object: &str) -> impl Iterator<Item = &'static Route> {
    into(vault, home).filter(move |route| route.over.iter().any(|one| one.has(object)))
}

/// The routes as reports show them.
pub(super) fn described() -> BTreeMap<TechniqueId, VaultRoute> {
    let described = |route: &Route| {
        let shown = VaultRoute {
            id: route.id.clone(),
            name: route.name.clone(),
            says: route.says.clone(),
            gives: route.gives,
            severity: route.severity,
            confidence: route.confidence,
            doubt: route.doubt.clone(),
            sources: route.sources.clone(),
        };
        (route.id.clone(), shown)
    };
    all().iter().map(described).collect()
}

impl When {
    fn holds(self, vault: &Vault, home: Home) -> bool {
        let is_hsm = vault.kind == VaultKind::AzureManagedHsm;
        let access = if is_hsm { Some(AccessModel::LocalRoles) } else { vault.access };
        match self {
            Self::Deleted => vault.deleted.is_some(),
            Self::Live => vault.deleted.is_none(),
            Self::KeyVault => !is_hsm,
            Self::AccessPolicies => access == Some(AccessModel::AccessPolicies),
            Self::RoleAssignments => access == Some(AccessModel::RoleAssignments),
            Self::LocalRoles => is_hsm,
            Self::OpenToDeployments => vault.enabled_for_template_deployment,
            Self::ClosedToDeployments => !vault.enabled_for_template_deployment,
            Self::NetworkLimited => vault.exposure.as_ref().is_some_and(|one| *one != Exposure::Public),
            Self::Purgeable => vault.purge_protection != Some(true),
            Self::BoundElsewhere => home == Home::Elsewhere,
            Self::BoundHere => home == Home::Here,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::azure::access::Question;

    #[test]
    fn the_file_can_be_read_and_each_route_says_where_it_comes_from() {
        assert_eq!(ROUTES.as_ref().err(), None);
        let ids: BTreeSet<&str> = all().iter().map(|route| route.id.as_str()).collect();
        assert_eq!(ids.len(), all().len());
        for route in all() {
            assert!(
                !route.needs.is_empty() && !route.sources.is_empty() && !route.when.is_empty(),
                "{}",
                route.id
            );
            let is_sure = route.confidence == TechniqueConfidence::Documented;
            assert!(is_sure || route.doubt.is_some(), "{}: say what is not sure", route.id);
            for need in &route.needs {
                assert_eq!(need.assigning.is_empty(), need.giving.is_empty(), "{}", route.id);
            }
            for action in route.needs.iter().flat_map(|need| need.any.iter().chain(&need.giving)) {
                assert!(action.starts_with("data:") || action.starts_with("control:"), "{action}");
                assert!(Question::new(action, "").is_ok(), "{action}");
            }
        }
    }
}
