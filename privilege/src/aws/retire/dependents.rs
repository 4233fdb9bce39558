//! What depends on an identity, with what shows it.

use std::collections::BTreeMap;

use census_model::{
    Attachment, Credential, Dependent, DependentKind, Dependents, Evidence, Grant, IdentityKind, Mechanism,
    PrincipalSet, SharedText, StatementEffect, Text, Trust, Via, WorkloadKind, WorkloadState,
};

use super::{
    Subject,
    names::{self, Manner, Mention, Names, Place},
    open,
};

/// Everything that depends on it, by kind, worst first. A kind of which nothing was seen is left out, unless something may
/// have been missed.
pub(super) fn of(subject: &Subject<'_>) -> Vec<Dependents> {
    let mut found: BTreeMap<DependentKind, Vec<Dependent>> = BTreeMap::new();
    let mut add = |kind, one: Dependent| found.entry(kind).or_default().push(one);
    workloads(subject, &mut add);
    may_become_it(subject, &mut add);
    it_may_become(subject, &mut add);
    policies(subject, &mut add);
    paths(subject, &mut add);
    own(subject, &mut add);
    for kind in kinds(subject) {
        found.entry(*kind).or_default();
    }
    let group = |(kind, mut items): (DependentKind, Vec<Dependent>)| {
        items.sort_by(|a, b| order(a).cmp(&order(b)));
        items.dedup_by(|later, first| {
            let same = later.id == first.id && later.what == first.what;
            if same {
                first.evidence.append(&mut later.evidence);
            }
            same
        });
        let open = open::of(subject, kind);
        (!items.is_empty() || !open.is_empty()).then_some(Dependents { kind, items, open })
    };
    found.into_iter().filter_map(group).collect()
}

/// The ways in which something can depend on an identity of its kind.
fn kinds(subject: &Subject<'_>) -> &'static [DependentKind] {
    use DependentKind as K;
    match subject.identity.kind {
        IdentityKind::AwsRole if subject.index.permission_set(&subject.identity.id).is_some() => &[
            K::MayBecomeIt,
            K::ItMayBecome,
            K::ResourcePolicy,
            K::KeyGrant,
            K::Condition,
            K::PolicyAboutIt,
            K::Assignee,
        ],
        IdentityKind::AwsRole => &[
            K::Workload,
            K::InstanceProfile,
            K::MayBecomeIt,
            K::ItMayBecome,
            K::ResourcePolicy,
            K::KeyGrant,
            K::Condition,
            K::PolicyAboutIt,
        ],
        IdentityKind::AwsUser => &[
            K::ItMayBecome,
            K::ResourcePolicy,
            K::KeyGrant,
            K::Condition,
            K::PolicyAboutIt,
            K::Group,
            K::Credential,
        ],
        IdentityKind::AwsRootUser => &[K::Credential],
        _ => &[],
    }
}

/// What runs comes before what may run, and that before what does not.
fn order(one: &Dependent) -> impl Ord + '_ {
    let state = match one.state {
        Some(WorkloadState::Running) => 0,
        None => 1,
        Some(WorkloadState::Stopped) => 2,
        Some(WorkloadState::Ended) => 3,
    };
    let weight = match &*one.what {
        "admin" | "active" => 0,
        "escalates" => 1,
        _ => 2,
    };
    (state, weight, &one.what, &one.name, &one.id)
}

fn dependent(id: impl Into<Text>, name: impl Into<Text>, what: impl Into<Text>) -> Dependent {
    Dependent { id: id.into(), name: name.into(), what: what.into(), state: None, evidence: Vec::new() }
}

fn workloads(subject: &Subject<'_>, add: &mut impl FnMut(DependentKind, Dependent)) {
    // What has ended needs nobody.
    let workloads = subject.index.workloads(&subject.identity.id).iter();
    for one in workloads.filter(|one| one.state != Some(WorkloadState::Ended)) {
        let kind = match one.kind {
            WorkloadKind::AwsInstanceProfile => DependentKind::InstanceProfile,
            _ => DependentKind::Workload,
        };
        let mut found = dependent(one.native_id.clone(), one.name.clone(), one.kind.as_str());
        found.state = one.state;
        found.evidence = one.uses.iter().map(|through| Evidence::new("uses", through.clone())).collect();
        add(kind, found);
    }
}

