use census_model::{Credential, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{key_name, slot},
    entra::{delete_credential, fact, live, machines},
    policies::Shown,
};

pub(crate) static RULE: Rule = Rule {
    id: "client-credential-lifetime",
    version: 1,
    title: "A client secret or certificate that ends too late, or never",
    severity: Severity::Medium,
    finding_types: &["CRED-NO-EXPIRY"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &["client_credential_max_lifetime_days"],
    docs: Docs {
        finds: "A secret or certificate with which somebody signs in as an application works, and more days lie between its \
                making and its end than the limit. Severity is high where it has no end, or one beyond four times the limit.",
        why: "Nobody revokes what nobody knows was copied. The end is the one thing that stops a copy without anybody \
              noticing it first, and the longer it is off, the more places hold a copy.",
        remedy: "Let the workload sign in by a managed identity or a federated credential, which have nothing to copy. \
                 Else add a credential that ends within the limit, move the caller, and delete this one. A policy for \
                 application management refuses long lives for the whole tenant.",
        limits: "The default of 180 days is that of Microsoft's security recommendations \
                 (<https://learn.microsoft.com/entra/fundamentals/zero-trust-protect-identities>), which say it of certificates; \
                 what protects less should not live longer. Where the day of making is not visible, days are counted from the \
                 scan. Keys that sign tokens for single sign-on are not meant, and what has ended is disabled-key-remains.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let limit = i64::from(view.thresholds.client_credential_max_lifetime_days);
    for identity in machines(view) {
        for credential in live(view, identity) {
            let days = lifetime(view, credential);
            if days.is_some_and(|days| days <= limit) {
                continue;
            }
            let how = match (days, credential.created) {
                (None, _) => "has no end".to_owned(),
                (Some(days), Some(_)) => format!("lives for {days} days"),
                (Some(days), None) => format!("works for another {days} days"),
            };
            let title =
                format!("{} {} of `{}` {how}", credential.kind, key_name(credential), Shown(&identity.name));
            let mut draft = Draft::new(title)
                .facts([fact("credential", credential)])
                .evidence("limit", format!("{limit} days"))
                .remedy(
                    "use a managed identity or a federated credential; else add a credential that ends sooner, move the \
                     caller to it, and delete this one last",
                );
            if days.is_none_or(|days| days > limit.saturating_mul(4)) {
                draft = draft.severity(Severity::High);
            }
            findings.identity(identity, &slot(credential), delete_credential(draft, identity, credential));
        }
    }
}

/// Whole days from its making, else from the scan, to its end; `None`: it has no end.
fn lifetime(view: &View<'_>, credential: &Credential) -> Option<i64> {
    let end = credential.expires?;
    let from_now = -view.age_days(end);
    Some(credential.created.map_or(from_now, |created| view.age_days(created) + from_now))
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{CredentialKind, CredentialStatus, DirectoryObject};

    use crate::testing::{Case, World, days_ago};
    let secret = |created: Option<i64>, ends: Option<i64>| {
        move |w: &mut World| {
            let app = w.app("billing");
            w.secret(&app, "first", |one| {
                one.created = created.map(census_fixtures::days_ago);
                one.expires = ends.map(|days| census_fixtures::days_ago(-days));
            });
        }
    };
    vec![
        Case::fires("a year", secret(Some(10), Some(355)))
            .severity(Severity::Medium)
            .says("lives for 365 days")
            .says("\"credential\", \"delete\"")
            .says("GET /v1.0/applications"),
        Case::fires("no end", secret(Some(10), None)).severity(Severity::High).says("has no end"),
        Case::fires("the end of the calendar", secret(Some(10), Some(99_000))).severity(Severity::High),
        Case::fires("made at an unknown time", secret(None, Some(200))).says("works for another 200 days"),
        Case::fires("a stricter limit", |w| {
            w.thresholds.client_credential_max_lifetime_days = 30;
            let app = w.app("billing");
            w.secret(&app, "first", |_| ());
        }),
        Case::fires("a certificate on the service principal, by its thumbprint", |w| {
            let app = w.app("billing");
            w.certificate(&app, "AB12CD34", |one| {
                one.expires = days_ago(-700);
                one.kept_on = Some(DirectoryObject::ServicePrincipal);
            });
        })
        .says("\"sp\", \"credential\", \"list\"")
        .says("--cert"),
        Case::silent("at the limit", secret(Some(10), Some(170))),
        Case::silent("expired", |w| {
            let app = w.app("billing");
            w.secret(&app, "first", |one| {
                one.created = days_ago(900);
                one.expires = days_ago(10);
                one.status = CredentialStatus::Expired;
            });
        }),
        Case::silent("a key that signs tokens", |w| {
            let app = w.app("portal");
            w.certificate(&app, "AB12CD34", |one| {
                one.kind = CredentialKind::TokenSigningCertificate;
                one.expires = days_ago(-1000);
            });
        }),
        Case::silent("deleted with its application", |w| {
            let mut app = azure::service_principal("billing");
            app.deleted = days_ago(3);
            let app = w.azure(app);
            w.secret(&app, "first", |one| one.expires = None);
        }),
        Case::silent("a key of AWS", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |_| ());
        }),
    ]
}
