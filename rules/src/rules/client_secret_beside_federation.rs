use census_model::{CredentialKind, Mechanism, PrincipalSet, Provider, ScopeId, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    entra::{delete_credential, fact, live, machines},
    policies::{LISTED, Shown},
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "client-secret-beside-federation",
    version: 1,
    title: "A client secret where there is a way in without one",
    severity: Severity::Medium,
    finding_types: &["CRED-STATIC-FEDERABLE"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A client secret of an application works, although its workloads can sign in with tokens of their own platform \
                (it has a federated credential), or although the tenant refuses new secrets on applications. \
                One finding an identity.",
        why: "Federation takes away the text that can be copied. With the secret still there, nothing was taken away: it is \
              the way in that a thief uses, and the one that nobody watches any more.",
        remedy: "Watch the sign-ins for the key id of the secret. Move what still uses it to the federated credential or to \
                 a managed identity, and delete the secret.",
        limits: "Whether the same workload uses both is not known. That a program which has neither could use one of them is \
                 not said: where it runs is not written in the directory. Certificates are not counted.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let refusing: Vec<&ScopeId> = view
        .estate()
        .tenant_policies
        .iter()
        .filter(|policy| policy.passwords_refused == Some(true))
        .map(|policy| &policy.scope)
        .collect();
    for identity in machines(view) {
        let mut secrets = live(view, identity);
        secrets.retain(|one| one.kind == CredentialKind::ClientSecret);
        let federated: Vec<&str> = view
            .index
            .trusts(&identity.id)
            .iter()
            .filter(|trust| trust.mechanism == Mechanism::FederatedCredential)
            .filter_map(|trust| match &trust.who {
                PrincipalSet::External(issuer) => Some(&**issuer),
                _ => None,
            })
            .collect();
        let refused = refusing.iter().find(|scope| ***scope == identity.scope);
        let why = match (federated.is_empty(), refused) {
            (false, _) => "beside a federated credential",
            (true, Some(_)) => "which its tenant no longer lets anybody add",
            (true, None) => continue,
        };
        let Some(first) = secrets.first() else { continue };
        let title = format!("`{}` has a client secret {why}", Shown(&identity.name));
        let mut draft = Draft::new(title)
            .facts(secrets.iter().take(LISTED).map(|one| fact("works", one)))
            .facts(more(secrets.len(), "secrets"));
        for issuer in federated.iter().take(LISTED) {
            draft = draft.evidence("federated with", format!("{}", Shown(issuer)));
        }
        if refused.is_some() {
            draft = draft.evidence("tenant", "refuses new passwords on applications");
        }
        let draft = draft
            .remedy("move what still uses the secret to the federated credential or a managed identity, and delete it");
        findings.identity(identity, "", delete_credential(draft, identity, first));
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{CredentialStatus, TenantPolicy};

    use crate::testing::{Case, World};
    const GITHUB: &str = "https://token.actions.githubusercontent.com";
    fn federated(w: &mut World) -> census_model::Identity {
        let app = w.app("deploy");
        w.estate.trust(azure::federated(&app, GITHUB, "repo:acme/app:environment:prod"));
        app
    }
    let policy = |refused: Option<bool>| {
        move |w: &mut World| {
            let app = w.app("deploy");
            w.secret(&app, "first", |_| ());
            w.estate.tenant_policy(TenantPolicy {
                scope: azure::tenant_scope(),
                users_register_applications: None,
                user_consent: None,
                passwords_refused: refused,
                password_lifetime: None,
            });
        }
    };
    vec![
        Case::fires("federated too", |w| {
            let app = federated(w);
            w.secret(&app, "first", |_| ());
            w.secret(&app, "second", |_| ());
        })
        .says("beside a federated credential")
        .says("token.actions.githubusercontent.com"),
        Case::fires("the tenant refuses secrets", policy(Some(true))).says("no longer lets anybody add"),
        Case::silent("the tenant does not say", policy(None)),
        Case::silent("the tenant lets them be", policy(Some(false))),
        Case::silent("a certificate", |w| {
            let app = federated(w);
            w.certificate(&app, "AB12", |_| ());
        }),
        Case::silent("ended", |w| {
            let app = federated(w);
            w.secret(&app, "first", |one| one.status = CredentialStatus::Expired);
        }),
    ]
}
