//! What was not read and bears on how far the identities of a tenant reach.

use std::collections::{BTreeSet, HashMap};

use census_model::{
    Attachment, Gap, GapId, Grant, Identity, IdentityKind, PrincipalSet, Relation, ScopeId, ScopeKind, Via,
};

use super::places::Places;
use crate::{
    azure::{
        access::{Access, doubts},
        directory,
    },
    truth::Truth,
};

/// What brings grants of everybody, besides those that the engine knows.
const SUBSCRIPTIONS: &str = "Microsoft.Resources/subscriptions/read";
const HSMS: &str = "Microsoft.KeyVault/managedHSMs/read";

/// The reads that bring grants of everybody.
const GIVING: [&str; 5] =
    [doubts::ASSIGNMENTS, SUBSCRIPTIONS, doubts::VAULTS, HSMS, doubts::LOCAL_ASSIGNMENTS];

/// Those that bring grants of people.
const GIVING_PEOPLE: [&str; 2] = [doubts::ELIGIBLE, doubts::ELIGIBLE_MEMBERS];

/// What brings whom somebody may become: what runs as whom and who is trusted by name, certificates in vaults, and what
/// others hold.
const LEADING: [&str; 9] = [
    "Microsoft.Resources/subscriptions/resources/read",
    "Application.Read.All/federatedIdentityCredentials",
    "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    "Microsoft.KeyVault/vaults/certificates/read",
    "Application.Read.All",
    "Application.Read.All/appRoleAssignments",
    "Directory.Read.All/appRoleAssignments",
    "RoleManagement.Read.Directory",
    doubts::ROLES,
];

/// Gaps by what they could change.
pub(super) struct Bounds<'b, 'e> {
    access: &'b Access<'e>,
    places: &'b Places<'e>,
    tenants: HashMap<&'e ScopeId, Giving>,
    /// Whoever owns something in the directory, or is trusted by name.
    leading: BTreeSet<&'e str>,
}

/// What could give more, in one tenant.
#[derive(Default)]
struct Giving {
    everybody: BTreeSet<GapId>,
    people: BTreeSet<GapId>,
    tree: BTreeSet<GapId>,
    /// Owners of some objects, who may be anybody.
    owners: BTreeSet<GapId>,
    /// Whom somebody may become, and what those hold.
    leading: BTreeSet<GapId>,
}

/// What bears on one identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Doubts {
    /// Could give it something.
    pub(super) gives: BTreeSet<GapId>,
    /// Texts of its own grants that were not read.
    pub(super) texts: BTreeSet<GapId>,
    /// Could give it something, though little speaks for it: what was not read is about single objects of others.
    pub(super) faint: BTreeSet<GapId>,
    /// Could lead it to somebody else.
    pub(super) leads: BTreeSet<GapId>,
    /// Whether it holds a grant whose text was not read.
    pub(super) has_unread: bool,
    /// Whether it holds a role in an administrative unit, whose members are not read.
    pub(super) in_units: bool,
}

impl<'b, 'e> Bounds<'b, 'e> {
    pub(super) fn new(access: &'b Access<'e>, places: &'b Places<'e>) -> Self {
        let estate = access.index().estate();
        let owned = estate.directory_owners.iter().filter(|one| one.relation == Relation::Owner);
        let trusted = estate.trusts.iter().filter_map(|trust| match &trust.who {
            PrincipalSet::Identity(native_id) => Some(&**native_id),
            _ => None,
        });
        let leading = owned.map(|one| one.who.as_str()).chain(trusted).collect();
        let tenants = estate.scopes.values().filter(|scope| scope.kind == ScopeKind::Tenant);
        let mut bounds = Self { access, places, tenants: HashMap::new(), leading };
        for tenant in tenants {
            let giving = bounds.giving(&tenant.id);
            bounds.tenants.insert(&tenant.id, giving);
        }
        bounds
    }

