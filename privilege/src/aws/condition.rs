//! One test of a `Condition`, compiled, and whether it holds.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>

use std::{cmp::Ordering, fmt};

use ipnet::IpNet;
use jiff::Timestamp;

use super::{
    context::{Facts, Lookup},
    document::{self, Version},
    operator::{Comparison, Quantifier},
    pattern::{Pattern, Wildcards},
    value::{Number, boolean, instant, network},
};
use crate::truth::Truth;

/// A test of a condition, compiled.
#[derive(Clone, Debug)]
pub struct Test {
    source: document::Test,
    /// In lower case.
    key: Box<str>,
    check: Check,
}

/// What the values of the key are compared with.
#[derive(Clone, Debug)]
enum Check {
    Text(Vec<Pattern>),
    TextOfAnyCase(Vec<Pattern>),
    Arn(Vec<Pattern>),
    Number(Order, Vec<Number>),
    Instant(Order, Vec<Timestamp>),
    Bool(Vec<bool>),
    Binary(Vec<Box<str>>),
    Address(Vec<IpNet>),
    Null(Vec<bool>),
}

/// Which order of request value to policy value is meant. `Not…` operators look for the same and are negated.
#[derive(Clone, Copy, Debug)]
enum Order {
    Same,
    Less,
    LessOrSame,
    Greater,
    GreaterOrSame,
}

impl Order {
    fn fits(self, ordering: Ordering) -> bool {
        match self {
            Self::Same => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrSame => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrSame => ordering.is_ge(),
        }
    }
}

impl Test {
    /// Compiles a test of a policy of this version.
    ///
    /// # Errors
    /// With the value that is none of the operator's type.
    pub fn compile(test: &document::Test, version: Version) -> Result<Self, String> {
        Ok(Self {
            key: test.key.to_ascii_lowercase().into(),
            check: Check::compile(test, version)?,
            source: test.clone(),
        })
    }

    /// The test as the policy has it.
    pub fn source(&self) -> &document::Test {
        &self.source
    }

    /// Whether it looks at a key, given in lower case.
    pub fn is_about(&self, key: &str) -> bool {
        *self.key == *key
    }

