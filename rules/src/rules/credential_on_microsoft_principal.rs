use census_model::{DirectoryObject, IdentityKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{key_name, slot},
    entra::{delete_credential, fact, live},
    policies::Shown,
};

pub(crate) static RULE: Rule = Rule {
    id: "credential-on-microsoft-principal",
    version: 1,
    title: "A working credential on a service principal of Microsoft",
    severity: Severity::High,
    finding_types: &["PRIV-ESCALATION"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A secret or certificate that works is kept on a service principal of this tenant whose application belongs to \
                Microsoft. Microsoft signs in by the application, whose credentials are in its own tenant and never shown here: \
                what is kept on the principal was added in this tenant.",
        why: "Whoever holds it acts as an application of Microsoft, with all that it may do here: a way to stay that looks \
              like the platform itself in every log.",
        remedy: "Find in the audit log who added it and what signed in with it. Treat it as an intrusion until somebody can \
                 say what it is for; then give that program an application of its own, and delete the credential.",
        limits: "Some older integrations ask for such a credential. What the principal may do is not weighed. Keys that sign \
                 tokens are not meant.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let principals = view.estate().identities.iter();
    let principals = principals.filter(|one| one.kind == IdentityKind::EntraServicePrincipal);
    for identity in principals.filter(|one| one.deleted.is_none()) {
        let Some(manager) = &identity.managed_by else { continue };
        for credential in live(view, identity) {
            if credential.kept_on != Some(DirectoryObject::ServicePrincipal) {
                continue;
            }
            let title = format!(
                "{} {} was added to `{}`, which is Microsoft's",
                credential.kind,
                key_name(credential),
                Shown(&identity.name)
            );
            let draft = Draft::new(title)
                .facts([fact("credential", credential)])
                .evidence("managed by", format!("{} ({})", manager.name, manager.evidence))
                .remedy("find out in the audit log who added it and why, then delete it");
            findings.identity(identity, &slot(credential), delete_credential(draft, identity, credential));
        }
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{CredentialKind, CredentialStatus};

    use crate::testing::{Case, World};
    let kept = |on: Option<DirectoryObject>, status: CredentialStatus, kind: CredentialKind| {
        move |w: &mut World| {
            let principal = w.azure(azure::microsoft_principal("Office 365 Exchange Online"));
            w.secret(&principal, "first", |one| {
                one.kept_on = on;
                one.status = status;
                one.kind = kind;
            });
        }
    };
    let (on, secret) = (Some(DirectoryObject::ServicePrincipal), CredentialKind::ClientSecret);
    vec![
        Case::fires("a secret", kept(on, CredentialStatus::Active, secret))
            .severity(Severity::High)
            .says("\"sp\", \"credential\", \"delete\""),
        Case::fires("a certificate", kept(on, CredentialStatus::Active, CredentialKind::ClientCertificate))
            .says("--cert"),
        Case::silent("ended", kept(on, CredentialStatus::Expired, secret)),
        Case::silent(
            "a key that signs tokens",
            kept(on, CredentialStatus::Active, CredentialKind::TokenSigningCertificate),
        ),
        Case::silent(
            "not on the principal",
            kept(Some(DirectoryObject::Application), CredentialStatus::Active, secret),
        ),
        Case::silent("a principal of the company's own", |w| {
            let app = w.app("billing");
            w.secret(&app, "first", |one| one.kept_on = Some(DirectoryObject::ServicePrincipal));
        }),
    ]
}
