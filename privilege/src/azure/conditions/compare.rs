//! Comparisons of values.

use jiff::Timestamp;

use crate::truth::Truth;

/// Which values of the two sides have to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    /// Nothing is said: both sides have one value, or any will do.
    Plain,
    /// `ForAnyOfAnyValues`: one of the left with one of the right.
    AnyOfAny,
    /// `ForAllOfAnyValues`: each of the left with one of the right.
    AllOfAny,
    /// `ForAnyOfAllValues`: one of the left with each of the right.
    AnyOfAll,
    /// `ForAllOfAllValues`: each of the left with each of the right.
    AllOfAll,
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Equal,
    StartsWith,
    Like,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// As what values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    TextOfAnyCase,
    Guid,
    Bool,
    Number,
    Time,
}

/// Whether a comparison is asked for or its opposite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    As,
    Not,
}

/// An operator: `ForAnyOfAnyValues:StringNotEqualsIgnoreCase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    quantifier: Quantifier,
    kind: Kind,
    relation: Relation,
    sense: Sense,
}

impl Comparison {
    /// An operator by its name; `None` of one that is not documented.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let lower = word.to_ascii_lowercase();
        let (quantifier, name) = match lower.split_once(':') {
            None => (Quantifier::Plain, lower.as_str()),
            Some(("foranyofanyvalues", name)) => (Quantifier::AnyOfAny, name),
            Some(("forallofanyvalues", name)) => (Quantifier::AllOfAny, name),
            Some(("foranyofallvalues", name)) => (Quantifier::AnyOfAll, name),
            Some(("forallofallvalues", name)) => (Quantifier::AllOfAll, name),
            Some(_) => return None,
        };
        let (kind, rest) = [
            ("string", Kind::Text),
            ("guid", Kind::Guid),
            ("bool", Kind::Bool),
            ("numeric", Kind::Number),
            ("datetime", Kind::Time),
        ]
        .into_iter()
        .find_map(|(prefix, kind)| Some((kind, name.strip_prefix(prefix)?)))?;
        let (kind, rest) = match (kind, rest.strip_suffix("ignorecase")) {
            (Kind::Text, Some(rest)) => (Kind::TextOfAnyCase, rest),
            _ => (kind, rest),
        };
        let (sense, rest) = rest.strip_prefix("not").map_or((Sense::As, rest), |rest| (Sense::Not, rest));
        let relation = match rest {
            "equals" => Relation::Equal,
            "startswith" => Relation::StartsWith,
            "like" => Relation::Like,
            "lessthan" => Relation::Less,
            "lessthanequals" => Relation::LessOrEqual,
            "greaterthan" => Relation::Greater,
            "greaterthanequals" => Relation::GreaterOrEqual,
            _ => return None,
        };
        let is_text = matches!(kind, Kind::Text | Kind::TextOfAnyCase);
        let is_ordered = matches!(kind, Kind::Number | Kind::Time);
        let exists = match relation {
            Relation::Equal => true,
            Relation::StartsWith | Relation::Like => is_text,
            _ => is_ordered && sense == Sense::As,
        };
        exists.then_some(Self { quantifier, kind, relation, sense })
    }

    pub(super) fn holds(self, left: &[String], right: &[String]) -> Truth {
        // Nothing compares with what is not there.
        if left.is_empty() || right.is_empty() {
            return Truth::No;
        }
        let one = |left: &String, right: &String| self.one(left, right);
        let any = |left: &String| Truth::any(right.iter().map(|right| one(left, right)));
        let all = |left: &String| Truth::all(right.iter().map(|right| one(left, right)));
        match (self.quantifier, self.sense) {
            (Quantifier::AnyOfAny, _) | (Quantifier::Plain, Sense::As) => Truth::any(left.iter().map(any)),
            (Quantifier::AllOfAny, _) => Truth::all(left.iter().map(any)),
            (Quantifier::AnyOfAll, _) => Truth::any(left.iter().map(all)),
            (Quantifier::AllOfAll, _) | (Quantifier::Plain, Sense::Not) => Truth::all(left.iter().map(all)),
        }
    }

    fn one(self, left: &str, right: &str) -> Truth {
        let holds = self.compare(left, right).map_or(Truth::Maybe, Truth::from);
        match self.sense {
            Sense::As => holds,
            Sense::Not => !holds,
        }
    }

    /// `None` where a value is none of its kind.
    fn compare(self, left: &str, right: &str) -> Option<bool> {
        Some(match self.kind {
            Kind::Text => self.texts(left, right),
            Kind::TextOfAnyCase => self.texts(&left.to_lowercase(), &right.to_lowercase()),
            Kind::Guid => guid(left)? == guid(right)?,
            Kind::Bool => boolean(left)? == boolean(right)?,
            Kind::Number => self.ordered(&left.parse::<i64>().ok()?, &right.parse::<i64>().ok()?),
            Kind::Time => self.ordered(&left.parse::<Timestamp>().ok()?, &right.parse::<Timestamp>().ok()?),
        })
    }

    fn texts(self, left: &str, right: &str) -> bool {
        match self.relation {
            Relation::StartsWith => left.starts_with(right),
            Relation::Like => {
                let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
                like(&right, &left)
            }
            _ => left == right,
        }
    }

    fn ordered<T: Ord>(self, left: &T, right: &T) -> bool {
        match self.relation {
            Relation::Less => left < right,
            Relation::LessOrEqual => left <= right,
            Relation::Greater => left > right,
            Relation::GreaterOrEqual => left >= right,
            _ => left == right,
        }
    }
}

/// The digits of a GUID. Conditions of built-in roles write them with hyphens and without.
fn guid(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let groups: Vec<&str> = lower.split('-').collect();
    let is_grouped = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) || groups.len() == 1;
    let digits = groups.concat();
    let is_guid = is_grouped && digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_guid.then_some(digits)
}

fn boolean(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find_map(|(word, value)| text.eq_ignore_ascii_case(word).then_some(value))
}

/// A part of a pattern.
enum Part {
    Many,
    One,
    Exactly(char),
}

/// `*` is any characters, `?` one; both are themselves behind a backslash.
fn like(pattern: &[char], text: &[char]) -> bool {
    let mut parts = Vec::new();
    let mut rest = pattern.iter().copied().peekable();
    while let Some(one) = rest.next() {
        parts.push(match one {
            '*' => Part::Many,
            '?' => Part::One,
            '\\' => match rest.next_if(|next| matches!(next, '*' | '?')) {
                Some(next) => Part::Exactly(next),
                None => Part::Exactly('\\'),
            },
            other => Part::Exactly(other),
        });
    }
    // Which places of the text the parts so far may reach.
    let mut reached = vec![false; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for part in &parts {
        let mut next = vec![false; text.len() + 1];
        let mut many = false;
        for (place, slot) in next.iter_mut().enumerate() {
            let here = reached.get(place) == Some(&true);
            let before = place.checked_sub(1).filter(|before| reached.get(*before) == Some(&true));
            many |= here;
            *slot = match part {
                Part::Many => many,
                Part::One => before.is_some(),
                Part::Exactly(one) => before.is_some_and(|before| text.get(before) == Some(one)),
            };
        }
        reached = next;
    }
    reached.last() == Some(&true)
}
