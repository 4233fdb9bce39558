use census_model::{Evidence, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{last_use, subject},
    entra::{SERVICE_PRINCIPALS, foreign_tenant, grants, holding, machines},
    policies::{LISTED, Shown},
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "unverified-publisher",
    version: 1,
    title: "Another company's application whose publisher nobody verified",
    severity: Severity::Medium,
    finding_types: &["TRUST-THIRD-PARTY"],
    providers: &[Provider::Azure],
    // That control is about consent of users.
    except_controls: &[("CIS-AZURE", "5.0:5.12")],
    thresholds: &[],
    docs: Docs {
        finds: "A service principal belongs to an application of another tenant, which is not Microsoft, and Microsoft has not \
                verified its publisher. Severity is low where nothing is granted to it itself, or where it is disabled.",
        why: "Anybody can register an application under any name and ask for consent. A verified publisher is at least a \
              company that Microsoft knows.",
        remedy: "Find out who consented, and to what. Ask the vendor to have its publisher verified; take away the consent and \
                 disable the application if nobody knows the vendor.",
        limits: "A verified publisher says who somebody is, not that they are honest. Whether a contract stands behind it is \
                 third-party-without-review. Another tenant of the same company counts as its own where it is scanned too. An \
                 application whose tenant is not told is not reported.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in machines(view) {
        let Some(tenant) = foreign_tenant(view, identity) else { continue };
        if identity.application.as_ref().is_none_or(|one| one.verified_publisher.is_some()) {
            continue;
        }
        let grants = grants(view, identity);
        let title = format!("nobody verified who publishes {}", subject(view, identity));
        let mut draft = Draft::new(title)
            .facts([Evidence::new("verified publisher", "none").from_source(SERVICE_PRINCIPALS)])
            .evidence("registered in tenant", format!("{}", Shown(tenant)))
            .evidence("sign-ins", last_use(&identity.last_used));
        for grant in grants.iter().take(LISTED) {
            draft = draft.evidence("granted", holding(view, grant));
        }
        if grants.is_empty() || identity.disabled {
            draft = draft.severity(Severity::Low);
        }
        if identity.disabled {
            draft = draft.evidence("state", "disabled");
        }
        let draft = draft
            .facts(more(grants.len(), "grants"))
            .remedy("find out who consented and to what; disable it if nobody knows the vendor")
            .command(["az", "ad", "sp", "update", "--id", &identity.native_id, "--set", "accountEnabled=false"]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{Identity, ScopeKind};

    use crate::testing::Case;
    vec![
        Case::fires("a role is granted", |w| {
            let app = w.foreign_app("vendor");
            w.estate.grant(azure::role_assignment(&app.id, azure::subscription_scope(), "Reader"));
        })
        .severity(Severity::Medium)
        .says("Azure role `Reader`")
        .says("accountEnabled=false"),
        Case::fires("nothing is granted", |w| {
            w.foreign_app("vendor");
        })
        .severity(Severity::Low),
        Case::fires("disabled", |w| {
            let app = w.azure(Identity { disabled: true, ..azure::foreign_service_principal("vendor") });
            w.estate.grant(azure::role_assignment(&app.id, azure::subscription_scope(), "Reader"));
        })
        .severity(Severity::Low),
        Case::silent("verified", |w| {
            let mut app = azure::foreign_service_principal("vendor");
            app.application.iter_mut().for_each(|one| one.verified_publisher = Some("Vendor Ltd".into()));
            w.azure(app);
        }),
        Case::silent("whose it is is not told", |w| {
            let mut app = azure::foreign_service_principal("vendor");
            app.application.iter_mut().for_each(|one| one.owner_tenant = None);
            w.azure(app);
        }),
        Case::silent("of another tenant that is scanned too", |w| {
            let id = census_model::ScopeId::new(format!("azure:tenant/{}", azure::OTHER_TENANT));
            w.estate.scope(azure::scope(id, azure::OTHER_TENANT, ScopeKind::Tenant, None));
            w.foreign_app("vendor");
        }),
        Case::silent("Microsoft's", |w| {
            w.azure(azure::microsoft_principal("Yammer"));
        }),
        Case::silent("the company's own", |w| {
            w.app("billing");
        }),
    ]
}
