//! Random worlds: much of what makes paths, so that every law has something to hold for.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    collection::{btree_map, btree_set, vec},
    prelude::*,
    sample::select,
};
use serde_json::{Value, json};

use super::{
    ROLES, USERS, Who, World,
    build::{FUNCTION, INSTANCE, MANAGED},
    everybody,
};

/// Conditions that may hold, that hold and that cannot hold.
fn condition() -> BoxedStrategy<Option<Value>> {
    prop_oneof![
        8 => Just(None),
        1 => Just(Some(json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }))),
        1 => Just(Some(json!({ "StringEquals": { "aws:PrincipalAccount": "111122223333" } }))),
        1 => Just(Some(json!({ "DateLessThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }))),
    ]
    .boxed()
}

fn statement(effect: &'static str, actions: Vec<Value>, resources: Vec<String>) -> BoxedStrategy<Value> {
    (select(actions), select(resources), condition())
        .prop_map(move |(action, resource, condition)| {
            let mut statement = json!({ "Effect": effect, "Action": action, "Resource": resource });
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            statement
        })
        .boxed()
}

/// What is allowed: little, or what a technique needs.
pub(crate) fn allowance() -> BoxedStrategy<Value> {
    let allow = |actions: Vec<Value>, resources: Vec<String>| statement("Allow", actions, resources);
    let everything = || vec!["*".to_owned()];
    let users = (0..USERS.len()).map(|at| Who::User(at).arn()).collect();
    let roles = (0..ROLES.len()).map(|at| Who::Role(at).arn()).collect();
    let on_users = vec![
        json!("iam:CreateAccessKey"),
        json!(["iam:CreateAccessKey", "iam:DeleteAccessKey"]),
        json!("iam:CreateLoginProfile"),
        json!("iam:PutUserPolicy"),
        json!(["iam:AttachUserPolicy", "iam:DeleteUserPermissionsBoundary"]),
        json!(["iam:DetachUserPolicy", "iam:DeleteUserPolicy", "iam:CreateAccessKey"]),
    ];
    let on_roles = vec![
        json!("sts:AssumeRole"),
        json!("iam:UpdateAssumeRolePolicy"),
        json!("iam:PutRolePolicy"),
        json!(["iam:AttachRolePolicy", "sts:AssumeRole"]),
        json!(["iam:PassRole", "iam:DeleteRolePermissionsBoundary"]),
        json!(["iam:PassRole", "iam:AttachRolePolicy"]),
        json!(["iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:PutRolePolicy"]),
    ];
    let on_groups = vec![
        json!("iam:AddUserToGroup"),
        json!("iam:PutGroupPolicy"),
        json!(["iam:RemoveUserFromGroup", "iam:DeleteGroupPolicy", "iam:DetachGroupPolicy"]),
    ];
    let on_anything = vec![
        json!(["lambda:CreateFunction", "lambda:InvokeFunction"]),
        json!(["iam:PassRole", "ec2:RunInstances", "glue:CreateDevEndpoint"]),
        json!(["lambda:CreateFunction", "lambda:InvokeFunction", "iam:PassRole"]),
    ];
    let weak = ["s3:GetObject", "ec2:DescribeInstances", "sqs:SendMessage", "logs:PutLogEvents"];
    let weak = weak.map(|action| json!(action)).to_vec();
    prop_oneof![
        3 => allow(weak, everything()),
        1 => allow(vec![json!("*"), json!("iam:*")], everything()),
        4 => allow(on_users, users),
        4 => allow(on_roles, roles),
        2 => allow(on_groups, vec![Who::Group(0).arn(), "arn:aws:iam::111122223333:group/*".to_owned()]),
        2 => allow(on_anything, everything()),
        1 => allow(vec![json!("lambda:UpdateFunctionCode")], vec![FUNCTION.to_owned()]),
        1 => allow(vec![json!("ssm:StartSession")], vec![INSTANCE.to_owned()]),
        1 => allow(vec![json!("iam:CreatePolicyVersion")], vec![MANAGED.to_owned(), format!("{MANAGED}*")]),
    ]
    .boxed()
}

/// What is denied.
pub(crate) fn denial() -> BoxedStrategy<Value> {
    let actions = vec![
        json!("*"),
        json!("iam:*"),
        json!("sts:*"),
        json!("lambda:*"),
        json!("iam:PassRole"),
        json!("iam:CreateAccessKey"),
        json!("iam:UpdateAssumeRolePolicy"),
        json!("iam:AddUserToGroup"),
        json!(["iam:Put*", "iam:Attach*"]),
        json!(["s3:*", "ssm:*"]),
    ];
    let (role, user) = (Who::Role(0).arn(), Who::User(1).arn());
    let users = "arn:aws:iam::111122223333:user/*".to_owned();
    statement("Deny", actions, vec!["*".to_owned(), "*".to_owned(), role, user, users])
}

/// What a boundary or a control policy says: much, or little.
pub(crate) fn limit() -> BoxedStrategy<Vec<Value>> {
    let actions = vec![
        json!("*"),
        json!(["iam:*", "sts:*"]),
        json!(["s3:*", "iam:DeleteUserPermissionsBoundary", "iam:DeleteRolePermissionsBoundary"]),
        json!(["s3:*", "iam:CreatePolicyVersion"]),
        json!("s3:*"),
        json!(["lambda:*", "ec2:*", "sts:AssumeRole"]),
    ];
    let allow = statement("Allow", actions, vec!["*".to_owned()]);
    (vec(allow, 1..3), vec(denial(), 0..2)).prop_map(|(allow, deny)| [allow, deny].concat()).boxed()
}

fn trust() -> BoxedStrategy<Value> {
    let services = ["lambda.amazonaws.com", "ec2.amazonaws.com", "glue.amazonaws.com"];
    let mut principals: Vec<Value> = services.iter().map(|service| json!({ "Service": service })).collect();
    principals.push(json!({ "AWS": "arn:aws:iam::111122223333:root" }));
    for who in [Who::User(0), Who::User(1), Who::Role(0), Who::Role(1), Who::Role(2)] {
        principals.push(json!({ "AWS": who.arn() }));
    }
    (select(principals), prop::bool::weighted(0.1))
        .prop_map(|(principal, denies)| {
            json!({ "Effect": if denies { "Deny" } else { "Allow" }, "Principal": principal, "Action": "sts:AssumeRole" })
        })
        .boxed()
}

/// A world.
pub(crate) fn world() -> BoxedStrategy<World> {
    let whom = || select(everybody());
    let no_group = || whom().prop_filter("a group has no boundary", |who| !matches!(who, Who::Group(_)));
    let own = prop_oneof![4 => allowance(), 1 => denial()];
    let everything = json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]);
    let policies = (
        btree_map(whom(), vec(own, 2..5), 3..8),
        // Somebody is worth becoming.
        prop_oneof![1 => Just(None), 4 => whom().prop_map(Some)],
        vec(allowance(), 0..3),
        btree_set(whom(), 0..3),
    );
    let limits = (btree_map(no_group(), limit(), 0..2), proptest::option::weighted(0.3, limit()));
    let trusts = vec(vec(trust(), 1..4), ROLES.len());
    let rest = (
        btree_set((0..USERS.len(), 0..2usize), 0..3),
        0..ROLES.len(),
        0..ROLES.len(),
        [0..3usize, 0..3, 0..3],
    );
    (policies, limits, trusts, rest)
        .prop_map(move |((inline, admin, managed, managed_by), (boundaries, control), trusts, rest)| {
            let (members, function, instance, keys) = rest;
            let mut inline: BTreeMap<Who, Vec<Value>> = inline;
            if let Some(admin) = admin {
                inline.insert(admin, everything.as_array().unwrap().clone());
            }
            let members: BTreeSet<(usize, usize)> = members;
            let trusts = trusts.into_iter().enumerate().collect();
            World {
                inline,
                managed,
                managed_by,
                members,
                trusts,
                boundaries,
                control,
                function,
                instance,
                keys,
                gone: None,
            }
        })
        .boxed()
}
