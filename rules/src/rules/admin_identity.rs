use census_model::{Level, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::activity,
    powers::{is_machine, known, proofs, severity, weigh},
};

pub(crate) static RULE: Rule = Rule {
    id: "admin-identity",
    version: 1,
    title: "A machine identity that is an administrator",
    severity: Severity::High,
    finding_types: &["PRIV-ADMIN"],
    providers: EVERY_PROVIDER,
    // Those are about the root user's keys, about one role, and about how many owners there are and who reviews them.
    except_controls: &[
        ("CIS-AWS", "7.0:2.4"),
        ("CIS-AZURE", "6.0:5.3.3"),
        ("CIS-AZURE", "6.0:5.3.4"),
        ("CIS-AZURE", "6.0:5.7"),
    ],
    thresholds: &[],
    docs: Docs {
        finds: "The effective permissions of an identity that programs use cover a whole account, or its identity \
                administration is unrestricted; in Azure it may assign any role in a subscription, a management group or \
                the tenant. Boundaries, deny assignments, conditions, control policies and denials are weighed. Severity is \
                medium where only a condition that is open at run time gives that.",
        why: "Whoever gets hold of the program, its machine or its key owns the account or subscription. Few programs need that: \
              they need what they do.",
        remedy: "Look at what the identity used lately and give it just that. Where a pipeline must administer, bind \
                 it to one branch and one environment, and give it the power for the length of its run.",
        limits: "Root users are administrators by nature and are not reported here, nor are people's own accounts \
                 and what the provider manages. What was not read lowers the confidence: low where a limit is \
                 missing that may take the power away. An identity of which nothing is known is not reported, which \
                 does not make it harmless.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, reach) in known(view).filter(|(_, reach)| reach.level == Level::Admin) {
        if !is_machine(identity) {
            continue;
        }
        let draft = Draft::new(format!("{} `{}` is an administrator", identity.kind, identity.name))
            .severity(severity(reach, RULE.severity, Severity::Medium));
        let draft = weigh(draft, view, reach)
            .facts(proofs(view, "because", &reach.because))
            .evidence("nature", identity.nature.kind.as_str())
            .evidence("activity", activity(view, identity))
            .remedy("give it only what it used lately; where it must administer, only for the length of its run")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{Bound, Confidence, Identity, Manager, Nature, NatureKind};

    use crate::testing::{Case, World, proof};
    let of_nature = |kind: NatureKind| {
        move |w: &mut World| {
            let nature = Nature { kind, ..fixtures::user("ci").nature };
            let user = w.add(Identity { nature, ..fixtures::user("ci") });
            w.reach(&user, Level::Admin);
        }
    };
    let mut cases = vec![
        Case::fires("a role", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).because(proof("*"));
        })
        .severity(Severity::High)
        .confidence(Confidence::High)
        .says("admin in account 111122223333"),
        Case::fires("only under a condition", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).conditional();
        })
        .severity(Severity::Medium),
        Case::fires("a limit was not read", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).bound(Bound::Upper, "organizations:ListPolicies");
        })
        .confidence(Confidence::Low)
        .says("organizations:ListPolicies"),
        Case::fires("what gives was not read", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).bound(Bound::Lower, "s3:GetBucketPolicy");
        })
        .confidence(Confidence::Medium),
        Case::fires("of Azure", |w| {
            let app = w.app("billing");
            w.reach(&app, Level::Admin).because(proof("Microsoft.Authorization/roleAssignments/write"));
        })
        .severity(Severity::High)
        .says("admin in tenant"),
        Case::silent("a person of Azure", |w| {
            let ana = w.person("ana@brindlemoor.example");
            w.reach(&ana, Level::Admin);
        }),
        Case::fires("of mixed nature", of_nature(NatureKind::Mixed)),
        Case::fires("of unknown nature", of_nature(NatureKind::Unknown)),
        Case::silent("a person", of_nature(NatureKind::Human)),
        Case::silent("the root user", |w| {
            let root = w.root();
            w.reach(&root, Level::Admin);
        }),
        Case::silent("managed by AWS", |w| {
            let manager = Some(Manager { name: "aws".into(), evidence: "path".into() });
            let role = w.add(Identity { managed_by: manager, ..fixtures::role("slr") });
            w.reach(&role, Level::Admin);
        }),
        Case::silent("nothing is known", |w| {
            w.role("deploy");
        }),
    ];
    for level in [Level::Unknown, Level::None, Level::Limited, Level::Sensitive, Level::Escalates] {
        cases.push(Case::silent(level.as_str(), move |w| {
            let role = w.role("deploy");
            w.reach(&role, level);
        }));
    }
    cases
}
