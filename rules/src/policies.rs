//! Attached policies: what a finding about one is about, and how it is put into words.

use std::{collections::HashMap, fmt};

use census_model::{
    Attachment, Effect, Grant, GroupId, Identity, PolicyId, Provider, SharedText, StatementEffect, Subject,
    Via,
};
use census_privilege::aws::{
    document::{Element, Statement},
    trust::matches,
};

use crate::{Draft, Findings, View};

/// How many facts of one kind a finding lists.
pub(crate) const LISTED: usize = 10;

/// The longest name or text of a policy that a title holds, in characters.
const QUOTED: usize = 120;

/// What findings about the policy of one attachment are about, and what tells them from others about the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) subject: Subject,
    pub(crate) distinguisher: String,
}

impl Place {
    /// The place of one attachment. Its subject is the identity that carries the policy, or whose trust policy it is;
    /// else the scope that the policy is attached to, or that the group or resource lives in.
    pub(crate) fn of(view: &View<'_>, grant: &Grant) -> Self {
        let scope = || Subject::Scope(grant.scope.clone());
        let (subject, holder) = match &grant.attached_to {
            Attachment::Identity(id) if view.index.identity(id).is_some() => {
                (Subject::Identity(id.clone()), String::new())
            }
            Attachment::Identity(id) => (scope(), format!("identity:{id}/")),
            Attachment::Group(id) => (scope(), format!("group:{}/", group_binding(view, id))),
            Attachment::Scope(id) => (Subject::Scope(id.clone()), String::new()),
            Attachment::Resource(arn) => match view.index.native(arn) {
                Some(role) => (Subject::Identity(role.id.clone()), "own/".to_owned()),
                None => (scope(), format!("resource:{arn}/")),
            },
        };
        Self { subject, distinguisher: format!("{holder}{}", via_key(&grant.via)) }
    }

    /// Reports what is wrong there.
    pub(crate) fn report(&self, view: &View<'_>, draft: Draft, findings: &mut Findings<'_>) {
        match &self.subject {
            Subject::Identity(id) => {
                if let Some(identity) = view.index.identity(id) {
                    findings.identity(identity, &self.distinguisher, draft);
                }
            }
            Subject::Scope(scope) => findings.scope(scope, Provider::Aws, &self.distinguisher, draft),
            Subject::RegistryEntry { .. } | Subject::Vault(_) => {}
        }
    }
}

/// The managed policy or control policy of an attachment, by which all its attachments are the same policy.
pub(crate) fn native_id(via: &Via) -> Option<&SharedText> {
    match via {
        Via::Managed { native_id, .. }
        | Via::Boundary { native_id }
        | Via::ServiceControlPolicy { native_id, .. }
        | Via::ResourceControlPolicy { native_id, .. } => Some(native_id),
        _ => None,
    }
}

/// Whether AWS wrote the policy and keeps it.
pub(crate) fn is_of_aws(via: &Via) -> bool {
    native_id(via).is_some_and(|arn| arn.split(':').nth(4) == Some("aws"))
}

/// The policy of an attachment in words.
pub(crate) fn policy(grant: &Grant) -> String {
    policy_of(&grant.via, &grant.attached_to)
}

/// The same, by how it is attached to what.
pub(crate) fn policy_of(via: &Via, attached_to: &Attachment) -> String {
    match (via, attached_to) {
        (Via::Inline { .. }, Attachment::Resource(_)) => "trust policy".to_owned(),
        (Via::Inline { name }, _) => format!("inline policy `{}`", Shown(name)),
        (Via::Managed { native_id, .. }, _) => format!("managed policy `{}`", Shown(native_id)),
        (Via::Boundary { native_id }, _) => format!("permissions boundary `{}`", Shown(native_id)),
        (Via::ServiceControlPolicy { native_id, name }, _) => {
            format!("service control policy `{}` ({})", Shown(name), Shown(native_id))
        }
        (Via::ResourceControlPolicy { native_id, name }, _) => {
            format!("resource control policy `{}` ({})", Shown(name), Shown(native_id))
        }
        (Via::ResourcePolicy, _) => "resource policy".to_owned(),
        (Via::KeyGrant { native_id }, _) => format!("grant `{}`", Shown(native_id)),
        (Via::RoleAssignment { name, .. }, _) => format!("role `{}`", Shown(name)),
        (Via::DenyAssignment { name, .. }, _) => format!("deny assignment `{}`", Shown(name)),
        (Via::DirectoryRole { name, .. }, _) => format!("directory role `{}`", Shown(name)),
        (Via::AppRole { resource, .. }, _) => format!("app role of `{}`", Shown(resource.as_str())),
        (Via::DelegatedPermission { resource, .. }, _) => {
            format!("delegated permissions on `{}`", Shown(resource.as_str()))
        }
        (Via::Ownership { of, object }, _) => format!("ownership of {object} `{}`", Shown(of)),
        (Via::FederatedCredential { name }, _) => format!("federated credential `{}`", Shown(name)),
        (Via::AccessPolicy { vault, .. }, _) => format!("access policy of `{}`", Shown(vault.as_str())),
        (Via::LocalRole { name, vault, .. }, _) => {
            format!("local role `{}` of `{}`", Shown(name), Shown(vault.as_str()))
        }
    }
}

/// Whatever the policy is attached to, in words.
pub(crate) fn holder(view: &View<'_>, grant: &Grant) -> String {
    holder_of(view, &grant.attached_to)
}

