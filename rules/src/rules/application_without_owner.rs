use census_model::{Evidence, Owned, OwnerStatus, Provider, Relation, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::{OWNERS, application_object_id, registered_here},
    unread::{APPLICATIONS, OWNER_READS, Unread},
};

pub(crate) static RULE: Rule = Rule {
    id: "application-without-owner",
    version: 1,
    title: "An application that the directory names no owner of",
    severity: Severity::Low,
    finding_types: &["OWN-INFERRED-ONLY"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "An application that is registered here has no owner in Entra ID, nor has its service principal, although \
                another source names one.",
        why: "The directory is where whoever answers an alert about the application looks first. Without owners there only \
              administrators can renew its credentials, and so its credentials get long lives.",
        remedy: "Make those who answer for it owners in the directory, two people at least; or keep it without on purpose, \
                 since an owner may add credentials and so act as the application, and let the registry name who answers.",
        limits: "Where no source at all names an owner, unowned-identity reports it, and this rule is silent. It is silent too \
                 where owners were not read. Whether an owner is still here is directory-owner-left.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let unread = Unread::of(view, &[APPLICATIONS, OWNER_READS]);
    for (identity, _) in registered_here(view) {
        let owners = view.index.directory_owners(&Owned::Identity(identity.id.clone()));
        if owners.iter().any(|owner| owner.relation == Relation::Owner) {
            continue;
        }
        let named = [OwnerStatus::Registered, OwnerStatus::Inferred, OwnerStatus::Conflict];
        let Some(record) = view.owner(&identity.id).filter(|record| named.contains(&record.status)) else {
            continue;
        };
        if !unread.about(view, identity).is_empty() {
            continue;
        }
        let mut draft = Draft::new(format!("the directory names no owner of {}", subject(view, identity)))
            .facts([Evidence::new("owners in the directory", "none").from_source(OWNERS)])
            .evidence("owner by other sources", &*record.because)
            .remedy("make two people who answer for it owners in the directory, or let the registry alone name them");
        if let Some(object) = application_object_id(identity) {
            let words = ["az", "ad", "app", "owner", "add", "--id", object, "--owner-object-id", "OBJECT-ID"];
            draft = draft.command(words);
        }
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{ClaimSource, GapReason};

    use crate::testing::{Case, World};
    let known = |status: OwnerStatus| {
        move |w: &mut World| {
            let app = w.app("billing");
            w.owner(&app, status, &[(ClaimSource::RegistryRecord, "ann@example.com")]);
        }
    };
    let unread = |read: &'static str, about: &'static [&'static str]| {
        move |w: &mut World| {
            known(OwnerStatus::Registered)(w);
            w.azure_gap(read, GapReason::Denied, about);
        }
    };
    vec![
        Case::fires("the registry names one", known(OwnerStatus::Registered)).says("\"owner\", \"add\""),
        Case::fires("owners of others were not read", unread("Application.Read.All/owners", &["other"])),
        Case::fires("federation was not read", unread("Application.Read.All/federatedIdentityCredentials", &[])),
        Case::fires("what it may do was not read", unread("Application.Read.All/appRoleAssignments", &[])),
        Case::fires("what was deleted was not read", unread("Application.Read.All/deletedItems", &[])),
        Case::silent("no source names one", known(OwnerStatus::Unowned)),
        Case::silent("applications were not read", unread("Application.Read.All", &[])),
        Case::silent("owners were not read", unread("Application.Read.All/owners", &[])),
        Case::silent("its owners were not read", |w| {
            let app = w.app("billing");
            w.owner(&app, OwnerStatus::Registered, &[(ClaimSource::RegistryRecord, "ann@example.com")]);
            let id = app.application.as_ref().and_then(|one| one.native_id.clone()).unwrap_or_default();
            w.azure_gap("Application.Read.All/owners", GapReason::Denied, &[&id]);
        }),
        Case::silent("it has one", |w| {
            let (app, ana) = (w.app("billing"), w.person("ana@brindlemoor.example"));
            w.owner(&app, OwnerStatus::Registered, &[(ClaimSource::RegistryRecord, "ann@example.com")]);
            w.directory_owner(&app, &ana.id);
        }),
        Case::silent("another company's", |w| {
            let app = w.foreign_app("vendor");
            w.owner(&app, OwnerStatus::Registered, &[(ClaimSource::RegistryRecord, "ann@example.com")]);
        }),
        Case::silent("Microsoft's", |w| {
            w.azure(azure::microsoft_principal("Yammer"));
        }),
    ]
}
