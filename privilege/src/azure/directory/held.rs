//! What an identity holds in the directory that weighs: of everybody else, as an object of a made-up name that nothing
//! protects, and of the objects that it owns or has a role on.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Attachment, Because, Decision, DirectoryObject, DirectoryOwner, Gap, Grant, Group, Identity, Owned, Part,
    Proof, Relation, ScopeId, ScopeKind, StatementEffect, Via,
};

use super::{
    inquiry::{Inquiry, residual},
    language::Operation,
    owners,
    protected::{By, GRAPH},
    role::RoleCondition,
    tables::{Known, PermissionKind, Reach, shape_of_operation, shape_of_permission, tables},
    target::Target,
    weighed::{Line, Weighed},
};
use crate::{
    azure::{
        access::Access,
        activation::active,
        held::{Held, Weight},
    },
    truth::Truth,
};

/// What weighs in the directory, sorted. What was not read is not in it: [`unread`] tells of that.
pub(in crate::azure) fn held(access: &Access<'_>, identity: &Identity) -> Vec<Held> {
    let mut all = Vec::new();
    for tenant in tenants(access, identity) {
        let inquiry = Inquiry::of_ordinary(access, tenant, Target::Ordinary);
        let mut hold = Holding { inquiry, identity, found: BTreeMap::new() };
        for (grant, way) in hold.inquiry.grants(identity) {
            let mut weighed = Weighed::new();
            weighed.and(way, ["activation".to_owned()], "the membership is switched on".to_owned());
            match &grant.via {
                Via::DirectoryRole { .. } => hold.role(grant, weighed),
                Via::AppRole { .. } | Via::DelegatedPermission { .. } => hold.permissions(grant, &weighed),
                _ => {}
            }
        }
        hold.ownerships();
        all.extend(hold.found.into_values());
    }
    all
}

/// What was not read and could give an identity more in the directory.
pub(in crate::azure) fn unread(access: &Access<'_>, identity: &Identity) -> Vec<Gap> {
    let index = access.index();
    let Some(identity) = index.identity(&identity.id) else { return Vec::new() };
    let mut gaps: Vec<Gap> = Vec::new();
    for tenant in tenants(access, identity) {
        gaps.extend(Inquiry::of_ordinary(access, tenant, Target::Ordinary).unread_of(identity));
    }
    gaps.sort_by(|a, b| a.id.cmp(&b.id));
    gaps.dedup();
    gaps
}

/// Whether what a grant gives in the directory was not read. What is given on other applications than Microsoft Graph is
/// nothing of the directory.
pub(in crate::azure) fn is_unread(access: &Access<'_>, grant: &Grant) -> bool {
    match &grant.via {
        Via::DirectoryRole { .. } => {
            grant.policy.as_ref().is_none_or(|id| access.directory_role(id).is_none())
        }
        Via::AppRole { resource, .. } => {
            let application = access.index().identity(resource).and_then(|one| one.application.as_ref());
            let may_be_graph = application.is_none_or(|one| one.app_id.eq_ignore_ascii_case(GRAPH));
            grant.policy.is_none() && may_be_graph
        }
        _ => false,
    }
}

/// The tenants in which an identity is, or holds something.
fn tenants<'e>(access: &Access<'e>, identity: &Identity) -> BTreeSet<&'e ScopeId> {
    let index = access.index();
    let own = super::target::tenant_of(index, &identity.scope);
    let groups = access.memberships(&identity.id).flat_map(|one| index.grants_of_group(&one.group));
    let grants = index.grants_of_identity(&identity.id).iter().chain(groups);
    let is_tenant =
        |id: &&ScopeId| index.estate().scopes.get(*id).is_some_and(|one| one.kind == ScopeKind::Tenant);
    own.into_iter().chain(grants.map(|grant| &grant.scope).filter(is_tenant)).collect()
}

/// Of several that say the same the surest is kept.
type Key = (Weight, Box<str>, Box<str>);

struct Holding<'a, 'e> {
    inquiry: Inquiry<'a, 'e>,
    identity: &'a Identity,
    found: BTreeMap<Key, Held>,
}

/// An operation or permission, to what, and what it is good for.
struct Power<'p> {
    weight: Weight,
    action: &'p str,
    resource: &'p str,
    why: &'p str,
}

