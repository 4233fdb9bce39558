//! What a diff needs of a report or an estate file. The types are the reader's own and tolerate unknown fields,
//! so reports of older and newer versions of the program compare.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{ESTATE_SCHEMA, Estate, EstateError, GapReason};
use serde::Deserialize;

use crate::json::REPORT_SCHEMA;

/// Why a file cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// Not JSON of the expected shape.
    #[error("not a report or estate file: {0}")]
    Shape(#[from] serde_json::Error),
    /// A schema that this build does not know.
    #[error("schema `{0}` cannot be compared, expected `{REPORT_SCHEMA}` or `{ESTATE_SCHEMA}`")]
    Schema(String),
    /// The estate file is broken.
    #[error(transparent)]
    Estate(#[from] EstateError),
}

/// One scan, as far as a diff looks at it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) as_of: String,
    pub(super) complete: bool,
    pub(super) scopes: BTreeMap<String, ScopeNode>,
    pub(super) identities: Vec<IdentityRow>,
    /// Credentials of scopes, by scope id.
    pub(super) scope_credentials: Vec<(String, CredentialRow)>,
    /// `None` for an estate file.
    pub(super) findings: Option<Vec<FindingRow>>,
    pub(super) gaps: Vec<GapRow>,
}

/// A scope, by its place and whether its identities were asked for.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ScopeNode {
    pub(super) parent: Option<String>,
    pub(super) scanned: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct IdentityRow {
    pub(super) id: String,
    pub(super) native_id: String,
    pub(super) immutable_id: Option<String>,
    #[serde(default)]
    pub(super) provider: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) scope: String,
    #[serde(default)]
    pub(super) owner: Option<OwnerRow>,
    #[serde(default)]
    pub(super) credentials: Vec<CredentialRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct OwnerRow {
    pub(super) status: String,
    pub(super) business_owner: Option<String>,
    pub(super) technical_steward: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct CredentialRow {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) key_id: Option<String>,
    #[serde(default)]
    pub(super) status: String,
    pub(super) created: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct FindingRow {
    pub(super) rule: String,
    pub(super) severity: String,
    pub(super) title: String,
    pub(super) identity: Option<String>,
    #[serde(default)]
    pub(super) subject: SubjectRow,
    pub(super) fingerprint: String,
}

/// The subject's type and, for a scope, its id; other members are of no use here.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct SubjectRow {
    #[serde(default, rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) id: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct GapRow {
    pub(super) id: String,
    #[serde(default)]
    pub(super) provider: String,
    pub(super) scope: Option<String>,
    pub(super) read: String,
    pub(super) reason: GapReason,
    #[serde(default)]
    pub(super) affects: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Report {
    scan: Scan,
    #[serde(default)]
    scopes: Vec<ScopeRow>,
    identities: Vec<IdentityRow>,
    #[serde(default)]
    scope_credentials: Vec<ScopeCredentialRow>,
    findings: Vec<FindingRow>,
    gaps: Vec<GapRow>,
}

#[derive(Deserialize)]
struct Scan {
    as_of: String,
    complete: bool,
}

#[derive(Deserialize)]
struct ScopeRow {
    id: String,
    #[serde(flatten)]
    node: ScopeNode,
}

#[derive(Deserialize)]
struct ScopeCredentialRow {
    scope: String,
    credential: CredentialRow,
}

impl Snapshot {
    /// Reads a report of schema `census.report/1` or an estate file.
    ///
    /// # Errors
    /// When the bytes are neither.
    pub fn from_json(bytes: &[u8]) -> Result<Self, DiffError> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let head: Head = serde_json::from_slice(bytes)?;
        match head.schema.as_str() {
            REPORT_SCHEMA => Ok(Self::from_report(serde_json::from_slice(bytes)?)),
            ESTATE_SCHEMA => Ok(Self::from_estate(&Estate::from_json(bytes)?)),
            _ => Err(DiffError::Schema(head.schema)),
        }
    }

    fn from_report(report: Report) -> Self {
        let mut scopes: BTreeMap<_, _> = report.scopes.into_iter().map(|row| (row.id, row.node)).collect();
        // A report without a tree still shows where it has been.
        if scopes.is_empty() {
            let seen = report.identities.iter().map(|identity| identity.scope.clone());
            scopes.extend(seen.map(|scope| (scope, ScopeNode { parent: None, scanned: true })));
        }
        Self {
            as_of: report.scan.as_of,
            complete: report.scan.complete,
            scopes,
            identities: report.identities,
            scope_credentials: report
                .scope_credentials
                .into_iter()
                .map(|row| (row.scope, row.credential))
                .collect(),
            findings: Some(report.findings),
            gaps: report.gaps,
        }
    }

    fn from_estate(estate: &Estate) -> Self {
        let mut held: BTreeMap<&str, Vec<CredentialRow>> = BTreeMap::new();
        let mut scope_credentials = Vec::new();
        for credential in &estate.credentials {
            let row = CredentialRow {
                id: credential.id.to_string(),
                kind: credential.kind.to_string(),
                key_id: credential.key_id.as_deref().map(str::to_owned),
                status: credential.status.as_str().to_owned(),
                created: credential.created.map(|at| at.to_string()),
            };
            match &credential.holder {
                census_model::Holder::Identity(id) => held.entry(id.as_str()).or_default().push(row),
                census_model::Holder::Scope(scope) => scope_credentials.push((scope.to_string(), row)),
            }
        }
        let identity = |identity: &census_model::Identity| IdentityRow {
            id: identity.id.to_string(),
            native_id: identity.native_id.to_string(),
            immutable_id: identity.immutable_id.as_deref().map(str::to_owned),
            provider: identity.provider.to_string(),
            kind: identity.kind.to_string(),
            name: identity.name.to_string(),
            scope: identity.scope.to_string(),
            owner: None,
            credentials: held.get(identity.id.as_str()).cloned().unwrap_or_default(),
        };
        let gap = |gap: &census_model::Gap| GapRow {
            id: gap.id.to_string(),
            provider: gap.provider.to_string(),
            scope: gap.scope.as_ref().map(ToString::to_string),
            read: gap.read.to_string(),
            reason: gap.reason,
            affects: gap.affects.iter().map(ToString::to_string).collect(),
        };
        let node = |scope: &census_model::Scope| ScopeNode {
            parent: scope.parent.as_ref().map(ToString::to_string),
            scanned: scope.scanned,
        };
        Self {
            as_of: estate.as_of.to_string(),
            complete: estate.is_complete(),
            scopes: estate.scopes.values().map(|scope| (scope.id.to_string(), node(scope))).collect(),
            identities: estate.identities.iter().map(identity).collect(),
            scope_credentials,
            findings: None,
            gaps: estate.gaps.iter().map(gap).collect(),
        }
    }
}
