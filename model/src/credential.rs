//! Credentials: what proves to a cloud that a caller is an identity. Metadata only, never the secret.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CredentialId, IdentityId, Observed, ScopeId, Text};

/// Who a credential belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// It authenticates this identity.
    Identity(IdentityId),
    /// It belongs to a scope as a whole (a TLS server certificate kept in an account).
    Scope(ScopeId),
}

/// What kind of credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// AWS access key (id and secret).
    AccessKey,
    /// Password for the web console.
    ConsolePassword,
    /// A second factor. It restricts a sign-in, but its presence is evidence.
    MfaDevice,
    /// X.509 signing certificate of an AWS user.
    SigningCertificate,
    /// SSH public key of an AWS user (CodeCommit).
    SshPublicKey,
    /// AWS service-specific credential: CodeCommit, Keyspaces, Bedrock and CloudWatch Logs API keys.
    ServiceSpecificCredential,
    /// TLS certificate with private key kept in IAM.
    ServerCertificate,
    /// Password of an application or service principal of Entra (`passwordCredentials`).
    ClientSecret,
    /// Certificate by which an application or service principal of Entra proves who it is (`keyCredentials`, `Verify`).
    ClientCertificate,
    /// Certificate by which Azure proves to Entra that a managed identity is itself: Azure makes, keeps and renews it, and
    /// nobody else has its key.
    ManagedCertificate,
    /// Key by which Entra signs tokens for an application (`keyCredentials`, `Sign`). Nobody signs in with it.
    TokenSigningCertificate,
}

impl CredentialKind {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessKey => "access-key",
            Self::ConsolePassword => "console-password",
            Self::MfaDevice => "mfa-device",
            Self::SigningCertificate => "signing-certificate",
            Self::SshPublicKey => "ssh-public-key",
            Self::ServiceSpecificCredential => "service-specific-credential",
            Self::ServerCertificate => "server-certificate",
            Self::ClientSecret => "client-secret",
            Self::ClientCertificate => "client-certificate",
            Self::ManagedCertificate => "managed-certificate",
            Self::TokenSigningCertificate => "token-signing-certificate",
        }
    }
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether it works at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialStatus {
    /// It works.
    Active,
    /// Switched off, but still there: anyone who may switch it on again owns it.
    Inactive,
    /// Past its expiry.
    Expired,
    /// No source says.
    Unknown,
}

impl CredentialStatus {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

/// A use that was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LastUse {
    /// When (AWS rounds to about an hour for keys).
    pub at: Timestamp,
    /// Which service was called, where the source says.
    pub service: Option<Text>,
    /// In which region, where the source says.
    pub region: Option<Text>,
}

/// One credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Stable id: holder, kind and key id.
    pub id: CredentialId,
    /// Whose.
    pub holder: Holder,
    /// What.
    pub kind: CredentialKind,
    /// The public id (access key id, certificate id, thumbprint); unknown when only its existence was visible.
    pub key_id: Option<Text>,
    /// For service-specific credentials the service; for others a label the cloud shows.
    pub label: Option<Text>,
    /// When it was created or last rotated.
    pub created: Option<Timestamp>,
    /// When it ends by itself; `None`: no end is known.
    pub expires: Option<Timestamp>,
    /// Which object of the directory it is kept on, where an identity has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_on: Option<crate::DirectoryObject>,
    /// Whether it works.
    pub status: CredentialStatus,
    /// When it was last used.
    pub last_used: Observed<LastUse>,
}

impl Credential {
    /// The identity that it authenticates, if it is not a scope's.
    pub fn identity(&self) -> Option<&IdentityId> {
        match &self.holder {
            Holder::Identity(id) => Some(id),
            Holder::Scope(_) => None,
        }
    }
}
