use census_model::{
    CloudIssuer, Identity, IdentityKind, Mechanism, PrincipalSet, Provider, Reach, Severity, Trust,
};

use crate::{
    Docs, Draft, Findings, Rule, View, conditions,
    entra::federated_credentials,
    federation::{Hold, SharedIssuer, Tenancy, is_never_met, issuer_of, tenancy},
    outsiders::{Doubt, Membership, Openness, Party, Way, entra, openness, other_tenant, parties},
    policies::Shown,
    powers::{path, powerful, proofs, role_of, weigh},
    principals::{Denials, by_principal, distinguisher, edit_trust, statements},
};

pub(crate) static RULE: Rule = Rule {
    id: "outsider-reaches-admin",
    version: 2,
    title: "Somebody outside the company can become an administrator",
    severity: Severity::High,
    finding_types: &["PRIV-ADMIN", "TRUST-THIRD-PARTY"],
    providers: &[Provider::Aws, Provider::Azure],
    // Those are about the root user's keys, about single policies and roles, about whether a detector is on, how many
    // owners there are, who reviews them, and what users may consent to.
    except_controls: &[
        ("CIS-AWS", "7.0:2.4"),
        ("CIS-AWS", "7.0:2.14"),
        ("CIS-AWS", "7.0:2.18"),
        ("CIS-AZURE", "5.0:5.12"),
        ("CIS-AZURE", "6.0:5.3.3"),
        ("CIS-AZURE", "6.0:5.3.4"),
        ("CIS-AZURE", "6.0:5.7"),
    ],
    thresholds: &[],
    docs: Docs {
        finds: "An identity that is an administrator, or can make itself one, trusts somebody who is not of the company. \
                Of AWS: a role that trusts anyone, tokens of an OpenID Connect issuer that many tenants share or of a \
                tenant of Entra ID that is not scanned, an account or an organization that is neither the role's \
                organization nor scanned. Of Azure: an application or \
                managed identity whose federated credentials take tokens of such an issuer, of another tenant of Entra ID \
                or of an account of AWS that is not known here; and the service principal of another tenant's \
                application that is not Microsoft's, whose credentials its publisher holds. One finding an identity and \
                outsider. Severity is critical for anyone and for a shared issuer of which no condition or subject names \
                a tenant, and high otherwise; one step lower where only a condition that is open at run time gives the \
                power.",
        why: "The wall of the account or tenant is as strong as somebody else's. A vendor who is broken into, or a \
              workflow of a repository, owns it.",
        remedy: "Give outsiders an identity that may do just what they are there for. Where a pipeline must administer, \
                 bind the trust to one repository and one protected environment.",
        limits: "How the trust should be written is what other rules say (`external-account-trust`, \
                 `oidc-trust-unbound`, `trust-open-to-anyone`, `federated-subject-loose`), and whether the business \
                 wants the third party is `third-party-without-review`; an ExternalId makes nobody an insider. SAML \
                 providers, issuers of one tenant or one cluster and unlisted issuers count as the company's own; \
                 tokens of a tenant of Entra ID do where the tenant is scanned, and otherwise confidence is medium. \
                 Whether a tenant that a condition names is yours cannot be told. Where membership is unknown, \
                 confidence is low. `Deny` statements of the trust policy are not weighed, but lower the confidence \
                 to medium. What was not read about the reach lowers it too.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let mut denials = None;
    for (identity, reach) in powerful(view) {
        let ways = match identity.provider {
            Provider::Azure => entra::ways(view, identity),
            _ => {
                let by_principal = by_principal(view, identity);
                by_principal.iter().flat_map(|(who, trusts)| ways(view, identity, who, trusts)).collect()
            }
        };
        for way in ways {
            let denials = denials.get_or_insert_with(|| Denials::of(view));
            let draft = denials.doubt(draft(view, identity, reach, &way), identity);
            findings.identity(identity, &way.distinguisher, draft);
        }
    }
}

fn ways<'a>(view: &View<'a>, role: &Identity, who: &PrincipalSet, trusts: &[&'a Trust]) -> Vec<Way<'a>> {
    match who {
        PrincipalSet::Everyone | PrincipalSet::Authenticated => {
            anyone(who, trusts).into_iter().chain(of_parties(view, role, who, trusts)).collect()
        }
        PrincipalSet::External(principal) => of_issuer(view, who, principal, trusts).into_iter().collect(),
        _ => of_parties(view, role, who, trusts),
    }
}

fn anyone<'a>(who: &PrincipalSet, trusts: &[&'a Trust]) -> Option<Way<'a>> {
    let open: Vec<(&Trust, Openness)> =
        trusts.iter().filter_map(|trust| Some((*trust, openness(trust)?))).collect();
    let worst = open.iter().map(|(_, how)| *how).max()?;
    let (named, severity) = match worst {
        Openness::Wide | Openness::Unreadable => ("anyone", Severity::Critical),
        Openness::ExternalIdOnly => ("anyone who knows the ExternalId", Severity::High),
    };
    Some(Way {
        distinguisher: distinguisher(who),
        who: named.to_owned(),
        severity,
        trusts: open.into_iter().map(|(trust, _)| trust).collect(),
        facts: Vec::new(),
        doubt: (worst == Openness::Unreadable).then(Doubt::unreadable),
    })
}

