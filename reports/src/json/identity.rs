//! The shape of one identity in `census.report/1`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::azure::{Activation, Application, DirectoryOwner, Person};
use super::life::{Life, Registration};
use super::permission_set::PermissionSet;
use super::privilege_use::PrivilegeUse;
use super::reach::Reach;
use super::scalars::{
    Band, ClaimSource, CredentialKind, CredentialStatus, DirectoryObject, Effect, IdentityKind, Instant,
    Mechanism, NatureKind, OwnerRole, OwnerStatus, Provider, SuccessorReason,
};

/// A principal: something that can hold permissions and act.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Identity<'v> {
    pub(crate) id: &'v str,
    /// What the cloud calls it: an ARN, an object id, an email.
    pub(crate) native_id: &'v str,
    /// The id that a re-created identity of the same name does not inherit.
    pub(crate) immutable_id: Option<&'v str>,
    /// Other names that people use for it.
    pub(crate) aliases: Vec<&'v str>,
    pub(crate) provider: Provider,
    pub(crate) kind: IdentityKind,
    pub(crate) nature: NatureKind,
    /// The evidence for the nature, in words.
    pub(crate) nature_reasons: Vec<&'v str>,
    pub(crate) name: &'v str,
    /// Path within the scope.
    pub(crate) path: Option<&'v str>,
    /// Id of the scope it lives in.
    pub(crate) scope: &'v str,
    /// Who created and maintains it, where that is not the customer.
    pub(crate) managed_by: Option<&'v str>,
    /// What shows that: a reserved path, an owner organization, a domain.
    pub(crate) managed_by_evidence: Option<&'v str>,
    pub(crate) created: Option<Instant>,
    pub(crate) disabled: bool,
    /// When it was deleted, where it can still be restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deleted: Option<Instant>,
    /// The application behind a service principal of Entra.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) application: Option<Application<'v>>,
    /// What the directory says of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<Person<'v>>,
    /// Whom the directory names as owners and sponsors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) directory_owners: Vec<DirectoryOwner<'v>>,
    pub(crate) tags: &'v BTreeMap<Box<str>, Box<str>>,
    pub(crate) owner: Owner<'v>,
    /// What authenticates it, by id.
    pub(crate) credentials: Vec<Credential<'v>>,
    pub(crate) usage: Usage<'v>,
    /// Names of the groups it is in.
    pub(crate) groups: Vec<&'v str>,
    /// Policies attached to it or to its groups. What they amount to is not judged here.
    pub(crate) policies: Vec<Attached<'v>>,
    /// Who may become it.
    pub(crate) trusts: Vec<Trust<'v>>,
    /// Resources that run as it.
    pub(crate) workloads: Vec<Workload<'v>>,
    /// The permission set of AWS IAM Identity Center that it is kept for; null where it is kept for none, or for which is
    /// not known.
    pub(crate) permission_set: Option<PermissionSet<'v>>,
    /// What it can do; null where that was not computed.
    pub(crate) reach: Option<Reach<'v>>,
    /// What it is granted beside what it used; null where that was not computed.
    pub(crate) privilege_use: Option<PrivilegeUse>,
}

/// Who owns an identity, and why that is said.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Owner<'v> {
    pub(crate) status: OwnerStatus,
    pub(crate) business_owner: Option<&'v str>,
    pub(crate) technical_steward: Option<&'v str>,
    /// Why this status, in one sentence.
    pub(crate) because: &'v str,
    /// Every claim, strongest first.
    pub(crate) claims: Vec<Claim<'v>>,
    /// Ids of the gaps that make the status unknown.
    pub(crate) gaps: Vec<&'v str>,
    /// Those who are named and have left.
    pub(crate) departed: Vec<Departure<'v>>,
    /// Who may take over where the owner has left, the best first.
    pub(crate) successors: Vec<Successor<'v>>,
    /// What the registry says beside; null where no entry registers it.
    pub(crate) registration: Option<Registration<'v>>,
    /// Where it stands; null where no entry registers it.
    pub(crate) life: Option<Life<'v>>,
}

/// Somebody who is named and has left.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Departure<'v> {
    pub(crate) role: OwnerRole,
    pub(crate) who: &'v str,
    /// When, and where that is written.
    pub(crate) evidence: Evidence<'v>,
}

