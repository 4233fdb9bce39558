//! From the model to the output types.

use std::{borrow::Cow, collections::BTreeMap};

use census_model as model;
use model::{Activity, By, Observed, PrincipalSet, Via};

use super::{
    azure,
    identity::{
        Attached, Claim, Credential, Departure, Evidence, How, Identity, Owner, Seen, Successor, Trust,
        Usage, Who, WhoKind, Workload,
    },
    life, permission_set, privilege_use, reach,
    scalars::Instant,
    types::{
        Finding, Gap, Ghost, Issuer, Registry, Remedy, Scope, ScopeCredential, Source, Subject, Summary,
    },
};
use crate::{
    coverage::coverage_of,
    levels::Levels,
    view::{View, by_severity},
};

/// What a remedy says when a command cannot be written down.
pub(crate) const COMMAND_LEFT_OUT: &str = "A command is left out because a name in it holds characters that cannot be seen; nobody should paste that.";

pub(crate) fn summary<'v>(view: &View<'v>) -> Summary<'v> {
    let (coverage, _) = coverage_of(view);
    let severities = by_severity(view.findings.iter().copied());
    Summary {
        identities: view.identities.len(),
        credentials: view.credentials.len(),
        groups: view.input.estate.groups.len(),
        findings: view.findings.len(),
        gaps: view.gaps.len(),
        owner_status: model::OwnerStatus::ALL
            .iter()
            .map(|status| (status.as_str(), coverage.count(*status)))
            .collect(),
        reach: levels(view),
        severity: severities.into_iter().map(|(severity, n)| (severity.0.as_str(), n)).collect(),
        privilege_use: privilege_use::totals(view),
    }
}

/// Identities by level; empty where reach was not computed.
pub(crate) fn levels(view: &View<'_>) -> BTreeMap<&'static str, usize> {
    Levels::of(view).rows().map(|(level, row)| (level.as_str(), row.identities)).collect()
}

pub(crate) fn scope(scope: &model::Scope) -> Scope<'_> {
    Scope {
        id: scope.id.as_str(),
        native_id: &scope.native_id,
        provider: scope.provider.into(),
        kind: scope.kind.into(),
        name: scope.name.as_deref(),
        parent: scope.parent.as_ref().map(model::ScopeId::as_str),
        tags: &scope.tags,
        scanned: scope.scanned,
    }
}

pub(crate) fn source<'v>(view: &View<'_>, source: &'v model::Source) -> Source<'v> {
    Source {
        provider: source.provider.into(),
        scope: source.scope.as_ref().map(model::ScopeId::as_str),
        document: &source.document,
        as_of: source.as_of.map(Instant),
        age_seconds: source.as_of.map(|at| view.as_of().as_second() - at.as_second()),
    }
}

pub(crate) fn identity<'v>(view: &'v View<'v>, identity: &'v model::Identity) -> Identity<'v> {
    let id = &identity.id;
    Identity {
        id: id.as_str(),
        native_id: &identity.native_id,
        immutable_id: identity.immutable_id.as_deref(),
        aliases: texts(&identity.aliases),
        provider: identity.provider.into(),
        kind: identity.kind.into(),
        nature: identity.nature.kind.into(),
        nature_reasons: texts(&identity.nature.reasons),
        name: &identity.name,
        path: identity.path.as_deref(),
        scope: identity.scope.as_str(),
        managed_by: identity.managed_by.as_ref().map(|manager| &*manager.name),
        managed_by_evidence: identity.managed_by.as_ref().map(|manager| &*manager.evidence),
        created: identity.created.map(Instant),
        disabled: identity.disabled,
        deleted: identity.deleted.map(Instant),
        application: identity.application.as_ref().map(azure::application),
        person: identity.person.as_ref().map(azure::person),
        directory_owners: azure::directory_owners(view, identity),
        tags: &identity.tags,
        owner: owner(view.owner(id)),
        credentials: view.credentials_of(id).into_iter().map(credential).collect(),
        usage: usage(view, identity),
        groups: view.index.groups_of(id).iter().map(|group| &*group.name).collect(),
        policies: policies(view, identity),
        trusts: view.trusts_of(id).into_iter().map(trust).collect(),
        workloads: view.workloads_of(id).iter().map(|workload| workload_of(workload)).collect(),
        permission_set: view.index.permission_set(id).map(permission_set::of_role),
        reach: view.reach(id).map(|found| reach::reach(view, found)),
        privilege_use: view.privilege_use(id).map(privilege_use::of_identity),
    }
}

