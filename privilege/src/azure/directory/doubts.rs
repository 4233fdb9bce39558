//! What was not read and bears on an answer about the directory.

use std::collections::BTreeSet;

use census_model::{Attachment, Gap, GapReason, Grant, Identity, IdentityKind, Provider, Text, Via};

use super::{
    inquiry::Inquiry,
    language::Operation,
    lines::Found,
    permission::Api,
    protected::UNITS,
    target::{Entity, Target},
    weighed::Weighed,
};
use crate::truth::Truth;

/// The reads whose absence may hide something, by the names they have in gaps.
const ROLES: &str = "RoleManagement.Read.Directory";
const APPLICATIONS: &str = "Application.Read.All";
const APP_ROLES: &str = "Application.Read.All/appRoleAssignments";
const APP_ROLES_OF_GROUPS: &str = "Directory.Read.All/appRoleAssignments";
const CONSENTS: &str = "Directory.Read.All/oauth2PermissionGrants";
const OWNERS: &str = "Application.Read.All/owners";
const OWNERS_OF_GROUPS: &str = "GroupMember.Read.All/owners";
const GROUPS: &str = "GroupMember.Read.All";
const ELIGIBLE_MEMBERS: &str = "PrivilegedEligibilitySchedule.Read.AzureADGroup";
/// The reads that tell who owns what.
pub(in crate::azure) const OWNERSHIP: [&str; 3] = [APPLICATIONS, OWNERS, OWNERS_OF_GROUPS];
/// What tells the operations of a permission that is in no table.
const PERMISSIONS: &str = "Microsoft Graph permissions reference";
/// The app roles that users hold themselves, which no scan reads.
const APP_ROLES_OF_USERS: &str = "app roles of users";
/// What every user may do by default.
const DEFAULTS: &str = "default user permissions";

/// What was not read, by what it could do.
#[derive(Default)]
pub(super) struct Doubts {
    /// Could allow.
    pub(super) gives: Vec<Gap>,
    /// Could keep from it.
    pub(super) takes: Vec<Gap>,
}

impl Doubts {
    fn sorted(mut self) -> Self {
        for list in [&mut self.gives, &mut self.takes] {
            list.sort_by(|a, b| a.id.cmp(&b.id));
            list.dedup();
        }
        self
    }
}

