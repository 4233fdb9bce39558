use census_model::{
    Credential, CredentialKind, CredentialStatus, Identity, Mechanism, OwnerStatus, PrincipalSet, Provider, Severity,
};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::{disable_key, key_name, last_use, subject},
    entra::{delete_credential, federated_credentials},
    policies::LISTED,
    powers::more,
    principals::{by_principal, edit_trust},
    registered::{ownable, successors},
};

pub(crate) static RULE: Rule = Rule {
    id: "disabled-owner-live-credential",
    version: 2,
    title: "A way in that outlived its owner",
    severity: Severity::Medium,
    finding_types: &["LIFE-DISABLED-LIVE-CRED"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "Everybody who owned the identity has left, or the identity itself is disabled, and still a credential of it \
                works, or its trust policy or a federated credential lets somebody in. Severity is high where it is an administrator or can become \
                one.",
        why: "Whoever left may know the secret; and whoever uses it now is answered for by nobody. What is only disabled comes \
              back with everything that it had.",
        remedy: "Rotate each credential that the owner could know, or disable it where nobody says that it is used. Find a new \
                 owner (owner-left names who may take over) before anything else is decided.",
        limits: "A credential of unknown status is not counted, nor is a second factor. That the owner left takes a directory. \
                 Whether the owner who left ever knew a secret is not known. In AWS users and roles cannot be disabled. A service \
                 principal of Entra ID that is disabled gets no tokens, until somebody enables it. What was deleted is \
                 deleted-identity-live-access.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, record) in ownable(view) {
        let what = match record.status {
            OwnerStatus::Departed => "whose owner has left",
            _ if identity.disabled => "which is disabled",
            _ => continue,
        };
        let live: Vec<&Credential> =
            view.index.credentials(&identity.id).iter().copied().filter(|one| works(one)).collect();
        let entrants = entrants(view, identity);
        if live.is_empty() && entrants.is_empty() {
            continue;
        }
        let way = match (live.is_empty(), identity.provider) {
            (false, _) => "has working credentials",
            (true, Provider::Azure) => "has federated credentials",
            (true, _) => "can be assumed",
        };
        let powerful = view.reach(&identity.id).is_some_and(|reach| reach.level.is_powerful());
        let mut draft = Draft::new(format!("{}, {what}, still {way}", subject(view, identity)))
            .severity(if powerful { Severity::High } else { RULE.severity })
            .evidence("owner", &*record.because);
        for credential in live.iter().take(LISTED) {
            let says = format!("{} {}, {}", credential.kind, key_name(credential), last_use(&credential.last_used));
            draft = disable_key(draft.evidence("works", says), identity, credential);
            draft = delete_credential(draft, identity, credential);
        }
        draft = draft.facts(more(live.len(), "credentials"));
        for who in entrants.iter().take(LISTED) {
            draft = draft.evidence("lets in", who.clone());
        }
        draft = draft.facts(more(entrants.len(), "principals")).facts(successors(record));
        if !entrants.is_empty() {
            draft = match identity.provider {
                Provider::Azure => federated_credentials(draft, identity),
                _ => edit_trust(identity).into_iter().fold(draft, Draft::command),
            };
        }
        let draft = draft.remedy(
            "find a new owner; rotate what the old one could know, and disable what nobody says is used",
        );
        findings.identity(identity, "", draft);
    }
}

fn works(credential: &Credential) -> bool {
    let proves = !matches!(credential.kind, CredentialKind::MfaDevice | CredentialKind::TokenSigningCertificate);
    proves && credential.status == CredentialStatus::Active
}

