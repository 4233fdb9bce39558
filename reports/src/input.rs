//! What reports are made of.

use census_model::{Estate, Finding, Ownership, PrivilegeUses, Reaches, Severity, VaultAccesses};

/// Everything a report shows. The order of anything in it changes no byte of a report.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The version of the program.
    pub tool_version: &'a str,
    /// What was read and what was not.
    pub estate: &'a Estate,
    /// Who owns what. An identity without a record is shown as `unknown`.
    pub ownership: &'a Ownership,
    /// What each identity can do. One that is not there was not computed.
    pub reaches: &'a Reaches,
    /// What each identity is granted beside what it used. One that is not there was not computed.
    pub uses: &'a PrivilegeUses,
    /// Who may do what in which vault. A vault that is not there was not computed.
    pub vaults: &'a VaultAccesses,
    /// What the rules found.
    pub findings: &'a [Finding],
}

/// A rule, as `census rules` shows it.
#[derive(Clone, Debug)]
pub struct RuleInfo<'a> {
    /// Its kebab-case name.
    pub id: &'a str,
    /// Raised whenever its meaning changes.
    pub version: u32,
    /// What it finds, in one line.
    pub title: &'a str,
    /// How bad a finding of it is at most.
    pub severity: Severity,
    /// Its documentation: paragraphs, separated by empty lines.
    pub docs: &'a str,
    /// Controls its findings are evidence for, as `(framework, control)`.
    pub controls: Vec<(&'a str, &'a str)>,
}
