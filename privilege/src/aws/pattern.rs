//! Texts with wildcards and policy variables, compiled once.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

mod cover;

use super::{
    context::{Facts, Lookup},
    document::Version,
};
use crate::truth::Truth;

/// Whether `*` and `?` stand for other characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wildcards {
    /// They do.
    Expanded,
    /// They are characters like others.
    Literal,
}

/// A text to compare others with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pieces: Box<[Piece]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    /// Any number of characters.
    Star,
    /// One character.
    One,
    /// `${key}`, `${key, 'default'}`. The key is in lower case.
    Variable {
        key: Box<str>,
        default: Option<Box<str>>,
    },
}

/// A piece without variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Text(&'a str),
    Star,
    One,
}

impl Pattern {
    /// Compiles a text of a policy of this version. Only `2012-10-17` has variables and the escapes `${*}`, `${?}`
    /// and `${$}`; in an older policy they are characters like others.
    pub fn new(text: &str, wildcards: Wildcards, version: Version) -> Self {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let variable = (version == Version::V2012).then(|| variable(rest)).flatten();
            let (piece, length) = match (variable, next) {
                (Some((inside, length)), _) => match inside {
                    Inside::Character(character) => (Err(character), length),
                    Inside::Variable(piece) => (Ok(piece), length),
                },
                (None, '*') if wildcards == Wildcards::Expanded => (Ok(Piece::Star), 1),
                (None, '?') if wildcards == Wildcards::Expanded => (Ok(Piece::One), 1),
                (None, other) => (Err(other), other.len_utf8()),
            };
            match piece {
                Err(character) => literal.push(character),
                // Two stars in a row say no more than one.
                Ok(Piece::Star) if literal.is_empty() && pieces.last() == Some(&Piece::Star) => {}
                Ok(piece) => {
                    flush(&mut literal, &mut pieces);
                    pieces.push(piece);
                }
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        flush(&mut literal, &mut pieces);
        Self { pieces: pieces.into() }
    }

    /// Compiles a text in which only `*` and `?` mean something.
    pub fn glob(text: &str) -> Self {
        Self::new(text, Wildcards::Expanded, Version::V2008)
    }

    /// Whether every text matches.
    pub fn is_universal(&self) -> bool {
        matches!(&*self.pieces, [Piece::Star])
    }

    /// Whether nothing in it stands for something else.
    pub fn is_literal(&self) -> bool {
        matches!(&*self.pieces, [] | [Piece::Text(_)])
    }

    /// What every text that matches begins with.
    pub(crate) fn literal_beginning(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// How the last part begins of every ARN that matches, up to the first wildcard. `Err` where that holds only of ARNs
    /// whose last part has no colon, as a wildcard before it may reach over some.
    pub(crate) fn beginning_of_last_part(&self) -> Result<&str, &str> {
        const COLONS: usize = 5;
        let (mut colons, mut is_fixed) = (0, true);
        for piece in &self.pieces {
            let Piece::Text(text) = piece else {
                is_fixed = false;
                continue;
            };
            let Some((at, _)) = text.match_indices(':').nth(COLONS - 1 - colons) else {
                colons += text.matches(':').count();
                continue;
            };
            let rest = text.get(at + 1..).unwrap_or_default();
            return if is_fixed { Ok(rest) } else { Err(rest) };
        }
        Ok("")
    }

    /// The pattern as a text in which only `*` and `?` mean something, with a value in place of each variable, and a star
    /// where that is not known; `None` where a variable has no value.
    pub(crate) fn as_glob(&self, facts: &dyn Facts) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(literal) => text.push_str(literal),
                Piece::Star => text.push('*'),
                Piece::One => text.push('?'),
                Piece::Variable { key, default } => match (facts.lookup(key), default) {
                    (Lookup::Values([one]), _) => text.push_str(one),
                    (Lookup::Absent | Lookup::Values([]), Some(default)) => text.push_str(default),
                    (Lookup::Absent | Lookup::Values(_), _) => return None,
                    (Lookup::Unknown | Lookup::Like(_) | Lookup::Chosen, _) => text.push('*'),
                },
            }
        }
        Some(text)
    }

    /// The condition keys that its variables ask for, in lower case.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable { key, .. } => Some(&**key),
            _ => None,
        })
    }

    /// Whether a text matches. Never more than pattern times text steps, whatever the pattern.
    ///
    /// A variable without a value equals nothing; one of an unknown value may equal anything.
    pub fn matches(&self, text: &str, facts: &dyn Facts) -> Truth {
        if !self.has_variables() {
            return self.matches_fixed(text).into();
        }
        self.resolved(facts, |resolved| resolved.matches(text).into())
    }

    /// As [`Pattern::matches`], for a pattern without variables.
    pub fn matches_fixed(&self, text: &str) -> bool {
        glob(|at| self.pieces.get(at).and_then(Piece::fixed), text)
    }

    /// As [`Pattern::matches`], for a text in another case.
    pub fn matches_ignoring_case(&self, text: &str, facts: &dyn Facts) -> Truth {
        let text = text.to_lowercase();
        self.resolved(facts, |resolved| {
            let lower: Vec<String> = resolved
                .tokens
                .iter()
                .map(|token| match token {
                    Token::Text(text) => text.to_lowercase(),
                    Token::Star | Token::One => String::new(),
                })
                .collect();
            let token = |at: usize| match resolved.tokens.get(at)? {
                Token::Text(_) => lower.get(at).map(|text| Token::Text(text)),
                other => Some(*other),
            };
            glob(token, &text).into()
        })
    }

    /// Whether an ARN matches, each of its six parts by itself: a `*` reaches over no colon but those within the last.
    /// What has fewer parts is no ARN and matches nothing.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    pub fn matches_arn(&self, arn: &str, facts: &dyn Facts) -> Truth {
        self.resolved(facts, |resolved| match six_parts(arn) {
            None => Truth::No,
            // A value that is not known may hold colons, and with them more parts.
            Some(_) if resolved.is_open => resolved.matches(arn).into(),
            Some(parts) => {
                let wanted = token_parts(&resolved.tokens);
                let fits = |(wanted, part): (&Vec<Token<'_>>, &str)| glob(|at| wanted.get(at).copied(), part);
                Truth::from(wanted.len() == parts.len() && wanted.iter().zip(parts).all(fits))
            }
        })
    }

    /// Whether the texts that match `query` match this too: all of them, some of them, none of them. Errs only from
    /// all or none to some.
    pub fn covers(&self, query: &Self, facts: &dyn Facts) -> Truth {
        self.resolved(facts, |pattern| {
            query.resolved(facts, |query| cover::covers(&pattern.tokens, &query.tokens))
        })
    }

    fn has_variables(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Variable { .. }))
    }

    /// Puts values in place of variables and tests what comes of it; a variable without a value matches nothing.
    fn resolved(&self, facts: &dyn Facts, test: impl Fn(&Resolved<'_>) -> Truth) -> Truth {
        let mut resolved = Resolved { tokens: Vec::with_capacity(self.pieces.len()), is_open: false };
        for piece in &self.pieces {
            resolved.tokens.push(match piece {
                Piece::Variable { key, default } => match (facts.lookup(key), default) {
                    (Lookup::Values([one]), _) => Token::Text(one),
                    (Lookup::Absent | Lookup::Values([]), Some(default)) => Token::Text(default),
                    // A key with several values cannot be a variable.
                    (Lookup::Absent | Lookup::Values(_), _) => return Truth::No,
                    (Lookup::Unknown | Lookup::Like(_) | Lookup::Chosen, _) => {
                        resolved.is_open = true;
                        Token::Star
                    }
                },
                Piece::Text(text) => Token::Text(text),
                Piece::Star => Token::Star,
                Piece::One => Token::One,
            });
        }
        match test(&resolved) {
            Truth::Yes if resolved.is_open => Truth::Maybe,
            truth => truth,
        }
    }
}

