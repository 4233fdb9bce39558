use census_model::{Confidence, CredentialKind, IdentityKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{idle_since, slot},
    idleness::unused_credential,
};

pub(crate) static RULE: Rule = Rule {
    id: "console-password-unused",
    version: 2,
    title: "A console password that is not used",
    severity: Severity::Medium,
    finding_types: &["LIFE-IDLE"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &["unused_days", "new_identity_grace_days"],
    docs: Docs {
        finds: "A user has a console password, but has not signed in with it for longer than the limit. Where its registration \
                says how often it is used at least (`used_every`) and that is longer, that is the limit.",
        why: "A password that nobody uses can be guessed, reused or phished without anybody missing it. On a \
              machine's identity it should not exist at all.",
        remedy: "Delete the login profile; it can be made again when somebody asks.",
        limits: "The finding says since when the password is known to be unused. One whose use is not visible is \
                 not reported. Sign-in through single sign-on does not use this password. The root user has rules of \
                 its own.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for user in view.of_kind(IdentityKind::AwsUser) {
        for password in view.active(&user.id, CredentialKind::ConsolePassword) {
            let limit = view.unused_limit(user);
            let Some(idle) = unused_credential(view, user, password) else { continue };
            let draft = Draft::new(format!(
                "the console password of `{}` is unused for {} days",
                user.name, idle.days
            ))
            .evidence("activity", idle_since(&idle))
            .evidence("limit", format!("{limit} days"))
            .doubts(Confidence::Medium, view.contradictions(user))
            .remedy(
                "ask whether anybody needs it; if not, delete the login profile, which can be made again and \
                     touches no access key",
            )
            .command(["aws", "iam", "get-login-profile", "--user-name", &user.name]);
            findings.identity(user, &slot(password), draft);
        }
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;

    use crate::testing::{Case, World, days_ago, not_since, not_visible};
    let password = |used: census_model::Observed<census_model::LastUse>, created| {
        move |w: &mut World| {
            let user = w.user("ann");
            w.credential(&user, CredentialKind::ConsolePassword, |p| {
                p.created = days_ago(created);
                p.last_used = used.clone();
            });
        }
    };
    vec![
        Case::fires("signed in 91 days ago", password(fixtures::used(91), 500)).says("last used on"),
        Case::fires("no sign-in in view", password(not_since(400), 500)).says("not used since at least"),
        Case::silent("signed in yesterday", password(fixtures::used(1), 500)),
        Case::silent("not visible", password(not_visible(), 500)),
        Case::silent("new", password(not_since(10), 10)),
        Case::silent("the root user", |w| {
            let root = w.root();
            w.credential(&root, CredentialKind::ConsolePassword, |p| {
                p.created = days_ago(500);
                p.last_used = not_since(400);
            });
        }),
    ]
}
