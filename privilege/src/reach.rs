//! What every identity of an estate can do, over all clouds.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{IdentityId, Path, Reaches};

use crate::aws::{self, access::Access};

/// The reach of every identity.
pub fn of_estate(access: &Access<'_>) -> Reaches {
    aws::reach::of_estate(access)
}

/// For every identity that can come to act as one of the targets, the shortest paths there, at most
/// [`Reach::PATHS`](census_model::Reach::PATHS). Only documented techniques count. The targets themselves are left out.
pub fn ways_to(access: &Access<'_>, targets: &BTreeSet<&IdentityId>) -> BTreeMap<IdentityId, Vec<Path>> {
    aws::reach::ways_to(access, targets)
}
