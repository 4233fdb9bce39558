use census_model::{OwnerRole, OwnerStatus, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::{claims, subject},
    registered::{departures, ownable},
};

pub(crate) static RULE: Rule = Rule {
    id: "steward-left",
    version: 1,
    title: "An identity whose technical steward has left",
    severity: Severity::Medium,
    finding_types: &["OWN-OWNER-LEFT"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "The technical steward of the identity has left, by the directory of people, and its owner has not.",
        why: "The owner can say that it is needed, but nobody is left who knows how it works, who rotates its keys and who \
              would see that it is misused. Whoever left operated it, and may still hold its secrets.",
        remedy: "Have the owner name a new steward in the registry, and rotate what the old one could hold.",
        limits: "It takes a directory (`[[sources.directory]]`) to know who left. Where the owner has left as well, \
                 owner-left says so and nothing is said here. Of several stewards of equal weight each who left is named.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, record) in ownable(view).filter(|(_, record)| record.status != OwnerStatus::Departed) {
        let left = departures(record, OwnerRole::TechnicalSteward);
        if left.is_empty() {
            continue;
        }
        let draft = Draft::new(format!("the technical steward of {} has left", subject(view, identity)))
            .facts(left)
            .evidence("business owner", record.business_owner.as_deref().unwrap_or("not one in particular"))
            .facts(claims(&record.claims))
            .remedy("have the owner name a new steward, and rotate what the old one could hold")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::{Case, World};
    let left = |status: OwnerStatus, role: OwnerRole| {
        move |w: &mut World| {
            let user = w.user("ci");
            w.record(&user).status = status;
            w.left(&user, role, "sam@example.com");
        }
    };
    vec![
        Case::fires("the owner is here", left(OwnerStatus::Registered, OwnerRole::TechnicalSteward))
            .severity(Severity::Medium)
            .says("sam@example.com, 2026-03-31")
            .says("ann@example.com"),
        Case::fires("the owner is inferred", left(OwnerStatus::Inferred, OwnerRole::TechnicalSteward)),
        Case::silent("the owner has left too", left(OwnerStatus::Departed, OwnerRole::TechnicalSteward)),
        Case::silent("one of two owners has left", left(OwnerStatus::Conflict, OwnerRole::BusinessOwner)),
        Case::silent(
            "nobody in the company owns it",
            left(OwnerStatus::NotApplicable, OwnerRole::TechnicalSteward),
        ),
        Case::silent("everybody is here", |w| {
            let user = w.user("ci");
            w.registered(&user, |_| ());
        }),
    ]
}
