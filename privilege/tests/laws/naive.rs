//! The plainest readings of the documentation, without regard to speed.

/// Whether a text matches a pattern of `*` and `?`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    glob(&pattern, &text)
}

fn glob(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], text) => text.is_empty(),
        // Stars in a row are one, or the recursion would be exponential in them.
        (['*', rest @ ..], _) if rest.first() == Some(&'*') => glob(rest, text),
        (['*', rest @ ..], _) => {
            (0..=text.len()).any(|taken| text.get(taken..).is_some_and(|left| glob(rest, left)))
        }
        (['?', rest @ ..], [_, left @ ..]) => glob(rest, left),
        ([wanted, rest @ ..], [found, left @ ..]) => wanted == found && glob(rest, left),
        (_, []) => false,
    }
}

/// Whether an ARN matches a pattern of one, each of the six parts by itself.
pub(crate) fn matches_arn(pattern: &str, arn: &str) -> bool {
    let parts = |text: &str| text.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (pattern, arn) = (parts(pattern), parts(arn));
    pattern.len() == 6
        && arn.len() == 6
        && pattern.iter().zip(&arn).all(|(pattern, part)| matches(pattern, part))
}
