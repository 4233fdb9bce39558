//! Policy documents: parsing is total, canonical text is a fixed point, compiling is total for every type of policy.

use census_privilege::aws::{
    document::{Document, decode},
    policy::{Policy, PolicyType},
};

const TYPES: [PolicyType; 8] = [
    PolicyType::Identity,
    PolicyType::Boundary,
    PolicyType::Session,
    PolicyType::Resource,
    PolicyType::Trust,
    PolicyType::ServiceControl,
    PolicyType::ResourceControl,
    PolicyType::Endpoint,
];

pub(crate) fn run(text: &str) {
    _ = decode(text);
    let document = match (Document::parse(text), Document::parse_canonical(text)) {
        (Ok(document), Ok((same, canonical))) => {
            // The canonical one has its statements in the canonical order.
            let sorted = |document: &Document| {
                let mut statements: Vec<String> =
                    document.statements.iter().map(|one| format!("{one:?}")).collect();
                statements.sort_unstable();
                (document.version, statements)
            };
            assert_eq!(sorted(&document), sorted(&same), "both ways of parsing give one document");
            fixed_point(&document, &canonical);
            document
        }
        (Err(error), Err(same)) => {
            assert_eq!(error, same, "both ways of parsing refuse for one reason");
            assert!(!error.place.is_empty() && !error.problem.is_empty(), "an error says where and what");
            return;
        }
        (one, other) => panic!("one way parses what the other refuses: {one:?} {other:?}"),
    };
    for kind in TYPES {
        match Policy::compile(&document, kind) {
            Ok(policy) => faithful(&document, &policy),
            Err(error) => assert!(error.place.starts_with("Statement["), "{error}"),
        }
    }
}

fn fixed_point(document: &Document, canonical: &str) {
    let (mut again, text) = Document::parse_canonical(canonical)
        .unwrap_or_else(|error| panic!("canonical text is refused: {error}: {canonical}"));
    assert_eq!(text, canonical, "canonical text of canonical text");
    assert_eq!(again.version, document.version);
    let mut statements = document.statements.clone();
    // Canonical text sorts statements; nothing else of them changes but the order of keys within.
    let key = |one: &census_privilege::aws::document::Statement| {
        (one.label.clone(), one.effect, one.condition_text.clone(), format!("{:?}", one.action))
    };
    statements.sort_by_cached_key(key);
    again.statements.sort_by_cached_key(key);
    assert_eq!(statements.len(), again.statements.len());
    for (one, other) in statements.iter().zip(&again.statements) {
        assert_eq!(key(one), key(other), "a statement changed");
    }
}

fn faithful(document: &Document, policy: &Policy) {
    assert_eq!(document.statements.len(), policy.statements.len(), "no statement is lost");
    for (written, compiled) in document.statements.iter().zip(&policy.statements) {
        assert_eq!(written.label, *compiled.label);
        assert!(!compiled.label.is_empty(), "every statement can be named");
        assert_eq!(written.condition.len(), compiled.tests().len(), "no test is lost");
        for test in compiled.tests() {
            let shown = test.to_string();
            assert!(shown.contains(&test.source().key), "a test in words names its key: {shown}");
        }
    }
}
