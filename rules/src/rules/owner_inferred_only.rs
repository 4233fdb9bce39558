use census_model::{OwnerStatus, Severity};

use crate::{Docs, Draft, EVERY_PROVIDER, Findings, Rule, View, docs::claims};

pub(crate) static RULE: Rule = Rule {
    id: "owner-inferred-only",
    version: 1,
    title: "An owner that is only inferred",
    severity: Severity::Medium,
    finding_types: &["OWN-INFERRED-ONLY"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "Tags, naming patterns, account owners or a registry pattern as broad as a whole scope suggest an \
                owner, but no registry record names one for this identity.",
        why: "Tags are copied and names are reused. Nobody agreed to own the identity, so nobody reviews it.",
        remedy: "Ask the suggested owner; when they agree, register the identity. `census owners --suggest` writes \
                 the record to fill in.",
        limits: "It does not say that the suggestion is wrong.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in view.fixable() {
        let Some(record) = view.owner(&identity.id).filter(|r| r.status == OwnerStatus::Inferred) else {
            continue;
        };
        let suggested = record.business_owner.as_deref().unwrap_or("nobody in particular");
        let draft =
            Draft::new(format!("the owner of {} `{}` is only inferred", identity.kind, identity.name))
                .evidence("suggested owner", suggested)
                .evidence("owner", &*record.because)
                .facts(claims(&record.claims))
                .remedy("ask the suggested owner; when they agree, add a registry record for this identity")
                .command(["census", "owners", "--suggest", "registry-stub.yaml"]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::ClaimSource;

    use crate::testing::Case;
    vec![
        Case::fires("a free tag", |w| {
            let user = w.user("ci");
            w.owner(&user, OwnerStatus::Inferred, &[(ClaimSource::FreeTag, "team-ops")]);
        })
        .says("team-ops")
        .says("free-tag"),
        Case::silent("registered", |w| {
            let user = w.user("ci");
            w.owner(&user, OwnerStatus::Registered, &[(ClaimSource::RegistryRecord, "team-ops")]);
        }),
        Case::silent("a source was not read", |w| {
            let user = w.user("ci");
            w.owner(&user, OwnerStatus::Unknown, &[]);
        }),
    ]
}