    /// The condition keys that decide it: its own as the policy spells it, and those of its variables in lower case.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let variables = match &self.check {
            Check::Text(patterns) | Check::TextOfAnyCase(patterns) | Check::Arn(patterns) => {
                patterns.as_slice()
            }
            _ => &[],
        };
        std::iter::once(self.source.key.as_str()).chain(variables.iter().flat_map(Pattern::keys))
    }

    /// Whether it holds. What the caller chooses may hold or not.
    pub fn holds(&self, facts: &dyn Facts) -> Truth {
        let operator = self.source.operator;
        if let Check::Null(wanted) = &self.check {
            return null(wanted, facts.lookup(&self.key));
        }
        let absent = || Truth::from(operator.holds_when_absent());
        match facts.lookup(&self.key) {
            Lookup::Absent | Lookup::Values([]) => absent(),
            Lookup::Unknown | Lookup::Chosen => match self.any_value(facts) {
                Some(present) if Truth::from(present) == absent() => absent(),
                _ => Truth::Maybe,
            },
            Lookup::Like(query) => self.passes(self.check.covers(query, facts)),
            Lookup::Values(values) => match operator.quantifier {
                // Sets of nothing but empty text count as empty sets.
                Quantifier::ForAllValues | Quantifier::ForAnyValue if values.iter().all(|v| v.is_empty()) => {
                    Truth::from(operator.quantifier == Quantifier::ForAllValues || operator.if_exists)
                }
                Quantifier::ForAllValues => Truth::all(values.iter().map(|value| self.one(value, facts))),
                Quantifier::ForAnyValue => Truth::any(values.iter().map(|value| self.one(value, facts))),
                // AWS asks for a quantifier where a key may have several values, and does not say what comes of a test
                // without one, unless every value comes to the same.
                Quantifier::Single => {
                    let mut truths = values.iter().map(|value| self.one(value, facts));
                    let first = truths.next().unwrap_or(Truth::Maybe);
                    if truths.all(|truth| truth == first) { first } else { Truth::Maybe }
                }
            },
        }
    }

    /// Whether one value of the request passes.
    fn one(&self, value: &str, facts: &dyn Facts) -> Truth {
        self.passes(self.check.matches(value, facts))
    }

    fn passes(&self, matches: Truth) -> Truth {
        if self.source.operator.is_negated() { !matches } else { matches }
    }

    /// Whether the caller, who chooses the value of its key, can make it come out either way.
    pub fn is_chosen(&self, facts: &dyn Facts) -> bool {
        facts.lookup(&self.key) == Lookup::Chosen && self.holds(facts) == Truth::Maybe
    }

    /// What every value that a request may carry comes to, where that is the same for all.
    fn any_value(&self, facts: &dyn Facts) -> Option<bool> {
        let all = match &self.check {
            Check::Text(patterns) | Check::TextOfAnyCase(patterns) => {
                patterns.iter().any(Pattern::is_universal)
            }
            _ => false,
        };
        // A pattern with a variable that has no value matches nothing.
        let none = match &self.check {
            Check::Text(patterns) | Check::TextOfAnyCase(patterns) => {
                let every = Pattern::glob("*");
                patterns.iter().all(|pattern| pattern.covers(&every, facts) == Truth::No)
            }
            _ => self.check.is_empty(),
        };
        let decided = all || none;
        decided.then_some(all != self.source.operator.is_negated())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let document::Test { operator, key, values } = &self.source;
        if let Check::Null(wanted) = &self.check {
            let words = match (wanted.contains(&true), wanted.contains(&false)) {
                (true, false) => "the request does not carry",
                (false, true) => "the request carries",
                _ => "the request carries or does not carry",
            };
            return write!(f, "{words} {key}");
        }
        match operator.quantifier {
            Quantifier::Single => write!(f, "{key} ")?,
            Quantifier::ForAllValues => write!(f, "every value of {key} ")?,
            Quantifier::ForAnyValue => write!(f, "any value of {key} ")?,
        }
        f.write_str(operator.comparison.words())?;
        let or = if operator.is_negated() { " nor" } else { " or" };
        for (position, value) in values.iter().enumerate() {
            write!(f, "{} `{value}`", if position == 0 { "" } else { or })?;
        }
        // What holds without the key surprises whoever reads on.
        if operator.holds_when_absent() { f.write_str(", or is absent") } else { Ok(()) }
    }
}

fn null(wanted: &[bool], found: Lookup<'_>) -> Truth {
    let absent = match found {
        Lookup::Absent | Lookup::Values([]) => true,
        Lookup::Values(_) | Lookup::Like(_) => false,
        Lookup::Unknown | Lookup::Chosen if wanted.contains(&true) && wanted.contains(&false) => {
            return Truth::Yes;
        }
        Lookup::Unknown | Lookup::Chosen if wanted.is_empty() => return Truth::No,
        Lookup::Unknown | Lookup::Chosen => return Truth::Maybe,
    };
    wanted.contains(&absent).into()
}

