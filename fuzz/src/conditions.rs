//! Conditions: whatever is known, a test is decided in few steps, and knowing more only settles what was open.
//!
//! An input is `{"version", "condition", "context", "complete"}`.

use std::{cell::Cell, collections::BTreeMap};

use census_privilege::{
    aws::{
        condition::Test,
        context::{Context, Facts, Lookup, Rest},
        document::{self, Document},
        operator::{Comparison, Quantifier},
    },
    truth::Truth,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    #[serde(default)]
    version: Option<String>,
    condition: Value,
    #[serde(default)]
    context: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    complete: bool,
}

pub(crate) fn run(text: &str) {
    let Ok(input) = serde_json::from_str::<Input>(text) else { return };
    let statement = json!({ "Effect": "Deny", "Action": "*", "Condition": input.condition });
    let version = input.version.unwrap_or_else(|| "2012-10-17".to_owned());
    let policy = json!({ "Version": version, "Statement": statement });
    let Ok(document) = Document::from_value(&policy) else { return };
    let mut context = Context::new(if input.complete { Rest::Absent } else { Rest::Unknown });
    for (key, values) in &input.context {
        context.set(key, values.iter().map(String::as_str));
    }
    for written in document.statements.iter().flat_map(|statement| &statement.condition) {
        match Test::compile(written, document.version) {
            Ok(test) => holds(&test, &context),
            Err(problem) => assert!(!problem.is_empty(), "a refusal says why"),
        }
        dual(written, document.version, &context);
    }
}

/// Counts how often it is asked.
struct Counted<'a> {
    facts: &'a Context,
    lookups: Cell<usize>,
}

impl Facts for Counted<'_> {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        self.lookups.set(self.lookups.get() + 1);
        self.facts.lookup(key)
    }

    fn names(&self, prefix: &str) -> Vec<&str> {
        self.facts.names(prefix)
    }
}

fn holds(test: &Test, context: &Context) {
    let source = test.source();
    assert!(!test.to_string().is_empty(), "a test has words");
    let facts = Counted { facts: context, lookups: Cell::new(0) };
    let open = test.holds(&facts);
    let carried = match context.lookup(&source.key.to_ascii_lowercase()) {
        Lookup::Values(values) => values.len(),
        Lookup::Absent | Lookup::Like(_) | Lookup::Chosen | Lookup::Unknown => 0,
    };
    // The key once, and each variable of the policy once for each value of the request, or to see whether any value fits.
    let most = 1 + (carried + 1) * test.keys().count();
    assert!(
        facts.lookups.get() <= most,
        "{} questions, expected at most {most}: {test}",
        facts.lookups.get()
    );
    let several = carried > 1 && source.operator.quantifier == Quantifier::Single;
    let unknown: Vec<&str> =
        test.keys().filter(|key| context.lookup(&key.to_ascii_lowercase()) == Lookup::Unknown).collect();
    assert!(
        !unknown.is_empty() || open != Truth::Maybe || several,
        "nothing is open, but the test is: {test}"
    );
    for key in unknown {
        for known in known(context, source, key) {
            let closed = test.holds(&known);
            assert!(
                open == Truth::Maybe || open == closed,
                "a certain {open:?} became {closed:?} with {:?} for `{key}`: {test}",
                known.lookup(&key.to_ascii_lowercase())
            );
        }
    }
}

/// A context that knows one key more, in several ways.
fn known(context: &Context, source: &document::Test, key: &str) -> Vec<Context> {
    let mut lacks = context.clone();
    lacks.lacks(key);
    let mut all = vec![lacks];
    let samples = ["", "x", "10", "true", "FALSE", "2024-01-01", "10.0.0.1", "arn:aws:s3:::a", "1:b"];
    let mut two = context.clone();
    two.set(key, ["x", "y"]);
    all.push(two);
    for value in samples.into_iter().chain(source.values.iter().map(String::as_str)) {
        let mut one = context.clone();
        one.set(key, [value]);
        all.push(one);
    }
    all
}

/// Of one value, a negated operator says what the plain one does not.
fn dual(written: &document::Test, version: document::Version, context: &Context) {
    let operator = written.operator;
    let key = written.key.to_ascii_lowercase();
    let (Quantifier::Single, true, Lookup::Values([_])) =
        (operator.quantifier, operator.is_negated(), context.lookup(&key))
    else {
        return;
    };
    let name = operator.comparison.as_str().replacen("Not", "", 1);
    let plain = Comparison::ALL.iter().find(|comparison| comparison.as_str() == name);
    let plain = plain.unwrap_or_else(|| panic!("`{name}` negates nothing"));
    let mut positive = written.clone();
    positive.operator.comparison = *plain;
    match (Test::compile(written, version), Test::compile(&positive, version)) {
        (Ok(negated), Ok(plain)) => assert_eq!(negated.holds(context), !plain.holds(context), "{negated}"),
        (Err(_), Err(_)) => {}
        (one, other) => panic!("only one of two operators takes the values: {one:?} {other:?}"),
    }
}
