//! Chance that repeats.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use sha2::{Digest, Sha256};

/// The characters of AWS's ids.
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What every id ends with, so that nobody takes it for a real one. AWS's own documentation does the same.
const MARK: &str = "EXAMPLE";

/// A stream of numbers for one thing.
#[derive(Clone)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream that belongs to this seed and name.
    pub(crate) fn of(seed: u64, name: &str) -> Self {
        let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(name.as_bytes()).finalize();
        Self(ChaCha8Rng::from_seed(digest.into()))
    }

    /// A number from 0 to `n`, `n` excluded; 0 for an `n` of 0. The slight bias does not matter here, and owning
    /// these two lines keeps the committed bytes when a crate changes its way.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        u32::try_from((u64::from(self.0.next_u32()) * u64::from(n)) >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, n: u32) -> bool {
        self.below(100) < n
    }

    /// One of several texts; an empty one of none.
    pub(crate) fn pick<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        self.one_of(texts).copied().unwrap_or_default()
    }

    /// One of several things.
    pub(crate) fn one_of<'t, T>(&mut self, things: &'t [T]) -> Option<&'t T> {
        let position = self.below(u32::try_from(things.len()).unwrap_or(u32::MAX));
        usize::try_from(position).ok().and_then(|i| things.get(i))
    }

    /// An access key id: 20 characters.
    pub(crate) fn access_key_id(&mut self) -> String {
        self.marked("AKIA", 9)
    }

    /// A unique id: 21 characters, of which the first four tell the kind.
    pub(crate) fn unique_id(&mut self, prefix: &str) -> String {
        self.marked(prefix, 10)
    }

    /// Hexadecimal digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        (0..digits).filter_map(|_| char::from_digit(self.below(16), 16)).collect()
    }

    fn marked(&mut self, prefix: &str, drawn: usize) -> String {
        let mut id = prefix.to_owned();
        for _ in 0..drawn {
            let letter = usize::try_from(self.below(32)).ok().and_then(|i| BASE32.get(i));
            id.push(char::from(letter.copied().unwrap_or(b'A')));
        }
        id.push_str(MARK);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_draws_the_same_and_another_name_another() {
        let draw = |name| Dice::of(1, name).access_key_id();
        assert_eq!(draw("a"), draw("a"));
        assert_ne!(draw("a"), draw("b"));
        assert_ne!(draw("a"), Dice::of(2, "a").access_key_id());
    }

    #[test]
    fn ids_have_the_length_and_letters_of_real_ones() {
        let mut dice = Dice::of(1, "ids");
        let fits = |id: &str| id.bytes().all(|b| BASE32.contains(&b));
        assert!(fits(&dice.access_key_id()) && dice.access_key_id().len() == 20);
        assert!(fits(&dice.unique_id("AROA")) && dice.unique_id("AIDA").len() == 21);
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut dice = Dice::of(1, "range");
        assert!((0..1000).all(|_| (3..=5).contains(&dice.between(3, 5))));
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.pick(&[]), "");
    }
}
