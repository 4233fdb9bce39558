//! The estate: everything that was read, in one deterministic order.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Credential, Gap, GapId, Grant, Group, Identity, IdentityId, Issuer, Membership, Policy, PolicyId,
    Provider, Scope, ScopeId, Text, Trust, Workload,
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
    /// Credentials, by id.
    pub credentials: Vec<Credential>,
    /// Policy texts.
    pub policies: BTreeMap<PolicyId, Policy>,
    /// Attachments.
    pub grants: Vec<Grant>,
    /// Who may become whom.
    pub trusts: Vec<Trust>,
    /// External issuers.
    pub issuers: Vec<Issuer>,
    /// Resources that run as an identity.
    pub workloads: Vec<Workload>,
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

/// Collects what readers find, in any order, and puts it into the one order.
#[derive(Debug, Default)]
pub struct EstateBuilder {
    scopes: BTreeMap<ScopeId, Scope>,
    identities: Vec<Identity>,
    groups: Vec<Group>,
    memberships: Vec<Membership>,
    credentials: Vec<Credential>,
    policies: BTreeMap<PolicyId, Policy>,
    grants: Vec<Grant>,
    trusts: Vec<Trust>,
    issuers: Vec<Issuer>,
    workloads: Vec<Workload>,
    sources: Vec<Source>,
    gaps: BTreeMap<GapId, Gap>,
    targets: Vec<Text>,
}

impl EstateBuilder {
    /// An empty estate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names a scope that was asked for.
    pub fn target(&mut self, target: impl Into<Text>) {
        self.targets.push(target.into());
    }

    /// Adds a scope. A scope that is already known keeps what it knows and gains what is new.
    pub fn scope(&mut self, scope: Scope) {
        match self.scopes.get_mut(&scope.id) {
            None => {
                self.scopes.insert(scope.id.clone(), scope);
            }
            Some(known) => {
                known.name = known.name.take().or(scope.name);
                known.parent = known.parent.take().or(scope.parent);
                known.scanned |= scope.scanned;
                known.tags.extend(scope.tags);
            }
        }
    }

    /// Adds an identity.
    pub fn identity(&mut self, identity: Identity) {
        self.identities.push(identity);
    }

    /// Adds a group.
    pub fn group(&mut self, group: Group) {
        self.groups.push(group);
    }

    /// Adds a membership.
    pub fn membership(&mut self, membership: Membership) {
        self.memberships.push(membership);
    }

    /// Adds a credential.
    pub fn credential(&mut self, credential: Credential) {
        self.credentials.push(credential);
    }

    /// Adds a policy text and returns its id; the same text is kept once.
    pub fn policy(&mut self, policy: Policy) -> PolicyId {
        let id = policy.id.clone();
        self.policies.entry(id.clone()).or_insert(policy);
        id
    }

    /// Adds an attachment.
    pub fn grant(&mut self, grant: Grant) {
        self.grants.push(grant);
    }

    /// Adds a trust.
    pub fn trust(&mut self, trust: Trust) {
        self.trusts.push(trust);
    }

    /// Adds an issuer.
    pub fn issuer(&mut self, issuer: Issuer) {
        self.issuers.push(issuer);
    }

    /// Adds a workload.
    pub fn workload(&mut self, workload: Workload) {
        self.workloads.push(workload);
    }

    /// Adds a source.
    pub fn source(&mut self, source: Source) {
        self.sources.push(source);
    }

    /// Adds a gap and returns its id. The same gap twice is one gap; of two wordings the smaller stays.
    pub fn gap(&mut self, gap: Gap) -> GapId {
        let id = gap.id.clone();
        match self.gaps.get_mut(&id) {
            Some(known) if known.detail <= gap.detail => {}
            _ => {
                self.gaps.insert(id.clone(), gap);
            }
        }
        id
    }

    fn absorb(&mut self, estate: Estate) {
        self.targets.extend(estate.targets);
        estate.scopes.into_values().for_each(|scope| self.scope(scope));
        self.identities.extend(estate.identities);
        self.groups.extend(estate.groups);
        self.memberships.extend(estate.memberships);
        self.credentials.extend(estate.credentials);
        for (id, policy) in estate.policies {
            self.policies.entry(id).or_insert(policy);
        }
        self.grants.extend(estate.grants);
        self.trusts.extend(estate.trusts);
        self.issuers.extend(estate.issuers);
        self.workloads.extend(estate.workloads);
        self.sources.extend(estate.sources);
        for gap in estate.gaps {
            self.gap(gap);
        }
    }

