//! Making hostile text harmless for a person's terminal, editor or spreadsheet.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with every character that a reader cannot see, or that moves other text, written as `\u{…}`.
///
/// That is: control characters (C0, DEL, C1, so also ESC, tab and line breaks), bidirectional controls, characters
/// of no width (joiners, fillers, variation selectors, tags) and the Unicode line separators. Whatever else a name
/// holds stays as it is. A backslash is not escaped: the result is for reading, the JSON report is exact.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !holds_hidden(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Whether a text holds a character that [`is_hidden`]. Most texts are ASCII, which is quick to look through.
pub(crate) fn holds_hidden(text: &str) -> bool {
    !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && text.chars().any(is_hidden)
}

/// Whether a character is invisible or changes how others are shown.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// At most `limit` characters of a text; what is left out is counted, not hidden.
pub(crate) fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    let Some((cut, _)) = text.char_indices().nth(limit) else {
        return Cow::Borrowed(text);
    };
    let (kept, rest) = text.split_at(cut);
    Cow::Owned(format!("{kept}… ({} more characters)", rest.chars().count()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_text_of_any_script_stays_as_it_is() {
        for text in ["ci-deploy", "Zoë’s rôle", "支払い", "دفع", "🦀 crab", r"C:\path", ""] {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn hidden_characters_become_visible() {
        let cases = [
            ("\u{1b}[31mred", r"\u{1b}[31mred"),
            ("a\r\nb\tc", r"a\u{d}\u{a}b\u{9}c"),
            ("\u{9b}2J", r"\u{9b}2J"),
            ("user\u{202e}nimda", r"user\u{202e}nimda"),
            ("\u{2066}x\u{2069}\u{200e}\u{200f}\u{61c}", r"\u{2066}x\u{2069}\u{200e}\u{200f}\u{61c}"),
            ("ad\u{200b}min\u{feff}", r"ad\u{200b}min\u{feff}"),
            ("one\u{2028}two\u{2029}", r"one\u{2028}two\u{2029}"),
            ("a\u{e0061}\u{fe0f}", r"a\u{e0061}\u{fe0f}"),
            ("nul\0", r"nul\u{0}"),
        ];
        for (hostile, shown) in cases {
            assert_eq!(visible(hostile), shown);
        }
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß!", 3), "äöü… (2 more characters)");
    }

    proptest! {
        #[test]
        fn nothing_hidden_remains(text in any::<String>()) {
            prop_assert!(!visible(&text).chars().any(is_hidden));
        }
    }
}
