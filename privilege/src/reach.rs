//! What every identity of an estate can do, over all clouds.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{IdentityId, Path, Reaches};

use crate::{aws, azure};

/// The reach of every identity.
pub fn of_estate(aws: &aws::access::Access<'_>, azure: &azure::access::Access<'_>) -> Reaches {
    let mut reaches = aws::reach::of_estate(aws);
    reaches.of.extend(azure::reach::of_estate(azure).of);
    reaches
}

/// For every identity that can come to act as one of the targets, the shortest paths there, at most
/// [`Reach::PATHS`](census_model::Reach::PATHS). Only documented techniques count. The targets themselves are left out.
pub fn ways_to(
    access: &aws::access::Access<'_>,
    targets: &BTreeSet<&IdentityId>,
) -> BTreeMap<IdentityId, Vec<Path>> {
    aws::reach::ways_to(access, targets)
}
