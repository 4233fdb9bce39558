//! In which regions a caller may try something.
//!
//! A request goes to the region that its resource's ARN names. Where the caller chooses what it makes it chooses the
//! region, too; that is tried in one region, and in others only where a policy tells regions apart.

use super::world::{Account, World};
use crate::aws::{
    access::{actor::Actor, home_region},
    pattern::Pattern,
    statement::Statement,
};

/// The condition key, in lower case.
const REQUESTED_REGION: &str = "aws:requestedregion";

/// The regions of each partition, as SDKs list them.
/// <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>
const REGIONS: [(&str, &[&str]); 3] = [
    (
        "aws",
        &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "mx-central-1",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    ),
    ("aws-cn", &["cn-north-1", "cn-northwest-1"]),
    ("aws-us-gov", &["us-gov-east-1", "us-gov-west-1"]),
];

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
    let all = REGIONS.iter().find(|(partition, _)| *partition == account.partition);
    let all = all.map_or(&[][..], |(_, regions)| regions).iter().copied().filter(|region| *region != home);
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
