//! The estate: everything that was read, in one deterministic order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Creation, Credential, DirectoryOwner, EstateBuilder, Gap, Grant, Group, Identity, Issuer, Membership,
    NestedGroup, PermissionSet, Policy, PolicyId, Provider, PublicAccessBlock, Resource, RoleDefinition,
    Scope, ScopeId, TenantPolicy, Text, Trust, Usage, Vault, VaultObject, Workload,
};

/// Version of the estate file.
pub const ESTATE_SCHEMA: &str = "census.estate/1";

/// A document that was read, and how fresh its content is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// Whose.
    pub provider: Provider,
    /// For which scope.
    pub scope: Option<ScopeId>,
    /// The document's path in the documents folder.
    pub document: Text,
    /// When the provider made this content, where that differs from the time of the scan (a credential report may
    /// be up to four hours old).
    pub as_of: Option<Timestamp>,
}

/// Everything that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estate {
    /// [`ESTATE_SCHEMA`].
    pub schema: Text,
    /// When reading began.
    pub started: Timestamp,
    /// When reading ended.
    pub finished: Timestamp,
    /// The instant at which ages are computed.
    pub as_of: Timestamp,
    /// The scopes that were asked for, as the person named them: `aws:account/111122223333`.
    pub targets: Vec<Text>,
    /// The tree.
    pub scopes: BTreeMap<ScopeId, Scope>,
    /// The principals, by id.
    pub identities: Vec<Identity>,
    /// Groups, by id.
    pub groups: Vec<Group>,
    /// Who is in which group.
    pub memberships: Vec<Membership>,
    /// Which group is in which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nested_groups: Vec<NestedGroup>,
    /// Credentials, by id.
    pub credentials: Vec<Credential>,
    /// Policy texts.
    pub policies: BTreeMap<PolicyId, Policy>,
    /// Attachments.
    pub grants: Vec<Grant>,
    /// Roles of Azure that conditions of grants may let somebody assign, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub role_definitions: Vec<RoleDefinition>,
    /// Who may become whom.
    pub trusts: Vec<Trust>,
    /// External issuers.
    pub issuers: Vec<Issuer>,
    /// Resources that run as an identity.
    pub workloads: Vec<Workload>,
    /// Resources that paths lead through, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    /// How S3 Block Public Access is set, by the ARN of a bucket or the id of an account's scope; none of those of which it
    /// is not known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub public_access_blocks: BTreeMap<Text, PublicAccessBlock>,
    /// What identities were seen to use, by identity; none of those of whom nothing is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<Usage>,
    /// Permission sets of AWS IAM Identity Center by the roles that are kept for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permission_sets: Vec<PermissionSet>,
    /// Whom the directory names as owner or sponsor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directory_owners: Vec<DirectoryOwner>,
    /// What tenants let everybody do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenant_policies: Vec<TenantPolicy>,
    /// Vaults, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vaults: Vec<Vault>,
    /// What vaults hold, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vault_objects: Vec<VaultObject>,
    /// Who made which identity, where a log tells it; by what was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub creations: Vec<Creation>,
    /// What was read.
    pub sources: Vec<Source>,
    /// What could not be read, by id.
    pub gaps: Vec<Gap>,
}

/// Why an estate file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EstateError {
    /// Not JSON of this shape.
    #[error("not an estate file: {0}")]
    Shape(#[from] serde_json::Error),
    /// A version that this build does not know.
    #[error("estate schema `{0}` is not supported, expected `{ESTATE_SCHEMA}`")]
    Schema(String),
}

