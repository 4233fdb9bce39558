use census_model::{Confidence, IdentityKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{date, idle_since},
};

pub(crate) static RULE: Rule = Rule {
    id: "role-unused",
    version: 1,
    title: "A role that is not used",
    severity: Severity::Medium,
    finding_types: &["LIFE-IDLE"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &["role_unused_days", "new_identity_grace_days"],
    docs: Docs {
        finds: "A role was last used longer ago than the limit, or not for as far back as AWS looks.",
        why: "An unused role keeps its permissions and its trust for whoever finds them.",
        remedy: "Ask its owner. Then take away what the role may do or whom it trusts, wait, and delete it last. \
                 Roles for emergencies are rightly unused: register their purpose and test them.",
        limits: "AWS keeps role activity for about 400 days, and only for Regions where it is tracked, so the finding \
                 says since when the role is known to be unused. A role whose use is not visible, one younger than the grace period \
                 and one that AWS manages are not reported.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let limit = view.thresholds.role_unused_days;
    for role in view.of_kind(IdentityKind::AwsRole) {
        let Some(idle) = view.idle(&role.last_used, role.created, limit) else { continue };
        let draft = Draft::new(format!("role `{}` is unused for {} days", role.name, idle.days))
            .evidence("activity", idle_since(&idle))
            .evidence("created", role.created.map_or_else(|| "unknown".to_owned(), date))
            .evidence("limit", format!("{limit} days"))
            .doubts(Confidence::Medium, view.contradictions(role))
            .remedy("ask the owner; then take away its permissions or its trust, wait, and delete it last")
            .command(["aws", "iam", "get-role", "--role-name", &role.name])
            .command(["aws", "iam", "list-attached-role-policies", "--role-name", &role.name]);
        findings.identity(role, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{Identity, Manager};

    use crate::testing::{Case, World, days_ago, not_since, not_visible};
    let role = |change: fn(&mut Identity)| {
        move |w: &mut World| {
            let mut role = fixtures::role("batch");
            change(&mut role);
            w.add(role);
        }
    };
    vec![
        Case::fires("used 91 days ago", role(|r| r.last_used = fixtures::used(91))).says("last used on"),
        Case::fires("no use in view", role(|r| r.last_used = not_since(400))).says("not used since at least"),
        Case::silent("used 90 days ago", role(|r| r.last_used = fixtures::used(90))),
        Case::silent("not visible", role(|r| r.last_used = not_visible())),
        Case::silent(
            "young",
            role(|r| {
                r.created = days_ago(10);
                r.last_used = not_since(400);
            }),
        ),
        Case::silent(
            "managed by AWS",
            role(|r| {
                r.managed_by = Some(Manager { name: "aws".into(), evidence: "/aws-service-role/".into() });
                r.last_used = not_since(400);
            }),
        ),
        Case::silent("a user", |w| {
            w.add(Identity { last_used: not_since(400), ..fixtures::user("ci") });
        }),
    ]
}