/// A pattern with values in place of its variables.
struct Resolved<'a> {
    tokens: Vec<Token<'a>>,
    /// A value is unknown, and a star stands for it: if even that does not match, no value does.
    is_open: bool,
}

impl Resolved<'_> {
    fn matches(&self, text: &str) -> bool {
        glob(|at| self.tokens.get(at).copied(), text)
    }
}

impl Piece {
    fn fixed(&self) -> Option<Token<'_>> {
        match self {
            Self::Text(text) => Some(Token::Text(text)),
            Self::Star => Some(Token::Star),
            Self::One => Some(Token::One),
            Self::Variable { .. } => None,
        }
    }
}

fn flush(literal: &mut String, pieces: &mut Vec<Piece>) {
    if !literal.is_empty() {
        pieces.push(Piece::Text(std::mem::take(literal).into()));
    }
}

enum Inside {
    Character(char),
    Variable(Piece),
}

/// The variable or escape that a text begins with, and its length in bytes.
fn variable(text: &str) -> Option<(Inside, usize)> {
    let (inside, _) = text.strip_prefix("${")?.split_once('}')?;
    let length = inside.len() + "${}".len();
    let inside = match inside {
        "*" => Inside::Character('*'),
        "?" => Inside::Character('?'),
        "$" => Inside::Character('$'),
        "" => return None,
        _ => {
            let (key, default) = match inside.split_once(',') {
                Some((key, default)) => (key, Some(default.trim())),
                None => (inside, None),
            };
            let unquoted = |text: &str| Some(Box::from(text.strip_prefix('\'')?.strip_suffix('\'')?));
            Inside::Variable(Piece::Variable {
                key: key.trim().to_ascii_lowercase().into(),
                default: default.and_then(unquoted),
            })
        }
    };
    Some((inside, length))
}

