//! Policies in words: which one, attached to what.

use census_model::{Attachment, Because, Via};

use crate::{
    json::{How, via},
    view::View,
};

/// Which policy, attached to what.
pub(crate) fn of_policy(view: &View<'_>, because: &Because) -> String {
    attachment(view, &because.via, &because.attached_to)
}

/// Which policy, attached to what.
pub(crate) fn attachment(view: &View<'_>, how: &Via, attached_to: &Attachment) -> String {
    format!("{} {}", policy(how, attached_to), attached(view, attached_to))
}

/// Which policy.
pub(crate) fn policy(how: &Via, attached_to: &Attachment) -> String {
    let (how, name, native_id) = via(how, attached_to);
    let of_aws = native_id.is_some_and(|id| id.contains(":iam::aws:"));
    let kind = match how {
        How::Managed if of_aws => "AWS managed policy",
        How::Managed => "managed policy",
        How::Boundary => "permissions boundary",
        How::ServiceControlPolicy => "service control policy",
        How::ResourceControlPolicy => "resource control policy",
        // What it is attached to names it.
        How::ResourcePolicy => return "own policy".to_owned(),
        How::KeyGrant => "grant",
        How::Inline if matches!(attached_to, Attachment::Resource(_)) => {
            return "trust policy".to_owned();
        }
        How::Inline => "inline policy",
        How::RoleAssignment => "role",
        How::DenyAssignment => "deny assignment",
        How::DirectoryRole => "directory role",
        How::AppRole => "app role",
        How::DelegatedPermission => "delegated permission",
        // What is owned names it.
        How::Ownership => return "ownership".to_owned(),
        How::FederatedCredential => "federated credential",
        How::AccessPolicy => "access policy",
        How::LocalRole => "local role",
    };
    format!("{kind} {name}")
}

/// Attached to what.
pub(crate) fn attached(view: &View<'_>, attachment: &Attachment) -> String {
    match attachment {
        Attachment::Identity(id) => match view.index.identity(id) {
            Some(identity) => format!("of {}", identity.name),
            None => format!("of {id}"),
        },
        Attachment::Group(id) => {
            format!("of group {}", view.index.group(id).map_or(id.as_str(), |group| &group.name))
        }
        Attachment::Scope(id) => format!("of {}", view.scope_label(id)),
        Attachment::Resource(arn) => format!("of {arn}"),
    }
}
