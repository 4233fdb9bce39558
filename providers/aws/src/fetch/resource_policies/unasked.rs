//! What can have a policy of its own and is not asked for it.

use census_model::{GapReason, Text};
use census_privilege::aws::{access::OTHER_POLICIES_READ, services::services_with_resource_policies};

use super::COLLECTIONS;
use crate::{
    client::Partition,
    fetch::account::{Account, account_gap},
};

/// Notes what no read brings, so that an answer about it stays open: what was not asked for is not known to be absent.
pub(super) fn note(account: &mut Account<'_>, partition: Partition) {
    let is_asked = |name: &str| COLLECTIONS.iter().any(|one| one.service.name == name);
    let all = |name: &str| Text::from(format!("arn:{}:{name}:*", partition.as_str()));
    let others = services_with_resource_policies().filter(|name| !is_asked(name)).map(all).collect();
    let detail = "a scan does not ask resources of these services for policies of their own".to_owned();
    let gap = account_gap(account.id, OTHER_POLICIES_READ, GapReason::NotRequested, detail, others);
    account.batch.gaps.push(gap);
}
