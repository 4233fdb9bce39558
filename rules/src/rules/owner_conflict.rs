use census_model::{OwnerStatus, Severity};

use crate::{Docs, Draft, EVERY_PROVIDER, Findings, Rule, View, docs::claims};

pub(crate) static RULE: Rule = Rule {
    id: "owner-conflict",
    version: 1,
    title: "Sources of equal weight name different owners",
    severity: Severity::Medium,
    finding_types: &["OWN-CONFLICT"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "Two claims of the deciding band disagree about the owner: two registry records or patterns of equal \
                specificity, or two tags where there is no record.",
        why: "Two owners are none: each expects the other to act.",
        remedy: "Ask both, and correct the record or tag that is wrong. Make a pattern more specific where two \
                 patterns meet.",
        limits: "Dissent of a weaker band is shown by `census explain` and is no conflict.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in view.fixable() {
        let Some(record) = view.owner(&identity.id).filter(|r| r.status == OwnerStatus::Conflict) else {
            continue;
        };
        let draft =
            Draft::new(format!("sources disagree about the owner of {} `{}`", identity.kind, identity.name))
                .evidence("owner", &*record.because)
                .facts(claims(&record.claims))
                .remedy("ask the owners that are named here and correct the record or tag that is wrong")
                .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::ClaimSource;

    use crate::testing::Case;
    vec![
        Case::fires("two records", |w| {
            let user = w.user("ci");
            let claims = [(ClaimSource::RegistryRecord, "ann"), (ClaimSource::RegistryRecord, "bob")];
            w.owner(&user, OwnerStatus::Conflict, &claims);
        })
        .says("ann")
        .says("bob"),
        Case::silent("a tag dissents from a record", |w| {
            let user = w.user("ci");
            let claims = [(ClaimSource::RegistryRecord, "ann"), (ClaimSource::FreeTag, "bob")];
            w.owner(&user, OwnerStatus::Registered, &claims);
        }),
    ]
}
