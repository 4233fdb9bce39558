use std::collections::BTreeMap;

use census_model::{Confidence, Identity, IdentityKind, PrincipalSet, Provider, Severity, Trust};

use crate::{
    Docs, Draft, Findings, Rule, View,
    conditions::{self, Hold},
    outsiders::{Membership, Party, parties},
    principals::{Denials, by_principal, edit_trust, statements},
};

pub(crate) static RULE: Rule = Rule {
    id: "external-account-trust",
    version: 1,
    title: "Trust of an account outside the organization without ExternalId",
    severity: Severity::High,
    finding_types: &["TRUST-CONFUSED-DEPUTY", "TRUST-THIRD-PARTY"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A role trusts another account, or an identity of it, that does not belong to the organization of the \
                role's account, and demands no `sts:ExternalId`. Trust of everyone under a condition that names accounts \
                or organizations (`aws:PrincipalAccount`, `aws:PrincipalArn`, `aws:PrincipalOrgID`) is trust of \
                those. Severity is high for a whole account or organization and medium for single identities.",
        why: "A vendor acts for many customers. Without an ExternalId that only your contract carries, another \
              customer can name your role and have the vendor act in your account.",
        remedy: "Ask the vendor for the ExternalId of your contract and demand it with `StringEquals`. If the account \
                 is yours, bring it into the organization or demand `aws:PrincipalOrgID`. If nobody knows the \
                 account, remove the trust.",
        limits: "Membership is read from the organization tree. Where the role's own organization is unknown, or a \
                 part of the tree was not read, confidence is low. An ExternalId helps against confusion, not \
                 against the vendor. Whether an account belongs to a company that you know is not judged. `Deny` \
                 statements of the trust policy are not weighed, but lower the confidence to medium.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let denials = Denials::of(view);
    for role in view.of_kind(IdentityKind::AwsRole) {
        for (who, trusts) in by_principal(view, role) {
            let mut bare: BTreeMap<Party, Vec<&Trust>> = BTreeMap::new();
            for trust in trusts {
                for party in bare_parties(view, role, trust) {
                    bare.entry(party).or_default().push(trust);
                }
            }
            for (party, trusts) in &bare {
                let membership = party.membership(view, role);
                if matches!(membership, Membership::Inside) {
                    continue;
                }
                let draft = denials.doubt(draft(role, who, party, &membership, trusts), role);
                findings.identity(role, &party.distinguisher(who), draft);
            }
        }
    }
}

/// The other accounts and organizations that a statement trusts without demanding an ExternalId.
fn bare_parties(view: &View<'_>, role: &Identity, trust: &Trust) -> Vec<Party> {
    let demands_id = |tests: &Vec<_>| conditions::bound_by_external_id(tests) != Hold::Open;
    if conditions::tests(trust).as_ref().is_some_and(demands_id) {
        return Vec::new();
    }
    parties(view, role, trust)
}

fn draft(
    role: &Identity,
    who: &PrincipalSet,
    party: &Party,
    membership: &Membership<'_>,
    bare: &[&Trust],
) -> Draft {
    let (name, whom) = match (party, who) {
        (Party::Organization(id), _) => {
            (format!("organization {id}"), format!("anyone of organization {id}"))
        }
        (Party::Account(id), PrincipalSet::Identity(arn)) => (format!("account {id}"), format!("`{arn}`")),
        (Party::Account(id), PrincipalSet::Everyone) => {
            (format!("account {id}"), format!("anyone of account {id}"))
        }
        (Party::Account(id), _) => (format!("account {id}"), format!("account {id}")),
    };
    let mut draft = Draft::new(format!("role `{}` trusts {whom} without an ExternalId", role.name))
        .facts(statements(bare.iter().copied()))
        .remedy("demand the sts:ExternalId of your contract with StringEquals, or remove the trust");
    let narrow =
        |trust: &&Trust| conditions::tests(trust).is_some_and(|tests| conditions::names_identities(&tests));
    if matches!(who, PrincipalSet::Identity(_)) || bare.iter().all(narrow) {
        draft =
            draft.severity(Severity::Medium).evidence("trusted", "single identities, not the whole account");
    }
    draft = match membership {
        Membership::Inside => draft,
        Membership::Outside => draft.evidence("organization", format!("{name} is not the role's, nor in it")),
        Membership::Unknown(gaps) => draft
            .at_most(Confidence::Low)
            .evidence("organization", format!("whether {name} is the role's, or in it, is unknown"))
            .doubts(Confidence::Low, gaps.iter().copied()),
    };
    if bare.iter().any(|trust| conditions::tests(trust).is_none()) {
        draft = draft.at_most(Confidence::Low).evidence("not certain because", "a condition cannot be read");
    }
    for words in edit_trust(role) {
        draft = draft.command(words);
    }
    draft
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::ACCOUNT;
    use census_model::{GapReason, Mechanism};

    use crate::testing::{Case, World};
    const OTHER: &str = "999988887777";
    let trust = |who: PrincipalSet, members: &'static [&'static str], condition: &'static str| {
        move |w: &mut World| {
            if !members.is_empty() {
                w.organization(members);
            }
            let role = w.role("vendor");
            w.trust(&role, who.clone(), Mechanism::AssumeRole, condition);
        }
    };
    let account = || PrincipalSet::Account(OTHER.into());
    let user = || PrincipalSet::Identity(format!("arn:aws:iam::{OTHER}:user/vendor").into());
    vec![
        Case::fires("an account outside", trust(account(), &[ACCOUNT], ""))
            .severity(Severity::High)
            .confidence(Confidence::High),
        Case::fires("one user outside", trust(user(), &[ACCOUNT], "")).severity(Severity::Medium),
        Case::fires("organization unknown", trust(account(), &[], ""))
            .confidence(Confidence::Low)
            .says("is unknown"),
        Case::fires("a part of the tree was not read", |w| {
            w.organization(&[ACCOUNT]);
            w.gap("organizations:ListAccounts", GapReason::Denied);
            let role = w.role("vendor");
            w.trust(&role, PrincipalSet::Account(OTHER.into()), Mechanism::AssumeRole, "");
        })
        .confidence(Confidence::Low)
        .says("organizations:ListAccounts"),
        Case::fires(
            "ExternalId with a wildcard",
            trust(account(), &[ACCOUNT], r#"{"StringLike":{"sts:ExternalId":"*"}}"#),
        ),
        Case::fires(
            "ExternalId only if it is sent",
            trust(account(), &[ACCOUNT], r#"{"StringEqualsIfExists":{"sts:ExternalId":"x"}}"#),
        ),
        Case::fires(
            "another organization",
            trust(account(), &[ACCOUNT], r#"{"StringEquals":{"aws:PrincipalOrgID":"o-vendor"}}"#),
        ),
        Case::silent(
            "with ExternalId",
            trust(account(), &[ACCOUNT], r#"{"StringEquals":{"sts:ExternalId":"contract-7"}}"#),
        ),
        Case::silent(
            "bound to the own organization",
            trust(account(), &[ACCOUNT], r#"{"StringEquals":{"aws:PrincipalOrgID":"o-acme"}}"#),
        ),
        Case::fires("two users of one account, told apart by their titles", |w| {
            w.organization(&[ACCOUNT]);
            let role = w.role("vendor");
            for name in ["a", "b"] {
                let arn = format!("arn:aws:iam::{OTHER}:user/{name}");
                w.trust(&role, PrincipalSet::Identity(arn.into()), Mechanism::AssumeRole, "");
            }
        })
        .times(2)
        .severity(Severity::Medium),
        Case::fires(
            "an account narrowed to one role of it",
            trust(
                account(),
                &[ACCOUNT],
                r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::999988887777:role/agent"}}"#,
            ),
        )
        .severity(Severity::Medium),
        Case::fires(
            "everyone of an account outside",
            trust(
                PrincipalSet::Everyone,
                &[ACCOUNT],
                r#"{"StringEquals":{"aws:PrincipalAccount":["999988887777","111122223333"]}}"#,
            ),
        )
        .severity(Severity::High)
        .says("anyone of account 999988887777"),
        Case::fires(
            "everyone by ARN, in two accounts outside",
            trust(
                PrincipalSet::Everyone,
                &[ACCOUNT],
                r#"{"ArnLike":{"aws:PrincipalArn":["arn:aws:iam::999988887777:*","arn:aws:iam::888877776666:*"]}}"#,
            ),
        )
        .times(2),
        Case::fires(
            "everyone of another organization",
            trust(PrincipalSet::Everyone, &[ACCOUNT], r#"{"StringEquals":{"aws:PrincipalOrgID":"o-vendor"}}"#),
        )
        .confidence(Confidence::High)
        .says("anyone of organization o-vendor"),
        Case::silent(
            "everyone of the own organization",
            trust(PrincipalSet::Everyone, &[ACCOUNT], r#"{"StringEquals":{"aws:PrincipalOrgID":"o-acme"}}"#),
        ),
        Case::silent(
            "everyone of an account outside, with ExternalId",
            trust(
                PrincipalSet::Everyone,
                &[ACCOUNT],
                r#"{"StringEquals":{"aws:PrincipalAccount":"999988887777","sts:ExternalId":"contract-7"}}"#,
            ),
        ),
        Case::silent(
            "everyone of the own account",
            trust(PrincipalSet::Everyone, &[ACCOUNT], r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#),
        ),
        Case::silent("everyone, which is another rule's", trust(PrincipalSet::Everyone, &[ACCOUNT], "")),
        Case::silent("an account of the organization", trust(account(), &[ACCOUNT, OTHER], "")),
        Case::silent("the own account", trust(PrincipalSet::Account(ACCOUNT.into()), &[], "")),
        Case::silent("a service", trust(PrincipalSet::Service("ec2.amazonaws.com".into()), &[], "")),
    ]
}
