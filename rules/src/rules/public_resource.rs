use std::collections::BTreeSet;

use census_model::{Confidence, Evidence, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    openings::{Gain, Guest, Opening, PublicAccess, shared},
    policies::{LISTED, Place, Shown},
};

pub(crate) static RULE: Rule = Rule {
    id: "public-resource",
    version: 1,
    title: "A resource's own policy lets anybody in",
    severity: Severity::High,
    finding_types: &["TRUST-WILDCARD"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "The policy of a bucket, a queue, a topic, a KMS key, a secret, a function, a repository or an event bus \
                lets everybody read, change, run or administer it, and no condition names an organization, an account, \
                a network or the source of a service's call. Severity is critical for administration and for reading \
                secrets, else high, and medium where a condition that is open at run time decides.",
        why: "Nobody has to break in: whoever knows the name may call the operation, from any account of AWS or without \
              one, and no identity of yours shows in what they did.",
        remedy: "Name the accounts that need it, or demand `aws:PrincipalOrgID`; for a service's calls demand \
                 `aws:SourceArn` or `aws:SourceAccount`. What is meant for the public belongs behind a distribution or \
                 a gateway.",
        limits: "Only policies are weighed, and for buckets S3 Block Public Access: access control lists, and the networks \
                 that a caller must be in, are not. Where S3 Block Public Access of a bucket or its account is not known, \
                 confidence is medium. One operation stands for others of its kind. Policies of single versions and aliases of functions are not read.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for one in shared(view) {
        let Some(openings) = one.guests.get(&Guest::Anybody) else { continue };
        let gains: BTreeSet<Gain> = openings.iter().map(|opening| opening.operation.gain).collect();
        let verbs: Vec<&str> = gains.iter().rev().map(|gain| gain.verb()).collect();
        let arn = Shown(one.arn);
        let mut draft = Draft::new(format!("anybody may {} `{arn}`", verbs.join(", ")))
            .severity(severity(openings))
            .evidence("resource", arn.to_string())
            .facts(openings.iter().take(LISTED).map(says))
            .remedy("name who needs it, or demand an organization, an account or a source in a condition");
        if let Some(public_access) = one.public_access {
            draft = block_public_access(draft, public_access);
        }
        draft = draft.doubts(Confidence::Medium, openings.iter().flat_map(|one| &one.gaps).take(LISTED));
        Place::of(view, one.grant).report(view, draft, findings);
    }
}

/// What S3 Block Public Access says of a bucket that is not shut by it.
fn block_public_access(draft: Draft, found: PublicAccess) -> Draft {
    match found {
        PublicAccess::Restricted => draft.at_most(Confidence::Medium).evidence(
            "not certain because",
            "S3 Block Public Access shuts out the public, if S3 takes a policy with this condition for public",
        ),
        PublicAccess::Refused => draft.evidence(
            "S3 Block Public Access",
            "refuses new policies of this kind (BlockPublicPolicy); the one that is there counts",
        ),
        PublicAccess::Open => draft.evidence("S3 Block Public Access", "off, for the bucket and its account"),
        PublicAccess::Unread => draft.at_most(Confidence::Medium).evidence(
            "not certain because",
            "S3 Block Public Access of the bucket or its account is not known; where it restricts public buckets, S3 \
             lets nobody in by such a policy",
        ),
    }
}

fn severity(openings: &[Opening]) -> Severity {
    if openings.iter().all(|one| one.conditional) {
        Severity::Medium
    } else if openings.iter().any(|one| !one.conditional && one.weighs()) {
        Severity::Critical
    } else {
        Severity::High
    }
}

