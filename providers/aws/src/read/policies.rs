//! Policy texts, each parsed once, and where they are attached.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use census_model::{
    Attachment, Effect, EstateBuilder, Gap, GapReason, Grant, Policy, PolicyId, PolicyKind, Provider,
    Resource, ResourceId, ResourceKind, ScopeId, Text, Via,
};
use census_privilege::aws::{
    document::{Document, decode},
    policy::{Policy as CompiledPolicy, PolicyType},
};

use super::{arn::last_part, files::unique, gaps::inconsistent};
use crate::documents::{
    AttachedPolicy, InlinePolicy, Json, ManagedPolicy, PermissionsBoundary, PolicyVersion,
};

/// The read that brings policies of an account.
const DETAILS: &str = "iam:GetAccountAuthorizationDetails";

/// Texts already seen, by their JSON as it stands in the document and by what they are attached as.
#[derive(Default)]
pub(super) struct Texts<'f> {
    permissions: HashMap<(&'f str, PolicyType), Known>,
    /// With the document, if it can be understood.
    trusts: HashMap<&'f str, (Known, Option<Rc<Document>>)>,
    /// Texts that AWS would refuse: what is wrong, and whom that concerns.
    invalid: BTreeMap<(PolicyId, Text), BTreeSet<Text>>,
}

/// A policy, and what is wrong with it where it is attached.
type Known = (PolicyId, Option<Text>);

impl<'f> Texts<'f> {
    /// The policy with this text. `affects` is noted if AWS would refuse it as a policy of this type.
    pub(super) fn policy(
        &mut self,
        json: &'f Json<'_>,
        kind: PolicyType,
        affects: &str,
        estate: &mut EstateBuilder,
    ) -> PolicyId {
        let seen = self.permissions.entry((json.get(), kind));
        let known = seen.or_insert_with(|| parse(json, kind, estate).0).clone();
        self.note(known, affects)
    }

    /// The trust policy with this text, and its document if it can be understood: whom it names is worth knowing even
    /// where AWS would refuse it.
    pub(super) fn trust(
        &mut self,
        json: &'f Json<'_>,
        affects: &str,
        estate: &mut EstateBuilder,
    ) -> (PolicyId, Option<Rc<Document>>) {
        let parse = || {
            let (known, document) = parse(json, PolicyType::Trust, estate);
            (known, document.map(Rc::new))
        };
        let (known, document) = self.trusts.entry(json.get()).or_insert_with(parse).clone();
        (self.note(known, affects), document)
    }

    fn note(&mut self, (id, problem): Known, affects: &str) -> PolicyId {
        if let Some(problem) = problem {
            self.invalid.entry((id.clone(), problem)).or_default().insert(affects.into());
        }
        id
    }

    /// Turns what was not understood into gaps.
    pub(super) fn finish(self, scope: &ScopeId, read: &str, estate: &mut EstateBuilder) {
        for ((id, detail), mut affects) in self.invalid {
            affects.insert(id.as_str().into());
            let affects = affects.into_iter().collect();
            estate.gap(Gap::new(
                Provider::Aws,
                Some(scope.clone()),
                read,
                GapReason::Invalid,
                detail,
                affects,
            ));
        }
    }
}

/// Adds the policy of a text, and gives what is wrong with it as a policy of this type.
fn parse(json: &Json<'_>, kind: PolicyType, estate: &mut EstateBuilder) -> (Known, Option<Document>) {
    // A string holds the text, URL-encoded or not; anything else is the text itself.
    let string = serde_json::from_str::<String>(json.get()).ok();
    let text = decode(string.as_deref().unwrap_or(json.get()));
    let mut policy = |text: &str| estate.policy(Policy::new(PolicyKind::AwsDocument, text));
    match Document::parse_canonical(&text) {
        Ok((document, canonical)) => {
            let id = policy(&canonical);
            let refused = CompiledPolicy::compile(&document, kind).err().map(|error| {
                let (kind, place) = (kind.with_article(), error.whereabouts());
                format!("AWS would refuse {id} as {kind}: {place}: {}", error.problem).into()
            });
            ((id, refused), Some(document))
        }
        Err(error) => {
            let id = policy(&text);
            let detail = format!("the text of {id} is not understood: {error}");
            ((id, Some(detail.into())), None)
        }
    }
}

/// The attachments of one account.
pub(super) struct Attachments<'f> {
    pub(super) texts: Texts<'f>,
    scope: ScopeId,
    managed: HashMap<&'f str, Option<&'f Json<'f>>>,
    /// Managed policies whose text is not there, and whom that concerns.
    missing: BTreeMap<&'f str, BTreeSet<Text>>,
}

/// What a principal or group carries.
pub(super) struct Carried<'f> {
    pub(super) holder: Attachment,
    /// The ids that a missing text concerns.
    pub(super) affects: Text,
    pub(super) inline: &'f [InlinePolicy<'f>],
    pub(super) managed: &'f [AttachedPolicy<'f>],
    pub(super) boundary: Option<&'f PermissionsBoundary<'f>>,
}

