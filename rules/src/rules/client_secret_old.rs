use census_model::{CredentialKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{key_name, last_use, slot},
    entra::{delete_credential, fact, live, machines},
    policies::Shown,
};

pub(crate) static RULE: Rule = Rule {
    id: "client-secret-old",
    version: 1,
    title: "A client secret older than its limit",
    severity: Severity::Medium,
    finding_types: &["CRED-LONG-LIVED"],
    providers: &[Provider::Azure],
    // That control is about keys that a vault renews by itself.
    except_controls: &[("CIS-AZURE", "6.0:8.3.9")],
    thresholds: &["client_secret_max_age_days"],
    docs: Docs {
        finds: "A client secret of an application works and is older than the limit. Severity is high beyond four times the \
                limit.",
        why: "A secret is a text that whoever reads it can use, and the longer it works, the more files, pipelines and \
              former colleagues hold a copy.",
        remedy: "Replace the secret by a managed identity, a federated credential or, where neither is possible, a \
                 certificate. Else rotate it: add the second secret, move the caller, and delete the old one.",
        limits: "A secret whose day of making is not visible is not reported, nor are certificates, of which the private part \
                 need never leave where it was made. That a secret may live too long is client-credential-lifetime.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let limit = i64::from(view.thresholds.client_secret_max_age_days);
    for identity in machines(view) {
        for secret in live(view, identity).into_iter().filter(|one| one.kind == CredentialKind::ClientSecret) {
            let Some(age) = secret.created.map(|at| view.age_days(at)).filter(|age| *age > limit) else {
                continue;
            };
            let title =
                format!("client secret {} of `{}` is {age} days old", key_name(secret), Shown(&identity.name));
            let mut draft = Draft::new(title)
                .facts([fact("credential", secret)])
                .evidence("limit", format!("{limit} days"))
                .evidence("sign-ins of the identity", last_use(&identity.last_used))
                .remedy(
                    "use a managed identity or a federated credential; else add a new secret, move the caller to it, and \
                     delete this one last",
                );
            if age > limit.saturating_mul(4) {
                draft = draft.severity(Severity::High);
            }
            findings.identity(identity, &slot(secret), delete_credential(draft, identity, secret));
        }
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::CredentialStatus;

    use crate::testing::{Case, World, days_ago};
    let aged = |days: i64| {
        move |w: &mut World| {
            let app = w.app("billing");
            w.secret(&app, "first", |one| one.created = days_ago(days));
        }
    };
    vec![
        Case::fires("one day over", aged(181)).severity(Severity::Medium).says("181 days old").says("app"),
        Case::fires("two years and more", aged(721)).severity(Severity::High),
        Case::fires("two of them", |w| {
            let app = w.app("billing");
            w.secret(&app, "first", |one| one.created = days_ago(300));
            w.secret(&app, "second", |one| one.created = days_ago(300));
        })
        .times(2),
        Case::silent("at the limit", aged(180)),
        Case::silent("a certificate", |w| {
            let app = w.app("billing");
            w.certificate(&app, "AB12", |one| one.created = days_ago(300));
        }),
        Case::silent("made at an unknown time", |w| {
            let app = w.app("billing");
            w.secret(&app, "first", |one| one.created = None);
        }),
        Case::silent("ended", |w| {
            let app = w.app("billing");
            w.secret(&app, "first", |one| {
                one.created = days_ago(300);
                one.status = CredentialStatus::Expired;
            });
        }),
    ]
}
