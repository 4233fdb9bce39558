use census_model::{Provider, Confidence, Gap, Identity, IdentityKind, PrincipalSet, Severity, Trust};
use census_privilege::aws::document::Test;

use crate::{
    Docs, Draft, Findings, Rule, View,
    conditions::{self, Hold},
    principals::{account_of, by_principal, distinguisher, edit_trust, statements},
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
                role's account, and demands no `sts:ExternalId`. Severity is high for a whole account and medium for \
                a single identity of it.",
        why: "A vendor acts for many customers. Without an ExternalId that only your contract carries, another \
              customer can name your role and have the vendor act in your account.",
        remedy: "Ask the vendor for the ExternalId of your contract and demand it with `StringEquals`. If the account \
                 is yours, bring it into the organization or demand `aws:PrincipalOrgID`. If nobody knows the \
                 account, remove the trust.",
        limits: "Membership is read from the organization tree. Where the role's own organization is unknown, or a \
                 part of the tree was not read, confidence is low. An ExternalId helps against confusion, not \
                 against the vendor. Whether an account belongs to a company that you know is not judged.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for role in view.of_kind(IdentityKind::AwsRole) {
        let Some(own) = view.account(role) else { continue };
        for (who, trusts) in by_principal(view, role) {
            let Some(account) = account_of(who).filter(|account| *account != own) else { continue };
            let membership = membership(view, role, account);
            if matches!(membership, Membership::Inside) {
                continue;
            }
            let bare: Vec<&Trust> = trusts.into_iter().filter(|trust| !is_bound(view, role, trust)).collect();
            if bare.is_empty() {
                continue;
            }
            findings.identity(role, &distinguisher(who), draft(role, who, account, &membership, &bare));
        }
    }
}

fn draft(role: &Identity, who: &PrincipalSet, account: &str, membership: &Membership<'_>, bare: &[&Trust]) -> Draft {
    let mut draft = Draft::new(format!("role `{}` trusts account {account} without an ExternalId", role.name))
        .facts(statements(bare.iter().copied()))
        .remedy("demand the sts:ExternalId of your contract with StringEquals, or remove the trust");
    if let PrincipalSet::Identity(arn) = who {
        draft = draft.severity(Severity::Medium).evidence("trusted identity", &**arn);
    }
    draft = match membership {
        Membership::Inside => draft,
        Membership::Outside => draft.evidence("organization", format!("account {account} is not in it")),
        Membership::Unknown(gaps) => draft
            .at_most(Confidence::Low)
            .evidence("organization", format!("whether account {account} belongs to it is unknown"))
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

enum Membership<'a> {
    Inside,
    Outside,
    /// The gaps are why, where there are any.
    Unknown(Vec<&'a Gap>),
}

fn membership<'a>(view: &View<'a>, role: &Identity, account: &str) -> Membership<'a> {
    let ours = view.organization(&role.scope);
    let theirs = view.account_scope(account, role).and_then(|scope| view.organization(&scope.id));
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours.id == theirs.id => Membership::Inside,
        (Some(_), Some(_)) => Membership::Outside,
        (Some(ours), None) => match organization_gaps(view, role, Some(ours.id.as_str())) {
            gaps if gaps.is_empty() => Membership::Outside,
            gaps => Membership::Unknown(gaps),
        },
        (None, _) => Membership::Unknown(organization_gaps(view, role, None)),
    }
}

/// The reads of the tree that are missing.
fn organization_gaps<'a>(view: &View<'a>, role: &Identity, organization: Option<&str>) -> Vec<&'a Gap> {
    let tree = |gap: &&Gap| {
        gap.read.starts_with("organizations:") && gap.provider == role.provider && !gap.read.contains("Polic")
    };
    let here = |gap: &&Gap| match (&gap.scope, organization) {
        (None, _) | (_, None) => true,
        (Some(scope), Some(organization)) => {
            scope.as_str() == organization
                || view.organization(scope).is_some_and(|found| found.id.as_str() == organization)
        }
    };
    view.estate().gaps.iter().filter(tree).filter(here).collect()
}

/// Whether a statement demands an ExternalId, or an organization that is the role's own as far as that is known.
fn is_bound(view: &View<'_>, role: &Identity, trust: &Trust) -> bool {
    let Some(tests) = conditions::tests(trust) else { return false };
    conditions::bound_by_external_id(&tests) != Hold::Open || demands_own_organization(view, role, &tests)
}

fn demands_own_organization(view: &View<'_>, role: &Identity, tests: &[Test]) -> bool {
    let ours = view.organization(&role.scope).map(|scope| &*scope.native_id);
    let is_ours = |value: &str| {
        let id = value.split('/').next().unwrap_or_default();
        id.eq_ignore_ascii_case("${aws:ResourceOrgID}")
            || (!id.contains(['*', '?', '$']) && ours.is_none_or(|ours| ours == id))
    };
    tests.iter().any(|test| {
        (test.is_about("aws:PrincipalOrgID") || test.is_about("aws:PrincipalOrgPaths"))
            && conditions::undemanding(test, tests).is_none()
            && test.values.iter().all(|value| is_ours(value))
    })
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
        Case::silent("an account of the organization", trust(account(), &[ACCOUNT, OTHER], "")),
        Case::silent("the own account", trust(PrincipalSet::Account(ACCOUNT.into()), &[], "")),
        Case::silent("a service", trust(PrincipalSet::Service("ec2.amazonaws.com".into()), &[], "")),
    ]
}