/// What a policy can be attached to, in words.
pub(crate) fn holder_of(view: &View<'_>, attached_to: &Attachment) -> String {
    match attached_to {
        Attachment::Identity(id) => {
            format!("`{}`", Shown(view.index.identity(id).map_or(id.as_str(), |identity| &identity.name)))
        }
        Attachment::Group(id) => {
            format!("group `{}`", Shown(view.index.group(id).map_or(id.as_str(), |group| &group.name)))
        }
        Attachment::Scope(id) => format!("`{}`", Shown(id.as_str())),
        Attachment::Resource(arn) => format!("`{}`", Shown(arn)),
    }
}

fn group_binding<'i>(view: &'i View<'_>, id: &'i GroupId) -> &'i str {
    let found = view.index.group(id);
    found.map_or(id.as_str(), |group| group.immutable_id.as_deref().unwrap_or(&group.native_id))
}

/// What tells a policy from its holder's others. An inline policy has no other id than its name.
fn via_key(via: &Via) -> String {
    match via {
        Via::Inline { name } => format!("inline:{name}"),
        Via::Managed { native_id, .. } => format!("managed:{native_id}"),
        Via::Boundary { native_id } => format!("boundary:{native_id}"),
        Via::ServiceControlPolicy { native_id, .. } => format!("service-control:{native_id}"),
        Via::ResourceControlPolicy { native_id, .. } => format!("resource-control:{native_id}"),
        Via::ResourcePolicy => "resource-policy".to_owned(),
        Via::KeyGrant { native_id } => format!("key-grant:{native_id}"),
        Via::RoleAssignment { native_id, .. } => format!("role-assignment:{native_id}"),
        Via::DenyAssignment { native_id, .. } => format!("deny-assignment:{native_id}"),
        Via::DirectoryRole { native_id, .. } => format!("directory-role:{native_id}"),
        Via::AppRole { native_id, .. } => format!("app-role:{native_id}"),
        Via::DelegatedPermission { native_id, .. } => format!("delegated-permission:{native_id}"),
        Via::Ownership { of, object } => format!("ownership:{object}:{of}"),
        Via::FederatedCredential { name } => format!("federated-credential:{name}"),
        Via::AccessPolicy { vault, application, .. } => {
            format!("access-policy:{vault}:{}", application.as_deref().unwrap_or_default())
        }
        Via::LocalRole { vault, native_id, .. } => format!("local-role:{vault}:{native_id}"),
    }
}

/// All that is attached to an identity and its groups, limits too.
pub(crate) fn attached<'a>(
    view: &View<'a>,
    identity: &Identity,
) -> impl Iterator<Item = &'a Grant> + use<'a> {
    let groups = view.index.groups_of(&identity.id).iter().map(|group| view.index.grants_of_group(&group.id));
    let own = view.index.grants_of_identity(&identity.id);
    let lists: Vec<Vec<&Grant>> = std::iter::once(own).chain(groups).map(<[_]>::to_vec).collect();
    lists.into_iter().flatten()
}

/// Whether a statement is about this action.
pub(crate) fn names_action(statement: &Statement, action: &str) -> bool {
    let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
    match &statement.action {
        Element::Only(patterns) => any(patterns),
        Element::AllBut(patterns) => !any(patterns),
    }
}

/// What a rule reads from statements that allow certain actions: from each text once, however often it is attached, and
/// not from texts that allow none of them.
pub(crate) struct Allowing<'a, T> {
    view: View<'a>,
    /// In lower case.
    actions: Vec<String>,
    read: fn(&Statement) -> Vec<T>,
    texts: HashMap<&'a PolicyId, Vec<T>>,
}

impl<'a, T> Allowing<'a, T> {
    pub(crate) fn new(view: &View<'a>, actions: Vec<String>, read: fn(&Statement) -> Vec<T>) -> Self {
        Self { view: *view, actions, read, texts: HashMap::new() }
    }

    /// What was read from the policies of an identity and its groups, each with its attachment.
    pub(crate) fn of(&mut self, identity: &Identity) -> Vec<(&'a Grant, &T)> {
        let grants: Vec<_> = attached(&self.view, identity)
            .filter(|grant| grant.effect != Effect::Ceiling)
            .filter_map(|grant| grant.policy.as_ref().map(|policy| (grant, policy)))
            .collect();
        for (grant, policy) in &grants {
            self.texts.entry(policy).or_insert_with(|| {
                let is_meant = self.view.policies.access().may_allow_any(grant, &self.actions);
                if is_meant { read_text(&self.view, self.read, policy) } else { Vec::new() }
            });
        }
        let read = |policy| self.texts.get(policy).into_iter().flatten();
        grants.into_iter().flat_map(|(grant, policy)| read(policy).map(move |one| (grant, one))).collect()
    }
}

/// Nothing of a text that is no document.
fn read_text<T>(view: &View<'_>, read: fn(&Statement) -> Vec<T>, policy: &PolicyId) -> Vec<T> {
    let Some(document) = view.policies.document(policy) else { return Vec::new() };
    document.statements.iter().filter(|one| one.effect == StatementEffect::Allow).flat_map(read).collect()
}

/// A text of somebody else's in one line of bounded length.
pub(crate) struct Shown<'t>(pub(crate) &'t str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        for c in chars.by_ref().take(QUOTED) {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { write!(f, "{c}")? }
        }
        if chars.next().is_some() { f.write_str("...") } else { Ok(()) }
    }
}