pub(crate) fn owner(record: Option<&model::OwnerRecord>) -> Owner<'_> {
    let Some(record) = record else {
        return Owner {
            status: model::OwnerStatus::Unknown.into(),
            business_owner: None,
            technical_steward: None,
            because: "owners were not looked up",
            claims: Vec::new(),
            gaps: Vec::new(),
            departed: Vec::new(),
            successors: Vec::new(),
            registration: None,
            life: None,
        };
    };
    Owner {
        status: record.status.into(),
        business_owner: record.business_owner.as_deref(),
        technical_steward: record.technical_steward.as_deref(),
        because: &record.because,
        claims: record.claims.iter().map(claim).collect(),
        gaps: record.gaps.iter().map(model::GapId::as_str).collect(),
        departed: record.departed.iter().map(departure).collect(),
        successors: record.successors.iter().map(successor).collect(),
        registration: record.registration.as_deref().map(life::registration),
        life: record.life.as_deref().map(life::life),
    }
}

fn departure(departure: &model::Departure) -> Departure<'_> {
    Departure { role: departure.role.into(), who: &departure.who, evidence: evidence(&departure.evidence) }
}

fn successor(successor: &model::Successor) -> Successor<'_> {
    Successor {
        reason: successor.reason.into(),
        who: &successor.who,
        evidence: successor.evidence.as_ref().map(evidence),
    }
}

fn claim(claim: &model::Claim) -> Claim<'_> {
    Claim {
        band: claim.band().into(),
        source: claim.source.into(),
        business_owner: claim.business_owner.as_deref(),
        technical_steward: claim.technical_steward.as_deref(),
        evidence: claim.evidence.iter().map(evidence).collect(),
    }
}

pub(crate) fn credential(credential: &model::Credential) -> Credential<'_> {
    Credential {
        id: credential.id.as_str(),
        kind: credential.kind.into(),
        key_id: credential.key_id.as_deref(),
        label: credential.label.as_deref(),
        kept_on: credential.kept_on.map(Into::into),
        status: credential.status.into(),
        created: credential.created.map(Instant),
        expires: credential.expires.map(Instant),
        last_used: seen(&credential.last_used),
    }
}

pub(crate) fn scope_credential(found: &model::Credential) -> Option<ScopeCredential<'_>> {
    match &found.holder {
        model::Holder::Scope(scope) => {
            Some(ScopeCredential { scope: scope.as_str(), credential: credential(found) })
        }
        model::Holder::Identity(_) => None,
    }
}

fn seen(observed: &Observed<model::LastUse>) -> Seen<'_> {
    match observed {
        Observed::Known(last) => known(last),
        Observed::NotSince(since) => Seen::NotSince { since: Instant(*since) },
        Observed::NotVisible(gap) => Seen::NotVisible { gap: gap.as_str() },
    }
}

fn known(last: &model::LastUse) -> Seen<'_> {
    Seen::Known { at: Instant(last.at), service: last.service.as_deref(), region: last.region.as_deref() }
}

fn usage<'v>(view: &'v View<'v>, identity: &'v model::Identity) -> Usage<'v> {
    let own = seen(&identity.last_used);
    match view.activity(identity) {
        Activity::Known { by, last, hidden } => Usage {
            latest: known(last),
            latest_by: match by {
                By::Identity => None,
                By::Credential(credential) => Some(credential.id.as_str()),
            },
            may_be_later: hidden.map(model::GapId::as_str),
            own,
        },
        Activity::NotSince(since) => Usage {
            latest: Seen::NotSince { since: Instant(since) },
            latest_by: None,
            may_be_later: None,
            own,
        },
        Activity::NotVisible { gap, .. } => Usage {
            latest: Seen::NotVisible { gap: gap.as_str() },
            latest_by: None,
            may_be_later: Some(gap.as_str()),
            own,
        },
    }
}

/// The policies of an identity and of its groups.
pub(crate) fn policies<'v>(view: &'v View<'v>, identity: &'v model::Identity) -> Vec<Attached<'v>> {
    let own = view.index.grants_of_identity(&identity.id).iter().map(|g| attached(view, g, None));
    let theirs = view.index.groups_of(&identity.id).iter().flat_map(|group| {
        let grants = view.index.grants_of_group(&group.id);
        grants.iter().map(|grant| attached(view, grant, Some(&*group.name)))
    });
    own.chain(theirs).collect()
}

