//! What a case says.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Statements as JSON texts.
pub(crate) type Statements = Vec<String>;

/// Something by the identity that it is about: `user/dev`, `444455556666:role/app`, `root`.
pub(crate) type ByIdentity<T> = BTreeMap<String, T>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) why: String,
    pub(crate) source: String,
    pub(crate) twin_of: Option<String>,
    pub(crate) expect: ByIdentity<String>,
    #[serde(default)]
    pub(crate) at: ByIdentity<BTreeMap<String, String>>,
    #[serde(default)]
    pub(crate) first: ByIdentity<Vec<String>>,
    #[serde(default)]
    pub(crate) possible: ByIdentity<Vec<String>>,
    #[serde(default)]
    pub(crate) target: ByIdentity<Vec<String>>,
    /// Those of whom it is told that not all was looked for.
    #[serde(default)]
    pub(crate) more: Vec<String>,
    #[serde(default)]
    pub(crate) users: BTreeMap<String, Holder>,
    #[serde(default)]
    pub(crate) roles: BTreeMap<String, Holder>,
    #[serde(default)]
    pub(crate) groups: BTreeMap<String, Holder>,
    #[serde(default)]
    pub(crate) root: bool,
    #[serde(default)]
    pub(crate) policies: BTreeMap<String, Statements>,
    #[serde(default)]
    pub(crate) workloads: Vec<WorkloadText>,
    #[serde(default)]
    pub(crate) resources: Vec<ResourceText>,
    #[serde(default)]
    pub(crate) issuers: Vec<IssuerText>,
    #[serde(default)]
    pub(crate) permission_sets: Vec<PermissionSetText>,
    pub(crate) organization: Option<OrganizationText>,
    #[serde(default)]
    pub(crate) scps: Vec<ControlText>,
    #[serde(default)]
    pub(crate) rcps: Vec<ControlText>,
    #[serde(default)]
    pub(crate) gaps: Vec<GapText>,
}

/// A user, role or group. Which fields may be said of which is checked where it is built.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Holder {
    pub(crate) policies: Statements,
    pub(crate) managed: Vec<String>,
    /// Managed policies whose text was not read.
    pub(crate) unread: Vec<String>,
    pub(crate) boundary: Option<Statements>,
    pub(crate) unread_boundary: bool,
    pub(crate) path: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) groups: Vec<String>,
    pub(crate) access_keys: usize,
    pub(crate) inactive_keys: usize,
    pub(crate) password: bool,
    pub(crate) mfa: bool,
    pub(crate) trust: Option<Statements>,
    pub(crate) instance_profile: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkloadText {
    pub(crate) kind: String,
    pub(crate) arn: String,
    #[serde(default)]
    pub(crate) runs_as: Vec<String>,
    #[serde(default)]
    pub(crate) uses: Vec<String>,
    pub(crate) state: Option<String>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResourceText {
    pub(crate) kind: String,
    pub(crate) arn: String,
    #[serde(default)]
    pub(crate) parts: Vec<String>,
    /// Statements of the versions of a policy that do not count.
    #[serde(default)]
    pub(crate) versions: BTreeMap<String, Statements>,
}

/// A permission set that a role is kept for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PermissionSetText {
    pub(crate) role: String,
    pub(crate) arn: String,
    /// The ids of groups; absent where it is not known to whom it is assigned.
    pub(crate) groups: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) users: Vec<String>,
}

/// A provider of identities: SAML or OpenID Connect, by its ARN.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssuerText {
    pub(crate) arn: String,
    #[serde(default)]
    pub(crate) audiences: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationText {
    pub(crate) management: Option<String>,
    /// Account to what it lies in: `root` or `ou-…`.
    pub(crate) accounts: BTreeMap<String, String>,
}

/// A control policy: beside the one that allows everything, or in its place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ControlText {
    pub(crate) at: String,
    pub(crate) statements: Statements,
    #[serde(default)]
    pub(crate) replaces_full_access: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GapText {
    pub(crate) read: String,
    pub(crate) scope: Option<String>,
    pub(crate) reason: Option<String>,
    #[serde(default)]
    pub(crate) affects: Vec<String>,
}
