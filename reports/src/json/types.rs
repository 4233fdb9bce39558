//! The shape of `census.report/1`. A change here is a change of a published format: fields may be added, but
//! renaming, removing or re-typing one makes `/2`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    azure::Vault,
    identity::{Credential, Evidence, Identity},
    outside::Outsider,
    privilege_use::PrivilegeTotals,
    reach::Technique,
    scalars::{Confidence, GapReason, Instant, IssuerKind, Lazy, Provider, ScopeKind, Severity},
};

/// Everything that one scan found.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "census.report/1")]
pub(crate) struct Report<'v> {
    /// Name and version of this format.
    #[schemars(extend("const" = "census.report/1"))]
    pub(crate) schema: &'v str,
    pub(crate) tool: Tool<'v>,
    pub(crate) scan: Scan<'v>,
    pub(crate) summary: Summary<'v>,
    /// The tree of organizations, accounts, subscriptions and projects.
    pub(crate) scopes: Lazy<'v, Scope<'v>>,
    /// Every principal, by id.
    pub(crate) identities: Lazy<'v, Identity<'v>>,
    /// The techniques that the paths of identities name, by id.
    pub(crate) techniques: Lazy<'v, Technique<'v>>,
    /// Who comes in from outside by tokens of other issuers, by issuer and subject.
    pub(crate) outsiders: Lazy<'v, Outsider<'v>>,
    /// Credentials of a scope as a whole, such as TLS certificates kept in an account.
    pub(crate) scope_credentials: Lazy<'v, ScopeCredential<'v>>,
    /// External issuers of identities that a scope has registered.
    pub(crate) issuers: Lazy<'v, Issuer<'v>>,
    /// Vaults of keys, secrets and certificates, by id.
    pub(crate) vaults: Lazy<'v, Vault<'v>>,
    pub(crate) registry: Registry<'v>,
    /// What the rules found, worst first.
    pub(crate) findings: Lazy<'v, Finding<'v>>,
    /// What could not be read, by id.
    pub(crate) gaps: Lazy<'v, Gap<'v>>,
}

/// The program that wrote this.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Tool<'v> {
    pub(crate) name: &'v str,
    pub(crate) version: &'v str,
}

/// What was scanned, and when.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Scan<'v> {
    /// When reading began.
    pub(crate) started: Instant,
    /// When reading ended.
    pub(crate) finished: Instant,
    /// The instant at which ages are computed.
    pub(crate) as_of: Instant,
    /// The scopes that were asked for.
    pub(crate) targets: Vec<&'v str>,
    /// Whether everything that was asked for was read; a gap that is `not-provided` or `not-requested` does not
    /// count.
    pub(crate) complete: bool,
    /// What was read.
    pub(crate) sources: Lazy<'v, Source<'v>>,
}

/// A document that was read.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Source<'v> {
    pub(crate) provider: Provider,
    /// Id of the scope it tells about.
    pub(crate) scope: Option<&'v str>,
    /// Path in the folder of documents.
    pub(crate) document: &'v str,
    /// When the provider made the content, where that is not the time of the scan.
    pub(crate) as_of: Option<Instant>,
    /// Age of the content at the scan's `as_of`, in seconds.
    pub(crate) age_seconds: Option<i64>,
}

/// Numbers to reconcile with.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Summary<'v> {
    pub(crate) identities: usize,
    pub(crate) credentials: usize,
    pub(crate) groups: usize,
    pub(crate) findings: usize,
    pub(crate) gaps: usize,
    /// Identities by owner status.
    pub(crate) owner_status: BTreeMap<&'static str, usize>,
    /// Identities by the level of their reach; empty where that was not computed.
    pub(crate) reach: BTreeMap<&'static str, usize>,
    /// Findings by severity.
    pub(crate) severity: BTreeMap<&'static str, usize>,
    /// What is granted beside what was used, also by owner; null where that was not computed.
    pub(crate) privilege_use: Option<PrivilegeTotals<'v>>,
}

