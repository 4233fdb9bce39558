use census_model::{OwnerRole, OwnerStatus, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::{activity, claims, subject},
    registered::{departures, ownable, successors},
};

pub(crate) static RULE: Rule = Rule {
    id: "owner-left",
    version: 1,
    title: "An identity whose owner has left",
    severity: Severity::High,
    finding_types: &["OWN-OWNER-LEFT"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "Everybody whom the deciding evidence names as the owner of the identity has left, by the directory of people. \
                The evidence names who may take over, the best first: the backup and the steward of the registry, the \
                manager, the team, the owner of what runs as it, and whom weaker sources name.",
        why: "Nobody answers for it any more, and whoever left may still hold its keys. The registry looks complete, so \
              that nobody looks for a new owner either.",
        remedy: "Ask those who may take over, write the new owner into the registry, and have them attest. Rotate what the \
                 owner who left could hold. If nobody wants it, retire it.",
        limits: "It takes a directory (`[[sources.directory]]`) to know who left; somebody whom the directory does not have \
                 did not leave. What has working credentials besides is disabled-owner-live-credential, and an \
                 administrator is admin-without-owner too. Identities of people and of the provider need no owner.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, record) in ownable(view).filter(|(_, record)| record.status == OwnerStatus::Departed) {
        let draft = Draft::new(format!("the owner of {} has left", subject(view, identity)))
            .facts(departures(record, OwnerRole::BusinessOwner))
            .facts(departures(record, OwnerRole::TechnicalSteward))
            .facts(successors(record))
            .facts(claims(&record.claims))
            .evidence("activity", activity(view, identity))
            .remedy("ask whoever may take over, register them as owner, and rotate what the old owner could hold")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{ClaimSource, Evidence, Manager, Successor, SuccessorReason};

    use crate::testing::{Case, World};
    let status = |status: OwnerStatus| {
        move |w: &mut World| {
            let user = w.user("ci");
            w.owner(&user, status, &[(ClaimSource::RegistryRecord, "ann@example.com")]);
        }
    };
    let mut cases = vec![
        Case::fires("with somebody who may take over", |w| {
            let user = w.user("ci");
            w.owner(&user, OwnerStatus::Departed, &[(ClaimSource::RegistryRecord, "ann@example.com")]);
            w.left(&user, OwnerRole::BusinessOwner, "ann@example.com");
            w.record(&user).successors.push(Successor {
                reason: SuccessorReason::Backup,
                who: "bea@example.com".into(),
                evidence: Some(Evidence::new("registry entry", "ci").from_source("registry.yaml:3")),
            });
        })
        .severity(Severity::High)
        .says("ann@example.com, 2026-03-31")
        .says("people.csv:2")
        .says("bea@example.com, the backup by the registry"),
        Case::fires("with nobody", status(OwnerStatus::Departed)),
        Case::silent("what AWS manages", |w| {
            let mut role = census_fixtures::role("slr");
            role.managed_by = Some(Manager { name: "aws".into(), evidence: "/aws-service-role/".into() });
            let role = w.add(role);
            w.owner(&role, OwnerStatus::Departed, &[]);
        }),
    ];
    for other in [
        OwnerStatus::Registered,
        OwnerStatus::Inferred,
        OwnerStatus::Conflict,
        OwnerStatus::Unowned,
        OwnerStatus::Unknown,
        OwnerStatus::NotApplicable,
    ] {
        cases.push(Case::silent(format!("status {other}"), status(other)));
    }
    cases
}
