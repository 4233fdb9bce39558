//! Many patterns against many identities, without trying each on each.
//!
//! A pattern can only match a text that holds each of its literal parts. Every pattern is therefore filed under one
//! four-byte piece of them: the one that the fewest identities have. An identity then meets only the patterns that
//! are filed under a piece of its own names.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{BuildHasherDefault, Hasher},
};

use crate::{pattern::Pattern, sources::Names};

/// Four bytes of a text.
type Piece = u32;

/// Patterns, filed for look-up.
#[derive(Debug, Default)]
pub(crate) struct PatternSet {
    patterns: Vec<Pattern>,
    filed: PieceMap<Vec<usize>>,
    /// Patterns without a piece: their literal parts are shorter.
    loose: Vec<usize>,
}

impl PatternSet {
    /// Files patterns for look-ups of these identities.
    pub(crate) fn new<'a>(patterns: Vec<Pattern>, identities: impl Iterator<Item = Names<'a>>) -> Self {
        let mut borne: PieceMap<usize> =
            patterns.iter().flat_map(pattern_pieces).map(|piece| (piece, 0)).collect();
        if !borne.is_empty() {
            for names in identities {
                for text in names.distinct() {
                    for piece in pieces(text) {
                        if let Some(count) = borne.get_mut(&piece) {
                            *count += 1;
                        }
                    }
                }
            }
        }
        let mut set = Self::default();
        for (index, pattern) in patterns.iter().enumerate() {
            let rarest = pattern_pieces(pattern)
                .min_by_key(|piece| (borne.get(piece).copied().unwrap_or_default(), *piece));
            match rarest {
                Some(piece) => set.filed.entry(piece).or_default().push(index),
                None => set.loose.push(index),
            }
        }
        set.patterns = patterns;
        set
    }

    /// The patterns that may match an identity, by index; those that are left out do not match.
    pub(crate) fn candidates(&self, names: &Names<'_>) -> BTreeSet<usize> {
        let mut found: BTreeSet<usize> = self.loose.iter().copied().collect();
        if !self.filed.is_empty() {
            for piece in names.distinct().flat_map(pieces) {
                if let Some(filed) = self.filed.get(&piece) {
                    found.extend(filed);
                }
            }
        }
        found
    }

    /// The patterns that match an identity, by index.
    pub(crate) fn matching<'a>(&'a self, names: &'a Names<'a>) -> impl Iterator<Item = usize> + 'a {
        self.candidates(names).into_iter().filter(|index| {
            self.patterns
                .get(*index)
                .is_some_and(|pattern| names.readable().any(|name| pattern.matches(name)))
        })
    }
}

fn pattern_pieces(pattern: &Pattern) -> impl Iterator<Item = Piece> {
    pattern.literals().flat_map(pieces)
}

fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    text.as_bytes().windows(4).filter_map(|window| window.try_into().ok().map(u32::from_be_bytes))
}

type PieceMap<V> = HashMap<Piece, V, BuildHasherDefault<PieceHasher>>;

/// Spreads four bytes over the hash; the default hasher takes most of the time of a look-up. Whoever crafts names to
/// collide slows their own scan down, no further than to trying each pattern.
#[derive(Default)]
struct PieceHasher(u64);

impl Hasher for PieceHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, piece: u32) {
        let mixed = (self.0 ^ u64::from(piece)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

#[cfg(test)]
mod tests {
    use census_fixtures as fx;
    use census_model::Identity;
    use proptest::prelude::*;

    use super::*;

    fn set(patterns: &[String], identities: &[Identity]) -> PatternSet {
        let patterns = patterns.iter().map(|text| Pattern::new(text.as_str())).collect();
        PatternSet::new(patterns, identities.iter().map(Names::of))
    }

    #[test]
    fn filing_leaves_out_no_match() {
        let identities: Vec<_> = ["deploy", "app-web", "app-db", "ci", "x"].map(fx::role).into();
        let patterns: Vec<String> = [
            "*",
            "a*",
            "ci",
            "*deploy*",
            "arn:aws:iam::111122223333:role/app-*",
            "arn:*:role/*-db",
            "*:role/x",
            "?",
        ]
        .map(String::from)
        .into();
        let set = set(&patterns, &identities);
        for identity in &identities {
            let names = Names::of(identity);
            let plain: Vec<usize> = (0..patterns.len())
                .filter(|i| names.readable().any(|name| Pattern::new(patterns[*i].as_str()).matches(name)))
                .collect();
            assert!(!plain.is_empty());
            assert_eq!(set.matching(&names).collect::<Vec<_>>(), plain, "{}", identity.native_id);
        }
    }

    proptest! {
        #[test]
        fn filing_finds_what_trying_each_finds(
            patterns in prop::collection::vec("(arn:aws:iam::|role/|dep|loy|team|a|\\*){0,4}", 1..20),
            names in prop::collection::btree_set("(dep|loy|team|a|-){1,4}", 1..6),
        ) {
            let identities: Vec<_> = names.iter().map(|name| fx::role(name)).collect();
            let set = set(&patterns, &identities);
            for identity in &identities {
                let names = Names::of(identity);
                let each = (0..patterns.len())
                    .filter(|i| names.readable().any(|name| Pattern::new(patterns[*i].as_str()).matches(name)));
                prop_assert_eq!(set.matching(&names).collect::<Vec<_>>(), each.collect::<Vec<_>>());
            }
        }
    }

    /// The work grows with the identities, not with identities times patterns.
    #[test]
    fn an_identity_meets_few_patterns() {
        let identities: Vec<_> = (0..2000).map(|i| fx::role(&format!("svc-{i:05}-worker"))).collect();
        let mut patterns = Vec::new();
        for i in 0..500 {
            patterns.push(format!("arn:aws:iam::111122223333:role/svc-{i:05}-*"));
            patterns.push(format!("arn:aws:iam::*:role/team{i:04}-*"));
            patterns.push(format!("*-{i:05}-*"));
        }
        let set = set(&patterns, &identities);
        let met: usize = identities.iter().map(|i| set.candidates(&Names::of(i)).len()).sum();
        let all = identities.len() * patterns.len();
        assert!(met * 50 < all, "{met} of {all}");
    }
}
