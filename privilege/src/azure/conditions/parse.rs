//! From text to a condition.

use super::{Attribute, Node, Operand, compare::Comparison};

/// How deep parentheses may stand in each other; the service takes conditions of 8 KB.
const MAX_DEPTH: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    OpenSet,
    CloseSet,
    Comma,
    And,
    Or,
    Not,
    /// A text in quotes.
    Text(String),
    /// A number, `true` or `false`, or the name of a function or operator.
    Word(String),
    Attribute(Attribute),
}

/// A condition; `None` where the text is none.
pub(super) fn expression(text: &str) -> Option<Node> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, depth: 0 };
    let node = parser.expression()?;
    parser.tokens.is_empty().then_some(node)
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '{' => (Token::OpenSet, 1),
            '}' => (Token::CloseSet, 1),
            ',' => (Token::Comma, 1),
            '!' => (Token::Not, 1),
            '&' => (Token::And, rest.starts_with("&&").then_some(2)?),
            '|' => (Token::Or, rest.starts_with("||").then_some(2)?),
            '\'' => {
                let inner = rest.get(1..)?;
                let end = inner.find('\'')?;
                (Token::Text(inner.get(..end)?.to_owned()), end + 2)
            }
            '@' => {
                let end = rest.find(']')? + 1;
                (Token::Attribute(Attribute::parse(rest.get(..end)?)?), end)
            }
            _ => {
                let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '.');
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let word = rest.get(..end).filter(|word| !word.is_empty())?;
                let token = match word.to_ascii_lowercase().as_str() {
                    "and" => Token::And,
                    "or" => Token::Or,
                    "not" => Token::Not,
                    _ => Token::Word(word.to_owned()),
                };
                (token, end)
            }
        };
        found.push(token);
        rest = rest.get(length..)?.trim_start();
    }
    Some(found)
}

struct Parser<'t> {
    tokens: &'t [Token],
    depth: usize,
}

impl<'t> Parser<'t> {
    fn next(&mut self) -> Option<&'t Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn take(&mut self, wanted: &Token) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    /// Conjunctions and disjunctions do not stand beside each other without parentheses.
    fn expression(&mut self) -> Option<Node> {
        let first = self.operand_of_logic()?;
        let Some(joint) = self.tokens.first().filter(|one| matches!(one, Token::And | Token::Or)) else {
            return Some(first);
        };
        let mut nodes = vec![first];
        while self.tokens.first() == Some(joint) {
            self.next()?;
            nodes.push(self.operand_of_logic()?);
        }
        if matches!(self.tokens.first(), Some(Token::And | Token::Or)) {
            return None;
        }
        Some(if *joint == Token::And { Node::All(nodes) } else { Node::Any(nodes) })
    }

    fn operand_of_logic(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let node = match self.tokens.first()? {
            Token::Not => {
                self.next()?;
                Node::Not(Box::new(self.operand_of_logic()?))
            }
            Token::Open => {
                self.next()?;
                let inner = self.expression()?;
                self.take(&Token::Close)?;
                inner
            }
            Token::Word(word) => match word.to_ascii_lowercase().as_str() {
                "actionmatches" => {
                    self.next()?;
                    Node::Action(self.set()?)
                }
                "suboperationmatches" => {
                    self.next()?;
                    Node::SubOperation(self.set()?)
                }
                "exists" => {
                    self.next()?;
                    match self.next()? {
                        Token::Attribute(attribute) => Node::Exists(attribute.clone()),
                        _ => return None,
                    }
                }
                _ => self.comparison()?,
            },
            _ => self.comparison()?,
        };
        self.depth -= 1;
        Some(node)
    }

    fn comparison(&mut self) -> Option<Node> {
        let left = self.operand()?;
        let Token::Word(how) = self.next()? else { return None };
        let how = Comparison::parse(how)?;
        Some(Node::Compare { left, how, right: self.operand()? })
    }

    fn operand(&mut self) -> Option<Operand> {
        match self.tokens.first()? {
            Token::Attribute(attribute) => {
                self.next()?;
                Some(Operand::Attribute(attribute.clone()))
            }
            Token::OpenSet => Some(Operand::Values(self.set()?)),
            _ => Some(Operand::Values(vec![self.value()?])),
        }
    }

    fn value(&mut self) -> Option<String> {
        match self.next()? {
            Token::Text(text) | Token::Word(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn set(&mut self) -> Option<Vec<String>> {
        self.take(&Token::OpenSet)?;
        let mut values = vec![self.value()?];
        loop {
            match self.next()? {
                Token::Comma => values.push(self.value()?),
                Token::CloseSet => return Some(values),
                _ => return None,
            }
        }
    }
}