impl Check {
    fn compile(test: &document::Test, version: Version) -> Result<Self, String> {
        use Comparison as C;
        let comparison = test.operator.comparison;
        let patterns =
            |wildcards| test.values.iter().map(|text| Pattern::new(text, wildcards, version)).collect();
        Ok(match comparison {
            C::StringEquals | C::StringNotEquals => Self::Text(patterns(Wildcards::Literal)),
            C::StringLike | C::StringNotLike => Self::Text(patterns(Wildcards::Expanded)),
            C::StringEqualsIgnoreCase | C::StringNotEqualsIgnoreCase => {
                Self::TextOfAnyCase(patterns(Wildcards::Literal))
            }
            C::ArnEquals | C::ArnLike | C::ArnNotEquals | C::ArnNotLike => {
                Self::Arn(patterns(Wildcards::Expanded))
            }
            C::BinaryEquals => Self::Binary(test.values.iter().map(|text| base64(text).into()).collect()),
            C::Bool => Self::Bool(typed(test, boolean)?),
            C::Null => Self::Null(typed(test, boolean)?),
            C::IpAddress | C::NotIpAddress => Self::Address(typed(test, network)?),
            C::NumericEquals
            | C::NumericNotEquals
            | C::NumericLessThan
            | C::NumericLessThanEquals
            | C::NumericGreaterThan
            | C::NumericGreaterThanEquals => Self::Number(order(comparison), typed(test, Number::parse)?),
            C::DateEquals
            | C::DateNotEquals
            | C::DateLessThan
            | C::DateLessThanEquals
            | C::DateGreaterThan
            | C::DateGreaterThanEquals => Self::Instant(order(comparison), typed(test, instant)?),
        })
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Text(values) | Self::TextOfAnyCase(values) | Self::Arn(values) => values.is_empty(),
            Self::Number(_, values) => values.is_empty(),
            Self::Instant(_, values) => values.is_empty(),
            Self::Bool(values) | Self::Null(values) => values.is_empty(),
            Self::Binary(values) => values.is_empty(),
            Self::Address(values) => values.is_empty(),
        }
    }

    /// Whether what matches a pattern matches any value of the policy.
    fn covers(&self, query: &Pattern, facts: &dyn Facts) -> Truth {
        match self {
            Self::Text(patterns) => Truth::any(patterns.iter().map(|p| p.covers(query, facts))),
            _ if self.is_empty() => Truth::No,
            _ => Truth::Maybe,
        }
    }

    /// Whether a value of the request matches any value of the policy. One that is not of the type matches none.
    fn matches(&self, value: &str, facts: &dyn Facts) -> Truth {
        match self {
            Self::Text(patterns) => Truth::any(patterns.iter().map(|p| p.matches(value, facts))),
            Self::TextOfAnyCase(patterns) => {
                Truth::any(patterns.iter().map(|p| p.matches_ignoring_case(value, facts)))
            }
            Self::Arn(patterns) => Truth::any(patterns.iter().map(|p| p.matches_arn(value, facts))),
            Self::Number(order, values) => Number::parse(value)
                .is_some_and(|number| {
                    values.iter().any(|one| number.compare(*one).is_some_and(|found| order.fits(found)))
                })
                .into(),
            Self::Instant(order, values) => {
                instant(value).is_some_and(|at| values.iter().any(|one| order.fits(at.cmp(one)))).into()
            }
            Self::Bool(values) => boolean(value).is_some_and(|truth| values.contains(&truth)).into(),
            Self::Binary(values) => values.iter().any(|one| **one == *base64(value)).into(),
            Self::Address(networks) => {
                network(value).is_some_and(|address| networks.iter().any(|one| one.contains(&address))).into()
            }
            Self::Null(_) => Truth::No,
        }
    }
}

fn order(comparison: Comparison) -> Order {
    use Comparison as C;
    match comparison {
        C::NumericLessThan | C::DateLessThan => Order::Less,
        C::NumericLessThanEquals | C::DateLessThanEquals => Order::LessOrSame,
        C::NumericGreaterThan | C::DateGreaterThan => Order::Greater,
        C::NumericGreaterThanEquals | C::DateGreaterThanEquals => Order::GreaterOrSame,
        _ => Order::Same,
    }
}

fn typed<T>(test: &document::Test, parse: fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    test.values
        .iter()
        .map(|text| parse(text).ok_or_else(|| format!("`{text}` is no value for {}", test.operator)))
        .collect()
}

/// Base64 without what may differ between two writings of the same bytes.
fn base64(text: &str) -> &str {
    text.trim_end_matches('=')
}
