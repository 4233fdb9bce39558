//! Which names of IAM are taken.
//!
//! Users, roles, groups and customer managed policies each have names that are unique in an account, whatever their path and
//! the case of their letters.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names>

use std::{cell::OnceCell, collections::HashSet};

use census_model::Via;

use super::world::World;

/// The kinds of things whose names are unique so, as their ARNs call them.
const KINDS: [&str; 4] = ["user", "role", "group", "policy"];

/// A name of IAM.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Name<'a> {
    account: &'a str,
    kind: &'a str,
    lower: String,
}

/// The name that an ARN of IAM holds.
pub(super) fn name(arn: &str) -> Option<Name<'_>> {
    let mut parts = arn.splitn(6, ':').skip(2);
    if parts.next() != Some("iam") {
        return None;
    }
    let (account, (kind, path)) = (parts.nth(1)?, parts.next()?.split_once('/')?);
    let name = path.rsplit('/').next()?;
    KINDS.contains(&kind).then(|| Name { account, kind, lower: name.to_ascii_lowercase() })
}

/// The names that are taken, gathered when they are first asked for.
#[derive(Default)]
pub(super) struct Taken<'e>(OnceCell<HashSet<Name<'e>>>);

impl<'e> Taken<'e> {
    /// Whether a name is.
    pub(super) fn has(&self, world: &World<'_, 'e>, wanted: &Name<'_>) -> bool {
        self.0.get_or_init(|| all(world)).contains(wanted)
    }
}

fn all<'e>(world: &World<'_, 'e>) -> HashSet<Name<'e>> {
    let index = world.access.index();
    let identities = index.estate().identities.iter().map(|identity| &*identity.native_id);
    let groups = index.groups().map(|group| &*group.native_id);
    let policies = index.estate().grants.iter().filter_map(|grant| match &grant.via {
        Via::Managed { native_id, .. } | Via::Boundary { native_id } => Some(&**native_id),
        _ => None,
    });
    let resources = index.estate().resources.iter().map(|resource| &*resource.native_id);
    identities.chain(groups).chain(policies).chain(resources).filter_map(name).collect()
}
