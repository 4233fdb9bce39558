//! Condition operators by name.

use std::fmt;

/// How a condition with several request values is read.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// No prefix.
    Single,
    /// `ForAllValues:`; true when the key is absent.
    ForAllValues,
    /// `ForAnyValue:`; false when the key is absent.
    ForAnyValue,
}

/// A condition operator, split into its parts: `ForAllValues:StringLikeIfExists`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// The prefix.
    pub quantifier: Quantifier,
    /// The comparison as the documentation spells it: `StringLike`. Unknown ones stay as written.
    pub comparison: String,
    /// The `IfExists` suffix: true when the key is absent.
    pub if_exists: bool,
}

const COMPARISONS: &[&str] = &[
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
];

impl Operator {
    /// Splits an operator as written. Operators compare without case.
    pub fn parse(text: &str) -> Self {
        let (quantifier, rest) = match text.split_once(':') {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => {
                (Quantifier::ForAllValues, rest)
            }
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => {
                (Quantifier::ForAnyValue, rest)
            }
            _ => (Quantifier::Single, text),
        };
        let suffix = rest.len().checked_sub("IfExists".len()).and_then(|at| rest.split_at_checked(at));
        let (name, if_exists) = match suffix {
            Some((name, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => (name, true),
            _ => (rest, false),
        };
        let comparison = COMPARISONS
            .iter()
            .find(|known| known.eq_ignore_ascii_case(name))
            .map_or(name, |known| *known)
            .to_owned();
        Self { quantifier, comparison, if_exists }
    }

    /// Whether the comparison is one that AWS knows.
    pub fn is_known(&self) -> bool {
        COMPARISONS.contains(&self.comparison.as_str())
    }

    /// Whether the comparison holds for values that do *not* match: it binds nothing to a value.
    pub fn is_negated(&self) -> bool {
        self.comparison.contains("Not")
    }

    /// Whether the condition holds when the request does not carry the key at all.
    pub fn holds_when_absent(&self) -> bool {
        self.if_exists
            || self.quantifier == Quantifier::ForAllValues
            || (self.is_negated() && self.quantifier == Quantifier::Single)
    }

    /// Whether `*` and `?` in the policy's value are wildcards.
    pub fn has_wildcards(&self) -> bool {
        matches!(
            self.comparison.as_str(),
            "StringLike" | "StringNotLike" | "ArnLike" | "ArnNotLike" | "ArnEquals" | "ArnNotEquals"
        )
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quantifier {
            Quantifier::Single => {}
            Quantifier::ForAllValues => f.write_str("ForAllValues:")?,
            Quantifier::ForAnyValue => f.write_str("ForAnyValue:")?,
        }
        f.write_str(&self.comparison)?;
        if self.if_exists { f.write_str("IfExists") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_split_into_their_parts() {
        let o = Operator::parse("forallvalues:stringLikeIfExists");
        assert_eq!(
            (o.quantifier, o.comparison.as_str(), o.if_exists),
            (Quantifier::ForAllValues, "StringLike", true)
        );
        assert_eq!(o.to_string(), "ForAllValues:StringLikeIfExists");
        assert!(!Operator::parse("StringMatches").is_known());
        assert!(Operator::parse("Null").is_known());
        assert!(!Operator::parse("é").is_known());
    }

    #[test]
    fn absent_keys() {
        for holds in ["ForAllValues:StringEquals", "StringEqualsIfExists", "StringNotEquals"] {
            assert!(Operator::parse(holds).holds_when_absent(), "{holds}");
        }
        for fails in ["StringEquals", "ForAnyValue:StringLike", "ForAnyValue:StringNotEquals", "ArnLike"] {
            assert!(!Operator::parse(fails).holds_when_absent(), "{fails}");
        }
    }
}
