//! What changed between two scans.
//!
//! Reports of one identity are matched by its immutable id, so an identity that was deleted and made again under
//! its old name has gone and appeared. Nothing is called gone or resolved that the other scan could not have
//! seen; see [`Presence`].

mod compare;
mod credentials;
mod sight;
mod snapshot;
mod text;

pub use compare::diff;
pub use snapshot::{DiffError, Snapshot};
pub use text::diff_text;

use serde::Serialize;

use crate::{format::RenderError, json::to_bytes};

/// What changed, `census.diff/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    pub(crate) schema: &'static str,
    pub(crate) old: Side,
    pub(crate) new: Side,
    /// Whether both files hold findings and owners. An estate file holds neither.
    pub(crate) analyzed: bool,
    pub(crate) identities: Vec<IdentityChange>,
    pub(crate) credentials: Vec<CredentialChange>,
    pub(crate) owners: Vec<OwnerChange>,
    pub(crate) findings: Vec<FindingChange>,
    pub(crate) gaps: Vec<GapChange>,
}

impl Diff {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty()
            && self.credentials.is_empty()
            && self.owners.is_empty()
            && self.findings.is_empty()
            && self.gaps.is_empty()
    }
}

/// One of the two scans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The instant of the scan's clock, RFC 3339.
    pub as_of: String,
    /// Whether everything that was asked for was read.
    pub complete: bool,
}

/// What became of something that only one of the scans shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Presence {
    /// It is in the new scan, and the old one would have seen it.
    New,
    /// It is in the new scan; the old one could not have seen it, so it may be older.
    NewlyVisible,
    /// It is not in the new scan, which would have seen it. For a finding: resolved.
    Gone,
    /// It is not in the new scan, which could not have seen it, so it may well be there.
    NotVisible,
}

/// An identity that only one scan shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct IdentityChange {
    pub(crate) change: Presence,
    pub(crate) id: String,
    pub(crate) immutable_id: Option<String>,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) scope: String,
    /// The other scan has another identity of the same native id: it was deleted and made again.
    pub(crate) recreated: bool,
    /// Why it cannot be told: gap ids, or the scope that was not scanned.
    pub(crate) hidden_by: Vec<String>,
}

/// What became of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CredentialFate {
    /// One of its kind went, another came, or its creation date moved.
    Rotated,
    /// It works or does not, where it was the other way round.
    StatusChanged,
    /// Only one scan shows it.
    #[serde(untagged)]
    Only(Presence),
}

/// A credential that changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct CredentialChange {
    pub(crate) change: CredentialFate,
    pub(crate) holder: String,
    pub(crate) kind: String,
    /// Public id and status before, where it was there.
    pub(crate) before: Option<CredentialState>,
    /// Public id and status after, where it is there.
    pub(crate) after: Option<CredentialState>,
    pub(crate) hidden_by: Vec<String>,
}

/// One credential in one scan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct CredentialState {
    pub(crate) id: String,
    pub(crate) key_id: Option<String>,
    pub(crate) status: String,
    pub(crate) created: Option<String>,
}

/// An identity, in both scans, with another owner or owner status.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct OwnerChange {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) before: OwnerState,
    pub(crate) after: OwnerState,
}

/// The owner of one identity in one scan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct OwnerState {
    pub(crate) status: String,
    pub(crate) business_owner: Option<String>,
    pub(crate) technical_steward: Option<String>,
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FindingFate {
    /// It is in the new scan only.
    New,
    /// It is in the new scan only, and the old one could not have found it.
    NewlyVisible,
    /// It is no longer found where it was looked for.
    Resolved,
    /// It is not in the new scan, which could not have found it.
    NotVisible,
    /// Both scans have it, with another severity.
    SeverityChanged,
}

/// A finding that changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct FindingChange {
    pub(crate) change: FindingFate,
    pub(crate) rule: String,
    pub(crate) title: String,
    pub(crate) identity: Option<String>,
    pub(crate) fingerprint: String,
    pub(crate) severity_before: Option<String>,
    pub(crate) severity_after: Option<String>,
    pub(crate) hidden_by: Vec<String>,
}

/// A gap that only one scan has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct GapChange {
    pub(crate) change: GapFate,
    pub(crate) id: String,
    pub(crate) scope: Option<String>,
    pub(crate) read: String,
    pub(crate) reason: String,
}

/// What became of a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GapFate {
    /// What was read before is not read now.
    Opened,
    /// What was not read before is read now.
    Closed,
    /// The new scan does not have it because it did not go there.
    NotVisible,
}

/// The changes for programs. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn diff_json(diff: &Diff) -> Result<Vec<u8>, RenderError> {
    to_bytes(diff)
}
