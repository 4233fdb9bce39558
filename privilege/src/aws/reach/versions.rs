//! Which customer managed policies have as many versions as there can be, so that one has to go before another is written.

use std::{cell::OnceCell, collections::HashSet};

use census_model::ResourceKind;

use super::world::World;

/// How many versions a managed policy can have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST: usize = 5;

/// The policies that are full, gathered when they are first asked for. Of others it is not known that they are.
#[derive(Default)]
pub(super) struct Full<'e>(OnceCell<HashSet<&'e str>>);

impl<'e> Full<'e> {
    /// Whether a policy, by its ARN, is.
    pub(super) fn has(&self, world: &World<'_, 'e>, arn: &str) -> bool {
        let gather = || {
            let all = world.access.index().estate().resources.iter();
            let policies = all.filter(|resource| resource.kind == ResourceKind::AwsIamPolicy);
            policies.filter(|policy| policy.parts.len() >= MOST).map(|policy| &*policy.native_id).collect()
        };
        self.0.get_or_init(gather).contains(arn)
    }
}
