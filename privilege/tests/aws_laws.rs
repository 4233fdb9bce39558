//! Laws of the evaluation of AWS policies, tried on random requests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod laws;

use std::collections::{BTreeMap, BTreeSet};

use census_privilege::{
    aws::{
        context::{Context, Rest},
        document::{Document, Version},
        pattern::{Pattern, Wildcards},
    },
    truth::Truth,
};
use laws::{
    case::{Access, Case, Who},
    change::{in_another_order, with_allowance, with_denial, with_knowledge, with_limit},
    naive, request,
};
use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree,
    test_runner::{TestCaseResult, TestRunner},
};
use serde_json::json;

fn config() -> ProptestConfig {
    // `PROPTEST_CASES` asks for more.
    let default = ProptestConfig::default();
    ProptestConfig { failure_persistence: None, cases: default.cases.max(512), ..default }
}

proptest! {
    #![proptest_config(config())]

    /// One more explicit denial, in any policy, never widens a decision; nor the simulator's where the context is complete.
    /// (Where it is not, it may: `a_denial_never_widens_a_simulated_decision` in fuzz/tests/open.rs.)
    #[test]
    fn a_denial_never_widens((before, after) in with_denial()) {
        prop_assert!(after.access() <= before.access(), "{}\n{}", before.line(), after.line());
        prop_assert!(before.rest == Rest::Unknown || after.answer().access() <= before.answer().access(), "simulated: {}\n{}", before.line(), after.line());
    }

    /// One more limit never adds access.
    #[test]
    fn a_limit_never_adds_access((before, after) in with_limit()) {
        prop_assert!(after.access() <= before.access(), "{}\n{}", before.line(), after.line());
        prop_assert!(before.rest == Rest::Unknown || after.answer().access() <= before.answer().access(), "simulated: {}\n{}", before.line(), after.line());
    }

    /// One more thing that is allowed never narrows a decision.
    #[test]
    fn an_allowance_never_narrows((before, after) in with_allowance()) {
        prop_assert!(after.access() >= before.access(), "{}\n{}", before.line(), after.line());
        prop_assert!(before.rest == Rest::Unknown || after.answer().access() >= before.answer().access(), "simulated: {}\n{}", before.line(), after.line());
    }

    /// The order of policies, statements and values says nothing.
    #[test]
    fn order_says_nothing((before, after) in in_another_order()) {
        prop_assert_eq!(before.outcome(), after.outcome(), "{}\n{}", before.line(), after.line());
        let (before, after) = (before.answer(), after.answer());
        prop_assert_eq!((before.decision, before.denied_by), (after.decision, after.denied_by));
    }

    /// Nor does it in the reasons that are given.
    #[test]
    fn order_says_nothing_in_reasons((before, after) in in_another_order()) {
        prop_assert_eq!(before.answer(), after.answer(), "{}\n{}", before.line(), after.line());
    }

    /// Whoever learns more never unlearns what was certain, of the decision or of any layer.
    #[test]
    fn knowing_more_refines((before, after) in with_knowledge()) {
        refines(&before, &after)?;
    }

    /// A document's canonical text is the same document.
    #[test]
    fn canonical_text_decides_the_same(before in request::case()) {
        let mut after = before.clone();
        for (_, document) in after.each_document() {
            let (_, text) = Document::parse_canonical(&document.to_string()).unwrap();
            *document = serde_json::from_str(&text).unwrap();
        }
        prop_assert_eq!(before.outcome(), after.outcome(), "{}\n{}", before.line(), after.line());
    }

    /// The simulator answers what the engine decides; what stays open with a complete context does not allow.
    #[test]
    fn the_simulator_says_what_the_engine_decides(case in request::case()) {
        let answer = case.answer();
        let expected = match case.access() {
            Access::Conditional if case.rest == Rest::Absent => Access::Denied,
            // A line has no session of which the caller chooses the name.
            _ if matches!(case.who, Who::Chosen(..)) => answer.access(),
            access => access,
        };
        prop_assert_eq!(answer.access(), expected, "{}", case.line());
        prop_assert_eq!(answer.denied_by == "null", answer.access() != Access::Denied);
        prop_assert!(case.rest == Rest::Unknown || answer.access() != Access::Conditional);
        prop_assert!(!answer.because.is_empty() || answer.access() == Access::Denied, "{}", case.line());
    }

    /// Where nothing looks like a variable, the old version of the language means what the new one does.
    #[test]
    fn versions_differ_in_variables_alone(before in request::case()) {
        let mut after = before.clone();
        for (_, document) in after.each_document() {
            if !document.to_string().contains("${") {
                let old = document["Version"] != json!("2012-10-17");
                document["Version"] = json!(if old { "2012-10-17" } else { "2008-10-17" });
            }
        }
        prop_assert_eq!(before.answer(), after.answer(), "{}\n{}", before.line(), after.line());
        prop_assert_eq!(before.outcome(), after.outcome());
    }

    /// The matcher agrees with the naive one.
    #[test]
    fn wildcards_match_as_the_naive_matcher_says(pattern in "[ab:é*?]{0,8}", text in "[ab:é]{0,9}") {
        let found = Pattern::glob(&pattern).matches_fixed(&text);
        prop_assert_eq!(found, naive::matches(&pattern, &text));
        let near = pattern.replace(['*', '?'], "a");
        prop_assert_eq!(Pattern::glob(&pattern).matches_fixed(&near), naive::matches(&pattern, &near));
        let lower = Pattern::glob(&pattern).matches_ignoring_case(&text.to_uppercase(), &Context::default());
        prop_assert_eq!(lower, Truth::from(naive::matches(&pattern, &text)));
    }

    /// ARNs match part by part, as the naive matcher says: of any text, and of one close to the pattern.
    #[test]
    fn arns_match_as_the_naive_matcher_says(
        pattern in vec("[ab]?[ab*?:]", 4..8), arn in vec("[ab]{0,2}", 4..8), fill in "[ab:]{0,2}",
    ) {
        let (pattern, arn) = (pattern.join(":"), arn.join(":"));
        let near: String = pattern.chars().map(|symbol| member(symbol, &fill)).collect();
        for arn in [&arn, &near] {
            let found = Pattern::glob(&pattern).matches_arn(arn, &Context::default());
            prop_assert_eq!(found, Truth::from(naive::matches_arn(&pattern, arn)), "{} {}", pattern, arn);
        }
    }

    /// Where a pattern covers a query, every text of the query matches; where it does not meet it, none does.
    #[test]
    fn covering_is_sound(pattern in "[ab*?]{0,6}", query in "[ab*?]{0,6}", fills in vec("[ab]{0,3}", 24)) {
        let covers = Pattern::glob(&pattern).covers(&Pattern::glob(&query), &Context::default());
        let mut fills = fills.iter().cycle();
        for _ in 0..8 {
            let member: String = query.chars().map(|symbol| member(symbol, fills.next().unwrap())).collect();
            prop_assert!(naive::matches(&query, &member));
            match covers {
                Truth::Yes => prop_assert!(naive::matches(&pattern, &member), "{pattern} {query} {member}"),
                Truth::No => prop_assert!(!naive::matches(&pattern, &member), "{pattern} {query} {member}"),
                Truth::Maybe => {}
            }
        }
    }

    /// Variables are read as texts, defaults and unknowns: what is certain with an unknown value is so with every value.
    #[test]
    fn an_unknown_variable_may_be_anything(
        pattern in "[ab:*]{0,3}\\$\\{x:y(, 'a')?\\}[ab:*]{0,3}", text in "[ab:]{0,6}", value in "[ab:]{0,3}",
    ) {
        let pattern = Pattern::new(&pattern, Wildcards::Expanded, Version::V2012);
        let unknown = Context::new(Rest::Unknown);
        let mut known = Context::new(Rest::Unknown);
        known.set("x:y", [value.as_str()]);
        let open = pattern.matches(&text, &unknown);
        for facts in [&known, &Context::default()] {
            let closed = pattern.matches(&text, facts);
            prop_assert!(closed != Truth::Maybe && (open == Truth::Maybe || open == closed), "{pattern:?} {text}");
        }
    }
}

