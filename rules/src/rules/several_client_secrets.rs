use census_model::{CredentialKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    entra::{fact, live, machines},
    policies::{LISTED, Shown},
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "several-client-secrets",
    version: 1,
    title: "Several client secrets of one application work at the same time",
    severity: Severity::Low,
    finding_types: &["CRED-MULTIPLE"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &["key_rotation_overlap_days"],
    docs: Docs {
        finds: "More than one client secret of an application works, those of its service principal included, and the newest \
                is older than a rotation takes.",
        why: "A second secret is for the days of a rotation. Those that stay are more texts to lose, and often more callers \
              that share one identity and cannot be told apart.",
        remedy: "Find out which caller uses which secret: the sign-in log names the key id. Give each caller an identity of \
                 its own or finish the rotation, and delete what is left over.",
        limits: "That several callers share the application is not said. Certificates are not counted: two of them are two \
                 places that hold a key of their own. What has ended is disabled-key-remains.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let overlap = i64::from(view.thresholds.key_rotation_overlap_days);
    for identity in machines(view) {
        let mut secrets = live(view, identity);
        secrets.retain(|one| one.kind == CredentialKind::ClientSecret);
        let rotating = secrets.iter().any(|one| one.created.is_some_and(|at| view.age_days(at) <= overlap));
        if secrets.len() < 2 || rotating {
            continue;
        }
        let title = format!("{} client secrets of `{}` work", secrets.len(), Shown(&identity.name));
        let draft = Draft::new(title)
            .facts(secrets.iter().take(LISTED).map(|one| fact("works", one)))
            .facts(more(secrets.len(), "secrets"))
            .remedy("keep one secret: finish the rotation or give the other callers identities of their own")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{CredentialStatus, DirectoryObject};

    use crate::testing::{Case, World, days_ago};
    let pair = |newest: i64, status: CredentialStatus| {
        move |w: &mut World| {
            let app = w.app("billing");
            w.secret(&app, "first", |one| one.created = days_ago(80));
            w.secret(&app, "second", |one| {
                one.created = days_ago(newest);
                one.status = status;
                one.kept_on = Some(DirectoryObject::ServicePrincipal);
            });
        }
    };
    vec![
        Case::fires("one on the application, one on the service principal", pair(8, CredentialStatus::Active))
            .says("2 client secrets")
            .says("kept on the service principal"),
        Case::silent("a rotation", pair(7, CredentialStatus::Active)),
        Case::silent("one has ended", pair(30, CredentialStatus::Expired)),
        Case::silent("whether the second works is not known", pair(30, CredentialStatus::Unknown)),
        Case::silent("a secret and a certificate", |w| {
            let app = w.app("billing");
            w.secret(&app, "first", |_| ());
            w.certificate(&app, "AB12", |_| ());
        }),
    ]
}
