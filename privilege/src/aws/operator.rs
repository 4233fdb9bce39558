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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// The prefix.
    pub quantifier: Quantifier,
    /// The comparison.
    pub comparison: Comparison,
    /// The `IfExists` suffix: true when the key is absent.
    pub if_exists: bool,
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident)+) => {
        /// What a condition operator compares, and how.
        /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Comparison {
            $($(#[$doc])* $name,)+
        }

        impl Comparison {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name as the documentation spells it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }
    };
}

comparisons! {
    /// Same ARN pattern, part by part; the same as `ArnLike`.
    ArnEquals
    /// Same ARN pattern, part by part.
    ArnLike
    /// Negated `ArnEquals`.
    ArnNotEquals
    /// Negated `ArnLike`.
    ArnNotLike
    /// Same bytes, written in Base64.
    BinaryEquals
    /// Same truth.
    Bool
    /// Same instant.
    DateEquals
    /// After.
    DateGreaterThan
    /// At or after.
    DateGreaterThanEquals
    /// Before.
    DateLessThan
    /// At or before.
    DateLessThanEquals
    /// Another instant.
    DateNotEquals
    /// Within a network.
    IpAddress
    /// Outside a network.
    NotIpAddress
    /// Whether the key is absent.
    Null
    /// Same number.
    NumericEquals
    /// Greater.
    NumericGreaterThan
    /// Greater or same.
    NumericGreaterThanEquals
    /// Less.
    NumericLessThan
    /// Less or same.
    NumericLessThanEquals
    /// Another number.
    NumericNotEquals
    /// Same text, case and all.
    StringEquals
    /// Same text in any case.
    StringEqualsIgnoreCase
    /// Pattern with `*` and `?`, case and all.
    StringLike
    /// Another text.
    StringNotEquals
    /// Another text in any case.
    StringNotEqualsIgnoreCase
    /// Negated `StringLike`.
    StringNotLike
}

impl Comparison {
    /// Whether it holds for values that do *not* match: it binds nothing to a value.
    pub fn is_negated(self) -> bool {
        use Comparison as C;
        matches!(
            self,
            C::ArnNotEquals
                | C::ArnNotLike
                | C::DateNotEquals
                | C::NotIpAddress
                | C::NumericNotEquals
                | C::StringNotEquals
                | C::StringNotEqualsIgnoreCase
                | C::StringNotLike
        )
    }
}

impl Comparison {
    /// What stands between key and value when a person reads it.
    pub fn words(self) -> &'static str {
        use Comparison as C;
        match self {
            C::StringEquals | C::NumericEquals | C::DateEquals | C::Bool | C::BinaryEquals => "is",
            C::StringEqualsIgnoreCase => "is (in any case)",
            C::StringLike | C::ArnLike | C::ArnEquals => "matches",
            C::StringNotEquals | C::NumericNotEquals | C::DateNotEquals => "is not",
            C::StringNotEqualsIgnoreCase => "is not (in any case)",
            C::StringNotLike | C::ArnNotLike | C::ArnNotEquals => "does not match",
            C::IpAddress => "lies in",
            C::NotIpAddress => "does not lie in",
            C::NumericLessThan => "is less than",
            C::NumericLessThanEquals => "is at most",
            C::NumericGreaterThan => "is greater than",
            C::NumericGreaterThanEquals => "is at least",
            C::DateLessThan => "is before",
            C::DateLessThanEquals => "is not after",
            C::DateGreaterThan => "is after",
            C::DateGreaterThanEquals => "is not before",
            C::Null => "is absent,",
        }
    }
}

impl Operator {
    /// Splits an operator as written; `None` if AWS knows none of that name. Operators compare without case.
    pub fn parse(text: &str) -> Option<Self> {
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
        let comparison = *Comparison::ALL.iter().find(|known| known.as_str().eq_ignore_ascii_case(name))?;
        // `Null` asks for absence itself.
        (comparison != Comparison::Null || !if_exists).then_some(Self { quantifier, comparison, if_exists })
    }

    /// Whether the comparison holds for values that do *not* match: it binds nothing to a value.
    pub fn is_negated(self) -> bool {
        self.comparison.is_negated()
    }

    /// Whether the condition holds when the request does not carry the key at all. `Null` asks for just that, and its
    /// value answers.
    pub fn holds_when_absent(self) -> bool {
        self.if_exists
            || self.quantifier == Quantifier::ForAllValues
            || (self.is_negated() && self.quantifier == Quantifier::Single)
    }

    /// Whether `*` and `?` in the policy's value are wildcards.
    pub fn has_wildcards(self) -> bool {
        use Comparison as C;
        matches!(
            self.comparison,
            C::StringLike | C::StringNotLike | C::ArnLike | C::ArnNotLike | C::ArnEquals | C::ArnNotEquals
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
        f.write_str(self.comparison.as_str())?;
        if self.if_exists { f.write_str("IfExists") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_split_into_their_parts() {
        let o = Operator::parse("forallvalues:stringLikeIfExists").unwrap();
        assert_eq!(
            (o.quantifier, o.comparison, o.if_exists),
            (Quantifier::ForAllValues, Comparison::StringLike, true)
        );
        assert_eq!(o.to_string(), "ForAllValues:StringLikeIfExists");
        for unknown in ["StringMatches", "é", "", "IfExists", "NullIfExists", "ForSomeValues:StringLike"] {
            assert_eq!(Operator::parse(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn negated_comparisons_say_so_in_their_name() {
        for comparison in Comparison::ALL {
            assert_eq!(comparison.is_negated(), comparison.as_str().contains("Not"), "{comparison:?}");
        }
    }

    #[test]
    fn absent_keys() {
        for holds in ["ForAllValues:StringEquals", "StringEqualsIfExists", "StringNotEquals"] {
            assert!(Operator::parse(holds).unwrap().holds_when_absent(), "{holds}");
        }
        for fails in ["StringEquals", "ForAnyValue:StringLike", "ForAnyValue:StringNotEquals", "ArnLike"] {
            assert!(!Operator::parse(fails).unwrap().holds_when_absent(), "{fails}");
        }
    }
}
