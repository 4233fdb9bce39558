//! Look-ups that several reports need, made once, and everything in the one order.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use census_model::{
    Activity, Credential, Finding, Gap, GapId, Identity, IdentityId, Index, Observed, OwnerRecord,
    OwnerStatus, PrivilegeUse, Reach, ScopeId, Severity, Subject, TechniqueId, Trust, Vault, Workload,
};
use jiff::Timestamp;

use crate::Input;

/// An input with its look-ups.
pub(crate) struct View<'a> {
    pub(crate) input: Input<'a>,
    pub(crate) index: Index<'a>,
    /// By id.
    pub(crate) identities: Vec<&'a Identity>,
    /// By id.
    pub(crate) credentials: Vec<&'a Credential>,
    /// Worst first, then by rule, subject and fingerprint.
    pub(crate) findings: Vec<&'a Finding>,
    /// By id.
    pub(crate) vaults: Vec<&'a Vault>,
    /// By id.
    pub(crate) gaps: Vec<&'a Gap>,
    findings_of: HashMap<&'a IdentityId, Vec<&'a Finding>>,
    workloads_of: HashMap<&'a IdentityId, Vec<&'a Workload>>,
}

impl<'a> View<'a> {
    pub(crate) fn new(input: &Input<'a>) -> Self {
        let estate = input.estate;
        let mut identities: Vec<_> = estate.identities.iter().collect();
        identities.sort_by(|a, b| a.id.cmp(&b.id));
        let mut credentials: Vec<_> = estate.credentials.iter().collect();
        credentials.sort_by(|a, b| a.id.cmp(&b.id));
        let mut gaps: Vec<_> = estate.gaps.iter().collect();
        gaps.sort_by(|a, b| a.id.cmp(&b.id));
        let mut findings: Vec<_> = input.findings.iter().collect();
        findings.sort_by(|a, b| finding_order(a).cmp(&finding_order(b)));

        let mut findings_of: HashMap<_, Vec<_>> = HashMap::new();
        for finding in &findings {
            if let Subject::Identity(id) = &finding.subject {
                findings_of.entry(id).or_default().push(*finding);
            }
        }
        let mut workloads_of: HashMap<_, Vec<_>> = HashMap::new();
        let mut workloads: Vec<_> = estate.workloads.iter().collect();
        workloads.sort_by(|a, b| a.id.cmp(&b.id));
        for workload in workloads {
            for id in &workload.runs_as {
                workloads_of.entry(id).or_default().push(workload);
            }
        }
        Self {
            input: *input,
            index: Index::new(estate),
            identities,
            credentials,
            findings,
            vaults: estate.vaults.iter().collect(),
            gaps,
            findings_of,
            workloads_of,
        }
    }

    /// The clock of the estate.
    pub(crate) fn as_of(&self) -> Timestamp {
        self.input.estate.as_of
    }

