//! What was not read and bears on an answer.

use std::collections::BTreeSet;

use census_model::{
    Attachment, Gap, GapReason, Grant, Identity, IdentityKind, Provider, ScopeId, ScopeKind, StatementEffect,
    Text, Via,
};

use super::{Inquiry, Judge, Read, line::object_id, question};
use crate::azure::{access::question::Target, place};

/// The reads whose absence may hide a grant or a limit, by the names they have in gaps.
pub(in crate::azure) const ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments/read";
pub(in crate::azure) const ELIGIBLE: &str = "Microsoft.Authorization/roleEligibilityScheduleInstances/read";
pub(in crate::azure) const DENIALS: &str = "Microsoft.Authorization/denyAssignments/read";
pub(in crate::azure) const ROLES: &str = "Microsoft.Authorization/roleDefinitions/read";
pub(in crate::azure) const TREE: &str = "Microsoft.Management/managementGroups/descendants/read";
pub(in crate::azure) const GROUPS: &str = "GroupMember.Read.All";
pub(in crate::azure) const ELIGIBLE_MEMBERS: &str = "PrivilegedEligibilitySchedule.Read.AzureADGroup";
pub(in crate::azure) const LOCAL_ASSIGNMENTS: &str =
    "Microsoft.KeyVault/managedHsm/roleAssignments/read/action";
pub(in crate::azure) const LOCAL_ROLES: &str = "Microsoft.KeyVault/managedHsm/roleDefinitions/read/action";
pub(in crate::azure) const VAULTS: &str = "Microsoft.KeyVault/vaults/read";

/// Whether a gap is of a read that may hide a grant or a limit.
pub(super) fn bears_on_access(gap: &Gap) -> bool {
    let of_azure = [ASSIGNMENTS, ELIGIBLE, DENIALS, ROLES, TREE, GROUPS, ELIGIBLE_MEMBERS];
    let of_vaults = [LOCAL_ASSIGNMENTS, LOCAL_ROLES, VAULTS];
    of_azure.contains(&&*gap.read) || of_vaults.contains(&&*gap.read)
}

/// What was not read, by what it could do.
#[derive(Default)]
pub(super) struct Doubts {
    /// Could allow.
    pub(super) gives: Vec<Gap>,
    /// Could deny.
    pub(super) takes: Vec<Gap>,
    /// Could except from a denial.
    lifts: Vec<Gap>,
    /// The groups whose members are open.
    open_groups: OpenGroups,
}

/// Groups whose members were not all read.
#[derive(Default)]
struct OpenGroups {
    gaps: Vec<Gap>,
}

impl OpenGroups {
    /// The gaps that leave open whether somebody is in one of these groups. A group that holds nothing may lie in one.
    fn about(&self, groups: &BTreeSet<String>, holds: impl Fn(&str) -> bool) -> Vec<Gap> {
        let concerns = |gap: &&Gap| {
            let mut named = gap.affects.iter();
            gap.affects.is_empty() || named.any(|one| groups.contains(&**one) || !holds(one))
        };
        if groups.is_empty() { Vec::new() } else { self.gaps.iter().filter(concerns).cloned().collect() }
    }
}

/// The groups that hold something, by object id.
pub(super) struct Held {
    /// Anything at all.
    holders: BTreeSet<String>,
    /// What is asked.
    allowed: BTreeSet<String>,
    /// A denial of it.
    denied: BTreeSet<String>,
}

impl Held {
    fn of(inquiry: &Inquiry<'_, '_>) -> Self {
        let grants = || inquiry.access.of_groups.iter().copied();
        let of = |effect| -> BTreeSet<String> {
            let bearing = grants().filter(|grant| effect_of(grant) == effect && inquiry.bears(grant));
            bearing.filter(|grant| inquiry.may_cover(grant)).filter_map(group_of).map(str::to_owned).collect()
        };
        Self {
            holders: grants().filter_map(group_of).map(str::to_owned).collect(),
            allowed: of(StatementEffect::Allow),
            denied: of(StatementEffect::Deny),
        }
    }
}

