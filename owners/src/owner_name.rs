//! Names of owners: which texts name nobody, and which two name the same.

use census_model::Text;
use icu_normalizer::ComposingNormalizerBorrowed as ComposingNormalizer;

/// What people write where they have nobody to name.
const PLACEHOLDERS: &[&str] = &[
    "n/a",
    "na",
    "none",
    "null",
    "nil",
    "nobody",
    "no owner",
    // What a YAML file without quotes or a spreadsheet makes of a box that was ticked or not.
    "no",
    "yes",
    "false",
    "true",
    "unknown",
    "unassigned",
    "undefined",
    "tbd",
    "tba",
    "todo",
    "to be defined",
    "xxx",
    "changeme",
    "change me",
];

/// The owner that a text names, trimmed; `None` for nothing, for placeholders, and for what has neither letter nor
/// digit (`-`, `???`, a space of no width).
pub(crate) fn named(text: &str) -> Option<Text> {
    let text = text.trim();
    let key = key(text);
    (key.contains(char::is_alphanumeric) && !PLACEHOLDERS.contains(&key.as_str())).then(|| text.into())
}

/// What spellings of one owner have in common: no `mailto:`, of `Ada <ada@example.com>` the address, lower case, single
/// spaces, composed accents, and one form for references to users and teams.
pub(crate) fn key(text: &str) -> String {
    let text = address(text.trim());
    let spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
    reference(folded(&spaced))
}

/// The mail address of `mailto:ada@example.com` or `Ada Lovelace <ada@example.com>`, else the text.
fn address(text: &str) -> &str {
    let scheme = "mailto:";
    if let (Some(start), Some(rest)) = (text.get(..scheme.len()), text.get(scheme.len()..))
        && start.eq_ignore_ascii_case(scheme)
    {
        return rest;
    }
    let inner = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')).map(|(_, inner)| inner);
    inner.filter(|inner| inner.contains('@')).unwrap_or(text)
}

/// Lower case and composed. A character outside ASCII that would become one of ASCII by that (the Kelvin sign, which
/// looks like K) stays as it is: what merely looks the same is another owner.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let composer = ComposingNormalizer::new_nfc();
    let becomes_ascii = |c: char| {
        let mut buffer = [0; 4];
        let one: &str = c.encode_utf8(&mut buffer);
        !c.is_ascii()
            && (c.to_lowercase().all(|lower| lower.is_ascii()) || composer.normalize(one).is_ascii())
    };
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, kept)) = rest.char_indices().find(|(_, c)| becomes_ascii(*c)) {
        folded.push_str(&composer.normalize(&rest.get(..at).unwrap_or_default().to_lowercase()));
        folded.push(kept);
        rest = rest.get(at + kept.len_utf8()..).unwrap_or_default();
    }
    folded.push_str(&composer.normalize(&rest.to_lowercase()));
    folded
}

/// References to users and teams in full: `team:payments` and `group:payments` are `group:default/payments`.
/// <https://backstage.io/docs/features/software-catalog/references>
fn reference(text: String) -> String {
    let kinds = [("team:", "group:"), ("group:", "group:"), ("user:", "user:")];
    for (written, kind) in kinds {
        if let Some(name) = text.strip_prefix(written) {
            let name = name.trim();
            return if name.contains('/') {
                format!("{kind}{name}")
            } else {
                format!("{kind}default/{name}")
            };
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Nothing outside ASCII is ever the same as a name in ASCII.
        #[test]
        fn only_ascii_is_like_ascii(text in "\\PC{1,12}") {
            let solid: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert!(!key(&solid).is_ascii() || address(&solid).is_ascii());
        }
    }

    #[test]
    fn placeholders_name_nobody() {
        for text in [
            "",
            "  ",
            "-",
            "N/A",
            " none ",
            "Unknown",
            "TBD",
            "mailto:",
            "to  be defined",
            "no",
            "FALSE",
            "???",
            "\u{200b}",
            "\u{202e}",
        ] {
            assert_eq!(named(text), None, "{text:?}");
        }
        for text in
            ["a", "7", "团队", "team-none", "Nona", "No. 7", "tbd@example.com", "unknown-team", "NaN Team"]
        {
            assert_eq!(named(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn spellings_of_one_owner_are_one() {
        for (a, b) in [
            ("Ada@Example.com", "mailto:ada@example.com"),
            ("Payments  Team", " payments team "),
            ("MAILTO:x@y", "X@Y"),
            ("ÉCOLE", "école"),
            ("e\u{301}cole", "\u{e9}cole"),
            ("Ada Lovelace <Ada@example.com>", "ada@example.com"),
            ("team:Payments", "group:default/payments"),
            ("group:payments", "Team: payments"),
            ("user:ada", "user:default/Ada"),
        ] {
            assert_eq!(key(a), key(b));
        }
        // A Cyrillic letter that looks like a Latin one is another owner.
        for (a, b) in [
            ("ada", "\u{430}da"),
            ("ada", "adam"),
            ("a-b", "a b"),
            ("a\u{200b}b", "ab"),
            ("\u{212a}im", "kim"),
            ("\u{ff41}da", "ada"),
            ("a\u{37e}", "a;"),
            ("team:a", "a"),
            ("team:a", "team:b/a"),
            ("\u{130}", "i"),
            ("stra\u{df}e", "strasse"),
        ] {
            assert_ne!(key(a), key(b));
        }
    }
}
