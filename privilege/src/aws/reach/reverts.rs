//! Steps by which callers bring back older versions of the policies that they have, and of their boundaries.

use std::collections::BTreeMap;

use census_model::{Grant, PolicyId};

use super::{
    needs::Resources,
    owned::{customer_boundary, customer_policy, grants},
    prepared::Prepared,
    steps::{Found, Through},
};
use crate::{
    aws::access::Change,
    escalation::{Left, NodeId},
    truth::Truth,
};

/// How many policies one caller brings older versions back of, one after the other.
const MOST: usize = 2;

impl<'s, 'e> Found<'s, 'e> {
    /// What comes of bringing back an older version of a policy, as far as that is new.
    pub(super) fn revert(&mut self, caller: NodeId, prepared: &Prepared, number: usize) -> Vec<NodeId> {
        if !self.may_be(caller, prepared) {
            return Vec::new();
        }
        let mut new = Vec::new();
        for (arn, texts) in self.revertible(caller) {
            let resources = Resources { target: Some(arn), ..Resources::default() };
            let truth = self.own_truth(caller, prepared, &resources);
            if truth == Truth::No {
                continue;
            }
            if self.reverted(caller) >= MOST {
                self.world.end(caller, Left::Levels);
                break;
            }
            for text in texts {
                if self.has_enough_forms(caller) {
                    return new;
                }
                let change = Change::Reverted(arn.into(), text.clone());
                new.extend(self.own_edge(caller, (number, truth), change, Through::Thing(arn.into())));
            }
        }
        new
    }

    /// The policies of a caller, and its boundary, that are as they were read, with the texts of their other versions.
    fn revertible(&self, caller: NodeId) -> BTreeMap<&'e str, Vec<&'e PolicyId>> {
        let world = &self.world;
        let Some((identity, form)) = world.node(caller).and_then(|node| node.identity()) else {
            return BTreeMap::new();
        };
        let is_as_read = |grant: &&'e Grant| !form.drops(grant) && form.reverted(grant).is_none();
        let all = grants(world, identity, form).filter(is_as_read).filter_map(|grant| {
            let arn = customer_policy(grant).or_else(|| customer_boundary(grant))?;
            Some((arn, world.versions.others(world, arn, grant)))
        });
        all.filter(|(_, texts)| !texts.is_empty()).collect()
    }

    /// Of how many policies a caller has brought an older version back.
    fn reverted(&self, caller: NodeId) -> usize {
        let form = self.world.node(caller).and_then(|node| node.identity()).map(|(_, form)| form);
        let is_meant = |change: &&Change| matches!(change, Change::Reverted(..));
        form.map_or(0, |form| form.changes().iter().filter(is_meant).count())
    }
}
