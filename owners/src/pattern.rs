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
        #[test]
        fn matching_follows_the_definition(pattern in "[ab*é]{0,8}", text in "[abé]{0,10}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            prop_assert_eq!(Pattern::new(&*pattern).matches(&text), plain(&chars(&pattern), &chars(&text)));
        }
    }
}
