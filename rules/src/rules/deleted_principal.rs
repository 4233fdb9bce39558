use std::collections::HashSet;

use census_model::{Confidence, Identity, IdentityKind, PrincipalSet, Provider, Scope, ScopeId, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    principals::{by_principal, distinguisher, edit_trust, statements},
};

pub(crate) static RULE: Rule = Rule {
    id: "deleted-principal",
    version: 1,
    title: "Trust of a principal that no longer exists",
    severity: Severity::Medium,
    finding_types: &["LIFE-DELETED-PRINCIPAL"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A trust policy names a principal that was deleted: AWS shows its id (`AROA...`, `AIDA...`) in place \
                of its name, or the policy names a user, role or role session of an account that was read \
                completely and has none of that name, or an \
                OpenID Connect or SAML provider that is not registered in the account.",
        why: "The trust outlived whoever it was for. An id is never given again, but a name is: whoever creates a \
              role or provider of that name inherits the trust.",
        remedy: "Remove the principal from the trust policy. If something stopped working when it was deleted, name \
                 its successor.",
        limits: "Names are only compared within accounts whose identities were all read. Federated users \
                 (`federated-user/...`) have no lasting identity and are not judged. Policies \
                 attached to an identity end with it; those of resources are not read.",
    },
    check,
};

/// The reads that show all providers of an account.
const OIDC: &[&str] = &["iam:ListOpenIDConnectProviders"];
const SAML: &[&str] = &["iam:ListSAMLProviders"];

/// The read that shows all identities of an account.
const IDENTITIES: &[&str] = &["iam:GetAccountAuthorizationDetails"];

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let names = role_names(view);
    let issuers: HashSet<&str> = view.estate().issuers.iter().map(|issuer| &*issuer.native_id).collect();
    for role in view.of_kind(IdentityKind::AwsRole) {
        for (who, trusts) in by_principal(view, role) {
            let (principal, confidence) = match who {
                PrincipalSet::Deleted(id) => (&**id, Confidence::High),
                PrincipalSet::External(arn)
                    if !issuers.contains(&**arn) && is_unregistered(view, role, arn) =>
                {
                    (&**arn, Confidence::Medium)
                }
                PrincipalSet::Identity(arn) if is_missing(view, &names, role, arn) => {
                    (&**arn, Confidence::Medium)
                }
                _ => continue,
            };
            let mut draft =
                Draft::new(format!("role `{}` trusts `{principal}`, which no longer exists", role.name))
                    .at_most(confidence)
                    .facts(statements(trusts))
                    .remedy("remove the principal from the trust policy, or name its successor");
            for words in edit_trust(role) {
                draft = draft.command(words);
            }
            findings.identity(role, &distinguisher(who), draft);
        }
    }
}

/// The roles by scope and name; names compare without case.
type RoleNames<'a> = HashSet<(&'a ScopeId, String)>;

fn role_names<'a>(view: &View<'a>) -> RoleNames<'a> {
    let roles = view.estate().identities.iter().filter(|one| one.kind == IdentityKind::AwsRole);
    roles.map(|role| (&role.scope, role.name.to_ascii_lowercase())).collect()
}

/// The account that an ARN is of, if it was scanned, and what the ARN names there.
fn place<'a, 't>(view: &View<'a>, beside: &Identity, arn: &'t str) -> Option<(&'a Scope, &'t str)> {
    let mut parts = arn.splitn(6, ':').skip(4);
    let (account, resource) = (parts.next()?, parts.next()?);
    let scope = view.account_scope(account, beside).filter(|scope| scope.scanned)?;
    Some((scope, resource))
}

/// Whether an ARN names a provider of an account whose providers were all read; the caller knows it is none of them.
fn is_unregistered(view: &View<'_>, beside: &Identity, arn: &str) -> bool {
    let Some((scope, resource)) = place(view, beside, arn) else { return false };
    let reads = match resource.split_once('/') {
        Some(("oidc-provider", _)) => OIDC,
        Some(("saml-provider", _)) => SAML,
        _ => return false,
    };
    view.unread(&scope.id, reads, &[arn]).is_empty()
}

