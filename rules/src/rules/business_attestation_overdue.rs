use census_model::{Attests, Severity};

use crate::{Docs, EVERY_PROVIDER, Findings, Rule, View, reviews::report_overdue};

pub(crate) static RULE: Rule = Rule {
    id: "business-attestation-overdue",
    version: 1,
    title: "Nobody confirmed in time that the business still owns it",
    severity: Severity::Medium,
    finding_types: &["ATT-OVERDUE-BUSINESS"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A registered identity whose business owner did not confirm in time that the business still needs it and pays for it. \
                How often that is asked for is said by the registry entry (`review_every`), else by its risk class, else by \
                `[owners.review]`. Severity is high where the identity is an administrator or can become one. That nobody \
                attested since the identity was created counts from its creation.",
        why: "Owners change, projects end, budgets run out; an identity stays until somebody is asked. What nobody confirmed for longer than agreed is owned on paper only.",
        remedy: "Ask the business owner, and record the answer with `census attest`, or in `last_business_attestation` of the entry. If nobody answers, the identity is as good as unowned: find a new owner or retire it.",
        limits: "An identity that no entry registers has no review to miss; unowned-identity and owner-inferred-only are about \
                 those. One that was retired is not asked about any more. Attestations that do not count are listed with \
                 the reason: in the future, older than the identity, for a predecessor of its name, or given for the \
                 business by whoever alone operates it. Where the date of creation is not known, nothing is overdue \
                 before a first attestation.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    report_overdue(Attests::BusinessOwnership, view, findings);
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    crate::reviews::cases(Attests::BusinessOwnership)
}
