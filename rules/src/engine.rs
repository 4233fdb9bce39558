//! What a rule is, how it reports, and how all of them are run.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use census_model::{
    Command, Confidence, Controls, Evidence, Finding, Fingerprint, Gap, Identity, Provider, Remedy, RuleId,
    ScopeId, Severity, Subject, Text, Vault,
};

use crate::{View, controls::controls_for};

/// For rules that look at nothing of one cloud in particular.
pub const EVERY_PROVIDER: &[Provider] = &[Provider::Aws, Provider::Azure, Provider::Gcp];

/// What a rule tells its reader, in Markdown.
#[derive(Debug)]
pub struct Docs {
    /// What it finds.
    pub finds: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// What it does not say: limits, approximations, what stays unknown.
    pub limits: &'static str,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its kebab-case name; its file has the same name with underscores.
    pub id: &'static str,
    /// Raised whenever the rule's meaning changes, so that a difference between two scans can be explained.
    pub version: u32,
    /// What is wrong, in one line.
    pub title: &'static str,
    /// The severity where a finding does not know better.
    pub severity: Severity,
    /// Keys of [`crate::controls::Catalogue::finding_types`].
    pub finding_types: &'static [&'static str],
    /// The clouds whose things it can find.
    pub providers: &'static [Provider],
    /// Controls that the finding types map to but this rule is no evidence for: framework id, control id.
    pub except_controls: &'static [(&'static str, &'static str)],
    /// Settings that it reads: fields of [`crate::Thresholds`], and of [`crate::Declared`] behind `declared.`.
    pub thresholds: &'static [&'static str],
    /// Its documentation.
    pub docs: Docs,
    /// The check.
    pub check: fn(&View<'_>, &mut Findings<'_>),
}

impl Rule {
    /// The controls that its findings about something of this provider are evidence for.
    pub fn controls(&self, provider: Option<Provider>) -> Controls {
        let mut controls = controls_for(self.finding_types, provider);
        for (framework, control) in self.except_controls {
            if let Some(ids) = controls.get_mut(*framework) {
                ids.retain(|id| **id != **control);
            }
        }
        controls.retain(|_, ids| !ids.is_empty());
        controls
    }
}

/// A finding in the making.
#[derive(Debug)]
pub struct Draft {
    title: Text,
    severity: Option<Severity>,
    confidence: Confidence,
    evidence: Vec<Evidence>,
    remedy: Remedy,
}

impl Draft {
    /// A finding with a title of one line that names its subject, high confidence and the rule's own severity.
    pub fn new(title: impl Into<Text>) -> Self {
        Self {
            title: title.into(),
            severity: None,
            confidence: Confidence::High,
            evidence: Vec::new(),
            remedy: Remedy::default(),
        }
    }

    /// Another severity than the rule's.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// At most this confidence: a second doubt never raises it.
    #[must_use]
    pub fn at_most(mut self, confidence: Confidence) -> Self {
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn evidence(mut self, label: &str, value: impl Into<Text>) -> Self {
        self.evidence.push(Evidence::new(label, value));
        self
    }

    /// Adds facts that already have their form.
    #[must_use]
    pub fn facts(mut self, facts: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(facts);
        self
    }

    /// Lowers the confidence to `confidence` and says why, for each of these gaps. No gap, no doubt.
    #[must_use]
    pub fn doubts<'g>(mut self, confidence: Confidence, gaps: impl IntoIterator<Item = &'g Gap>) -> Self {
        for gap in gaps {
            self.evidence.push(Evidence::new(
                "not certain because",
                format!("{} was not fully read ({}, {})", gap.read, gap.reason, gap.id),
            ));
            self = self.at_most(confidence);
        }
        self
    }

    /// What to do, in words.
    #[must_use]
    pub fn remedy(mut self, text: impl Into<Text>) -> Self {
        self.remedy.text = text.into();
        self
    }

    /// Adds a command a person may choose to run: its words, the program first.
    #[must_use]
    pub fn command<'w>(mut self, words: impl IntoIterator<Item = &'w str>) -> Self {
        self.remedy.commands.push(Command::new(words));
        self
    }
}

/// Collects the findings of one rule.
#[derive(Debug)]
pub struct Findings<'r> {
    rule: &'r Rule,
    /// The rule's id, which its findings share.
    id: RuleId,
    /// The rule's controls by provider, looked up once.
    controls: BTreeMap<Option<Provider>, Arc<Controls>>,
    found: Vec<Finding>,
}

impl Findings<'_> {
    /// Reports an identity. `distinguisher` tells two findings of this rule on one identity apart (a key id, a
    /// principal) and is empty where there can be only one; it never holds a date or a display name.
    pub fn identity(&mut self, identity: &Identity, distinguisher: &str, draft: Draft) {
        let subject = Subject::Identity(identity.id.clone());
        self.push(subject, Some(identity.provider), identity.binding_id(), distinguisher, draft);
    }

    /// Reports a scope.
    pub fn scope(&mut self, scope: &ScopeId, provider: Provider, distinguisher: &str, draft: Draft) {
        self.push(Subject::Scope(scope.clone()), Some(provider), scope.as_str(), distinguisher, draft);
    }

    /// Reports a vault.
    pub fn vault(&mut self, vault: &Vault, distinguisher: &str, draft: Draft) {
        let subject = Subject::Vault(vault.id.clone());
        // Azure writes ARM ids in any case; an id of Census is always in lower case.
        self.push(subject, Some(Provider::Azure), vault.id.as_str(), distinguisher, draft);
    }

    /// Reports a registry entry, by the identity or pattern that it names and its `file:line`.
    pub fn registry_entry(&mut self, identity: &Text, location: &Text, distinguisher: &str, draft: Draft) {
        let subject = Subject::RegistryEntry { identity: identity.clone(), location: location.clone() };
        self.push(subject, None, identity, distinguisher, draft);
    }

    fn push(
        &mut self,
        subject: Subject,
        provider: Option<Provider>,
        binding: &str,
        distinguisher: &str,
        draft: Draft,
    ) {
        let controls = self.controls.entry(provider).or_insert_with(|| self.rule.controls(provider).into());
        self.found.push(Finding {
            fingerprint: Fingerprint::new(&self.id, binding, distinguisher),
            rule: self.id.clone(),
            rule_version: self.rule.version,
            severity: draft.severity.unwrap_or(self.rule.severity),
            confidence: draft.confidence,
            subject,
            title: draft.title,
            evidence: draft.evidence,
            controls: Arc::clone(controls),
            remedy: draft.remedy,
        });
    }
}

/// Runs one rule; its findings are in the order of [`run`].
pub fn run_rule(rule: &Rule, view: &View<'_>) -> Vec<Finding> {
    let mut findings =
        Findings { rule, id: RuleId::new(rule.id), controls: BTreeMap::new(), found: Vec::new() };
    (rule.check)(view, &mut findings);
    in_order(findings.found)
}

/// Runs every rule. The findings come by severity, the worst first, then by rule, subject and fingerprint.
pub fn run(view: &View<'_>) -> Vec<Finding> {
    in_order(crate::all().iter().flat_map(|rule| run_rule(rule, view)).collect())
}

fn in_order(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by(|a, b| {
        let key = |f: &Finding| Reverse(f.severity);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.rule.cmp(&b.rule))
            .then_with(|| a.subject.cmp(&b.subject))
            .then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
    found
}
