//! A rule's cases, and the tests that run them.

use census_model::{Confidence, Finding, OwnerStatus, Severity, Subject};

use super::World;
use crate::{Rule, run, run_rule};

/// A company and what the rule says of it.
pub(crate) struct Case {
    name: String,
    build: Box<dyn Fn(&mut World)>,
    findings: usize,
    severity: Option<Severity>,
    confidence: Option<Confidence>,
    says: Vec<&'static str>,
}

impl Case {
    /// The rule must find this once.
    pub(crate) fn fires(name: impl Into<String>, build: impl Fn(&mut World) + 'static) -> Self {
        let build = Box::new(build);
        Self { name: name.into(), build, findings: 1, severity: None, confidence: None, says: Vec::new() }
    }

    /// The rule must find nothing.
    pub(crate) fn silent(name: impl Into<String>, build: impl Fn(&mut World) + 'static) -> Self {
        Self { findings: 0, ..Self::fires(name, build) }
    }

    pub(crate) fn times(mut self, findings: usize) -> Self {
        self.findings = findings;
        self
    }

    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    pub(crate) fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(confidence);
        self
    }

    /// A text that title, evidence or remedy must hold.
    pub(crate) fn says(mut self, text: &'static str) -> Self {
        self.says.push(text);
        self
    }

    pub(crate) fn world(&self) -> World {
        let mut world = World::new();
        (self.build)(&mut world);
        world
    }

    fn must_fire(&self) -> bool {
        self.findings > 0
    }

    fn check(&self, rule: &Rule) {
        let found = self.world().look(|view| run_rule(rule, view));
        let place = format!("{}, case `{}`", rule.id, self.name);
        assert_eq!(found.len(), self.findings, "{place}: {found:#?}");
        for one in &found {
            assert!(!one.title.contains('\n') && !one.title.is_empty(), "{place}: title");
            assert!(!one.evidence.is_empty() && !one.remedy.text.is_empty(), "{place}: evidence and remedy");
            assert!(!one.controls.is_empty(), "{place}: controls");
            assert_eq!(self.severity.unwrap_or(one.severity), one.severity, "{place}");
            assert_eq!(self.confidence.unwrap_or(one.confidence), one.confidence, "{place}");
            for text in &self.says {
                assert!(format!("{one:?}").contains(text), "{place}: `{text}` is not in {one:#?}");
            }
        }
    }
}

#[test]
fn each_rule_keeps_its_cases() {
    for (rule, cases) in crate::rules::cases() {
        assert!(cases.iter().any(Case::must_fire), "{}: no case that must fire", rule.id);
        assert!(cases.iter().any(|case| !case.must_fire()), "{}: no case that must not fire", rule.id);
        for case in &cases {
            case.check(rule);
        }
    }
}

#[test]
fn each_rule_meets_every_company() {
    for (_, cases) in crate::rules::cases() {
        for case in &cases {
            let found: Vec<Finding> = case.world().look(run);
            let mut seen = std::collections::BTreeSet::new();
            let mut titles = std::collections::BTreeSet::new();
            for one in &found {
                assert!(
                    seen.insert(&one.fingerprint),
                    "`{}`: two findings with one fingerprint: {one:#?}",
                    case.name
                );
                assert!(
                    titles.insert((&one.rule, &one.subject, &one.title)),
                    "`{}`: two findings that a reader cannot tell apart: {one:#?}",
                    case.name
                );
            }
        }
    }
}

/// People's own identities and the provider's are nobody's to own, so nothing is missing about them.
#[test]
fn what_nobody_has_to_own_has_no_finding_about_ownership() {
    let about_ownership = |found: &Finding| {
        let rule = crate::find(found.rule.as_str()).expect("a rule");
        let of_owners =
            ["OWN-", "ATT-", "REG-", "LIFE-TRIGGER-FIRED", "LIFE-DISABLED-LIVE-CRED", "TRUST-THIRD-PARTY"];
        let about = |finding_type: &&str| of_owners.iter().any(|one| finding_type.starts_with(one));
        // Other rules have more to say than who owns it; and who publishes it, nobody here decides.
        let about = rule.id != "unverified-publisher" && rule.finding_types.iter().all(about);
        about && matches!(found.subject, Subject::Identity(_))
    };
    let mut before = 0;
    for (_, cases) in crate::rules::cases() {
        for case in &cases {
            before += case.world().look(run).iter().filter(|found| about_ownership(found)).count();
            let mut world = case.world();
            world
                .ownership
                .records
                .values_mut()
                .for_each(|record| record.status = OwnerStatus::NotApplicable);
            let found: Vec<Finding> = world.look(run).into_iter().filter(about_ownership).collect();
            assert!(found.is_empty(), "`{}`: {found:#?}", case.name);
        }
    }
    assert!(before > 100, "{before}");
}
