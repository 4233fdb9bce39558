//! What each role, permission and ownership has to do with an operation of the directory.

use std::collections::BTreeSet;

use census_model::{Activation, Attachment, Grant, GroupId, Identity, Membership, Text, Via};

use super::{
    inquiry::Inquiry,
    language::{self, Operation},
    protected::{By, GRAPH},
    role::{RoleCondition, RolePermissions},
    tables::{Known, PermissionKind, Reach, tables},
    target::{Entity, Target},
    weighed::{Line, Weighed},
};
use crate::{
    azure::{access::Access, activation::active},
    truth::Truth,
};

/// What is open where a role or membership has to be switched on.
const ACTIVATION: &str = "activation";

/// What the scopes begin with that are administrative units, in lower case.
pub(in crate::azure) const UNITS: &str = "/administrativeunits/";

/// What is open of a delegated permission.
pub(super) const SIGNED_IN: &str = "signed-in user";

/// What Microsoft's administrators of the whole tenant have and administrators of applications have not.
const CONSENTS_TO_ALL: &str =
    "microsoft.directory/serviceprincipals/managepermissiongrantsforall.microsoft-company-admin";

/// What bears on a question, as far as it could be understood.
#[derive(Default)]
pub(super) struct Found<'e> {
    pub(super) lines: Vec<Line>,
    /// What reaches the identity and was not read.
    pub(super) unread: Vec<&'e Grant>,
    /// Permissions of which is not known what they do to the directory, by name.
    pub(super) unlisted: BTreeSet<Text>,
    /// Roles that count in administrative units whose members are not read.
    pub(super) units: Vec<&'e Grant>,
}