/// The policies of the scopes that an identity lives in, nearest first.
pub(crate) fn scope_policies<'v>(view: &'v View<'v>, identity: &model::Identity) -> Vec<Attached<'v>> {
    let scopes = view.index.ancestors(&identity.scope).into_iter();
    scopes
        .flat_map(|scope| {
            let grants = view.index.grants_of_scope(&scope.id);
            grants.iter().map(|grant| attached(view, grant, Some(scope.id.as_str())))
        })
        .collect()
}

/// How a policy is attached, its name and its native id.
pub(crate) fn via<'v>(via: &'v Via, attached_to: &'v model::Attachment) -> (How, &'v str, Option<&'v str>) {
    match via {
        Via::Inline { name } => (How::Inline, name, None),
        Via::Managed { native_id, name } => (How::Managed, name, Some(native_id)),
        Via::Boundary { native_id } => {
            (How::Boundary, native_id.rsplit('/').next().unwrap_or(native_id), Some(native_id))
        }
        Via::ServiceControlPolicy { native_id, name } => (How::ServiceControlPolicy, name, Some(native_id)),
        Via::ResourceControlPolicy { native_id, name } => (How::ResourceControlPolicy, name, Some(native_id)),
        Via::ResourcePolicy => match attached_to {
            // It has no name but that of its resource.
            model::Attachment::Resource(resource) => (How::ResourcePolicy, resource, None),
            _ => (How::ResourcePolicy, "", None),
        },
        Via::KeyGrant { native_id } => (How::KeyGrant, native_id, Some(native_id)),
        Via::RoleAssignment { native_id, name, .. } => (How::RoleAssignment, name, Some(native_id)),
        Via::DenyAssignment { native_id, name, .. } => (How::DenyAssignment, name, Some(native_id)),
        Via::DirectoryRole { native_id, name, .. } => (How::DirectoryRole, name, Some(native_id)),
        Via::AppRole { native_id, .. } => (How::AppRole, native_id, Some(native_id)),
        Via::DelegatedPermission { native_id, .. } => (How::DelegatedPermission, native_id, Some(native_id)),
        Via::Ownership { of, object } => (How::Ownership, object.as_str(), Some(of)),
        Via::FederatedCredential { name } => (How::FederatedCredential, name, None),
        Via::AccessPolicy { vault, .. } => (How::AccessPolicy, vault.as_str(), None),
        Via::LocalRole { native_id, name, .. } => (How::LocalRole, name, Some(native_id)),
    }
}

fn attached<'v>(view: &'v View<'v>, grant: &'v model::Grant, through: Option<&'v str>) -> Attached<'v> {
    let (how, name, native_id) = via(&grant.via, &grant.attached_to);
    let (name, scope) = match (&grant.via, how) {
        (_, How::RoleAssignment | How::DenyAssignment) => (name, Some(grant.scope.as_str())),
        (Via::DirectoryRole { directory_scope, .. }, _) if &**directory_scope != "/" => {
            (name, Some(&**directory_scope))
        }
        (Via::LocalRole { vault, .. }, _) => (name, Some(vault.as_str())),
        // Their texts are the permissions themselves, which say more than an id.
        (_, How::AppRole | How::DelegatedPermission) => {
            let text = grant.policy.as_ref().and_then(|id| view.input.estate.policies.get(id));
            (text.map_or(name, |policy| &*policy.text), None)
        }
        _ => (name, None),
    };
    Attached {
        how,
        name,
        native_id,
        effect: grant.effect.into(),
        through,
        text_read: grant.policy.is_some(),
        scope,
        activation: azure::activation(&grant.activation),
        condition: grant.condition.as_ref().map(|condition| &*condition.text),
    }
}

fn trust(trust: &model::Trust) -> Trust<'_> {
    Trust {
        who: who(&trust.who),
        except: trust.except.iter().map(who).collect(),
        mechanism: trust.mechanism.into(),
        statement: &trust.statement,
        condition: trust.condition.as_ref().map(|condition| &*condition.text),
    }
}

