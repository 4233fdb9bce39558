//! The syntax of AWS policy documents: what reads, what is refused, and what is the same.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

use census_privilege::aws::{
    document::{Document, Element, PrincipalKey, StatementEffect, Version, decode},
    operator::{Operator, Quantifier},
};
use proptest::prelude::*;

fn parse(text: &str) -> Document {
    Document::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn refused(text: &str) -> String {
    match Document::parse(text) {
        Ok(document) => panic!("{text} was read as {document:?}"),
        Err(error) => error.to_string(),
    }
}

fn statement(inner: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{inner}}}]}}"#)
}

#[test]
fn one_statement_and_a_list_of_one_are_the_same() {
    let list = parse(&statement(r#""Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]"#));
    let bare = parse(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#,
    );
    assert_eq!(list.statements[0].action, bare.statements[0].action);
    assert_eq!(list.statements[0].resource, Some(Element::Only(vec!["*".into()])));
    assert_eq!(list.statements[0].principal, None);
    assert_eq!(list.statements[0].effect, StatementEffect::Allow);
}

#[test]
fn an_absent_version_is_the_older_one() {
    let text = r#"{"Statement":[]}"#;
    assert_eq!(parse(text).version, Version::V2008);
    assert_eq!(parse(r#"{"Version":"2008-10-17","Statement":[]}"#).version, Version::V2008);
    assert_eq!(parse(r#"{"Version":"2012-10-17","Id":"x","Statement":[]}"#).version, Version::V2012);
}

#[test]
fn not_forms_are_kept_apart_from_the_positive_ones() {
    let document =
        parse(&statement(r#""Effect":"Deny","NotAction":"iam:*","NotResource":"a","NotPrincipal":"*""#));
    let statement = &document.statements[0];
    assert_eq!(statement.action, Element::AllBut(vec!["iam:*".into()]));
    assert_eq!(statement.resource, Some(Element::AllBut(vec!["a".into()])));
    let Some(Element::AllBut(principals)) = &statement.principal else { panic!("{statement:?}") };
    assert_eq!(principals[0].kind, PrincipalKey::Star);
}

#[test]
fn encoded_and_plain_text_read_alike() {
    let plain = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a+b/é %"}]}"#;
    let encoded: String = plain
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    assert_eq!(decode(&encoded), plain);
    assert_eq!(decode(plain), plain, "a percent sign inside plain text stays");
    assert_eq!(parse(&encoded), parse(plain));
    // What does not decode to UTF-8 is not guessed at.
    assert_eq!(decode("%7B%FF%7D"), "%7B%FF%7D");
    assert!(refused("%7B%FF%7D").contains("not JSON"));
}

#[test]
fn condition_values_of_every_scalar_type_become_text() {
    let document = parse(&statement(
        r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":true},
           "NumericLessThan":{"s3:max-keys":[10,2.5]},"ForAllValues:StringLikeIfExists":{"aws:TagKeys":["a","b"]}}"#,
    ));
    let statement = &document.statements[0];
    let values = |key: &str| {
        let test = statement.condition.iter().find(|t| t.is_about(key)).unwrap();
        (test.operator, test.values.clone())
    };
    assert_eq!(values("AWS:multifactorauthpresent").1, ["true"]);
    assert_eq!(values("s3:max-keys").1, ["10", "2.5"]);
    let (operator, keys) = values("aws:TagKeys");
    assert_eq!(operator.quantifier, Quantifier::ForAllValues);
    assert_eq!(keys, ["a", "b"]);
}

#[test]
fn the_condition_text_is_canonical() {
    let text = |condition: &str| {
        let inner = format!(r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}"#);
        parse(&statement(&inner)).statements[0].condition_text.clone()
    };
    let expected = r#"{"Bool":{"b":"true"},"StringEquals":{"a":"1","z":["2","3"]}}"#;
    assert_eq!(
        text(r#"{ "StringEquals": {"z":["2","3"], "a":"1"}, "Bool":{"b":"true"} }"#).as_deref(),
        Some(expected)
    );
    assert_eq!(text("{}"), None);
    assert_eq!(text(r#"{"StringEquals":{}}"#), None);
}

#[test]
fn statements_are_told_apart_by_sid_or_content_never_by_position() {
    let a = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
    let b = r#"{"Sid":"B","Effect":"Deny","Action":"s3:*","Resource":"*"}"#;
    let c = r#"{"Sid":"","Resource":"*","Effect":"Allow","Action":"ec2:*"}"#;
    let labels = |list: &[&str]| {
        let document = parse(&format!(r#"{{"Statement":[{}]}}"#, list.join(",")));
        document.statements.into_iter().map(|s| s.label).collect::<Vec<_>>()
    };
    let [la, lb, lc] = labels(&[a, b, c]).try_into().unwrap();
    assert_eq!(labels(&[c, a]), [lc.clone(), la.clone()]);
    assert_eq!(lb, "B");
    assert!(la.starts_with('#') && la != lc, "{la} {lc}");
}

#[test]
fn canonical_text_ignores_space_key_order_and_statement_order() {
    let one = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"},{"Effect":"Deny","Action":"c:d","Resource":"*"}]}"#;
    let two = r#"{ "Statement":[ {"Resource":"*","Action":"c:d","Effect":"Deny"},
                   {"Action":"a:b","Resource":"*","Effect":"Allow"} ], "Version":"2012-10-17" }"#;
    let canonical = |text: &str| Document::parse_canonical(text).unwrap().1;
    assert_eq!(canonical(one), canonical(two));
    assert_ne!(canonical(one), canonical(&one.replace("c:d", "c:e")));
    assert_eq!(canonical(&canonical(one)), canonical(one));
}

#[test]
fn what_aws_would_refuse_is_refused_with_its_place() {
    let allow = r#""Effect":"Allow","Action":"*""#;
    let cases = [
        (String::new(), "not JSON"),
        ("[]".into(), "document: must be an object"),
        ("{}".into(), "Statement: is missing"),
        (r#"{"Version":"2013-01-01","Statement":[]}"#.into(), "Version"),
        (r#"{"Version":2012,"Statement":[]}"#.into(), "Version"),
        (r#"{"Statements":[]}"#.into(), "`Statements` is not an element"),
        (r#"{"Statement":[{"Effect":"Allow"}]}"#.into(), "Statement[0]: has neither"),
        (r#"{"Statement":["x"]}"#.into(), "Statement[0]: must be an object"),
        (statement(r#""Effect":"allow","Action":"*""#), "Statement[0].Effect"),
        (statement(r#""Effect":"Allow","Action":{}"#), "Statement[0].Action"),
        (statement(&format!(r#"{allow},"NotAction":"a""#)), "both `Action` and `NotAction`"),
        (statement(&format!(r#"{allow},"Principal":"x""#)), "Statement[0].Principal"),
        (statement(&format!(r#"{allow},"Principal":{{"Aws":"x"}}"#)), "`Aws` is not a kind of principal"),
        (statement(&format!(r#"{allow},"Principal":{{"AWS":1}}"#)), "Statement[0].Principal.AWS"),
        (statement(&format!(r#"{allow},"Sid":1"#)), "Statement[0].Sid"),
        (statement(&format!(r#"{allow},"Effect":"Deny""#)), "`Effect` appears twice"),
        (statement(&format!(r#"{allow},"Condition":[]"#)), "Statement[0].Condition"),
        (statement(&format!(r#"{allow},"Condition":{{"Bool":{{"a":null}}}}"#)), "Condition.Bool.a"),
        (statement(&format!(r#"{allow},"Condition":{{"Bool":{{"a":{{}}}}}}"#)), "Condition.Bool.a"),
        (
            statement(&format!(r#"{allow},"Condition":{{"StringResembles":{{"a:b":"c"}}}}"#)),
            "`StringResembles` is not a condition operator",
        ),
    ];
    for (text, part) in cases {
        let error = refused(&text);
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn absurd_sizes_end_in_an_error() {
    assert!(refused(&"[".repeat(100_000)).contains("recursion"));
    let deep = format!("{}{}", r#"{"Statement":"#.repeat(5_000), "}".repeat(5_000));
    assert!(refused(&deep).contains("recursion"));
    assert!(refused(&" ".repeat(2 << 20)).contains("more than any policy"));
}

#[test]
fn null_tests_look_at_their_value() {
    let holds = |condition: &str| {
        let inner = format!(r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}"#);
        parse(&statement(&inner)).statements[0].condition[0].holds_when_absent()
    };
    assert!(holds(r#"{"Null":{"aws:TokenIssueTime":"true"}}"#));
    assert!(holds(r#"{"null":{"aws:TokenIssueTime":true}}"#));
    assert!(!holds(r#"{"Null":{"aws:TokenIssueTime":"false"}}"#));
    assert!(holds(r#"{"StringNotEquals":{"k":"v"}}"#));
    assert!(!holds(r#"{"StringEquals":{"k":"v"}}"#));
}

proptest! {
    /// No text, however odd, ends in anything but a document or an error.
    #[test]
    fn any_text_is_a_document_or_an_error(text in "\\PC{0,200}") {
        let _ = Document::parse(&text);
        let _ = decode(&text);
        let _ = Operator::parse(&text).map(|operator| operator.to_string());
    }

    /// Statement order never shows in the canonical text.
    #[test]
    fn order_never_shows(statements in proptest::collection::vec("[a-z]{1,3}:[A-Z*]{1,3}", 1..6), turn in 0usize..6) {
        let text = |actions: &[String]| {
            let list: Vec<String> = actions
                .iter()
                .map(|a| format!(r#"{{"Effect":"Allow","Action":"{a}","Resource":"*"}}"#))
                .collect();
            format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, list.join(","))
        };
        let mut turned = statements.clone();
        let by = turn % turned.len();
        turned.rotate_left(by);
        prop_assert_eq!(
            Document::parse_canonical(&text(&statements)).unwrap().1,
            Document::parse_canonical(&text(&turned)).unwrap().1
        );
    }
}
