use census_model::{Confidence, IdentityKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{date, idle_since},
    idleness::unused_role,
};

pub(crate) static RULE: Rule = Rule {
    id: "role-unused",
    version: 2,
    title: "A role that is not used",
    severity: Severity::Medium,
    finding_types: &["LIFE-IDLE"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &["role_unused_days", "new_identity_grace_days"],
    docs: Docs {
        finds: "A role was last used longer ago than the limit, or not for as far back as AWS looks. Where its \
                registration says how often it is used at least (`used_every`) and that is longer, that is the limit.",
        why: "An unused role keeps its permissions and its trust for whoever finds them.",
        remedy: "Ask its owner. Then take away what the role may do or whom it trusts, wait, and delete it last. \
                 Roles for emergencies are rightly unused: register how often they are used at least, and test them.",
        limits: "AWS keeps role activity for about 400 days, and only for Regions where it is tracked, so the finding \
                 says since when the role is known to be unused. A role whose use is not visible, one younger than the grace period \
                 and one that AWS manages are not reported.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for role in view.of_kind(IdentityKind::AwsRole) {
        let Some(idle) = unused_role(view, role) else { continue };
        let limit = view.unused_limit(role);
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
        Case::silent("a yearly job, by its registration", |w| {
            let role = w.add(Identity { last_used: fixtures::used(300), ..fixtures::role("yearly") });
            w.used_every(&role, "P1Y");
        }),
        Case::fires("what is used weekly by its registration has the general limit", |w| {
            let role = w.add(Identity { last_used: fixtures::used(91), ..fixtures::role("weekly") });
            w.used_every(&role, "P7D");
        })
        .says("90 days"),
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