impl<'e> Holding<'_, 'e> {
    fn add(&mut self, power: &Power<'_>, line: Line) {
        let decision = match line.truth {
            Truth::Yes => Decision::Allowed,
            Truth::Maybe => Decision::Conditional,
            Truth::No => return,
        };
        let key = (power.weight, power.action.into(), power.resource.into());
        if self.found.get(&key).is_some_and(|known| known.truth >= line.truth) {
            return;
        }
        let truth = line.truth;
        let lines = [line];
        let residual = (truth == Truth::Maybe).then(|| residual(&lines));
        let because = lines.into_iter().map(|line| Because {
            part: if truth == Truth::Yes { Part::Decides } else { Part::MayDecide },
            effect: StatementEffect::Allow,
            attached_to: line.attached_to,
            via: line.via,
            statement: line.statement,
            says: line.says,
        });
        let proof = Proof {
            action: power.action.into(),
            resource: power.resource.into(),
            why: power.why.into(),
            decision,
            residual,
            because: because.collect(),
        };
        let scope = self.inquiry.tenant.clone();
        self.found.insert(key, Held { scope, weight: power.weight, truth, proof });
    }

    /// What a directory role gives.
    fn role(&mut self, grant: &'e Grant, mut weighed: Weighed) {
        let Via::DirectoryRole { directory_scope, .. } = &grant.via else { return };
        let access = self.inquiry.access;
        let Some(role) = grant.policy.as_ref().and_then(|id| access.directory_role(id)) else { return };
        let truth = active(&grant.activation, self.identity, self.inquiry.now());
        weighed.and(truth, ["activation".to_owned()], "a person switches it on".to_owned());
        let place = Place::of(directory_scope);
        let object = directory_scope.trim_start_matches('/');
        if place == Place::Object && object.eq_ignore_ascii_case(&self.identity.native_id) {
            return;
        }
        if place == Place::Unit {
            let words = "somebody is in the administrative unit".to_owned();
            weighed.and(Truth::Maybe, ["members of the administrative unit".to_owned()], words);
        }
        for permission in role.each() {
            let mut weighed = weighed.clone();
            match permission.condition() {
                None => {}
                // What it owns is looked at by itself.
                Some(RoleCondition::Owner | RoleCondition::OneSelf) => continue,
                Some(RoleCondition::Other(text)) => {
                    weighed.and(Truth::Maybe, [text.to_string()], format!("`{text}` holds"));
                }
            }
            for entry in &permission.allowed_resource_actions {
                for (weight, action, why) in powers(entry) {
                    if place.counts(weight, &action) {
                        let resource = if place == Place::Tenant { "*" } else { object };
                        let power = Power { weight, action: &action, resource, why: &why };
                        let (to, via) = (grant.attached_to.clone(), grant.via.clone());
                        self.add(&power, weighed.clone().line(to, via, entry, place.words()));
                    }
                }
            }
        }
    }

    /// What permissions of applications give.
    fn permissions(&mut self, grant: &'e Grant, before: &Weighed) {
        let index = self.inquiry.access.index();
        let Some(text) = grant.policy.as_ref().and_then(|id| index.estate().policies.get(id)) else { return };
        let (resource, kind, one_user) = match &grant.via {
            Via::AppRole { resource, .. } => (resource, PermissionKind::Application, false),
            Via::DelegatedPermission { resource, user, .. } => {
                (resource, PermissionKind::Delegated, user.is_some())
            }
            _ => return,
        };
        let api = index.identity(resource).map_or(resource.as_str(), |one| &one.name);
        let is_graph = self.inquiry.is_graph(resource);
        for value in text.text.split_whitespace() {
            let listed = if is_graph { tables().permission(value, kind) } else { Known::No };
            let (weight, why) = match listed {
                Known::Listed(one) if one.reach == Reach::Owned && !self.owns_others() => continue,
                Known::Listed(one) => (one.weight, one.why.to_string()),
                Known::Nothing | Known::No => (
                    shape_of_permission(value),
                    format!("by its name: it is in no table of permissions, {value}"),
                ),
            };
            let Some(weight) = weight else { continue };
            // What one user lets an application read is that user's.
            if one_user && weight > Weight::Credentials {
                continue;
            }
            let mut weighed = before.clone();
            self.inquiry.given(grant, self.identity, &mut weighed);
            let power = Power { weight, action: value, resource: api, why: &why };
            let (to, via) = (grant.attached_to.clone(), grant.via.clone());
            self.add(&power, weighed.line(to, via, value, &format!("at {api}")));
        }
    }

    fn others(&self) -> Vec<&'e DirectoryOwner> {
        let all = self.inquiry.access.owned_by(&self.identity.id).iter().copied();
        let another = |one: &&DirectoryOwner| match &one.of {
            Owned::Identity(id) => *id != self.identity.id,
            Owned::Group(_) => true,
        };
        all.filter(|one| one.relation == Relation::Owner).filter(another).collect()
    }

    fn owns_others(&self) -> bool {
        self.others().iter().any(|one| one.object != DirectoryObject::Group)
    }

    /// What it owns and may so take over.
    fn ownerships(&mut self) {
        let access = self.inquiry.access;
        let index = access.index();
        for one in self.others() {
            let (target, name, scope) = match &one.of {
                Owned::Identity(id) => match index.identity(id) {
                    Some(owned) => (Target::Identity(owned), &owned.name, &owned.scope),
                    None => continue,
                },
                Owned::Group(id) => {
                    match index.group(id).filter(|group: &&Group| group.membership_rule.is_none()) {
                        Some(group) => (Target::Group(group), &group.name, &group.scope),
                        None => continue,
                    }
                }
            };
            if super::target::tenant_of(index, scope) != Some(self.inquiry.tenant) {
                continue;
            }
            let (weight, action, why) = match one.object {
                DirectoryObject::Application => (
                    Weight::Credentials,
                    "microsoft.directory/applications/credentials/update",
                    "adds credentials to the application that it owns and signs in as it",
                ),
                DirectoryObject::ServicePrincipal => (
                    Weight::Credentials,
                    "microsoft.directory/servicePrincipals/credentials/update",
                    "adds credentials to the service principal that it owns and signs in as it",
                ),
                DirectoryObject::Group => (
                    Weight::Permissions,
                    "microsoft.directory/groups/members/update",
                    "joins the group that it owns, and puts others into it",
                ),
            };
            debug_assert!(owners::given(one.object).contains(&action), "owners may do it");
            let Some(operation) = Operation::parse(action) else { continue };
            let mut weighed = Weighed::new();
            let truth = active(&one.activation, self.identity, self.inquiry.now());
            weighed.and(truth, ["activation".to_owned()], "the ownership is switched on".to_owned());
            self.inquiry.owner(self.identity, &mut weighed);
            let there = Inquiry::of_ordinary(access, self.inquiry.tenant, target);
            there.protection(&operation, By::Ownership, &mut weighed);
            let of = match target {
                Target::Group(group) => (&*group.native_id).into(),
                _ => (&**name).into(),
            };
            let via = Via::Ownership { of, object: one.object };
            let to = Attachment::Identity(self.identity.id.clone());
            let power = Power { weight, action, resource: name, why };
            self.add(&power, weighed.line(to, via, action, &format!("on the {} that it owns", one.object)));
        }
    }
}

