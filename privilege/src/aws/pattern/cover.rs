//! How two patterns lie to each other.

use super::Token;
use crate::truth::Truth;

/// Whether what matches `query` matches `pattern`: all of it, some, or nothing.
pub(super) fn covers(pattern: &[Token<'_>], query: &[Token<'_>]) -> Truth {
    let (pattern, query) = (symbols(pattern), symbols(query));
    if product(&pattern, &query, Relation::Covers) {
        Truth::Yes
    } else if product(&pattern, &query, Relation::Meets) {
        Truth::Maybe
    } else {
        Truth::No
    }
}

/// A single character of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol {
    Char(char),
    Star,
    One,
}

fn symbols(tokens: &[Token<'_>]) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    for token in tokens {
        match token {
            Token::Text(text) => symbols.extend(text.chars().map(Symbol::Char)),
            Token::Star => symbols.push(Symbol::Star),
            Token::One => symbols.push(Symbol::One),
        }
    }
    symbols
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// Everything that the query matches, the pattern matches.
    Covers,
    /// Something matches both.
    Meets,
}

/// Walks through pattern and query side by side, by rows: `reach[p]` says whether the query up to here can be met by the
/// pattern up to `p`.
fn product(pattern: &[Symbol], query: &[Symbol], relation: Relation) -> bool {
    use Symbol::{Char, One, Star};
    // Without the next symbol of the query.
    let closure = |reach: &mut Vec<bool>| {
        for (at, symbol) in pattern.iter().enumerate() {
            if *symbol == Star
                && reach.get(at).copied().unwrap_or(false)
                && let Some(next) = reach.get_mut(at + 1)
            {
                *next = true;
            }
        }
    };
    let mut reach = vec![false; pattern.len() + 1];
    if let Some(first) = reach.first_mut() {
        *first = true;
    }
    closure(&mut reach);
    for wanted in query {
        let mut next = vec![false; pattern.len() + 1];
        // Two patterns may meet where the query's star takes any run of the pattern's symbols, or none.
        if relation == Relation::Meets && *wanted == Star {
            let mut open = false;
            for (now, then) in reach.iter().zip(&mut next) {
                open |= *now;
                *then = open;
            }
        }
        for (at, symbol) in
            pattern.iter().enumerate().filter(|(at, _)| reach.get(*at).copied().unwrap_or(false))
        {
            let to = match (symbol, wanted, relation) {
                (Star, _, _) => Some(at),
                (_, Star, _) => None,
                (One, _, _) => Some(at + 1),
                (Char(_), One, Relation::Meets) => Some(at + 1),
                (Char(a), Char(b), _) if a == b => Some(at + 1),
                (Char(_), _, _) => None,
            };
            if let Some(place) = to.and_then(|to| next.get_mut(to)) {
                *place = true;
            }
        }
        closure(&mut next);
        reach = next;
    }
    reach.last().copied().unwrap_or(false)
}
