//! The groups that make whoever is put into them an administrator.

use std::cell::OnceCell;

use census_model::Group;

use super::{actions::Mask, admin, world::World};
use crate::truth::Truth;

/// Groups, each with whether its policies give administration, the surest first.
type Known<'e> = Vec<(&'e Group, Truth)>;

/// The groups of each account whose own policies give administration, found when they are first asked for.
#[derive(Default)]
pub(super) struct AdminGroups<'e>(OnceCell<Vec<OnceCell<Known<'e>>>>);

impl<'e> AdminGroups<'e> {
    /// Those of one account.
    pub(super) fn of<'w>(&'w self, world: &World<'_, 'e>, account: usize) -> &'w [(&'e Group, Truth)] {
        let all = self.0.get_or_init(|| world.accounts.iter().map(|_| OnceCell::new()).collect());
        all.get(account).map_or(&[], |cell| cell.get_or_init(|| find(world, account)))
    }
}

fn find<'e>(world: &World<'_, 'e>, position: usize) -> Known<'e> {
    let Some(account) = world.accounts.get(position) else { return Vec::new() };
    let index = world.access.index();
    let mut found = Known::new();
    for group in index.groups().filter(|group| group.scope == *account.scope) {
        let grants = index.grants_of_group(&group.id).iter();
        let policies: Vec<_> = grants.filter_map(|grant| world.access.policy_of(grant)).collect();
        let mut mask = Mask::default();
        policies.iter().for_each(|policy| mask.union(world.actions.named_by(policy)));
        if !admin::names_enough(world, mask) {
            continue;
        }
        let member = world.access.holder_of(account.scope, policies);
        match admin::actor_administers(world, &member, account) {
            Truth::No => {}
            gives => found.push((group, gives)),
        }
    }
    found.sort_by(|(a, sure_a), (b, sure_b)| sure_b.cmp(sure_a).then_with(|| a.id.cmp(&b.id)));
    found
}