fn member(symbol: char, fill: &str) -> String {
    match symbol {
        '*' => fill.to_owned(),
        '?' => fill.chars().next().unwrap_or('b').to_string(),
        other => other.to_string(),
    }
}

fn refines(before: &Case, after: &Case) -> TestCaseResult {
    let shown = || format!("{}\n{}\nabsent: {:?}", before.line(), after.line(), after.absent);
    let kept = |open: Truth, closed: Truth| open == Truth::Maybe || open == closed;
    let (open, closed) = (before.outcome(), after.outcome());
    prop_assert!(kept(open.explicit, closed.explicit), "explicit: {:?} {:?}\n{}", open, closed, shown());
    for ((layer, open), (_, closed)) in open.layers.into_iter().zip(closed.layers) {
        prop_assert!(kept(open, closed), "{:?}: {:?} {:?}\n{}", layer, open, closed, shown());
    }
    let (open, closed) = (before.access(), after.access());
    prop_assert!(open == Access::Conditional || open == closed, "{:?} {:?}\n{}", open, closed, shown());
    Ok(())
}

/// So many samples of a strategy, always the same.
fn samples<T: std::fmt::Debug>(strategy: &BoxedStrategy<T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// No law holds for want of cases: decisions of every kind are common, by every layer, for every kind of caller.
#[test]
fn requests_are_decided_in_every_way() {
    const COUNT: usize = 1_000;
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for case in samples(&request::case(), COUNT) {
        let decision = case.outcome().ruling();
        let access = Access::from(decision);
        // `Allowed` and `Conditional` have no reason and are the same as decision and as access.
        let whats = BTreeSet::from([
            format!("{access:?}"),
            format!("{decision:?}"),
            format!("{:?} {access:?}", case.who),
        ]);
        for what in whats {
            *seen.entry(what).or_default() += 1;
        }
    }
    let least = [
        ("Allowed", 200),
        ("Denied", 200),
        ("Conditional", 60),
        ("Denied(Explicit)", 50),
        ("Denied(By(Granting))", 100),
        ("Denied(By(ResourceControl))", 4),
        ("Denied(By(ServiceControl))", 4),
        ("Denied(By(Endpoint))", 4),
        ("Denied(By(Boundary))", 4),
        ("Denied(By(Session))", 4),
    ];
    for (what, least) in least {
        let count = seen.get(what).copied().unwrap_or_default();
        assert!(count >= least, "{what}: {count} of {COUNT}, expected at least {least}: {seen:#?}");
    }
    for who in request::CALLERS {
        for access in [Access::Denied, Access::Conditional, Access::Allowed] {
            let what = format!("{who:?} {access:?}");
            assert!(seen.contains_key(&what), "no case of {what}: {seen:#?}");
        }
    }
}

/// The changes that the laws make often change the decision.
#[test]
fn changes_change_decisions() {
    const COUNT: usize = 500;
    let changes = [
        ("a denial", 4, with_denial()),
        ("a limit", 4, with_limit()),
        ("an allowance", 4, with_allowance()),
        ("knowledge", 2, with_knowledge()),
    ];
    for (what, least, strategy) in changes {
        let all = samples(&strategy, COUNT);
        let changed = all.iter().filter(|(before, after)| before.access() != after.access()).count();
        assert!(changed * 100 / COUNT >= least, "{what} changes {changed} of {COUNT} decisions");
    }
}
