//! One tenant: what every part of the reading needs to know, and the order in which the parts are read.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use census_model::{EstateBuilder, Gap, GapId, GapReason, Provider, Scope, ScopeId, ScopeKind, Text};
use census_provider_api::{DocPath, Manifest, ReadError};
use jiff::Timestamp;

use super::{
    Paths, access_policies, app_roles, applications, assignments, consents, deny, directory_roles,
    federation,
    files::Files,
    groups,
    holders::Holders,
    load::{Loaded, Presence},
    local_roles,
    managed::Managed,
    memberships,
    noted::Noted,
    objects, owners,
    roles::AzureRoles,
    scopes::{GroupNames, Scopes},
    service_principals,
    sign_ins::SignIns,
    tenant_policy, users, vaults, workloads,
};
use crate::documents::Collection;

/// What every part of the reading of one tenant needs.
pub(super) struct Tenant {
    /// The tenant's id, in lower case.
    pub(super) id: String,
    pub(super) scope: ScopeId,
    /// The instant of the documents: when they were fetched, else the newest that they name.
    pub(super) clock: Timestamp,
    /// What of each document is open as a whole.
    open: BTreeMap<Collection, GapId>,
    /// Documents of which something is open, in whole or in part.
    doubtful: BTreeSet<Collection>,
    /// What a fetch noted that it could not read, by the permission and the thing in lower case.
    unread: HashSet<(Text, String)>,
}

/// The scope of a tenant's id.
pub(super) fn scope_id(id: &str) -> ScopeId {
    ScopeId::new(format!("azure:tenant/{id}"))
}

/// A tenant as a scope that was asked for.
pub(super) fn scope(id: &str, name: Option<Text>) -> Scope {
    Scope {
        id: scope_id(id),
        native_id: id.into(),
        provider: Provider::Azure,
        kind: ScopeKind::Tenant,
        name,
        parent: None,
        manages: None,
        tags: BTreeMap::new(),
        scanned: true,
    }
}

/// The tenant that documents are of: what `tenant.json` says, else the folder's name, else what other documents say or
/// was asked for.
pub(super) fn id_of(
    files: &Files<'_>,
    folder: Option<&str>,
    targets: &[&str],
    paths: &Paths,
) -> Result<String, ReadError> {
    let path = |collection| paths.get(&collection).map(DocPath::to_string).unwrap_or_default();
    let wrong = |document: String, place: &str, problem: String| {
        Err(ReadError::Document { document, place: place.to_owned(), problem })
    };
    let named: BTreeSet<String> = files.tenant.iter().map(|one| one.id.lower()).collect();
    if named.len() > 1 {
        let problem = "holds several tenants; put each into a folder `tenants/<tenant id>/`".to_owned();
        return wrong(path(Collection::Tenant), "value", problem);
    }
    let named = named.into_iter().next();
    match (named, folder) {
        (Some(id), Some(folder)) if id != folder => {
            let problem = format!("is tenant {id}, but lies in the folder of tenant {folder}");
            wrong(path(Collection::Tenant), "value[0].id", problem)
        }
        (Some(id), _) => Ok(id),
        (None, Some(folder)) => Ok(folder.to_owned()),
        (None, None) => {
            let subscriptions = files.subscriptions.iter().filter_map(|one| one.tenant_id.as_ref());
            let branches =
                files.management_groups.iter().filter_map(|one| one.properties.as_ref()?.tenant_id.as_ref());
            let identities =
                files.user_assigned.iter().filter_map(|one| one.properties.as_ref()?.tenant_id.as_ref());
            let told: BTreeSet<String> =
                subscriptions.chain(branches).chain(identities).map(|id| id.lower()).collect();
            let asked: BTreeSet<&str> =
                targets.iter().filter_map(|one| one.strip_prefix("azure:tenant/")).collect();
            let mut one = told.iter().map(String::as_str);
            let found = match (one.next(), one.next()) {
                (Some(id), None) => Some(id),
                _ if asked.len() == 1 => asked.first().copied(),
                _ => None,
            };
            match found {
                Some(id) => Ok(id.to_ascii_lowercase()),
                None => {
                    let document = paths.values().next().map(DocPath::to_string).unwrap_or_default();
                    let problem = "no document tells the tenant; add `tenant.json`, or put the documents into \
                                   `tenants/<tenant id>/`";
                    wrong(document, "the folder", problem.to_owned())
                }
            }
        }
    }
}

