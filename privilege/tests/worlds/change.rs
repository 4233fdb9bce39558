//! What laws change in a world.

use proptest::{
    prelude::*,
    sample::{Index, select},
};
use serde_json::Value;

use super::{Who, World, draw, everybody};

/// A world before and after a change.
pub(crate) type Changed = (World, World);

/// The statements of every policy that denies as well as allows, trust policies apart.
fn policies(world: &mut World) -> Vec<&mut Vec<Value>> {
    let inline = world.inline.values_mut();
    let boundaries = world.boundaries.values_mut();
    let managed = Some(&mut world.managed).filter(|list| !list.is_empty());
    inline.chain(boundaries).chain(managed).chain(&mut world.control).collect()
}

/// A world with one more denial, in any policy.
pub(crate) fn with_denial() -> BoxedStrategy<Changed> {
    (draw::world(), draw::denial(), any::<Index>())
        .prop_map(|(before, denial, at)| {
            let mut after = before.clone();
            let mut policies = policies(&mut after);
            let at = at.index(policies.len());
            policies[at].push(denial);
            (before, after)
        })
        .boxed()
}

/// A world with one more limit: a boundary of somebody who has none, or of the account.
pub(crate) fn with_limit() -> BoxedStrategy<Changed> {
    (draw::world(), draw::limit(), select(everybody()))
        .prop_map(|(mut before, limit, who)| {
            let mut after;
            if matches!(who, Who::Group(_)) {
                before.control = None;
                after = before.clone();
                after.control = Some(limit);
            } else {
                before.boundaries.remove(&who);
                after = before.clone();
                after.boundaries.insert(who, limit);
            }
            (before, after)
        })
        .boxed()
}

/// A world in which somebody is allowed one more thing.
pub(crate) fn with_allowance() -> BoxedStrategy<Changed> {
    (draw::world(), draw::allowance(), select(everybody()))
        .prop_map(|(before, allowance, who)| {
            let mut after = before.clone();
            after.inline.entry(who).or_default().push(allowance);
            (before, after)
        })
        .boxed()
}

/// A world without one of its users or roles.
pub(crate) fn without_somebody() -> BoxedStrategy<Changed> {
    let whom = select(everybody()).prop_filter("groups stay", |who| !matches!(who, Who::Group(_)));
    (draw::world(), whom)
        .prop_map(|(before, who)| {
            let after = World { gone: Some(who), ..before.clone() };
            (before, after)
        })
        .boxed()
}
