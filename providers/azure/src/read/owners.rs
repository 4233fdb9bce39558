//! Whom the directory names as owner or sponsor.

use std::collections::{BTreeSet, HashSet};

use census_model::{Activation, Bounds, DirectoryOwner, EstateBuilder, Relation};

use super::{
    files::Files,
    holders::{Holders, identity_id},
    service_principals::is_agent,
    tenant::Tenant,
};
use crate::documents::{Collection, directory::GroupInstance, value::at};

/// The read of the owners of groups, as gaps name it.
const OWNERS_OF_GROUPS: &str = "GroupMember.Read.All/owners";

/// Adds owners and sponsors.
pub(super) fn read(tenant: &Tenant, files: &Files<'_>, holders: &Holders<'_>, estate: &mut EstateBuilder) {
    let mut unknown = BTreeSet::new();
    let owners = files.owners.iter().map(|one| (one.id.lower(), &one.owners, Relation::Owner));
    let sponsors = files.sponsors.iter().map(|one| (one.id.lower(), &one.sponsors, Relation::Sponsor));
    for (id, named, relation) in owners.chain(sponsors) {
        let Some((of, object)) = holders.owned(&id) else {
            if named.as_ref().is_some_and(|named| !named.is_empty()) {
                unknown.insert(id);
            }
            continue;
        };
        for who in named.iter().flatten() {
            let (of, who) = (of.clone(), identity_id(&who.id));
            estate.directory_owner(DirectoryOwner {
                of,
                object,
                who,
                relation,
                activation: Activation::Standing,
            });
        }
    }
    tenant.inconsistent(
        Collection::Owners,
        "these have owners and are in no other document",
        &unknown,
        estate,
    );
    let active = files.group_active.iter().map(|one| (one, Activation::Active as fn(Bounds) -> Activation));
    let eligible =
        files.group_eligible.iter().map(|one| (one, Activation::Eligible as fn(Bounds) -> Activation));
    for (one, kind) in active.chain(eligible) {
        of_instance(one, kind, holders, estate);
    }
    unread(tenant, files, holders, estate);
}

/// An ownership of a group that Privileged Identity Management keeps.
fn of_instance(
    one: &GroupInstance<'_>,
    kind: fn(Bounds) -> Activation,
    holders: &Holders<'_>,
    estate: &mut EstateBuilder,
) {
    let is_owner = one.access_id.as_ref().is_some_and(|access| access.eq_ignore_ascii_case("owner"));
    let Some((of, object)) = holders.owned(&one.group_id.lower()).filter(|_| is_owner) else { return };
    let activation = kind(Bounds { from: at(one.start_date_time), until: at(one.end_date_time) });
    // An ownership that lasts stands among the owners already.
    if matches!(activation, Activation::Active(bounds) if bounds.until.is_none()) {
        return;
    }
    let who = identity_id(&one.principal_id);
    estate.directory_owner(DirectoryOwner { of, object, who, relation: Relation::Owner, activation });
}

/// What is not listed was not asked for its owners, which is not the same as having none.
fn unread(tenant: &Tenant, files: &Files<'_>, holders: &Holders<'_>, estate: &mut EstateBuilder) {
    let principals = || files.service_principals.iter();
    let told: HashSet<String> = files.owners.iter().map(|one| one.id.lower()).collect();
    if tenant.open(Collection::Owners).is_none() {
        let objects =
            principals().map(|one| one.id.lower()).chain(files.applications.iter().map(|one| one.id.lower()));
        let detail = "the owners of these are not in the documents";
        tenant.not_provided(
            Collection::Owners.read(),
            detail,
            objects.filter(|id| !told.contains(id)),
            estate,
        );
        let groups = holders.groups().filter(|id| !told.contains(*id)).map(str::to_owned);
        let detail = "the owners of these groups are not in the documents";
        tenant.not_provided(OWNERS_OF_GROUPS, detail, groups, estate);
    }
    if tenant.open(Collection::Sponsors).is_none() {
        let told: HashSet<String> = files.sponsors.iter().map(|one| one.id.lower()).collect();
        let agents = principals().filter(|one| is_agent(one)).map(|one| one.id.lower());
        let detail = "the sponsors of these agent identities are not in the documents";
        tenant.not_provided(
            Collection::Sponsors.read(),
            detail,
            agents.filter(|id| !told.contains(id)),
            estate,
        );
    }
}
