use census_model::{Confidence, Level, Provider, Severity};
use census_privilege::aws::document::{Element, Statement};

use crate::{
    Docs, Draft, Findings, Rule, View,
    policies::{Allowing, names_action},
    powers::{
        asking::{allowed, standing_for_all},
        given_by, known, weigh,
    },
};

pub(crate) static RULE: Rule = Rule {
    id: "passrole-on-all-roles",
    version: 1,
    title: "An identity that may give any role to any service",
    severity: Severity::High,
    finding_types: &["PRIV-ESCALATION", "PRIV-WILDCARD"],
    providers: &[Provider::Aws],
    // Those are about users' own policies, full administration, and one managed policy for people.
    except_controls: &[("CIS-AWS", "7.0:2.13"), ("CIS-AWS", "7.0:2.14"), ("CIS-AWS", "7.0:2.20")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity that is no administrator may do `iam:PassRole` with a role of any name in its account, and \
                no condition says to which service (`iam:PassedToService`).",
        why: "Whoever may pass a role and start something that runs as it has the role's power. With all roles to \
              choose from, that is the power of the strongest one that any service is trusted with, today or next \
              year.",
        remedy: "Name the roles that the identity passes in `Resource`, and demand the service with \
                 `iam:PassedToService`. Keep the roles that a pipeline passes under one path.",
        limits: "Asked is whether a role of a name that no policy has can be passed, so that denials for roles by \
                 name do not count. Where a condition is open at run time, nothing is reported. Whether there is a \
                 service to steer is what privilege-escalation says. Administrators are left to admin-identity. An \
                 unread limit makes confidence low.",
    },
    check,
};

const PASS: &str = "iam:PassRole";

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let mut passing = Allowing::new(view, vec![PASS.to_ascii_lowercase()], widely);
    for (identity, reach) in known(view) {
        let is_asked = reach.level < Level::Admin && reach.level > Level::None;
        if !is_asked || passing.of(identity).is_empty() {
            continue;
        }
        let role = standing_for_all(view, identity, "arn:{partition}:iam::{account}:role/{any}");
        let Some(verdict) = allowed(view, identity, PASS, &role, &[]) else { continue };
        let by = given_by(view, &verdict.because).unwrap_or_else(|| "what it is granted".to_owned());
        let draft = Draft::new(format!("{} `{}` may pass any role", identity.kind, identity.name))
            .evidence("allowed", format!("{PASS} on a role of any name, for any service, by {by}"))
            .doubts(Confidence::Low, &verdict.may_narrow);
        let draft = weigh(draft, view, reach)
            .remedy("name the roles that it passes in `Resource`, and the service with `iam:PassedToService`")
            .command(["census", "can", &identity.native_id, PASS, &role]);
        findings.identity(identity, "", draft);
    }
}

/// Whether a statement may pass roles to services that it does not name. The resource is left to the verdict, but for
/// what cannot be wide.
fn widely(statement: &Statement) -> Vec<()> {
    let is_wide = match &statement.resource {
        Some(Element::Only(resources)) => resources.iter().any(|one| one.contains('*')),
        Some(Element::AllBut(_)) => true,
        None => false,
    };
    let names_service = statement.condition.iter().any(|test| test.is_about("iam:PassedToService"));
    let is_meant = is_wide && !names_service && names_action(statement, PASS);
    is_meant.then_some(()).into_iter().collect()
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Attachment, Effect, GapReason, Via};

    use crate::testing::{Case, World};
    let pass = |level: Level, action: &'static str, resource: &'static str, condition: &'static str| {
        move |w: &mut World| {
            let role = w.role("deploy");
            w.allow(&role, action, resource, condition);
            w.reach(&role, level);
        }
    };
    let all = "arn:aws:iam::111122223333:role/*";
    vec![
        Case::fires("on everything", pass(Level::Escalates, PASS, "*", ""))
            .severity(Severity::High)
            .confidence(Confidence::High)
            .says("statement `S` of inline policy `iam:PassRole`, attached to `deploy`"),
        Case::fires("on all roles of the account", pass(Level::Limited, PASS, all, "")),
        Case::fires("by a wildcard", pass(Level::Sensitive, "iam:Pass*", "*", "")),
        Case::fires("by the group's policy", |w| {
            let (group, user) = (w.group("devs"), w.user("ci"));
            let text = r#"{"Version":"2012-10-17","Statement":
                {"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}}"#;
            w.attach(Attachment::Group(group.clone()), Via::Inline { name: "p".into() }, Effect::Allow, text);
            w.member(&group, &user);
            w.reach(&user, Level::Limited);
        })
        .says("group `devs`"),
        Case::fires("a control policy was not read", |w| {
            let role = w.role("deploy");
            w.allow(&role, PASS, "*", "");
            w.gap("organizations:ListPolicies", GapReason::Denied);
            w.reach(&role, Level::Limited);
        })
        .confidence(Confidence::Low),
        Case::silent(
            "to one service",
            pass(
                Level::Escalates,
                PASS,
                "*",
                r#"{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}"#,
            ),
        ),
        Case::silent(
            "under a condition",
            pass(Level::Escalates, PASS, "*", r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#),
        ),
        Case::silent(
            "roles of one path",
            pass(Level::Escalates, PASS, "arn:aws:iam::111122223333:role/app/*", ""),
        ),
        Case::silent(
            "roles of another account",
            pass(Level::Escalates, PASS, "arn:aws:iam::999988887777:role/*", ""),
        ),
        Case::silent("another action", pass(Level::Sensitive, "s3:GetObject", "*", "")),
        Case::silent("an administrator", pass(Level::Admin, PASS, "*", "")),
        Case::silent("reach unknown", pass(Level::Unknown, PASS, "*", "")),
        Case::silent("held to a boundary without it", |w| {
            let role = w.role("deploy");
            w.allow(&role, PASS, "*", "");
            let text = r#"{"Version":"2012-10-17","Statement":
                {"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
            let via = Via::Boundary { native_id: "arn:aws:iam::111122223333:policy/limit".into() };
            w.attach(Attachment::Identity(role.id.clone()), via, Effect::Ceiling, text);
            w.reach(&role, Level::Limited);
        }),
    ]
}