    fn giving(&self, tenant: &ScopeId) -> Giving {
        let of = |reads: &[&str]| -> BTreeSet<GapId> {
            let gaps = reads.iter().flat_map(|read| self.access.gaps_of(read));
            gaps.filter(|gap| self.is_in(gap, tenant)).map(|gap| gap.id.clone()).collect()
        };
        let mut giving = Giving {
            everybody: of(&GIVING),
            people: of(&GIVING_PEOPLE),
            tree: of(&[doubts::TREE]),
            owners: BTreeSet::new(),
            leading: of(&LEADING),
        };
        let ownership = directory::OWNERSHIP.iter().flat_map(|read| self.access.gaps_of(read));
        for gap in ownership.filter(|gap| self.is_in(gap, tenant)) {
            let of = if gap.affects.is_empty() { &mut giving.everybody } else { &mut giving.owners };
            of.insert(gap.id.clone());
        }
        let index = self.access.index();
        // Who is in a group decides what it gives, and whom a denial spares. A holder that is not there may be a group.
        let by_group = |grant: &Grant| match (&grant.attached_to, &grant.via) {
            (Attachment::Group(_), _) => true,
            (_, Via::DenyAssignment { except, .. }) => !except.is_empty(),
            (Attachment::Identity(id), Via::AccessPolicy { .. }) => index.identity(id).is_none(),
            _ => false,
        };
        if index.estate().grants.iter().any(by_group) {
            giving.everybody.extend(of(&[doubts::GROUPS]));
            giving.leading.extend(of(&[doubts::ELIGIBLE_MEMBERS]));
        }
        giving
    }

    /// Whether a gap is about a tenant.
    fn is_in(&self, gap: &Gap, tenant: &ScopeId) -> bool {
        gap.scope.as_ref().is_none_or(|scope| scope == tenant || self.places.above(scope).contains(&tenant))
    }

    /// Whether an identity may become another one though nothing is granted to it. Of whom managed identities are is told by
    /// federated credentials, which name them.
    fn leads_on(&self, identity: &Identity) -> bool {
        let is_managed = matches!(
            identity.kind,
            IdentityKind::AzureSystemAssignedIdentity | IdentityKind::AzureUserAssignedIdentity
        );
        is_managed
            || self.leading.contains(identity.id.as_str())
            || self.leading.contains(&*identity.native_id)
    }

    pub(super) fn of(&self, identity: &Identity, granted: &[(&'e Grant, Truth)]) -> Doubts {
        let mut found = Doubts::default();
        let tenant = self.places.above(&identity.scope).last();
        if let Some(giving) = tenant.and_then(|tenant| self.tenants.get(tenant)) {
            found.gives.extend(giving.everybody.iter().cloned());
            found.faint.extend(giving.owners.iter().cloned());
            if identity.kind == IdentityKind::EntraUser {
                found.gives.extend(giving.people.iter().cloned());
            }
            if !granted.is_empty() || self.leads_on(identity) {
                found.leads.extend(giving.leading.iter().cloned());
            }
            let is_high = |grant: &Grant| {
                let kind = self.access.index().estate().scopes.get(&grant.scope).map(|scope| scope.kind);
                kind == Some(ScopeKind::ManagementGroup)
            };
            if granted.iter().any(|(grant, _)| is_high(grant)) {
                found.gives.extend(giving.tree.iter().cloned());
            }
        }
        found.gives.extend(directory::unread(self.access, identity).into_iter().map(|gap| gap.id));
        // Who is in an administrative unit is never read.
        let is_of_unit = |grant: &Grant| matches!(&grant.via, Via::DirectoryRole { directory_scope, .. } if directory_scope.starts_with(directory::UNITS));
        found.in_units = granted.iter().any(|(grant, _)| is_of_unit(grant));
        found.has_unread |= granted.iter().any(|(grant, _)| directory::is_unread(self.access, grant));
        for (grant, _) in granted {
            let Via::RoleAssignment { role, .. } = &grant.via else { continue };
            if grant.policy.as_ref().is_some_and(|id| self.access.permissions_of(id).is_some()) {
                continue;
            }
            found.has_unread = true;
            let guid = role.rsplit('/').next().unwrap_or(role).to_ascii_lowercase();
            let gaps = self.access.gaps_of(doubts::ROLES).iter().filter(|gap| gap.concerns(&guid));
            found.texts.extend(gaps.map(|gap| gap.id.clone()));
        }
        found
    }
}