/// Whom the trust policy lets in, in words.
fn entrants(view: &View<'_>, identity: &Identity) -> Vec<String> {
    by_principal(view, identity)
        .into_iter()
        .filter(|(_, trusts)| trusts.iter().any(|trust| trust.mechanism != Mechanism::Other))
        .filter_map(|(who, _)| {
            Some(match who {
                PrincipalSet::Identity(id) => format!("`{id}`"),
                PrincipalSet::Account(id) => format!("account {id}"),
                PrincipalSet::Organization(id) => format!("organization {id}"),
                PrincipalSet::Everyone => "anyone".to_owned(),
                PrincipalSet::Authenticated => "anyone who can authenticate".to_owned(),
                PrincipalSet::Service(id) => format!("service {id}"),
                PrincipalSet::External(id) => format!("issuer {id}"),
                PrincipalSet::Deleted(_) | PrincipalSet::Unrecognized(_) => return None,
            })
        })
        .collect()
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{ClaimSource, Level};

    use crate::testing::{Case, World};
    fn left(w: &mut World, identity: &Identity) {
        w.owner(identity, OwnerStatus::Departed, &[(ClaimSource::RegistryRecord, "ann@example.com")]);
    }
    let key = |status: CredentialStatus| {
        move |w: &mut World| {
            let user = w.user("ci");
            left(w, &user);
            w.key(&user, "AKIA1", |key| key.status = status);
        }
    };
    vec![
        Case::fires("a key works", key(CredentialStatus::Active))
            .severity(Severity::Medium)
            .says("still has working credentials")
            .says("AKIA1")
            .says("update-access-key"),
        Case::fires("an administrator's", |w| {
            let user = w.user("ci");
            left(w, &user);
            w.key(&user, "AKIA1", |_| ());
            w.reach(&user, Level::Admin);
        })
        .severity(Severity::High),
        Case::fires("a role can be assumed", |w| {
            let role = w.role("deploy");
            left(w, &role);
            w.trust(&role, PrincipalSet::Service("lambda.amazonaws.com".into()), Mechanism::AssumeRole, "");
        })
        .says("still can be assumed")
        .says("service lambda.amazonaws.com"),
        Case::fires("the identity is disabled", |w| {
            let user = w.add(Identity { disabled: true, ..fixtures::user("ci") });
            w.record(&user);
            w.key(&user, "AKIA1", |_| ());
        })
        .says("which is disabled"),
        Case::fires("an application whose owner left, with a secret", |w| {
            let app = w.app("billing");
            left(w, &app);
            w.secret(&app, "first", |_| ());
        })
        .says("has working credentials")
        .says("\"ad\", \"app\", \"credential\", \"delete\""),
        Case::fires("a disabled application that a pipeline becomes", |w| {
            let app = w.azure(Identity { disabled: true, ..fixtures::azure::service_principal("deploy") });
            w.record(&app);
            let issuer = "https://token.actions.githubusercontent.com";
            w.estate.trust(fixtures::azure::federated(&app, issuer, "repo:acme/app:environment:prod"));
        })
        .says("has federated credentials")
        .says("federated-credential"),
        Case::silent("an application that only signs tokens", |w| {
            let app = w.app("portal");
            left(w, &app);
            w.certificate(&app, "AB12", |one| one.kind = CredentialKind::TokenSigningCertificate);
        }),
        Case::silent("the key is disabled", key(CredentialStatus::Inactive)),
        Case::silent("whether the key works is not known", key(CredentialStatus::Unknown)),
        Case::silent("only a second factor", |w| {
            let user = w.user("ci");
            left(w, &user);
            w.credential(&user, CredentialKind::MfaDevice, |_| ());
        }),
        Case::silent("a role that trusts only who is gone", |w| {
            let role = w.role("deploy");
            left(w, &role);
            w.trust(&role, PrincipalSet::Deleted("AROAGONE".into()), Mechanism::AssumeRole, "");
        }),
        Case::silent("the owner is here", |w| {
            let user = w.user("ci");
            w.registered(&user, |_| ());
            w.key(&user, "AKIA1", |_| ());
        }),
        Case::silent("nobody in the company owns it", |w| {
            let user = w.add(Identity { disabled: true, ..fixtures::user("ann") });
            w.owner(&user, OwnerStatus::NotApplicable, &[]);
            w.key(&user, "AKIA1", |_| ());
        }),
    ]
}
