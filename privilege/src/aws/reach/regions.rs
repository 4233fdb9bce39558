//! In which regions a caller may try something.
//!
//! A request goes to the region that its resource's ARN names. Where the caller chooses what it makes it chooses the
//! region, too; that is tried in one region, and in others only where a policy tells regions apart.

use super::world::{Account, World};
use crate::aws::{
    access::{actor::Actor, home_region},
    pattern::Pattern,
    regions::of_partition,
    statement::Statement,
};

/// The condition key, in lower case.
const REQUESTED_REGION: &str = "aws:requestedregion";

/// The regions that are worth trying besides [`home_region`]: those that the caller's policies, or the control policies on
/// the account's resources, name in a condition, and one that they do not name, should they deny those that they do.
pub(super) fn others<'s, 'e>(
    world: &World<'s, 'e>,
    actor: &Actor<'s, 'e>,
    account: &Account<'e>,
) -> Vec<&'static str> {
    let mut named: Vec<Pattern> = Vec::new();
    for policy in actor.limiting().chain(world.access.resource_controls(account.scope)) {
        named.extend(policy.statements.iter().flat_map(conditions));
    }
    if named.is_empty() {
        return Vec::new();
    }
    let home = home_region(account.partition);
    let all = of_partition(account.partition).filter(|region| *region != home);
    let (mut regions, rest): (Vec<&str>, Vec<&str>) =
        all.partition(|region| named.iter().any(|pattern| pattern.matches_fixed(region)));
    regions.extend(rest.first());
    regions
}

fn conditions(statement: &Statement) -> impl Iterator<Item = Pattern> + '_ {
    let tests = statement.tests().iter().filter(|test| test.is_about(REQUESTED_REGION));
    tests.flat_map(|test| test.source().values.iter().map(|value| Pattern::glob(&value.to_ascii_lowercase())))
}

/// The region that an ARN names, if it names one.
pub(super) fn of(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}

/// An ARN in another region than the one that stands for any.
pub(super) fn moved(resource: &str, partition: &str, region: &str) -> Option<String> {
    let mut parts: Vec<&str> = resource.splitn(6, ':').collect();
    let place = parts.get_mut(3).filter(|place| **place == home_region(partition))?;
    *place = region;
    Some(parts.join(":"))
}