/// Somebody who may take over.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Successor<'v> {
    pub(crate) reason: SuccessorReason,
    pub(crate) who: &'v str,
    pub(crate) evidence: Option<Evidence<'v>>,
}

/// One source says: this is the owner.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Claim<'v> {
    pub(crate) band: Band,
    pub(crate) source: ClaimSource,
    pub(crate) business_owner: Option<&'v str>,
    pub(crate) technical_steward: Option<&'v str>,
    pub(crate) evidence: Vec<Evidence<'v>>,
}

/// One fact, and where it was read.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Evidence<'v> {
    pub(crate) label: &'v str,
    pub(crate) value: &'v str,
    pub(crate) source: Option<&'v str>,
}

/// What proves that a caller is an identity. Never the secret.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Credential<'v> {
    pub(crate) id: &'v str,
    pub(crate) kind: CredentialKind,
    /// The public id: access key id, certificate id, thumbprint.
    pub(crate) key_id: Option<&'v str>,
    pub(crate) label: Option<&'v str>,
    /// Which object of the directory it is kept on, where an identity has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kept_on: Option<DirectoryObject>,
    pub(crate) status: CredentialStatus,
    /// When it was created or last rotated.
    pub(crate) created: Option<Instant>,
    pub(crate) expires: Option<Instant>,
    pub(crate) last_used: Seen<'v>,
}

/// When an identity was last used.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Usage<'v> {
    /// The latest use by any of its ways in.
    pub(crate) latest: Seen<'v>,
    /// Id of the credential that the latest use was by; null where it was the identity itself or is not known.
    pub(crate) latest_by: Option<&'v str>,
    /// Id of a gap that may hide a later use.
    pub(crate) may_be_later: Option<&'v str>,
    /// The last use of the identity itself, apart from its credentials.
    pub(crate) own: Seen<'v>,
}

/// A use, as far as the provider lets one see. It looks back only so far, so "never" is not among the answers.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) enum Seen<'v> {
    /// It was seen.
    Known { at: Instant, service: Option<&'v str>, region: Option<&'v str> },
    /// It was not seen since then.
    NotSince { since: Instant },
    /// The source could not be read; the gap's id tells why.
    NotVisible { gap: &'v str },
}

/// A policy that reaches an identity.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Attached<'v> {
    pub(crate) how: How,
    pub(crate) name: &'v str,
    /// The policy's own id in the cloud; null for an inline one.
    pub(crate) native_id: Option<&'v str>,
    pub(crate) effect: Effect,
    /// Name of the group or id of the scope through which it comes; null where it is attached directly.
    pub(crate) through: Option<&'v str>,
    /// Whether the text could be read.
    pub(crate) text_read: bool,
    /// Id of the scope in which it counts, where that is another than the identity's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<&'v str>,
    /// Absent of what counts without an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) activation: Option<Activation>,
    /// The condition of the attachment, as the cloud gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) condition: Option<&'v str>,
}

/// How a policy is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum How {
    Inline,
    Managed,
    Boundary,
    ServiceControlPolicy,
    ResourceControlPolicy,
    ResourcePolicy,
    KeyGrant,
    RoleAssignment,
    DenyAssignment,
    DirectoryRole,
    AppRole,
    DelegatedPermission,
    Ownership,
    FederatedCredential,
    AccessPolicy,
    LocalRole,
}

/// `who` may become the identity, if the condition holds.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Trust<'v> {
    pub(crate) who: Who<'v>,
    /// Everyone but these.
    pub(crate) except: Vec<Who<'v>>,
    pub(crate) mechanism: Mechanism,
    /// The statement's `Sid`, or a digest of it.
    pub(crate) statement: &'v str,
    /// The condition as the cloud gives it.
    pub(crate) condition: Option<&'v str>,
}

/// A set of principals.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Who<'v> {
    #[serde(rename = "type")]
    pub(crate) kind: WhoKind,
    /// Native id, account, organization, service or issuer; null for `everyone` and `authenticated`.
    pub(crate) value: Option<&'v str>,
}

/// Kinds of sets of principals.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WhoKind {
    Identity,
    Account,
    Organization,
    Everyone,
    Authenticated,
    Service,
    External,
    Deleted,
    Unrecognized,
}

/// A resource that runs as an identity.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Workload<'v> {
    pub(crate) id: &'v str,
    pub(crate) kind: &'v str,
    pub(crate) name: &'v str,
}
