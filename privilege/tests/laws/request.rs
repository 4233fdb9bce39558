//! Random requests beside their policies.

use census_privilege::aws::{context::Rest, policy::PolicyType};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::json;

use super::{
    case::{Case, Documents, Who},
    statement::{About, document, fact},
};

/// Who calls. Users most often.
pub(crate) const CALLERS: [Who; 13] = [
    Who::Arn("arn:aws:iam::111122223333:user/alice"),
    Who::Arn("arn:aws:iam::111122223333:user/alice"),
    Who::Arn("arn:aws:iam::111122223333:root"),
    Who::Arn("arn:aws:iam::111122223333:role/app"),
    Who::Arn("arn:aws:iam::111122223333:role/aws-service-role/lex.amazonaws.com/linked"),
    Who::Arn("arn:aws:sts::111122223333:assumed-role/app/s1"),
    Who::Arn("arn:aws:sts::111122223333:assumed-role/app/s2"),
    Who::Arn("arn:aws:sts::111122223333:federated-user/fay"),
    Who::Arn("arn:aws:iam::444455556666:user/bob"),
    Who::Service("ec2.amazonaws.com"),
    Who::Federated("accounts.google.com"),
    Who::Anonymous,
    Who::Chosen("111122223333", "app"),
];

const ACTIONS: [About; 12] = [
    About { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/alice" },
    About { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/alice" },
    About { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/alice" },
    About { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/alice" },
    About { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/alice" },
    About { action: "s3:PutBucketPolicy", resource: "arn:aws:s3:::bucket" },
    About { action: "sqs:SendMessage", resource: "arn:aws:sqs:us-east-1:111122223333:queue" },
    About { action: "kms:Decrypt", resource: "arn:aws:kms:us-east-1:111122223333:key/k-1" },
    About { action: "lambda:InvokeFunction", resource: "arn:aws:lambda:us-east-1:111122223333:function:f-1" },
    About { action: "sts:AssumeRole", resource: "arn:aws:iam::111122223333:role/target" },
    About { action: "iam:PutRolePolicy", resource: "arn:aws:iam::111122223333:role/target" },
    About {
        action: "iam:DeleteRole",
        resource: "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/r",
    },
];

fn resource_account() -> impl Strategy<Value = Option<&'static str>> {
    select(vec![None, Some("111122223333"), Some("111122223333"), Some("444455556666")])
}

fn documents(about: About) -> BoxedStrategy<Documents> {
    let resource = if about.action.starts_with("sts:") { PolicyType::Trust } else { PolicyType::Resource };
    let many = move |kind, most: usize| vec(document(kind, about), 0..=most);
    let limit = move |kind| option::weighted(0.25, vec(document(kind, about), 1..=2));
    let levels =
        move |kind| prop_oneof![4 => Just(Vec::new()), 1 => vec(vec(document(kind, about), 1..3), 1..3)];
    (
        many(PolicyType::Identity, 3),
        limit(PolicyType::Boundary),
        option::weighted(0.25, vec(document(PolicyType::Session, about), 1)),
        many(resource, 1),
        levels(PolicyType::ServiceControl),
        levels(PolicyType::ResourceControl),
        limit(PolicyType::Endpoint),
    )
        .prop_map(|(identity, boundary, session, resource, service_control, resource_control, endpoint)| {
            Documents { identity, boundary, session, resource, service_control, resource_control, endpoint }
        })
        .boxed()
}

/// A request beside its policies. Every statement has a name of its own.
pub(crate) fn case() -> BoxedStrategy<Case> {
    let about = select(&ACTIONS);
    about
        .prop_flat_map(|about| {
            let rest = select(vec![Rest::Absent, Rest::Unknown, Rest::Unknown, Rest::Unknown]);
            (select(&CALLERS), resource_account(), vec(fact(), 0..3), rest, documents(about)).prop_map(
                move |(who, resource_account, facts, rest, documents)| {
                    named(Case {
                        who,
                        action: about.action,
                        resource: about.resource,
                        resource_account,
                        context: facts.into_iter().collect(),
                        absent: Vec::new(),
                        rest,
                        documents,
                    })
                },
            )
        })
        .boxed()
}

fn named(mut case: Case) -> Case {
    let documents = case.each_document();
    let statements =
        documents.into_iter().filter_map(|(_, document)| document["Statement"].as_array_mut()).flatten();
    for (position, statement) in statements.enumerate() {
        statement["Sid"] = json!(format!("S{position}"));
    }
    case
}