/// Other accounts and organizations.
fn of_parties<'a>(
    view: &View<'a>,
    role: &Identity,
    who: &PrincipalSet,
    trusts: &[&'a Trust],
) -> Vec<Way<'a>> {
    let mut found: Vec<(Party, Vec<&Trust>)> = Vec::new();
    for trust in trusts {
        for party in parties(view, role, trust) {
            match found.iter_mut().find(|(known, _)| *known == party) {
                Some((_, trusts)) => trusts.push(trust),
                None => found.push((party, vec![trust])),
            }
        }
    }
    found
        .into_iter()
        .filter(|(party, _)| !is_scanned(view, role, party))
        .filter_map(|(party, trusts)| {
            let unreadable = trusts.iter().any(|trust| conditions::tests(trust).is_none());
            let doubt = match party.membership(view, role) {
                Membership::Inside => return None,
                Membership::Unknown(gaps) => Some(Doubt { gaps, ..Doubt::of("whether that is the company's own is unknown") }),
                Membership::Outside if unreadable => Some(Doubt::unreadable()),
                Membership::Outside => None,
            };
            let named = match (&party, who) {
                (Party::Account(_), PrincipalSet::Identity(arn)) => format!("`{arn}`"),
                (Party::Account(id), _) => format!("anyone of account {id}"),
                (Party::Organization(id), _) => format!("anyone of organization {id}"),
            };
            let distinguisher = party.distinguisher(who);
            Some(Way {
                distinguisher,
                who: named,
                severity: Severity::High,
                trusts,
                facts: Vec::new(),
                doubt,
            })
        })
        .collect()
}

/// Whoever lets an account be scanned is of the company.
fn is_scanned(view: &View<'_>, role: &Identity, party: &Party) -> bool {
    match party {
        Party::Account(id) => view.account_scope(id, role).is_some_and(|scope| scope.scanned),
        Party::Organization(_) => false,
    }
}

/// Tokens of an issuer.
fn of_issuer<'a>(
    view: &View<'a>,
    who: &PrincipalSet,
    principal: &str,
    trusts: &[&'a Trust],
) -> Option<Way<'a>> {
    let issuer = issuer_of(principal)?;
    match (tenancy(issuer), CloudIssuer::of(issuer)) {
        (Tenancy::Shared(shared), _) => of_shared(who, shared, issuer, trusts),
        (_, Some(CloudIssuer::Tenant(tenant))) => of_tenant(view, principal, (issuer, tenant), trusts),
        _ => None,
    }
}

/// Tokens of an issuer that anybody can be a tenant of. Where only those in a cluster can, the issuer is one's own.
fn of_shared<'a>(
    who: &PrincipalSet,
    shared: &SharedIssuer,
    issuer: &str,
    trusts: &[&'a Trust],
) -> Option<Way<'a>> {
    if shared.severity < Severity::Critical {
        return None;
    }
    let judged = trusts.iter().filter(|trust| trust.mechanism == Mechanism::WebIdentity).map(|trust| {
        let hold = conditions::tests(trust).map(|tests| shared.judge(issuer, &tests).hold);
        (*trust, hold)
    });
    // A condition that can never be met lets nobody in.
    let open: Vec<(&Trust, Option<Hold>)> = judged.filter(|(_, hold)| *hold != Some(Hold::Dead)).collect();
    if open.is_empty() {
        return None;
    }
    let is_unbound = open.iter().any(|(_, hold)| *hold != Some(Hold::Binds));
    let is_certain = !is_unbound || open.iter().any(|(_, hold)| *hold == Some(Hold::Open));
    let (tenant, severity) = match is_unbound {
        true => ("any tenant", Severity::Critical),
        false => ("a tenant", Severity::High),
    };
    Some(Way {
        distinguisher: distinguisher(who),
        // One entry of the table may stand for many issuers, of which a role may trust several.
        who: format!("{tenant} of {} (`{issuer}`)", shared.name),
        severity,
        trusts: open.into_iter().map(|(trust, _)| trust).collect(),
        facts: Vec::new(),
        doubt: (!is_certain).then(Doubt::unreadable),
    })
}

