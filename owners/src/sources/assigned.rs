//! The groups whose people use a role that IAM Identity Center keeps.

use census_model::{Assignee, AssigneeKind, Claim, ClaimSource, Evidence, Identity, Index, PermissionSet};

use crate::owner_name;

/// Claims of groups to which permission sets are assigned.
pub(crate) struct AssignedSource<'a> {
    index: &'a Index<'a>,
}

impl<'a> AssignedSource<'a> {
    pub(crate) fn new(index: &'a Index<'a>) -> Self {
        Self { index }
    }

    /// What the groups claim that may use a role. Whoever administers IAM Identity Center could change it, but they use
    /// it. A single user is a person of whom no more than an id is known, and claims nothing.
    pub(crate) fn claims(&self, identity: &Identity) -> Vec<Claim> {
        let Some(set) = self.index.permission_set(&identity.id) else { return Vec::new() };
        let assigned = set.assigned.known().into_iter().flatten();
        assigned.filter_map(|assignee| claim(set, assignee)).collect()
    }
}

fn claim(set: &PermissionSet, assignee: &Assignee) -> Option<Claim> {
    let name = assignee.name.as_deref().filter(|_| assignee.kind == AssigneeKind::Group)?;
    let label = format!("permission set {} assigned to group", set.name);
    Some(Claim {
        source: ClaimSource::AssignedGroup,
        business_owner: Some(owner_name::named(name)?),
        technical_steward: None,
        evidence: vec![Evidence::new(label, &*assignee.id).from_source(&*set.native_id)],
    })
}
