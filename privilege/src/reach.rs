//! What every identity of an estate can do, over all clouds.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{IdentityId, Outsider, Path, Reaches};

use crate::{
    aws, azure,
    crossing::{
        Joined,
        outside::{self, Doors},
    },
    escalation::{self, NodeId},
};

/// The reach of every identity, and of those outside who become one.
pub fn of_estate<'e>(aws: &aws::access::Access<'e>, azure: &azure::access::Access<'e>) -> Reaches {
    let (of_aws, of_azure) = (aws::reach::Data::new(), azure::ways::Data::new());
    let (aws_steps, mut own) = of_aws.found(aws, aws::reach::Administrators::Elsewhere);
    let mut azure_steps = azure::ways::Ways::new(azure, &of_azure, Joined::AZURE);
    own.extend(azure::reach::judge(azure, &mut azure_steps));
    let mut joined = Joined::new(aws, aws_steps, azure_steps);
    let mut reaches = escalation::reaches(aws.index(), &mut joined, own);
    outside::add(&Doors::new(aws), &mut reaches);
    reaches
}

/// The shortest paths to somebody, at most [`Reach::PATHS`](census_model::Reach::PATHS) of each who has one.
#[derive(Debug, Default)]
pub struct WaysTo {
    /// Of identities.
    pub of: BTreeMap<IdentityId, Vec<Path>>,
    /// Of those outside.
    pub outside: Vec<(Outsider, Vec<Path>)>,
}

/// For everybody who can come to act as one of the targets, the shortest paths there. Only documented techniques count. The
/// targets themselves are left out.
pub fn ways_to<'e>(
    aws: &aws::access::Access<'e>,
    azure: &azure::access::Access<'e>,
    targets: &BTreeSet<&IdentityId>,
) -> WaysTo {
    let (of_aws, of_azure) = (aws::reach::Data::new(), azure::ways::Data::new());
    let (aws_steps, _) = of_aws.found(aws, aws::reach::Administrators::Everywhere);
    let mut azure_steps = azure::ways::Ways::new(azure, &of_azure, Joined::AZURE);
    azure::reach::judge(azure, &mut azure_steps);
    let mut joined = Joined::new(aws, aws_steps, azure_steps);
    let aims: Vec<NodeId> = targets.iter().filter_map(|id| joined.of_identity(id)).collect();
    let of = escalation::ways_to(&mut joined, &aims, targets);
    let outside = outside::ways_to(&Doors::new(aws), targets, &of);
    WaysTo { of, outside }
}