/// An operation that somebody may do, and what it depends on.
pub(super) fn says(opening: &Opening) -> Evidence {
    let open = match (opening.conditional, opening.keys.as_slice()) {
        (false, _) => String::new(),
        (true, []) => ", if a condition that is open at run time holds".to_owned(),
        (true, keys) => format!(", depending on {}", keys.join(", ")),
    };
    Evidence::new(opening.operation.gain.verb(), format!("`{}`{open}", opening.operation.action))
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Attachment, Effect, PublicAccessBlock, ScopeId, Via};

    use crate::testing::{Case, World};
    const BUCKET: &str = "arn:aws:s3:::lake";
    const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:orders";
    const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";
    const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alarms";
    const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k";
    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:f";
    const IMAGES: &str = "arn:aws:ecr:eu-west-1:111122223333:repository/r";
    const BUS: &str = "arn:aws:events:eu-west-1:111122223333:event-bus/b";
    let open = |arn: &'static str, action: &'static str, resource: &'static str, condition: &'static str| {
        move |w: &mut World| {
            let condition =
                if condition.is_empty() { String::new() } else { format!(r#","Condition":{condition}"#) };
            let text = format!(
                r#"{{"Statement":{{"Effect":"Allow","Principal":"*","Action":"{action}",
                    "Resource":"{resource}"{condition}}}}}"#
            );
            w.attach(Attachment::Resource(arn.into()), Via::ResourcePolicy, Effect::Allow, &text);
        }
    };
    let block = |(restrict_public_buckets, block_public_policy)| PublicAccessBlock {
        restrict_public_buckets,
        block_public_policy,
    };
    let blocked = |bucket: &'static str, own: (bool, bool), account: (bool, bool)| {
        move |w: &mut World| {
            w.estate.public_access_block(bucket, block(own));
            w.estate.public_access_block("aws:account/111122223333", block(account));
            open(bucket, "s3:GetObject", "arn:aws:s3:::lake/*", "")(w);
        }
    };
    let unless = |arn: &'static str, text: &'static str| {
        move |w: &mut World| {
            w.attach(Attachment::Resource(arn.into()), Via::ResourcePolicy, Effect::Allow, text);
        }
    };
    vec![
        Case::fires("a bucket's objects", open(BUCKET, "s3:GetObject", "arn:aws:s3:::lake/*", ""))
            .severity(Severity::High)
            .confidence(Confidence::Medium)
            .says("Block Public Access"),
        Case::silent("a bucket that restricts public policies", blocked(BUCKET, (true, true), (false, false))),
        Case::silent("a bucket of an account that does", blocked(BUCKET, (false, false), (true, false))),
        Case::fires("a bucket where it is off", blocked(BUCKET, (false, false), (false, false)))
            .confidence(Confidence::High)
            .says("off, for the bucket"),
        Case::fires("a policy that would be refused today", blocked(BUCKET, (false, true), (false, false)))
            .confidence(Confidence::High)
            .says("BlockPublicPolicy"),
        Case::fires("a restriction that may not count", move |w: &mut World| {
            w.estate.public_access_block(BUCKET, block((true, true)));
            let condition = r#"{"StringEqualsIfExists":{"s3:authType":"REST-HEADER"}}"#;
            open(BUCKET, "s3:GetObject", "arn:aws:s3:::lake/*", condition)(w);
        })
        .confidence(Confidence::Medium)
        .says("takes a policy with this condition for public"),
        Case::fires("a bucket of which only the account's setting is known", move |w: &mut World| {
            w.estate.public_access_block("aws:account/111122223333", block((false, false)));
            open(BUCKET, "s3:GetObject", "arn:aws:s3:::lake/*", "")(w);
        })
        .confidence(Confidence::Medium),
        Case::fires("a queue that anybody may fill", open(QUEUE, "sqs:SendMessage", QUEUE, ""))
            .severity(Severity::High)
            .confidence(Confidence::High)
            .says("change or run"),
        Case::fires("a topic that anybody may subscribe to", open(TOPIC, "sns:Subscribe", TOPIC, "")),
        Case::fires("a secret", open(SECRET, "secretsmanager:GetSecretValue", "*", ""))
            .severity(Severity::Critical),
        Case::fires("a key", open(KEY, "kms:*", "*", "")).severity(Severity::Critical).says("administer"),
        Case::fires("a function", open(FUNCTION, "lambda:InvokeFunction", FUNCTION, "")),
        Case::fires("a repository", open(IMAGES, "ecr:BatchGetImage", "*", "")),
        Case::fires("an event bus", open(BUS, "events:PutEvents", BUS, "")),
        Case::fires(
            "a condition that anybody can meet",
            open(QUEUE, "sqs:*", QUEUE, r#"{"StringLike":{"aws:PrincipalOrgID":"*"}}"#),
        ),
        Case::fires(
            "a condition that holds without the key",
            open(QUEUE, "sqs:*", QUEUE, r#"{"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}}"#),
        )
        .severity(Severity::Medium)
        .says("aws:SourceVpce"),
        Case::silent(
            "the organization's",
            open(QUEUE, "sqs:*", QUEUE, r#"{"StringEquals":{"aws:PrincipalOrgID":"o-acme"}}"#),
        ),
        Case::silent(
            "the calls of one topic",
            open(QUEUE, "sqs:SendMessage", QUEUE, r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:alarms"}}"#),
        ),
        Case::silent(
            "one network",
            open(BUCKET, "s3:GetObject", "arn:aws:s3:::lake/*", r#"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#),
        ),
        Case::silent(
            "the policy that SNS writes itself",
            open(TOPIC, "sns:Publish", TOPIC, r#"{"StringEquals":{"AWS:SourceOwner":"111122223333"}}"#),
        ),
        Case::silent(
            "the policy of a key that AWS manages",
            open(KEY, "kms:Decrypt", "*", r#"{"StringEquals":{"kms:CallerAccount":"111122223333","kms:ViaService":"s3.eu-west-1.amazonaws.com"}}"#),
        ),
        Case::silent(
            "a denial of everybody outside",
            unless(
                QUEUE,
                r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"},
                    {"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"}]}"#,
            ),
        ),
        Case::silent("whom a perimeter of the organization keeps out", move |w: &mut World| {
            w.attach(
                Attachment::Scope(ScopeId::new("aws:account/111122223333")),
                Via::ResourceControlPolicy { native_id: "p-1".into(), name: "perimeter".into() },
                Effect::Ceiling,
                r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},
                    {"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*",
                     "Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-acme"}}}]}"#,
            );
            open(QUEUE, "sqs:SendMessage", QUEUE, "")(w);
        }),
        Case::silent(
            "the own account",
            unless(
                QUEUE,
                r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sqs:*","Resource":"*"}}"#,
            ),
        ),
        Case::silent(
            "a service",
            unless(
                QUEUE,
                r#"{"Statement":{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}}"#,
            ),
        ),
        Case::silent("another resource's name in it", open(BUCKET, "s3:GetObject", "arn:aws:s3:::other/*", "")),
    ]
}