/// Whether a text matches tokens.
fn glob<'a>(token: impl Fn(usize) -> Option<Token<'a>>, text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut from) = (0, 0);
    // Only the last star needs another try: it can take over whatever an earlier one gave up.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let rest = bytes.get(from..).unwrap_or_default();
        let step = match token(at) {
            Some(Token::Star) if token(at + 1).is_none() => return true,
            Some(Token::Star) => {
                retry = Some((at + 1, from));
                Some(0)
            }
            Some(Token::Text(wanted)) => rest.starts_with(wanted.as_bytes()).then_some(wanted.len()),
            Some(Token::One) => text.get(from..).and_then(|rest| rest.chars().next()).map(char::len_utf8),
            None if rest.is_empty() => return true,
            None => None,
        };
        match (step, retry) {
            (Some(step), _) => (at, from) = (at + 1, from + step),
            (None, Some((after, begin))) if begin < bytes.len() => {
                retry = Some((after, begin + 1));
                (at, from) = (after, begin + 1);
            }
            (None, _) => return false,
        }
    }
}

/// The six parts of an ARN: partition, service, region, account and the rest, colons and all.
fn six_parts(arn: &str) -> Option<[&str; 6]> {
    let mut parts = arn.splitn(6, ':');
    let mut next = || parts.next();
    Some([next()?, next()?, next()?, next()?, next()?, next()?])
}

/// Tokens, cut at their first five colons.
fn token_parts<'a>(tokens: &[Token<'a>]) -> Vec<Vec<Token<'a>>> {
    let mut parts = vec![Vec::new()];
    let add = |parts: &mut Vec<Vec<Token<'a>>>, token| {
        if let Some(last) = parts.last_mut() {
            last.push(token);
        }
    };
    for token in tokens {
        let Token::Text(text) = token else {
            add(&mut parts, *token);
            continue;
        };
        let mut rest = *text;
        while let (true, Some((before, after))) = (parts.len() < 6, rest.split_once(':')) {
            add(&mut parts, Token::Text(before));
            parts.push(Vec::new());
            rest = after;
        }
        add(&mut parts, Token::Text(rest));
    }
    parts
}