impl Tenant {
    /// Notes what is open about the documents, and what is wrong with them.
    pub(super) fn new(
        id: String,
        files: &Files<'_>,
        manifest: Option<&Manifest>,
        noted: &Noted,
        loaded: Loaded,
        estate: &mut EstateBuilder,
    ) -> Self {
        let clock = manifest.map(|manifest| manifest.collected_at).or_else(|| files.newest());
        let clock = clock.unwrap_or(Timestamp::UNIX_EPOCH);
        let single = |gap: &Gap| -> Vec<(Text, String)> {
            gap.affects.iter().map(|one| (gap.read.clone(), one.to_ascii_lowercase())).collect()
        };
        let unread = noted.all().iter().flat_map(single).collect();
        let mut tenant = Self {
            scope: scope_id(&id),
            id,
            clock,
            open: BTreeMap::new(),
            doubtful: BTreeSet::new(),
            unread,
        };
        let mut troubles = loaded.troubles;
        for (collection, presence) in &loaded.presence {
            let (reason, what) = match presence {
                Presence::Whole => continue,
                Presence::Truncated => (GapReason::Truncated, "lacks pages"),
                Presence::Absent => (GapReason::NotProvided, "is not in the folder"),
            };
            if troubles.iter().any(|known| {
                known.collection == *collection
                    && known.reason == GapReason::Invalid
                    && known.affects.is_empty()
            }) || tenant.is_moot(*collection, files)
            {
                continue;
            }
            // What a fetch noted says more; what it noted of single things says nothing of the others.
            let whole = noted.about(*collection, &tenant.scope).find(|gap| gap.affects.is_empty());
            match whole {
                Some(gap) => drop(tenant.open.insert(*collection, gap.id.clone())),
                None if *presence == Presence::Truncated
                    && noted.about(*collection, &tenant.scope).next().is_some() => {}
                None => troubles.push(super::load::Trouble {
                    collection: *collection,
                    reason,
                    detail: format!("`{}` {what}", collection.file()),
                    affects: Vec::new(),
                }),
            }
        }
        let noted = Collection::ALL.iter().filter(|one| noted.about(**one, &tenant.scope).next().is_some());
        tenant.doubtful = troubles.iter().map(|one| one.collection).chain(noted.copied()).collect();
        tenant.tell(troubles, estate);
        tenant
    }

    /// Several documents share a read, and so a gap: its detail tells of all of them.
    fn tell(&mut self, mut troubles: Vec<super::load::Trouble>, estate: &mut EstateBuilder) {
        troubles.sort();
        let mut gaps: BTreeMap<_, Told<'_>> = BTreeMap::new();
        for one in &troubles {
            let told = gaps.entry((one.collection.read(), one.reason, &one.affects)).or_default();
            told.details.insert(&one.detail);
            told.collections.insert(one.collection);
        }
        for ((read, reason, affects), told) in gaps {
            let detail = told.details.into_iter().collect::<Vec<_>>().join("; ");
            let names = affects.iter().map(|one| Text::from(one.as_str())).collect();
            let gap = Gap::new(Provider::Azure, Some(self.scope.clone()), read, reason, detail, names);
            let id = estate.gap(gap);
            if affects.is_empty() {
                for collection in told.collections {
                    self.open.insert(collection, id.clone());
                }
            }
        }
    }

    /// Whether nothing could be in a document, because what it is about does not exist.
    fn is_moot(&self, collection: Collection, files: &Files<'_>) -> bool {
        use Collection as C;
        match collection {
            // Only asked whether it is there, which nothing depends on yet.
            C::ConsentPolicies => true,
            C::Sponsors => !files.service_principals.iter().any(service_principals::is_agent),
            C::ApplicationFederation => files.applications.is_empty(),
            C::GroupMembers | C::GroupAssignmentInstances | C::GroupEligibilityInstances => {
                files.groups.is_empty()
            }
            C::ManagedIdentityFederation => files.user_assigned.is_empty(),
            C::VaultObjects => files.vaults.is_empty(),
            // Only asked for on request; that it was not read shows in every key.
            C::KeyRotationPolicies => true,
            C::HsmAssignments | C::HsmRoles => files.hsms.is_empty(),
            _ => false,
        }
    }

