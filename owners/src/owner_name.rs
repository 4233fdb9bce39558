//! Names of owners: which texts name nobody, and which two name the same.

use census_model::Text;

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

/// What two spellings of one owner have in common: no `mailto:`, lower case, single spaces.
pub(crate) fn key(text: &str) -> String {
    let text = text.trim();
    let scheme = "mailto:";
    let address = match text.get(..scheme.len()) {
        Some(start) if start.eq_ignore_ascii_case(scheme) => text.get(scheme.len()..).unwrap_or_default(),
        _ => text,
    };
    address.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert_eq!(key(a), key(b));
        }
        // A Cyrillic letter that looks like a Latin one is another owner.
        for (a, b) in [("ada", "\u{430}da"), ("ada", "adam"), ("a-b", "a b"), ("a\u{200b}b", "ab")] {
            assert_ne!(key(a), key(b));
        }
    }
}
