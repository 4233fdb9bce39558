//! What stands behind a service principal of Entra ID: the application, and for a managed identity its resource.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Text;

/// The application that a service principal is the local instance of.
/// <https://learn.microsoft.com/entra/identity-platform/app-objects-and-service-principals>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// The client id, the same in every tenant.
    pub app_id: Text,
    /// The application's object id, where it is registered in this tenant and was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_id: Option<Text>,
    /// The tenant that registered it (`appOwnerOrganizationId`), where that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_tenant: Option<Text>,
    /// Whose accounts may sign in to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    /// The publisher that Microsoft has verified, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_publisher: Option<Text>,
    /// What its owner tenant has locked in the service principals of other tenants; only known of applications that are
    /// registered in this tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_lock: Option<InstanceLock>,
}

/// Whose accounts may sign in to an application (`signInAudience`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// `AzureADMyOrg`: accounts of the tenant that registered it.
    SingleTenant,
    /// `AzureADMultipleOrgs`: accounts of any tenant.
    MultipleTenants,
    /// `AzureADandPersonalMicrosoftAccount`: accounts of any tenant, and personal ones.
    MultipleTenantsAndPersonal,
    /// `PersonalMicrosoftAccount`: personal accounts only.
    Personal,
    /// Another word.
    Unrecognized,
}

impl Audience {
    /// Whether accounts of other tenants may sign in.
    pub fn is_multi_tenant(self) -> bool {
        matches!(self, Self::MultipleTenants | Self::MultipleTenantsAndPersonal)
    }
}

/// What the service principals of a multi-tenant application in other tenants may not have changed
/// (`servicePrincipalLockConfiguration`).
/// <https://learn.microsoft.com/graph/api/resources/serviceprincipallockconfiguration>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceLock {
    /// No credential can be added to them.
    Credentials,
    /// Some credentials can.
    Partial,
    /// Nothing is locked.
    Off,
}

/// Which object of the directory something is kept on. A service principal and its application are two objects: both
/// have credentials and owners of their own, and all of them count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DirectoryObject {
    /// The application.
    Application,
    /// The service principal.
    ServicePrincipal,
    /// A group.
    Group,
}

impl DirectoryObject {
    /// The words for it, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::ServicePrincipal => "service principal",
            Self::Group => "group",
        }
    }
}

impl fmt::Display for DirectoryObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