/// Tokens of a tenant of Entra ID that is not scanned.
fn of_tenant<'a>(
    view: &View<'a>,
    principal: &str,
    (issuer, tenant): (&str, &str),
    trusts: &[&'a Trust],
) -> Option<Way<'a>> {
    let tests = |trust: &&Trust| conditions::tests(trust);
    let open: Vec<&Trust> = trusts
        .iter()
        .copied()
        .filter(|trust| trust.mechanism == Mechanism::WebIdentity)
        .filter(|trust| !tests(trust).is_some_and(|tests| is_never_met(issuer, &tests)))
        .collect();
    let is_unreadable = !open.is_empty() && open.iter().all(|trust| tests(trust).is_none());
    let way = other_tenant(view, principal, tenant, open)?;
    Some(if is_unreadable { Way { doubt: Some(Doubt::unreadable()), ..way } } else { way })
}

fn draft(view: &View<'_>, identity: &Identity, reach: &Reach, way: &Way<'_>) -> Draft {
    let severity = match (way.severity, reach.conditional) {
        (severity, false) => severity,
        (Severity::Critical, true) => Severity::High,
        (_, true) => Severity::Medium,
    };
    let title = format!(
        "{} can become {} `{}`, which is {}",
        way.who,
        noun(identity.kind),
        Shown(&identity.name),
        role_of(reach.level)
    );
    let mut draft = Draft::new(title)
        .severity(severity)
        .facts(statements(way.trusts.iter().copied()))
        .facts(way.facts.iter().cloned());
    if let Some(doubt) = &way.doubt {
        draft = draft
            .at_most(doubt.confidence)
            .evidence("not certain because", doubt.why)
            .doubts(doubt.confidence, doubt.gaps.iter().copied());
    }
    draft = weigh(draft, view, reach).facts(proofs(view, "because", &reach.because));
    if let Some(shortest) = reach.paths.first() {
        draft = draft.facts(path(view, shortest, reach));
    }
    commands(draft, identity, way)
}

/// What shows the trust, and what to do about it.
fn commands(draft: Draft, identity: &Identity, way: &Way<'_>) -> Draft {
    match identity.provider {
        Provider::Azure if way.trusts.is_empty() => draft
            .command(["census", "explain", &identity.native_id])
            .remedy("take away what its publisher does not need here, or delete the service principal"),
        Provider::Azure => federated_credentials(draft, identity)
            .remedy("give the outsider an identity that may do just what it is there for, or delete the credential"),
        _ => edit_trust(identity)
            .into_iter()
            .fold(draft, Draft::command)
            .remedy("give the outsider a role that may do just what it is there for, or end the trust"),
    }
}

