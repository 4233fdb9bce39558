use census_model::{Confidence, Provider, Severity};

use super::public_resource::says;
use crate::{
    Docs, Draft, Findings, Rule, View,
    openings::{Guest, Kinship, Opening, Shared, kinship, shared},
    policies::{LISTED, Place, Shown},
};

pub(crate) static RULE: Rule = Rule {
    id: "cross-account-resource",
    version: 1,
    title: "A resource's own policy lets an account outside the organization in",
    severity: Severity::Medium,
    finding_types: &["TRUST-THIRD-PARTY"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "The policy of a bucket, a queue, a topic, a KMS key, a secret, a function, a repository or an event bus \
                lets principals of another account in that is neither scanned nor of the organization of the \
                resource's account. One finding for each such account. Severity is high where they may administer it \
                or read secrets, else medium.",
        why: "What they do with it is decided and logged in their account. Nobody of yours sees whose credentials reach \
              it, or whether the contract that it was opened for still runs.",
        remedy: "Ask the resource's owner what the account is, and keep what is needed. If the account is yours, bring \
                 it into the organization. Otherwise take it out of the policy.",
        limits: "Whether the account belongs to a company that you know is not judged, nor what its own policies allow. \
                 Where the organization is not known, or a part of its tree was not read, confidence is low. One \
                 operation stands for others of its kind.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for one in shared(view) {
        for (guest, openings) in &one.guests {
            let Guest::Account(account) = guest else { continue };
            let kinship = kinship(view, &one.grant.scope, account);
            if matches!(kinship, Kinship::Inside) {
                continue;
            }
            let mut place = Place::of(view, one.grant);
            place.distinguisher.push_str(&format!("/account:{account}"));
            place.report(view, draft(&one, account, openings, &kinship), findings);
        }
    }
}

fn draft(one: &Shared<'_>, account: &str, openings: &[Opening], kinship: &Kinship<'_>) -> Draft {
    let severity = if openings.iter().any(Opening::weighs) { Severity::High } else { Severity::Medium };
    let (arn, account) = (Shown(one.arn), Shown(account));
    let draft = Draft::new(format!("account {account} is let in to `{arn}`"))
        .severity(severity)
        .evidence("resource", arn.to_string())
        .evidence("account", account.to_string())
        .facts(openings.iter().take(LISTED).map(says))
        .remedy("ask the resource's owner what the account is, and take it out of the policy if nobody needs it");
    let draft = match kinship {
        Kinship::Inside => draft,
        Kinship::Outside => draft.evidence("organization", "the account is not of the resource's organization"),
        Kinship::Unknown(gaps) => draft
            .at_most(Confidence::Low)
            .evidence("organization", "whether the account is of the resource's organization is unknown")
            .doubts(Confidence::Low, gaps.iter().copied().take(LISTED)),
    };
    draft.doubts(Confidence::Medium, openings.iter().flat_map(|one| &one.gaps).take(LISTED))
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::{self as fixtures, ACCOUNT};
    use census_model::{Attachment, Effect, GapReason, Scope, ScopeId, Via};

    use crate::testing::{Case, World};
    const OTHER: &str = "999988887777";
    const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:orders";
    const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k";
    let lets = |arn: &'static str, principal: &'static str, action: &'static str, members: &'static [&'static str]| {
        move |w: &mut World| {
            if !members.is_empty() {
                w.organization(members);
            }
            let text = format!(
                r#"{{"Statement":{{"Effect":"Allow","Principal":{principal},"Action":"{action}","Resource":"*"}}}}"#
            );
            w.attach(Attachment::Resource(arn.into()), Via::ResourcePolicy, Effect::Allow, &text);
        }
    };
    let account = r#"{"AWS":"999988887777"}"#;
    let conditioned = |condition: &'static str| {
        move |w: &mut World| {
            w.organization(&[ACCOUNT]);
            let text = format!(
                r#"{{"Statement":{{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*",
                    "Condition":{condition}}}}}"#
            );
            w.attach(Attachment::Resource(QUEUE.into()), Via::ResourcePolicy, Effect::Allow, &text);
        }
    };
    vec![
        Case::fires("an account outside", lets(QUEUE, account, "sqs:SendMessage", &[ACCOUNT]))
            .severity(Severity::Medium)
            .confidence(Confidence::High)
            .says("sqs:SendMessage"),
        Case::fires("a key that they may give on", lets(KEY, account, "kms:*", &[ACCOUNT])).severity(Severity::High),
        Case::fires(
            "one role outside",
            lets(QUEUE, r#"{"AWS":"arn:aws:iam::999988887777:role/vendor"}"#, "sqs:*", &[ACCOUNT]),
        ),
        Case::fires("two accounts", lets(QUEUE, r#"{"AWS":["999988887777","222211110000"]}"#, "sqs:*", &[ACCOUNT]))
            .times(2),
        Case::fires("everybody of one account", conditioned(r#"{"StringEquals":{"aws:PrincipalAccount":"999988887777"}}"#)),
        Case::fires("organization unknown", lets(QUEUE, account, "sqs:SendMessage", &[]))
            .confidence(Confidence::Low)
            .says("is unknown"),
        Case::fires("a part of the tree was not read", move |w: &mut World| {
            w.gap("organizations:ListAccounts", GapReason::Denied);
            lets(QUEUE, account, "sqs:SendMessage", &[ACCOUNT])(w);
        })
        .confidence(Confidence::Low)
        .says("organizations:ListAccounts"),
        Case::silent("an account of the organization", lets(QUEUE, account, "sqs:*", &[ACCOUNT, OTHER])),
        Case::silent("an account that is scanned too", move |w: &mut World| {
            w.estate.scope(Scope { parent: None, ..fixtures::scope(OTHER) });
            lets(QUEUE, account, "sqs:*", &[])(w);
        }),
        Case::silent("whom a perimeter of the organization keeps out", move |w: &mut World| {
            w.attach(
                Attachment::Scope(ScopeId::new("aws:account/111122223333")),
                Via::ResourceControlPolicy { native_id: "p-1".into(), name: "perimeter".into() },
                Effect::Ceiling,
                r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},
                    {"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*",
                     "Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-acme"}}}]}"#,
            );
            lets(QUEUE, account, "sqs:SendMessage", &[ACCOUNT])(w);
        }),
        Case::silent("the own account", lets(QUEUE, r#"{"AWS":"111122223333"}"#, "sqs:*", &[ACCOUNT])),
        Case::silent("everybody, which is another finding", lets(QUEUE, r#""*""#, "sqs:*", &[ACCOUNT])),
        Case::silent(
            "what AWS keeps to the queue's own account",
            lets(QUEUE, account, "sqs:AddPermission", &[ACCOUNT]),
        ),
        Case::silent("a service", lets(QUEUE, r#"{"Service":"sns.amazonaws.com"}"#, "sqs:*", &[ACCOUNT])),
        Case::silent(
            "a denial",
            |w: &mut World| {
                w.organization(&[ACCOUNT]);
                let text = r#"{"Statement":[
                    {"Effect":"Allow","Principal":{"AWS":"999988887777"},"Action":"sqs:*","Resource":"*"},
                    {"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sqs:*","Resource":"*"}]}"#;
                w.attach(Attachment::Resource(QUEUE.into()), Via::ResourcePolicy, Effect::Allow, text);
            },
        ),
    ]
}
