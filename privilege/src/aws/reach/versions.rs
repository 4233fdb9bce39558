//! The versions of customer managed policies: whether another can be written, and which can be brought back.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>

use std::{cell::OnceCell, collections::HashMap};

use census_model::{Grant, PolicyId, Resource, ResourceKind};

use super::world::World;

/// How many versions a managed policy can have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST: usize = 5;

/// The policies that have several versions, by their ARNs, gathered when they are first asked for. Of others whose text was
/// read there is one.
#[derive(Default)]
pub(super) struct Versions<'e>(OnceCell<HashMap<&'e str, &'e Resource>>);

impl<'e> Versions<'e> {
    /// Whether a policy, by its ARN, takes no more versions. Where it is not known there is room.
    pub(super) fn are_full(&self, world: &World<'_, 'e>, arn: &str) -> bool {
        self.of(world, arn).is_some_and(|policy| policy.parts.len() >= MOST)
    }

    /// The texts of an attached policy's versions other than the one that counts, as far as they were read.
    pub(super) fn others(&self, world: &World<'_, 'e>, arn: &str, grant: &Grant) -> Vec<&'e PolicyId> {
        let others = self.of(world, arn).into_iter().flat_map(|policy| policy.versions.values());
        let mut others: Vec<&PolicyId> = others.filter(|text| Some(*text) != grant.policy.as_ref()).collect();
        others.sort_unstable();
        others.dedup();
        others
    }

    /// Whether a policy may have another version whose text was not read.
    pub(super) fn may_have_unread(&self, world: &World<'_, 'e>, arn: &str, grant: &Grant) -> bool {
        match self.of(world, arn) {
            Some(policy) => policy.versions.len() + 1 < policy.parts.len(),
            None => grant.policy.is_none(),
        }
    }

    fn of(&self, world: &World<'_, 'e>, arn: &str) -> Option<&'e Resource> {
        let gather = || {
            let all = world.access.index().estate().resources.iter();
            let policies = all.filter(|resource| resource.kind == ResourceKind::AwsIamPolicy);
            policies.map(|policy| (&*policy.native_id, policy)).collect()
        };
        self.0.get_or_init(gather).get(arn).copied()
    }
}
