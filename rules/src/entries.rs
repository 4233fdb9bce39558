//! Entries of registries as subjects of findings.

use std::collections::BTreeMap;

/// Entries in their order, each with what tells it from others of the same text: the same may stand in two files, and
/// which lines those are must not matter.
pub(crate) fn numbered<'e, T: Ord>(
    entries: &'e [T],
    text: impl Fn(&'e T) -> &'e str,
) -> Vec<(&'e T, String)> {
    let mut sorted: Vec<&T> = entries.iter().collect();
    sorted.sort_unstable();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    sorted
        .into_iter()
        .map(|entry| {
            let nth = seen.entry(text(entry)).or_default();
            let distinguisher = if *nth == 0 { String::new() } else { nth.to_string() };
            *nth += 1;
            (entry, distinguisher)
        })
        .collect()
}