pub(crate) fn who(set: &PrincipalSet) -> Who<'_> {
    let (kind, value) = match set {
        PrincipalSet::Identity(value) => (WhoKind::Identity, Some(value)),
        PrincipalSet::Account(value) => (WhoKind::Account, Some(value)),
        PrincipalSet::Organization(value) => (WhoKind::Organization, Some(value)),
        PrincipalSet::Everyone => (WhoKind::Everyone, None),
        PrincipalSet::Authenticated => (WhoKind::Authenticated, None),
        PrincipalSet::Service(value) => (WhoKind::Service, Some(value)),
        PrincipalSet::External(value) => (WhoKind::External, Some(value)),
        PrincipalSet::Deleted(value) => (WhoKind::Deleted, Some(value)),
        PrincipalSet::Unrecognized(value) => (WhoKind::Unrecognized, Some(value)),
    };
    Who { kind, value: value.map(|text| &**text) }
}

fn workload_of(workload: &model::Workload) -> Workload<'_> {
    Workload { id: workload.id.as_str(), kind: workload.kind.as_str(), name: &workload.name }
}

pub(crate) fn issuer(issuer: &model::Issuer) -> Issuer<'_> {
    Issuer {
        id: issuer.id.as_str(),
        native_id: &issuer.native_id,
        provider: issuer.provider.into(),
        kind: issuer.kind.into(),
        scope: issuer.scope.as_str(),
        issuer: issuer.issuer.as_deref(),
        audiences: texts(&issuer.audiences),
        created: issuer.created.map(Instant),
        expires: issuer.expires.map(Instant),
    }
}

pub(crate) fn registry(ownership: &model::Ownership) -> Registry<'_> {
    Registry {
        entries: ownership.entries,
        ghosts: ownership.ghosts.iter().map(ghost).collect(),
        outside: ownership.outside,
    }
}

fn ghost(ghost: &model::Ghost) -> Ghost<'_> {
    Ghost {
        identity: &ghost.identity,
        location: &ghost.location,
        business_owner: ghost.business_owner.as_deref(),
        gaps: ghost.gaps.iter().map(model::GapId::as_str).collect(),
    }
}

pub(crate) fn finding<'v>(view: &'v View<'v>, finding: &'v model::Finding) -> Finding<'v> {
    let (identity, subject) = match &finding.subject {
        model::Subject::Identity(id) => {
            let name = view.index.identity(id).map(|identity| &*identity.name);
            (Some(id.as_str()), Subject::Identity { id: id.as_str(), name })
        }
        model::Subject::RegistryEntry { identity, location } => {
            (None, Subject::RegistryEntry { identity, location })
        }
        model::Subject::Scope(id) => {
            let name = view.input.estate.scopes.get(id).and_then(|scope| scope.name.as_deref());
            (None, Subject::Scope { id: id.as_str(), name })
        }
        model::Subject::Vault(id) => {
            let name = view.index.vault(id).map(|vault| &*vault.name);
            (None, Subject::Vault { id: id.as_str(), name })
        }
    };
    Finding {
        rule: finding.rule.as_str(),
        rule_version: finding.rule_version,
        severity: finding.severity.into(),
        confidence: finding.confidence.into(),
        identity,
        subject,
        title: &finding.title,
        evidence: finding.evidence.iter().map(evidence).collect(),
        controls: &finding.controls,
        remedy: remedy(&finding.remedy),
        fingerprint: finding.fingerprint.as_str(),
    }
}

pub(crate) fn evidence(evidence: &model::Evidence) -> Evidence<'_> {
    Evidence { label: &evidence.label, value: &evidence.value, source: evidence.source.as_deref() }
}

fn remedy(remedy: &model::Remedy) -> Remedy<'_> {
    let commands: Vec<String> = remedy.commands.iter().filter_map(model::Command::shell).collect();
    let text = if commands.len() == remedy.commands.len() {
        Cow::Borrowed(&*remedy.text)
    } else {
        Cow::Owned(format!("{} {COMMAND_LEFT_OUT}", remedy.text).trim_start().to_owned())
    };
    Remedy { text, commands }
}

pub(crate) fn gap(gap: &model::Gap) -> Gap<'_> {
    Gap {
        id: gap.id.as_str(),
        provider: gap.provider.into(),
        scope: gap.scope.as_ref().map(model::ScopeId::as_str),
        read: &gap.read,
        reason: gap.reason.into(),
        detail: &gap.detail,
        affects: texts(&gap.affects),
    }
}

fn texts(texts: &[model::Text]) -> Vec<&str> {
    texts.iter().map(AsRef::as_ref).collect()
}
