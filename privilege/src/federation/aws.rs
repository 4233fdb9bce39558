//! What the condition of a trust of AWS asks for, test by test.

use census_model::{ConditionLanguage, Trust};
use serde_json::{Value, json};

use crate::aws::{
    document::{Document, Test},
    operator::{Comparison, Operator},
};

/// The tests of a trust's condition; empty without a condition, `None` when there is one that cannot be read.
pub fn tests(trust: &Trust) -> Option<Vec<Test>> {
    let Some(condition) = &trust.condition else { return Some(Vec::new()) };
    if condition.language != ConditionLanguage::AwsJson {
        return None;
    }
    let condition: Value = serde_json::from_str(&condition.text).ok()?;
    let statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Condition": condition });
    let document = Document::from_value(&json!({ "Version": "2012-10-17", "Statement": statement })).ok()?;
    document.statements.into_iter().next().map(|statement| statement.condition)
}

/// Whether a test says what the value of its key is to be, where that is there.
pub fn names(test: &Test) -> bool {
    use Comparison as C;
    const NAMING: &[C] =
        &[C::StringEquals, C::StringEqualsIgnoreCase, C::StringLike, C::ArnEquals, C::ArnLike, C::IpAddress];
    !test.operator.is_negated() && NAMING.contains(&test.operator.comparison)
}

/// Why a test does not demand any value of its key; `None` when it does.
pub fn undemanding(test: &Test, all: &[Test]) -> Option<&'static str> {
    if test.operator.is_negated() {
        return Some("it only says what the value must not be");
    }
    if !names(test) {
        return Some("this operator does not compare the value with a name");
    }
    // `Null: false` demands the key, after which `ForAllValues` and `IfExists` compare like any other.
    let present = all.iter().any(|other| {
        other.is_about(&test.key)
            && other.operator.comparison == Comparison::Null
            && !other.operator.holds_when_absent()
            && !other.values.is_empty()
            && other.values.iter().all(|value| value.eq_ignore_ascii_case("false"))
    });
    (test.operator.holds_when_absent() && !present).then_some("it also holds when the key is absent")
}

/// Whether a value has wildcards that the operator expands, that it takes literally, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wildcards {
    /// It has none.
    None,
    /// The operator expands them.
    Expanded,
    /// The operator takes them literally.
    Literal,
}

/// What the wildcards of a value are under an operator.
pub fn wildcards(operator: Operator, value: &str) -> Wildcards {
    match value.contains(['*', '?']) {
        false => Wildcards::None,
        true if operator.has_wildcards() => Wildcards::Expanded,
        true => Wildcards::Literal,
    }
}