    pub(crate) fn owner(&self, id: &IdentityId) -> Option<&'a OwnerRecord> {
        self.input.ownership.records.get(id)
    }

    /// Without a record nobody looked, so the answer is unknown.
    pub(crate) fn owner_status(&self, id: &IdentityId) -> OwnerStatus {
        self.owner(id).map_or(OwnerStatus::Unknown, |record| record.status)
    }

    /// What an identity can do; nothing where that was not computed.
    pub(crate) fn reach(&self, id: &IdentityId) -> Option<&'a Reach> {
        self.input.reaches.get(id)
    }

    /// What an identity is granted beside what it used; nothing where that was not computed.
    pub(crate) fn privilege_use(&self, id: &IdentityId) -> Option<&'a PrivilegeUse> {
        self.input.uses.get(id)
    }

    /// The permissions of a technique in short, or its id.
    pub(crate) fn technique_name(&self, id: &'a TechniqueId) -> &'a str {
        self.input.reaches.techniques.get(id).map_or(id.as_str(), |technique| &technique.name)
    }

    /// What the cloud calls an identity; its id, where it is not in the estate.
    pub(crate) fn native_id(&self, id: &'a IdentityId) -> &'a str {
        self.index.identity(id).map_or(id.as_str(), |identity| &identity.native_id)
    }

    pub(crate) fn findings_of(&self, id: &IdentityId) -> &[&'a Finding] {
        self.findings_of.get(id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn workloads_of(&self, id: &IdentityId) -> &[&'a Workload] {
        self.workloads_of.get(id).map_or(&[], Vec::as_slice)
    }

    /// The credentials of an identity, by id.
    pub(crate) fn credentials_of(&self, id: &IdentityId) -> Vec<&'a Credential> {
        let mut found = self.index.credentials(id).to_vec();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found
    }

    /// Who may become an identity, in the order of the model.
    pub(crate) fn trusts_of(&self, id: &IdentityId) -> Vec<&'a Trust> {
        let mut found = self.index.trusts(id).to_vec();
        found.sort();
        found
    }

    /// A scope as people know it: its name and native id.
    pub(crate) fn scope_label(&self, id: &ScopeId) -> String {
        match self.input.estate.scopes.get(id) {
            Some(scope) => match &scope.name {
                Some(name) => format!("{name} ({})", scope.native_id),
                None => scope.native_id.to_string(),
            },
            None => id.to_string(),
        }
    }

    /// A target as people know it: a scope's name and native id, else as it was asked for.
    pub(crate) fn target_label(&self, target: &str) -> String {
        let scope = ScopeId::new(target);
        match self.input.estate.scopes.get(&scope) {
            Some(known) if known.name.is_some() => self.scope_label(&scope),
            _ => target.to_owned(),
        }
    }

    /// A scope in as few words as people need: its name, or its native id where it has none.
    pub(crate) fn scope_name(&self, id: &ScopeId) -> String {
        let scope = self.input.estate.scopes.get(id);
        scope.map_or_else(|| id.to_string(), |s| s.name.as_deref().unwrap_or(&s.native_id).to_owned())
    }

    /// The last use of an identity by all its ways in.
    pub(crate) fn activity(&self, identity: &'a Identity) -> Activity<'a> {
        self.index.activity(identity)
    }

    /// The gaps because of which something about an identity is not known.
    pub(crate) fn gaps_of(&self, identity: &Identity) -> Vec<&'a Gap> {
        let credentials = self.credentials_of(&identity.id);
        let mut named: BTreeSet<&GapId> = BTreeSet::new();
        named.extend(self.owner(&identity.id).into_iter().flat_map(|owner| &owner.gaps));
        named.extend(self.reach(&identity.id).into_iter().flat_map(|reach| &reach.gaps));
        let observed = credentials.iter().map(|c| &c.last_used).chain(std::iter::once(&identity.last_used));
        named.extend(observed.filter_map(|seen| match seen {
            Observed::NotVisible(gap) => Some(gap),
            Observed::Known(_) | Observed::NotSince(_) => None,
        }));
        let mut ids: BTreeSet<&str> = credentials.iter().map(|c| c.id.as_str()).collect();
        ids.extend([identity.id.as_str(), &*identity.native_id]);
        ids.extend(identity.immutable_id.as_deref());
        let scopes: BTreeSet<&ScopeId> =
            self.index.ancestors(&identity.scope).into_iter().map(|scope| &scope.id).collect();
        let concerns = |gap: &&&Gap| {
            let here = match &gap.scope {
                Some(scope) => scopes.contains(scope) || *scope == identity.scope,
                None => gap.provider == identity.provider,
            };
            named.contains(&gap.id)
                || gap.affects.iter().any(|id| ids.contains(&**id) || **id == *identity.scope.as_str())
                || (here && gap.affects.is_empty())
        };
        let mut found: Vec<_> = self.gaps.iter().filter(concerns).copied().collect();
        found.sort_by_key(|gap| (!gap.reason.is_failure(), gap.reason, &gap.read, &gap.id));
        found
    }
}

fn finding_order(finding: &Finding) -> impl Ord + '_ {
    (Reverse(finding.severity), &finding.rule, &finding.subject, &finding.title, &finding.fingerprint)
}

/// How many findings of each severity, worst first, without the zeros.
pub(crate) fn by_severity<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
) -> BTreeMap<Reverse<Severity>, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(Reverse(finding.severity)).or_default() += 1;
    }
    counts
}