/// Whether a gap is about the target: about all of its scope, about where the target lies, or about something that does
/// not say where it lies.
pub(super) fn touches(gap: &Gap, target: &Target<'_>) -> bool {
    let lies_in = |named: &Text| {
        let named = named.to_ascii_lowercase();
        if ["azure:subscription/", "azure:management-group/", "azure:tenant/"]
            .iter()
            .any(|kind| named.starts_with(kind))
        {
            return target.chain.iter().any(|scope| scope.as_str() == named);
        }
        let Some(rest) = named.strip_prefix("azure:").unwrap_or(&named).strip_prefix('/') else {
            return true;
        };
        let normal = place::normal(rest);
        // An assignment is told by its id, which begins with where it counts.
        let at = normal
            .rfind("/providers/microsoft.authorization/")
            .map_or(&*normal, |end| normal.get(..end).unwrap_or("/"));
        let vault = target.vault.map(|vault| place::normal(&vault.native_id));
        if at.is_empty() || vault.as_deref() == Some(at) || target.id == at {
            return true;
        }
        if let Some(name) = place::management_group(at) {
            // Where several tenants were read, the name may have its tenant's before it.
            let is_it = |scope: &ScopeId| {
                let id = scope.as_str().strip_prefix("azure:management-group/");
                id.and_then(|id| id.rsplit('/').next()) == Some(name)
            };
            return target.chain.iter().any(is_it);
        }
        match place::within_subscription(at).first() {
            Some(id) if place::subscription(at).is_some() => target.chain.contains(id),
            _ => true,
        }
    };
    gap.affects.is_empty() || gap.affects.iter().any(lies_in)
}

impl Doubts {
    pub(super) fn of(inquiry: &Inquiry<'_, '_>, identity: &Identity, unread: &[&Grant]) -> Self {
        let mut doubts = Self::default();
        let is_person = identity.kind == IdentityKind::EntraUser;
        let gaps = |read: &str| inquiry.gaps(read);
        match inquiry.judge {
            Judge::Roles => {
                doubts.gives.extend(gaps(ASSIGNMENTS));
                if is_person {
                    doubts.gives.extend(gaps(ELIGIBLE));
                }
                doubts.takes.extend(gaps(DENIALS));
                doubts.tree(inquiry, identity);
            }
            Judge::Local(_) => doubts.gives.extend(gaps(LOCAL_ASSIGNMENTS)),
            Judge::Policies(_) | Judge::Deleted | Judge::Unread(_) => {}
        }
        for grant in unread {
            let gap = inquiry.gap_of(grant);
            match grant.via {
                Via::DenyAssignment { .. } => doubts.takes.push(gap),
                _ => doubts.gives.push(gap),
            }
        }
        doubts.open_groups.gaps = inquiry.group_gaps(is_person);
        if !doubts.open_groups.gaps.is_empty() {
            doubts.groups(inquiry);
        }
        for list in [&mut doubts.gives, &mut doubts.takes, &mut doubts.lifts] {
            list.sort_by(|a, b| a.id.cmp(&b.id));
            list.dedup();
        }
        doubts
    }

    /// What groups whose members were not read could give and take.
    fn groups(&mut self, inquiry: &Inquiry<'_, '_>) {
        let held = inquiry.held.get_or_init(|| Held::of(inquiry));
        let holds = |group: &str| held.holders.contains(group);
        self.gives.extend(self.open_groups.about(&held.allowed, holds));
        self.takes.extend(self.open_groups.about(&held.denied, holds));
    }

    /// Notes the denials that may not be meant for whoever they reach.
    pub(super) fn note_lifted<'g>(&mut self, mut denials: impl Iterator<Item = &'g Grant>) {
        if denials.any(|grant| self.lift(grant)) {
            self.lifts.clone_from(&self.open_groups.gaps);
        }
    }

    /// Whether a denial may not be meant for whoever it reaches, since a group that it excepts was not read.
    pub(super) fn lift(&self, grant: &Grant) -> bool {
        let Via::DenyAssignment { except, .. } = &grant.via else { return false };
        let groups: BTreeSet<String> = except.iter().map(ToString::to_string).collect();
        !self.open_groups.about(&groups, |_| true).is_empty()
    }

    /// A management group that is not known to lie above the target may.
    fn tree(&mut self, inquiry: &Inquiry<'_, '_>, identity: &Identity) {
        let gaps = inquiry.gaps(TREE);
        if gaps.is_empty() {
            return;
        }
        let index = inquiry.access.index;
        let elsewhere = |grant: &&Grant| {
            let kind = index.estate().scopes.get(&grant.scope).map(|scope| scope.kind);
            kind == Some(ScopeKind::ManagementGroup)
                && !inquiry.target.chain.contains(&grant.scope)
                && matches!(grant.via, Via::RoleAssignment { .. } | Via::DenyAssignment { .. })
                && inquiry.may_cover(grant)
        };
        let memberships = inquiry.access.memberships(&identity.id);
        let of_groups = memberships.flat_map(|one| index.grants_of_group(&one.group));
        let branches =
            index.estate().scopes.values().filter(|scope| scope.kind == ScopeKind::ManagementGroup);
        let of_all = branches.flat_map(|scope| index.grants_of_scope(&scope.id));
        let grants = index.grants_of_identity(&identity.id).iter().chain(of_groups).chain(of_all);
        let effects: BTreeSet<bool> = grants
            .copied()
            .filter(elsewhere)
            .map(|grant| effect_of(grant) == StatementEffect::Allow)
            .collect();
        if effects.contains(&true) {
            self.gives.extend(gaps.clone());
        }
        if effects.contains(&false) {
            self.takes.extend(gaps);
        }
    }

    pub(super) fn widening(&self) -> Vec<Gap> {
        let mut all: Vec<Gap> = self.gives.iter().chain(&self.lifts).cloned().collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.dedup();
        all
    }
}

