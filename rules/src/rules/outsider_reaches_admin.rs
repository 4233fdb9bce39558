use census_model::{Confidence, Gap, Identity, Mechanism, PrincipalSet, Provider, Reach, Severity, Trust};

use crate::{
    Docs, Draft, Findings, Rule, View, conditions,
    federation::{Hold, Tenancy, issuer_of, tenancy},
    outsiders::{Membership, Openness, Party, openness, parties},
    powers::{path, powerful, proofs, role_of, weigh},
    principals::{Denials, by_principal, distinguisher, edit_trust, statements},
};

pub(crate) static RULE: Rule = Rule {
    id: "outsider-reaches-admin",
    version: 1,
    title: "Somebody outside the company can become an administrator",
    severity: Severity::High,
    finding_types: &["PRIV-ADMIN", "TRUST-THIRD-PARTY"],
    providers: &[Provider::Aws],
    // Those are about the root user's keys, about single policies, and about whether a detector is on.
    except_controls: &[("CIS-AWS", "7.0:2.4"), ("CIS-AWS", "7.0:2.14"), ("CIS-AWS", "7.0:2.18")],
    thresholds: &[],
    docs: Docs {
        finds: "A role that is an administrator, or can make itself one, trusts somebody who is not of the company: \
                anyone, tokens of an OpenID Connect issuer that many tenants share, an account or an organization \
                that is neither the role's organization nor scanned. One finding a role and principal. Severity is \
                critical for anyone and for a shared issuer that no condition binds to a tenant, and high otherwise; \
                one step lower where only a condition that is open at run time gives the power.",
        why: "The wall of the account is as strong as somebody else's. A vendor who is broken into, or a workflow of \
              a repository, owns the account.",
        remedy: "Give outsiders a role that may do just what they are there for. Where a pipeline must administer, \
                 bind the trust to one repository and one protected environment.",
        limits: "How the trust should be written is what other rules say (`external-account-trust`, \
                 `oidc-trust-unbound`, `trust-open-to-anyone`); an ExternalId makes nobody an insider. SAML \
                 providers, issuers of one tenant or one cluster and unlisted issuers count as the company's own. \
                 Whether a tenant that a condition names is yours cannot be told. Where membership is unknown, \
                 confidence is low. `Deny` statements of the trust policy are not weighed, but lower the confidence \
                 to medium. What was not read about the reach lowers it too.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let mut denials = None;
    for (role, reach) in powerful(view) {
        for (who, trusts) in by_principal(view, role) {
            for way in ways(view, role, who, &trusts) {
                let denials = denials.get_or_insert_with(|| Denials::of(view));
                let draft = denials.doubt(draft(view, role, reach, &way), role);
                findings.identity(role, &way.distinguisher, draft);
            }
        }
    }
}

/// Somebody outside who can become a role.
struct Way<'a> {
    distinguisher: String,
    /// Who, in words.
    who: String,
    severity: Severity,
    trusts: Vec<&'a Trust>,
    /// Why it may be nobody outside, and the gaps behind that.
    doubt: Option<(&'static str, Vec<&'a Gap>)>,
}

fn ways<'a>(view: &View<'a>, role: &Identity, who: &PrincipalSet, trusts: &[&'a Trust]) -> Vec<Way<'a>> {
    match who {
        PrincipalSet::Everyone | PrincipalSet::Authenticated => {
            anyone(who, trusts).into_iter().chain(of_parties(view, role, who, trusts)).collect()
        }
        PrincipalSet::External(issuer) => of_issuer(who, issuer, trusts).into_iter().collect(),
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
        doubt: (worst == Openness::Unreadable).then(|| ("a condition cannot be read", Vec::new())),
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
                Membership::Unknown(gaps) => Some(("whether that is the company's own is unknown", gaps)),
                Membership::Outside if unreadable => Some(("a condition cannot be read", Vec::new())),
                Membership::Outside => None,
            };
            let named = match (&party, who) {
                (Party::Account(_), PrincipalSet::Identity(arn)) => format!("`{arn}`"),
                (Party::Account(id), _) => format!("anyone of account {id}"),
                (Party::Organization(id), _) => format!("anyone of organization {id}"),
            };
            let distinguisher = party.distinguisher(who);
            Some(Way { distinguisher, who: named, severity: Severity::High, trusts, doubt })
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

/// Tokens of an issuer that anybody can be a tenant of. Where only those in a cluster can, the issuer is one's own.
fn of_issuer<'a>(who: &PrincipalSet, principal: &str, trusts: &[&'a Trust]) -> Option<Way<'a>> {
    let issuer = issuer_of(principal)?;
    let Tenancy::Shared(shared) = tenancy(issuer) else { return None };
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
        doubt: (!is_certain).then(|| ("a condition cannot be read", Vec::new())),
    })
}

fn draft(view: &View<'_>, role: &Identity, reach: &Reach, way: &Way<'_>) -> Draft {
    let severity = match (way.severity, reach.conditional) {
        (severity, false) => severity,
        (Severity::Critical, true) => Severity::High,
        (_, true) => Severity::Medium,
    };
    let title = format!("{} can become role `{}`, which is {}", way.who, role.name, role_of(reach.level));
    let mut draft = Draft::new(title).severity(severity).facts(statements(way.trusts.iter().copied()));
    if let Some((why, gaps)) = &way.doubt {
        draft = draft
            .at_most(Confidence::Low)
            .evidence("not certain because", *why)
            .doubts(Confidence::Low, gaps.iter().copied());
    }
    draft = weigh(draft, view, reach).facts(proofs(view, "because", &reach.because));
    if let Some(shortest) = reach.paths.first() {
        draft = draft.facts(path(view, shortest, reach));
    }
    for words in edit_trust(role) {
        draft = draft.command(words);
    }
    draft.remedy("give the outsider a role that may do just what it is there for, or end the trust")
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::ACCOUNT;
    use census_model::{Bound, GapReason, Level, Scope};

    use crate::testing::{Case, World, path};
    const OTHER: &str = "999988887777";
    const GITHUB: &str = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    const OURS: &[&str] = &[ACCOUNT];
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
