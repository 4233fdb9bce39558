use census_model::{Confidence, IdentityKind, PrincipalSet, Provider, Severity, Trust};

use crate::{
    Docs, Draft, Findings, Rule, View,
    outsiders::{Openness, openness},
    principals::{Denials, by_principal, distinguisher, edit_trust, statements},
};

pub(crate) static RULE: Rule = Rule {
    id: "trust-open-to-anyone",
    version: 1,
    title: "A role that anyone may assume",
    severity: Severity::Critical,
    finding_types: &["TRUST-WILDCARD"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A trust policy names everyone (`*`), or everyone but some (`NotPrincipal`), and no condition binds \
                the caller to something known: an organization, account, ARN, source, VPC or network. Where only an \
                `sts:ExternalId` is demanded, severity is medium.",
        why: "Any AWS account in the world can assume the role and use everything it may do.",
        remedy: "Name the principals. Where that is impossible, demand `aws:PrincipalOrgID` with `StringEquals`.",
        limits: "Operators that also hold without the key (`ForAllValues`, `IfExists`, negated ones), tests of tags \
                 and values with a wildcard in the decisive place bind nothing. `Deny` statements of the same trust \
                 policy may close what is reported open: they are not weighed, but lower the confidence to medium. \
                 Resource control policies are not considered. Conditions that name an account or organization are \
                 left to `external-account-trust`.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let denials = Denials::of(view);
    for role in view.of_kind(IdentityKind::AwsRole) {
        for (who, trusts) in by_principal(view, role) {
            if !matches!(who, PrincipalSet::Everyone | PrincipalSet::Authenticated) {
                continue;
            }
            let open: Vec<(&Trust, Openness)> =
                trusts.into_iter().filter_map(|trust| Some((trust, openness(trust)?))).collect();
            let Some(worst) = open.iter().map(|(_, how)| *how).max() else { continue };
            let mut draft = Draft::new(format!("role `{}` can be assumed by anyone", role.name))
                .facts(statements(open.iter().map(|(trust, _)| *trust)))
                .remedy("name the principals that need the role, or demand `aws:PrincipalOrgID` with StringEquals");
            for words in edit_trust(role) {
                draft = draft.command(words);
            }
            draft = match worst {
                Openness::Wide => draft,
                Openness::Unreadable => draft
                    .at_most(Confidence::Low)
                    .evidence("not certain because", "the condition cannot be read"),
                Openness::ExternalIdOnly => draft.severity(Severity::Medium).evidence(
                    "condition",
                    "only sts:ExternalId is demanded; it is no secret of AWS and is as strong as its keeping",
                ),
            };
            findings.identity(role, &distinguisher(who), denials.doubt(draft, role));
        }
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{Identity, Manager, Mechanism};

    use crate::testing::{Case, World};
    let everyone = |condition: &'static str| {
        move |w: &mut World| {
            let role = w.role("open");
            w.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, condition);
        }
    };
    let mut cases: Vec<Case> = [
        "",
        r#"{"StringLike":{"aws:PrincipalOrgID":"*"}}"#,
        r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-acme"}}"#,
        r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-acme"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalAccount":"999999999999"}}"#,
        r#"{"StringEquals":{"aws:PrincipalTag/team":"ops"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"StringLike":{"sts:ExternalId":"*"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#,
    ]
    .into_iter()
    .map(|text| Case::fires(format!("open: {text}"), everyone(text)).severity(Severity::Critical))
    .collect();
    cases.extend(
        [
            r#"{"StringEquals":{"aws:PrincipalOrgID":"o-acme"}}"#,
            r#"{"StringEquals":{"aws:PrincipalAccount":["111122223333","444455556666"]}}"#,
            r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#,
            r#"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#,
            r#"{"StringEquals":{"aws:PrincipalOrgID":"o-*"}}"#,
        ]
        .into_iter()
        .map(|text| Case::silent(format!("bound: {text}"), everyone(text))),
    );
    cases.extend([
        Case::fires("ExternalId only", everyone(r#"{"StringEquals":{"sts:ExternalId":"s3cr3t"}}"#))
            .severity(Severity::Medium),
        Case::fires("two statements are one finding", |w| {
            let role = w.role("open");
            w.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, "");
            w.trust(&role, PrincipalSet::Everyone, Mechanism::Saml, "");
        }),
        Case::fires("a condition that cannot be read", everyone("not JSON")).confidence(Confidence::Low),
        Case::fires("everyone but some", |w| {
            let role = w.role("open");
            w.estate.trust(Trust {
                becomes: role.id,
                who: PrincipalSet::Everyone,
                except: vec![PrincipalSet::Account("999988887777".into())],
                mechanism: Mechanism::AssumeRole,
                statement: "1".into(),
                condition: None,
            });
        })
        .says("but for 1 named in NotPrincipal"),
        Case::silent("one account", |w| {
            let role = w.role("r");
            w.trust(&role, PrincipalSet::Account("111122223333".into()), Mechanism::AssumeRole, "");
        }),
        Case::silent("no session by it", |w| {
            let role = w.role("r");
            w.trust(&role, PrincipalSet::Everyone, Mechanism::Other, "");
        }),
        Case::silent("tokens bound by a claim", |w| {
            let role = w.role("r");
            let condition = r#"{"StringEquals":{"gitlab.com:sub":"project_path:acme/app:ref_type:branch"}}"#;
            w.trust(&role, PrincipalSet::Everyone, Mechanism::WebIdentity, condition);
        }),
        Case::fires("tokens bound by an audience that anybody may ask for", |w| {
            let role = w.role("r");
            let condition =
                r#"{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}"#;
            w.trust(&role, PrincipalSet::Everyone, Mechanism::WebIdentity, condition);
        }),
        Case::silent("assertions bound by their issuer", |w| {
            let role = w.role("r");
            let condition = r#"{"StringEquals":{"SAML:iss":"https://idp.acme.example"}}"#;
            w.trust(&role, PrincipalSet::Everyone, Mechanism::Saml, condition);
        }),
        Case::fires("assertions bound by an audience that is everybody's", |w| {
            let role = w.role("r");
            let condition = r#"{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}"#;
            w.trust(&role, PrincipalSet::Everyone, Mechanism::Saml, condition);
        }),
        Case::fires("a denial beside it", |w| {
            let role = w.role("r");
            w.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, "");
            w.trust_policy(
                &role,
                r#"{"Version":"2012-10-17","Statement":[
                    {"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"},
                    {"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole",
                     "Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-acme"}}}]}"#,
            );
        })
        .confidence(Confidence::Medium)
        .says("also denies"),
        Case::fires("a policy that speaks of Deny and denies nothing", |w| {
            let role = w.role("r");
            w.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, "");
            w.trust_policy(
                &role,
                r#"{"Version":"2012-10-17","Statement":[
                    {"Sid":"Deny","Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}"#,
            );
        })
        .confidence(Confidence::High),
        Case::silent("managed by AWS", |w| {
            let manager = Some(Manager { name: "aws".into(), evidence: "path".into() });
            let role = w.add(Identity { managed_by: manager, ..fixtures::role("slr") });
            w.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, "");
        }),
    ]);
    cases
}
