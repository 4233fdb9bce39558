use census_model::{Level, Reach, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    powers::{cut_words, known, name, path, severity, weigh},
};

pub(crate) static RULE: Rule = Rule {
    id: "privilege-escalation",
    version: 1,
    title: "An identity that can make itself an administrator",
    severity: Severity::High,
    finding_types: &["PRIV-ESCALATION"],
    providers: EVERY_PROVIDER,
    // That is about one managed policy for people.
    except_controls: &[("CIS-AWS", "7.0:2.20")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity is no administrator, but may take steps at whose end it is one: rewrite its own \
                permissions, become a stronger identity, run code as one. The shortest path is shown step by step, \
                with the permissions that each step takes and the smallest change that ends it. Severity is medium \
                where every path depends on a condition that is open at run time.",
        why: "A review of who is an administrator does not see it, and whoever steals it does.",
        remedy: "Take away the permission that the evidence names as the cut, or limit it to the resources and \
                 services that are needed: `iam:PassRole` to one role and one service, `iam:AttachRolePolicy` to \
                 named policies. Then look for the paths that are left.",
        limits: "Only techniques that are documented count, and only where the identity is really allowed every step: \
                 denials, boundaries, control policies and trust policies are weighed. What was not read lowers the \
                 confidence: low where a limit is missing that may stop a step. Code, networks and secrets inside \
                 workloads are not looked at, so that no path is found through them. People's accounts are reported \
                 too.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, reach) in known(view).filter(|(_, reach)| reach.level == Level::Escalates) {
        let shortest = reach.paths.first();
        let title = match shortest {
            Some(path) if path.target != identity.id => format!(
                "{} `{}` can become administrator as {}",
                identity.kind,
                identity.name,
                name(view, &path.target)
            ),
            _ => format!("{} `{}` can make itself administrator", identity.kind, identity.name),
        };
        let draft = Draft::new(title).severity(severity(reach, RULE.severity, Severity::Medium));
        let mut draft = weigh(draft, view, reach).evidence("paths", paths(reach));
        if let Some(shortest) = shortest {
            draft = draft.facts(path(view, shortest, reach));
        }
        let remedy = match shortest.and_then(|path| path.cut.as_ref()) {
            Some(cut) => format!("{}, or limit it to what is needed", cut_words(view, cut)),
            None => "take away a permission that the first step needs, or limit it to what is needed".to_owned(),
        };
        let draft = draft.remedy(remedy).command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

fn paths(reach: &Reach) -> String {
    let least = if reach.paths_more { "at least " } else { "" };
    match reach.paths_total {
        1 => format!("{least}one first step leads to administration"),
        total => format!("{least}{total} first steps lead to administration"),
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Bound, Confidence};

    use crate::testing::{Case, path, proof};
    let mut cases = vec![
        Case::fires("by another identity", |w| {
            let (user, admin) = (w.user("ci"), w.role("admin"));
            w.reach(&user, Level::Escalates).path(path(&user, &admin, "iam:UpdateAssumeRolePolicy"));
        })
        .severity(Severity::High)
        .confidence(Confidence::High)
        .says("can become administrator as `admin`")
        .says("step 1")
        .says("ci becomes admin")
        .says("take iam:UpdateAssumeRolePolicy on `*` from `ci`"),
        Case::fires("by itself", |w| {
            let user = w.user("ci");
            w.reach(&user, Level::Escalates).path(path(&user, &user, "iam:PutUserPolicy"));
        })
        .says("can make itself administrator"),
        Case::fires("only under a condition", |w| {
            let user = w.user("ci");
            let path = census_model::Path { conditional: true, ..path(&user, &user, "iam:PutUserPolicy") };
            w.reach(&user, Level::Escalates).conditional().path(path);
        })
        .severity(Severity::Medium),
        Case::fires("several first steps are one finding, of the shortest", |w| {
            let (user, admin) = (w.user("ci"), w.role("admin"));
            let short = path(&user, &user, "iam:PutUserPolicy");
            w.reach(&user, Level::Escalates).path(short).path(path(&user, &admin, "sts:AssumeRole"));
        })
        .says("2 first steps")
        .says("ends 1 of the 2 listed paths"),
        Case::fires("a limit was not read", |w| {
            let user = w.user("ci");
            let path = path(&user, &user, "iam:PutUserPolicy");
            w.reach(&user, Level::Escalates).bound(Bound::Open, "organizations:ListPolicies").path(path);
        })
        .confidence(Confidence::Low)
        .says("organizations:ListPolicies"),
        Case::silent("a path that is only possible", |w| {
            let user = w.user("ci");
            w.reach(&user, Level::Limited).because(proof("iam:PassRole"));
        }),
    ];
    for level in [Level::Unknown, Level::None, Level::Sensitive, Level::Admin] {
        cases.push(Case::silent(level.as_str(), move |w| {
            let user = w.user("ci");
            w.reach(&user, level);
        }));
    }
    cases
}
