use census_model::{Audience, Confidence, Evidence, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::{APPLICATIONS, application_object_id, registered_here},
};

pub(crate) static RULE: Rule = Rule {
    id: "multi-tenant-application",
    version: 1,
    title: "An application of the company that accounts of any tenant may sign in to",
    severity: Severity::Low,
    finding_types: &["TRUST-WILDCARD"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "An application that is registered here accepts accounts of every tenant, or personal accounts, and has no \
                verified publisher. Severity is medium where personal accounts are accepted.",
        why: "Many applications were made so by a default or a copied sample. Entra ID then issues tokens to anybody, and only \
              the application's own code tells strangers from colleagues.",
        remedy: "Let only accounts of this tenant sign in, unless customers are meant to. Where they are, have the publisher \
                 verified, and check the tenant of every token.",
        limits: "A company that offers an application to others has its publisher verified, so with one nothing is reported. \
                 Whether the application checks the tenant itself is not seen: confidence is medium.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, application) in registered_here(view) {
        let (severity, whose) = match application.audience {
            Some(Audience::MultipleTenants) => (Severity::Low, "accounts of any tenant"),
            Some(Audience::MultipleTenantsAndPersonal) => {
                (Severity::Medium, "accounts of any tenant, and personal ones,")
            }
            Some(Audience::Personal) => (Severity::Medium, "personal accounts"),
            Some(Audience::SingleTenant | Audience::Unrecognized) | None => continue,
        };
        if application.verified_publisher.is_some() {
            continue;
        }
        let mut draft = Draft::new(format!("{whose} may sign in to {}", subject(view, identity)))
            .severity(severity)
            .at_most(Confidence::Medium)
            .facts([Evidence::new("sign-in audience", whose).from_source(APPLICATIONS)])
            .evidence("verified publisher", "none")
            .evidence("not certain because", "the application may check the tenant itself")
            .remedy("let only accounts of this tenant sign in; or have the publisher verified and check every token");
        if let Some(object) = application_object_id(identity) {
            draft = draft.command([
                "az",
                "ad",
                "app",
                "update",
                "--id",
                object,
                "--sign-in-audience",
                "AzureADMyOrg",
            ]);
        }
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::Application;

    use crate::testing::{Case, World};
    let app = |change: fn(&mut Application)| {
        move |w: &mut World| {
            let mut app = azure::service_principal("portal");
            app.application.iter_mut().for_each(change);
            w.azure(app);
        }
    };
    vec![
        Case::fires("any tenant", app(|one| one.audience = Some(Audience::MultipleTenants)))
            .severity(Severity::Low)
            .says("AzureADMyOrg"),
        Case::fires("personal too", app(|one| one.audience = Some(Audience::MultipleTenantsAndPersonal)))
            .severity(Severity::Medium),
        Case::silent("this tenant", app(|_| ())),
        Case::silent("not told", app(|one| one.audience = None)),
        Case::silent(
            "offered to others",
            app(|one| {
                one.audience = Some(Audience::MultipleTenants);
                one.verified_publisher = Some("Brindlemoor".into());
            }),
        ),
        Case::silent("another company's", |w| {
            w.foreign_app("vendor");
        }),
    ]
}
