//! Identities: whatever can hold permissions and act.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{GapId, GroupId, IdentityId, Provider, ScopeId, Text};

/// What kind of principal it is, in the cloud's own terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityKind {
    /// AWS: the root user of an account.
    AwsRootUser,
    /// AWS: an IAM user.
    AwsUser,
    /// AWS: an IAM role.
    AwsRole,
    /// Entra: a service principal of an application, here or in another tenant.
    EntraServicePrincipal,
    /// Entra: an application that has no service principal in its own tenant.
    EntraApplication,
    /// Entra: the identity of an AI agent.
    EntraAgentIdentity,
    /// Entra: the principal of a blueprint, which makes agent identities and can act as them.
    EntraAgentBlueprint,
    /// Azure: the managed identity of one resource, which lives and dies with it.
    AzureSystemAssignedIdentity,
    /// Azure: a managed identity that is a resource of its own and is lent to others.
    AzureUserAssignedIdentity,
    /// Entra: a user, read as far as it owns or holds something.
    EntraUser,
}

impl IdentityKind {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwsRootUser => "aws-root-user",
            Self::AwsUser => "aws-user",
            Self::AwsRole => "aws-role",
            Self::EntraServicePrincipal => "entra-service-principal",
            Self::EntraApplication => "entra-application",
            Self::EntraAgentIdentity => "entra-agent-identity",
            Self::EntraAgentBlueprint => "entra-agent-blueprint",
            Self::AzureSystemAssignedIdentity => "azure-system-assigned-identity",
            Self::AzureUserAssignedIdentity => "azure-user-assigned-identity",
            Self::EntraUser => "entra-user",
        }
    }
}

impl fmt::Display for IdentityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NatureKind {
    /// Programs.
    Machine,
    /// People.
    Human,
    /// Both, by the evidence.
    Mixed,
    /// The evidence says neither.
    Unknown,
}

impl NatureKind {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Human => "human",
            Self::Mixed => "mixed",
            Self::Unknown => "unknown",
        }
    }
}

/// Who uses an identity, and why we think so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nature {
    /// The verdict.
    pub kind: NatureKind,
    /// Each piece of evidence in words: `console password`, `trusted by lambda.amazonaws.com`. Sorted.
    pub reasons: Vec<Text>,
    /// Gaps because of which it cannot be told whether this is a person's own account, which nobody else has to own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<GapId>,
}

/// The party that created and maintains an identity in a customer's estate, where that is not the customer.
///
/// Known by reserved path, owner organization or domain, never by name. Nobody in the company can own or fix
/// such an identity, so ownership rules pass it by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Manager {
    /// Who: `aws`, `aws-identity-center`.
    pub name: Text,
    /// What shows it: the reserved path.
    pub evidence: Text,
}

/// A principal: something that can hold permissions and act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Provider prefix and native id.
    pub id: IdentityId,
    /// What the cloud calls it: an ARN, an Entra object id.
    pub native_id: Text,
    /// Other names people use for it, sorted: user name, role id; client id, application id, ARM id.
    pub aliases: Vec<Text>,
    /// The id that a re-created identity of the same name does not inherit: AWS UserId or RoleId, Entra object id.
    pub immutable_id: Option<Text>,
    /// Whose it is.
    pub provider: Provider,
    /// Kind of principal.
    pub kind: IdentityKind,
    /// People or programs.
    pub nature: Nature,
    /// Where it lives.
    pub scope: ScopeId,
    /// Display name.
    pub name: Text,
    /// Path or folder within the scope, `/` at the top.
    pub path: Option<Text>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<Text, Text>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// Whether it has been switched off. AWS principals cannot be.
    pub disabled: bool,
    /// Set where it was deleted and can still be restored: when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Timestamp>,
    /// The application behind a service principal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<crate::Application>,
    /// What the directory says of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<crate::Person>,
    /// Set where neither this company created it nor can change it.
    pub managed_by: Option<Manager>,
    /// The last time the identity itself was used (role last used, console sign-in), apart from its keys.
    pub last_used: crate::Observed<crate::LastUse>,
}

impl Identity {
    /// What fingerprints and attestations bind to: the immutable id, or the native id where there is none.
    pub fn binding_id(&self) -> &str {
        self.immutable_id.as_deref().unwrap_or(&self.native_id)
    }

    /// Whether it is a program of a directory that can ask for a token of its own.
    pub fn is_program(&self) -> bool {
        let signs_in = !matches!(self.kind, IdentityKind::EntraUser | IdentityKind::EntraApplication);
        self.provider == Provider::Azure && signs_in && !self.disabled && self.deleted.is_none()
    }
}

/// A group: holds grants for its members, cannot act itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Provider prefix and native id.
    pub id: GroupId,
    /// What the cloud calls it.
    pub native_id: Text,
    /// Survives no re-creation: AWS GroupId, Entra object id.
    pub immutable_id: Option<Text>,
    /// Display name.
    pub name: Text,
    /// Where it lives.
    pub scope: ScopeId,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// Whether directory roles may be assigned to it, which protects it from ordinary administrators of groups. Entra only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub role_assignable: bool,
    /// The rule that decides who is in it, of a dynamic group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership_rule: Option<Text>,
    /// Whether its members are kept in another directory, or by Exchange: nobody changes them in this one. Entra only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kept_elsewhere: bool,
}
