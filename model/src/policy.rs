//! Policies and where they are attached. The texts are opaque here; `census-privilege` understands them.

use serde::{Deserialize, Serialize};

use crate::{Activation, DirectoryObject, GroupId, IdentityId, PolicyId, ScopeId, SharedText, Text, VaultId};

/// The language a condition or policy is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionLanguage {
    /// The `Condition` element of an AWS policy statement, as JSON.
    AwsJson,
    /// Azure ABAC.
    AzureAbac,
    /// What a federated credential of Entra asks of a token, as JSON: `issuer`, `subject`, `audiences`,
    /// `claimsMatchingExpression`.
    EntraFederation,
    /// Entra: what a directory role, a permission or Microsoft's own rules leave open, in words.
    EntraDirectory,
    /// Common Expression Language (Google Cloud).
    Cel,
}

/// A condition as the cloud gives it, in canonical form (keys sorted, no insignificant space).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Condition {
    /// Its language.
    pub language: ConditionLanguage,
    /// Its text.
    pub text: Text,
}

/// What kind of policy text it is; decides which language rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyKind {
    /// AWS: policy document of the IAM policy language.
    AwsDocument,
    /// Azure: the `permissions` of a role definition or deny assignment, as JSON:
    /// `[{"actions","notActions","dataActions","notDataActions","condition"?,"conditionVersion"?}]`.
    AzurePermissions,
    /// Entra: the `rolePermissions` of a directory role, as JSON: `[{"allowedResourceActions","condition"?}]`.
    EntraRolePermissions,
    /// Entra: the value of one app role, as the resource application names it: `Directory.Read.All`. Empty: no role, only
    /// that its holder may get a token for the resource.
    EntraAppRole,
    /// Entra: delegated permissions, separated by single spaces: `User.Read offline_access`.
    EntraScopes,
    /// Azure Key Vault: the `permissions` of an access policy, as JSON: `{"keys","secrets","certificates","storage"}`.
    KeyVaultPermissions,
}

/// One policy text, kept once however often it is attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Digest of kind and text.
    pub id: PolicyId,
    /// Its language.
    pub kind: PolicyKind,
    /// The text: compact JSON where it parses, else the text as received.
    pub text: Text,
}

impl Policy {
    /// Makes a policy and its id.
    pub fn new(kind: PolicyKind, text: impl Into<Text>) -> Self {
        let text = text.into();
        let digest = crate::Digest::new("policy").part(&format!("{kind:?}")).part(&text);
        Self { id: PolicyId::new(format!("policy-{}", digest.hex(16))), kind, text }
    }
}

/// A role of Azure Resource Manager that a condition lets somebody assign, whether or not anybody holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RoleDefinition {
    /// Its GUID in lower case, which is the same in every scope.
    pub id: Text,
    /// Its name.
    pub name: Text,
    /// What it allows.
    pub policy: PolicyId,
}

impl RoleDefinition {
    /// Contributor, User Access Administrator and Role Based Access Control Administrator, by id: what a condition that only
    /// says which roles must not be assigned may leave.
    /// <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged>
    pub const PRIVILEGED: [&str; 3] = [
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    ];
}

/// What a grant does to the access of its principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Gives what the policy allows, takes what it denies.
    Allow,
    /// Takes only.
    Deny,
    /// Gives nothing; what it does not allow is denied (permissions boundary, SCP, RCP).
    Ceiling,
}

/// What a policy is attached to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attachment {
    /// A principal's own policy.
    Identity(IdentityId),
    /// A group's policy, for its members.
    Group(GroupId),
    /// A scope's policy, for everything below it.
    Scope(ScopeId),
    /// A resource's own policy; native id.
    Resource(Text),
}

