//! Managed identities: which resource stands behind a service principal.
//! <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview>

use std::collections::HashMap;

use super::{arm_id, files::Files};
use crate::documents::{arm, graph};

/// Resources and service principals of managed identities, joined.
pub(super) struct Managed<'f> {
    /// User-assigned identities by the object id of their service principal.
    by_principal: HashMap<String, &'f arm::UserAssignedIdentity<'f>>,
    /// Object ids by the normal ARM id of a user-assigned identity.
    principals: HashMap<String, String>,
    /// Resources by the object id of the identity that is theirs alone.
    hosts: HashMap<String, &'f arm::Resource<'f>>,
}

/// The resource behind a managed identity.
pub(super) enum Behind {
    /// The identity is this resource, by normal id.
    Itself(String),
    /// The identity belongs to this resource, by normal id.
    Host(String),
    /// No document tells it.
    Unknown,
}

impl<'f> Managed<'f> {
    pub(super) fn of(files: &'f Files<'_>) -> Self {
        let mut managed =
            Self { by_principal: HashMap::new(), principals: HashMap::new(), hosts: HashMap::new() };
        for one in &files.user_assigned {
            let properties = one.properties.as_ref();
            if let Some(principal) = properties.and_then(|properties| properties.principal_id.as_ref()) {
                managed.principals.insert(arm_id::normal(&one.id), principal.lower());
                managed.by_principal.insert(principal.lower(), one);
            }
        }
        for one in &files.service_principals {
            if let Some((true, id)) = named(one) {
                managed.principals.entry(id).or_insert_with(|| one.id.lower());
            }
        }
        for one in &files.resources {
            let own = one.identity.as_ref().and_then(|identity| identity.principal_id.as_ref());
            if let Some(principal) = own {
                managed.hosts.insert(principal.lower(), one);
            }
        }
        managed
    }

    /// The user-assigned identity behind a service principal.
    pub(super) fn resource(&self, object_id: &str) -> Option<&'f arm::UserAssignedIdentity<'f>> {
        self.by_principal.get(object_id).copied()
    }

    /// The object id of a user-assigned identity's service principal.
    pub(super) fn principal(&self, normal_arm_id: &str) -> Option<&str> {
        self.principals.get(normal_arm_id).map(String::as_str)
    }

    /// The resource behind the service principal of a managed identity.
    pub(super) fn behind(&self, principal: &graph::ServicePrincipal<'_>) -> Behind {
        let object_id = principal.id.lower();
        let listed = self.resource(&object_id).map(|one| arm_id::normal(&one.id));
        match (listed, named(principal), self.hosts.get(&object_id)) {
            (Some(id), ..) | (None, Some((true, id)), _) => Behind::Itself(id),
            (None, Some((false, id)), _) => Behind::Host(id),
            (None, None, Some(host)) => Behind::Host(arm_id::normal(&host.id)),
            (None, None, None) => Behind::Unknown,
        }
    }
}

/// The resource that the alternative names of a service principal tell, and whether the identity is that resource itself:
/// `["isExplicit=True", "/subscriptions/…/userAssignedIdentities/…"]`.
fn named(principal: &graph::ServicePrincipal<'_>) -> Option<(bool, String)> {
    let names = principal.alternative_names.as_deref().unwrap_or_default();
    let mut ids: Vec<String> =
        names.iter().filter(|name| name.starts_with('/')).map(|name| arm_id::normal(name)).collect();
    ids.sort_unstable();
    let id = ids.into_iter().next()?;
    let said = names.iter().find_map(|name| {
        let (key, value) = name.split_once('=')?;
        key.eq_ignore_ascii_case("isExplicit").then(|| value.eq_ignore_ascii_case("true"))
    });
    let by_type = || {
        arm_id::resource_type(&id)
            .is_some_and(|kind| kind == "microsoft.managedidentity/userassignedidentities")
    };
    Some((said.unwrap_or_else(by_type), id))
}
