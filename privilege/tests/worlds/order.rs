//! The same in another order.

use census_model::Estate;

use super::World;

/// Orders that follow from a number.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

/// A world whose policies say the same in another order.
pub(crate) fn statements(world: &World, number: u64) -> World {
    let mut dice = Dice(number);
    let mut world = world.clone();
    let lists =
        world.inline.values_mut().chain(world.boundaries.values_mut()).chain(world.trusts.values_mut());
    for list in lists.chain([&mut world.managed]).chain(&mut world.control) {
        // Within a statement nothing moves: without a `Sid` it goes by a digest of its text.
        dice.shuffle(list);
    }
    world
}

/// An estate whose lists are in another order.
pub(crate) fn lists(estate: &mut Estate, number: u64) {
    let mut dice = Dice(number);
    dice.shuffle(&mut estate.identities);
    dice.shuffle(&mut estate.groups);
    dice.shuffle(&mut estate.memberships);
    dice.shuffle(&mut estate.credentials);
    dice.shuffle(&mut estate.grants);
    dice.shuffle(&mut estate.trusts);
    dice.shuffle(&mut estate.workloads);
    dice.shuffle(&mut estate.resources);
}