impl Estate {
    /// Reads an estate file.
    ///
    /// # Errors
    /// When the bytes are not an estate of a known schema.
    pub fn from_json(bytes: &[u8]) -> Result<Self, EstateError> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let head: Head = serde_json::from_slice(bytes)?;
        if head.schema != ESTATE_SCHEMA {
            return Err(EstateError::Schema(head.schema));
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    /// One estate of several, or `None` of none. What two of them hold is taken from the one that was read last, of
    /// two read at the same time from the one that misses less; ages are computed at the latest clock.
    pub fn merge(mut estates: Vec<Self>) -> Option<Self> {
        let missed = |estate: &Self| estate.gaps.iter().filter(|gap| gap.reason.is_failure()).count();
        // The text decides only what nothing else does, so that the order of the files never counts.
        let text = |estate: &Self| serde_json::to_vec(estate).unwrap_or_default();
        estates.sort_by(|a, b| {
            (b.finished, b.started)
                .cmp(&(a.finished, a.started))
                .then_with(|| missed(a).cmp(&missed(b)))
                .then_with(|| text(a).cmp(&text(b)))
        });
        let started = estates.iter().map(|e| e.started).min()?;
        let finished = estates.iter().map(|e| e.finished).max()?;
        let as_of = estates.iter().map(|e| e.as_of).max()?;
        let mut all = EstateBuilder::new();
        for estate in estates {
            all.absorb(estate);
        }
        Some(all.finish(started, finished, as_of))
    }

    /// Whether everything that was asked for was read.
    pub fn is_complete(&self) -> bool {
        !self.gaps.iter().any(|gap| gap.reason.is_failure())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GapReason, Index, ScopeKind};

    fn account(id: &str) -> Scope {
        Scope {
            id: ScopeId::new(format!("aws:account/{id}")),
            native_id: id.into(),
            provider: Provider::Aws,
            kind: ScopeKind::Account,
            name: None,
            parent: None,
            manages: None,
            tags: BTreeMap::new(),
            scanned: false,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_scope_learns_what_it_did_not_know() {
        let mut estate = EstateBuilder::new();
        estate.scope(account("1"));
        estate.scope(Scope { name: Some("prod".into()), scanned: true, ..account("1") });
        estate.scope(Scope { name: Some("other".into()), ..account("1") });
        let estate = estate.finish(at(0), at(0), at(0));
        let scope = estate.scopes.values().next().unwrap();
        assert_eq!((scope.name.as_deref(), scope.scanned, estate.scopes.len()), (Some("prod"), true, 1));
    }

    #[test]
    fn the_same_gap_twice_is_one_in_any_order() {
        let gap =
            |detail: &str| Gap::new(Provider::Aws, None, "iam:X", GapReason::Denied, detail, Vec::new());
        let of = |details: [&str; 2]| {
            let mut estate = EstateBuilder::new();
            for detail in details {
                estate.gap(gap(detail));
            }
            estate.finish(at(0), at(0), at(0))
        };
        assert_eq!(of(["a", "b"]), of(["b", "a"]));
        assert_eq!(of(["a", "b"]).gaps.len(), 1);
        assert!(!of(["a", "b"]).is_complete());
    }

    #[test]
    fn merging_takes_every_clock_and_each_thing_once() {
        let of = |second: i64, id: &str| {
            let mut estate = EstateBuilder::new();
            estate.scope(account(id));
            estate.target(format!("aws:account/{id}"));
            estate.finish(at(second), at(second), at(second))
        };
        let merged = Estate::merge(vec![of(5, "1"), of(9, "2"), of(7, "1")]).unwrap();
        assert_eq!((merged.started, merged.finished, merged.as_of), (at(5), at(9), at(9)));
        assert_eq!((merged.scopes.len(), merged.targets.len()), (2, 2));
        assert!(Estate::merge(Vec::new()).is_none());
        let (mut one, mut other) = (of(5, "1"), of(5, "1"));
        one.scopes.values_mut().for_each(|scope| scope.name = Some("one".into()));
        other.scopes.values_mut().for_each(|scope| scope.name = Some("other".into()));
        let merged = Estate::merge(vec![one.clone(), other.clone()]);
        assert_eq!(merged, Estate::merge(vec![other, one]));
    }

    #[test]
    fn a_scope_that_is_its_own_ancestor_ends_the_walk() {
        let mut estate = EstateBuilder::new();
        estate.scope(Scope { parent: Some(ScopeId::new("aws:account/2")), ..account("1") });
        estate.scope(Scope { parent: Some(ScopeId::new("aws:account/1")), ..account("2") });
        let estate = estate.finish(at(0), at(0), at(0));
        assert_eq!(Index::new(&estate).ancestors(&ScopeId::new("aws:account/1")).len(), 2);
    }

    #[test]
    fn other_schemas_are_refused() {
        let error = Estate::from_json(br#"{"schema":"census.estate/9"}"#).unwrap_err().to_string();
        assert!(error.contains("census.estate/9"), "{error}");
    }
}