fn effect_of(grant: &Grant) -> StatementEffect {
    match grant.via {
        Via::DenyAssignment { .. } => StatementEffect::Deny,
        _ => StatementEffect::Allow,
    }
}

fn group_of(grant: &Grant) -> Option<&str> {
    match &grant.attached_to {
        Attachment::Group(group) => Some(object_id(group)),
        Attachment::Identity(id) => Some(id.as_str().strip_prefix("azure:").unwrap_or(id.as_str())),
        _ => None,
    }
}

impl Inquiry<'_, '_> {
    /// The gaps of a read that are about the target.
    fn gaps(&self, read: &str) -> Vec<Gap> {
        self.tenant_gaps(read).filter(|gap| touches(gap, &self.target)).cloned().collect()
    }

    /// The gaps of a read in the target's tenant.
    fn tenant_gaps(&self, read: &str) -> impl Iterator<Item = &Gap> {
        let tenant = question::tenant(self.access.index.estate(), &self.target.chain);
        let here =
            move |scope: &ScopeId| tenant.is_none_or(|one| one == scope) || self.target.chain.contains(scope);
        let of_read = self.access.gaps_of(read).iter().copied();
        of_read.filter(move |gap| gap.scope.as_ref().is_none_or(here))
    }

    fn group_gaps(&self, is_person: bool) -> Vec<Gap> {
        let reads: &[&str] = if is_person { &[GROUPS, ELIGIBLE_MEMBERS] } else { &[GROUPS] };
        let mut all: Vec<Gap> = reads.iter().flat_map(|read| self.tenant_gaps(read)).cloned().collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// Whether a grant's policy has an entry that covers the action, or could not be understood.
    fn may_cover(&self, grant: &Grant) -> bool {
        match grant.policy.as_ref().and_then(|id| self.access.text(id)) {
            Some(Read::Permissions(permissions)) => {
                permissions.covering(self.plane, &self.question.action).any(|one| one.taken.is_none())
            }
            Some(Read::Policies(policy)) => {
                let needed = crate::azure::key_vault::needed(&self.question.action);
                needed.is_some_and(|(list, words)| policy.give(list, words).is_some())
            }
            Some(Read::Directory(_) | Read::Unusable) | None => true,
        }
    }

    /// The gap that tells why the text of a grant is missing.
    fn gap_of(&self, grant: &Grant) -> Gap {
        let (read, role) = match &grant.via {
            Via::RoleAssignment { role, .. } => (ROLES, &**role),
            Via::LocalRole { name, .. } => (LOCAL_ROLES, &**name),
            Via::AccessPolicy { vault, .. } => (VAULTS, vault.as_str()),
            Via::DenyAssignment { native_id, .. } => (DENIALS, &**native_id),
            _ => (ROLES, grant.scope.as_str()),
        };
        let guid = role.rsplit('/').next().unwrap_or(role).to_ascii_lowercase();
        let known = self.tenant_gaps(read).find(|gap| gap.concerns(&guid));
        known.cloned().unwrap_or_else(|| {
            let tenant = question::tenant(self.access.index.estate(), &self.target.chain).cloned();
            let detail = "what is granted was not read";
            Gap::new(Provider::Azure, tenant, read, GapReason::Invalid, detail, vec![guid.into()])
        })
    }
}
