use census_model::{Attests, Severity};

use crate::{Docs, EVERY_PROVIDER, Findings, Rule, View, reviews::report_overdue};

pub(crate) static RULE: Rule = Rule {
    id: "technical-attestation-overdue",
    version: 1,
    title: "Nobody confirmed in time that it is technically needed as it is",
    severity: Severity::Medium,
    finding_types: &["ATT-OVERDUE-TECHNICAL"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A registered identity whose steward did not confirm in time that it is still technically needed, with the permissions that it has. \
                How often that is asked for is said by the registry entry (`review_every`), else by its risk class, else by \
                `[owners.review]`. Severity is high where the identity is an administrator or can become one. That nobody \
                attested since the identity was created counts from its creation.",
        why: "That the business wants a service says nothing of whether this identity is still the way it works. Permissions that were once needed stay, because only who operates it can tell that they are not.",
        remedy: "Ask the technical steward, with the identity's reach and use beside the question (`census explain`), and record the answer with `census attest`, or in `last_technical_attestation` of the entry.",
        limits: "An identity that no entry registers has no review to miss; unowned-identity and owner-inferred-only are about \
                 those. One that was retired is not asked about any more. Attestations that do not count are listed with \
                 the reason: in the future, older than the identity, for a predecessor of its name, or given for the \
                 business by whoever alone operates it. Where the date of creation is not known, nothing is overdue \
                 before a first attestation.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    report_overdue(Attests::TechnicalNecessity, view, findings);
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    crate::reviews::cases(Attests::TechnicalNecessity)
}
