//! Reading everything of a kind: what `broad-secret-read` and `broad-data-read` share.

use census_model::{Decision, Level, Proof, Severity};

use super::{known, proofs, weigh};
use crate::{Draft, Findings, View};

/// What is read, and how bad that is.
pub(crate) struct Reading {
    /// The actions that read it, as AWS spells them.
    pub(crate) actions: &'static [&'static str],
    /// What, in words.
    pub(crate) what: &'static str,
    /// What to do.
    pub(crate) remedy: &'static str,
    /// How bad it is for certain.
    pub(crate) certain: Severity,
    /// How bad where only conditions that are open at run time allow it.
    pub(crate) conditional: Severity,
}

/// Reports the identities that read it everywhere and are no administrators.
pub(crate) fn report(reading: &Reading, view: &View<'_>, findings: &mut Findings<'_>) {
    let levels = [Level::Sensitive, Level::Escalates];
    for (identity, reach) in known(view).filter(|(_, reach)| levels.contains(&reach.level)) {
        let is_meant = |proof: &&Proof| &*proof.resource == "*" && reading.actions.contains(&&*proof.action);
        let found: Vec<&Proof> = reach.because.iter().filter(is_meant).collect();
        if found.is_empty() {
            continue;
        }
        let certain = found.iter().any(|proof| proof.decision == Decision::Allowed);
        let draft = Draft::new(format!("{} `{}` can read {}", identity.kind, identity.name, reading.what))
            .severity(if certain { reading.certain } else { reading.conditional })
            .facts(proofs(view, "reads", found));
        let draft = weigh(draft, view, reach).remedy(reading.remedy).command([
            "census",
            "explain",
            &identity.native_id,
        ]);
        findings.identity(identity, "", draft);
    }
}
