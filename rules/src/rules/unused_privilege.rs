use census_model::{Confidence, Credential, CredentialKind, Identity, Level, Reach, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Idle, Rule, View,
    docs::{activity, idle_since, slot},
    exercise::{Unexercised, unexercised},
    policies::LISTED,
    powers::{known, more, role_of, weigh},
};

pub(crate) static RULE: Rule = Rule {
    id: "unused-privilege",
    version: 2,
    title: "Power that is not used",
    severity: Severity::Medium,
    finding_types: &["LIFE-IDLE", "PRIV-UNUSED"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &["unused_days", "role_unused_days", "new_identity_grace_days"],
    docs: Docs {
        finds: "An identity is an administrator, can make itself one, or can do what weighs (reads secrets or data \
                broadly, makes credentials, changes or destroys workloads or logs), and neither it nor any of its \
                credentials was used for longer than the limit. Severity is high for administrators and what can \
                become one for certain. Or it is used, and its usage (last accessed actions, or a log of calls) shows \
                that nothing of what makes it powerful was; then severity is medium for administrators and what can \
                become one for certain, and low for the others.",
        why: "Power that nobody uses helps nobody but the one who steals it, and nobody notices its use.",
        remedy: "Ask its owner. Take the power away first, which breaks nothing that does not use it; when nothing \
                 broke, delete the identity.",
        limits: "Providers look back only so far (AWS about 400 days), so the finding says since when it is known to \
                 be unused. If the use of the identity or of a single credential is not visible, it is not reported: \
                 SSH keys and signing certificates have no visible use. Devices of a second factor do not count. What \
                 no source tracks is never called unused: without usage, or where a part of the power is not tracked \
                 (passing roles never is), an identity that is used for small things keeps its unused power unseen. \
                 Root users ought to be unused. What was not read about the reach lowers the confidence.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let levels = [Level::Sensitive, Level::Escalates, Level::Admin];
    for (identity, reach) in known(view).filter(|(_, reach)| levels.contains(&reach.level)) {
        let limit = view.unused_limit(identity);
        let Some(idle) = idle_altogether(view, identity, limit) else {
            if let Some(power) = unexercised(view, identity, reach, limit) {
                report_unexercised(view, identity, reach, &power, findings);
            }
            continue;
        };
        let severe = reach.level.is_powerful() && !reach.conditional;
        let title = format!(
            "{} `{}` is {} and unused for {} days",
            identity.kind,
            identity.name,
            role_of(reach.level),
            idle.days
        );
        let draft = Draft::new(title)
            .severity(if severe { Severity::High } else { RULE.severity })
            .evidence("activity", idle_since(&idle))
            .evidence("limit", format!("{limit} days"))
            .doubts(Confidence::Medium, view.contradictions(identity));
        let mut draft = weigh(draft, view, reach);
        for credential in acting(view, identity) {
            draft = draft.evidence("credential", format!("`{}`, unused as well", slot(credential)));
        }
        let draft = draft
            .remedy("ask the owner; take its power away first, wait, and delete it when nothing broke")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// An identity that works and does not need its power.
fn report_unexercised(
    view: &View<'_>,
    identity: &Identity,
    reach: &Reach,
    power: &Unexercised,
    findings: &mut Findings<'_>,
) {
    let severe = reach.level.is_powerful() && !reach.conditional;
    let title = format!(
        "{} `{}` is {} and has not used that for {} days",
        identity.kind,
        identity.name,
        role_of(reach.level),
        power.idle.days
    );
    let named: Vec<&str> = power.actions.iter().take(LISTED).map(String::as_str).collect();
    let draft = Draft::new(title)
        .severity(if severe { Severity::Medium } else { Severity::Low })
        .evidence("activity", activity(view, identity))
        .evidence("of its power", idle_since(&power.idle))
        .evidence("not used", named.join(", "))
        .facts(more(power.actions.len(), "actions"))
        .doubts(Confidence::Medium, view.contradictions(identity));
    let draft = weigh(draft, view, reach)
        .remedy("give it the policy that suffices for what it does, and keep an eye on what it is denied then")
        .command(["census", "explain", &identity.native_id, "--right-size"]);
    findings.identity(identity, "unexercised", draft);
}

/// What it can act with. A second factor only restricts.
fn acting<'a>(view: &View<'a>, identity: &Identity) -> impl Iterator<Item = &'a Credential> + use<'a> {
    let credentials = view.index.credentials(&identity.id).to_vec();
    credentials.into_iter().filter(|credential| credential.kind != CredentialKind::MfaDevice)
}

/// Since when neither it nor a credential of it was used: since the last use of any. `None` if one was used lately or
/// its use is not visible.
fn idle_altogether(view: &View<'_>, identity: &Identity, limit: u32) -> Option<Idle> {
    let own = view.idle(&identity.last_used, identity.created, limit)?;
    acting(view, identity).try_fold(own, |last, credential| {
        let idle = view.idle(&credential.last_used, credential.created, limit)?;
        Some(if idle.since > last.since { idle } else { last })
    })
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{Bound, CredentialStatus, LastUse, Observed};

    use crate::testing::{Case, Told, World, days_ago, not_since, not_visible, path, proof};
    let role = |level: Level, last_used: Observed<LastUse>| {
        move |w: &mut World| {
            let role = w.add(Identity { last_used: last_used.clone(), ..fixtures::role("deploy") });
            w.reach(&role, level);
        }
    };
    let with_key = |used: Observed<LastUse>, created: i64, status: CredentialStatus| {
        move |w: &mut World| {
            let user = w.add(Identity { last_used: not_since(400), ..fixtures::user("ci") });
            w.key(&user, "AKIA1", |key| {
                key.created = days_ago(created);
                key.last_used = used.clone();
                key.status = status;
            });
            w.reach(&user, Level::Admin);
        }
    };
    // Used yesterday, with what is known of the use of services.
    let busy = |level: Level, actions: &'static [&'static str], services: &'static [(&'static str, Told)]| {
        move |w: &mut World| {
            let role = w.role("deploy");
            w.usage(&role, services);
            let mut reach = w.reach(&role, level);
            for action in actions {
                reach = reach.because(proof(action));
            }
        }
    };
    let by_path = |services: &'static [(&'static str, Told)]| {
        move |w: &mut World| {
            let (role, admin) = (w.role("deploy"), w.role("admin"));
            w.usage(&role, services);
            w.reach(&role, Level::Escalates).path(path(&role, &admin, "lambda:UpdateFunctionCode"));
        }
    };
    let of_secrets = &["secretsmanager:GetSecretValue"];
    vec![
        Case::fires("an administrator that does other things", busy(Level::Admin, &["iam:PutRolePolicy"], &[("iam", Told::Not), ("s3", Told::Used)]))
            .severity(Severity::Medium)
            .says("has not used that for")
            .says("--right-size")
            .says("iam:PutRolePolicy"),
        Case::fires("secrets that are never read", busy(Level::Sensitive, of_secrets, &[("secretsmanager", Told::Not)]))
            .severity(Severity::Low),
        Case::fires("a path that is not taken", by_path(&[("lambda", Told::Not)])).severity(Severity::Medium),
        Case::silent("secrets that are read", busy(Level::Sensitive, of_secrets, &[("secretsmanager", Told::Used)])),
        Case::silent("secrets of which nobody can tell", busy(Level::Sensitive, of_secrets, &[("s3", Told::Not)])),
        Case::silent("a service that was used, and no action is tracked", busy(Level::Sensitive, of_secrets, &[("secretsmanager", Told::Whole)])),
        Case::silent("one of two powers is used", busy(Level::Sensitive, &["secretsmanager:GetSecretValue", "kms:Decrypt"], &[("secretsmanager", Told::Not), ("kms", Told::Used)])),
        Case::silent("passing roles is never tracked", busy(Level::Sensitive, &["iam:PassRole"], &[("iam", Told::Not)])),
        Case::silent("a path that may be taken", by_path(&[("lambda", Told::Whole)])),
        Case::silent("a path that is taken", by_path(&[("lambda", Told::Used)])),
        Case::silent("no usage", busy(Level::Sensitive, of_secrets, &[])),
        Case::fires("an administrator", role(Level::Admin, fixtures::used(91)))
            .severity(Severity::High)
            .confidence(Confidence::High)
            .says("unused for 91 days"),
        Case::fires("what can become one, for as far back as is seen", role(Level::Escalates, not_since(400)))
            .severity(Severity::High)
            .says("not used since at least"),
        Case::fires("sensitive", role(Level::Sensitive, not_since(400))).severity(Severity::Medium),
        Case::fires("only under a condition", |w| {
            let role = w.add(Identity { last_used: not_since(400), ..fixtures::role("deploy") });
            w.reach(&role, Level::Admin).conditional();
        })
        .severity(Severity::Medium),
        Case::fires("a limit was not read", |w| {
            let role = w.add(Identity { last_used: not_since(400), ..fixtures::role("deploy") });
            w.reach(&role, Level::Admin).bound(Bound::Upper, "organizations:ListPolicies");
        })
        .confidence(Confidence::Low),
        Case::fires(
            "with its key, by the later use",
            with_key(fixtures::used(100), 500, CredentialStatus::Active),
        )
        .says("unused for 100 days"),
        Case::fires("a second factor is no use", |w| {
            let user = w.add(Identity { last_used: not_since(400), ..fixtures::user("ci") });
            w.credential(&user, CredentialKind::MfaDevice, |one| one.last_used = not_visible());
            w.reach(&user, Level::Admin);
        }),
        Case::silent("its key is used", with_key(fixtures::used(1), 500, CredentialStatus::Active)),
        Case::silent("its key's use is not visible", with_key(not_visible(), 500, CredentialStatus::Inactive)),
        Case::silent("its key is new", with_key(not_since(20), 20, CredentialStatus::Active)),
        Case::silent("used lately", role(Level::Admin, fixtures::used(90))),
        Case::silent("not visible", role(Level::Admin, not_visible())),
        Case::silent("limited", role(Level::Limited, not_since(400))),
        Case::silent("reach unknown", role(Level::Unknown, not_since(400))),
        Case::silent("young", |w| {
            let base = fixtures::role("deploy");
            let role = w.add(Identity { last_used: not_since(400), created: days_ago(10), ..base });
            w.reach(&role, Level::Admin);
        }),
        Case::silent("the root user", |w| {
            let root = w.add(Identity { last_used: not_since(400), ..fixtures::root() });
            w.reach(&root, Level::Admin);
        }),
    ]
}