/// A node of the tree.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Scope<'v> {
    pub(crate) id: &'v str,
    /// What the cloud calls it: an account id, an organization id.
    pub(crate) native_id: &'v str,
    pub(crate) provider: Provider,
    pub(crate) kind: ScopeKind,
    pub(crate) name: Option<&'v str>,
    /// Id of the scope above, where that is known.
    pub(crate) parent: Option<&'v str>,
    pub(crate) tags: &'v BTreeMap<Box<str>, Box<str>>,
    /// Whether its identities were asked for.
    pub(crate) scanned: bool,
}

/// A credential of a scope as a whole.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ScopeCredential<'v> {
    /// Id of the scope.
    pub(crate) scope: &'v str,
    pub(crate) credential: Credential<'v>,
}

/// An external issuer of identities.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Issuer<'v> {
    pub(crate) id: &'v str,
    pub(crate) native_id: &'v str,
    pub(crate) provider: Provider,
    pub(crate) kind: IssuerKind,
    pub(crate) scope: &'v str,
    /// Host and path without scheme, or entity id.
    pub(crate) issuer: Option<&'v str>,
    pub(crate) audiences: Vec<&'v str>,
    pub(crate) created: Option<Instant>,
    pub(crate) expires: Option<Instant>,
}

/// The registry that owners were looked up in.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Registry<'v> {
    /// Number of entries.
    pub(crate) entries: usize,
    /// Entries that match no identity.
    pub(crate) ghosts: Vec<Ghost<'v>>,
    /// Number of entries about scopes that were not asked for; nobody looked whether their identities exist.
    pub(crate) outside: usize,
}

/// A registry entry that matches no identity.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Ghost<'v> {
    /// The entry's identity or pattern, as written.
    pub(crate) identity: &'v str,
    /// File and line.
    pub(crate) location: &'v str,
    pub(crate) business_owner: Option<&'v str>,
    /// Ids of gaps because of which the identity may exist unseen.
    pub(crate) gaps: Vec<&'v str>,
}

/// What a rule found.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Finding<'v> {
    pub(crate) rule: &'v str,
    pub(crate) rule_version: u32,
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    /// Id of the identity it is about, if it is about one.
    pub(crate) identity: Option<&'v str>,
    pub(crate) subject: Subject<'v>,
    pub(crate) title: &'v str,
    pub(crate) evidence: Vec<Evidence<'v>>,
    /// Framework id to control ids.
    pub(crate) controls: &'v BTreeMap<Box<str>, Vec<Box<str>>>,
    pub(crate) remedy: Remedy<'v>,
    /// The same in every scan that finds the same thing.
    pub(crate) fingerprint: &'v str,
}

/// What a finding is about.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) enum Subject<'v> {
    /// An identity, by id.
    Identity { id: &'v str, name: Option<&'v str> },
    /// A registry entry, by its text and place.
    RegistryEntry { identity: &'v str, location: &'v str },
    /// A scope, by id.
    Scope { id: &'v str, name: Option<&'v str> },
    /// A vault, by id.
    Vault { id: &'v str, name: Option<&'v str> },
}

/// What a person may do. Census runs none of it.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Remedy<'v> {
    pub(crate) text: std::borrow::Cow<'v, str>,
    /// Commands for a POSIX shell, every name quoted.
    pub(crate) commands: Vec<String>,
}

/// Something that could not be read.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Gap<'v> {
    pub(crate) id: &'v str,
    pub(crate) provider: Provider,
    pub(crate) scope: Option<&'v str>,
    /// The read, by the name of its permission.
    pub(crate) read: &'v str,
    pub(crate) reason: GapReason,
    pub(crate) detail: &'v str,
    /// Ids of what the missing answer is about; empty: the whole scope.
    pub(crate) affects: Vec<&'v str>,
}