impl<'f> Attachments<'f> {
    pub(super) fn new(
        scope: &ScopeId,
        policies: &'f [ManagedPolicy<'f>],
        estate: &mut EstateBuilder,
    ) -> Self {
        let (policies, conflicts) = unique(policies, |policy| policy.arn.as_str());
        if !conflicts.is_empty() {
            let affects = conflicts.into_iter().map(Text::from).collect();
            estate.gap(inconsistent(
                scope,
                DETAILS,
                "the document holds policies twice, with differences",
                affects,
            ));
        }
        policies
            .iter()
            .filter_map(|policy| several_versions(scope, policy, estate))
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|one| estate.resource(one));
        let managed =
            policies.into_iter().map(|policy| (policy.arn.as_str(), default_text(policy))).collect();
        Self { texts: Texts::default(), scope: scope.clone(), managed, missing: BTreeMap::new() }
    }

    /// Adds the grants of a principal or group.
    pub(super) fn add(&mut self, carried: Carried<'f>, estate: &mut EstateBuilder) {
        let Carried { holder, affects, inline, managed, boundary } = carried;
        let scope = self.scope.clone();
        let grant = |via, policy, effect| Grant {
            attached_to: holder.clone(),
            via,
            policy,
            effect,
            scope: scope.clone(),
            activation: census_model::Activation::Standing,
            condition: None,
        };
        let mut grants = Vec::new();
        for policy in inline {
            let id = self.texts.policy(&policy.policy_document, PolicyType::Identity, &affects, estate);
            let via = Via::Inline { name: policy.policy_name.as_str().into() };
            grants.push(grant(via, Some(id), Effect::Allow));
        }
        for policy in managed {
            let arn = policy.policy_arn.as_str();
            let name = policy.policy_name.as_deref().unwrap_or_else(|| last_part(arn)).into();
            let via = Via::Managed { native_id: arn.into(), name };
            let text = self.text_of(arn, PolicyType::Identity, &affects, estate);
            grants.push(grant(via, text, Effect::Allow));
        }
        if let Some(boundary) = boundary {
            let arn = boundary.permissions_boundary_arn.as_str();
            let via = Via::Boundary { native_id: arn.into() };
            let text = self.text_of(arn, PolicyType::Boundary, &affects, estate);
            grants.push(grant(via, text, Effect::Ceiling));
        }
        grants.into_iter().for_each(|grant| estate.grant(grant));
    }

    /// The policy of a managed policy's text, or a note that it is missing.
    fn text_of(
        &mut self,
        arn: &'f str,
        kind: PolicyType,
        affects: &str,
        estate: &mut EstateBuilder,
    ) -> Option<PolicyId> {
        if let Some(Some(json)) = self.managed.get(arn) {
            return Some(self.texts.policy(json, kind, affects, estate));
        }
        self.missing.entry(arn).or_default().insert(affects.into());
        None
    }

    /// Turns what is missing or not understood into gaps. `reason` says why a text can be missing.
    pub(super) fn finish(self, reason: GapReason, estate: &mut EstateBuilder) {
        for (arn, affects) in self.missing {
            estate.gap(Gap::new(
                Provider::Aws,
                Some(self.scope.clone()),
                DETAILS,
                reason,
                format!("the document does not hold the text of `{arn}`"),
                affects.into_iter().chain([arn.into()]).collect(),
            ));
        }
        self.texts.finish(&self.scope, DETAILS, estate);
    }
}

/// A customer managed policy of which there are several versions: how many there are decides whether another can be
/// written, and what they say what it can be made to say again.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>
fn several_versions(
    scope: &ScopeId,
    policy: &ManagedPolicy<'_>,
    estate: &mut EstateBuilder,
) -> Option<Resource> {
    let arn = policy.arn.as_str();
    let versions = policy.policy_version_list.iter().filter_map(|version| version.version_id.as_deref());
    let parts: BTreeSet<Text> = versions.map(Text::from).collect();
    if parts.len() < 2 || arn.contains(":iam::aws:") {
        return None;
    }
    let default = default_version(policy);
    let others = policy
        .policy_version_list
        .iter()
        .filter(|version| default.is_none_or(|default| default.version_id != version.version_id));
    let versions = others.filter_map(|version| {
        let text = older_text(version.document.as_ref()?, estate)?;
        Some((Text::from(version.version_id.as_deref()?), text))
    });
    let versions = versions.collect();
    Some(Resource {
        id: ResourceId::new(format!("aws:{arn}")),
        native_id: arn.into(),
        kind: ResourceKind::AwsIamPolicy,
        name: policy.policy_name.as_deref().unwrap_or_else(|| last_part(arn)).into(),
        scope: scope.clone(),
        parts: parts.into_iter().collect(),
        versions,
        tags: BTreeMap::new(),
    })
}

/// The text of a version that does not count. One that is not understood stays unread: nobody has it.
fn older_text(json: &Json<'_>, estate: &mut EstateBuilder) -> Option<PolicyId> {
    let string = serde_json::from_str::<String>(json.get()).ok();
    let (document, text) =
        Document::parse_canonical(&decode(string.as_deref().unwrap_or(json.get()))).ok()?;
    CompiledPolicy::compile(&document, PolicyType::Identity).ok()?;
    Some(estate.policy(Policy::new(PolicyKind::AwsDocument, text)))
}

/// The text of the version that counts.
fn default_text<'f>(policy: &'f ManagedPolicy<'f>) -> Option<&'f Json<'f>> {
    default_version(policy)?.document.as_ref()
}

/// The version that counts.
fn default_version<'f>(policy: &'f ManagedPolicy<'f>) -> Option<&'f PolicyVersion<'f>> {
    let versions = &policy.policy_version_list;
    let named = policy.default_version_id.as_ref();
    let version = match named {
        Some(named) => versions.iter().find(|version| version.version_id.as_ref() == Some(named)),
        None => versions.iter().find(|version| version.is_default_version),
    };
    let only = || versions.first().filter(|one| versions.len() == 1 && one.version_id.is_none());
    version.or_else(only)
}
