//! What an owner's sheet is called.

use census_model::Digest;

use crate::owner_name::key;

/// The longest name before its extension, in characters.
const LONGEST: usize = 80;

/// Names that mean something else: our own files, and devices of Windows.
const TAKEN: &[&str] = &["unowned", "campaign", "con", "prn", "aux", "nul"];

/// A name that is the same in every campaign and no other owner's: the owner's own where that is a plain name, else what is
/// plain of it and a digest.
pub(super) fn file_name(owner: &str) -> String {
    let key = key(owner);
    let plain =
        |c: char| if c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '_' | '-') { c } else { '-' };
    let mut name: String = key.chars().map(plain).take(LONGEST).collect();
    let stem = name.split('.').next().unwrap_or_default();
    let device = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let odd = name != key
        || name.is_empty()
        || name.starts_with(['.', '-', '@'])
        || name.ends_with('.')
        || TAKEN.contains(&stem)
        || device("com")
        || device("lpt");
    if odd {
        name = format!(
            "{}-{}",
            name.trim_matches(['.', '-', '@']),
            Digest::new("review sheet").part(&key).hex(6)
        );
    }
    format!("{}.csv", name.trim_start_matches('-'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_plain_unique_and_stable() {
        for (owner, name) in [
            ("ada@example.com", "ada@example.com.csv"),
            ("Ada@Example.com", "ada@example.com.csv"),
            ("team-a", "team-a.csv"),
        ] {
            assert_eq!(file_name(owner), name);
        }
        let hostile = [
            "../../etc/passwd",
            "..",
            ".",
            "/",
            "a/b",
            "a\\b",
            "a:b",
            "a b",
            "-rf",
            "@import",
            "unowned",
            "Campaign",
            "con",
            "NUL.txt",
            "com1",
            "é",
            "支払い",
            "аda@example.com",
            "a\u{202e}b",
            "x.",
            "=cmd",
            "a-b c",
            "a b-c",
        ];
        let names: BTreeSet<String> = hostile.iter().map(|owner| file_name(owner)).collect();
        assert_eq!(names.len(), hostile.len(), "{names:?}");
        for name in &names {
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"@._-".contains(&b)), "{name}");
            assert!(name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.len() < 120, "{name}");
            assert!(name != "unowned.csv" && !name.contains(".."), "{name}");
        }
        let long = "x".repeat(300);
        assert_ne!(file_name(&long), file_name(&(long.clone() + "y")));
        assert!(file_name(&long).len() < 120);
    }
}
