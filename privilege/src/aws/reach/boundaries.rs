//! The permissions boundaries of an account: policies with which something new can be made where it must have one.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeSet, HashMap},
};

use census_model::{ScopeId, Via};

use super::{admin, world::World};
use crate::{
    escalation::{Left, NodeId},
    truth::Truth,
};

/// How many boundaries of an account are tried.
const TRIED: usize = 8;

/// The policies that are somebody's boundary, by account and ARN, gathered when they are first asked for.
#[derive(Default)]
pub(super) struct Boundaries<'e> {
    all: OnceCell<HashMap<&'e ScopeId, BTreeSet<&'e str>>>,
    wide: RefCell<HashMap<(&'e ScopeId, &'e str), Truth>>,
}

impl<'e> Boundaries<'e> {
    /// Those of one account that a caller tries.
    pub(super) fn of(&self, world: &World<'_, 'e>, account: &ScopeId, caller: NodeId) -> Vec<&'e str> {
        let all = self.all.get_or_init(|| {
            let mut all: HashMap<&ScopeId, BTreeSet<&str>> = HashMap::new();
            for grant in &world.access.index().estate().grants {
                if let Via::Boundary { native_id } = &grant.via {
                    all.entry(&grant.scope).or_default().insert(native_id);
                }
            }
            all
        });
        let all = all.get(account);
        if all.is_some_and(|all| all.len() > TRIED) {
            world.end(caller, Left::Levels);
        }
        all.into_iter().flatten().copied().take(TRIED).collect()
    }

    /// Whether a boundary lets whoever is otherwise allowed everything administer an account.
    pub(super) fn leaves_administration(
        &self,
        world: &World<'_, 'e>,
        account: &'e ScopeId,
        boundary: &'e str,
    ) -> Truth {
        if let Some(known) = self.wide.borrow().get(&(account, boundary)) {
            return *known;
        }
        let policy = world.access.managed_policy(boundary);
        let at = world.accounts.iter().find(|one| one.scope == account);
        let truth = match (policy, at) {
            (Some(policy), Some(at)) => {
                admin::actor_administers(world, &world.access.administrator_within(account, policy), at)
            }
            _ => Truth::No,
        };
        self.wide.borrow_mut().insert((account, boundary), truth);
        truth
    }
}
