//! Who administers an account.
//!
//! An administrator can give itself, or somebody new, every permission that the account's limits leave. So the question is
//! what a principal may do to users and roles that nobody has heard of: limits that protect certain roles by name, as
//! organizations have them, take nothing from that.

use super::{
    actions::Mask,
    names::NAME,
    regions,
    world::{Account, World},
};
use crate::{
    aws::access::{Question, actor::Actor, home_region},
    escalation::NodeId,
    truth::Truth,
};

/// An action on something new: `role` and the like take a name, `-` takes none.
type Probe = (&'static str, &'static str);

/// To make a role, or to enter one that is there, and to give it everything.
const ROLES: [&[Probe]; 2] = [
    &[("iam:CreateRole", "iam:role"), ("iam:UpdateAssumeRolePolicy", "iam:role")],
    &[("iam:AttachRolePolicy", "iam:role"), ("iam:PutRolePolicy", "iam:role")],
];

/// To make a user with credentials, and to give it everything.
const USERS: [&[Probe]; 3] = [
    &[("iam:CreateUser", "iam:user")],
    &[("iam:AttachUserPolicy", "iam:user"), ("iam:PutUserPolicy", "iam:user")],
    &[("iam:CreateAccessKey", "iam:user"), ("iam:CreateLoginProfile", "iam:user")],
];

/// To use what the account has: one action of each of several services, none of which is narrower than the service.
const BREADTH: [&[Probe]; 5] = [
    &[("iam:PassRole", "iam:role")],
    &[("s3:GetObject", "s3:object")],
    &[("ec2:RunInstances", "ec2:instance")],
    &[("lambda:CreateFunction", "lambda:function")],
    &[("secretsmanager:GetSecretValue", "secretsmanager:secret")],
];

/// Every action that is asked about.
pub(super) fn actions() -> impl Iterator<Item = &'static str> {
    let probes = ROLES.iter().chain(&USERS).chain(&BREADTH);
    probes.flat_map(|any| any.iter().map(|(action, _)| *action))
}

/// Whether policies that name these actions can make an administrator at all.
pub(super) fn names_enough(world: &World<'_, '_>, mask: Mask) -> bool {
    let names = |needs: &[&[Probe]]| {
        needs.iter().all(|any| {
            any.iter().any(|(action, _)| world.actions.find(action).is_some_and(|no| mask.has(no)))
        })
    };
    names(&ROLES) || names(&USERS)
}

/// Whether a principal administers its account.
pub(super) fn administers(world: &World<'_, '_>, id: NodeId, mask: Mask) -> Truth {
    if !names_enough(world, mask) {
        return Truth::No;
    }
    let (Some(node), Some(actor)) = (world.node(id), world.actor(id)) else { return Truth::No };
    world.accounts.get(node.account).map_or(Truth::No, |account| actor_administers(world, actor, account))
}

/// The same of a principal that need not be in the estate.
pub(super) fn actor_administers<'s, 'e>(
    world: &World<'s, 'e>,
    actor: &Actor<'s, 'e>,
    account: &Account<'e>,
) -> Truth {
    let others = regions::others(world, actor, account);
    let all = |needs: &[&[Probe]]| {
        Truth::all(
            needs
                .iter()
                .map(|any| Truth::any(any.iter().map(|probe| may(world, actor, account, &others, *probe)))),
        )
    };
    let (roles, users) = (all(&ROLES), all(&USERS));
    if roles == Truth::No && users == Truth::No {
        return Truth::No;
    }
    (roles & users) | ((roles | users) & all(&BREADTH))
}

fn may<'s, 'e>(
    world: &World<'s, 'e>,
    actor: &Actor<'s, 'e>,
    account: &Account<'e>,
    others: &[&'static str],
    (action, on): Probe,
) -> Truth {
    let in_region = |region: &str| world.may(actor, action, made_up(account, region, on), question);
    let home = home_region(account.partition);
    // Where a name has no region there is nothing else to try.
    let is_regional = matches!(on, "ec2:instance" | "lambda:function" | "secretsmanager:secret");
    let others = others.iter().filter(|_| is_regional);
    Truth::any(std::iter::once(home).chain(others.copied()).map(in_region))
}

/// Something of which no policy can know the name.
fn made_up(account: &Account<'_>, region: &str, on: &str) -> String {
    let (partition, account) = (account.partition, account.id);
    match on {
        "iam:role" => format!("arn:{partition}:iam::{account}:role/{NAME}"),
        "iam:user" => format!("arn:{partition}:iam::{account}:user/{NAME}"),
        "s3:object" => format!("arn:{partition}:s3:::{NAME}/{NAME}"),
        "ec2:instance" => format!("arn:{partition}:ec2:{region}:{account}:instance/i-0{NAME}"),
        "lambda:function" => format!("arn:{partition}:lambda:{region}:{account}:function:{NAME}"),
        _ => format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{NAME}"),
    }
}

fn question(action: &'static str, resource: &str) -> Option<Question> {
    let mut question = Question::new(action, resource).ok()?;
    question.leave_region_to_caller();
    question.leave_all_to_caller("aws:RequestTag/");
    question.leave_all_to_caller("aws:TagKeys");
    // What is made without a boundary is what counts.
    question.lacks("iam:PermissionsBoundary");
    if action.contains(":Attach") {
        let partition = resource.split(':').nth(1).unwrap_or("aws");
        question.with("iam:PolicyARN", vec![format!("arn:{partition}:iam::aws:policy/AdministratorAccess")]);
    }
    Some(question)
}
