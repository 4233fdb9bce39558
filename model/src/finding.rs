//! What a rule found.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Digest, IdentityId, Remedy, RuleId, ScopeId, Text, VaultId};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Tidy up when you are there.
    Low,
    /// Plan it.
    Medium,
    /// Do it this week.
    High,
    /// Do it now.
    Critical,
}

impl Severity {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How sure we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Something that was not read could change it.
    Low,
    /// The evidence is indirect.
    Medium,
    /// Read from the provider itself.
    High,
}

impl Confidence {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One fact, and where it was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// What the fact is about: `created`, `trust statement`.
    pub label: Text,
    /// The fact.
    pub value: Text,
    /// The document, file and line, or read that shows it.
    pub source: Option<Text>,
}

impl Evidence {
    /// A fact without a particular source.
    pub fn new(label: impl Into<Text>, value: impl Into<Text>) -> Self {
        Self { label: label.into(), value: value.into(), source: None }
    }

    /// The same fact, with its source.
    #[must_use]
    pub fn from_source(mut self, source: impl Into<Text>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// An identity.
    Identity(IdentityId),
    /// A registry entry, by its text and `file:line`.
    RegistryEntry {
        /// The entry's identity or pattern, as written.
        identity: Text,
        /// `file:line`.
        location: Text,
    },
    /// An account, subscription, project or organization.
    Scope(ScopeId),
    /// A vault.
    Vault(VaultId),
}

/// A control of a framework: `NHI7:2025` of `OWASP-NHI-2025`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ControlRef {
    /// The framework's id.
    pub framework: Text,
    /// The control's id within it.
    pub control: Text,
}

/// Framework → control ids, sorted.
pub type Controls = BTreeMap<Text, Vec<Text>>;

/// Tells whether two findings, of two runs, are the same one.
///
/// A digest of the rule, the subject's immutable id and what distinguishes two findings of one rule on one
/// subject; never of names, dates or texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(Text);

impl Fingerprint {
    /// `binding` is the subject's immutable id; `distinguisher` is empty where a rule can find a subject once.
    pub fn new(rule: &RuleId, binding: &str, distinguisher: &str) -> Self {
        let digest = Digest::new("finding").part(rule.as_str()).part(binding).part(distinguisher);
        Self(digest.hex(16).into())
    }

    /// Lower-case hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleId,
    /// Raised whenever the rule's meaning changes.
    pub rule_version: u32,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// About what.
    pub subject: Subject,
    /// One line that names the subject.
    pub title: Text,
    /// The facts.
    pub evidence: Vec<Evidence>,
    /// Controls it is evidence for. All findings of a rule about one provider have the same, so they share them: written out
    /// for each they would take as much memory as all else that it says.
    pub controls: Arc<Controls>,
    /// What to do.
    pub remedy: Remedy,
    /// Identity over time.
    pub fingerprint: Fingerprint,
}