impl<'e> Inquiry<'_, 'e> {
    /// The grants of the tenant that reach an identity, with how surely. Directory roles and application permissions do not
    /// pass through groups in groups.
    /// <https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept#how-are-role-assignable-groups-protected>
    pub(super) fn grants(&self, identity: &Identity) -> Vec<(&'e Grant, Truth)> {
        let index = self.access.index();
        let mut all: Vec<(&'e Grant, Truth)> =
            index.grants_of_identity(&identity.id).iter().map(|grant| (*grant, Truth::Yes)).collect();
        for (group, truth) in self.groups(identity) {
            all.extend(index.grants_of_group(group).iter().map(|grant| (*grant, truth)));
        }
        all.retain(|(grant, _)| grant.scope == *self.tenant);
        all
    }

    fn groups(&self, identity: &Identity) -> Vec<(&GroupId, Truth)> {
        // A group may be an eligible member of another one, which its members then switch on.
        // https://learn.microsoft.com/entra/id-governance/privileged-identity-management/concept-pim-for-groups
        let counts =
            |one: &&Membership| one.through.is_empty() || matches!(one.activation, Activation::Eligible(_));
        let direct = self.access.memberships(&identity.id).filter(counts);
        let mut ways: Vec<(&GroupId, Truth)> =
            direct.map(|one| (&one.group, active(&one.activation, identity, self.now()))).collect();
        // The surest way into each.
        ways.sort_by_key(|(group, truth)| (*group, std::cmp::Reverse(*truth)));
        ways.dedup_by_key(|(group, _)| *group);
        ways.retain(|(_, truth)| *truth != Truth::No);
        ways
    }

    /// Everything that bears on an operation.
    pub(super) fn lines(&self, operation: &Operation, identity: &Identity) -> Found<'e> {
        let mut found = Found::default();
        for (grant, way) in self.grants(identity) {
            let mut weighed = Weighed::new();
            weighed.and(way, [ACTIVATION.to_owned()], "the membership is switched on".to_owned());
            match &grant.via {
                Via::DirectoryRole { .. } => self.role(operation, identity, grant, weighed, &mut found),
                Via::AppRole { resource, .. } if self.is_graph(resource) => {
                    self.permission(operation, identity, grant, &weighed, &mut found);
                }
                Via::DelegatedPermission { resource, .. } if self.is_graph(resource) => {
                    self.permission(operation, identity, grant, &weighed, &mut found);
                }
                _ => {}
            }
        }
        self.owned(operation, identity, &mut found);
        found
    }

    fn role(
        &self,
        operation: &Operation,
        identity: &Identity,
        grant: &'e Grant,
        mut weighed: Weighed,
        found: &mut Found<'e>,
    ) {
        let Via::DirectoryRole { role, directory_scope, .. } = &grant.via else { return };
        let active = active(&grant.activation, identity, self.now());
        weighed.and(active, [ACTIVATION.to_owned()], "a person switches it on".to_owned());
        let in_unit = directory_scope.starts_with(UNITS);
        if !self.counts_at(operation, directory_scope) {
            return;
        }
        let Some(permissions) = grant.policy.as_ref().and_then(|id| self.access.directory_role(id)) else {
            if weighed.truth != Truth::No {
                found.unread.push(grant);
            }
            return;
        };
        let place = match &**directory_scope {
            "/" => "in the whole directory".to_owned(),
            scope => format!("at {scope}"),
        };
        let by = if consents(permissions) { By::ConsentingRole(role) } else { By::Role(role) };
        for permission in permissions.each() {
            let condition = permission.condition();
            let entries = permission.allowed_resource_actions.iter().map(|entry| &**entry);
            let mut best: Option<(&str, Weighed)> = None;
            for entry in entries {
                let Some(mut one) = self.entry(operation, entry, &weighed) else { continue };
                self.condition(operation, identity, condition.as_ref(), &mut one);
                self.protection(operation, by, &mut one);
                if best.as_ref().is_none_or(|(_, known)| known.truth < one.truth) {
                    best = Some((entry, one));
                }
            }
            let Some((entry, one)) = best else { continue };
            if in_unit {
                // Who is in the unit is not read; nothing else would stand against it.
                if one.truth != Truth::No {
                    found.units.push(grant);
                }
                continue;
            }
            found.lines.push(one.line(grant.attached_to.clone(), grant.via.clone(), entry, &place));
        }
    }

    /// Whether a role that is assigned at a scope counts for an operation on the target.
    /// <https://learn.microsoft.com/entra/identity/role-based-access-control/assign-roles-different-scopes>
    fn counts_at(&self, operation: &Operation, scope: &str) -> bool {
        let entity = Entity::of(operation);
        match scope {
            "/" => true,
            // Settings of the tenant, new objects and applications are in no unit.
            unit if unit.starts_with(UNITS) => {
                matches!(self.target, Target::Identity(_) | Target::Group(_)) && entity.is_in_units()
            }
            object => {
                let id = self.target.object_id(entity);
                id.is_some_and(|id| object.trim_start_matches('/').eq_ignore_ascii_case(id))
            }
        }
    }

    /// Weighs whether an entry covers the operation on the target.
    pub(super) fn entry(&self, operation: &Operation, entry: &str, before: &Weighed) -> Option<Weighed> {
        let asked = self.as_done(operation);
        let fit = language::fit(entry, &asked)?;
        let mut weighed = before.clone();
        let words = format!("`{entry}` includes it, which is not told");
        weighed.and(fit.truth, [format!("meaning of `{entry}`")], words);
        if let Some(subtype) = fit.subtype {
            self.subtype(&asked, &subtype, &mut weighed);
        }
        Some(weighed)
    }

    /// The operation as it is done to the target: changes of groups to which roles can be assigned are another's.
    /// <https://learn.microsoft.com/entra/identity/role-based-access-control/custom-group-permissions#how-to-interpret-group-management-permissions>
    fn as_done(&self, operation: &Operation) -> Operation {
        match self.target {
            Target::Group(group)
                if operation.entity() == "groups" && group.role_assignable && !operation.is_read() =>
            {
                operation.of_entity("groupsassignabletoroles")
            }
            Target::Group(group)
                if operation.entity() == "groupsassignabletoroles" && !group.role_assignable =>
            {
                operation.of_entity("groups")
            }
            _ => operation.clone(),
        }
    }

    /// Whether the target is of the subtype of which alone an entry speaks.
    fn subtype(&self, operation: &Operation, subtype: &str, weighed: &mut Weighed) {
        let entity = operation.entity();
        let (truth, words) = match (entity, self.target) {
            ("applications", Target::Identity(identity)) if subtype == "myorganization" => {
                let audience = identity.application.as_ref().and_then(|application| application.audience);
                let truth = match audience {
                    Some(census_model::Audience::SingleTenant) => Truth::Yes,
                    Some(_) => Truth::No,
                    None => Truth::Maybe,
                };
                (truth, "only accounts of this tenant may sign in to the application".to_owned())
            }
            ("groups", Target::Group(group)) => {
                // Of a group is read whether a rule makes its members, and not whether it is one of Microsoft 365.
                let assigned = subtype.ends_with(".assignedmembership");
                let truth =
                    if assigned && group.membership_rule.is_some() { Truth::No } else { Truth::Maybe };
                (truth, format!("the group is one of `groups.{subtype}`"))
            }
            _ => (Truth::Maybe, format!("it is one of `{entity}.{subtype}`")),
        };
        weighed.and(truth, [format!("kind of {entity}")], words);
    }

    fn condition(
        &self,
        operation: &Operation,
        identity: &Identity,
        condition: Option<&RoleCondition>,
        weighed: &mut Weighed,
    ) {
        match condition {
            None => {}
            Some(RoleCondition::Owner) => {
                let owns = self.owns(operation, identity);
                weighed.and(owns, ["ownership".to_owned()], "it owns what it is done to".to_owned());
            }
            Some(RoleCondition::OneSelf) => {
                let is_itself = matches!(self.target, Target::Identity(target) if target.id == identity.id);
                weighed.and(is_itself.into(), [], "it did so to itself".to_owned());
            }
            Some(RoleCondition::Other(text)) => {
                weighed.and(Truth::Maybe, [text.to_string()], format!("`{text}` holds"));
            }
        }
    }

    /// What a permission of Microsoft Graph gives.
    fn permission(
        &self,
        operation: &Operation,
        identity: &Identity,
        grant: &'e Grant,
        before: &Weighed,
        found: &mut Found<'e>,
    ) {
        let Some(text) = grant.policy.as_ref().and_then(|id| self.access.index().estate().policies.get(id))
        else {
            if before.truth != Truth::No {
                found.unread.push(grant);
            }
            return;
        };
        let (kind, by) = match grant.via {
            Via::DelegatedPermission { .. } => (PermissionKind::Delegated, By::Delegation),
            _ => (PermissionKind::Application, By::Permission),
        };
        for value in text.text.split_whitespace() {
            let listed = match tables().permission(value, kind) {
                Known::Listed(listed) => listed,
                Known::Nothing => continue,
                Known::No => {
                    found.unlisted.insert(value.into());
                    continue;
                }
            };
            let entries = listed.gives.iter();
            let best = entries.filter_map(|entry| self.entry(operation, entry, before));
            let Some(mut weighed) = best.max_by_key(|one| one.truth) else { continue };
            self.given(grant, identity, &mut weighed);
            if listed.reach == Reach::Owned {
                let owns = if operation.is_creation() { Truth::Yes } else { self.owns(operation, identity) };
                weighed.and(owns, ["ownership".to_owned()], "it owns what it is done to".to_owned());
            }
            self.protection(operation, by, &mut weighed);
            found.lines.push(weighed.line(
                grant.attached_to.clone(),
                grant.via.clone(),
                value,
                "through Microsoft Graph",
            ));
        }
    }

    /// What has to come with a permission before it counts.
    pub(super) fn given(&self, grant: &Grant, identity: &Identity, weighed: &mut Weighed) {
        match (&grant.via, &grant.attached_to) {
            (Via::DelegatedPermission { user, .. }, _) => {
                let who = match user
                    .as_ref()
                    .map(|id| self.access.index().identity(id).map_or(id.as_str(), |one| &one.name))
                {
                    Some(name) => format!("`{name}` is signed in and may do it, too"),
                    None => "a user is signed in who may do it, too".to_owned(),
                };
                weighed.and(Truth::Maybe, [SIGNED_IN.to_owned()], who);
            }
            (_, Attachment::Group(_)) => {
                // Groups are for users who are assigned to an application.
                // <https://learn.microsoft.com/graph/api/resources/approleassignment>
                let words =
                    "an application permission counts for a member of a group, which is not told".to_owned();
                weighed.and(Truth::Maybe, ["app role of a group".to_owned()], words);
            }
            _ if identity.kind == census_model::IdentityKind::EntraUser => {
                let words = "an application permission counts for a user, which is not told".to_owned();
                weighed.and(Truth::Maybe, ["app role of a user".to_owned()], words);
            }
            _ => {}
        }
    }

    /// Whether a resource is Microsoft Graph. What was not read has no name: then its id decides nothing.
    pub(super) fn is_graph(&self, resource: &census_model::IdentityId) -> bool {
        let identity = self.access.index().identity(resource);
        identity.is_none_or(|one| {
            one.application.as_ref().is_some_and(|application| *application.app_id == *GRAPH)
        })
    }
}