impl<'e> Inquiry<'_, 'e> {
    fn gaps<'g>(&'g self, reads: &'g [&'g str]) -> impl Iterator<Item = &'e Gap> + 'g {
        let here = |gap: &&Gap| {
            gap.provider == Provider::Azure
                && gap.scope.as_ref().is_none_or(|scope| scope == self.tenant)
                && reads.contains(&&*gap.read)
        };
        self.access.index().estate().gaps.iter().filter(here)
    }

    /// What bears on an operation.
    pub(super) fn doubts_of(&self, operation: &Operation, identity: &Identity, found: &Found<'e>) -> Doubts {
        let mut doubts = Doubts::default();
        doubts.gives.extend(self.gaps(&[ROLES]).filter(|gap| self.may_hide_role(gap)).cloned());
        doubts.gives.extend(self.permission_gaps(identity));
        doubts.gives.extend(self.owner_gaps(operation));
        let holds = |via: &Via| match via {
            Via::DirectoryRole { .. } => Holds::Role,
            Via::AppRole { .. } => Holds::Permission,
            _ => Holds::Nothing,
        };
        doubts.gives.extend(self.group_gaps(identity, holds, Some(operation)));
        doubts.gives.extend(self.unread(found));
        for grant in &found.units {
            let detail = "who is in the administrative unit in which the role counts is not read";
            let named = match &grant.via {
                Via::DirectoryRole { directory_scope, .. } => Text::from(&**directory_scope),
                _ => continue,
            };
            doubts.gives.push(self.missing(UNITS, GapReason::NotRequested, detail, vec![named]));
        }
        for value in &found.unlisted {
            // Who may only read changes nothing.
            if operation.is_read() || !is_read(value) {
                let detail = "what the permission does to the directory is not in the table of this build";
                doubts.gives.push(self.missing(
                    PERMISSIONS,
                    GapReason::Unsupported,
                    detail,
                    vec![value.clone()],
                ));
            }
        }
        if self.may_be_default(operation, identity) {
            let detail = "what every user may do without a role is not weighed";
            doubts.gives.push(self.missing(DEFAULTS, GapReason::Unsupported, detail, Vec::new()));
        }
        doubts.takes.extend(self.restricted_management(operation));
        if matches!(self.target, Target::Identity(one) if one.kind == IdentityKind::EntraUser)
            && super::protected::is_sensitive(operation)
        {
            // Roles of the user that were not read would protect it.
            doubts.takes.extend(self.gaps(&[ROLES, GROUPS, ELIGIBLE_MEMBERS]).cloned());
        }
        doubts.sorted()
    }

    /// What bears on a permission of an application.
    pub(super) fn doubts_of_permission(
        &self,
        api: &Api<'_>,
        identity: &Identity,
        found: &Found<'e>,
    ) -> Doubts {
        let mut doubts = Doubts::default();
        doubts.gives.extend(self.permission_gaps(identity));
        if matches!(api, Api::Unread) && doubts.gives.is_empty() {
            let detail = "the service principal of Microsoft Graph was not read";
            doubts.gives.push(self.missing(APPLICATIONS, GapReason::Inconsistent, detail, Vec::new()));
        }
        if self.may_be_assigned(api, identity) {
            let detail = "which app roles users hold themselves is not read";
            let about = vec![identity.native_id.clone()];
            doubts.gives.push(self.missing(APP_ROLES_OF_USERS, GapReason::NotRequested, detail, about));
        }
        let holds = |via: &Via| match via {
            Via::AppRole { .. } => Holds::Permission,
            _ => Holds::Nothing,
        };
        doubts.gives.extend(self.group_gaps(identity, holds, None));
        doubts.gives.extend(self.unread(found));
        doubts.sorted()
    }

    /// Whether a user may have been assigned an app role of an application. Those of Microsoft Graph are for applications
    /// alone. An app role tells the application that has it what its user may do there, and gives nothing in the directory
    /// or in Azure: so it bears on this question, and on no reach.
    /// <https://learn.microsoft.com/graph/api/resources/approle>,
    /// <https://learn.microsoft.com/graph/api/resources/approleassignment>
    fn may_be_assigned(&self, api: &Api<'_>, identity: &Identity) -> bool {
        let is_graph = match api {
            Api::Known(known) => self.is_graph(&known.id),
            Api::Unread => true,
        };
        identity.kind == IdentityKind::EntraUser && !is_graph
    }

    /// What could give an identity anything at all.
    pub(super) fn unread_of(&self, identity: &Identity) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = self.gaps(&[ROLES]).filter(|gap| self.may_hide_role(gap)).cloned().collect();
        gaps.extend(self.permission_gaps(identity));
        let holds = |via: &Via| match via {
            Via::DirectoryRole { .. } | Via::AppRole { .. } => Holds::Permission,
            _ => Holds::Nothing,
        };
        gaps.extend(self.group_gaps(identity, holds, None));
        let texts = |grant: &&Grant| match &grant.via {
            Via::DirectoryRole { .. } => {
                grant.policy.as_ref().is_none_or(|id| self.access.directory_role(id).is_none())
            }
            Via::AppRole { .. } | Via::DelegatedPermission { .. } => grant.policy.is_none(),
            _ => false,
        };
        let unread = self.grants(identity).into_iter().map(|(grant, _)| grant).filter(texts).collect();
        gaps.extend(self.unread(&Found { unread, ..Found::default() }));
        gaps
    }

    fn missing(&self, read: &str, reason: GapReason, detail: &str, affects: Vec<Text>) -> Gap {
        Gap::new(Provider::Azure, Some(self.tenant.clone()), read, reason, detail, affects)
    }

    /// Whether a gap of directory roles may hide an assignment: one that names roles hides what those allow, which shows
    /// where they are held.
    fn may_hide_role(&self, gap: &Gap) -> bool {
        gap.affects.is_empty() || !gap.affects.iter().all(|named| self.access.is_directory_role(named))
    }

    /// Gaps of app roles and consents that may be about an identity.
    fn permission_gaps(&self, identity: &Identity) -> Vec<Gap> {
        // People hold none themselves that gives an application anything, but by their groups.
        let is_person = identity.kind == IdentityKind::EntraUser;
        let about = |gap: &&Gap| {
            !is_person && (gap.concerns(&identity.native_id) || gap.concerns(identity.id.as_str()))
        };
        let own = self.gaps(&[APPLICATIONS, APP_ROLES, CONSENTS]).filter(about);
        let of_its_groups = |gap: &&Gap| {
            let mut groups = self.access.memberships(&identity.id).map(|one| one.group.as_str());
            groups.any(|id| gap.concerns(id) || gap.concerns(id.strip_prefix("azure:").unwrap_or(id)))
        };
        // One file holds those of service principals and of groups.
        let of_groups = self.gaps(&[APP_ROLES, APP_ROLES_OF_GROUPS]).filter(of_its_groups);
        let mut all: Vec<Gap> = own.chain(of_groups).cloned().collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.dedup();
        all
    }

    /// Gaps of owners that are about the target. Ownership is of one object.
    fn owner_gaps(&self, operation: &Operation) -> Vec<Gap> {
        let Some(id) = self.target.object_id(Entity::of(operation)) else { return Vec::new() };
        let reads: &[&str] = match self.target {
            Target::Group(_) => &[OWNERS_OF_GROUPS],
            _ => &[APPLICATIONS, OWNERS],
        };
        self.gaps(reads).filter(|gap| gap.concerns(id)).cloned().collect()
    }

    /// Gaps of members of groups that hold something that matters.
    fn group_gaps(
        &self,
        identity: &Identity,
        holds: impl Fn(&Via) -> Holds,
        operation: Option<&Operation>,
    ) -> Vec<Gap> {
        let is_person = identity.kind == IdentityKind::EntraUser;
        let reads: &[&str] = if is_person { &[GROUPS, ELIGIBLE_MEMBERS] } else { &[GROUPS] };
        let mut gaps = self.gaps(reads).peekable();
        if gaps.peek().is_none() {
            return Vec::new();
        }
        let groups: BTreeSet<&str> = self
            .access
            .directory_grants_of_groups()
            .iter()
            .filter(|grant| grant.scope == *self.tenant)
            .filter(|grant| match (holds(&grant.via), operation) {
                (Holds::Nothing, _) => false,
                (Holds::Role, Some(operation)) => self.may_allow(operation, grant),
                (Holds::Role, None) => false,
                (Holds::Permission, _) => true,
            })
            .filter_map(|grant| match &grant.attached_to {
                Attachment::Group(id) => Some(id.as_str()),
                _ => None,
            })
            .collect();
        let bare = |id: &str| id.strip_prefix("azure:").unwrap_or(id).to_owned();
        let concerns = |gap: &&Gap| groups.iter().any(|id| gap.concerns(id) || gap.concerns(&bare(id)));
        gaps.filter(concerns).cloned().collect()
    }

    /// Whether a role could allow an operation, wherever it counts.
    fn may_allow(&self, operation: &Operation, grant: &Grant) -> bool {
        let Some(role) = grant.policy.as_ref().and_then(|id| self.access.directory_role(id)) else {
            return true;
        };
        let mut entries = role.each().flat_map(|one| &one.allowed_resource_actions);
        entries.any(|entry| {
            self.entry(operation, entry, &Weighed::new()).is_some_and(|weighed| weighed.truth != Truth::No)
        })
    }

    /// The gaps that tell why the text of what an identity holds is missing.
    fn unread(&self, found: &Found<'e>) -> Vec<Gap> {
        let of = |grant: &&Grant| {
            let (read, named) = match &grant.via {
                Via::DirectoryRole { role, .. } => (ROLES, role.clone()),
                Via::AppRole { resource, .. } | Via::DelegatedPermission { resource, .. } => {
                    (APPLICATIONS, resource.as_str().into())
                }
                _ => (ROLES, grant.scope.as_str().into()),
            };
            let bare = named.strip_prefix("azure:").unwrap_or(&named);
            let known = self.gaps(&[read]).find(|gap| gap.concerns(bare) || gap.concerns(&named));
            known.cloned().unwrap_or_else(|| {
                self.missing(read, GapReason::Invalid, "what is granted was not read", vec![bare.into()])
            })
        };
        found.unread.iter().map(of).collect()
    }

    /// Whether users may do it without any role, as far as is not weighed: most of the directory can be read, and people make
    /// things that they then own.
    /// <https://learn.microsoft.com/entra/fundamentals/users-default-permissions#compare-member-and-guest-default-permissions>
    fn may_be_default(&self, operation: &Operation, identity: &Identity) -> bool {
        identity.kind == IdentityKind::EntraUser
            && (operation.is_read()
                || operation.action() == "createasowner"
                || operation.action() == "inviteguest"
                || matches!(self.target, Target::Identity(target) if target.id == identity.id))
    }
}

/// What a group holds.
enum Holds {
    Role,
    Permission,
    Nothing,
}

fn is_read(value: &str) -> bool {
    let mut parts = value.split('.').skip(1);
    parts.any(|part| part.eq_ignore_ascii_case("read") || part.to_ascii_lowercase().starts_with("readbasic"))
}
