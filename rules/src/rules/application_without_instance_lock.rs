use census_model::{Audience, Evidence, InstanceLock, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::{APPLICATIONS, application_object_id, registered_here},
};

pub(crate) static RULE: Rule = Rule {
    id: "application-without-instance-lock",
    version: 1,
    title: "A multi-tenant application whose instances take credentials of others",
    severity: Severity::Medium,
    finding_types: &["PRIV-ESCALATION"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "An application that is registered here may be used in other tenants, and its owner has not locked the credentials \
                of its service principals there (app instance property lock). Severity is low where a part is locked.",
        why: "Whoever administers another tenant can add a credential to the service principal there, and then signs in as \
              this application: what trusts the application by its client id trusts them.",
        remedy: "Lock all sensitive properties. Nothing that signs in by the application's own credentials notices.",
        limits: "Applications for this tenant only are not meant. A lock that the document does not tell is not reported.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, application) in registered_here(view) {
        let (severity, state) = match application.instance_lock {
            Some(InstanceLock::Off) => (Severity::Medium, "nothing is locked"),
            Some(InstanceLock::Partial) => (Severity::Low, "a part of the credentials is locked"),
            Some(InstanceLock::Credentials) | None => continue,
        };
        if !application.audience.is_some_and(Audience::is_multi_tenant) {
            continue;
        }
        let title = format!("other tenants can add credentials to {}", subject(view, identity));
        let mut draft = Draft::new(title)
            .severity(severity)
            .facts([Evidence::new("instance property lock", state).from_source(APPLICATIONS)])
            .remedy("lock all sensitive properties of its instances");
        if let Some(object) = application_object_id(identity) {
            let uri = format!("https://graph.microsoft.com/v1.0/applications/{object}");
            let body = r#"{"servicePrincipalLockConfiguration": {"isEnabled": true, "allProperties": true}}"#;
            draft = draft.command(["az", "rest", "--method", "patch", "--uri", &uri, "--body", body]);
        }
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;

    use crate::testing::{Case, World};
    let app = |audience: Audience, lock: Option<InstanceLock>| {
        move |w: &mut World| {
            let mut app = azure::service_principal("portal");
            if let Some(application) = &mut app.application {
                application.audience = Some(audience);
                application.instance_lock = lock;
            }
            w.azure(app);
        }
    };
    let many = Audience::MultipleTenants;
    vec![
        Case::fires("off", app(many, Some(InstanceLock::Off)))
            .severity(Severity::Medium)
            .says("servicePrincipalLockConfiguration"),
        Case::fires("in part", app(many, Some(InstanceLock::Partial))).severity(Severity::Low),
        Case::silent("locked", app(many, Some(InstanceLock::Credentials))),
        Case::silent("not told", app(many, None)),
        Case::silent("for this tenant only", app(Audience::SingleTenant, Some(InstanceLock::Off))),
    ]
}
