//! Which listed credential is in which slot of the credential report.
//!
//! The report knows the last use but no ids, the lists know the ids but no use. Both know when a credential was
//! created, to the second.

use jiff::{SignedDuration, Timestamp};

use super::report::Slot;

/// A credential of a list, as far as it is needed to find its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) created: Option<Timestamp>,
    pub(super) active: Option<bool>,
}

/// The outcome for one user and kind.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Joined<'r> {
    /// For each entry its slot.
    pub(super) slots: Vec<Option<&'r Slot>>,
    /// The slots that no entry fits.
    pub(super) left: Vec<&'r Slot>,
}

/// Finds the slot of each entry. In turn: the same date and status, the same date, and what alone is left on both
/// sides, unless the entry is newer than the report (`made`) or than the slot, whose date may be that of a later change
/// but not of an earlier one. Where two would fit, neither is chosen, unless they tell the same.
pub(super) fn join<'r>(entries: &[Entry], slots: &'r [Slot], made: Option<Timestamp>) -> Joined<'r> {
    if let Some(slots) = second_by_second(entries, slots) {
        return Joined { slots, left: Vec::new() };
    }
    let mut found: Vec<Option<&Slot>> = vec![None; entries.len()];
    let mut left: Vec<&Slot> = slots.iter().collect();
    let same_status = |entry: &Entry, slot: &Slot| entry.active.is_none_or(|active| active == slot.active);
    let fits = |by: By, entry: &Entry, slot: &Slot| match by {
        By::DateAndStatus => same_date(entry, slot) && same_status(entry, slot),
        By::Date => same_date(entry, slot),
    };
    for by in [By::DateAndStatus, By::Date] {
        let pairs: Vec<(usize, &Slot)> = entries
            .iter()
            .enumerate()
            .filter(|(position, _)| found.get(*position).is_some_and(Option::is_none))
            .filter_map(|(position, entry)| {
                let mut fitting = left.iter().copied().filter(|slot| fits(by, entry, slot));
                let slot = fitting.next()?;
                let rivals = entries
                    .iter()
                    .zip(&found)
                    .filter(|(rival, taken)| taken.is_none() && fits(by, rival, slot))
                    .count();
                (fitting.next().is_none() && rivals == 1).then_some((position, slot))
            })
            .collect();
        for (position, slot) in pairs {
            if let Some(place) = found.get_mut(position) {
                *place = Some(slot);
            }
            left.retain(|other| *other != slot);
        }
    }
    let open: Vec<_> = entries.iter().zip(found.iter_mut()).filter(|(_, slot)| slot.is_none()).collect();
    let settled = match (open.as_slice(), left.as_slice()) {
        ([(entry, _)], [slot]) => !entry.is_newer_than(made) && !entry.is_newer_than(slot.rotated),
        (open, [slot, others @ ..]) => {
            open.len() == left.len()
                && others.iter().all(|other| slot.tells_the_same_as(other))
                && open.iter().all(|(entry, _)| fits(By::DateAndStatus, entry, slot))
        }
        _ => false,
    };
    if settled {
        open.into_iter().zip(left.drain(..)).for_each(|((_, place), slot)| *place = Some(slot));
    }
    Joined { slots: found, left }
}

/// Where both sides name the same seconds, each once, they are one to one. Keys made a second apart would fit each
/// other's slots too, were a second allowed for rounding.
fn second_by_second<'r>(entries: &[Entry], slots: &'r [Slot]) -> Option<Vec<Option<&'r Slot>>> {
    let second = |at: Option<Timestamp>| at.map(Timestamp::as_second);
    let mut seconds: Vec<_> = entries.iter().map(|entry| second(entry.created)).collect::<Option<_>>()?;
    seconds.sort_unstable();
    let are_apart = seconds.windows(2).all(|pair| pair.first() != pair.last());
    let of = |entry: &Entry| slots.iter().find(|slot| second(slot.rotated) == second(entry.created));
    let found: Vec<_> = entries.iter().map(of).collect();
    (are_apart && entries.len() == slots.len() && found.iter().all(Option::is_some)).then_some(found)
}

impl Entry {
    fn is_newer_than(&self, at: Option<Timestamp>) -> bool {
        self.created.zip(at).is_some_and(|(created, at)| created.duration_since(at) >= SAME)
    }
}

impl Slot {
    /// Whether it makes no difference which of the two a credential is in.
    fn tells_the_same_as(&self, other: &Self) -> bool {
        (self.active, self.rotated, &self.used) == (other.active, other.rotated, &other.used)
    }
}

#[derive(Clone, Copy)]
enum By {
    DateAndStatus,
    Date,
}