/// How the attachment is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// Embedded in the principal, by policy name.
    Inline {
        /// The inline policy's name.
        name: SharedText,
    },
    /// A managed policy, by native id and name.
    Managed {
        /// The policy's ARN.
        native_id: SharedText,
        /// The policy's name.
        name: SharedText,
    },
    /// A managed policy used as permissions boundary.
    Boundary {
        /// The policy's ARN.
        native_id: SharedText,
    },
    /// A service control policy of an AWS organization.
    ServiceControlPolicy {
        /// `p-…`.
        native_id: SharedText,
        /// The policy's name.
        name: SharedText,
    },
    /// A resource control policy of an AWS organization.
    ResourceControlPolicy {
        /// `p-…`.
        native_id: SharedText,
        /// The policy's name.
        name: SharedText,
    },
    /// The resource's own policy: a bucket's, a key's, a queue's. Always attached to an [`Attachment::Resource`].
    ///
    /// A resource that no such grant names has no policy of its own, unless a gap of its scope says that the policies
    /// of all its resources, or of this one, were not read: see [`Gap::concerns`](crate::Gap::concerns).
    ResourcePolicy,
    /// A grant on a KMS key, which allows beside the key's policy, as the statements that say the same. Always attached to
    /// an [`Attachment::Resource`].
    KeyGrant {
        /// The grant's id.
        native_id: SharedText,
    },
    /// A role assignment of Azure Resource Manager, in [`Grant::scope`] and below.
    RoleAssignment {
        /// The assignment's ARM id.
        native_id: SharedText,
        /// The role definition's ARM id.
        role: SharedText,
        /// The role's name, or its id where it was not read.
        name: SharedText,
    },
    /// A deny assignment of Azure Resource Manager.
    DenyAssignment {
        /// The assignment's ARM id.
        native_id: SharedText,
        /// Its name.
        name: SharedText,
        /// The object ids of those that it does not reach.
        except: Vec<SharedText>,
        /// Whether it counts in its own scope only and in none below.
        own_scope_only: bool,
    },
    /// A directory role of Entra.
    DirectoryRole {
        /// The assignment's id.
        native_id: SharedText,
        /// The role definition's id.
        role: SharedText,
        /// The role's name, or its id where it was not read.
        name: SharedText,
        /// Where it counts, as the directory says it: `/`, `/administrativeUnits/…`, `/…` of an application.
        directory_scope: SharedText,
    },
    /// An app role of a resource application that is assigned.
    AppRole {
        /// The assignment's id.
        native_id: SharedText,
        /// The service principal of the resource: Microsoft Graph's, for example.
        resource: IdentityId,
    },
    /// Delegated permissions: what a client may do to a resource on behalf of users who are signed in.
    DelegatedPermission {
        /// The grant's id.
        native_id: SharedText,
        /// The service principal of the resource.
        resource: IdentityId,
        /// The one user on whose behalf; `None`: every user's.
        user: Option<IdentityId>,
    },
    /// Owning an object of the directory. Only in reasons; who owns what is told by
    /// [`DirectoryOwner`](crate::DirectoryOwner).
    Ownership {
        /// The object's id.
        of: SharedText,
        /// What it is.
        object: DirectoryObject,
    },
    /// A federated credential. Only in cuts; whose tokens it takes is told by [`Trust`](crate::Trust).
    FederatedCredential {
        /// Its name.
        name: Text,
    },
    /// An access policy of a key vault. Always attached to a principal; [`Grant::scope`] is the vault's.
    AccessPolicy {
        /// The vault.
        vault: VaultId,
        /// The client id of the application together with which alone it counts (a compound identity).
        application: Option<SharedText>,
        /// The tenant whose principal it names, where that is another than the vault's. It counts nowhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant: Option<ScopeId>,
    },
    /// A role that a managed HSM keeps itself. Always attached to a principal.
    LocalRole {
        /// The managed HSM.
        vault: VaultId,
        /// The assignment's id.
        native_id: SharedText,
        /// The role's name, or its id where it was not read.
        name: SharedText,
        /// Where it counts in it: `/`, `/keys`, `/keys/<name>`.
        local_scope: SharedText,
    },
}

/// A policy attached to something. Who it reaches follows from the attachment, memberships and the scope tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    /// What it is attached to.
    pub attached_to: Attachment,
    /// How.
    pub via: Via,
    /// The text; `None` when it could not be read (a gap says why).
    pub policy: Option<PolicyId>,
    /// What it does.
    pub effect: Effect,
    /// The scope in which it counts.
    pub scope: ScopeId,
    /// From when until when, and whether somebody has to switch it on.
    #[serde(default, skip_serializing_if = "Activation::is_standing")]
    pub activation: Activation,
    /// Under which condition, where the attachment has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}