/// Whether an ARN names an identity of an account that was read completely, and that has no such identity.
fn is_missing(view: &View<'_>, roles: &RoleNames<'_>, beside: &Identity, arn: &str) -> bool {
    // A wildcard names nobody, deleted or not: AWS takes it literally here.
    let Some((scope, resource)) = place(view, beside, arn).filter(|_| !arn.contains(['*', '?'])) else {
        return false;
    };
    let id = format!("{}:{arn}", beside.provider);
    if !view.unread(&scope.id, IDENTITIES, &[arn, &id]).is_empty() {
        return false;
    }
    match resource.split_once('/') {
        Some(("assumed-role", session)) => {
            let name = session.split('/').next().unwrap_or_default();
            !roles.contains(&(&scope.id, name.to_ascii_lowercase()))
        }
        Some(("user" | "role", _)) => view.index.native(arn).is_none(),
        _ => false,
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Gap, GapReason, Issuer, IssuerId, IssuerKind, Mechanism};

    use crate::testing::{Case, World};
    let issuer = |arn: &str| Issuer {
        id: IssuerId::new(format!("aws:{arn}")),
        native_id: arn.into(),
        provider: Provider::Aws,
        kind: IssuerKind::Saml,
        scope: census_fixtures::account_scope(census_fixtures::ACCOUNT),
        issuer: None,
        audiences: Vec::new(),
        created: None,
        expires: None,
        tags: Default::default(),
    };
    let trust = |who: PrincipalSet| {
        move |w: &mut World| {
            let role = w.role("app");
            w.trust(&role, who.clone(), Mechanism::AssumeRole, "");
        }
    };
    let external = |name: &'static str, registered: bool, unread: Option<&'static str>| {
        move |w: &mut World| {
            let arn = format!("arn:aws:iam::111122223333:{name}");
            let role = w.role("sso");
            w.trust(&role, PrincipalSet::External(arn.as_str().into()), Mechanism::WebIdentity, "");
            if registered {
                w.estate.issuer(issuer(&arn));
            }
            if let Some(read) = unread {
                w.gap(read, GapReason::Denied);
            }
        }
    };
    let arn = |text: &str| PrincipalSet::Identity(text.into());
    let mut cases = vec![
        Case::fires("an id", trust(PrincipalSet::Deleted("AROAEXAMPLE1234567".into())))
            .confidence(Confidence::High),
        Case::fires("a user that is gone", trust(arn("arn:aws:iam::111122223333:user/gone")))
            .confidence(Confidence::Medium),
        Case::fires("a role that is gone", trust(arn("arn:aws:iam::111122223333:role/gone"))),
        Case::fires(
            "a session of a role that is gone",
            trust(arn("arn:aws:sts::111122223333:assumed-role/gone/s")),
        ),
        Case::silent("a session of a role", trust(arn("arn:aws:sts::111122223333:assumed-role/app/s"))),
        Case::silent("an identity that is there", trust(arn("arn:aws:iam::111122223333:role/app"))),
        Case::silent("an account that was not read", trust(arn("arn:aws:iam::444455556666:role/gone"))),
        Case::silent("an account of the organization that was not scanned", |w| {
            w.organization(&["444455556666"]);
            let role = w.role("app");
            let who = PrincipalSet::Identity("arn:aws:iam::444455556666:role/gone".into());
            w.trust(&role, who, Mechanism::AssumeRole, "");
        }),
        Case::silent("the identities of the whole organization were not read", |w| {
            w.organization(&[census_fixtures::ACCOUNT]);
            let scope = Some(ScopeId::new("aws:organization/o-acme"));
            let gap = Gap::new(Provider::Aws, scope, IDENTITIES[0], GapReason::Failed, "", Vec::new());
            w.estate.gap(gap);
            let role = w.role("app");
            let who = PrincipalSet::Identity("arn:aws:iam::111122223333:role/gone".into());
            w.trust(&role, who, Mechanism::AssumeRole, "");
        }),
        Case::silent("a wildcard, which names nobody", trust(arn("arn:aws:iam::111122223333:role/app-*"))),
        Case::fires("a provider that is gone", external("saml-provider/okta", false, None))
            .confidence(Confidence::Medium),
        Case::silent("a provider that is there", external("saml-provider/okta", true, None)),
        Case::silent(
            "providers that were not read",
            external("oidc-provider/idp.acme.example", false, Some("iam:ListOpenIDConnectProviders")),
        ),
        Case::fires(
            "other providers that were not read",
            external("oidc-provider/idp.acme.example", false, Some("iam:ListSAMLProviders")),
        ),
        Case::silent(
            "a provider that every account has",
            trust(PrincipalSet::External("accounts.google.com".into())),
        ),
        Case::silent("a federated user", trust(arn("arn:aws:sts::111122223333:federated-user/x"))),
    ];
    for reason in [GapReason::Truncated, GapReason::Denied, GapReason::NotProvided] {
        cases.push(Case::silent(format!("identities {reason}"), move |w| {
            w.gap("iam:GetAccountAuthorizationDetails", reason);
            let role = w.role("app");
            let who = PrincipalSet::Identity("arn:aws:iam::111122223333:user/gone".into());
            w.trust(&role, who, Mechanism::AssumeRole, "");
        }));
    }
    cases
}