    /// The gap that leaves a document as a whole open, if one does.
    pub(super) fn open(&self, collection: Collection) -> Option<&GapId> {
        self.open.get(&collection)
    }

    /// Whether a document may lack something, so that what is not in it need not contradict it.
    pub(super) fn is_doubtful(&self, collection: Collection) -> bool {
        self.doubtful.contains(&collection)
    }

    /// Notes a gap of the tenant, named by a document's read.
    pub(super) fn note(
        &self,
        collection: Collection,
        reason: GapReason,
        detail: &str,
        affects: impl IntoIterator<Item = impl AsRef<str>>,
        estate: &mut EstateBuilder,
    ) -> GapId {
        self.gap(collection.read(), reason, detail, affects, estate)
    }

    fn gap(
        &self,
        read: &'static str,
        reason: GapReason,
        detail: &str,
        affects: impl IntoIterator<Item = impl AsRef<str>>,
        estate: &mut EstateBuilder,
    ) -> GapId {
        let affects = affects.into_iter().map(|one| Text::from(one.as_ref())).collect();
        estate.gap(Gap::new(Provider::Azure, Some(self.scope.clone()), read, reason, detail, affects))
    }

    /// Notes single things that a document should tell of and does not, but for those that a fetch noted by itself.
    pub(super) fn not_provided(
        &self,
        read: &'static str,
        detail: &str,
        things: impl Iterator<Item = String>,
        estate: &mut EstateBuilder,
    ) {
        let known = |thing: &String| self.unread.contains(&(read.into(), thing.to_ascii_lowercase()));
        let things: Vec<String> = things.filter(|thing| !known(thing)).collect();
        if !things.is_empty() {
            self.gap(read, GapReason::NotProvided, detail, things, estate);
        }
    }

    /// Notes that documents contradict each other about some things, if there are any.
    pub(super) fn inconsistent(
        &self,
        collection: Collection,
        detail: &str,
        affects: &BTreeSet<String>,
        estate: &mut EstateBuilder,
    ) {
        if !affects.is_empty() {
            self.note(collection, GapReason::Inconsistent, detail, affects, estate);
        }
    }
}

/// What one gap tells.
#[derive(Default)]
struct Told<'t> {
    details: BTreeSet<&'t str>,
    collections: BTreeSet<Collection>,
}

/// Reads a tenant into the estate.
pub(super) fn read(
    tenant: &Tenant,
    files: &Files<'_>,
    group_names: &mut GroupNames,
    estate: &mut EstateBuilder,
) {
    let name = files.tenant.first().and_then(|one| one.display_name.as_deref());
    estate.scope(scope(&tenant.id, name.map(Text::from)));
    let mut scopes = Scopes::new(tenant, files, group_names);
    scopes.add_tree(estate);
    let managed = Managed::of(files);
    let sign_ins = SignIns::new(tenant, files, estate);
    let holders = Holders::of(files);
    service_principals::read(tenant, files, &holders, &managed, &sign_ins, &mut scopes, estate);
    applications::read(tenant, files, &holders, &sign_ins, estate);
    users::read(tenant, files, &sign_ins, estate);
    groups::read(tenant, files, &holders, estate);
    memberships::read(tenant, files, &holders, estate);
    owners::read(tenant, files, &holders, estate);
    federation::read(tenant, files, &holders, &managed, estate);
    directory_roles::read(tenant, files, &holders, estate);
    app_roles::read(tenant, files, &holders, estate);
    consents::read(tenant, files, estate);
    let mut azure_roles = AzureRoles::of(&files.azure_roles);
    assignments::read(tenant, files, &holders, &mut azure_roles, &mut scopes, estate);
    deny::read(files, &holders, &mut scopes, estate);
    workloads::read(tenant, files, &managed, &mut scopes, estate);
    vaults::read(files, &mut scopes, estate);
    access_policies::read(tenant, files, &holders, &mut scopes, estate);
    local_roles::read(tenant, files, &holders, &mut scopes, estate);
    objects::read(tenant, files, estate);
    tenant_policy::read(tenant, files, estate);
}