    /// The estate, sorted, each thing once; of two things with one id the one that was added first stays.
    pub fn finish(mut self, started: Timestamp, finished: Timestamp, as_of: Timestamp) -> Estate {
        self.identities.sort_by(|a, b| a.id.cmp(&b.id));
        self.identities.dedup_by(|b, a| a.id == b.id);
        self.groups.sort_by(|a, b| a.id.cmp(&b.id));
        self.groups.dedup_by(|b, a| a.id == b.id);
        self.credentials.sort_by(|a, b| a.id.cmp(&b.id));
        self.credentials.dedup_by(|b, a| a.id == b.id);
        self.issuers.sort_by(|a, b| a.id.cmp(&b.id));
        self.issuers.dedup_by(|b, a| a.id == b.id);
        self.workloads.sort_by(|a, b| a.id.cmp(&b.id));
        self.workloads.dedup_by(|b, a| a.id == b.id);
        sort_unique(&mut self.memberships);
        sort_unique(&mut self.grants);
        sort_unique(&mut self.trusts);
        sort_unique(&mut self.sources);
        sort_unique(&mut self.targets);
        Estate {
            schema: ESTATE_SCHEMA.into(),
            started,
            finished,
            as_of,
            targets: self.targets,
            scopes: self.scopes,
            identities: self.identities,
            groups: self.groups,
            memberships: self.memberships,
            credentials: self.credentials,
            policies: self.policies,
            grants: self.grants,
            trusts: self.trusts,
            issuers: self.issuers,
            workloads: self.workloads,
            sources: self.sources,
            gaps: self.gaps.into_values().collect(),
        }
    }
}

fn sort_unique<T: Ord>(items: &mut Vec<T>) {
    items.sort_unstable();
    items.dedup();
}

/// Look-ups into an estate, built once.
pub struct Index<'a> {
    estate: &'a Estate,
    identities: HashMap<&'a IdentityId, &'a Identity>,
    by_native_id: HashMap<&'a str, &'a Identity>,
    credentials: HashMap<&'a IdentityId, Vec<&'a Credential>>,
    trusts: HashMap<&'a IdentityId, Vec<&'a Trust>>,
    gaps: HashMap<&'a GapId, &'a Gap>,
}

impl<'a> Index<'a> {
    /// Indexes an estate.
    pub fn new(estate: &'a Estate) -> Self {
        let mut credentials: HashMap<_, Vec<_>> = HashMap::new();
        for credential in &estate.credentials {
            if let Some(id) = credential.identity() {
                credentials.entry(id).or_default().push(credential);
            }
        }
        let mut trusts: HashMap<_, Vec<_>> = HashMap::new();
        for trust in &estate.trusts {
            trusts.entry(&trust.becomes).or_default().push(trust);
        }
        Self {
            estate,
            identities: estate.identities.iter().map(|i| (&i.id, i)).collect(),
            by_native_id: estate.identities.iter().map(|i| (&*i.native_id, i)).collect(),
            credentials,
            trusts,
            gaps: estate.gaps.iter().map(|g| (&g.id, g)).collect(),
        }
    }

    /// The estate itself.
    pub fn estate(&self) -> &'a Estate {
        self.estate
    }

    /// An identity by id.
    pub fn identity(&self, id: &IdentityId) -> Option<&'a Identity> {
        self.identities.get(id).copied()
    }

    /// An identity by native id.
    pub fn native(&self, native_id: &str) -> Option<&'a Identity> {
        self.by_native_id.get(native_id).copied()
    }

    /// The credentials of an identity, by id.
    pub fn credentials(&self, id: &IdentityId) -> &[&'a Credential] {
        self.credentials.get(id).map_or(&[], Vec::as_slice)
    }

    /// The trusts by which others become an identity.
    pub fn trusts(&self, id: &IdentityId) -> &[&'a Trust] {
        self.trusts.get(id).map_or(&[], Vec::as_slice)
    }

    /// A gap by id.
    pub fn gap(&self, id: &GapId) -> Option<&'a Gap> {
        self.gaps.get(id).copied()
    }

    /// The scope and everything above it, nearest first. Ends at a parent that is missing or seen before.
    pub fn ancestors(&self, id: &ScopeId) -> Vec<&'a Scope> {
        let mut found: Vec<&'a Scope> = Vec::new();
        let mut next = self.estate.scopes.get(id);
        while let Some(scope) = next {
            if found.iter().any(|seen| seen.id == scope.id) {
                break;
            }
            found.push(scope);
            next = scope.parent.as_ref().and_then(|parent| self.estate.scopes.get(parent));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GapReason, ScopeKind};

    fn account(id: &str) -> Scope {
        Scope {
            id: ScopeId::new(format!("aws:account/{id}")),
            native_id: id.into(),
            provider: Provider::Aws,
            kind: ScopeKind::Account,
            name: None,
            parent: None,
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
