//! Groups.

use std::collections::{BTreeMap, HashSet};

use census_model::{EstateBuilder, Group, GroupId, Text};

use super::{
    files::Files,
    holders::{Holders, group_id, is_of_type},
    tenant::Tenant,
};
use crate::documents::{directory, value::at};

/// Adds groups: those that were read, and those of which only a group that they are in tells.
pub(super) fn read(tenant: &Tenant, files: &Files<'_>, holders: &Holders<'_>, estate: &mut EstateBuilder) {
    for one in &files.groups {
        estate.group(group(tenant, one));
    }
    let read: HashSet<String> = files.groups.iter().map(|one| one.id.lower()).collect();
    let members = files.group_members.iter().flat_map(|one| [&one.members, &one.transitive_members]);
    let nested = members.flatten().flatten().filter(|one| is_of_type(one.odata_type.as_ref(), "group"));
    // Of several spellings of a name the smallest is taken.
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for one in nested {
        if let Some(name) = one.display_name.as_deref() {
            let known = names.entry(one.id.lower()).or_insert(name);
            *known = name.min(known);
        }
    }
    for id in holders.groups().filter(|id| !read.contains(*id)) {
        let name = names.get(id).copied().unwrap_or(id);
        estate.group(Group { name: name.into(), ..bare(tenant, id) });
    }
}

fn bare(tenant: &Tenant, id: &str) -> Group {
    let native_id: Text = id.to_ascii_lowercase().into();
    let id: GroupId = group_id(id);
    Group {
        id,
        immutable_id: Some(native_id.clone()),
        name: native_id.clone(),
        native_id,
        scope: tenant.scope.clone(),
        created: None,
        role_assignable: false,
        membership_rule: None,
        kept_elsewhere: false,
    }
}

/// Whether a group is synchronized from elsewhere, or is one of Exchange's that Graph only reads.
/// <https://learn.microsoft.com/graph/api/resources/groups-overview>
fn is_kept_elsewhere(one: &directory::Group<'_>) -> bool {
    let is_unified = one.group_types.iter().flatten().any(|kind| kind.eq_ignore_ascii_case("Unified"));
    one.on_premises_sync_enabled == Some(true) || (one.mail_enabled == Some(true) && !is_unified)
}

fn group(tenant: &Tenant, one: &directory::Group<'_>) -> Group {
    let bare = bare(tenant, &one.id);
    let is_dynamic =
        one.group_types.iter().flatten().any(|kind| kind.eq_ignore_ascii_case("DynamicMembership"));
    Group {
        name: one.display_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&bare.name).into(),
        created: at(one.created_date_time),
        role_assignable: one.is_assignable_to_role == Some(true),
        membership_rule: one
            .membership_rule
            .as_deref()
            .filter(|rule| is_dynamic && !rule.is_empty())
            .map(Text::from),
        kept_elsewhere: is_kept_elsewhere(one),
        ..bare
    }
}
