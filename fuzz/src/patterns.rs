//! Patterns: the matcher agrees with the naive one, and covering is sound. An input is lines: pattern, text, query, value.

use census_privilege::{
    aws::{
        context::{Context, Rest},
        document::Version,
        pattern::{Pattern, Wildcards},
    },
    truth::Truth,
};

use crate::naive;

/// Longer inputs are cut: the naive matcher takes exponential time.
const LONGEST: usize = 40;
/// Patterns with more stars are left to the engine alone.
const STARS: usize = 6;

pub(crate) fn run(input: &str) {
    let mut lines =
        input.lines().map(|line| line.get(..LONGEST).unwrap_or(line)).chain(std::iter::repeat(""));
    let mut next = || lines.next().unwrap_or_default();
    let (pattern, text, query, value) = (next(), next(), next(), next());
    let short = |text: &str| text.chars().count() <= LONGEST;
    let nothing = Context::default();
    variables(pattern, text, value);
    if [pattern, text, query].iter().any(|text| !short(text)) || pattern.matches('*').count() > STARS {
        return;
    }
    let compiled = Pattern::glob(pattern);
    let expected = naive::matches(pattern, text);
    assert_eq!(compiled.matches_fixed(text), expected, "matches_fixed");
    assert_eq!(compiled.matches(text, &nothing), expected.into(), "matches");
    assert_eq!(compiled.matches_arn(text, &nothing), naive::matches_arn(pattern, text).into(), "matches_arn");
    if pattern.is_ascii() && text.is_ascii() {
        let expected = naive::matches(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase());
        assert_eq!(compiled.matches_ignoring_case(text, &nothing), expected.into(), "matches_ignoring_case");
    }
    if compiled.is_universal() {
        assert!(expected, "what is universal matches all");
    }
    if compiled.is_literal() {
        assert_eq!(expected, pattern == text, "what is literal matches itself");
    }
    covers(&compiled, pattern, query, &[text, value, "", "a"]);
}

/// Tries texts that the query matches.
fn covers(compiled: &Pattern, pattern: &str, query: &str, fills: &[&str]) {
    let found = compiled.covers(&Pattern::glob(query), &Context::default());
    for fill in fills {
        let mut member = String::new();
        for symbol in query.chars() {
            match symbol {
                '*' => member.extend(fill.chars().take(4)),
                '?' => member.push(fill.chars().next().unwrap_or('x')),
                other => member.push(other),
            }
        }
        let matches = naive::matches(pattern, &member);
        match found {
            Truth::Yes => assert!(matches, "`{pattern}` covers `{query}`, but not `{member}`"),
            Truth::No => assert!(!matches, "`{pattern}` does not meet `{query}`, but `{member}`"),
            Truth::Maybe => {}
        }
    }
}

/// With variables: what is certain while a value is unknown is so with the value, and with none.
fn variables(pattern_text: &str, text: &str, value: &str) {
    for wildcards in [Wildcards::Expanded, Wildcards::Literal] {
        let pattern = Pattern::new(pattern_text, wildcards, Version::V2012);
        let unknown = Context::new(Rest::Unknown);
        let mut known = Context::new(Rest::Absent);
        for key in pattern.keys() {
            known.set(key, [value]);
        }
        let open = pattern.matches(text, &unknown);
        let open_caseless = pattern.matches_ignoring_case(text, &unknown);
        for facts in [&known, &Context::default()] {
            let closed = pattern.matches(text, facts);
            assert!(closed != Truth::Maybe, "all is known");
            assert!(open == Truth::Maybe || open == closed, "a certain {open:?} became {closed:?}");
            // Beyond ASCII, case is a matter of whole words: no two halves of a pattern know it.
            if !text.is_ascii() || !value.is_ascii() || !pattern_text.is_ascii() {
                continue;
            }
            let caseless = pattern.matches_ignoring_case(text, facts);
            assert!(
                open_caseless == Truth::Maybe || open_caseless == caseless,
                "without case, a certain {open_caseless:?} became {caseless:?}"
            );
            assert!(closed == Truth::No || caseless == Truth::Yes, "what matches with case matches without");
        }
    }
}