/// Where a directory role counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Tenant,
    Unit,
    Object,
}

impl Place {
    fn of(scope: &str) -> Self {
        match scope {
            "/" => Self::Tenant,
            scope if scope.starts_with(super::lines::UNITS) => Self::Unit,
            _ => Self::Object,
        }
    }

    /// Whether a power weighs there. Of one object only what makes somebody else of its holder does.
    fn counts(self, weight: Weight, action: &str) -> bool {
        let entity = action.split('/').nth(1).unwrap_or_default().to_ascii_lowercase();
        let begins = |kinds: &[&str]| kinds.iter().any(|kind| entity.split('.').next() == Some(kind));
        match self {
            Self::Tenant => true,
            Self::Unit => weight != Weight::Administration && begins(&["users", "groups"]),
            Self::Object => {
                matches!(weight, Weight::Permissions | Weight::Credentials)
                    && begins(&["applications", "serviceprincipals", "groups"])
            }
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Tenant => "in the whole directory",
            Self::Unit => "in an administrative unit",
            Self::Object => "on one object",
        }
    }
}

/// What an entry of a role is good for: the operations of the table that it covers, else what its form tells.
fn powers(entry: &str) -> Vec<(Weight, String, String)> {
    let listed: Vec<_> = tables()
        .covered(entry)
        .into_iter()
        .map(|one| (one.weight, one.name.to_string(), one.why.to_string()))
        .collect();
    if !listed.is_empty() {
        return listed;
    }
    let shape = shape_of_operation(entry);
    let why = format!("by its name: it is in no table of operations, {entry}");
    shape.map(|weight| (weight, entry.to_owned(), why)).into_iter().collect()
}

#[cfg(test)]
mod tests;