/// Instants nearer than this are the same second, give or take one for rounding.
const SAME: SignedDuration = SignedDuration::from_secs(2);

/// Whether two sources tell the same instant.
pub(super) fn same(a: Timestamp, b: Timestamp) -> bool {
    a.duration_since(b).abs() < SAME
}

fn same_date(entry: &Entry, slot: &Slot) -> bool {
    entry.created.zip(slot.rotated).is_some_and(|(created, rotated)| same(created, rotated))
}

#[cfg(test)]
mod tests {
    use census_model::LastUse;

    use super::*;

    fn slot(number: u8, second: Option<i64>, active: bool) -> Slot {
        Slot { number, active, rotated: second.map(at), used: None }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn entry(second: Option<i64>, active: bool) -> Entry {
        Entry { created: second.map(at), active: Some(active) }
    }

    fn numbers(entries: &[Entry], slots: &[Slot], made: Option<i64>) -> (Vec<u8>, Vec<u8>) {
        let joined = join(entries, slots, made.map(at));
        (
            joined.slots.iter().map(|slot| slot.map_or(0, |s| s.number)).collect(),
            joined.left.iter().map(|slot| slot.number).collect(),
        )
    }

    #[test]
    fn by_date_whatever_the_order() {
        let slots = [slot(1, Some(1000), true), slot(2, Some(9000), false)];
        assert_eq!(
            numbers(&[entry(Some(9000), false), entry(Some(1001), true)], &slots, None),
            (vec![2, 1], vec![])
        );
        let (a, b) = (entry(Some(1000), false), entry(Some(9000), true));
        assert_eq!(numbers(&[a, b], &slots, None), (vec![1, 2], vec![]), "the status may have changed since");
    }

    #[test]
    fn a_second_apart_is_apart_where_both_sides_say_so() {
        let slots = [slot(1, Some(1000), true), slot(2, Some(1001), true)];
        let (a, b) = (entry(Some(1000), true), entry(Some(1001), true));
        assert_eq!(numbers(&[b, a], &slots, None), (vec![2, 1], vec![]));
        // Rounded otherwise, the one of 1001 may be in either.
        let c = entry(Some(1002), true);
        assert_eq!(numbers(&[b, c], &slots, None), (vec![0, 0], vec![1, 2]));
    }

    #[test]
    fn by_status_where_the_date_is_the_same() {
        let slots = [slot(1, Some(1000), true), slot(2, Some(1000), false)];
        assert_eq!(
            numbers(&[entry(Some(1000), false), entry(Some(1000), true)], &slots, None),
            (vec![2, 1], vec![])
        );
    }

    #[test]
    fn two_that_cannot_be_told_apart_are_not_guessed_unless_it_makes_no_difference() {
        let mut slots = [slot(1, Some(1000), true), slot(2, Some(1000), true)];
        let entries = [entry(Some(1000), true), entry(Some(1000), true)];
        assert_eq!(numbers(&entries, &slots, None), (vec![1, 2], vec![]));
        assert_eq!(numbers(&entries[..1], &slots, None), (vec![0], vec![1, 2]), "one of the two is gone");
        slots[1].used = Some(LastUse { at: at(2000), service: None, region: None });
        assert_eq!(numbers(&entries, &slots, None), (vec![0, 0], vec![1, 2]));
    }

    #[test]
    fn what_alone_is_left_fits_unless_it_is_newer_than_the_report() {
        let slots = [slot(1, Some(1000), true), slot(2, Some(5000), true)];
        let entries = [entry(Some(5000), true), entry(None, true)];
        assert_eq!(numbers(&entries, &slots, None), (vec![2, 1], vec![]));
        // The date of a slot may be that of a later change.
        let entries = [entry(Some(5000), true), entry(Some(500), true)];
        assert_eq!(numbers(&entries, &slots, Some(7000)), (vec![2, 1], vec![]));
        assert_eq!(numbers(&entries, &slots, Some(400)), (vec![2, 0], vec![1]));
    }

    #[test]
    fn a_key_never_takes_the_slot_of_the_one_that_it_replaced() {
        let slots = [slot(1, Some(1000), true)];
        for made in [None, Some(7000), Some(9000)] {
            assert_eq!(numbers(&[entry(Some(8000), true)], &slots, made), (vec![0], vec![1]), "{made:?}");
        }
    }

    #[test]
    fn what_is_on_one_side_only_stays_alone() {
        assert_eq!(numbers(&[], &[slot(1, None, true)], None), (vec![], vec![1]));
        assert_eq!(numbers(&[entry(Some(1), true)], &[], None), (vec![0], vec![]));
    }
}