/// Whether a grant of the directory may give an operation somewhere, by its text alone.
pub(in crate::azure) fn may_give(access: &Access<'_>, grant: &Grant, operation: &str) -> bool {
    let Some(operation) = Operation::parse(operation) else { return false };
    let Some(policy) = &grant.policy else { return false };
    let covers = |entry: &str| language::fit(entry, &operation).is_some();
    let kind = match &grant.via {
        Via::DirectoryRole { .. } => {
            let role = access.directory_role(policy);
            let mut entries = role.into_iter().flat_map(RolePermissions::each);
            return entries.any(|one| one.allowed_resource_actions.iter().any(|entry| covers(entry)));
        }
        Via::AppRole { .. } => PermissionKind::Application,
        Via::DelegatedPermission { .. } => PermissionKind::Delegated,
        _ => return false,
    };
    let Some(text) = access.index().estate().policies.get(policy) else { return false };
    text.text.split_whitespace().any(|value| match tables().permission(value, kind) {
        Known::Listed(listed) => listed.gives.iter().any(|entry| covers(entry)),
        Known::Nothing | Known::No => false,
    })
}

fn consents(role: &RolePermissions) -> bool {
    let entries = role.each().flat_map(|one| &one.allowed_resource_actions);
    entries.into_iter().any(|entry| entry.eq_ignore_ascii_case(CONSENTS_TO_ALL))
}
