//! Names that mix alphabets, as those do that are made to look like another.
//!
//! Unicode Technical Standard 39, section 5.1: a text that no single script accounts for is mixed-script.

use std::collections::BTreeSet;

use icu_properties::{CodePointMapData, PropertyNamesLong, props::Script};

/// The scripts of a text that mixes several, such as `Cyrillic, Latin`. Those that are written together (Han with kana,
/// Hangul or Bopomofo) mix nothing, nor do digits and punctuation.
pub(crate) fn mixed_scripts(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let script = CodePointMapData::<Script>::new();
    let names = PropertyNamesLong::<Script>::new();
    let shared = [Script::Common, Script::Inherited, Script::Unknown];
    let east_asian = [Script::Han, Script::Hiragana, Script::Katakana, Script::Hangul, Script::Bopomofo];
    let scripts = text.chars().map(|c| script.get(c)).filter(|script| !shared.contains(script));
    let found: BTreeSet<&str> = scripts
        .map(|script| if east_asian.contains(&script) { Script::Han } else { script })
        .filter_map(|script| names.get(script))
        .collect();
    (found.len() > 1).then(|| found.into_iter().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_alphabets_are_named() {
        for (text, scripts) in [
            ("p\u{430}yments@example.com", Some("Cyrillic, Latin")),
            ("\u{3bf}ps", Some("Greek, Latin")),
            ("ada@example.com", None),
            ("école@example.com", None),
            ("команда", None),
            ("東京チーム", None),
            ("команда 7", None),
        ] {
            assert_eq!(mixed_scripts(text).as_deref(), scripts, "{text}");
        }
    }
}
