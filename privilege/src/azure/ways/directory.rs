//! What the directory decides: directory roles, application permissions, owners.

use std::collections::{BTreeMap, HashMap};

use census_model::{Attachment, Grant, Owned, Relation, ScopeId, ScopeKind, Verdict, Via};

use super::{Ways, World, answers::Aim, prepared::Operation, prepared::Prepared, world::Who};
use crate::{
    azure::{
        access::{Access, Joiner},
        directory,
    },
    escalation::NodeId,
};

/// Who may hold an operation of the directory, before anybody is asked: by the grants whose text has it.
pub(super) struct DirectoryHolders(BTreeMap<&'static str, Vec<NodeId>>);

impl DirectoryHolders {
    pub(super) fn new(access: &Access<'_>, prepared: &[Prepared], world: &World<'_>) -> Self {
        let operations = prepared.iter().flat_map(|one| &one.needs).flat_map(|need| &need.any);
        let named = operations.filter_map(|operation| match operation {
            Operation::Directory(name) => Some((*name, Vec::new())),
            Operation::Resource(..) => None,
        });
        let mut by_operation: BTreeMap<&'static str, Vec<NodeId>> = named.collect();
        let mut by_text: HashMap<_, Vec<&'static str>> = HashMap::new();
        for grant in access.index().estate().grants.iter().filter(|grant| is_of_directory(&grant.via)) {
            let Some(policy) = &grant.policy else { continue };
            let is_role = matches!(grant.via, Via::DirectoryRole { .. });
            let given = by_text.entry((policy, is_role)).or_insert_with(|| {
                by_operation.keys().copied().filter(|name| directory::may_give(access, grant, name)).collect()
            });
            for name in given {
                if let Some(found) = by_operation.get_mut(name) {
                    reached(world, &grant.attached_to, found);
                }
            }
        }
        by_operation.values_mut().for_each(|list| {
            list.sort_unstable();
            list.dedup();
        });
        Self(by_operation)
    }

    fn of(&self, name: &str) -> &[NodeId] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

fn is_of_directory(via: &Via) -> bool {
    matches!(via, Via::DirectoryRole { .. } | Via::AppRole { .. } | Via::DelegatedPermission { .. })
}

/// Whom a grant reaches by what it is attached to.
pub(super) fn reached(world: &World<'_>, to: &Attachment, found: &mut Vec<NodeId>) {
    match to {
        Attachment::Identity(id) => found.extend(world.of_identity(id)),
        Attachment::Group(id) => {
            found.extend([Joiner::Anybody, Joiner::Person].iter().filter_map(|one| world.of_group(id, *one)));
            found.extend(world.members(id));
        }
        _ => {}
    }
}

impl<'e> Ways<'_, 'e> {
    /// What the directory says of an operation, and on what it was asked.
    pub(super) fn directory(
        &self,
        caller: NodeId,
        name: &str,
        aim: Aim<'_, 'e>,
    ) -> Option<(Verdict, String)> {
        let (object, words) = match aim {
            Aim::Principal(identity) => (directory::Object::Identity(identity), &identity.native_id),
            Aim::Group(group) => (directory::Object::Group(group), &group.native_id),
            Aim::Tenant(tenant) => {
                let scope = self.access.index().estate().scopes.get(tenant)?;
                (directory::Object::Tenant(tenant), &scope.native_id)
            }
            Aim::Resource(_) | Aim::Scope(_) | Aim::Role(..) | Aim::Certificate(_) => return None,
        };
        let inquiry = directory::Inquiry::on(self.access, name, object)?;
        let verdict = match self.world.who(caller)? {
            Who::Identity(identity) => inquiry.verdict(identity),
            Who::Member(group, joiner) => inquiry.verdict(self.access.member_of(group, joiner)?),
            Who::Goal(_) | Who::OfDirectory(_) | Who::OfScope(_) | Who::OfRole(..) => return None,
        };
        Some((verdict, words.to_string()))
    }

    /// The tenant that an aim of the directory is in.
    pub(super) fn tenant_of(&self, aim: Aim<'_, 'e>) -> Option<&'e ScopeId> {
        let scope = match aim {
            Aim::Principal(identity) => &identity.scope,
            Aim::Group(group) => &group.scope,
            Aim::Tenant(tenant) => tenant,
            Aim::Resource(_) | Aim::Scope(_) | Aim::Role(..) | Aim::Certificate(_) => return None,
        };
        let above = self.access.index().ancestors(scope);
        above.into_iter().find(|one| one.kind == ScopeKind::Tenant).map(|one| &one.id)
    }

    /// Who may have an operation of the directory on something, before anybody is asked: whoever holds it somewhere, whoever
    /// owns the thing, and whoever has made itself administrator of all.
    pub(super) fn directory_callers(&self, name: &str, aim: Aim<'_, 'e>, found: &mut Vec<NodeId>) {
        found.extend(self.in_directory.of(name));
        found.extend(self.tenant_of(aim).and_then(|tenant| self.world.of_directory(tenant)));
        let index = self.access.index();
        let owned = match aim {
            Aim::Principal(identity) => Owned::Identity(identity.id.clone()),
            Aim::Group(group) => Owned::Group(group.id.clone()),
            Aim::Resource(_) | Aim::Scope(_) | Aim::Role(..) | Aim::Certificate(_) | Aim::Tenant(_) => return,
        };
        let owners = index.directory_owners(&owned).iter().filter(|one| one.relation == Relation::Owner);
        found.extend(owners.filter_map(|one| self.world.of_identity(&one.who)));
    }
}

/// Whether a grant is an assignment of a role of Azure.
pub(super) fn is_role(grant: &Grant) -> bool {
    matches!(grant.via, Via::RoleAssignment { .. })
}
