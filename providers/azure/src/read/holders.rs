//! Which objects of the directory there are, by the ids that others name them by.

use std::collections::{HashMap, HashSet};

use census_model::{Attachment, DirectoryObject, GroupId, IdentityId, Owned};

use super::{files::Files, service_principals};
use crate::documents::{graph, value::Str};

/// An identity's id from an object id.
pub(super) fn identity_id(object_id: &str) -> IdentityId {
    IdentityId::new(format!("azure:{}", object_id.to_ascii_lowercase()))
}

/// A group's id from an object id.
pub(super) fn group_id(object_id: &str) -> GroupId {
    GroupId::new(format!("azure:{}", object_id.to_ascii_lowercase()))
}

/// What the directory calls an object that a relationship names: `#microsoft.graph.group`.
pub(super) fn is_of_type(odata_type: Option<&Str<'_>>, name: &str) -> bool {
    let kind = odata_type.map(|kind| kind.trim_start_matches('#'));
    kind.and_then(|kind| kind.strip_prefix("microsoft.graph."))
        .is_some_and(|kind| kind.eq_ignore_ascii_case(name))
}

/// The objects of the directory, all by ids in lower case.
pub(super) struct Holders<'f> {
    pub(super) principals: HashMap<String, &'f graph::ServicePrincipal<'f>>,
    /// Service principals by client id, agent identities apart: they bear that of their blueprint, if any.
    pub(super) by_app_id: HashMap<String, &'f graph::ServicePrincipal<'f>>,
    /// Applications by client id.
    pub(super) applications: HashMap<String, &'f graph::Application<'f>>,
    /// Applications by object id.
    by_object_id: HashMap<String, &'f graph::Application<'f>>,
    groups: HashSet<String>,
    deleted: HashSet<String>,
}

impl<'f> Holders<'f> {
    pub(super) fn of(files: &'f Files<'_>) -> Self {
        let app_id = |one: &graph::ServicePrincipal<'_>| {
            one.app_id.as_ref().filter(|_| !service_principals::is_agent_identity(one)).map(|id| id.lower())
        };
        let mut groups: HashSet<String> = files.groups.iter().map(|one| one.id.lower()).collect();
        let members = files.group_members.iter().flat_map(|one| [&one.members, &one.transitive_members]);
        let nested = members.flatten().flatten().filter(|one| is_of_type(one.odata_type.as_ref(), "group"));
        groups.extend(nested.map(|one| one.id.lower()));
        groups.extend(files.group_members.iter().map(|one| one.id.lower()));
        Self {
            principals: files.service_principals.iter().map(|one| (one.id.lower(), one)).collect(),
            by_app_id: files.service_principals.iter().filter_map(|one| Some((app_id(one)?, one))).collect(),
            applications: files.applications.iter().map(|one| (one.app_id.lower(), one)).collect(),
            by_object_id: files.applications.iter().map(|one| (one.id.lower(), one)).collect(),
            groups,
            deleted: files.deleted_applications.iter().map(|one| one.id.lower()).collect(),
        }
    }

    /// Whether an object is a group that is there.
    pub(super) fn is_group(&self, object_id: &str) -> bool {
        self.groups.contains(object_id)
    }

    /// Groups that are there, in no order.
    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(String::as_str)
    }

    /// What something is attached to that a principal holds. `kind` is what the document says that the principal is:
    /// `ServicePrincipal`, `User`, `Group`, `ForeignGroup`, …. One that is not there is an identity of its id all the same.
    pub(super) fn attachment(&self, object_id: &str, kind: Option<&str>) -> Attachment {
        let said = kind.map(|kind| kind.to_ascii_lowercase());
        let is_group = match said.as_deref() {
            Some("group" | "foreigngroup") => true,
            Some("user" | "serviceprincipal") => false,
            _ => self.is_group(&object_id.to_ascii_lowercase()),
        };
        if is_group {
            Attachment::Group(group_id(object_id))
        } else {
            Attachment::Identity(identity_id(object_id))
        }
    }

    /// The identity that an application lends its credentials and owners to: its service principal, or itself.
    pub(super) fn identity_of(&self, application: &graph::Application<'_>) -> IdentityId {
        let principal = self.by_app_id.get(application.app_id.lower().as_str());
        identity_id(principal.map_or(&application.id, |principal| &principal.id))
    }

    /// An application that is registered here, by its object id.
    pub(super) fn application(&self, object_id: &str) -> Option<&'f graph::Application<'f>> {
        self.by_object_id.get(object_id).copied()
    }

    /// What an object id names that has owners, and which object of it; `None` where it is not there.
    pub(super) fn owned(&self, object_id: &str) -> Option<(Owned, DirectoryObject)> {
        if self.principals.contains_key(object_id) {
            Some((Owned::Identity(identity_id(object_id)), DirectoryObject::ServicePrincipal))
        } else if let Some(application) = self.application(object_id) {
            Some((Owned::Identity(self.identity_of(application)), DirectoryObject::Application))
        } else if self.deleted.contains(object_id) {
            Some((Owned::Identity(identity_id(object_id)), DirectoryObject::Application))
        } else if self.is_group(object_id) {
            Some((Owned::Group(group_id(object_id)), DirectoryObject::Group))
        } else {
            None
        }
    }
}
