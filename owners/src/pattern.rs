//! Patterns over ids and names: `*` stands for any characters.

use census_model::Text;

/// A pattern in which `*` stands for any characters, none included; everything else stands for itself, case included.
/// Matching takes time linear in the text for each literal part, whatever the pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    text: Text,
}

impl Pattern {
    /// A pattern. A text without `*` matches itself only.
    pub fn new(text: impl Into<Text>) -> Self {
        Self { text: text.into() }
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How specific the pattern is: the number of its literal characters.
    pub fn specificity(&self) -> usize {
        self.text.chars().filter(|c| *c != '*').count()
    }

    /// Whether there is a text that this pattern and another both match.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let (a, b) = (self.text.as_bytes(), other.text.as_bytes());
        let literal = |text: &[u8]| text.iter().take_while(|byte| **byte != b'*').count();
        let start = literal(a).min(literal(b));
        if a.get(..start) != b.get(..start) {
            return false;
        }
        // `row[j]`: some text matches what is left of `a` from here and what is left of `b` from `j`.
        let all_stars = |rest: &[u8]| rest.iter().all(|byte| *byte == b'*');
        let mut row: Vec<bool> = (0..=b.len()).map(|j| all_stars(b.get(j..).unwrap_or_default())).collect();
        for (i, x) in a.iter().enumerate().rev() {
            let mut next = vec![false; b.len() + 1];
            let mut right = *x == b'*' && all_stars(a.get(i..).unwrap_or_default());
            if let Some(last) = next.last_mut() {
                *last = right;
            }
            for (j, y) in b.iter().enumerate().rev() {
                let below = row.get(j).copied().unwrap_or_default();
                let both = row.get(j + 1).copied().unwrap_or_default();
                // A star stands for nothing, or takes in what the other has here.
                right = match (x, y) {
                    (b'*', _) | (_, b'*') => below || right,
                    _ => x == y && both,
                };
                if let Some(cell) = next.get_mut(j) {
                    *cell = right;
                }
            }
            row = next;
        }
        row.first().copied().unwrap_or_default()
    }

    /// The literal parts between the stars, without empty ones.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.text.split('*').filter(|part| !part.is_empty())
    }

    /// Whether the pattern matches the whole of a text.
    pub fn matches(&self, text: &str) -> bool {
        let Some((prefix, rest)) = self.text.split_once('*') else {
            return text == &*self.text;
        };
        let Some(text) = text.strip_prefix(prefix) else {
            return false;
        };
        let (middle, suffix) = rest.rsplit_once('*').unwrap_or(("", rest));
        let Some(mut text) = text.strip_suffix(suffix) else {
            return false;
        };
        // The leftmost place for each part leaves most of the text for the parts behind it.
        for part in middle.split('*').filter(|part| !part.is_empty()) {
            let Some((_, behind)) = text.split_once(part) else {
                return false;
            };
            text = behind;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, matches) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*", "", true),
            ("*", "anything/at:all", true),
            ("a*", "a", true),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "acb", false),
            ("ab*ba", "aba", false),
            ("ab*ba", "abba", true),
            ("*b*", "abc", true),
            ("*b*", "ac", false),
            ("*a*b*", "ba", false),
            ("a**b", "ab", true),
            ("a?c", "abc", false),
            ("A*", "abc", false),
            ("", "", true),
            ("", "a", false),
            ("*é*", "caféteria", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), matches, "{pattern} {text}");
        }
    }

    /// The definition, as slow as it is plain.
    fn plain(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skip| plain(rest, &text[skip..])),
            Some((c, rest)) => text.first() == Some(c) && plain(rest, &text[1..]),
        }
    }

    proptest! {
        /// A text that both match shows that they overlap.
        #[test]
        fn overlapping_is_seen_in_any_text_that_both_match(a in "[ab*]{0,6}", b in "[ab*]{0,6}", text in "[ab]{0,6}") {
            let (a, b) = (Pattern::new(&*a), Pattern::new(&*b));
            prop_assert!(a.overlaps(&b) || !(a.matches(&text) && b.matches(&text)));
            prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
        }

        #[test]
        fn matching_follows_the_definition(pattern in "[ab*é]{0,8}", text in "[abé]{0,10}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            prop_assert_eq!(Pattern::new(&*pattern).matches(&text), plain(&chars(&pattern), &chars(&text)));
        }
    }
}
