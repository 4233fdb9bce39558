use census_model::{Identity, Provider, Reach, ReachAt, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    powers::{place, powerful, role_of, weigh_at},
};

pub(crate) static RULE: Rule = Rule {
    id: "cross-account-reach",
    version: 1,
    title: "An identity that administers an account other than its own",
    severity: Severity::High,
    finding_types: &["PRIV-BROAD-SCOPE"],
    providers: &[Provider::Aws, Provider::Gcp],
    // Those are about what an instance runs as, and about roles that people hold.
    except_controls: &[("CIS-GCP", "5.0:1.7"), ("CIS-GCP", "5.0:4.1")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity is administrator of an account that is not the one it lives in, or can become it. Severity \
                is medium where only a condition that is open at run time gives that.",
        why: "Accounts are the strongest wall there is. An identity that administers beyond it carries an incident \
              from one account into the next, and the owners of the other account do not see it among theirs.",
        remedy: "Let it assume a role in the other account that may do just what is needed, and name the identity, \
                 not its whole account, in that role's trust policy. Keep identities that must administer many \
                 accounts in an account of their own.",
        limits: "Azure is not meant: an identity of Entra ID lives in the tenant, beside all subscriptions. Reach into accounts that were not scanned is not seen. What the identity does in the other account \
                 below administration is not reported. What was not read lowers the confidence.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, reach) in powerful(view).filter(|(identity, _)| RULE.providers.contains(&identity.provider)) {
        let abroad = abroad(identity, reach);
        let Some(first) = abroad.first() else { continue };
        let more = match abroad.len() {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        let title = format!(
            "{} `{}` is {} of {}{more}, beyond its own account",
            identity.kind,
            identity.name,
            role_of(first.level),
            place(view, &first.scope)
        );
        let conditional = abroad.iter().all(|at| at.conditional);
        let draft = Draft::new(title)
            .severity(if conditional { Severity::Medium } else { RULE.severity })
            .evidence("lives in", place(view, &identity.scope));
        let draft = weigh_at(draft, view, reach, &abroad)
            .remedy("let it assume a role there that may do just what is needed, and that names it as trusted")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// Where else it is powerful, as the reach lists it.
fn abroad<'r>(identity: &Identity, reach: &'r Reach) -> Vec<&'r ReachAt> {
    reach.at.iter().filter(|at| at.level.is_powerful() && at.scope != identity.scope).collect()
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Bound, Confidence, Level};

    use crate::testing::Case;
    const OTHER: &str = "999988887777";
    vec![
        Case::fires("administrator elsewhere", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).at(OTHER, Level::Admin);
        })
        .severity(Severity::High)
        .confidence(Confidence::High)
        .says(OTHER),
        Case::fires("on the way to it, in two accounts", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Escalates).at(OTHER, Level::Escalates).at("888877776666", Level::Escalates);
        })
        .says("and 1 more"),
        Case::fires("only under a condition", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).conditional().at(OTHER, Level::Admin);
        })
        .severity(Severity::Medium),
        Case::fires("a limit was not read", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).bound(Bound::Upper, "organizations:ListPolicies").at(OTHER, Level::Admin);
        })
        .confidence(Confidence::Low),
        Case::silent("at home only", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin);
        }),
        Case::silent("no administration elsewhere", |w| {
            let role = w.role("deploy");
            w.reach(&role, Level::Admin).at(OTHER, Level::Sensitive);
        }),
        Case::silent("nothing is known", |w| {
            w.role("deploy");
        }),
    ]
}
