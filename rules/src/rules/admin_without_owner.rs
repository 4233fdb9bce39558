use census_model::{Level, OwnerStatus, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::{activity, claims},
    powers::{powerful, role_of, weigh},
};

pub(crate) static RULE: Rule = Rule {
    id: "admin-without-owner",
    version: 1,
    title: "An administrator that nobody answers for",
    severity: Severity::High,
    finding_types: &["OWN-UNOWNED", "PRIV-ADMIN"],
    providers: EVERY_PROVIDER,
    // Those are about the root user's keys, about single policies and roles, how many owners there are, who reviews
    // them, and who may register.
    except_controls: &[
        ("CIS-AWS", "7.0:2.4"),
        ("CIS-AWS", "7.0:2.14"),
        ("CIS-AZURE", "5.0:5.14"),
        ("CIS-AZURE", "6.0:5.3.3"),
        ("CIS-AZURE", "6.0:5.3.4"),
        ("CIS-AZURE", "6.0:5.7"),
    ],
    thresholds: &[],
    docs: Docs {
        finds: "An identity is an administrator, or can make itself one, and nobody owns it, or its owner has left. \
                Severity is critical for an administrator and high for what can become one; each is one step lower \
                where only a condition that is open at run time gives the power.",
        why: "The strongest identities are what an intruder looks for, and this one has nobody who would notice, who \
              could say that it is not needed, or who would rotate its keys.",
        remedy: "Find out who uses it from its last use, its trust policy and the workload that runs as it. Register \
                 an owner, or take its power away and retire it.",
        limits: "An identity whose owner could not be determined because a source was unread is not reported. An owner \
                 who is only inferred is an owner here; owner-inferred-only says so. Root users belong to their \
                 account and are left out. What was not read about the reach lowers the confidence.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, reach) in powerful(view) {
        let Some(record) = view.owner(&identity.id) else { continue };
        let what = match record.status {
            OwnerStatus::Unowned => "nobody owns it",
            OwnerStatus::Departed => "its owner has left",
            _ => continue,
        };
        let severity = match (reach.level, reach.conditional) {
            (Level::Admin, false) => Severity::Critical,
            (Level::Admin, true) | (_, false) => Severity::High,
            (_, true) => Severity::Medium,
        };
        let title =
            format!("{} `{}` is {}, and {what}", identity.kind, identity.name, role_of(reach.level));
        let draft = Draft::new(title)
            .severity(severity)
            .evidence("owner", &*record.because)
            .facts(claims(&record.claims))
            .evidence("activity", activity(view, identity));
        let draft = weigh(draft, view, reach)
            .remedy("find who uses it and register an owner; if nobody answers, take its power away, wait, and delete it")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Bound, ClaimSource, Confidence};

    use crate::testing::{Case, World};
    let role = |level: Level, status: OwnerStatus| {
        move |w: &mut World| {
            let role = w.role("deploy");
            w.owner(&role, status, &[]);
            w.reach(&role, level);
        }
    };
    let mut cases = vec![
        Case::fires("an administrator", role(Level::Admin, OwnerStatus::Unowned))
            .severity(Severity::Critical)
            .confidence(Confidence::High),
        Case::fires("what can become one", role(Level::Escalates, OwnerStatus::Unowned))
            .severity(Severity::High),
        Case::fires("the owner has left", |w| {
            let role = w.role("deploy");
            w.owner(&role, OwnerStatus::Departed, &[(ClaimSource::RegistryRecord, "ann")]);
            w.reach(&role, Level::Admin);
        })
        .severity(Severity::Critical)
        .says("its owner has left")
        .says("ann"),
        Case::fires("only under a condition", |w| {
            let role = w.role("deploy");
            w.owner(&role, OwnerStatus::Unowned, &[]);
            w.reach(&role, Level::Escalates).conditional();
        })
        .severity(Severity::Medium),
        Case::fires("a limit was not read", |w| {
            let role = w.role("deploy");
            w.owner(&role, OwnerStatus::Unowned, &[]);
            w.reach(&role, Level::Admin).bound(Bound::Upper, "organizations:ListPolicies");
        })
        .confidence(Confidence::Low),
        Case::silent("no administrator", role(Level::Sensitive, OwnerStatus::Unowned)),
        Case::silent("reach unknown", role(Level::Unknown, OwnerStatus::Unowned)),
        Case::silent("no record", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin);
        }),
        Case::silent("the root user", |w| {
            let root = w.root();
            w.owner(&root, OwnerStatus::Unowned, &[]);
            w.reach(&root, Level::Admin);
        }),
    ];
    for status in [
        OwnerStatus::Registered,
        OwnerStatus::Inferred,
        OwnerStatus::Conflict,
        OwnerStatus::Unknown,
        OwnerStatus::NotApplicable,
    ] {
        cases.push(Case::silent(format!("status {status}"), role(Level::Admin, status)));
    }
    cases
}