fn noun(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::EntraServicePrincipal => "service principal",
        IdentityKind::AzureUserAssignedIdentity | IdentityKind::AzureSystemAssignedIdentity => {
            "managed identity"
        }
        IdentityKind::AwsRole => "role",
        kind => kind.as_str(),
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::{ACCOUNT, azure};
    use census_model::{Bound, Confidence, GapReason, Level, Scope};

    use crate::testing::{Case, World, path};
    const OTHER: &str = "999988887777";
    const GITHUB: &str = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    const OURS: &[&str] = &[ACCOUNT];
    const AT_GITHUB: &str = "https://token.actions.githubusercontent.com";
    const AT_AWS: &str = "https://3f2a0000-0000-4000-8000-00000000000a.tokens.sts.global.api.aws";
    const AT_ENTRA: &str = "sts.windows.net/0dd00000-0000-4000-8000-000000000002";
    fn entra(issuer: &str) -> PrincipalSet {
        PrincipalSet::External(format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}").into())
    }
    let azure_trusting = |member: &'static str| {
        move |w: &mut World| {
            let app = w.app("deploy");
            let text = format!(r#"{{"issuer":"{AT_GITHUB}",{member}}}"#);
            w.estate.trust(azure::federated_if(&app, AT_GITHUB, &text));
            w.reach(&app, Level::Admin);
        }
    };
    let trusted = |who: PrincipalSet, how: Mechanism, condition: &'static str| {
        move |w: &mut World| {
            w.organization(OURS);
            let role = w.role("deploy");
            w.trust(&role, who.clone(), how, condition);
            w.reach(&role, Level::Admin);
        }
    };
    let assume = move |who: PrincipalSet, condition| trusted(who, Mechanism::AssumeRole, condition);
    let github = move |condition| trusted(PrincipalSet::External(GITHUB.into()), Mechanism::WebIdentity, condition);
    let account = || PrincipalSet::Account(OTHER.into());
    let repo = r#"{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:acme/app:ref:refs/heads/main"}}"#;
    vec![
        Case::fires("anyone", assume(PrincipalSet::Everyone, ""))
            .severity(Severity::Critical)
            .confidence(Confidence::High)
            .says("anyone can become role `deploy`"),
        Case::fires(
            "anyone who knows the ExternalId",
            assume(PrincipalSet::Everyone, r#"{"StringEquals":{"sts:ExternalId":"x"}}"#),
        )
        .severity(Severity::High),
        Case::fires("a condition that cannot be read", assume(PrincipalSet::Everyone, "not JSON"))
            .confidence(Confidence::Low),
        Case::fires(
            "everyone of an account outside",
            assume(PrincipalSet::Everyone, r#"{"StringEquals":{"aws:PrincipalAccount":"999988887777"}}"#),
        )
        .severity(Severity::High)
        .says("anyone of account 999988887777"),
        Case::fires("any tenant of a shared issuer", github("")).severity(Severity::Critical).says("any tenant"),
        Case::fires("one tenant of it", github(repo)).severity(Severity::High).says("a tenant of"),
        Case::fires("an account outside, even with an ExternalId", {
            assume(account(), r#"{"StringEquals":{"sts:ExternalId":"contract-7"}}"#)
        })
        .severity(Severity::High)
        .confidence(Confidence::High),
        Case::fires("another organization", assume(PrincipalSet::Organization("o-vendor".into()), ""))
            .severity(Severity::High),
        Case::fires("a user outside, of a role that can become administrator", |w| {
            w.organization(OURS);
            let role = w.role("deploy");
            let who = PrincipalSet::Identity(format!("arn:aws:iam::{OTHER}:user/vendor").into());
            w.trust(&role, who, Mechanism::AssumeRole, "");
            w.reach(&role, Level::Escalates).path(path(&role, &role, "iam:PutRolePolicy"));
        })
        .says("user/vendor")
        .says("able to become an administrator")
        .says("step 1"),
        Case::fires("whose membership is unknown", |w| {
            let role = w.role("deploy");
            w.trust(&role, PrincipalSet::Account(OTHER.into()), Mechanism::AssumeRole, "");
            w.gap("organizations:ListAccounts", GapReason::Denied);
            w.reach(&role, Level::Admin);
        })
        .confidence(Confidence::Low)
        .says("organizations:ListAccounts"),
        Case::fires("two outsiders", |w| {
            w.organization(OURS);
            let role = w.role("deploy");
            w.trust(&role, PrincipalSet::Account(OTHER.into()), Mechanism::AssumeRole, "");
            w.trust(&role, PrincipalSet::External(GITHUB.into()), Mechanism::WebIdentity, "");
            w.reach(&role, Level::Admin);
        })
        .times(2),
        Case::fires("only under a condition", |w| {
            w.organization(OURS);
            let role = w.role("deploy");
            w.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, "");
            w.reach(&role, Level::Admin).conditional();
        })
        .severity(Severity::High),
        Case::fires("a limit was not read", |w| {
            w.organization(OURS);
            let role = w.role("deploy");
            w.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, "");
            w.reach(&role, Level::Admin).bound(Bound::Upper, "organizations:ListPolicies");
        })
        .confidence(Confidence::Low),
        Case::fires("of Azure, any tenant of a shared issuer", azure_trusting(r#""claimsMatchingExpression":"claims['sub'] matches 'repo:*'""#))
            .severity(Severity::Critical)
            .confidence(Confidence::High)
            .says("any tenant of GitHub Actions")
            .says("can become service principal `deploy`")
            .says("\"az\", \"ad\", \"app\", \"federated-credential\", \"list\""),
        Case::fires("of Azure, any repository of one", azure_trusting(r#""claimsMatchingExpression":"claims['sub'] matches 'repo:acme/*'""#))
            .severity(Severity::High)
            .says("a tenant of GitHub Actions")
            .says("for any repository or project of one tenant"),
        Case::fires("of Azure, one environment", azure_trusting(r#""subject":"repo:acme/app:environment:prod""#))
            .severity(Severity::High)
            .says("for single workloads"),
        Case::fires("of Azure, pull requests", azure_trusting(r#""subject":"repo:acme/app:pull_request""#))
            .severity(Severity::High)
            .says("for the pull requests of one repository"),
        Case::fires("of Azure, an expression that cannot be read", azure_trusting(r#""claimsMatchingExpression":"like 'x'""#))
            .severity(Severity::Critical)
            .confidence(Confidence::Low),
        Case::fires("of Azure, two credentials at one issuer, one of which lets in anybody", |w| {
            let app = w.app("deploy");
            w.estate.trust(azure::federated(&app, AT_GITHUB, "repo:acme/app:environment:prod"));
            w.estate.trust(azure::federated(&app, AT_GITHUB, "anything"));
            w.reach(&app, Level::Admin);
        })
        .severity(Severity::Critical),
        Case::fires("of Azure, two issuers of a managed identity, which a condition makes strong", |w| {
            let identity = w.azure(azure::user_assigned("deploy"));
            w.estate.trust(azure::federated(&identity, AT_GITHUB, "repo:acme/app:environment:prod"));
            w.estate.trust(azure::federated(&identity, "https://gitlab.com", "project_path:acme/app:ref_type:branch:ref:main"));
            w.reach(&identity, Level::Escalates).conditional();
        })
        .times(2)
        .severity(Severity::Medium)
        .says("managed identity `deploy`"),
        Case::fires("of Azure, an identity of another tenant", |w| {
            let app = w.app("deploy");
            let issuer = format!("https://login.microsoftonline.com/{}/v2.0", azure::OTHER_TENANT);
            w.estate.trust(azure::federated(&app, &issuer, azure::SUBSCRIPTION));
            w.reach(&app, Level::Admin);
        })
        .severity(Severity::High)
        .confidence(Confidence::Medium)
        .says("tenant 0dd00000"),
        Case::fires("of Azure, a role of an account of AWS that is not known", |w| {
            let app = w.app("deploy");
            w.estate.trust(azure::federated(&app, AT_AWS, "arn:aws:iam::999988887777:role/vendor"));
            w.reach(&app, Level::Admin);
        })
        .severity(Severity::High)
        .confidence(Confidence::Medium)
        .says("account 999988887777"),
        Case::fires("of Azure, another company's application", |w| {
            let app = w.foreign_app("vendor");
            w.reach(&app, Level::Escalates).path(path(&app, &app, "RoleManagement.ReadWrite.Directory"));
        })
        .severity(Severity::High)
        .confidence(Confidence::Medium)
        .says("tenant 0dd00000")
        .says("step 1"),
        Case::silent("of Azure, another company's application that is no administrator", |w| {
            let app = w.foreign_app("vendor");
            w.reach(&app, Level::Sensitive);
        }),
        Case::silent("of Azure, an application of Microsoft", |w| {
            let app = w.azure(azure::microsoft_principal("Graph"));
            w.reach(&app, Level::Admin);
        }),
        Case::silent("of Azure, a subject that is taken literally", azure_trusting(r#""subject":"repo:acme/*""#)),
        Case::silent("of Azure, no administrator", |w| {
            let app = w.app("deploy");
            w.estate.trust(azure::federated(&app, AT_GITHUB, "anything"));
            w.reach(&app, Level::Limited);
        }),
        Case::silent("of Azure, the company's own issuers, tenant and account", |w| {
            let app = w.app("deploy");
            let tenant = format!("https://login.microsoftonline.com/{}/v2.0", azure::TENANT);
            for (issuer, subject) in [
                ("https://idp.acme.example", "anything"),
                ("https://westeurope.oic.prod-aks.azure.com/t/c/", "system:serviceaccount:shop:api"),
                ("https://oidc.eks.eu-west-1.amazonaws.com/id/ABC", "system:serviceaccount:shop:api"),
                (&tenant, azure::SUBSCRIPTION),
                (AT_AWS, "arn:aws:iam::111122223333:role/deploy"),
            ] {
                w.estate.trust(azure::federated(&app, issuer, subject));
            }
            w.reach(&app, Level::Admin);
        }),
        Case::silent("an account that is scanned too", |w| {
            w.estate.scope(Scope { parent: None, ..census_fixtures::scope(OTHER) });
            let role = w.role("deploy");
            w.trust(&role, PrincipalSet::Account(OTHER.into()), Mechanism::AssumeRole, "");
            w.reach(&role, Level::Admin);
        }),
        Case::silent("an account of the organization", |w| {
            w.organization(&[ACCOUNT, OTHER]);
            let role = w.role("deploy");
            w.trust(&role, PrincipalSet::Account(OTHER.into()), Mechanism::AssumeRole, "");
            w.reach(&role, Level::Admin);
        }),
        Case::silent("the own account", assume(PrincipalSet::Account(ACCOUNT.into()), "")),
        Case::silent(
            "everyone of the own organization",
            assume(PrincipalSet::Everyone, r#"{"StringEquals":{"aws:PrincipalOrgID":"o-acme"}}"#),
        ),
        Case::fires("a program of a tenant that is not scanned", |w| {
            w.organization(OURS);
            let role = w.role("deploy");
            let condition = format!(r#"{{"StringEquals":{{"{AT_ENTRA}:sub":"{}"}}}}"#, azure::SUBSCRIPTION);
            w.trust(&role, entra(AT_ENTRA), Mechanism::WebIdentity, &condition);
            w.reach(&role, Level::Admin);
        })
        .severity(Severity::High)
        .confidence(Confidence::Medium)
        .says("an identity of tenant 0dd00000")
        .says("can become role `deploy`"),
        Case::fires("any program of a tenant that is not scanned, by tokens of version 2", |w| {
            let role = w.role("deploy");
            let issuer = format!("login.microsoftonline.com/{}/v2.0", azure::OTHER_TENANT);
            w.trust(&role, entra(&issuer), Mechanism::WebIdentity, "");
            w.reach(&role, Level::Escalates).conditional();
        })
        .severity(Severity::Medium)
        .confidence(Confidence::Medium),
        Case::fires("a tenant that is not scanned, under a condition that cannot be read", |w| {
            let role = w.role("deploy");
            w.trust(&role, entra(AT_ENTRA), Mechanism::WebIdentity, "not JSON");
            w.reach(&role, Level::Admin);
        })
        .confidence(Confidence::Low),
        Case::silent("a program of a tenant that is scanned", |w| {
            w.app("other");
            let role = w.role("deploy");
            let issuer = format!("sts.windows.net/{}/", azure::TENANT);
            w.trust(&role, entra(&issuer), Mechanism::WebIdentity, "");
            w.reach(&role, Level::Admin);
        }),
        Case::silent("a tenant that is not scanned, under a condition that can never hold", |w| {
            let role = w.role("deploy");
            let condition = format!(r#"{{"StringEquals":{{"{AT_ENTRA}:sub":"*"}}}}"#);
            w.trust(&role, entra(AT_ENTRA), Mechanism::WebIdentity, &condition);
            w.reach(&role, Level::Admin);
        }),
        Case::silent("an issuer whose host only begins like Entra's", |w| {
            let role = w.role("deploy");
            let issuer = format!("sts.windows.net.example.com/{}/", azure::OTHER_TENANT);
            w.trust(&role, entra(&issuer), Mechanism::WebIdentity, "");
            w.reach(&role, Level::Admin);
        }),
        Case::silent("a service", assume(PrincipalSet::Service("ec2.amazonaws.com".into()), "")),
        Case::silent("the company's own issuer", |w| {
            let role = w.role("deploy");
            for who in [
                "arn:aws:iam::111122223333:saml-provider/okta",
                "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC",
                "arn:aws:iam::111122223333:oidc-provider/idp.acme.example",
            ] {
                let how = if who.contains("saml") { Mechanism::Saml } else { Mechanism::WebIdentity };
                w.trust(&role, PrincipalSet::External(who.into()), how, "");
            }
            w.reach(&role, Level::Admin);
        }),
        Case::silent("no administrator", |w| {
            let role = w.role("deploy");
            w.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, "");
            w.reach(&role, Level::Sensitive);
        }),
        Case::silent("reach unknown", |w| {
            let role = w.role("deploy");
            w.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, "");
            w.reach(&role, Level::Unknown);
        }),
    ]
}
