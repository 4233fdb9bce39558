//! What questions about the directory look up, made once.

use std::collections::{HashMap, HashSet};

use census_model::{Attachment, DirectoryOwner, Estate, Grant, IdentityId, Via};

use super::Access;

/// What is looked up in an estate.
pub(super) struct Lookups<'e> {
    owned: HashMap<&'e IdentityId, Vec<&'e DirectoryOwner>>,
    of_groups: Vec<&'e Grant>,
    roles: HashSet<&'e str>,
}

impl<'e> Lookups<'e> {
    fn of(estate: &'e Estate) -> Self {
        let mut owned: HashMap<_, Vec<_>> = HashMap::new();
        for one in &estate.directory_owners {
            owned.entry(&one.who).or_default().push(one);
        }
        owned.values_mut().for_each(|list| list.sort());
        let is_directory =
            |grant: &&Grant| matches!(grant.via, Via::DirectoryRole { .. } | Via::AppRole { .. });
        let of_group = |grant: &&Grant| matches!(grant.attached_to, Attachment::Group(_));
        let role = |grant: &'e Grant| match &grant.via {
            Via::DirectoryRole { role, .. } => Some(&**role),
            _ => None,
        };
        Self {
            owned,
            of_groups: estate.grants.iter().filter(is_directory).filter(of_group).collect(),
            roles: estate.grants.iter().filter_map(role).collect(),
        }
    }
}

impl<'e> Access<'e> {
    fn lookups(&self) -> &Lookups<'e> {
        self.lookups.get_or_init(|| Lookups::of(self.index.estate()))
    }

    /// What an identity owns in the directory, or is sponsor of.
    pub(in crate::azure) fn owned_by(&self, id: &IdentityId) -> &[&'e DirectoryOwner] {
        self.lookups().owned.get(id).map_or(&[], Vec::as_slice)
    }

    /// The directory roles and application permissions of groups.
    pub(in crate::azure) fn directory_grants_of_groups(&self) -> &[&'e Grant] {
        &self.lookups().of_groups
    }

    /// Whether somebody holds the directory role of this id.
    pub(in crate::azure) fn is_directory_role(&self, id: &str) -> bool {
        self.lookups().roles.contains(id)
    }
}
