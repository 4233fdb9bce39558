//! Vaults and what they hold: properties only, never a value.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ScopeId, Text, VaultId, VaultObjectId};

/// What kind of vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VaultKind {
    /// An Azure Key Vault.
    AzureKeyVault,
    /// An Azure Managed HSM: keys only, with local roles of its own.
    AzureManagedHsm,
}

impl VaultKind {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AzureKeyVault => "azure-key-vault",
            Self::AzureManagedHsm => "azure-managed-hsm",
        }
    }
}

impl fmt::Display for VaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who decides about access to what a vault holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessModel {
    /// The access policies of the vault (`enableRbacAuthorization` false or null).
    AccessPolicies,
    /// Role assignments of Azure Resource Manager.
    RoleAssignments,
    /// Roles that a managed HSM keeps itself.
    LocalRoles,
}

impl AccessModel {
    /// The words for it, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessPolicies => "access policies",
            Self::RoleAssignments => "role assignments",
            Self::LocalRoles => "local roles",
        }
    }
}

/// From where a vault can be reached. It never decides who may do what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// From every network.
    Public,
    /// From the networks and addresses that its rules name.
    Selected {
        /// How many address ranges are let in.
        addresses: usize,
        /// How many virtual networks are let in.
        networks: usize,
    },
    /// Through private endpoints only.
    Private,
}

/// When a vault was deleted, and when it is gone for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// When it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Until when it can be recovered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purged: Option<Timestamp>,
}

/// A vault.
/// <https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-by-subscription>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vault {
    /// Provider prefix and native id.
    pub id: VaultId,
    /// What the cloud calls it: its ARM id.
    pub native_id: Text,
    /// What it is.
    pub kind: VaultKind,
    /// Display name.
    pub name: Text,
    /// Where it answers: `https://payments.vault.azure.net`. Unknown of deleted ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<Text>,
    /// The resource group or subscription that it lives in.
    pub scope: ScopeId,
    /// The tenant that it is bound to, whose principals alone get at what it holds; `None` where the document does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<ScopeId>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Set where it is deleted and can still be recovered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Deletion>,
    /// Who decides about access; `None` where the document does not say (deleted vaults).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessModel>,
    /// Whether what was deleted cannot be purged before its time; `None` where the document does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purge_protection: Option<bool>,
    /// Whether what is deleted can be recovered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soft_delete: Option<bool>,
    /// From where it can be reached; `None` where the document does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<Exposure>,
    /// Whether services that Microsoft trusts get past the network rules.
    #[serde(default)]
    pub lets_trusted_services_in: bool,
    /// Whether a template deployment may take secrets out of it (`enabledForTemplateDeployment`).
    #[serde(default)]
    pub enabled_for_template_deployment: bool,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<Text, Text>,
}

/// What kind of object a vault holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VaultObjectKind {
    /// A key.
    Key,
    /// A secret.
    Secret,
    /// A certificate.
    Certificate,
}

impl VaultObjectKind {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Secret => "secret",
            Self::Certificate => "certificate",
        }
    }
}

impl fmt::Display for VaultObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A key, secret or certificate, by its properties. The value is never read.
/// <https://learn.microsoft.com/rest/api/keyvault/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultObject {
    /// Provider prefix and native id.
    pub id: VaultObjectId,
    /// Its URL without a version.
    pub native_id: Text,
    /// The vault that holds it.
    pub vault: VaultId,
    /// What it is.
    pub kind: VaultObjectKind,
    /// Its name.
    pub name: Text,
    /// Whether it can be used.
    pub enabled: bool,
    /// When its newest version was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// When its newest version was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// From when on it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When it ends; `None`: it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Whether it is the key or secret that stands behind a certificate of the same name, whose end it shares.
    #[serde(default)]
    pub of_certificate: bool,
    /// The thumbprint of a certificate's newest version: its SHA-1 as upper-case hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<Text>,
    /// How the vault renews it by itself; `None`: that was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<Rotation>,
}

/// Whether a vault makes new versions of a key by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    /// It does, this long after a version was made or before it ends (an ISO 8601 duration).
    Automatic(Text),
    /// It does not.
    Manual,
}