fn may_become_it(subject: &Subject<'_>, add: &mut impl FnMut(DependentKind, Dependent)) {
    for trust in sessions(subject.index.trusts(&subject.identity.id).iter().copied()) {
        let (id, what): (&str, &str) = match &trust.who {
            PrincipalSet::Identity(arn) => (arn, "identity"),
            PrincipalSet::Account(id) => (id, "account"),
            PrincipalSet::Organization(id) => (id, "organization"),
            PrincipalSet::Everyone => ("*", "everyone"),
            PrincipalSet::Authenticated => ("*", "authenticated"),
            PrincipalSet::Service(name) => (name, "service"),
            PrincipalSet::External(issuer) => (issuer, "issuer"),
            PrincipalSet::Unrecognized(text) => (text, "unrecognized"),
            // Whoever is gone loses nothing.
            PrincipalSet::Deleted(_) => continue,
        };
        let known = subject.index.native(id);
        let name = known.map_or(id, |identity| &identity.name);
        let mut found = dependent(id, name, known.map_or(what, |identity| identity.kind.as_str()));
        found.evidence.push(statement(trust));
        add(DependentKind::MayBecomeIt, found);
    }
}

/// The trusts that give a session, in the order of the model.
fn sessions<'s>(trusts: impl Iterator<Item = &'s Trust>) -> Vec<&'s Trust> {
    let mut found: Vec<&Trust> = trusts.filter(|trust| trust.mechanism != Mechanism::Other).collect();
    found.sort();
    found
}

fn statement(trust: &Trust) -> Evidence {
    let condition = trust.condition.as_ref().map_or_else(String::new, |one| format!(" if {}", one.text));
    Evidence::new("trust statement", format!("{}{condition}", trust.statement))
}

/// Roles that trust it by name.
fn it_may_become(subject: &Subject<'_>, add: &mut impl FnMut(DependentKind, Dependent)) {
    let names = Names::of(subject);
    let names_it = |trust: &Trust| matches!(&trust.who, PrincipalSet::Identity(arn) if names.is_it(arn));
    let all = sessions(subject.index.estate().trusts.iter().filter(|trust| names_it(trust)));
    for trust in all.into_iter().filter(|trust| trust.becomes != subject.identity.id) {
        let others = sessions(subject.index.trusts(&trust.becomes).iter().copied());
        let gone = |trust: &Trust| matches!(trust.who, PrincipalSet::Deleted(_));
        let is_alone = others.iter().all(|other| names_it(other) || gone(other));
        let kind = if is_alone { DependentKind::OnlyItBecomes } else { DependentKind::ItMayBecome };
        let role = subject.index.identity(&trust.becomes);
        let id = role.map_or(trust.becomes.as_str(), |role| &role.native_id);
        let name = role.map_or(id, |role| &role.name);
        let what = role.map_or("role", |role| role.kind.as_str());
        let mut found = dependent(id, name, what);
        found.evidence.push(statement(trust));
        add(kind, found);
    }
}

/// Policies that name it, of resources, scopes and identities.
fn policies(subject: &Subject<'_>, add: &mut impl FnMut(DependentKind, Dependent)) {
    for (grant, mentions) in names::mentions(subject) {
        for mention in &mentions {
            // Who trusts it by name is a kind of its own; a denial there is like one of any other resource.
            let is_trust =
                matches!((&grant.attached_to, &grant.via), (Attachment::Resource(_), Via::Inline { .. }));
            if is_trust && mention.place == Place::Principal && mention.effect == StatementEffect::Allow {
                continue;
            }
            add(kind_of(grant, mention), named(subject, grant, mention));
        }
    }
}

fn kind_of(grant: &Grant, mention: &Mention) -> DependentKind {
    match (mention.place, &grant.via) {
        (_, Via::KeyGrant { .. }) => DependentKind::KeyGrant,
        (Place::Principal, _) => DependentKind::ResourcePolicy,
        (Place::Condition, _) => DependentKind::Condition,
        (Place::Resource, _) => DependentKind::PolicyAboutIt,
    }
}

