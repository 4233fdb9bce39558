//! Who may become whom.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Condition, IdentityId, IssuerId, Provider, ScopeId, Text};

/// A set of principals, as policies name them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalSet {
    /// One identity, by native id. It need not be in this estate.
    Identity(Text),
    /// Every principal of one account that the account itself allows; the account's id.
    Account(Text),
    /// Every principal of an organization.
    Organization(Text),
    /// Anyone, without authentication.
    Everyone,
    /// Anyone who can authenticate to the provider at all.
    Authenticated,
    /// A service of the provider: `lambda.amazonaws.com`.
    Service(Text),
    /// Identities of an external issuer: the registered provider's native id or a well-known issuer's host.
    External(Text),
    /// A principal that no longer exists; the cloud shows its immutable id (`AROA…`) instead of a name.
    Deleted(Text),
    /// A text that names no principal we know how to read.
    Unrecognized(Text),
}

/// How a trust is exercised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mechanism {
    /// `sts:AssumeRole`.
    AssumeRole,
    /// `sts:AssumeRoleWithWebIdentity`.
    WebIdentity,
    /// `sts:AssumeRoleWithSAML`.
    Saml,
    /// A federated credential of an Entra application or of a managed identity; or an agent identity, as which the principal
    /// of its blueprint signs in by a token that stands for such a credential.
    FederatedCredential,
    /// `sts:TagSession`, `sts:SetSourceIdentity` and other actions that by themselves give no session.
    Other,
}

/// `who` may become `becomes`, if `condition` holds. One per statement, principal and mechanism.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trust {
    /// The identity that is assumed.
    pub becomes: IdentityId,
    /// Who may.
    pub who: PrincipalSet,
    /// Everyone but these, where the policy uses `NotPrincipal` (then `who` is [`PrincipalSet::Everyone`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<PrincipalSet>,
    /// How.
    pub mechanism: Mechanism,
    /// Which statement of the trust policy: its `Sid`, else `#` and a digest of the statement. A position would change
    /// whenever another statement comes or goes.
    pub statement: Text,
    /// Under which condition.
    pub condition: Option<Condition>,
}

/// Kinds of external issuers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssuerKind {
    /// OpenID Connect.
    Oidc,
    /// SAML 2.0.
    Saml,
}

/// An external issuer that a scope has registered and may therefore trust.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    /// Provider prefix and native id.
    pub id: IssuerId,
    /// The registration's ARN; in Entra, which registers none, the issuer's URL.
    pub native_id: Text,
    /// Whose registration.
    pub provider: Provider,
    /// Protocol.
    pub kind: IssuerKind,
    /// Where it is registered.
    pub scope: ScopeId,
    /// For OIDC the issuer's host and path without scheme (`token.actions.githubusercontent.com`), for SAML the
    /// entity id where metadata names it.
    pub issuer: Option<Text>,
    /// Accepted audiences (OIDC client ids), sorted.
    pub audiences: Vec<Text>,
    /// When it was registered.
    pub created: Option<Timestamp>,
    /// When its signing certificate or metadata ends.
    pub expires: Option<Timestamp>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<Text, Text>,
}
