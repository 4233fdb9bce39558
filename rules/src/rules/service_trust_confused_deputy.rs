use census_model::{Confidence, IdentityKind, PrincipalSet, Provider, Severity, Trust};

use crate::{
    Docs, Draft, Findings, Rule, View,
    conditions::{self, Hold},
    deputies::needing_source,
    principals::{Denials, by_principal, distinguisher, edit_trust, statements},
};

pub(crate) static RULE: Rule = Rule {
    id: "service-trust-confused-deputy",
    version: 1,
    title: "Trust of an AWS service without a source, where the service asks for one",
    severity: Severity::Medium,
    finding_types: &["TRUST-CONFUSED-DEPUTY"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A role trusts a service whose documentation asks for `aws:SourceArn`, `aws:SourceAccount`, \
                `aws:SourceOrgID` or `aws:SourceOrgPaths` in the trust policy, and demands none of them \
                and no `sts:ExternalId` either.",
        why: "Such a service acts for every AWS customer. The condition makes sure that it uses the role for your \
              resource, and not because somebody else told it to.",
        remedy: "Demand `aws:SourceAccount` with your account id, and `aws:SourceArn` with the resource where it is \
                 known.",
        limits: "Only services in the table are judged, each with the page that asks for the condition. Services \
                 that assume a role for compute that already runs in your account (EC2, Lambda) need none. AWS also \
                 demands `iam:PassRole` in your account from whoever configures most of these services, so this is a \
                 second line of defence.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let denials = Denials::of(view);
    for role in view.of_kind(IdentityKind::AwsRole) {
        for (who, trusts) in by_principal(view, role) {
            let PrincipalSet::Service(principal) = who else { continue };
            let Some(service) = needing_source(principal) else { continue };
            let bare: Vec<&Trust> = trusts.into_iter().filter(|trust| !names_source(trust)).collect();
            if bare.is_empty() {
                continue;
            }
            let unreadable = bare.iter().any(|trust| conditions::tests(trust).is_none());
            let mut draft = Draft::new(format!("role `{}` trusts {principal} without a source", role.name))
                .facts(statements(bare))
                .evidence("documentation", service.source.as_str())
                .remedy("demand aws:SourceAccount, and aws:SourceArn where the resource is known");
            if unreadable {
                draft = draft
                    .at_most(Confidence::Low)
                    .evidence("not certain because", "a condition cannot be read");
            }
            for words in edit_trust(role) {
                draft = draft.command(words);
            }
            findings.identity(role, &distinguisher(who), denials.doubt(draft, role));
        }
    }
}

fn names_source(trust: &Trust) -> bool {
    conditions::tests(trust).is_some_and(|tests| {
        conditions::bound_by_source(&tests) != Hold::Open
            || conditions::bound_by_external_id(&tests) != Hold::Open
    })
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::Mechanism;

    use crate::testing::{Case, World};
    let service = |name: &'static str, condition: &'static str| {
        move |w: &mut World| {
            let role = w.role("flow");
            w.trust(&role, PrincipalSet::Service(name.into()), Mechanism::AssumeRole, condition);
        }
    };
    vec![
        Case::fires("no condition", service("states.amazonaws.com", "")).says("docs.aws.amazon.com"),
        Case::fires("a regional principal", service("states.eu-west-1.amazonaws.com", "")),
        Case::fires(
            "a wildcard for the account",
            service(
                "scheduler.amazonaws.com",
                r#"{"ArnLike":{"aws:SourceArn":"arn:aws:scheduler:*:*:schedule/*"}}"#,
            ),
        ),
        Case::fires(
            "only if it is sent",
            service(
                "bedrock.amazonaws.com",
                r#"{"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}}"#,
            ),
        ),
        Case::silent(
            "the account",
            service("states.amazonaws.com", r#"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#),
        ),
        Case::silent(
            "the resource",
            service(
                "scheduler.amazonaws.com",
                r#"{"ArnLike":{"AWS:SourceArn":"arn:aws:scheduler:*:111122223333:schedule-group/x"}}"#,
            ),
        ),
        Case::silent(
            "the organization",
            service("events.amazonaws.com", r#"{"StringEquals":{"aws:SourceOrgID":"o-acme"}}"#),
        ),
        Case::fires("China", service("states.cn-north-1.amazonaws.com.cn", "")),
        Case::fires(
            "negated",
            service("states.amazonaws.com", r#"{"StringNotEquals":{"aws:SourceAccount":"1"}}"#),
        ),
        Case::silent(
            "an ExternalId",
            service("states.amazonaws.com", r#"{"StringEquals":{"sts:ExternalId":"x"}}"#),
        ),
        Case::silent("a service that needs none", service("ec2.amazonaws.com", "")),
        Case::silent("Lambda", service("lambda.amazonaws.com", "")),
    ]
}