/// What a policy is attached to: its native id and its name.
pub(super) fn holder<'s>(subject: &Subject<'s>, attached_to: &'s Attachment) -> (&'s str, &'s str) {
    let index = subject.index;
    match attached_to {
        Attachment::Identity(id) => {
            index.identity(id).map_or((id.as_str(), id.as_str()), |one| (&one.native_id, &one.name))
        }
        Attachment::Group(id) => {
            index.group(id).map_or((id.as_str(), id.as_str()), |one| (&one.native_id, &one.name))
        }
        Attachment::Scope(id) => (id.as_str(), id.as_str()),
        Attachment::Resource(arn) => (arn, arn),
    }
}

fn named<'s>(subject: &Subject<'s>, grant: &'s Grant, mention: &Mention) -> Dependent {
    let (id, name) = holder(subject, &grant.attached_to);
    let (what, policy): (&str, Option<&SharedText>) = match &grant.via {
        Via::Inline { .. } if matches!(grant.attached_to, Attachment::Resource(_)) => ("trust policy", None),
        Via::Inline { name } => ("inline policy", Some(name)),
        Via::Managed { native_id, .. } => ("managed policy", Some(native_id)),
        Via::Boundary { native_id } => ("permissions boundary", Some(native_id)),
        Via::ServiceControlPolicy { native_id, .. } => ("service control policy", Some(native_id)),
        Via::ResourceControlPolicy { native_id, .. } => ("resource control policy", Some(native_id)),
        Via::KeyGrant { native_id } => ("grant", Some(native_id)),
        // What is left of the ways in which AWS attaches policies.
        _ => ("resource policy", None),
    };
    let mut found = dependent(id, name, what);
    found.evidence.extend(policy.map(|name| Evidence::new("policy", &**name)));
    let verb = match (mention.effect, mention.manner) {
        (StatementEffect::Allow, Manner::Meant) => "allows",
        (StatementEffect::Allow, Manner::Exempted) => "allows everybody else",
        (StatementEffect::Deny, Manner::Meant) => "denies",
        (StatementEffect::Deny, Manner::Exempted) => "denies everybody else",
    };
    found.evidence.push(Evidence::new("statement", format!("{}, which {verb}", mention.statement)));
    found
}

/// Whose ways to more power lead through it.
fn paths(subject: &Subject<'_>, add: &mut impl FnMut(DependentKind, Dependent)) {
    let it = &subject.identity.id;
    for (id, reach) in subject.reaches.of.iter().filter(|(id, _)| *id != it) {
        let through =
            |path: &&census_model::Path| path.steps.iter().any(|step| step.to == *it && step.from != *it);
        let paths: Vec<_> = reach.paths.iter().filter(through).collect();
        let Some(first) = paths.first() else { continue };
        let identity = subject.index.identity(id);
        let name = identity.map_or(id.as_str(), |one| &one.name);
        let native = identity.map_or(id.as_str(), |one| &one.native_id);
        let mut found = dependent(native, name, reach.level.as_str());
        let steps: Vec<&str> = first.steps.iter().map(|step| &*step.says).collect();
        found.evidence.push(Evidence::new("paths", format!("{} of {}", paths.len(), reach.paths.len())));
        found.evidence.push(Evidence::new("shortest", steps.join("; ")));
        add(DependentKind::PathThroughIt, found);
    }
}

/// What is its own: groups, credentials, whoever signs in as it.
fn own(subject: &Subject<'_>, add: &mut impl FnMut(DependentKind, Dependent)) {
    for group in subject.index.groups_of(&subject.identity.id) {
        add(DependentKind::Group, dependent(group.native_id.clone(), group.name.clone(), "group"));
    }
    for one in subject.index.credentials(&subject.identity.id) {
        let id = one.key_id.clone().unwrap_or_else(|| one.id.as_str().into());
        let mut found = dependent(id, credential_name(one), one.status.as_str());
        found
            .evidence
            .extend(one.last_used.known().map(|used| Evidence::new("last used", used.at.to_string())));
        add(DependentKind::Credential, found);
    }
    let set = subject.index.permission_set(&subject.identity.id);
    for one in set.and_then(|set| set.assigned.known()).into_iter().flatten() {
        let name = one.name.clone().unwrap_or_else(|| one.id.clone());
        add(DependentKind::Assignee, dependent(one.id.clone(), name, one.kind.as_str()));
    }
}

fn credential_name(one: &Credential) -> String {
    match &one.key_id {
        Some(id) => format!("{} {id}", one.kind),
        None => one.kind.to_string(),
    }
}
